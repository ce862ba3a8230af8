package whystopped_test

import (
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

const maxColumns = 120 // a tab is 4

// TestLinesFitTheScreen holds the width of the lines of every Go file. What stands between backquotes is a document and
// keeps its own lines; a word that no line can hold, such as an address, may stand alone.
func TestLinesFitTheScreen(t *testing.T) {
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".go" {
			return err
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		documents := linesOfDocuments(src)
		for i, line := range strings.Split(string(src), "\n") {
			columns := utf8.RuneCountInString(strings.ReplaceAll(line, "\t", "    "))
			if columns > maxColumns && !documents[i+1] && !strings.HasPrefix(line, "//go:") &&
				longestWord(line) < maxColumns-30 {
				t.Errorf("%s:%d has %d columns, at most %d fit", name, i+1, columns, maxColumns)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// linesOfDocuments are the lines, from 1, on which a raw string stands.
func linesOfDocuments(src []byte) map[int]bool {
	file := token.NewFileSet().AddFile("", -1, len(src))
	var s scanner.Scanner
	s.Init(file, src, nil, 0)
	lines := map[int]bool{}
	for {
		at, kind, text := s.Scan()
		switch {
		case kind == token.EOF:
			return lines
		case kind == token.STRING && text[0] == '`':
			first := file.Line(at)
			for i := range strings.Count(text, "\n") + 1 {
				lines[first+i] = true
			}
		}
	}
}

func longestWord(line string) int {
	longest := 0
	for word := range strings.FieldsSeq(line) {
		longest = max(longest, len(word))
	}
	return longest
}
