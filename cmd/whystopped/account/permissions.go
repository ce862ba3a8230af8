package account

import (
	"slices"
	"strings"

	"whystopped/cmd/whystopped/account/permissions"

	"github.com/jedib0t/go-pretty/v6/text"
)

// Needs is the sentence of a command's help that names its IAM actions.
func Needs(command string) string {
	var actions []string
	for _, p := range permissions.All {
		if p.Command == command && !slices.Contains(actions, p.Action) {
			actions = append(actions, p.Action)
		}
	}
	sentence := "It needs the IAM actions " + strings.Join(actions, ", ") +
		"; docs/permissions.md has the least policy."
	lines := strings.Split(text.WrapSoft(sentence, 128), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}
