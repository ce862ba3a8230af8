// Command print writes the pages under docs that are printed from tables, so that no page says what the code does not:
// go run ./docs/print DIRECTORY, which go generate runs on docs. What only another program knows, that program prints:
// the command line and the CDK app.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"whystopped/classifier"
	"whystopped/docs/picture"
)

//go:generate go run . ..

// pages are printed by name, for the directory that they are in.
var pages = map[string]func(dir string) (string, error){
	"cost.md":            costPage,
	"history.md":         historyPage,
	"environment.md":     environmentPage,
	"evidence.md":        evidencePage,
	"inputs.md":          inputsPage,
	"messages.md":        messagesPage,
	"permissions.md":     permissionsPage,
	"queries.md":         queriesPage,
	"record.md":          recordPage,
	"record.schema.json": recordSchema,
	"signals.md":         signalsPage,
	"watcher.md":         watcherPage,
	"troubleshooting.md": troubleshootingPage,
	"log-lines.md":       lastWordsPage,
}

func init() {
	for _, group := range classifier.CauseGroups {
		pages["causes/"+group.Name+".md"] = func(string) (string, error) { return causesPage(group) }
	}
	for _, theme := range picture.Themes {
		pages["pictures/way-"+theme.Name+".svg"] = func(string) (string, error) { return wayPicture(theme), nil }
		pages["pictures/dashboard-"+theme.Name+".svg"] = func(dir string) (string, error) {
			return dashboardPicture(dir, theme)
		}
		pages["pictures/chat-"+theme.Name+".svg"] = func(dir string) (string, error) { return chatPicture(dir, theme) }
		pages["pictures/mail-"+theme.Name+".svg"] = func(dir string) (string, error) { return mailPicture(dir, theme) }
	}
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: print DIRECTORY")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "print:", err)
		os.Exit(1)
	}
}

// write writes every page into a directory.
func write(dir string) error {
	for name, print := range pages {
		page, err := print(dir)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(page), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// cell is text as it may stand in a table.
func cell(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "|", `\|`), "\n", " ")
}

// sentence begins with a capital letter, unless its first word is a name such as startTimeout.
func sentence(text string) string {
	if first, _, _ := strings.Cut(text, " "); first != strings.ToLower(first) {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
