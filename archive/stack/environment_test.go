package stack

import (
	"strings"
	"testing"
)

// TestVariablesAreExplained: docs/environment.md is printed from the table.
func TestVariablesAreExplained(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range Variables {
		if !strings.HasPrefix(v.Name, "WHYSTOPPED_") || v.Doc == "" || seen[v.Name] {
			t.Errorf("%+v has no name of its own or no doc", v)
		}
		seen[v.Name] = true
	}
}
