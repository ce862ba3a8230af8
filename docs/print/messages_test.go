package main

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/events/samples"
)

// TestEveryMessageIsFound holds that the words of each rule's example lead to a row of the index, and each row further.
func TestEveryMessageIsFound(t *testing.T) {
	page, err := messagesPage("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range append(classifier.StageRules[:len(classifier.StageRules):len(classifier.StageRules)],
		classifier.FaultRules...) {
		if !strings.Contains(page, cell(strings.TrimRight(r.Example, "."))) {
			t.Errorf("%s: no row has its example %q", r.ID, r.Example)
		}
	}
	for _, s := range messageSections() {
		for _, m := range s.messages {
			if m.Summary == "" || m.NextStep == "" {
				t.Errorf("%q: summary %q, next step %q", m.text, m.Summary, m.NextStep)
			}
		}
	}
}

// TestSamplesAreFound holds that somebody who searches the index for four words in a row of what ECS said of a sample,
// or for the words that decide, finds a row.
func TestSamplesAreFound(t *testing.T) {
	page, err := messagesPage("..")
	if err != nil {
		t.Fatal(err)
	}
	rows, decide, _ := strings.Cut(page, "\n## Words in a message\n")
	rows = inWords(rows)
	var deciding []string
	quotation := regexp.MustCompile("`([^`]+)`")
	for row := range strings.Lines(decide) {
		first, _, _ := strings.Cut(strings.ReplaceAll(row, " without ", " | "), " | ")
		for _, m := range quotation.FindAllStringSubmatch(first, -1) {
			deciding = append(deciding, m[1])
		}
	}
	names, err := fs.Glob(samples.Files, "*.json")
	if err != nil || len(names) == 0 {
		t.Fatal("no samples", err)
	}
	searched := 0
	for _, name := range names {
		raw, err := samples.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		stops, _ := events.Parse(raw)
		for _, s := range stops {
			f := classifier.Classify(s)
			if strings.HasPrefix(f.StageRule, "code/") { // no text decides: an operator's own words, or none
				continue
			}
			for _, text := range s.Texts() {
				searched++
				words := strings.Fields(inWords(text.Plain))
				found := slices.ContainsFunc(deciding, func(w string) bool { return strings.Contains(text.Folded, w) })
				for i := 0; i+min(4, len(words)) <= len(words) && !found; i++ {
					found = strings.Contains(rows, " "+strings.Join(words[i:i+min(4, len(words))], " ")+" ")
				}
				if !found {
					t.Errorf("%s: nothing is found of %q", name, text.Plain)
				}
			}
		}
	}
	if searched < len(names)/2 {
		t.Errorf("only %d texts of %d samples were searched for", searched, len(names))
	}
}

// inWords is a text in lower case with single spaces, without what is no letter.
func inWords(text string) string {
	return " " + strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return r != '\'' && (r < 'a' || r > 'z')
	}), " ") + " "
}
