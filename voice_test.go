package whystopped_test

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"whystopped/classifier/voicetest"
)

// spoken are the folders whose programs speak to people: help, refusals, errors, progress, the lines of doctor, proofs
// and messages. The tables of the classifier quote AWS, and have a test of their own; a saved query is a question, and
// archive/redact has lists of words.
var spoken = []string{"archive", "cmd", "events", "evidence", "infra", "ingest", "lambda", "memory", "notify",
	"watcher"}

var unspoken = regexp.MustCompile(`test(/|\.go$)|^archive/(stack/queries\.go|redact/)`)

// byHand are the pages that nothing prints, as far as somebody on call reads them.
var byHand = []string{"docs/chat.md", "docs/deploy.md", "docs/event-capture.md", "docs/security.md", "docs/terminal.md",
	"docs/troubleshooting.md"}

// sentence joins the pieces of a text, where a word stands for each that is not written there; it is "" for what is no
// text.
func sentence(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return text
		}
	case *ast.BinaryExpr:
		if left, right := sentence(e.X), sentence(e.Y); e.Op == token.ADD && left+right != "" {
			return cmp.Or(left, "it") + cmp.Or(right, "it")
		}
	}
	return ""
}

// words reports whether a call takes patterns or lists of words, and no text that a person reads.
func words(call *ast.CallExpr) bool {
	selected, ok := call.Fun.(*ast.SelectorExpr)
	return ok && slices.Contains([]string{"MustCompile", "Fields", "SplitSeq", "FieldsSeq"}, selected.Sel.Name)
}

// TestEveryTextKeepsToTheVoice holds the texts in the code to the style page of CONTRIBUTING.md, and so each page that
// is written by hand.
func TestEveryTextKeepsToTheVoice(t *testing.T) {
	texts := 0
	quoted := regexp.MustCompile(`did you mean .*\?|aws [a-z-]+`) // the one question, and commands
	pattern := regexp.MustCompile(`\(\?|\\[wsb.]|\[\^|,\? |\)\? `)
	hold := func(where, text string) {
		text = quoted.ReplaceAllString(text, "it")
		if len(strings.Fields(text)) < 3 || pattern.MatchString(text) {
			return
		}
		texts++
		for _, problem := range voicetest.Problems(text) {
			t.Errorf("%s: %s\n\t%s", where, problem, text)
		}
	}
	for _, folder := range spoken {
		err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || unspoken.MatchString(path) {
				return err
			}
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.Field: // its tag
					return false
				case ast.Expr:
					if call, ok := n.(*ast.CallExpr); ok && words(call) {
						return false
					}
					text := sentence(n)
					for line := range strings.Lines(text) {
						if !strings.HasPrefix(line, "  ") { // an example, or columns
							hold(files.Position(n.Pos()).String(), strings.Join(strings.Fields(line), " "))
						}
					}
					return text == ""
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, page := range byHand {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		fenced := false
		for n, line := range strings.Split(string(text), "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "```") {
				fenced = !fenced
			}
			if !fenced && !strings.HasPrefix(line, "|") {
				line = strings.ReplaceAll(code.ReplaceAllString(line, "it"), "?", ".") // a page may ask its reader
				hold(fmt.Sprintf("%s:%d", page, n+1), strings.Join(strings.Fields(line), " "))
			}
		}
	}
	if texts < 1000 {
		t.Errorf("only %d texts: is anything looked at?", texts)
	}
}
