// Package whystopped_test holds what concerns the whole house: which room may import which, and that links lead
// somewhere.
package whystopped_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const architecture = "docs/architecture.md"

// A room is a row of the import table.
type room struct {
	pure    bool
	imports []string // import paths; one that ends with "/..." allows all below it too
}

// A room that is pure may import none of these; the directory store of archive is told apart by its file.
var impure = []string{"net", "net/http", "os", "os/exec", "syscall", "math/rand"}

// readRooms reads the tables of the page: the short names of modules, then the rooms by import path.
func readRooms(t *testing.T) map[string]room {
	t.Helper()
	page, err := os.ReadFile(architecture)
	if err != nil {
		t.Fatal(err)
	}
	short, rooms := map[string]string{}, map[string]room{}
	for line := range strings.Lines(string(page)) {
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		name := strings.Trim(cells[0], "`")
		switch {
		case len(cells) == 2:
			short[name] = strings.Trim(cells[1], "`")
		case len(cells) != 4 || cells[1] == "" || cells[2] != "" && cells[2] != "pure":
			t.Fatalf("%s: the row of %s must have four cells: room, what it holds, pure or nothing, may import",
				architecture, name)
		default:
			var imports []string
			for i := range strings.FieldsSeq(cells[3]) {
				imports = append(imports, importPath(strings.Trim(i, "`"), short))
			}
			if _, twice := rooms["whystopped/"+name]; twice {
				t.Errorf("%s lists %s twice", architecture, name)
			}
			rooms["whystopped/"+name] = room{cells[2] == "pure", imports}
		}
	}
	return rooms
}

// importPath is the path that the page calls name.
func importPath(name string, short map[string]string) string {
	first, rest, _ := strings.Cut(name, "/")
	if module, ok := short[first]; ok {
		return strings.TrimSuffix(module+"/"+rest, "/")
	}
	if strings.Contains(first, ".") {
		return name
	}
	return "whystopped/" + name
}

func (r room) allows(path string) bool {
	return slices.ContainsFunc(r.imports, func(a string) bool {
		tree, all := strings.CutSuffix(a, "/...")
		return path == tree || all && strings.HasPrefix(path, tree+"/")
	})
}

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
	rooms := readRooms(t)
	seen := map[string]bool{}
	for _, p := range packages(t, "./...") {
		if len(p.GoFiles) == 0 {
			continue // tests only
		}
		room, known := rooms[p.ImportPath]
		if !known {
			t.Errorf("%s has no row in the table of %s", p.ImportPath, architecture)
			continue
		}
		seen[p.ImportPath] = true
		for _, i := range p.Imports {
			if !standard(i) && !room.allows(i) {
				t.Errorf("%s may not import %s: %s does not allow it", p.ImportPath, i, architecture)
			}
			if room.pure && slices.Contains(impure, i) {
				t.Errorf("%s is pure and may not import %s", p.ImportPath, i)
			}
		}
	}
	for path := range rooms {
		if !seen[path] {
			t.Errorf("%s lists %s, which does not exist", architecture, path)
		}
	}
}

// TestTreeShowsTheRooms holds the tree of the page to its table.
func TestTreeShowsTheRooms(t *testing.T) {
	page, err := os.ReadFile(architecture)
	if err != nil {
		t.Fatal(err)
	}
	_, tree, _ := strings.Cut(string(page), "## The tree\n\n```\n")
	tree, _, found := strings.Cut(tree, "```\n")
	if !found {
		t.Fatalf("%s shows no tree", architecture)
	}
	rooms := readRooms(t)
	drawn := map[string]bool{}
	for line := range strings.Lines(tree) {
		names := strings.Fields(line)
		for i, name := range names {
			if i > 0 {
				name = names[0] + name
			}
			drawn["whystopped/"+strings.TrimSuffix(name, "/")] = true
		}
	}
	for path := range rooms {
		if !drawn[path] {
			t.Errorf("the tree of %s lacks %s", architecture, path)
		}
	}
	for path := range drawn {
		if _, listed := rooms[path]; !listed {
			t.Errorf("the tree of %s shows %s, which is not in its table", architecture, path)
		}
	}
}

// TestFunctionHoldsNoReader: what people paste is read by the command line alone.
func TestFunctionHoldsNoReader(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "./lambda").Output()
	if err != nil {
		t.Fatal(err)
	}
	linked := strings.Fields(string(out))
	if !slices.Contains(linked, "whystopped/events") {
		t.Fatalf("the function lacks the room events: %q", linked)
	}
	if slices.Contains(linked, "whystopped/events/reader") {
		t.Error("the function links events/reader")
	}
}

func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".") && first != "whystopped"
}
