package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"whystopped/events/reader"
)

// fill puts a block between its marks in a page that is written by hand otherwise.
func fill(page, name, block string) (string, error) {
	begin, end := "<!-- "+name+": go generate ./docs/print -->\n", "<!-- end -->\n"
	before, rest, found := strings.Cut(page, begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		return "", fmt.Errorf("must have the lines %q and %q", begin, end)
	}
	return before + begin + block + end + after, nil
}

// inputsPage is docs/inputs.md as it is kept, with the forms that can be read.
func inputsPage(dir string) (string, error) {
	kept, err := os.ReadFile(filepath.Join(dir, "inputs.md"))
	if err != nil {
		return "", err
	}
	return fill(string(kept), "forms", "\n"+reader.ListForms()+"\n")
}

// watcherPage is docs/watcher.md as it is kept, with what it shows of package watcher.
func watcherPage(dir string) (string, error) {
	kept, err := os.ReadFile(filepath.Join(dir, "watcher.md"))
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
	page, err := fill(string(kept), "library", "```go\n"+string(healthCheck)+"```\n")
	if err != nil {
		return "", err
	}
	return fill(page, "event", "```json\n"+string(event)+"```\n")
}

// inRegion is a text of a template, of which the Region may be a part: that is left to fill in. A command in it, which
// has a line of its own, stands between backquotes.
type inRegion string

func (r *inRegion) UnmarshalJSON(raw []byte) error {
	if json.Unmarshal(raw, (*string)(r)) == nil {
		return nil
	}
	var value struct {
		Join [2]json.RawMessage `json:"Fn::Join"`
	}
	var parts []any
	if err := json.Unmarshal(raw, &value); err != nil {
		return err
	}
	if err := json.Unmarshal(value.Join[1], &parts); err != nil {
		return err
	}
	for _, part := range parts {
		text, isText := part.(string)
		if !isText {
			text = "REGION"
		}
		*r += inRegion(text)
	}
	*r = inRegion(aloneOnItsLine.ReplaceAllString(string(*r), " `$1`"))
	return nil
}

var aloneOnItsLine = regexp.MustCompile(`\n\n    (.+)\n`)

// troubleshootingPage is docs/troubleshooting.md as it is kept, with the alarms of the kept template.
func troubleshootingPage(dir string) (string, error) {
	kept, err := os.ReadFile(filepath.Join(dir, "troubleshooting.md"))
	if err != nil {
		return "", err
	}
	var alarms map[string]struct {
		Properties struct {
			AlarmName        string
			AlarmDescription inRegion
		}
	}
	if err := readJSON(filepath.Join(dir, "../infra/testdata/template/alarms.json"), &alarms); err != nil {
		return "", err
	}
	var rows []string
	for _, a := range alarms {
		rows = append(rows, fmt.Sprintf("| `%s` | %s |\n", a.Properties.AlarmName,
			cell(string(a.Properties.AlarmDescription))))
	}
	slices.Sort(rows)
	return fill(string(kept), "alarms", "| alarm | what it says |\n|---|---|\n"+strings.Join(rows, ""))
}
