package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

// leastMemory is the least that a function can be given, in bytes
// (https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html).
const leastMemory = 128 << 20

// within returns a program that is program with no more than so many bytes: it is killed for the next one. The limit is
// a memory cgroup's, below that of this test; where none can be made the program has no limit, and what it took is only
// measured.
func within(t testing.TB, program string, bytes int) string {
	t.Helper()
	dir, err := memoryCgroup(bytes)
	if err != nil {
		t.Logf("memory is measured and not limited: %v", err)
		return program
	}
	t.Cleanup(func() {
		if err := os.Remove(dir); err != nil {
			t.Error(err)
		}
	})
	entering := filepath.Join(t.TempDir(), "entering")
	script := fmt.Sprintf("#!/bin/sh\necho $$ >'%s/cgroup.procs' && exec '%s'\n", dir, program)
	if err := os.WriteFile(entering, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return entering
}

// memoryCgroup makes a cgroup with a limit, of whichever version this machine has.
func memoryCgroup(bytes int) (dir string, err error) {
	own, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return "", err
	}
	for _, version := range []struct{ hierarchy, root, limit string }{
		{`(?m)^\d+:memory:(.*)$`, "/sys/fs/cgroup/memory", "memory.limit_in_bytes"},
		{`(?m)^0::(.*)$`, "/sys/fs/cgroup", "memory.max"},
	} {
		path := regexp.MustCompile(version.hierarchy).FindSubmatch(own)
		if path == nil {
			continue
		}
		if dir, err = os.MkdirTemp(filepath.Join(version.root, string(path[1])), "whystopped-"); err != nil {
			continue
		}
		limit := filepath.Join(dir, version.limit)
		if _, err = os.Stat(limit); err == nil { // the hierarchy gives memory to those below
			if err = os.WriteFile(limit, []byte(strconv.Itoa(bytes)), 0); err == nil {
				return dir, nil
			}
		}
		os.Remove(dir)
	}
	return "", fmt.Errorf("no memory cgroup can be made: %w", err)
}

// peakMemory is the most that the process has held, in bytes; 0 where the system does not say.
func peakMemory(t *testing.T, f *function) int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", f.cmd.Process.Pid))
	if err != nil {
		t.Logf("the most memory that a process held is not known: %v", err)
		return 0
	}
	peak := regexp.MustCompile(`(?m)^VmHWM:\s*(\d+) kB$`).FindSubmatch(status)
	if peak == nil {
		t.Fatalf("no VmHWM in %s", status)
	}
	kib, err := strconv.Atoi(string(peak[1]))
	if err != nil {
		t.Fatal(err)
	}
	return kib * 1024
}
