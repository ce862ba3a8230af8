//go:build slow

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// maxBinary is the size in bytes that the stripped command line stays below.
const maxBinary = 30_000_000

func TestBinaryStaysSmall(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "whystopped")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // as the function, whose packages it shares
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	info, err := os.Stat(binary)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() >= maxBinary {
		t.Errorf("%d bytes, the limit is %d", info.Size(), maxBinary)
	}
	t.Logf("%.1f MB", float64(info.Size())/1e6)
}
