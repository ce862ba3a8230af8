package main

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPages holds the kept pages to what is printed.
func TestPages(t *testing.T) {
	for name, print := range pages {
		page, err := print("..")
		if err != nil {
			t.Fatal(err)
		}
		kept, err := os.ReadFile("../docs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Split(string(kept), "\n"), strings.Split(page, "\n")); diff != "" {
			t.Errorf("docs/%s is stale, go generate ./infra writes it; -kept +now:\n%s", name, diff)
		}
	}
}
