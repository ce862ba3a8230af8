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

	"github.com/rogpeppe/go-internal/testscript"

	"whystopped/cmd/whystopped/account/accounttest"
	"whystopped/cmd/whystopped/screen"
	"whystopped/evidence"
)

// strictAccount is a stand-in of all of AWS in an account where whoever asks may ask nothing but who it is. It keeps
// what it was asked, as IAM actions.
type strictAccount struct {
	account string

	mu    sync.Mutex
	asked []string
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

func TestVerifyElsewhereAsksNothingElse(t *testing.T) {
	for name, in := range map[string]struct{ account, region string }{
		"another account": {"999988887777", sampleRegion},
		"another Region":  {sampleAccount, "eu-west-1"},
	} {
		t.Run(name, func(t *testing.T) {
			a := newStrictAccount(t, in.account, in.region)
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
		})
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
