// Package memorytest holds what every table of memory promises, as one test.
package memorytest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/memory"
)

// Contract tests a table. Parts begin with the given text, so that a table may have other items.
func Contract(t *testing.T, table memory.Table, part string, now func() time.Time) {
	key := func(test string) memory.Key { return memory.Key{Part: part + test, Sort: "a"} }
	later := now().Add(time.Hour).Truncate(time.Second)
	write := func(t *testing.T, w memory.Write, happens bool) memory.Item {
		t.Helper()
		item, happened, err := table.Write(t.Context(), w)
		if err != nil || happened != happens {
			t.Fatalf("write %+v: happened %v, %v", w, happened, err)
		}
		return item
	}
	holds := func(t *testing.T, item memory.Item, want memory.Fields) {
		t.Helper()
		if diff := cmp.Diff(want, item.Fields); diff != "" {
			t.Errorf("fields (-want +got):\n%s", diff)
		}
	}
	whole := memory.Fields{"n": int64(1), "text": "one", "list": []string{"a"}, "none": []string{}}
	absent := memory.Where{Absent: true}

	t.Run("an item is made once", func(t *testing.T) {
		w := memory.Write{Key: key("once"), Where: absent, Set: whole, Expires: later}
		made := write(t, w, true)
		holds(t, made, whole)
		if made.Key != w.Key || !made.Expires.Equal(later) {
			t.Errorf("made %+v", made)
		}
		w.Set = memory.Fields{"n": int64(2)}
		holds(t, write(t, w, false), whole)
		items, err := table.Query(t.Context(), w.Key.Part)
		if diff := cmp.Diff([]memory.Item{made}, items); diff != "" || err != nil {
			t.Errorf("%v (-made +read):\n%s", err, diff)
		}
	})
	t.Run("a write without a condition replaces", func(t *testing.T) {
		write(t, memory.Write{Key: key("replaced"), Set: whole, Expires: later}, true)
		holds(t, write(t, memory.Write{Key: key("replaced"), Set: memory.Fields{"m": int64(2)}, Expires: later}, true),
			memory.Fields{"m": int64(2)})
	})
	t.Run("conditions", func(t *testing.T) {
		for i, test := range []struct {
			where   memory.Where
			happens bool
		}{
			{memory.Where{Equal: memory.Fields{"n": int64(1), "text": "one"}}, true},
			{memory.Where{Equal: memory.Fields{"n": int64(2)}}, false},
			{memory.Where{Equal: memory.Fields{"n": int64(1), "text": "two"}}, false},
			{memory.Where{Equal: memory.Fields{"other": "one"}}, false},
			{memory.Where{Lacks: map[string]string{"list": "b"}}, true},
			{memory.Where{Lacks: map[string]string{"list": "a"}}, false},
			{memory.Where{Lacks: map[string]string{"none": "a"}}, true},
			{memory.Where{Shorter: map[string]int{"list": 2}}, true},
			{memory.Where{Shorter: map[string]int{"list": 1}}, false},
			{memory.Where{Lacks: map[string]string{"other": "a"}}, true},
			{memory.Where{Shorter: map[string]int{"other": 1}}, false},
			{memory.Where{Equal: memory.Fields{"n": int64(1)}, Lacks: map[string]string{"list": "a"}}, false},
			{memory.Where{Equal: memory.Fields{"n": int64(1)}, Shorter: map[string]int{"list": 1}}, false},
		} {
			at := key(fmt.Sprint("condition", i))
			write(t, memory.Write{Key: at, Where: absent, Set: whole, Expires: later}, true)
			item := write(t, memory.Write{Key: at, Where: test.where, Set: memory.Fields{"text": "new"},
				Add:     map[string]int64{"n": 4, "m": 2},
				Append:  map[string][]string{"list": {"b", "c"}, "more": {"d"}},
				Expires: later.Add(time.Minute)}, test.happens)
			if !test.happens {
				holds(t, item, whole)
				continue
			}
			holds(t, item, memory.Fields{"n": int64(5), "m": int64(2), "text": "new", "more": []string{"d"},
				"list": []string{"a", "b", "c"}, "none": []string{}})
			if !item.Expires.Equal(later.Add(time.Minute)) {
				t.Errorf("expires %s", item.Expires)
			}
		}
		item := write(t, memory.Write{Key: key("nothing there"),
			Where: memory.Where{Equal: memory.Fields{"n": int64(0)}}, Set: whole, Expires: later}, false)
		if len(item.Fields) > 0 {
			t.Errorf("nothing is there, and it holds %+v", item)
		}
	})
	t.Run("what has expired is not there", func(t *testing.T) {
		write(t, memory.Write{Key: key("expired"), Set: whole, Expires: now().Truncate(time.Second)}, true)
		if items, err := table.Query(t.Context(), key("expired").Part); len(items) > 0 || err != nil {
			t.Errorf("read %+v, %v", items, err)
		}
		old := write(t, memory.Write{Key: key("expired"), Where: memory.Where{Equal: memory.Fields{"n": int64(1)}},
			Set: whole, Expires: later}, false)
		if len(old.Fields) > 0 {
			t.Errorf("it holds %+v", old)
		}
		holds(t, write(t, memory.Write{Key: key("expired"), Where: absent, Set: memory.Fields{"m": int64(1)},
			Expires: later}, true), memory.Fields{"m": int64(1)})
	})
	t.Run("a part is read whole and in order", func(t *testing.T) {
		for _, sort := range []string{"c", "a", "b"} {
			write(t, memory.Write{Key: memory.Key{Part: part + "whole", Sort: sort}, Set: whole, Expires: later}, true)
		}
		write(t, memory.Write{Key: memory.Key{Part: part + "whole2", Sort: "d"}, Set: whole, Expires: later}, true)
		items, err := table.Query(t.Context(), part+"whole")
		got := ""
		for _, item := range items {
			got += item.Key.Sort
		}
		if got != "abc" || err != nil {
			t.Errorf("read %q, %v", got, err)
		}
	})
	t.Run("of many writers at once one makes the item, and all are counted", func(t *testing.T) {
		const writers = 20
		var group sync.WaitGroup
		var mu sync.Mutex
		made, seen := 0, map[int64]bool{}
		for i := range writers {
			group.Go(func() {
				_, first, err := table.Write(t.Context(), memory.Write{Key: key("many"), Where: absent,
					Set: memory.Fields{"n": int64(0), "list": []string{}}, Expires: later})
				if err != nil {
					t.Error(err)
				}
				name := fmt.Sprint("writer", i)
				item, happened, err := table.Write(t.Context(), memory.Write{Key: key("many"),
					Where: memory.Where{Lacks: map[string]string{"list": name}}, Add: map[string]int64{"n": 1},
					Append: map[string][]string{"list": {name}}, Expires: later})
				if err != nil || !happened {
					t.Errorf("count: %v, %v", happened, err)
				}
				mu.Lock()
				defer mu.Unlock()
				if first {
					made++
				}
				seen[item.Fields.Number("n")] = true
			})
		}
		group.Wait()
		if made != 1 || len(seen) != writers {
			t.Errorf("made %d times, and %d counts were seen", made, len(seen))
		}
	})
}
