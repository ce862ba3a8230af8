// Cold runs a command with an empty build cache of its own, prints the processor time and the memory that it took, and
// fails when either is above its limit:
//
//	go run .ci/cold.go go run ./cmd/whystopped explain FILE
//
// Download modules before, so that they are no part of what is measured.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

const (
	maxTime   = 60 * time.Second // of processors, by the command and all that it starts
	maxMemory = 1_000_000_000    // bytes, in the largest of these processes
)

func main() {
	if err := run(os.Args[1], os.Args[2:]...); err != nil {
		fmt.Fprintln(os.Stderr, "cold:", err)
		os.Exit(1)
	}
}

func run(name string, args ...string) error {
	cache, err := os.MkdirTemp("", "whystopped-cold-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(cache)
	command := exec.Command(name, args...)
	command.Env = append(os.Environ(), "GOCACHE="+cache)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	if err := command.Run(); err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	// Linux counts in these what a process waited for, as go does for the compiler and for the program.
	took := command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	memory := command.ProcessState.SysUsage().(*syscall.Rusage).Maxrss * 1024 // Maxrss is in KiB
	fmt.Fprintf(os.Stderr, "cold: %.0f s of processor time, at most %d MB in one process\n", took.Seconds(), memory/1e6)
	if took > maxTime || memory > maxMemory {
		return fmt.Errorf("this is more than %.0f s or %d MB", maxTime.Seconds(), maxMemory/int64(1e6))
	}
	return nil
}
