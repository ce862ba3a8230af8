//go:build !slow

package main

import (
	"os"
	"testing"
)

// program is the one whose processes are tested: the test binary itself, which the variable asWatcher makes the
// watcher. With the build tag slow it is the binary of the image.
var program = os.Args[0]

// residentLimit is the memory that a process of program may hold, in KiB: that of the binary of the image, and 6 MiB
// for what the test binary holds beside the watcher.
const residentLimit = 31 << 10

func TestMain(m *testing.M) {
	if os.Getenv(asWatcher) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}
