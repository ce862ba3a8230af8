package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/archive"
	"whystopped/cmd/whystopped/screen"
	"whystopped/events"
	"whystopped/ingest"
)

// screenSamples are stops whose screens are kept as a terminal shows them: each kind of record, causes that are open,
// proven by the text and of which none is asked for, a long name, a long text, several containers.
var screenSamples = []string{"registry-auth-unreachable", "registry-auth-denied", "crashed-exit-1", "oom-with-sidecar",
	"secret-not-found", "container-unhealthy", "scaled-in", "container-killed-docker-stop", "service-placement-memory",
	"deployment-failed-circuit-breaker", "request-run-task-denied", "unknown-failed-to-start"}

// screenWidths are those of the terminals, each with a file of screens; in these «bold red» stands where colours change
// and «» where they end.
var screenWidths = []int{80, 120, 200}

func screensFile(width int) string { return fmt.Sprintf("testdata/screens/%d.txt", width) }

// TestScreens holds what explain shows on terminals of several widths, with colours and without; -update writes it.
func TestScreens(t *testing.T) {
	for _, width := range screenWidths {
		coloured := screens(t, screen.Look{Width: width, Colour: true})
		if *update {
			if err := os.WriteFile(screensFile(width), []byte(coloured), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		kept, err := os.ReadFile(screensFile(width))
		if err != nil {
			t.Fatal(err)
		}
		compareScreens(t, fmt.Sprintf("%d columns", width), string(kept), coloured)
		plain := screens(t, screen.Look{Width: width})
		compareScreens(t, fmt.Sprintf("%d columns without colours", width), uncoloured(string(kept)), plain)
	}
}

// TestScreensInTmux runs the command in a terminal and compares what that shows with the same screens.
func TestScreensInTmux(t *testing.T) {
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is not installed")
	}
	samples, err := filepath.Abs("../../events/samples")
	if err != nil {
		t.Fatal(err)
	}
	for _, width := range screenWidths {
		kept, err := os.ReadFile(screensFile(width))
		if err != nil {
			t.Fatal(err)
		}
		compareScreens(t, fmt.Sprintf("%d columns", width), string(kept), inTmux(t, samples, width, "NO_COLOR="))
		compareScreens(t, fmt.Sprintf("%d columns with NO_COLOR", width), uncoloured(string(kept)),
			inTmux(t, samples, width, "NO_COLOR=1"))
	}
}

// screens are the screens of all samples.
func screens(t *testing.T, look screen.Look) string {
	t.Helper()
	var all strings.Builder
	for _, name := range screenSamples {
		text, err := os.ReadFile("../../events/samples/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		stops, err := events.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "-- %s --\n", name)
		var b bytes.Buffer
		s := screen.Screen{W: &b, Look: look, Verify: "whystopped explain --verify " + name + ".json"}
		for _, stop := range stops {
			if err := s.Block(ingest.Explain(stop, archive.SourceFile, time.Now())); err != nil {
				t.Fatal(err)
			}
		}
		all.WriteString(marked(b.String()))
	}
	return all.String()
}

// inTmux is what a terminal of tmux shows of all samples.
func inTmux(t *testing.T, samples string, width int, env string) string {
	t.Helper()
	server := fmt.Sprintf("whystopped-%d-%d-%s", os.Getpid(), width, env)
	tmux := func(args ...string) string {
		t.Helper()
		out, err := exec.Command("tmux", append([]string{"-u", "-L", server, "-f", os.DevNull}, args...)...).
			CombinedOutput()
		if err != nil {
			t.Fatalf("tmux %q: %v\n%s", args, err, out)
		}
		return string(out)
	}
	const end = "-- end --"
	script := fmt.Sprintf("cd '%s'; for n in %s; do echo \"-- $n --\"; %s whystopped explain $n.json; done; "+
		"echo '%s'; sleep 60", samples, strings.Join(screenSamples, " "), env, end)
	tmux("new-session", "-d", "-x", fmt.Sprint(width), "-y", "1500", script)
	defer exec.Command("tmux", "-L", server, "kill-server").Run()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		shown, _, ended := strings.Cut(tmux("capture-pane", "-p", "-e", "-J"), end)
		if ended {
			return marked(shown)
		}
	}
	t.Fatal("the terminal does not show the end")
	return ""
}

func compareScreens(t *testing.T, where, want, got string) {
	t.Helper()
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s, go generate ./cmd/whystopped writes what is kept: -kept +shown:\n%s", where, diff)
	}
}

var (
	escape = regexp.MustCompile("\x1b\\[([0-9;]*)m")
	looks  = map[string]string{"1": "bold", "2": "faint", "31": "red", "32": "green", "33": "yellow"}
	mark   = regexp.MustCompile("«[a-z ]*»")
)

// marked writes looks as words, in whatever sequences they come.
func marked(printed string) string {
	var lines []string
	for line := range strings.Lines(printed) {
		var b strings.Builder
		var now, shown []string
		rest := strings.TrimRight(line, "\n")
		for rest != "" {
			if at := escape.FindStringSubmatchIndex(rest); at != nil && at[0] == 0 {
				for _, code := range strings.Split(rest[at[2]:at[3]], ";") {
					switch name, known := looks[code]; {
					case known:
						now = append(now, name)
					case code == "0", code == "", code == "39", code == "49":
						now = nil
					default:
						now = append(now, code)
					}
				}
				rest = rest[at[1]:]
				continue
			}
			if !slices.Equal(now, shown) && rest[0] != ' ' {
				b.WriteString("«" + strings.Join(now, " ") + "»")
				shown = slices.Clone(now)
			}
			b.WriteByte(rest[0])
			rest = rest[1:]
		}
		lines = append(lines, strings.TrimRight(b.String(), " "))
	}
	return strings.Join(lines, "\n") + "\n"
}

func uncoloured(marked string) string { return mark.ReplaceAllString(marked, "") }
