package main

import (
	"bytes"
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// asksAccount are the commands that do nothing but ask an account.
var asksAccount = []string{"why", "tail", "backfill", "redrive", "doctor"}

// TestSmallBuildAsksNobody: the small build is compiled in seconds because it holds nothing that could ask an account.
func TestSmallBuildAsksNobody(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-tags", "local", ".").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	compiled := strings.Fields(string(out))
	if !slices.Contains(compiled, "whystopped/classifier") {
		t.Fatalf("what is compiled lacks the classifier: %q", compiled)
	}
	others := []string{"github.com/spf13/cobra", "github.com/spf13/pflag", "github.com/inconshreveable/mousetrap",
		"github.com/jedib0t/go-pretty/v6/text",
		"github.com/mattn/go-runewidth",
		"github.com/rivo/uniseg", "github.com/clipperhouse/uax29/v2", "go.yaml.in/yaml/v3", "golang.org/x/term",
		"golang.org/x/sys/", "golang.org/x/text/", "github.com/klauspost/compress"}
	leftOut := []string{
		"whystopped/cmd/whystopped/account",
		"whystopped/evidence",
		"whystopped/archive/cwlogs",
		"net/http",
		"crypto/tls",
	}
	within := func(path string) func(string) bool {
		return func(tree string) bool {
			return path == tree || strings.HasPrefix(path, strings.TrimSuffix(tree, "/")+"/")
		}
	}
	for _, path := range compiled {
		first, _, _ := strings.Cut(path, "/")
		foreign := strings.Contains(first, ".")
		if slices.ContainsFunc(leftOut, within(path)) || foreign && !slices.ContainsFunc(others, within(path)) {
			t.Errorf("the small build compiles %s", path)
		}
	}
}

var update = flag.Bool("update", false, "write the golden file")

//go:generate go test . -run "TestBothBuildsExplainTheSame|TestPicture|TestScreens$" -update

// TestBothBuildsExplainTheSame holds what explain prints of each sample, as a person and as a program reads it, to
// digests that are those of both builds: this test is run with the build tag local and without it.
func TestBothBuildsExplainTheSame(t *testing.T) {
	const golden = "testdata/explained.golden"
	samples, err := filepath.Glob("../../events/samples/*.json")
	if err != nil || len(samples) == 0 {
		t.Fatal("no samples", err)
	}
	version := regexp.MustCompile(`"classifierVersion":\d+,`) // which changes without changing what is told
	var now strings.Builder
	for _, sample := range samples {
		fmt.Fprintf(&now, "%-60s", strings.TrimSuffix(filepath.Base(sample), ".json"))
		for _, flags := range [][]string{{"--all"}, {"--json", "--raw"}, {"--table"}} {
			var printed bytes.Buffer
			code := run(slices.Concat([]string{"explain"}, flags, []string{sample}), nil, &printed, &printed)
			sum := sha256.Sum256(version.ReplaceAll(printed.Bytes(), nil))
			fmt.Fprintf(&now, " %d %x", code, sum[:8])
		}
		now.WriteString("\n")
	}
	if *update {
		if err := os.WriteFile(golden, []byte(now.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(kept), "\n"), strings.Split(now.String(), "\n")); diff != "" {
		t.Errorf("%s is stale, or the builds differ; go generate ./... writes it; -kept +now:\n%s", golden, diff)
	}
}

// TestNoTemplates: a program that executes a template keeps every method of every client of AWS, which makes 23 MB 88.
// cobra imports text/template, for templates that nobody here gives it: the linker drops them.
func TestNoTemplates(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-tags", "lambda.norpc", "-f",
		`{{.ImportPath}} {{join .Imports " "}}`, ".", "../../lambda").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	compiled := 0
	for line := range strings.Lines(string(out)) {
		compiled++
		path, imports, _ := strings.Cut(strings.TrimSpace(line), " ")
		for i := range strings.FieldsSeq(imports) {
			if (i == "text/template" || i == "html/template") && path != "github.com/spf13/cobra" {
				t.Errorf("%s imports %s", path, i)
			}
		}
	}
	if compiled < 100 {
		t.Errorf("%d packages are compiled:\n%s", compiled, out)
	}
}
