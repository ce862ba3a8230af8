//go:build local

package main

import (
	"strings"
	"testing"

	"whystopped/cmd/whystopped/screen"
	"whystopped/cmd/whystopped/screen/screentest"
)

// TestWhatIsLeftOutSaysHowToGetIt: one line, and the exit code of a usage that is not possible.
func TestWhatIsLeftOutSaysHowToGetIt(t *testing.T) {
	const sample = "../../events/samples/registry-auth-denied.json"
	lines := [][]string{
		{"explain", "--verify", sample},
		{"explain", "--verify", "--region", "eu-west-1", sample},
		{"explain", "--profile", "ops", sample},
		{"explain", "4f1c22ab90de4c6f8a3b5d7e9f012345"},
		{"explain", "--cluster", "prod", "--service", "web"},
		{"history", "--verify", "4f1c22ab"},
		{"history", "--from", "logs:"},
		{"archive", sample, "--to", "logs:/team/stops"},
		{"reclassify", "--from", "logs:"},
	}
	for _, command := range asksAccount {
		lines = append(lines, []string{command}, []string{command, "--help"}, []string{command, "--cluster", "prod"})
	}
	for _, args := range lines {
		stdout, stderr := whystopped(t, screen.ExitBad, args...)
		if stdout != "" || len(screentest.Sentences(stderr)) != 1 || !strings.HasPrefix(stderr, "whystopped: ") ||
			!strings.Contains(stderr, "small build") || !strings.Contains(stderr, "go install ./cmd/whystopped") {
			t.Errorf("%q: %s%s", args, stdout, stderr)
		}
	}
}
