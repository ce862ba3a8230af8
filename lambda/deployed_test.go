//go:build slow

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
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
