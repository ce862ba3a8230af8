//go:build !local

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"whystopped/cmd/whystopped/account/accounttest"
	"whystopped/cmd/whystopped/screen"
	"whystopped/evidence"
)

// strictAccount is a stand-in of all of AWS in an account where whoever asks may ask nothing but who it is. It keeps
// what it was asked, as IAM actions.
type strictAccount struct {
	account string

	mu      sync.Mutex
	asked   []string
	regions []string // where each of them was asked
}

// newStrictAccount starts it and points the environment to it.
func newStrictAccount(t *testing.T, account, region string) *strictAccount {
	t.Helper()
	accounttest.Environment(t)
	a := &strictAccount{account: account}
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	for _, name := range []string{"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_ECS", "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS"} {
		t.Setenv(name, server.URL)
	}
	t.Setenv("AWS_REGION", region)
	return a
}

func (a *strictAccount) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// Credential=ID/DATE/REGION/SERVICE/aws4_request
	scope := strings.Split(r.Header.Get("Authorization"), "/")
	if len(scope) < 5 {
		http.Error(w, "not signed", http.StatusForbidden)
		return
	}
	service := scope[3]
	_, operation, isJSON := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	if !isJSON {
		r.ParseForm()
		operation = r.Form.Get("Action")
	}
	a.mu.Lock()
	a.asked = append(a.asked, service+":"+operation)
	a.regions = append(a.regions, scope[2])
	a.mu.Unlock()
	refusal := "You are not authorized to perform this operation. User: arn:aws:iam::" + a.account +
		":user/on-call is not authorized to perform: " + service + ":" + operation
	switch {
	case operation == "GetCallerIdentity":
		fmt.Fprintf(w,
			`<GetCallerIdentityResponse `+
				`xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>`+
				`<Arn>arn:aws:iam::%[1]s:user/on-call</Arn><UserId>AIDAEXAMPLE</UserId><Account>%[1]s</Account>`+
				`</GetCallerIdentityResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>`+
				`</GetCallerIdentityResponse>`, a.account)
	case isJSON:
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(http.StatusBadRequest)
		json.NewEncoder(w).Encode(map[string]string{"__type": "AccessDeniedException", "message": refusal})
	case service == "ec2":
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(w,
			`<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>%s</Message></Error></Errors>`+
				`<RequestID>r</RequestID></Response>`, refusal)
	default:
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(w,
			`<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>%s</Message></Error>`+
				`<RequestId>r</RequestId></ErrorResponse>`, refusal)
	}
}

// The account and Region of the sample.
const (
	sampleAccount = "777788889999"
	sampleRegion  = "ap-northeast-1"
)

// TestVerifyWithoutPermissionsNamesThem: everything is asked that may be, nothing is decided, and what to grant is
// named.
func TestVerifyWithoutPermissionsNamesThem(t *testing.T) {
	a := newStrictAccount(t, sampleAccount, sampleRegion)
	stdout, stderr := whystopped(t, screen.ExitOK, "explain", "--verify", unreachableSample)
	if stderr != "" || strings.ContainsAny(stdout, "✗✓") ||
		!strings.Contains(stdout, "inconclusive: needs ec2:Describe") {
		t.Errorf("%s%s", stdout, stderr)
	}
	if len(a.asked) < 2 || a.asked[0] != "sts:GetCallerIdentity" {
		t.Errorf("asked %q, want who it is first", a.asked)
	}
	for _, call := range a.asked {
		known := func(action evidence.Action) bool {
			return call == strings.SplitN(action.IAM, ":", 2)[0]+":"+action.Operation()
		}
		if call != "sts:GetCallerIdentity" && !slices.ContainsFunc(evidence.Actions, known) {
			t.Errorf("%s is called, and docs/permissions.md does not say so", call)
		}
	}
}

func TestVerifyInAnotherAccountAsksNothingElse(t *testing.T) {
	a := newStrictAccount(t, "999988887777", sampleRegion)
	stdout, _ := whystopped(t, screen.ExitOK, "explain", "--verify", unreachableSample)
	if !strings.Contains(stdout,
		"\n  checked     nothing: the credentials are of another account or Region than the stop\n") {
		t.Errorf("does not say that nothing was checked, and why:\n%s", stdout)
	}
	if !slices.Equal(a.asked, []string{"sts:GetCallerIdentity"}) {
		t.Errorf("asked %q", a.asked)
	}
	stdout, _ = whystopped(t, screen.ExitOK, "explain", "--verify", "--json", unreachableSample)
	if !strings.Contains(stdout, `"verdict":"not_checked","reason":"other_account"`) {
		t.Errorf("%s", stdout)
	}
}

// TestVerifyAsksInTheRegionOfTheStop: whatever Region the environment names, and where it names none.
func TestVerifyAsksInTheRegionOfTheStop(t *testing.T) {
	dir := t.TempDir()
	whystopped(t, screen.ExitOK, "archive", unreachableSample, "--to", dir)
	task := recordsAt(t, dir)[0].TaskID
	for _, test := range []struct {
		name   string
		region string // of the environment
		args   []string
	}{
		{"explain", "", []string{"explain", "--verify", unreachableSample}},
		{"another Region in the environment", "eu-west-1", []string{"explain", "--verify", unreachableSample}},
		{"another Region in a flag", "", []string{"explain", "--verify", "--region", "eu-west-1", unreachableSample}},
		{"history", "", []string{"history", "--verify", "--from", dir, task}},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := newStrictAccount(t, sampleAccount, test.region)
			stdout, stderr := whystopped(t, screen.ExitOK, test.args...)
			if stderr != "" || !strings.Contains(stdout, "inconclusive: needs ec2:Describe") {
				t.Errorf("%s%s", stdout, stderr)
			}
			if got := slices.Compact(slices.Sorted(slices.Values(a.regions))); !slices.Equal(got,
				[]string{sampleRegion}) {
				t.Errorf("asked in %q", got)
			}
		})
	}
}

// TestVerifyAsksInEachRegion: two stops of two Regions in one run, and one whose Region is none.
func TestVerifyAsksInEachRegion(t *testing.T) {
	sample, err := os.ReadFile(unreachableSample)
	if err != nil {
		t.Fatal(err)
	}
	in := func(region string) string { return strings.ReplaceAll(string(sample), sampleRegion, region) }
	a := newStrictAccount(t, sampleAccount, "")
	whystopped(t, screen.ExitOK, "explain", "--verify", file(t, string(sample), in("us-west-2"),
		in("evil.example.com")))
	asked := map[string]int{}
	for i, region := range a.regions {
		if a.asked[i] == "sts:GetCallerIdentity" {
			asked[region]++
		}
	}
	if diff := cmp.Diff(map[string]int{sampleRegion: 1, "us-west-2": 1}, asked); diff != "" {
		t.Errorf("who it is was asked in (-want +got):\n%s", diff)
	}
}

// What is read is told on a terminal, and taken away before the answer.
func TestVerifyShowsProgressOnATerminal(t *testing.T) {
	newStrictAccount(t, sampleAccount, sampleRegion)
	sample, err := filepath.Abs(unreachableSample)
	if err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(t.TempDir(), "terminal.txtar")
	if err := os.WriteFile(script, []byte(`ttyin keys
exec sh -c 'whystopped explain --verify `+sample+` 2>/dev/tty'
ttyout 'reading whose credentials these are'
stdout '^FAILURE '
! stdout 'reading '
exec whystopped explain --verify `+sample+`
! stderr .
-- keys --
x
`), 0o644); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Files: []string{script},
		Setup: func(env *testscript.Env) error {
			for _, variable := range os.Environ() {
				if name, value, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "AWS_") {
					env.Setenv(name, value)
				}
			}
			return nil
		},
	})
}
