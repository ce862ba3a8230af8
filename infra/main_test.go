package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/jsii-runtime-go"
)

const nodeMissing = "node is not on the PATH: install Node 22 or 24 (https://nodejs.org), on which the AWS CDK runs"

// asApp is the variable with which the test binary is the app itself.
const asApp = "WHYSTOPPED_TEST_AS_APP"

func TestMain(m *testing.M) {
	if os.Getenv(asApp) != "" {
		main()
		return
	}
	if err := findNode(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	jsii.Close()
	os.Exit(code)
}

func TestWithoutNodeTheTestsFailWithOneSentence(t *testing.T) {
	tests := exec.Command(os.Args[0], "-test.run=TestTemplate")
	tests.Env = append(os.Environ(), "PATH="+t.TempDir())
	output, err := tests.CombinedOutput()
	if err == nil || string(output) != nodeMissing+"\n" {
		t.Errorf("without node the tests end with %v and say:\n%s\nwant a failure and the one line: %s", err, output,
			nodeMissing)
	}
}

func TestWithoutNodeNothingIsSynthesized(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if err := run(io.Discard); err == nil || err.Error() != nodeMissing {
		t.Errorf("run() = %v, want %s", err, nodeMissing)
	}
}

func TestModuleRoot(t *testing.T) {
	want := module(t, "package main\n\nfunc main() {}\n")
	for _, dir := range []string{want, filepath.Join(want, "lambda")} {
		t.Chdir(dir)
		if got, err := moduleRoot(); got != want || err != nil {
			t.Errorf("in %s moduleRoot() = %q, %v, want %q", dir, got, err, want)
		}
	}
	t.Chdir(t.TempDir())
	if got, err := moduleRoot(); err == nil {
		t.Errorf("outside of a module moduleRoot() = %q, want an error", got)
	}
}

func TestNoServiceClientIsCompiled(t *testing.T) {
	deps, err := exec.Command("go", "list", "-deps", "-test", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(deps), "whystopped/archive/stack\n") {
		t.Fatalf("go list -deps does not list package stack:\n%s", deps)
	}
	for dep := range strings.Lines(string(deps)) {
		if strings.HasPrefix(dep, "github.com/aws/aws-sdk-go-v2") {
			t.Errorf("infra compiles %s", dep)
		}
	}
}

// module returns the directory of a module that holds source as its function.
func module(t *testing.T, source string) string {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(root, "lambda"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"go.mod": "module whystopped\n", "lambda/main.go": source} {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}
