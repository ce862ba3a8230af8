package main

import (
	"bytes"
	"debug/elf"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/jsii-runtime-go"

	"whystopped/archive/stack"
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
		t.Errorf("without node the tests end with %v and say:\n%s\nwant a failure and the one line: %s", err, output, nodeMissing)
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

func TestFunctionThatDoesNotCompileIsRefused(t *testing.T) {
	root, outdir := module(t, "package main\n\nfunc main() { undefinedName() }\n"), t.TempDir()
	err := synth(outdir, root)
	if err == nil {
		t.Fatal("synth() took a function that does not compile")
	}
	for _, want := range []string{"the function does not compile", "undefined: undefinedName"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("synth() says %q, want %q in it", err, want)
		}
	}

	// What the failed run left behind is not taken for the function.
	if err := os.WriteFile(filepath.Join(root, "lambda/main.go"), []byte("package main\n\nfunc main() {}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := synth(outdir, root); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(outdir, asset(t, outdir), "bootstrap")); err != nil {
		t.Error(err)
	}
}

func TestAssetHashDoesNotDependOnTheDirectory(t *testing.T) {
	source := "package main\n\nfunc main() { println(\"stopped\") }\n"
	first, second := t.TempDir(), t.TempDir()
	for _, outdir := range []string{first, second} {
		if err := synth(outdir, module(t, source)); err != nil {
			t.Fatal(err)
		}
	}
	if a, b := asset(t, first), asset(t, second); a != b {
		t.Errorf("the same source has asset %s and then %s", a, b)
	}
}

func TestSameCommitSameAsset(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the function twice")
	}
	var assets []string
	for _, dir := range []string{".", ".."} {
		t.Chdir(dir)
		outdir := t.TempDir()
		t.Setenv("CDK_OUTDIR", outdir)
		var stderr bytes.Buffer
		if err := run(&stderr); err != nil {
			t.Fatal(err)
		}
		if stderr.Len() > 0 {
			t.Errorf("driven by the CDK command line run() says %q, want nothing", &stderr)
		}
		assets = append(assets, asset(t, outdir))

		bootstrap, err := elf.Open(filepath.Join(outdir, assets[0], "bootstrap"))
		if err != nil {
			t.Fatal(err)
		}
		defer bootstrap.Close()
		if bootstrap.Machine != elf.EM_AARCH64 {
			t.Errorf("bootstrap is for %v, want %v", bootstrap.Machine, elf.EM_AARCH64)
		}
		if libraries, err := bootstrap.ImportedLibraries(); err != nil || len(libraries) > 0 {
			t.Errorf("bootstrap imports %q (%v), want a static executable", libraries, err)
		}
	}
	if assets[0] != assets[1] {
		t.Errorf("the same commit has asset %s and then %s", assets[0], assets[1])
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

// asset returns the name of the function's asset in a cloud assembly, after the template that refers to it.
func asset(t *testing.T, outdir string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(outdir, "asset.*"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s holds the assets %q (%v), want one", outdir, found, err)
	}
	template, err := os.ReadFile(filepath.Join(outdir, stack.Name+".template.json"))
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Base(found[0])
	if key := strings.TrimPrefix(name, "asset.") + ".zip"; !bytes.Contains(template, []byte(key)) {
		t.Errorf("the template does not refer to %s", key)
	}
	return name
}
