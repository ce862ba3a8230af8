package dynamo

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"whystopped/archive"
	"whystopped/archive/stack"
	"whystopped/memory"
	"whystopped/memory/dynamo/dynamotest"
	"whystopped/memory/memorytest"
)

func config(endpoint string) aws.Config {
	return aws.Config{Region: "eu-west-1", BaseEndpoint: &endpoint,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "example", "")}
}

func stand(t *testing.T) (*Table, *dynamotest.Server) {
	s := dynamotest.NewServer(stack.MemoryTable)
	t.Cleanup(s.Close)
	return New(config(s.URL), stack.MemoryTable, time.Now), s
}

func TestAsEveryTable(t *testing.T) {
	table, _ := stand(t)
	memorytest.Contract(t, table, "test/", time.Now)
}

// TestAsEveryTableWithDynalite runs the contract with a stand-in that others made. Its folder, where npm installed
// dynalite 4, is in WHYSTOPPED_DYNALITE.
func TestAsEveryTableWithDynalite(t *testing.T) {
	folder := os.Getenv("WHYSTOPPED_DYNALITE")
	if folder == "" {
		t.Skip("set WHYSTOPPED_DYNALITE to a folder in which npm has installed dynalite 4")
	}
	endpoint, err := dynamotest.Dynalite(t.Context(), folder, stack.MemoryTable)
	if err != nil {
		t.Fatal(err)
	}
	table := New(config(endpoint), stack.MemoryTable, time.Now)
	memorytest.Contract(t, table, "test/", time.Now)
	shares(t, table)
}

func TestProcessesShareProofsAndPermits(t *testing.T) {
	table, _ := stand(t)
	shares(t, table)
}

// shares has processes of their own share proofs and permits in a table.
func shares(t *testing.T, table memory.Table) {
	t.Run("permits", func(t *testing.T) {
		recovered := map[string]time.Time{"ec2:DescribeVpcs": time.Now().Add(time.Minute).Truncate(time.Millisecond)}
		take := func(free bool) string {
			t.Helper()
			permit, called, err := memory.NewPermits(table, time.Now).Take(t.Context())
			if err != nil || (permit != "") != free || len(called) > 0 && !called["ec2:DescribeVpcs"].Equal(
				recovered["ec2:DescribeVpcs"]) {
				t.Fatalf("permit %q, called with %v, %v; is one free: %v", permit, called, err, free)
			}
			return permit
		}
		taken := map[string]bool{}
		for range 10 {
			taken[take(true)] = true
		}
		if len(taken) != 10 {
			t.Fatalf("permits are taken twice: %v", taken)
		}
		take(false)
		for permit := range taken {
			if err := memory.NewPermits(table, time.Now).Return(t.Context(), permit, recovered); err != nil {
				t.Fatal(err)
			}
			if next := take(true); taken[next] {
				t.Errorf("%s is given again under its old number", next)
			}
			break
		}
		take(false)
	})
	t.Run("proofs", func(t *testing.T) {
		process := func() *memory.Proofs { return memory.NewProofs(table, time.Now) }
		_, claim, err := process().Find(t.Context(), "failure")
		if claim == "" || err != nil {
			t.Fatalf("claim %q, %v", claim, err)
		}
		if found, c, err := process().Find(t.Context(), "failure"); c != "" || found.TaskID != "" || err != nil {
			t.Errorf("what is claimed is claimed by another: %q, %+v, %v", c, found, err)
		}
		looked := archive.Record{SchemaVersion: "1", TaskID: "7d7d22aa", Cause: "route-missing",
			CauseVerdict: "confirmed", CheckedAt: archive.Time{Time: time.Now()}}
		if err := process().Keep(t.Context(), claim, looked); err != nil {
			t.Fatal(err)
		}
		found, other, err := process().Find(t.Context(), "failure")
		if other != "" || found.TaskID != looked.TaskID || found.Cause != looked.Cause || err != nil {
			t.Errorf("found %+v, claimed %q, %v", found, other, err)
		}
		if _, other, err := process().Find(t.Context(), "another"); other == "" || err != nil {
			t.Errorf("another failure is not claimed: %v", err)
		}
	})
}

// TestFaults has the table fail in every way: an error within the time that the caller gives, and it says what to do.
func TestFaults(t *testing.T) {
	passing := func(f dynamotest.Fault) dynamotest.Fault { f.Every = 2; return f } // every second call
	lost := passing(dynamotest.Fault{Cut: true, Stored: true})
	for _, test := range []struct {
		name   string
		faults []dynamotest.Fault
		table  string
		says   string // "" for no error
	}{
		{"throttled now and then", []dynamotest.Fault{passing(dynamotest.Throttled)}, stack.MemoryTable, ""},
		{"failing now and then", []dynamotest.Fault{passing(dynamotest.Failing)}, stack.MemoryTable, ""},
		{"cut now and then", []dynamotest.Fault{passing(dynamotest.Away)}, stack.MemoryTable, ""},
		{"answers are lost", []dynamotest.Fault{lost}, stack.MemoryTable, ""},
		{"throttled", []dynamotest.Fault{dynamotest.Throttled}, stack.MemoryTable, "ThrottlingException"},
		{"denied", []dynamotest.Fault{dynamotest.Denied}, stack.MemoryTable, "allow it on the table whystopped-memory"},
		{"failing", []dynamotest.Fault{dynamotest.Failing}, stack.MemoryTable, "InternalServerError"},
		{"away", []dynamotest.Fault{dynamotest.Away}, stack.MemoryTable, "EOF"},
		{"slow", []dynamotest.Fault{dynamotest.Slow}, stack.MemoryTable, "deadline exceeded"},
		{"no such table", nil, "other", "no table other"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := dynamotest.NewServer(stack.MemoryTable)
			t.Cleanup(s.Close)
			for _, f := range test.faults {
				s.Inject(f)
			}
			table := New(config(s.URL), test.table, time.Now)
			limit := time.Minute
			if test.says == "deadline exceeded" {
				limit = 100 * time.Millisecond
			}
			for i := range 4 {
				ctx, cancel := context.WithTimeout(t.Context(), limit)
				_, _, err := table.Write(ctx, memory.Write{Key: memory.Key{Part: "p", Sort: "s"},
					Where: memory.Where{Absent: i == 0, Equal: map[bool]memory.Fields{false: {"n": int64(i)}}[i == 0]},
					Set:   memory.Fields{"n": int64(i + 1)}, Expires: time.Now().Add(time.Hour)})
				_, failed := table.Query(ctx, "p")
				cancel()
				for _, err := range []error{err, failed} {
					if test.says == "" && err != nil {
						t.Error(err)
					}
					if test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)) {
						t.Errorf("error %v, want one that says %s", err, test.says)
					}
					if test.says == "deadline exceeded" && !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("%v is not told apart", err)
					}
				}
			}
			if n, _ := table.Query(t.Context(), "p"); test.says == "" && n[0].Fields.Number("n") != 4 {
				t.Errorf("after four writes there is %+v", n)
			}
		})
	}
}
