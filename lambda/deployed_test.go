//go:build slow

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"whystopped/archive/stack"
	"whystopped/evidence/lookup/awstest"
)

// bootstrap is the program whose processes are tested: the function as it is deployed, built for this machine.
var bootstrap string

func TestMain(m *testing.M) {
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "whystopped-lambda-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	bootstrap = filepath.Join(dir, "bootstrap")
	if err := compile(".", bootstrap); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

func TestTheBinaryIsSmall(t *testing.T) {
	t.Parallel()
	const limit = 20_000_000 // bytes
	binary := filepath.Join(t.TempDir(), "bootstrap")
	if err := compile(".", binary, "GOOS=linux", "GOARCH=arm64"); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(binary)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > limit {
		t.Errorf("%d bytes, more than %d", info.Size(), limit)
	}
	t.Logf("%d bytes", info.Size())
}

// TestTheLargestEventsNeedLittleMemory hands a process with the least memory, which asks an account as well, events as
// large as Lambda takes them (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
func TestTheLargestEventsNeedLittleMemory(t *testing.T) {
	t.Parallel()
	const largest, rounds = 1_000_000, 10
	server := service(t)
	account := awstest.NewServer("111122223333")
	t.Cleanup(account.Close)
	putService(account, 0)
	f := startProgram(t, within(t, bootstrap, leastMemory), newRuntimeAPI(t), server.URL, stack.EnvLogGroup+"="+group,
		stack.EnvEvidence+"=describe", "AWS_ENDPOINT_URL="+account.URL)
	f.succeeds(unreachableOf(t, 0, 0))
	var containers []object
	for i := range largest / 250 {
		containers = append(containers, object{
			"containerArn": fmt.Sprintf("arn:aws:ecs:eu-west-1:111122223333:container/prod/many/%04d", i),
			"name":         fmt.Sprintf("worker-%04d", i), "lastStatus": "STOPPED", "exitCode": i % 256,
			"runtimeId": fmt.Sprintf("many-%04d", i), "reason": "CannotPullContainerError: pull access denied",
		})
	}
	words := strings.Repeat("password=hunter2 https://user:pass@example.com/a?b=c {[ ", largest/60)
	for name, event := range map[string][]byte{
		"many containers": stopped(t, "many", object{"containers": containers}),
		"a long reason":   stopped(t, "long", object{"stoppedReason": words}),
		"no JSON":         []byte(words),
		"nested":          []byte(strings.Repeat("[", largest)),
	} {
		if len(event) > largest*11/10 || len(event) < largest*8/10 {
			t.Errorf("%s has %d bytes", name, len(event))
		}
		for range rounds {
			if a, _ := f.invoke(event, 15*time.Second); a.failed {
				t.Fatalf("%s: answered %+v", name, a)
			}
		}
		t.Logf("%d KiB at most after %d events with %s", peakMemory(t, f)/1024, rounds, name)
	}
	if peak := peakMemory(t, f); peak > leastMemory {
		t.Errorf("the process took %d bytes, and Lambda gives %d", peak, leastMemory)
	}
}
