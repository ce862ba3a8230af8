package classifier_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whystopped/classifier"
	"whystopped/events"
)

var update = flag.Bool("update", false, "write the golden files")

//go:generate go test . -run TestSamples -update

// TestSamples holds what is told about every sample. Read a change aloud before keeping it.
func TestSamples(t *testing.T) {
	var got strings.Builder
	files, _ := filepath.Glob("../events/samples/*.json")
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		stops, err := events.Parse(raw)
		if err != nil {
			t.Fatal(file, err)
		}
		for _, s := range stops {
			f := classifier.Classify(s)
			culprit := "-"
			if f.Culprit >= 0 {
				culprit = s.Containers[f.Culprit].Name
			}
			var causes []string
			for _, c := range f.Causes {
				causes = append(causes, c.Cause)
			}
			fmt.Fprintf(&got, "%s\n  %s %s, %s, %s, culprit %s, %s %s, %s\n  cause  %s\n  proof  %s\n  next   %s\n  look   %s\n\n",
				strings.TrimSuffix(filepath.Base(file), ".json"), strings.ToUpper(string(f.Verdict)), f.Class(), f.Confidence, f.Domain, culprit,
				f.StageRule, f.FaultRule, f.Signature, f.Summary, f.Proof, f.NextStep, strings.Join(causes, " "))
		}
	}
	const golden = "testdata/samples.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")); diff != "" {
		t.Errorf("the explanations changed (go generate ./classifier keeps them), -want +got:\n%s", diff)
	}
}

func FuzzClassify(f *testing.F) {
	files, _ := filepath.Glob("../events/samples/*.json")
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		stops, _ := events.Parse(raw)
		for _, s := range stops {
			reason := ""
			if len(s.Containers) > 0 {
				reason = s.Containers[0].Reason
			}
			f.Add(s.StopCode, s.StoppedReason, reason, s.Group, int64(137), true)
		}
	}
	f.Fuzz(func(t *testing.T, stopCode, stoppedReason, containerReason, group string, exit int64, ran bool) {
		s := events.Stop{Kind: events.KindTask, StopCode: stopCode, StoppedReason: stoppedReason, Group: group,
			Containers: []events.Container{{Name: "a", Reason: containerReason}, {Name: group, Image: containerReason}}}
		if ran {
			s.Containers[0].ExitCode = &exit
		}
		finding := classifier.Classify(s)
		if finding.Stage == "" || finding.Fault == "" || finding.Domain == "" || finding.Verdict == "" || finding.Confidence == "" ||
			finding.Summary == "" || finding.NextStep == "" || len(finding.Signature) != 16 || finding.Culprit < -1 || finding.Culprit > 1 {
			t.Errorf("not a whole finding: %+v", finding)
		}
		if again := classifier.Classify(s); !cmp.Equal(finding, again) {
			t.Errorf("two answers to one stop:\n%+v\n%+v", finding, again)
		}
	})
}
