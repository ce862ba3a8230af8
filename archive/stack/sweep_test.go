package stack

import (
	"strings"
	"testing"

	"whystopped/events"
)

// TestSweepInputIsReadAsItWasWritten, and no event is taken for one.
func TestSweepInputIsReadAsItWasWritten(t *testing.T) {
	for name, tt := range map[string]struct {
		options  Options
		services bool
	}{
		"all":            {Options{Added: Added{Sweep: "15"}}, true},
		"of a cluster":   {Options{Clusters: []string{"prod"}, Added: Added{Sweep: "5"}}, true},
		"a family alone": {Options{Families: []string{"job"}, Added: Added{Sweep: "60"}}, false},
		"too many to say": {Options{Capture: events.CaptureAll, Clusters: names(15), Services: names(15),
			Added: Added{Sweep: "15"}}, false},
	} {
		input, err := tt.options.SweepInput()
		in, ok := ParseSweep([]byte(input))
		if _, named := tt.options.ServicesTold(); err != nil || !ok || named != tt.services ||
			(in.Services != nil) != tt.services || in.Sample() != (in.Minutes == 60) {
			t.Errorf("%s: %v, %+v", name, err, in)
			continue
		}
		if _, err := events.CompilePattern(in.Stops); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(input) > 8192 { // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html
			t.Errorf("%s: %d characters are more than a target takes", name, len(input))
		}
		if _, ok := ParseSweep([]byte("\n { " + input[1:])); !ok {
			t.Errorf("%s: not read with spaces in it", name)
		}
	}
	for _, o := range []Options{{}, {Added: Added{Sweep: Off}}} {
		if input, err := o.SweepInput(); input != "" || err != nil {
			t.Errorf("%q %v", input, err)
		}
	}
	for _, payload := range []string{"", "{}", `{"source":"aws.ecs"}`, `{"whystoppedSweep":null}`,
		`{"whystoppedSweep":15}`, `{"detail":"` + strings.Repeat("x", 64) + `","whystoppedSweep":{}}`} {
		if _, ok := ParseSweep([]byte(payload)); ok {
			t.Errorf("%s is taken for a sweep", payload)
		}
	}
}

// names are names of clusters or services.
func names(n int) (all []string) {
	for i := range n {
		all = append(all, strings.Repeat("a", 10)+string(rune('a'+i/26))+string(rune('a'+i%26)))
	}
	return all
}
