//go:build slow

package commandtest

import (
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write operations.txt anew")

// modules are the modules of the SDK by the names of services on the command line, where these differ.
var modules = map[string]string{"application-autoscaling": "applicationautoscaling", "elbv2": "elasticloadbalancingv2",
	"events": "eventbridge", "logs": "cloudwatchlogs", "s3api": "s3", "stepfunctions": "sfn",
	"service-quotas": "servicequotas"}

// versions are those of modules that nothing is built with.
var versions = map[string]string{"applicationautoscaling": "v1.51.12", "batch": "v1.65.2", "cloudwatch": "v1.76.0",
	"organizations": "v1.63.0", "sfn": "v1.41.2"}

// TestOperationsAreThoseOfTheSDK holds that operations.txt has the flags that the SDK's source has. It compiles no
// client, it reads their files.
func TestOperationsAreThoseOfTheSDK(t *testing.T) {
	var now strings.Builder
	dirs := map[string]string{}
	lines := strings.Split(strings.TrimSpace(printed), "\n")
	slices.Sort(lines)
	for _, line := range slices.Compact(lines) {
		words := strings.Fields(line)
		service, name := words[0], words[1]
		if dirs[service] == "" {
			dirs[service] = source(t, service)
		}
		flags, found := flagsOf(t, dirs[service], name)
		if !found {
			t.Errorf("the SDK has no operation %s %s", service, name)
		}
		fmt.Fprintln(&now, service, name, strings.Join(flags, " "))
	}
	if t.Failed() {
		return
	}
	if *update {
		if err := os.WriteFile("operations.txt", []byte(now.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if now.String() != printed {
		t.Errorf("operations.txt is older than the SDK: go generate ./classifier/commandtest\n%s", now.String())
	}
}

// source is the directory with the source of a service's client.
func source(t *testing.T, service string) string {
	module := service
	if other, ok := modules[service]; ok {
		module = other
	}
	path := "github.com/aws/aws-sdk-go-v2/service/" + module
	args := []string{"mod", "download", "-json", path}
	if v, ok := versions[module]; ok {
		args[3] += "@" + v
	}
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	var answer struct{ Dir string }
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Dir
}

// flagsOf reads the flags of an operation from the fields of its input.
func flagsOf(t *testing.T, dir, name string) (flags []string, found bool) {
	files, _ := filepath.Glob(filepath.Join(dir, "api_op_*.go"))
	for _, file := range files {
		operation := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "api_op_"), ".go")
		if kebab(operation) != name {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			fields, ok := spec.Type.(*ast.StructType)
			if !ok {
				return false
			}
			switch spec.Name.Name {
			case operation + "Input":
				for _, f := range fields.Fields.List {
					if len(f.Names) == 1 && f.Names[0].Name != "_" {
						flags = append(flags, flagOf(f))
					}
				}
			case operation + "Paginator":
				flags = append(flags, "--max-items", "--page-size", "--starting-token")
			}
			return false
		})
		slices.Sort(flags)
		return slices.Compact(flags), true
	}
	return nil, false
}

func flagOf(f *ast.Field) string {
	name := "--" + kebab(f.Names[0].Name)
	kind := f.Type
	if pointer, ok := kind.(*ast.StarExpr); ok {
		kind = pointer.X
	}
	if basic, ok := kind.(*ast.Ident); ok && basic.Name == "bool" {
		return name + "?"
	}
	if strings.Contains(f.Doc.Text(), "This member is required.") {
		return name + "!"
	}
	return name
}

var (
	beforeWord = regexp.MustCompile(`(.)([A-Z][a-z]+)`)
	afterSmall = regexp.MustCompile(`([a-z0-9])([A-Z])`)
)

// kebab is a name as the AWS command line writes it.
func kebab(name string) string {
	name = beforeWord.ReplaceAllString(name, "$1-$2")
	return strings.ToLower(afterSmall.ReplaceAllString(name, "$1-$2"))
}
