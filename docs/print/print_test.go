package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPages holds the kept pages to what is printed.
func TestPages(t *testing.T) {
	for name, print := range pages {
		t.Run(name, func(t *testing.T) {
			now, err := print("..")
			if err != nil {
				t.Fatal(err)
			}
			kept, err := os.ReadFile(filepath.Join("..", name))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(kept), "\n"), strings.Split(now, "\n")); diff != "" {
				t.Errorf("docs/%s is stale, go generate ./docs/print writes it; -kept +now:\n%s", name, diff)
			}
		})
	}
}

func TestDollars(t *testing.T) {
	for amount, want := range map[float64]string{0: "under $0.01", 0.004: "under $0.01", 0.005: "$0.01", 1.5: "$1.50",
		901.2: "$901.20", 1234567.891: "$1,234,567.89"} {
		if got := dollars(amount); got != want {
			t.Errorf("%f is %s, want %s", amount, got, want)
		}
	}
}
