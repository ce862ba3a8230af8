package whystopped_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

var (
	link    = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	image   = regexp.MustCompile(`\b(?:src|srcset)="([^"]+)"`)
	mention = regexp.MustCompile(`\bdocs/[a-z/-]+\.md(#[\w.-]+)?`)
	code    = regexp.MustCompile("`[^`]*`")
)

// TestLinksLeadSomewhere follows the links between the pages, and what code and pages say about a page under docs.
func TestLinksLeadSomewhere(t *testing.T) {
	anchors := map[string]map[string]bool{}
	leads := func(path, anchor string) error {
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("%s does not exist", path)
		}
		if anchor == "" {
			return nil
		}
		if anchors[path] == nil {
			anchors[path] = anchorsOf(t, path)
		}
		if !anchors[path][anchor] {
			return fmt.Errorf("%s has no heading #%s", path, anchor)
		}
		return nil
	}
	followed := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && (strings.HasPrefix(name, ".") && name != "." || name == "cdk.out" || name == "testdata") {
			return filepath.SkipDir
		}
		page := strings.HasSuffix(name, ".md")
		if !page && !strings.HasSuffix(name, ".go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range mention.FindAllString(string(text), -1) {
			to, anchor, _ := strings.Cut(m, "#")
			followed++
			if err := leads(to, anchor); err != nil {
				t.Errorf("%s says %s: %v", path, m, err)
			}
		}
		if !page {
			return nil
		}
		shown := prose(string(text))
		for _, m := range append(link.FindAllStringSubmatch(shown, -1), image.FindAllStringSubmatch(shown, -1)...) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			to, anchor, _ := strings.Cut(m[1], "#")
			target := path
			if to != "" {
				target = filepath.Join(filepath.Dir(path), to)
			}
			followed++
			if err := leads(target, anchor); err != nil {
				t.Errorf("%s links to %s: %v", path, m[1], err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if followed < 50 {
		t.Errorf("only %d links were found", followed)
	}
}

// TestEveryPageIsReached holds that links lead from the README to every page under docs.
func TestEveryPageIsReached(t *testing.T) {
	reached := map[string]bool{}
	for next := []string{"README.md"}; len(next) > 0; next = next[1:] {
		page := next[0]
		text, err := os.ReadFile(page)
		if reached[page] || err != nil {
			continue // that a page is there is held above
		}
		reached[page] = true
		for _, m := range link.FindAllStringSubmatch(prose(string(text)), -1) {
			to, _, _ := strings.Cut(m[1], "#")
			if strings.HasSuffix(to, ".md") {
				next = append(next, filepath.Join(filepath.Dir(page), to))
			}
		}
	}
	err := filepath.WalkDir("docs", func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".md") && !reached[path] {
			t.Errorf("no link leads from README.md to %s", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// prose is a page without its code.
func prose(page string) string {
	var b strings.Builder
	fenced := false
	for line := range strings.Lines(page) {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			fenced = !fenced
		} else if !fenced {
			b.WriteString(code.ReplaceAllStringFunc(line, func(s string) string { return strings.Trim(s, "`[]()") }))
		}
	}
	return b.String()
}

// anchorsOf are the anchors that GitHub gives the headings of a page, and those that the page sets itself.
func anchorsOf(t *testing.T, path string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, m := range regexp.MustCompile(`<a (?:id|name)="([^"]+)"`).FindAllStringSubmatch(string(text), -1) {
		found[m[1]] = true
	}
	fenced := false
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			fenced = !fenced
		}
		level := len(line) - len(strings.TrimLeft(line, "#"))
		if fenced || level == 0 || !strings.HasPrefix(line[level:], " ") {
			continue
		}
		heading := link.ReplaceAllString(strings.TrimSpace(line[level:]), "")
		slug := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
				return unicode.ToLower(r)
			}
			return -1
		}, heading)
		unique := slug
		for n := 1; found[unique]; n++ {
			unique = fmt.Sprintf("%s-%d", slug, n)
		}
		found[unique] = true
	}
	return found
}
