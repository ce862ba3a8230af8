//go:build !slow

package main

import (
	"os"
	"testing"
)

// bootstrap is the program whose processes are tested: the test binary itself, which the variable asFunction makes the
// function. With the build tag slow it is the function as it is deployed.
var bootstrap = os.Args[0]

func TestMain(m *testing.M) {
	if os.Getenv(asFunction) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}
