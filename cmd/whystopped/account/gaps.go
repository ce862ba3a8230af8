package account

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"whystopped/archive"
	"whystopped/archive/stack"
	"whystopped/classifier"
	"whystopped/cmd/whystopped/screen"
	"whystopped/events/awsname"
	"whystopped/evidence"
)

// gap is something that would have let checks answer: a permission, a tier of evidence, an option, or another try.
type gap struct {
	Needs      string      `json:"needs"` // an IAM action, "evidence=TIER", "logTail=on", "--verify"
	OpenCauses int         `json:"openCauses"`
	Stops      int         `json:"stops"`
	Causes     []string    `json:"causes"` // ids, the most frequent first
	Remedy     string      `json:"remedy"`
	Run        string      `json:"run,omitempty"`        // the command that does it
	Statements []statement `json:"statements,omitempty"` // what the policy of the role that asks lacks

	actions []string
	counts  map[string]int // by cause
	last    archive.Record // of the stops
}

// statement is one of an IAM policy, in the order in which people write its parts.
type statement struct {
	Effect   string
	Action   []string
	Resource string
}

// gapsOf ranks what would have decided most open causes of stops of which none is confirmed. A cause that nothing could
// have told of is no gap.
func gapsOf(stops []archive.Record, from string, account *Account) (gaps []gap, undecided int) {
	byNeed := map[string]*gap{}
	for _, r := range stops {
		var causes []archive.RecordedCause
		if r.Verdict != string(classifier.Failure) || r.CheckedAt.IsZero() ||
			r.CauseVerdict == string(classifier.Confirmed) || json.Unmarshal([]byte(r.Causes), &causes) != nil {
			continue
		}
		undecided++
		seen := map[string]bool{} // by need, in this stop
		for _, c := range causes {
			needs := needsOf(c)
			if classifier.Result(c.Verdict).Decided() || needs == "" {
				continue
			}
			g := byNeed[needs]
			if g == nil {
				g = &gap{Needs: needs, counts: map[string]int{}}
				byNeed[needs] = g
			}
			g.OpenCauses++
			g.counts[c.ID]++
			if !seen[needs] {
				seen[needs], g.Stops = true, g.Stops+1
				if g.last.Moment().Before(r.Moment().Time) {
					g.last = r
				}
			}
			if c.MissingAction != "" && !slices.Contains(g.actions, c.MissingAction) {
				g.actions = append(g.actions, c.MissingAction)
			}
		}
	}
	for _, g := range byNeed {
		g.finish(stops, from, account)
		gaps = append(gaps, *g)
	}
	slices.SortFunc(gaps, func(a, b gap) int {
		return cmp.Or(b.OpenCauses-a.OpenCauses, b.Stops-a.Stops, strings.Compare(a.Needs, b.Needs))
	})
	return gaps, undecided
}

// again is what a look with one's own credentials gets, which may ask more and at another time.
const again = "--verify"

// needsOf is what would have told of an open cause; empty where nobody can grant it.
func needsOf(c archive.RecordedCause) string {
	action, known := evidence.FindAction(c.MissingAction)
	switch c.Reason {
	case classifier.ReasonNoPermission:
		return c.MissingAction
	case classifier.ReasonTier:
		if known && slices.Contains(evidence.Tiers, action.Tier) {
			return "evidence=" + string(action.Tier)
		}
		return again
	case classifier.ReasonOption:
		return "logTail=" + stack.On
	case classifier.ReasonThrottled, classifier.ReasonTimeout, classifier.ReasonFailed, classifier.ReasonBudget,
		classifier.ReasonDeferred:
		return again
	}
	return ""
}

// finish says what to do. The stops, which an archive holds, tell the account and the partition of the ARNs.
func (g *gap) finish(stops []archive.Record, from string, account *Account) {
	for cause := range g.counts {
		g.Causes = append(g.Causes, cause)
	}
	slices.SortFunc(g.Causes, func(a, b string) int {
		return cmp.Or(g.counts[b]-g.counts[a], strings.Compare(a, b))
	})
	slices.Sort(g.actions)
	switch {
	case g.Needs == again:
		g.Remedy = "ask with your own credentials, as here of the last of these stops"
		g.Run = account.command("whystopped", "history", g.last.TaskID, "--from", from, "--verify")
		return
	case strings.HasPrefix(g.Needs, "logTail="):
		g.Remedy = "deploy again with it beside the other options, and with logTailGroups for some log groups alone"
		g.Run = deployCommand + " -c " + g.Needs
	case strings.HasPrefix(g.Needs, "evidence="):
		g.Remedy = "deploy again with it beside the other options: it gives the function's role what is missing"
		g.Run = deployCommand + " -c " + g.Needs
	default:
		g.Remedy = "the role that asked was refused: deploy again, or see what denies it (a boundary, a service " +
			"control policy); elsewhere allow it in a policy of that role"
	}
	id, partition := "ACCOUNT", "aws"
	if i := slices.IndexFunc(stops, func(r archive.Record) bool { return r.Account != "" }); i >= 0 {
		id, partition = stops[i].Account, cmp.Or(awsname.Partition(stops[i].Region), partition)
	}
	for _, name := range g.actions {
		action, known := evidence.FindAction(name)
		if !known {
			continue
		}
		resource := action.Resource
		if resource != "*" {
			resource = "arn:" + partition + ":" + strings.ReplaceAll(resource, "ACCOUNT", id)
		}
		i := slices.IndexFunc(g.Statements, func(s statement) bool { return s.Resource == resource })
		if i < 0 {
			g.Statements = append(g.Statements, statement{Effect: "Allow", Resource: resource})
			i = len(g.Statements) - 1
		}
		g.Statements[i].Action = append(g.Statements[i].Action, name)
	}
}

// lookForGaps reads an archive and tells what would have decided most of what it leaves open.
type lookForGaps struct {
	from   string
	chosen screen.Selection
	asJSON bool
}

func (l *lookForGaps) run(ctx context.Context, account *Account, stdout, stderr io.Writer) error {
	if err := l.chosen.Between(time.Now()); err != nil {
		return err
	}
	var all archive.Stops
	for r, err := range screen.Records(ctx, stderr, account.ReadArchive(ctx, l.from, l.chosen.Query())) {
		switch {
		case err != nil:
			return err
		case l.chosen.About(r):
			all.Add(r)
		}
	}
	stops := all.Shown()
	gaps, undecided := gapsOf(stops, l.from, account)
	if l.asJSON {
		for _, g := range gaps {
			if err := screen.EncodeJSON(stdout, g); err != nil {
				return err
			}
		}
		return nil
	}
	s := &screen.Screen{W: stdout, Look: screen.LookOf(stdout)}
	s.Wrapped("", fmt.Sprintf("%s in %s, %s checked and still without a proven cause",
		screen.Plural(len(stops), "stop"), screen.PlaceName(l.from), screen.Plural(undecided, "failure")))
	if len(gaps) == 0 {
		s.Wrapped("", "No permission, tier or option would have decided more.")
	}
	for _, g := range gaps {
		fmt.Fprintln(stdout)
		s.Wrapped("", fmt.Sprintf("%s  %s of %s: %s", g.Needs, screen.Plural(g.OpenCauses, "open cause"),
			screen.Plural(g.Stops, "stop"), strings.Join(g.Causes, ", ")))
		s.Wrapped("    ", g.Remedy)
		s.Advice("    ", g.Run, "")
		for _, st := range g.Statements {
			line, err := json.Marshal(st)
			if err != nil {
				return err
			}
			s.Command("    ", string(line))
		}
	}
	return nil
}
