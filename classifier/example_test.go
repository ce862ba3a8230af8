package classifier

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"whystopped/events"
)

// exampleStop is the stop that an example of the tables shows: that of a document, or a task of a service on Fargate
// that did not start and gives the text as its reason.
func exampleStop(t *testing.T, example string) events.Stop {
	t.Helper()
	if !strings.HasPrefix(example, "{") {
		return fargate(example)
	}
	document, log, _ := strings.Cut(example, "\n")
	stops, err := events.Parse([]byte(document))
	if err != nil || len(stops) != 1 {
		t.Fatalf("%s: %d stops, %v", example, len(stops), err)
	}
	if log != "" {
		stops[0].LogLines = strings.Split(log, "\n")
	}
	return stops[0]
}

func TestEveryCauseAppliesToItsExample(t *testing.T) {
	for _, c := range Catalogue {
		f := Classify(exampleStop(t, c.Example))
		if !slices.ContainsFunc(f.Causes, func(p Proof) bool { return p.Cause == c.ID }) {
			t.Errorf("%s: its example is %s, which brings %v", c.ID, f.Class(), f.Causes)
		}
	}
}

// TestEveryExplanationIsToldOfItsExample holds that each row is the one that is told of the stop that it shows. Of a
// container whose task goes on nothing in the event says that it is meant to end, so both are tried.
func TestEveryExplanationIsToldOfItsExample(t *testing.T) {
	for i := range Explanations {
		e := &Explanations[i]
		s := exampleStop(t, e.Example)
		meant := s
		meant.MeantToEnd = true
		if told(s) != e && told(meant) != e {
			f := Classify(s)
			t.Errorf("%s.%s %s%s\n\tis not told of its example, %s by %s and %s, which is told: %s", e.Stage, e.Fault,
				e.Summary, e.Next, f.Class(), f.StageRule, f.FaultRule, f.Summary)
		}
	}
}

// told is the row that explains a stop, nil for none.
func told(s events.Stop) *Explanation {
	f := Finding{Stage: UnknownStage, Fault: UnknownFault, Confidence: Possible, Culprit: -1}
	v := newView(&s, &f)
	v.classify()
	return v.row()
}

// TestNoExplanationIsShadowed holds that no row stands behind one of its class, or of its fault at all stages, that has
// no condition.
func TestNoExplanationIsShadowed(t *testing.T) {
	for i, e := range Explanations {
		for _, before := range Explanations[:i] {
			if before.If == nil && before.Fault == e.Fault && (before.Stage == "" || before.Stage == e.Stage) {
				t.Errorf("%s.%s %q stands behind an unconditional row of its class", e.Stage, e.Fault, e.Summary)
			}
		}
	}
}

// TestWordsSurviveFolding holds that every word that is looked for in a text can stand in one: in upper case, with
// typographic quotes or two spaces it never could. The words of conditions are read from the source.
func TestWordsSurviveFolding(t *testing.T) {
	check := func(where, word string) {
		if folded := events.Fold("a" + word + "z").Folded; word == "" || folded != "a"+word+"z" {
			t.Errorf("%s: %q can never stand in a folded text", where, word)
		}
	}
	for _, r := range slices.Concat(StageRules, FaultRules) {
		for _, word := range slices.Concat(r.Match.Is, r.Match.All, r.Match.Any, r.Match.None) {
			check(r.ID, word)
		}
	}
	for _, c := range Catalogue {
		for _, p := range c.Text {
			for _, word := range slices.Concat(p.Match.Is, p.Match.All, p.Match.Any, p.Match.None) {
				check(c.ID, word)
			}
		}
	}
	files, _ := filepath.Glob("*.go")
	asked := 0
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || !slices.Contains([]string{"says", "textSays", "has", "index"}, calledName(call)) {
				return true
			}
			for _, arg := range call.Args {
				if lit, ok := arg.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					word, _ := strconv.Unquote(lit.Value)
					check(file, word)
					asked++
				}
			}
			return true
		})
	}
	if asked < 100 {
		t.Errorf("only %d words are read from the source: is anything looked at?", asked)
	}
}

func calledName(call *ast.CallExpr) string {
	switch fun := call.Fun.(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		return fun.Sel.Name
	}
	return ""
}

// TestTextsAreFoldedOnce holds that a text is folded once per explanation, where its view is made, and beside that only
// the words of a refusal: nothing else in the package asks events to fold.
func TestTextsAreFoldedOnce(t *testing.T) {
	calls := map[string][]string{}
	files, _ := filepath.Glob("*.go")
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			fun, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			ast.Inspect(fun, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					calls[calledName(call)] = append(calls[calledName(call)], fun.Name.Name)
				}
				return true
			})
		}
	}
	for name, want := range map[string]string{"Texts": "newView", "Fold": "classify"} {
		if got := strings.Join(calls[name], " "); got != want {
			t.Errorf("events.%s is called in %q, must be called once, in %s", name, got, want)
		}
	}
	got, want := slices.Sorted(slices.Values(calls["newView"])), "Applying Checks Classify Describe Fill nowhere"
	if strings.Join(got, " ") != want {
		t.Errorf("views are made in %v, must be made once each in %s", got, want)
	}
}
