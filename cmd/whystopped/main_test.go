package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"whystopped/archive"
	"whystopped/archive/directory"
	"whystopped/cmd/whystopped/screen"
)

// TestMain makes the test binary the command whystopped, which the tests find on the PATH.
func TestMain(m *testing.M) {
	if os.Getenv("WHYSTOPPED_CONFIG") == "" {
		os.Setenv("WHYSTOPPED_CONFIG", os.DevNull) // not that of whoever runs the tests
	}
	testscript.Main(m, map[string]func(){"whystopped": main})
}

func TestScripts(t *testing.T) {
	samples, err := filepath.Abs("../../events/samples")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Setenv("SAMPLES", samples)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"unpack": unpack},
	})
}

// unpack writes the records of an archive into a file, as archives were before there were days.
func unpack(ts *testscript.TestScript, _ bool, args []string) {
	to := ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(filepath.Dir(to), 0o750))
	var text []byte
	for r, err := range directory.Read(ts.MkAbs(args[0])).Records(archive.Filter{}) {
		ts.Check(err)
		line, err := r.Encode()
		ts.Check(err)
		text = append(append(text, line...), '\n')
	}
	ts.Check(os.WriteFile(to, text, 0o640))
}

// TestReadmeCommandsWork executes every command line of the README's "Try it", all of which are of the small build.
func TestReadmeCommandsWork(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(readme), "\n## Try it\n")
	if !found {
		t.Fatal("the README has nothing to try")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	events, err := filepath.Abs("../../events")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.Symlink(events, "events"); err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, command := range strings.Split(section, "go run ")[1:] {
		command, _, _ = strings.Cut(command, "\n")
		command, _, _ = strings.Cut(command, "`")
		line, small := strings.CutPrefix(command, "-tags local ./cmd/whystopped ")
		if !small {
			t.Errorf("go run %s is not of the small build", command)
		}
		if line == "explain" {
			continue // of what is piped in
		}
		var args []string
		for _, arg := range strings.Fields(line) {
			if files, _ := filepath.Glob(arg); strings.Contains(arg, "*") {
				args = append(args, files...)
			} else {
				args = append(args, arg)
			}
		}
		stdout, _ := whystopped(t, screen.ExitOK, args...)
		if stdout == "" {
			t.Errorf("%s prints nothing", line)
		}
		tried++
	}
	if tried < 4 {
		t.Errorf("only %d command lines were found", tried)
	}
}

// TestCataloguePage holds docs/classes.md to the tables that it is printed from.
func TestCataloguePage(t *testing.T) {
	const page = "../../docs/classes.md"
	var stdout, stderr bytes.Buffer
	if code := run([]string{"classes", "--markdown"}, nil, &stdout, &stderr); code != screen.ExitOK {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	kept, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(kept), "\n"), strings.Split(stdout.String(), "\n")); diff != "" {
		t.Errorf("%s is stale, go generate ./... writes it; -kept +now:\n%s", page, diff)
	}
}

// TestHelpExamplesWork executes every example of every --help that needs no AWS account, on files of the names it uses.
func TestHelpExamplesWork(t *testing.T) {
	dir := t.TempDir()
	sample, err := os.ReadFile("../../events/samples/crashed-exit-1.json")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	if err := os.Mkdir("incident", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"stop.json", "stops.jsonl", "incident/1.json"} {
		if err := os.WriteFile(name, sample, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	examples := 0
	for _, command := range []string{"archive", "explain", "history", "classes"} {
		var help bytes.Buffer
		run([]string{command, "--help"}, nil, &help, &help)
		_, text, found := strings.Cut(help.String(), "Examples:\n")
		if !found {
			t.Errorf("%s --help shows no example", command)
		}
		text, _, _ = strings.Cut(text, "\n\n")
		for _, line := range strings.Split(text, "\n") {
			line = strings.ReplaceAll(strings.TrimSpace(line), "incident/*.json", "incident/1.json")
			var stdout, stderr bytes.Buffer
			if _, piped, ok := strings.Cut(line, "| whystopped "); ok {
				line = piped
			}
			if command == "explain" && (strings.Contains(line, "--cluster") || strings.Contains(line, "arn:aws")) {
				continue // it asks ECS
			}
			words, message, quoted := strings.Cut(strings.TrimPrefix(line, "whystopped "), ` "`)
			args := strings.Fields(words)
			if quoted { // it is one argument
				args = append(args, strings.TrimSuffix(message, `"`))
			}
			if code := run(args, bytes.NewReader(sample), &stdout, &stderr); code != screen.ExitOK ||
				stdout.Len() == 0 {
				t.Errorf("%q: exit code %d, %s", line, code, stderr.String())
			}
			examples++
		}
	}
	if examples < 10 {
		t.Errorf("only %d examples were found", examples)
	}
}
