package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"whystopped/events"
)

// The lines of README.md between which the forms stand that can be read.
const (
	beforeForms = "<!-- forms, printed by go generate ./docs/print -->\n"
	behindForms = "<!-- end of forms -->\n"
)

// readmePage is README.md as it is kept, with the forms printed anew.
func readmePage(dir string) (string, error) {
	kept, err := os.ReadFile(filepath.Join(dir, readme))
	if err != nil {
		return "", err
	}
	before, rest, found := strings.Cut(string(kept), beforeForms)
	_, behind, ends := strings.Cut(rest, behindForms)
	if !found || !ends {
		return "", fmt.Errorf("must have the lines %q and %q", beforeForms, behindForms)
	}
	return before + beforeForms + "\n" + events.ListForms() + "\n" + behindForms + behind, nil
}
