package archive

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzFieldsReadAsDecodeDoes holds the reader of some fields to the whole one: what one refuses the other does, and
// each field has the same value.
func FuzzFieldsReadAsDecodeDoes(f *testing.F) {
	kept, err := os.ReadFile("testdata/schema-0.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	line, err := json.Marshal(Record{SchemaVersion: "1", DedupKey: "a\"\\\u00e9\x00", RawEvent: `{"a":"\""}`,
		RunSeconds: new(float64), Revision: new(int64), SourceRank: 2})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{string(line), string(kept[:200]), `{"schemaVersion":"1","cluster":null}`,
		`{"schemaVersion":"1","x":{"y":[1]},"cluster":"a"}`, `{"schemaVersion":"1","cluster":"a\u00e9\ud800"} `,
		`{"schemaVersion":"1","cpu":"1"}`, `{"schemaVersion":"1","classifierVersion":1.5}`, `{}`, `{"schemaVersion":"1",}`,
		"{\"schemaVersion\":\"1\",\"cluster\":\"\xff\"}", `{"schemaVersion":"1","stoppedAt":"2026"}`, `{"schemaVersion":1}`,
		`{"schemaVersion":"1","cluster":"a" "b"}`, `{"schemaVersion":"1","cluster":"a\x"}`, "{\"schemaVersion\":\"1\n\"}"} {
		f.Add([]byte(seed))
	}
	all, some := FieldsBut(), FieldsNamed("cluster", "stoppedAt", "runSeconds")
	f.Fuzz(func(t *testing.T, line []byte) {
		want, errWant := Decode(line)
		got, err := all.Decode(line)
		if foldsNames(line) {
			return
		}
		if (err == nil) != (errWant == nil) {
			t.Fatalf("%q: error %v, want %v", line, err, errWant)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q (-want +got):\n%s", line, diff)
		}
		if errWant != nil {
			return
		}
		few, err := some.Decode(line)
		if err != nil || few.Cluster != want.Cluster || !cmp.Equal(few.RunSeconds, want.RunSeconds) ||
			!few.StoppedAt.Equal(want.StoppedAt.Time) {
			t.Fatalf("%q: %v, %+v", line, err, few)
		}
	})
}

// foldsNames reports whether a line has a name that is a field's but for its case, which json.Unmarshal takes for it
// and which no record was ever written with, or the name of one twice.
func foldsNames(line []byte) bool {
	names := map[string]bool{}
	folded := false
	members(line, func(name, _ []byte) bool {
		folded = folded || names[string(name)] || !known(string(name))
		names[string(name)] = true
		return true
	})
	return folded
}

func known(name string) bool { _, ok := FieldsBut().byName[name]; return ok }
