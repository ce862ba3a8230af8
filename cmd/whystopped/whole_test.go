//go:build !local

package main

import (
	"slices"
	"testing"
)

func TestSmallBuildKnowsWhatItLeavesOut(t *testing.T) {
	var names []string
	for _, c := range accountCommands() {
		names = append(names, c.Name())
	}
	if !slices.Equal(names, asksAccount) {
		t.Errorf("commands %q ask an account; the small build answers for %q", names, asksAccount)
	}
}
