package lastwords

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestEachSignIsReadOfItsExample(t *testing.T) {
	for i := range Signs {
		s := &Signs[i]
		got, found := Read(strings.Split(s.Example, "\n"))
		if !found || got.Sign != s {
			t.Errorf("%s: its example is read as %s", s.ID, idOf(got.Sign))
			continue
		}
		for name, want := range s.Names {
			if got.Names[name] != want {
				t.Errorf("%s: %s is %q, want %q", s.ID, name, got.Names[name], want)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(got.Names)) {
			if got.Names[name] != "" && s.Names[name] == "" {
				t.Errorf("%s: its example also names %s: %q", s.ID, name, got.Names[name])
			}
		}
		if folded := strings.ToLower(strings.Join(s.Has, "")); folded != strings.Join(s.Has, "") {
			t.Errorf("%s: words that a line has must be in lower case", s.ID)
		}
	}
}

func TestEachFormIsReadOfItsExample(t *testing.T) {
	for i := range Forms {
		f := &Forms[i]
		got, found := Read(strings.Split(f.Example, "\n"))
		if !found || got.Form != f || got.Says != f.Tells {
			t.Errorf("%s: its example is read as %+v: %q, want %q", f.ID, got.Form, got.Says, f.Tells)
		}
	}
}

func idOf(s *Sign) string {
	if s == nil {
		return ""
	}
	return s.ID
}

// right reports whether a tail is read as it has to be, and how it was read.
func (c tail) right() (bool, Told) {
	got, found := Read(strings.Split(c.log, "\n"))
	ok := found && strings.Contains(got.Says, c.says) && idOf(got.Sign) == c.sign
	for name, want := range c.names {
		ok = ok && got.Names[name] == want
	}
	return ok, got
}

func TestTails(t *testing.T) {
	for _, c := range tails {
		if ok, got := c.right(); !ok {
			t.Errorf("%s: %q, %q %v\n\twant %q, %q %v", c.name, got.Says, idOf(got.Sign), got.Names, c.says, c.sign,
				c.names)
		}
	}
}
