package stack

import (
	"fmt"
	"strings"
	"testing"
)

//go:generate go test . -run TestEnvironmentPage -update

// TestEnvironmentPage holds docs/environment.md to the table that it is printed from.
func TestEnvironmentPage(t *testing.T) {
	var page strings.Builder
	page.WriteString(`# Environment variables

What the function reads for itself, and nothing else. The stack sets what is required. Credentials, Region and endpoints come
under the names that the AWS SDK reads them from. Printed from ` + "`stack.Variables` by `go generate ./archive/stack`" + `.

| variable | default | what it says |
|---|---|---|
`)
	seen := map[string]bool{}
	for _, v := range Variables {
		if !strings.HasPrefix(v.Name, "WHYSTOPPED_") || v.Doc == "" || seen[v.Name] {
			t.Errorf("%+v has no name of its own or no doc", v)
		}
		seen[v.Name] = true
		value := "required"
		if v.Default != "" {
			value = "`" + v.Default + "`"
		}
		fmt.Fprintf(&page, "| `%s` | %s | %s |\n", v.Name, value, v.Doc)
	}
	hold(t, "../../docs/environment.md", page.String())
}
