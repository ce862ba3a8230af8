//go:build !local

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"whystopped/archive"
	"whystopped/cmd/whystopped/account/accounttest"
	"whystopped/cmd/whystopped/screen"
)

// TestASignalEndsEveryCommand sends SIGTERM and presses Ctrl-C while a command waits for what never comes: an answer of
// AWS, more input, somebody who reads what it prints.
func TestASignalEndsEveryCommand(t *testing.T) {
	accounttest.Environment(t)
	kept := t.TempDir()
	for n := range 300 {
		putRecord(t, kept, archive.Record{
			SchemaVersion: archive.SchemaVersion, DedupKey: fmt.Sprint(n), Kind: "task", Verdict: "failure",
			Summary: strings.Repeat("word ", 100), StoppedAt: archive.Time{Time: time.Now()},
		})
	}
	const sample = "../../events/samples/crashed-exit-1.json"
	for _, test := range []struct {
		name string
		wait func(t *testing.T, c *exec.Cmd) (there func()) // makes the command wait; there returns when it does
		args []string                                       // PIPE is a named pipe, DIR an archive that is one
	}{
		{"explain", moreInput, []string{"explain", "-"}},
		{"explain a pipe", namedPipe, []string{"explain", "PIPE"}},
		{"explain --verify", answer, []string{"explain", "--verify", sample}},
		{"archive", moreInput, []string{"archive", "-", "--to", "NEW"}},
		{"archive a pipe", namedPipe, []string{"archive", "PIPE", "--to", "NEW"}},
		{"archive to a log group", answer, []string{"archive", sample, "--to", "logs:"}},
		{"history", namedPipe, []string{"history", "--from", "DIR"}},
		{"history of a log group", answer, []string{"history", "--from", "logs:"}},
		{"history that nobody reads", reading, []string{"history", "--from", kept, "--each", "--json", "--limit", "0"}},
		{"reclassify", namedPipe, []string{"reclassify", "--from", "DIR"}},
		{"reclassify a log group", answer, []string{"reclassify", "--from", "logs:"}},
		{"backfill", answer, []string{"backfill", "--cluster", "prod", "--to", "NEW"}},
		{"redrive", answer, []string{"redrive", "--to", "logs:"}},
		{"doctor", answer, []string{"doctor"}},
		{"why", answer, []string{"why", "--cluster", "prod", "--service", "web"}},
		{"explain a task", answer, []string{"explain", "--cluster", "prod", accounttest.TaskID(1)}},
		{"tail", answer, []string{"tail"}},
	} {
		for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
			t.Run(test.name+" "+signal.String(), func(t *testing.T) {
				t.Parallel()
				c := exec.Command("whystopped", test.args...)
				if i := slices.Index(c.Args, "NEW"); i >= 0 { // of its own: one process at a time writes to an archive
					c.Args[i] = filepath.Join(t.TempDir(), "new")
				}
				c.Env = os.Environ()
				var stderr bytes.Buffer
				c.Stderr = &stderr
				there := test.wait(t, c)
				if err := c.Start(); err != nil {
					t.Fatal(err)
				}
				there()
				late := time.AfterFunc(20*time.Second, func() { c.Process.Kill() })
				sent := time.Now()
				if err := c.Process.Signal(signal); err != nil {
					t.Fatal(err)
				}
				c.Wait() // its state tells
				if !late.Stop() {
					t.Fatalf("goes on after %s: %s", time.Since(sent), stderr.String())
				}
				status := c.ProcessState.Sys().(syscall.WaitStatus)
				wanted := status.Signal() == signal || status.ExitStatus() == screen.ExitBad
				if test.name == "tail" { // it is meant to be ended so
					wanted = status.ExitStatus() == screen.ExitOK && stderr.Len() == 0
				}
				if !wanted {
					t.Errorf("%v: %s", c.ProcessState, stderr.String())
				}
				if took := time.Since(sent); took > 10*time.Second {
					t.Errorf("ended after %s: %s", took, stderr.String())
				}
			})
		}
	}
}

// answer has an AWS that takes every call and answers none.
func answer(t *testing.T, c *exec.Cmd) (there func()) {
	called := make(chan bool, 1000)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		called <- true
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	c.Env = append(c.Env, "AWS_ENDPOINT_URL="+server.URL)
	return func() {
		select {
		case <-called:
		case <-time.After(time.Minute):
			c.Process.Kill()
			t.Error("asks nothing")
		}
	}
}

// moreInput has a standard input that does not end.
func moreInput(t *testing.T, c *exec.Cmd) (there func()) {
	stdin, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if _, err := stdin.Write(bytes.Repeat([]byte("\n"), 1<<20)); err != nil { // no pipe holds so much
			t.Error(err)
		}
	}
}

// namedPipe has a pipe to which nothing is written.
func namedPipe(t *testing.T, c *exec.Cmd) (there func()) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "records.jsonl")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, arg := range c.Args {
		switch arg {
		case "PIPE":
			c.Args[i] = pipe
		case "DIR":
			c.Args[i] = dir
		}
	}
	return func() {
		for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
			writer, err := os.OpenFile(pipe, os.O_WRONLY|syscall.O_NONBLOCK, 0)
			if err == nil {
				t.Cleanup(func() { writer.Close() })
				return
			}
			if !errors.Is(err, syscall.ENXIO) || time.Now().After(end) { // nobody reads it yet
				c.Process.Kill()
				t.Errorf("reads no pipe: %v", err)
				return
			}
		}
	}
}

// reading has a standard output of which one byte is read.
func reading(t *testing.T, c *exec.Cmd) (there func()) {
	stdout, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stdout = in
	t.Cleanup(func() { stdout.Close(); in.Close() })
	return func() {
		if _, err := stdout.Read(make([]byte, 1)); err != nil {
			t.Error(err)
		}
	}
}
