package whystopped_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// aCommand is a command with an argument or a flag: a program by name alone may stand in a sentence.
var aCommand = regexp.MustCompile(`\b(?:sudo )?(?:aws [a-z0-9]+ [a-z][a-z-]+|whystopped [a-z]{3,}|docker [a-z]+(?: [a-z]+)?|` +
	`npx \S+|go (?:install|run|get)|curl|dig|nslookup|openssl [a-z_]+|sudo [a-z]+|systemctl [a-z]+|journalctl|dmesg|` +
	`iptables|nc|ping|chmod|ls|cat|df|tail|stat|kubectl|terraform [a-z]+|sam|cdk [a-z]+|jq|session-manager-plugin)` +
	` +(?:--?[a-zA-Z]|[A-Z][A-Z_]{2,}\b|[./{][\w./]|%)`)

// environment is what a shell takes before a command.
var environment = regexp.MustCompile(`^\s*(sudo|time|docker run .*|[A-Z_]+=(\$\([^)]*\)|\S*)) `)

// setApart is what stands between backquotes: the screen gives it a line of its own, a page sets it apart.
var setApart = regexp.MustCompile("`[^`]*`")

// inSentence returns the first command that stands in a line behind or before words, "" where none does.
func inSentence(text string) string {
	for line := range strings.Lines(setApart.ReplaceAllString(text, "")) {
		at := aCommand.FindStringIndex(line)
		if at != nil && strings.TrimSpace(environment.ReplaceAllString(line[:at[0]], "")) != "" {
			return line[at[0]:]
		}
	}
	return ""
}

func TestInSentence(t *testing.T) {
	for text, want := range map[string]string{
		"archive them: whystopped redrive --to logs:":                    "whystopped redrive --to logs:",
		"  whystopped redrive --to logs:\n":                              "",
		"the cluster is gone; aws ecs list-clusters --region eu-north-1": "aws ecs list-clusters --region eu-north-1",
		"see aws ecs describe-tasks":                                     "",
		"look with `aws ecs list-clusters --region eu-north-1`; then":    "",
		"build it (docker buildx build --platform linux/arm64)":          "docker buildx build --platform linux/arm64)",
		"run:\n\n  go install ./cmd/whystopped\n":                        "",
	} {
		if got := inSentence(text); strings.TrimSpace(got) != want {
			t.Errorf("%q has %q, want %q", text, got, want)
		}
	}
}

// TestNoCommandStandsInASentence reads every text in the source of the rooms: whoever is to run something copies a
// line. What reads other people's texts, and the rules' examples, are none of ours.
func TestNoCommandStandsInASentence(t *testing.T) {
	read := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || path == "archive/redact"):
			return filepath.SkipDir
		case !strings.HasSuffix(path, ".go"), strings.HasSuffix(path, "_test.go"):
			return nil
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if of, is := n.(*ast.KeyValueExpr); is {
				if key, is := of.Key.(*ast.Ident); is && key.Name == "Example" {
					return false
				}
			}
			e, is := n.(ast.Expr)
			text := ""
			if is {
				text = textOf(e)
			}
			if text == "" {
				return true
			}
			read++
			if command := inSentence(text); command != "" {
				t.Errorf("%s: a command stands in a sentence: %.200s", files.Position(e.Pos()), command)
			}
			return false
		})
		return nil
	})
	if err != nil || read < 5000 {
		t.Errorf("only %d texts are read: %v", read, err)
	}
}

// textOf is a string literal, or several with what stands between them as an X; "" for any other expression.
func textOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			text, _ := strconv.Unquote(e.Value)
			return text
		}
	case *ast.ParenExpr:
		return textOf(e.X)
	case *ast.BinaryExpr:
		if x, y := textOf(e.X), textOf(e.Y); e.Op == token.ADD && x+y != "" {
			if x == "" {
				x = "X"
			}
			if y == "" {
				y = "X"
			}
			return x + y
		}
	}
	return ""
}
