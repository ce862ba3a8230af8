package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"whystopped/archive/stack"
	"whystopped/evidence"
)

// TestTheFunctionReadsOnlyTheDocumentedVariables looks through the sources of all of the project that the binary is
// made of: the environment is read by the names of stack only, each of which is in stack.Variables, and by AWS's own.
func TestTheFunctionReadsOnlyTheDocumentedVariables(t *testing.T) {
	named := map[string]string{} // values of the constants stack.Env… by their names
	read := map[string]bool{}    // what is given to os.Getenv and os.LookupEnv
	for _, file := range sources(t) {
		syntax, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for i, name := range n.Names {
					if literal, ok := valueOf(n, i).(*ast.BasicLit); ok && strings.HasPrefix(name.Name, "Env") {
						named[name.Name], _ = strconv.Unquote(literal.Value)
					}
				}
			case *ast.CallExpr:
				function, ok := n.Fun.(*ast.SelectorExpr)
				if !ok {
					break
				}
				switch of, _ := function.X.(*ast.Ident); {
				case of == nil || of.Name != "os" && of.Name != "syscall":
				case function.Sel.Name == "Environ" || function.Sel.Name == "ExpandEnv":
					t.Errorf("%s reads the whole environment", file)
				case function.Sel.Name == "Getenv" || function.Sel.Name == "LookupEnv":
					name, ok := n.Args[0].(*ast.SelectorExpr)
					if isOfAWS(n.Args[0]) {
						break
					}
					if !ok {
						t.Errorf("%s reads a variable that is not named in stack", file)
						break
					}
					read[name.Sel.Name] = true
				}
			}
			return true
		})
	}
	if len(read) == 0 {
		t.Fatal("no variable is read: this test looks at the wrong places")
	}
	for name := range read {
		if !slices.ContainsFunc(stack.Variables, func(v stack.Variable) bool { return v.Name == named[name] }) {
			t.Errorf("archive.%s is read and not in stack.Variables", name)
		}
	}
	for _, v := range stack.Variables {
		isRead := false
		for name := range read {
			isRead = isRead || named[name] == v.Name
		}
		if !isRead {
			t.Errorf("%s is in stack.Variables and is not read", v.Name)
		}
	}
}

// TestTheTiersAreDocumented holds what archive says of the tiers to the table of evidence, which archive does not
// import.
func TestTheTiersAreDocumented(t *testing.T) {
	if !slices.Contains(evidence.Tiers, evidence.Tier(stack.EvidenceDefault)) {
		t.Errorf("the default %q is no tier", stack.EvidenceDefault)
	}
	i := slices.IndexFunc(stack.Variables, func(v stack.Variable) bool { return v.Name == stack.EnvEvidence })
	for _, tier := range evidence.Tiers {
		if !strings.Contains(stack.Variables[i].Doc, "`"+string(tier)+"`") {
			t.Errorf("%s does not say that %s can be chosen", stack.EnvEvidence, tier)
		}
	}
}

// isOfAWS reports whether a name is, or begins with, a literal that begins as the names of Lambda and the SDK do.
func isOfAWS(name ast.Expr) bool {
	if sum, ok := name.(*ast.BinaryExpr); ok {
		name = sum.X
	}
	literal, ok := name.(*ast.BasicLit)
	return ok && strings.HasPrefix(literal.Value, `"AWS_`)
}

func valueOf(spec *ast.ValueSpec, i int) ast.Expr {
	if i < len(spec.Values) {
		return spec.Values[i]
	}
	return nil
}

// sources are the project's own files that the binary is built from.
func sources(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("go", "list", "-deps", "-json=ImportPath,Dir,GoFiles", "-tags", "lambda.norpc",
		".").Output()
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath, Dir string
			GoFiles         []string
		}
		if err := decoder.Decode(&p); err == io.EOF {
			return files
		} else if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(p.ImportPath, "whystopped/") {
			for _, file := range p.GoFiles {
				files = append(files, filepath.Join(p.Dir, file))
			}
		}
	}
}
