package classifier

import (
	"regexp"
	"strings"
	"testing"

	"whystopped/events"
)

// meanings are the words of which a quotation must have one before the fault may be called certain: what a person would
// read as just that fault, whatever the rules look for.
var meanings = map[Fault]string{
	Unreachable: `timeout|timed out|refused|no route|unreachable|unable to connect|could not connect|failed to connect|` +
		`cannot connect|waiting for connection|awaiting headers|could not reach|exceeded`,
	DNS: `no such host|resol|lookup|name or service not known|no answer`,
	TLS: `x509|certificate|tls|http response to https`,
	Denied: `denied|not authorized|unauthorized|forbidden|403|401|not allowed|may not|no basic auth|assum|blocked|deny|` +
		`permission|password|expired|token|policy|policies|trust|invalid credentials|authfailure|authentication|` +
		`unrecognizedclient|not permitted|insufficient_scope|decryptionfailure|not have authorization|signaturedoesnotmatch`,
	NotFound: `not found|notfound|no such|does not exist|doesn't exist|missing|unknown|could not find|can't find|` +
		`cannot find|unable to find|inactive|404|no matching|nosuch|invalid ssm parameters|invalid parameters|deletion|` +
		`not available|no container|credentials|not have execution role|to have execution role|provider|unable to fetch|no users|` +
		`no groups|executable file|select device driver|find|descriptor|vanished|no ec2|gathering device|` +
		`unable to get device`,
	Invalid: `invalid|malformed|not valid|must|unknown|unsupported|not supported|did not contain|no command|conflicting|` +
		`cannot parse|unable to parse|parse|decode|unmarshal|normalize|limit allowed|required|is not|configuration|` +
		`mount|chdir|not a directory|resolved|specified|misconfiguration|range of|length|does not|not idempotent|` +
		`no log driver|incompatible|validation|register|action_required|greater than|credentialspec|unexpected|error loading|` +
		`unparsableport|missingendpoint|failed to generate|draining|not set|not in`,
	Mismatch: `platform|manifest|format|incompatible|compatible|does not match|not match|no longer supported|media|` +
		`operating system|architecture|version|attribute|constraint|location|condition|schema|win32|satisfy|capabilities`,
	Conflict:    `already|in use|conflict|idempotent|multiple containers`,
	RateLimited: `too ?many ?requests|429|throttl|rate|limit|slow ?down`,
	Exhausted: `no space|insufficient|limit|quota|capacity|too many|not enough|resource:|maximum|free|no container|` +
		`no active|memory|exchange full|exceed|available ip|device index|unavailable|empty capacity|space on the disk|paging`,
	Corrupt: `eof|verification failed|checksum|digest|diffids|tar|gzip|zstd|corrupt|size validation|compressed|mismatched|` +
		`content store|media type`,
	OOM:     `memory|oom`,
	Timeout: `tim(ed|e) ?out|timeout|could not transition|deadline|exceeded|limit`,
	Internal: `internal|error|panic|50\d|unexpected|failed|driver|devmapper|devicemapper|cgroup|docker|iptables|hns|` +
		`unavailable|system call|errno|nil pointer|bad gateway|layer|seccomp|nvidia|secrets resource|no such file|` +
		`read-only|symbolic|exited|impaired`,
	Unhealthy:   `health|not enabled for the load balancer`,
	Crashed:     `success|complete|exit`,
	Interrupted: `spot`,
	Retired:     `maintenance|retire|drain`,
	Lost:        `terminated|stopped|disconnect|impair|degraded|infrastructure|underlying|agent|connected`,
	RolledBack:  `roll|circuit breaker|deployment failed|deployment_failed|alarm|hook_failed`,
	Replaced:    `rebalanc|replaced`,
	Waiting:     `await`,
	Requested:   `user|stoptask|deregist`,
}

// everyText are the stops of samples, examples of every table and texts from the wild.
func everyText(t *testing.T) []events.Stop {
	t.Helper()
	stops := provenStops(t)
	for _, rules := range [][]Rule{StageRules, FaultRules} {
		for _, r := range rules {
			for _, on := range []string{"FARGATE", "EC2"} {
				stops = append(stops, events.Stop{Kind: kindOf(r), LaunchType: on, StopCode: "TaskFailedToStart",
					StoppedReason: r.Example})
			}
		}
	}
	for _, c := range Catalogue {
		stops = append(stops, exampleStop(t, c.Example))
	}
	for _, w := range wildTexts {
		stops = append(stops, events.Stop{LaunchType: w.on, StopCode: "TaskFailedToStart", StoppedReason: w.text})
	}
	return stops
}

// TestCertainQuotesWhatItSays holds that a class that is certain by a text quotes words that mean its fault.
func TestCertainQuotesWhatItSays(t *testing.T) {
	looked := 0
	for _, s := range everyText(t) {
		f := Classify(s)
		if f.Confidence != Certain || strings.HasPrefix(f.FaultRule, "code/") || f.FaultRule == "" {
			continue
		}
		looked++
		meaning, known := meanings[f.Fault]
		if !known || !regexp.MustCompile(meaning).MatchString(strings.ToLower(f.Proof)) {
			t.Errorf("%s is certain by %s and quotes %q", f.Class(), f.FaultRule, f.Proof)
		}
	}
	if looked < 300 {
		t.Errorf("only %d texts are certain: is anything looked at?", looked)
	}
}

// contradictions are words, and causes that they leave no room for. The words stand in the leading text.
var contradictions = []struct {
	words string
	but   string // words beside which it may be so after all
	never []string
	on    string // launch type where it is so, any when empty
}{
	{`too many open files`, ``, []string{"host-disk-full", "image-too-large", "host-memory", "subnet-full"}, ""},
	{`no space left on device`, `inotify`, []string{"host-memory", "host-file-limits", "subnet-full", "memory-limit"}, ""},
	{`cannot allocate memory`, ``, []string{"host-disk-full", "image-too-large", "host-file-limits"}, ""},
	{`50[0234] (internal|bad|service|gateway)`, `panic|amazonaws\.com`, []string{"platform-fault", "image-tag-missing"}, ""},
	{`unexpected status|toomanyrequests|status ?code: ?[45]\d\d|40[134] (unauthorized|forbidden|not found)`, `dial tcp`,
		[]string{"route-missing", "public-ip-missing", "task-sg-egress-closed", "nat-unusable", "endpoint-missing",
			"endpoint-sg-closed", "internet-gateway-missing", "nacl-blocks"}, ""},
	{`validate the specified targetgrouparn|validate the listeners`, ``, []string{"role-not-assumable", "role-missing",
		"role-permission-missing", "task-role-service-linked", "service-role-missing"}, ""},
	{`perform: iam:passrole`, ``, []string{"role-not-assumable", "role-missing", "role-new"}, ""},
	{`dial tcp [0-9.:]+ i/o timeout|i/o timeout$`, `lookup`, []string{"role-permission-missing!", "image-tag-missing",
		"registry-credentials-wrong", "log-group-missing!"}, ""},
	{`access ?denied|not authorized to perform`, `timeout|connection issue`, []string{"route-missing", "public-ip-missing",
		"nat-unusable", "endpoint-missing"}, ""},
	{`connection refused`, ``, []string{"route-missing!", "nacl-blocks!", "nat-unusable!"}, ""},
	{`incorrect username or password`, ``, []string{"role-permission-missing", "instance-role-missing",
		"registry-credentials-missing"}, ""},
	{`no such image: amazon/amazon-ecs`, ``, []string{"image-tag-missing", "image-repository-missing"}, ""},
	{`devmapper|nvidia-container-cli`, ``, []string{"platform-fault"}, "EC2"},
	{`closest matching`, ``, []string{"capacity-provider-empty", "launch-type-sets-provider-aside"}, ""},
	{`dependent job failed`, ``, []string{"dependency-failed", "dependency-timeout", "dependency-unhealthy"}, ""},
	{`misconfiguration:|action_required`, ``, []string{"launch-type-mismatch", "fargate-capacity", "role-not-assumable"}, ""},
}

// TestNoCauseContradictsTheText holds that no listed cause is one that the words leave no room for; a cause with an
// exclamation mark may be listed, and never confirmed.
func TestNoCauseContradictsTheText(t *testing.T) {
	met := map[string]bool{}
	for _, s := range everyText(t) {
		f := Classify(s)
		if s.StopCode == "UserInitiated" {
			continue
		}
		text := strings.ToLower(s.StoppedReason)
		for _, c := range s.Containers {
			text += " " + strings.ToLower(c.Reason)
		}
		for _, c := range contradictions {
			if c.on != "" && s.LaunchType != c.on {
				continue
			}
			if !regexp.MustCompile(c.words).MatchString(text) ||
				c.but != "" && regexp.MustCompile(c.but).MatchString(text) {
				continue
			}
			met[c.words] = true
			for _, p := range f.Causes {
				for _, never := range c.never {
					id, onlyConfirmed := strings.CutSuffix(never, "!")
					if p.Cause == id && p.Result != RuledOut && (!onlyConfirmed || p.Result == Confirmed) {
						t.Errorf("%s\n%s lists %s (%s)", text, f.Class(), p.Cause, p.Result)
					}
				}
			}
		}
	}
	for _, c := range contradictions {
		if !met[c.words] {
			t.Errorf("no text has %q: is anything looked at?", c.words)
		}
	}
}
