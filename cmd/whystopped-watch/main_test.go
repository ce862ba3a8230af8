package main

import (
	"bytes"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestFlags(t *testing.T) {
	tests := []struct {
		args string
		want options
	}{
		{"", options{to: "events", interval: 15 * time.Second}},
		{"--to stdout --interval 1m", options{to: "stdout", interval: time.Minute}},
		{"-to=events -event-bus stops", options{to: "events", bus: "stops", interval: 15 * time.Second}},
		{"--ignore migrate --ignore init --critical app --critical proxy --listen :8099",
			options{
				to:       "events",
				interval: 15 * time.Second,
				ignore:   []string{"migrate", "init"},
				critical: []string{"app", "proxy"},
				listen:   ":8099",
			}},
	}
	for _, test := range tests {
		got, err := parse(strings.Fields(test.args), t.Output())
		if err != nil {
			t.Errorf("%s: %v", test.args, err)
		}
		if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(options{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.args, diff)
		}
	}
}

// Each wrong command line says what is wrong and ends with 2.
func TestWrongFlags(t *testing.T) {
	tests := []struct{ args, want string }{
		{"--to nowhere", `--to must be events or stdout, not "nowhere"`},
		{"--interval 0s", "--interval must be positive"},
		{"--interval soon", `invalid value "soon" for flag -interval`},
		{"--critical app", "--critical needs --listen"},
		{"--critical app --ignore app --listen :1", "container app must not be both --critical and --ignore"},
		{"--to stdout --event-bus stops", "--event-bus needs --to events"},
		{"--ignore=", "a container's name must not be empty"},
		{"app", `unexpected argument "app": there are only flags`},
		{"--verbose", "flag provided but not defined: -verbose"},
	}
	for _, test := range tests {
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), strings.Fields(test.args), "http://127.0.0.1:1", &stdout,
			&stderr); code != exitUsage || stdout.Len() > 0 {
			t.Errorf("%s: exit code %d, stdout %q", test.args, code, &stdout)
		}
		if !strings.Contains(stderr.String(), test.want) {
			t.Errorf("%s: said %q, want %q", test.args, &stderr, test.want)
		}
	}
}

func TestItSaysWhyItCannotRun(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	tests := []struct{ args, endpoint, want string }{
		{"", "", "whystopped-watch: ECS_CONTAINER_METADATA_URI_V4 is not set: run me as a container of a task"},
		{
			"--to stdout --listen " + taken.Addr().String(),
			"http://127.0.0.1:1",
			"whystopped-watch: cannot serve the health check: ",
		},
	}
	for _, test := range tests {
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), strings.Fields(test.args), test.endpoint, &stdout, &stderr); code != exitFailed ||
			!strings.HasPrefix(stderr.String(), test.want) {
			t.Errorf("%s: exit code %d, said %q", test.args, code, &stderr)
		}
	}
}
