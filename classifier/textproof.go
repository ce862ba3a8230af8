package classifier

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"whystopped/events"
)

// TextProof is what the event alone proves about a cause that applies, so that nobody has to be asked. Confirmed wants words or
// codes that are enough by themselves; words that are not there prove nothing, since ECS cuts its texts.
type TextProof struct {
	Result   Result                                // Confirmed or RuledOut
	Match    Match                                 // words of the leading text, which must name a step; any when empty
	If       func(s *events.Stop, f *Finding) bool // what else the event must show; nothing when nil
	Evidence string                                // template: what the event says, and why that is enough
	Next     string                                // template: what to do; the cause's Fix when empty
}

func (p *TextProof) holds(s *events.Stop, f *Finding, words *haystack) bool {
	wordless := len(p.Match.Is) == 0 && len(p.Match.All) == 0 && len(p.Match.Any) == 0
	return (wordless || p.Match.holds(words)) && (p.If == nil || p.If(s, f))
}

// addCauses puts the causes that apply into the finding, with what the event alone proves about them: the confirmed ones first,
// the ruled out last. The proofs rest on the leading text and its facts alone; a class that is only guessed proves nothing.
func (f *Finding) addCauses(s *events.Stop, best *reading) {
	own, words := *f, &haystack{}
	if best != nil {
		own.Facts = best.facts
		own.Facts.fromEvent(s, f.Stage, f.Culprit)
		if best.stage != nil {
			words = best.text.words
		}
	}
	proven := false
	f.Causes = make([]Proof, 0, 16) // more than most stops have
	for i := range Catalogue {
		c := &Catalogue[i]
		if !c.Applies(*s, *f) {
			continue
		}
		p, fix := Proof{Cause: c.ID, Result: NotChecked}, c.Fix
		for j := range c.Text {
			if t := &c.Text[j]; f.Confidence != Possible && t.holds(s, &own, words) {
				p.Result, p.Evidence, proven = t.Result, Fill(t.Evidence, s, &own), true
				fix = cmp.Or(t.Next, fix)
				break
			}
		}
		if p.Result == Confirmed {
			p.Next = Fill(fix, s, f)
		}
		f.Causes = append(f.Causes, p)
	}
	if proven {
		slices.SortStableFunc(f.Causes, func(a, b Proof) int { return a.Result.order() - b.Result.order() })
	}
}

// order is where a cause stands among the others of its finding.
func (r Result) order() int {
	switch r {
	case Confirmed:
		return 0
	case RuledOut:
		return 2
	}
	return 1
}

// saying is the proof of a cause by one of the words of the leading text.
func saying(evidence string, words ...string) TextProof {
	return TextProof{Result: Confirmed, Match: Match{Any: words}, Evidence: evidence}
}

// deniedByPolicy is the proof of the cause about one kind of policy. AWS names one kind even where several would refuse (IAM User
// Guide, "Troubleshoot access denied error messages"), so it proves the one and clears none of the others.
func deniedByPolicy(policy string) []TextProof {
	return []TextProof{{Result: Confirmed, If: refusedByPolicy(policy),
		Evidence: "the message names the " + policy + " as what refused[ {action}][ on {resource}]"}}
}

func refusedByPolicy(policy string) func(*events.Stop, *Finding) bool {
	return func(_ *events.Stop, f *Finding) bool { return f.refusedBy(policy) }
}

// deniedExplicitly is the proof that a statement of the role's own policies denies the call: another that allows it would not help.
var deniedExplicitly = TextProof{Result: Confirmed, Match: Match{Any: []string{"explicit deny"}}, If: refusedByPolicy("identity-based policy"),
	Evidence: "the message names an explicit deny in an identity-based policy as what refused[ {action}][ on {resource}]",
	Next:     "Take away the statement in a policy of {role|the execution role} that denies {action|the action} on {resource|what it asks for}."}

// imageNotInRepository is ECR's own word that it has the repository and in it no such image. Other registries, and containerd,
// do not tell the two apart.
func imageNotInRepository(result Result) TextProof {
	return TextProof{Result: result, Match: Match{Any: []string{"requested image not found", "imagenotfoundexception"}}, If: fromECR,
		Evidence: "ECR found the repository, and in it no such image"}
}

// neverConnected are the words of a call whose connection was not made, so that nobody could have refused it.
var neverConnected = Match{All: []string{"dial tcp "}, Any: []string{"i/o timeout", "no route to host", "network is unreachable"}}

// notRefused clears the causes that refuse a call.
var notRefused = []TextProof{{Result: RuledOut, Match: neverConnected, Evidence: "the connection to {endpoint|the service} was never made, so no policy could refuse the call"}}

// droppedNotRefused clears the causes that drop packets. A mount that is refused may be so by its own tunnel on the machine.
var droppedNotRefused = []TextProof{{Result: RuledOut, Match: Match{Any: []string{"connection refused"}}, If: func(s *events.Stop, f *Finding) bool { return f.turnedAway(s) },
	Evidence: "{remoteIp|{endpoint|the other end}} refused the connection, so packets go there and come back: routes, security groups and network ACLs drop, they do not refuse"}}

// publicAddress tells that an AWS service other than S3 was dialled at a public address: its name did not lead to an interface
// endpoint. IPv6 addresses, and VPCs with public ranges of their own, do not tell.
func publicAddress(s *events.Stop, f *Finding) bool {
	a, err := netip.ParseAddr(f.Facts.RemoteIP)
	if err != nil || !a.Is4() || private(f.Facts.RemoteIP) || f.onHost() || !awsName(f.Facts.Endpoint) || f.s3() {
		return false
	}
	for _, attachment := range s.Attachments {
		if own := attachment.Details["privateIPv4Address"]; own != "" && !private(own) {
			return false
		}
	}
	return true
}

// calledAnother tells that the call that failed went to an AWS service that is not S3.
func calledAnother(_ *events.Stop, f *Finding) bool {
	return f.has(Unreachable) && awsName(f.Facts.Endpoint) && !f.s3()
}

// limitsFit tells that each container has a hard limit and that all of them fit into the task's memory, so that a container
// reaches its own limit before the task reaches its.
func limitsFit(s *events.Stop, f *Finding) bool {
	if !ownLimit(s, f) {
		return false
	}
	if s.Memory == nil {
		return s.LaunchType == "EC2"
	}
	var sum int64
	for _, c := range s.Containers {
		if c.Memory == nil || *c.Memory <= 0 {
			return false
		}
		sum += *c.Memory
	}
	return sum <= *s.Memory
}

// onlyTaskLimit tells that nothing but the task's memory limits the culprit: Fargate gives each task one.
func onlyTaskLimit(s *events.Stop, f *Finding) bool {
	return s.LaunchType == "FARGATE" && s.Memory != nil && f.Culprit >= 0 && !ownLimit(s, f)
}

// byHub tells that Docker Hub, and not a registry in front of it, was asked.
func byHub(_ *events.Stop, f *Finding) bool { return f.Facts.Registry == "docker.io" }

// askedAWS tells that no registry other than AWS's own was asked.
func askedAWS(_ *events.Stop, f *Finding) bool {
	return !f.internetRegistry() || f.Facts.Registry == "public.ecr.aws"
}

func notDenied(_ *events.Stop, f *Finding) bool { return !f.has(Denied) }

// namedECRAccount tells that a registry's host begins with an account as ECR's do, and yet cannot be one of ECR's.
func namedECRAccount(_ *events.Stop, f *Finding) bool {
	account, _, _ := strings.Cut(f.Facts.Registry, ".")
	_, err := strconv.ParseUint(account, 10, 64)
	return err == nil && len(account) == 12 && misspeltECR(f.Facts.Registry)
}

// commandLine tells that the name of the executable is an option, or a command with its arguments.
func commandLine(_ *events.Stop, f *Finding) bool {
	program, _, found := strings.Cut(f.Facts.Path, " ")
	return strings.HasPrefix(program, "-") || found && !strings.Contains(program, "/")
}

func pathKnown(_ *events.Stop, f *Finding) bool { return f.Facts.Path != "" && f.Facts.Path != "/" }

func onSomeInstance(s *events.Stop, _ *Finding) bool { return onEC2(s) }

// platformBefore14 tells that the task ran on a Fargate platform version below 1.4.0. LATEST is none.
func platformBefore14(s *events.Stop, _ *Finding) bool {
	major, rest, _ := strings.Cut(s.PlatformVersion, ".")
	minor, _, _ := strings.Cut(rest, ".")
	n, err := strconv.Atoi(minor)
	return s.LaunchType == "FARGATE" && major == "1" && err == nil && n < 4
}

// notByCaller tells that the reason is ECS's or Batch's own and not written by whoever called StopTask.
func notByCaller(s *events.Stop, _ *Finding) bool {
	return s.StopCode != "UserInitiated" || s.Launcher == events.LauncherBatch
}
