package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// watcherPage is docs/watcher.md with what it shows of package watcher put between its marks.
func watcherPage(dir string) (string, error) {
	page, err := os.ReadFile(filepath.Join(dir, "watcher.md"))
	if err != nil {
		return "", err
	}
	example, err := os.ReadFile(filepath.Join(dir, "../watcher/example_test.go"))
	if err != nil {
		return "", err
	}
	event, err := os.ReadFile(filepath.Join(dir, "../watcher/testdata/fargate.event.json"))
	if err != nil {
		return "", err
	}
	healthCheck := regexp.MustCompile(`(?ms)^(?:// [^\n]*\n)+func healthCheck\(.*?^}\n`).Find(example)
	if healthCheck == nil {
		return "", fmt.Errorf("no function healthCheck in watcher/example_test.go")
	}
	text := string(page)
	for mark, block := range map[string]string{
		"library": "```go\n" + string(healthCheck) + "```\n",
		"event":   "```json\n" + string(event) + "```\n",
	} {
		before, rest, found := strings.Cut(text, "<!-- "+mark+": go generate ./docs/print -->\n")
		_, after, closed := strings.Cut(rest, "<!-- end -->\n")
		if !found || !closed {
			return "", fmt.Errorf("the page has no place for %s", mark)
		}
		text = before + "<!-- " + mark + ": go generate ./docs/print -->\n" + block + "<!-- end -->\n" + after
	}
	return text, nil
}
