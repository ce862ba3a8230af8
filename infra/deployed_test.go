//go:build slow

package main

import (
	"bytes"
	"debug/elf"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whystopped/archive/stack"
)

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
	least := []byte("package main\n\nfunc main() {}\n")
	if err := os.WriteFile(filepath.Join(root, "lambda/main.go"), least, 0o644); err != nil {
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

		isStaticFor(t, elf.EM_AARCH64, outdir)
	}
	if assets[0] != assets[1] {
		t.Errorf("the same commit has asset %s and then %s", assets[0], assets[1])
	}
}

// TestOptionsComeAsContext runs the app as the CDK command line does, which hands the context over in the environment.
func TestOptionsComeAsContext(t *testing.T) {
	outdir, said, err := runApp(t, `{"architecture":"x86_64","clusters":["shop","bank"]}`)
	if err != nil {
		t.Fatalf("the app ends with %v and says %s", err, said)
	}
	isStaticFor(t, elf.EM_X86_64, outdir)
}

// isStaticFor wants the function in a cloud assembly to be a static executable for a machine.
func isStaticFor(t *testing.T, machine elf.Machine, outdir string) {
	t.Helper()
	bootstrap, err := elf.Open(filepath.Join(outdir, asset(t, outdir), "bootstrap"))
	if err != nil {
		t.Fatal(err)
	}
	defer bootstrap.Close()
	if bootstrap.Machine != machine {
		t.Errorf("bootstrap is for %v, want %v", bootstrap.Machine, machine)
	}
	if libraries, err := bootstrap.ImportedLibraries(); err != nil || len(libraries) > 0 {
		t.Errorf("bootstrap imports %q (%v), want a static executable", libraries, err)
	}
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
