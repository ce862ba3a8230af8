package events_test

import (
	"strings"
	"testing"

	"whystopped/classifier/commandtest"
	"whystopped/events"
)

// withCommand is a refusal with the command that it has.
func withCommand(r *events.Refusal) string {
	run, look := r.Command()
	if run == "" {
		return r.Error()
	}
	return r.Error() + " $ " + run + " → " + look
}

func TestAsk(t *testing.T) {
	const wait = "aws ecs describe-services --cluster {CLUSTER} --services {SERVICE} --region {REGION}"
	for _, c := range []struct {
		name, command string
		known         map[string][]string
		run, look     string
	}{
		{"all is known", wait,
			map[string][]string{"CLUSTER": {"stage"}, "SERVICE": {"orders"}, "REGION": {"eu-north-1"}},
			"aws ecs describe-services --cluster stage --services orders --region eu-north-1", "tells"},
		{"one name is not", wait, map[string][]string{"CLUSTER": {"stage"}, "SERVICE": {""}, "REGION": {"eu-north-1"}},
			"aws ecs describe-services --cluster stage --services SERVICE --region eu-north-1", "tells; fill in " +
				"SERVICE"},
		{"nothing is", wait, nil, "aws ecs describe-services --cluster CLUSTER --services SERVICE --region REGION",
			"tells; fill in CLUSTER, SERVICE and REGION"},
		{"several tasks", events.AskTasks, map[string][]string{"TASK": {"4a", "4b"}},
			"aws ecs describe-tasks --cluster CLUSTER --tasks 4a 4b --region REGION | whystopped explain",
			"tells; fill in CLUSTER and REGION"},
		{"a Region that may be left out", events.AskWhy,
			map[string][]string{"CLUSTER": {"stage"}, "SERVICE": {"orders"}},
			"whystopped why --cluster stage --service orders", "tells"},
		{"a name that a shell would take apart", events.AskWhy,
			map[string][]string{"CLUSTER": {"a b; $(reboot)"}, "SERVICE": {"orders"}, "REGION": {"eu-north-1"}},
			"whystopped why --cluster 'a b; $(reboot)' --service orders --region eu-north-1", "tells"},
		{"a name that nothing has", events.AskWhy, map[string][]string{"CLUSTER": {"it's"}, "SERVICE": {"a\nb"}},
			"whystopped why --cluster CLUSTER --service SERVICE", "tells; fill in CLUSTER and SERVICE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := events.Ask(c.command, "tells", c.known)
			if got.Run != c.run || got.Look != c.look {
				t.Errorf("got  %+v\nwant %s → %s", got, c.run, c.look)
			}
			if problems := commandtest.Problems(got.Run, false); problems != nil {
				t.Error(problems)
			}
		})
	}
}

// TestRefusalsAskWithCommands holds that each document that is known and refused brings a command that runs as it
// stands, and none within its sentence.
func TestRefusalsAskWithCommands(t *testing.T) {
	looked := 0
	for _, document := range events.Foreign() {
		for _, line := range toldOf(t, document) {
			said, command, found := strings.Cut(line, " $ ")
			run, look, _ := strings.Cut(command, " → ")
			if !found || strings.Contains(said, "aws ") || strings.Contains(said, "whystopped ") {
				t.Errorf("%s is told as\n%s", document, line)
			}
			for _, problem := range commandtest.Problems(run, false) {
				t.Error(problem)
			}
			for _, blank := range commandtest.Blanks(run) {
				if !strings.Contains(look, blank) {
					t.Errorf("%s is to be filled in, and nothing says so: %s → %s", blank, run, look)
				}
			}
			looked++
		}
	}
	if looked < 20 {
		t.Errorf("only %d refusals: is anything looked at?", looked)
	}
}
