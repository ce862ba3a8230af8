//go:build slow

package main

import (
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// program is the one whose processes are tested: the binary of the image, built for this machine.
var program string

// residentLimit is the memory that the sidecar may take of its task, in KiB.
const residentLimit = 25 << 10

func TestMain(m *testing.M) {
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "whystopped-watch-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "binary")
	if err := buildAsTheDockerfile(dir, program); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// buildAsTheDockerfile builds from the files that the Dockerfile copies, by its command, in dir.
func buildAsTheDockerfile(dir, binary string) error {
	text, err := os.ReadFile("Dockerfile")
	if err != nil {
		return err
	}
	for _, m := range regexp.MustCompile(`(?m)^COPY ([^-].*) (\S+)$`).FindAllStringSubmatch(string(text), -1) {
		for from := range strings.FieldsSeq(m[1]) {
			to := filepath.Join(dir, from)
			if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
				return err
			}
			if out, err := exec.Command("cp", "-r", filepath.Join("../..", from), to).CombinedOutput(); err != nil {
				return fmt.Errorf("cp %s: %s", from, out)
			}
		}
	}
	command := regexp.MustCompile(`(?m)^RUN (.* go build .*)$`).FindStringSubmatch(string(text))
	if command == nil {
		return fmt.Errorf("the Dockerfile builds nothing")
	}
	build := exec.Command("sh", "-c", strings.Replace(command[1], "-o /whystopped-watch", "-o "+binary, 1))
	build.Dir = dir
	build.Env = append(os.Environ(), "TARGETOS="+runtime.GOOS, "TARGETARCH="+runtime.GOARCH)
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", command[1], err, out)
	}
	return nil
}

func TestTheBinaryIsStatic(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("static binaries are for Linux containers")
	}
	f, err := elf.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if libraries, _ := f.ImportedLibraries(); len(libraries) > 0 || f.Section(".interp") != nil {
		t.Errorf("needs %v", libraries)
	}
}
