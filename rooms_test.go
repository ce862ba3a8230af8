// Package whystopped_test holds what concerns the whole house: which room may import which.
package whystopped_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const (
	awsSDK = "github.com/aws/aws-sdk-go-v2/"
	cdk    = "github.com/aws/aws-cdk-go/"
)

// rooms is the import table: what each room's code, tests apart, may import beside the standard library. A prefix that ends with
// "/" allows all below it.
var rooms = map[string][]string{
	"whystopped/events":         {},
	"whystopped/events/samples": {},
	"whystopped/classifier":     {"whystopped/events"},
	"whystopped/evidence":       {"whystopped/events", "whystopped/classifier"},
	"whystopped/evidence/lookup": {"whystopped/events", "whystopped/classifier", "whystopped/evidence", awsSDK, "github.com/aws/smithy-go",
		"github.com/aws/smithy-go/", "golang.org/x/sync/", "golang.org/x/time/"},
	"whystopped/evidence/lookup/awstest": {},
	"whystopped/archive":                 {"whystopped/events", "whystopped/classifier"},
	"whystopped/archive/cwlogs": {"whystopped/archive", awsSDK + "aws", awsSDK + "aws/", awsSDK + "service/cloudwatchlogs",
		awsSDK + "service/cloudwatchlogs/", "github.com/aws/smithy-go"},
	"whystopped/archive/cwlogs/cwlogstest": {},
	"whystopped/ingest":                    {"whystopped/events", "whystopped/classifier", "whystopped/archive"},
	"whystopped/notify":                    {"whystopped/archive", awsSDK + "aws", awsSDK + "service/sns", "github.com/aws/smithy-go"},
	"whystopped/lambda": {"whystopped/evidence", "whystopped/evidence/lookup", "whystopped/archive", "whystopped/archive/cwlogs", "whystopped/ingest", "whystopped/notify", awsSDK + "service/sns", "github.com/aws/aws-lambda-go/",
		awsSDK + "config", awsSDK + "service/cloudwatchlogs"},
	"whystopped/infra": {"whystopped/archive", "whystopped/evidence", "whystopped/events", cdk, "github.com/aws/constructs-go/", "github.com/aws/jsii-runtime-go"},
	"whystopped/cmd/whystopped": {"whystopped/evidence", "whystopped/evidence/lookup", "whystopped/archive", "whystopped/archive/cwlogs", "whystopped/classifier", "whystopped/events", "whystopped/events/samples", "whystopped/ingest",
		"github.com/spf13/cobra", "github.com/jedib0t/go-pretty/v6/", "golang.org/x/term",
		awsSDK + "aws", awsSDK + "aws/", awsSDK + "config", awsSDK + "service/cloudwatchlogs", awsSDK + "service/cloudwatchlogs/types",
		awsSDK + "service/cloudtrail", awsSDK + "service/ecs", awsSDK + "service/ecs/types", awsSDK + "service/eventbridge", awsSDK + "service/eventbridge/types",
		awsSDK + "service/lambda", awsSDK + "service/lambda/types", awsSDK + "service/sqs", awsSDK + "service/sqs/types",
		"github.com/aws/smithy-go", "github.com/aws/smithy-go/"},
	"whystopped/watcher": {"whystopped/events", awsSDK + "aws", awsSDK + "service/eventbridge", awsSDK + "service/eventbridge/types",
		"github.com/aws/smithy-go"},
	"whystopped/cmd/whystopped-watch": {"whystopped/watcher", awsSDK + "config", awsSDK + "service/eventbridge", "github.com/aws/smithy-go/logging"},
}

// pure are the rooms that see no network, no files, no environment and no clock; the directory store of archive is told apart
// by its file.
var pure = []string{"whystopped/events", "whystopped/classifier", "whystopped/evidence"}

type goPackage struct {
	ImportPath string
	Imports    []string
	GoFiles    []string
}

func packages(t *testing.T, args ...string) []goPackage {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports,GoFiles"}, args...)...).Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %s", exit.Stderr)
		}
		t.Fatal(err)
	}
	var all []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := d.Decode(&p); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestRoomsImportOnlyWhatTheTableAllows(t *testing.T) {
	seen := 0
	for _, p := range packages(t, "./...") {
		if len(p.GoFiles) == 0 {
			continue // tests only
		}
		allowed, known := rooms[p.ImportPath]
		if !known {
			t.Errorf("%s is not in the table of rooms", p.ImportPath)
			continue
		}
		seen++
		for _, i := range p.Imports {
			if !standard(i) && !slices.ContainsFunc(allowed, func(a string) bool { return i == a || strings.HasSuffix(a, "/") && strings.HasPrefix(i, a) }) {
				t.Errorf("%s may not import %s", p.ImportPath, i)
			}
			if slices.Contains(pure, p.ImportPath) && slices.Contains([]string{"net", "net/http", "os", "os/exec", "syscall", "math/rand"}, i) {
				t.Errorf("%s is pure and may not import %s", p.ImportPath, i)
			}
		}
	}
	if seen != len(rooms) {
		t.Errorf("%d of the %d rooms in the table exist", seen, len(rooms))
	}
}

func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".") && first != "whystopped"
}
