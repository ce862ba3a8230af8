package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/google/go-cmp/cmp"

	"whystopped/watcher"
)

const page = "../../docs/watcher.md"

// TestFlagsAreOnThePage: what docs/watcher.md says of the flags is what --help says.
func TestFlagsAreOnThePage(t *testing.T) {
	table := "| flag | default | what it says |\n|---|---|---|\n"
	flags(&options{}).VisitAll(func(f *flag.Flag) {
		value, usage := flag.UnquoteUsage(f)
		table += fmt.Sprintf("| `--%s %s` | %s | %s |\n", f.Name, strings.ToUpper(value), f.DefValue, usage)
	})
	if !strings.Contains(read(t, page), table) {
		t.Errorf("the page must have this table:\n%s", table)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// blocks are the JSON examples of the page that are written by hand, by the heading that they stand under.
func blocks(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	heading := ""
	for _, m := range regexp.MustCompile("(?ms)^## ([^\n]*)|^```json\n(.*?)^```").FindAllStringSubmatch(read(t, page),
		-1) {
		if m[1] != "" {
			heading = m[1]
		} else {
			found[heading] = m[2]
		}
	}
	return found
}

// strict decodes a JSON text that may hold nothing that v does not know.
func strict(t *testing.T, text string, v any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil || d.More() {
		t.Fatalf("%v in\n%s", err, text)
	}
}

// What is to be pasted into a task definition is what ECS takes, and its command is one that the sidecar takes.
func TestTaskDefinitionSnippet(t *testing.T) {
	var in ecs.RegisterTaskDefinitionInput
	strict(t, blocks(t)["The task definition"], &in)
	if in.TaskRoleArn == nil || len(in.ContainerDefinitions) != 1 {
		t.Fatalf("%+v", in)
	}
	c := in.ContainerDefinitions[0]
	if c.Essential == nil || *c.Essential || *c.Name == "" || *c.Image == "" {
		t.Errorf("the sidecar is essential or has no name or image: %+v", c)
	}
	if c.Memory == nil || int(*c.Memory)<<10 < residentLimit {
		t.Errorf("the sidecar is killed before it holds its limit of %d KiB", residentLimit)
	}
	if _, err := parse(c.Command, t.Output()); err != nil || len(c.Command) == 0 {
		t.Errorf("command %q: %v", c.Command, err)
	}
}

// The task role gets the one permission, on the one bus, and to say nothing else there.
func TestPolicySnippet(t *testing.T) {
	var policy struct {
		Version   string
		Statement []struct {
			Effect, Action, Resource string
			Condition                map[string]map[string]string
		}
	}
	strict(t, blocks(t)["The one permission"], &policy)
	s := policy.Statement
	if policy.Version != "2012-10-17" || len(s) != 1 || s[0].Effect != "Allow" || s[0].Action != "events:PutEvents" ||
		!regexp.MustCompile(`^arn:aws:events:[a-z0-9-]+:\d{12}:event-bus/default$`).MatchString(s[0].Resource) {
		t.Errorf("policy %+v", policy)
	}
	only := map[string]map[string]string{"StringEquals": {
		"events:source":      watcher.Source,
		"events:detail-type": watcher.DetailType,
	}}
	if diff := cmp.Diff(only, s[0].Condition); diff != "" {
		t.Errorf("conditions (-want +got):\n%s", diff)
	}
}

// The answer of the health check on the page is one that the handler can give.
func TestHealthSnippet(t *testing.T) {
	text := blocks(t)["The health check"]
	e := newMetadata(t)
	e.sidecar.Store(1)
	p := start(t, e, nil, "--to", "stdout", "--listen", "127.0.0.1:0", "--critical", "sidecar")
	served := regexp.MustCompile(`http://\S+`)
	eventually(t, "told", func() bool {
		return strings.Contains(p.stdout.String(), "sidecar") && served.MatchString(p.stderr.String())
	})
	got := get(t, served.FindString(p.stderr.String()))
	var want, have map[string]any
	strict(t, text, &want)
	strict(t, got, &have)
	if diff := cmp.Diff(keys(want), keys(have)); diff != "" {
		t.Errorf("keys (-page +handler):\n%s", diff)
	}
}

// keys are the paths of a JSON value's members, sorted.
func keys(v any) []string {
	var all []string
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			all = append(all, k)
			for _, below := range keys(inner) {
				all = append(all, k+"."+below)
			}
		}
	case []any:
		for _, inner := range v {
			all = append(all, keys(inner)...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Every command line on the page that starts the sidecar is one that it takes, and the page says how to build the
// image.
func TestCommandsOnThePage(t *testing.T) {
	text := read(t, page)
	lines := regexp.MustCompile(`(?m)^whystopped-watch( .*)?$`).FindAllStringSubmatch(text, -1)
	for _, m := range lines {
		if _, err := parse(strings.Fields(m[1]), t.Output()); err != nil {
			t.Errorf("%s: %v", m[0], err)
		}
	}
	build := regexp.MustCompile(`(?m)^# .*: (docker build .*)$`).FindStringSubmatch(read(t, "Dockerfile"))
	if len(lines) == 0 || build == nil || !strings.Contains(text, "\n"+build[1]+"\n") ||
		!strings.Contains(text, watcher.EnvEndpoint) {
		t.Errorf("%d command lines; the image is built by %q", len(lines), build)
	}
}

// Nothing but the binary and the certificates is in the image, and it is built with this module's toolchain.
func TestDockerfile(t *testing.T) {
	text := read(t, "Dockerfile")
	toolchain := regexp.MustCompile(`(?m)^toolchain go(\S+)$`).FindStringSubmatch(read(t, "../../go.mod"))
	if !strings.Contains(text, " golang:"+toolchain[1]+" AS build\n") {
		t.Errorf("the image is not built with Go %s", toolchain[1])
	}
	_, final, _ := strings.Cut(text, "\nFROM scratch\n")
	want := `COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /whystopped-watch /
USER 65532
ENTRYPOINT ["/whystopped-watch"]
`
	if diff := cmp.Diff(want, final); diff != "" {
		t.Errorf("the image (-want +got):\n%s", diff)
	}
}
