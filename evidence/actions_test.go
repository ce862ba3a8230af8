package evidence

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whystopped/classifier"
	"whystopped/events/awsname"
)

func TestActionsAreWhole(t *testing.T) {
	used := map[string]bool{}
	for _, group := range Groups {
		if group.Doc == "" || len(group.Actions) == 0 {
			t.Errorf("group %s has no doc or asks nothing", group.Need)
		}
		for _, name := range group.Actions {
			used[name] = true
			if _, known := FindAction(name); !known {
				t.Errorf("group %s asks %s, which is no action", group.Need, name)
			}
		}
	}
	seen := map[string]bool{}
	for _, action := range Actions {
		service, name, _ := strings.Cut(action.IAM, ":")
		if permission := awsname.Permission(service + ":" + action.Operation()); permission != action.IAM {
			t.Errorf("%s takes %s, not %s", action.Operation(), permission, action.IAM)
		}
		if service == "" || name == "" || seen[action.IAM] {
			t.Errorf("%q is no action, or stands there twice", action.IAM)
		}
		seen[action.IAM] = true
		if !used[action.IAM] {
			t.Errorf("%s is asked by no group", action.IAM)
		}
		if !TierVerify.Allows(action.Tier) || action.Tier == TierOff {
			t.Errorf("%s is of the tier %q", action.IAM, action.Tier)
		}
		if parts := strings.SplitN(action.Resource, ":", 4); action.Resource != "*" && len(parts) < 4 {
			t.Errorf("%s is on %q, which is neither * nor the end of an ARN", action.IAM, action.Resource)
		}
	}
}

// TestNothingIsAskedThatCouldHurt: calls only read, and never the value of anything secret.
func TestNothingIsAskedThatCouldHurt(t *testing.T) {
	for _, action := range Actions {
		_, name, _ := strings.Cut(action.IAM, ":")
		reads := false
		for _, verb := range []string{"Describe", "List", "Get", "Simulate", "Lookup", "BatchGet", "Search"} {
			reads = reads || strings.HasPrefix(name, verb)
		}
		if !reads {
			t.Errorf("%s may do more than read", action.IAM)
		}
		for _, secret := range []string{
			"GetSecretValue", "GetParameter", "s3:GetObject", "Decrypt", "GetAuthorizationToken", "GetLogEvents",
			"FilterLogEvents",
		} {
			if strings.Contains(action.IAM, secret) &&
				(action.IAM != "logs:GetLogEvents" || action.Tier != TierVerify) {
				t.Errorf("%s reads what no tier may", action.IAM)
			}
		}
	}
}

// TestEveryReasonIsExplained looks for the constants in the source, because nothing else knows them all.
func TestEveryReasonIsExplained(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "classifier", "proof.go"), nil,
		parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var declared []string
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(spec.Names[0].Name, "Reason") &&
			len(spec.Values) == 1 {
			if literal, ok := spec.Values[0].(*ast.BasicLit); ok {
				reason, _ := strconv.Unquote(literal.Value)
				declared = append(declared, reason)
			}
		}
		return true
	})
	if len(declared) < 10 {
		t.Fatalf("only the reasons %q are found: this test looks for the wrong thing", declared)
	}
	var explained []string
	for _, r := range classifier.Reasons {
		explained = append(explained, r.Reason)
		if r.Said == "" || r.Do == "" {
			t.Errorf("%s: a field is empty", r.Reason)
		}
	}
	slices.Sort(declared)
	slices.Sort(explained)
	if diff := cmp.Diff(declared, explained); diff != "" {
		t.Errorf("-declared +explained:\n%s", diff)
	}
}
