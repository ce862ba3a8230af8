//go:build linux

package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whystopped/cmd/whystopped/screen"
	"whystopped/cmd/whystopped/screen/screentest"
	"whystopped/docs/picture"
)

// pictureColumns are those of the terminals that the pages show.
const pictureColumns = 110

// TestPicturesShowWhatIsPrinted holds the pictures of a terminal on the pages to what the program prints to one.
func TestPicturesShowWhatIsPrinted(t *testing.T) {
	t.Chdir("../..")
	pictured(t, "explain", "explain", "events/samples/registry-auth-denied.json")
}

var pictures = flag.String("pictures", "", "the folder into which TestDrawScreens draws")

// TestDrawScreens draws what explain shows of the samples on terminals of several widths, to be looked at by eye.
func TestDrawScreens(t *testing.T) {
	if *pictures == "" {
		t.Skip("-pictures names no folder")
	}
	for _, width := range screenWidths {
		for _, name := range screenSamples {
			sample := "../../events/samples/" + name + ".json"
			drawn := picture.Terminal(picture.Themes[0], width, "whystopped explain "+name+".json",
				onTerminal(t, width, "explain", sample))
			file := filepath.Join(*pictures, fmt.Sprintf("%s-%d.svg", name, width))
			if err := os.WriteFile(file, []byte(drawn), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// pictured draws what a command line prints to a terminal, and holds the kept pictures of that name to it.
func pictured(t *testing.T, name string, args ...string) {
	t.Helper()
	printed := onTerminal(t, pictureColumns, args...)
	for _, theme := range picture.Themes {
		file := filepath.Join("docs", "pictures", name+"-"+theme.Name+".svg")
		now := picture.Terminal(theme, pictureColumns, "whystopped "+strings.Join(args, " "), printed)
		if *update {
			if err := os.WriteFile(file, []byte(now), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		kept, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if string(kept) != now {
			t.Errorf("%s is stale, go generate ./cmd/whystopped draws it; the terminal shows\n%s", file, printed)
		}
	}
}

// onTerminal runs a command line whose stdout is a terminal of so many columns, and returns what that got.
func onTerminal(t *testing.T, columns int, args ...string) string {
	t.Helper()
	terminal, shown := screentest.Terminal(t, columns)
	var complaints bytes.Buffer
	code := run(args, strings.NewReader(""), terminal, &complaints)
	printed := shown()
	if code == screen.ExitBad || complaints.Len() > 0 {
		t.Fatalf("whystopped %s: exit code %d\n%s%s", strings.Join(args, " "), code, printed, &complaints)
	}
	return printed
}
