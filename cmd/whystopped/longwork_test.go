//go:build linux && !local

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whystopped/cmd/whystopped/account/accounttest"
	"whystopped/cmd/whystopped/screen/screentest"
)

// TestLongWorkSaysHowFarItIs: on a terminal, and nothing of it in a pipe or after the end.
func TestLongWorkSaysHowFarItIs(t *testing.T) {
	accounttest.Environment(t)
	dir := t.TempDir()
	sample, err := filepath.Abs("../../events/samples/crashed-exit-1.json")
	if err != nil {
		t.Fatal(err)
	}
	lines := filepath.Join(dir, "stops.jsonl")
	event, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(lines, append(event, event...), 0o600); err != nil {
		t.Fatal(err)
	}
	kept := filepath.Join(dir, "kept")
	old := sampleRecord(t, "crashed-exit-1")
	older(&old)
	putRecord(t, kept, old)
	ecs := newECS(t)
	ecs.Put("ecs:ListClusters", cluster("dev"), cluster("prod"))
	ecs.Put("ecs:DescribeTasks", crashedTask(1, 5), crashedTask(2, 4))
	answering(t, &accounttest.Asking{})
	const bar = ` \[#{20}\] 0\.0 of 0\.0 MB, [0-9.]+ MB/s, 0\.0 s left`
	for _, test := range []struct {
		name, line string
		says       []string
	}{
		{"many stops", "explain " + lines, []string{"explaining stops: 1" + bar, "explaining stops: 2" + bar}},
		{"an archive of what ran well", "explain --from " + kept + " " + sample,
			[]string{"reading the archive, records: 1"}},
		{"a task in any cluster", "explain " + accounttest.TaskID(1),
			[]string{"asking ECS for the task, clusters: 2 of 2"}},
		{"a cluster", "explain --cluster prod", []string{"reading tasks: 0 of 2"}},
		{"explain --verify", "explain --verify " + sample, []string{"reading the route tables"}},
		{"history TASK --verify", "history --verify --from " + kept + " " + old.TaskID,
			[]string{"reading the route tables"}},
		{"history", "history --since all --from " + kept, []string{"reading the archive, records: 1"}},
		{"archive", "archive --to " + filepath.Join(dir, "to") + " " + lines, []string{"archiving stops: 2" + bar}},
		{"reclassify", "reclassify --from " + kept + " --to " + kept, []string{"reading the archive, records: 1",
			"explaining stops: 1 of 1", "writing records: 1 of 1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			screentest.LongWork(t, run, test.says, strings.Fields(test.line)...)
		})
	}
}
