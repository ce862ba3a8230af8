package evidence

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whystopped/classifier"
)

var update = flag.Bool("update", false, "write what is generated")

//go:generate go test . -run TestEvidencePage -update

// TestEvidencePage holds docs/evidence.md to the tables that it is printed from.
func TestEvidencePage(t *testing.T) {
	const file = "../docs/evidence.md"
	page := evidencePage()
	if *update {
		if err := os.WriteFile(file, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(kept), "\n"), strings.Split(page, "\n")); diff != "" {
		t.Errorf("%s is stale, go generate ./... writes it; -kept +now:\n%s", file, diff)
	}
}

func evidencePage() string {
	var page strings.Builder
	page.WriteString(`# Evidence

How the probable causes of a stop are proven or ruled out, with calls that only read. Printed from the tables of package
` + "`evidence` by `go generate ./evidence`" + `.

The function checks the causes of every stop that somebody must act on before it writes the record; the option ` + "`evidence`" + ` says how much
it asks. ` + "`whystopped explain --verify`, `whystopped why --verify` for what it shows as the cause, and `whystopped history TASK --verify`" + ` for
an archived stop ask the same and a little more with your own credentials. What the message alone proves is not asked again.

What a service ran when ECS last called it steady is compared with what failed: images and their digests, memory, commands, roles, secrets by
name. Where ECS does not know, ` + "`history TASK --verify` and `why --verify`" + ` take from the archive the service's newest task before that
ran for an hour or more; the function does not read its archive.

| verdict | what it means |
|---|---|
| ` + "`confirmed`" + ` | a defect was read that alone is enough for this failure |
| ` + "`ruled_out`" + ` | every link of the cause was read and is fine |
| ` + "`inconclusive`" + ` | it was asked, and the answer decides nothing; the reason says why |
| ` + "`not_checked`" + ` | nobody asked; the reason, where there is one, says why |

A confirmed cause leads the record and completes its summary and next step; class, verdict and confidence stay what the event says.
What the asking role may not see is never ` + "`ruled_out`" + `. All is read as it is at ` + "`checkedAt`" + `: more than ` + fmt.Sprintf("%.0f", StaleAfter.Minutes()) + ` minutes after the stop
what is fine now is ` + "`inconclusive`, `stale`" + `, and what is broken now says how long after the stop it was read; what cannot change is left out of that.

## Causes

`)
	for _, check := range Checks {
		cause, _ := classifier.FindCause(check.Cause)
		var asked []string
		for _, need := range check.Needs {
			asked = append(asked, fmt.Sprintf("[%s](#%s)", need, need))
		}
		needs := "nothing but the event"
		if asked != nil {
			needs = strings.Join(asked, ", ")
		}
		fmt.Fprintf(&page, "### %s\n\n%s. Asked: %s.\n\n", check.Cause, classifier.Expand(cause.Title, func(string) string { return "" }), needs)
		fmt.Fprintf(&page, "| | |\n|---|---|\n| confirmed | %s |\n| ruled out | %s |\n| inconclusive | %s |\n", cell(check.Confirms), cell(check.RulesOut), cell(check.Open))
		if check.Timeless {
			page.WriteString("\nIt rests on what cannot change after the stop.\n")
		}
		page.WriteString("\n")
	}
	page.WriteString("## What is asked\n\nIn this order, each only where a cause needs it.\n\n")
	for _, group := range Groups {
		fmt.Fprintf(&page, "### %s\n\n%s.\n\n| permission | call | tier |\n|---|---|---|\n", group.Need, sentence(group.Doc))
		for _, name := range group.Actions {
			action, _ := FindAction(name)
			fmt.Fprintf(&page, "| `%s` | %s | %s |\n", name, action.Operation(), action.Tier)
		}
		page.WriteString("\n")
	}
	page.WriteString(`## Tiers

Each includes those before it. ` + "`whystopped … --verify`" + ` asks what any of them asks, and what stands under ` + "`verify`" + `. No tier reads the value of a secret or a
parameter, an object of a bucket, or log lines; the last lines of the container that failed are read only with the option
` + "`logTail`" + `, and by ` + "`--verify`" + `, with ` + "`logs:GetLogEvents`" + `. ` + "`sts:GetCallerIdentity`" + `, which needs no permission, tells whose credentials ask.

| tier | permission | on |
|---|---|---|
`)
	for _, tier := range append(slices.Clone(Tiers), TierVerify) {
		found := false
		for _, action := range Actions {
			if action.Tier == tier {
				found = true
				fmt.Fprintf(&page, "| %s | `%s` | `%s` |\n", tier, action.IAM, on(action))
			}
		}
		if !found {
			fmt.Fprintf(&page, "| %s | nothing more | |\n", tier)
		}
	}
	page.WriteString("\n## Reasons\n\nWhy a cause is inconclusive or was not checked: `causeReason` in a record, `reason` of a cause.\n\n| reason | what it means | what to do |\n|---|---|---|\n")
	for _, r := range classifier.Reasons {
		fmt.Fprintf(&page, "| `%s` | %s | %s |\n", r.Reason, cell(r.Said), cell(r.Do))
	}
	return page.String()
}

func on(a Action) string {
	if a.Resource == "*" {
		return a.Resource
	}
	return "arn:PARTITION:" + a.Resource
}

func cell(text string) string { return strings.ReplaceAll(text, "|", "\\|") }

func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

func TestTablesAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, check := range Checks {
		if _, known := classifier.FindCause(check.Cause); !known || seen[check.Cause] {
			t.Errorf("%s is no cause of the catalogue, or has two checks", check.Cause)
		}
		seen[check.Cause] = true
		if check.Confirms == "" || check.RulesOut == "" || check.Open == "" || check.Prove == nil {
			t.Errorf("%s: a field is empty", check.Cause)
		}
		for _, need := range check.Needs {
			if !slices.ContainsFunc(Groups, func(g Group) bool { return g.Need == need }) {
				t.Errorf("%s needs %s, which is no group", check.Cause, need)
			}
		}
	}
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
	seen = map[string]bool{}
	for _, action := range Actions {
		service, name, _ := strings.Cut(action.IAM, ":")
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
		for _, verb := range []string{"Describe", "List", "Get", "Simulate", "Lookup", "BatchGet"} {
			reads = reads || strings.HasPrefix(name, verb)
		}
		if !reads {
			t.Errorf("%s may do more than read", action.IAM)
		}
		for _, secret := range []string{"GetSecretValue", "GetParameter", "s3:GetObject", "Decrypt", "GetAuthorizationToken", "GetLogEvents", "FilterLogEvents"} {
			if strings.Contains(action.IAM, secret) && (action.IAM != "logs:GetLogEvents" || action.Tier != TierVerify) {
				t.Errorf("%s reads what no tier may", action.IAM)
			}
		}
	}
}

// TestEveryReasonIsExplained looks for the constants in the source, because nothing else knows them all.
func TestEveryReasonIsExplained(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "classifier", "proof.go"), nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var declared []string
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(spec.Names[0].Name, "Reason") && len(spec.Values) == 1 {
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
