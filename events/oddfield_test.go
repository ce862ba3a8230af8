package events_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"whystopped/events"
)

// TestAnOddMemberCostsItself puts a value of another JSON type in the place of each member of every sample: what is
// read is what is read without that member.
func TestAnOddMemberCostsItself(t *testing.T) {
	files, _ := filepath.Glob("samples/*.json")
	tried, read := 0, 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var document any
		if json.Unmarshal(raw, &document) != nil {
			continue // several documents
		}
		odd(document, func(path string, put func(any), remove func()) {
			remove()
			want, _ := events.Parse(encoded(t, document))
			for _, value := range []any{true, map[string]any{}, []any{7}, "x"} {
				put(value)
				got, _ := events.Parse(encoded(t, document))
				tried, read = tried+1, read+len(got)
				if reflect.DeepEqual(plain(want), plain(got)) {
					continue
				}
				if len(got) == 0 && (path == "TaskArn" || path == "task.taskArn") {
					continue // nothing else says what stopped
				}
				t.Errorf("%s: %s is %v (-left out +odd):\n%s", file, path, value,
					cmp.Diff(want, got, cmpopts.IgnoreUnexported(events.Stop{})))
			}
		})
	}
	if tried < 10_000 || read < tried*3/4 {
		t.Errorf("%d stops of %d documents", read, tried)
	}
}

// plain returns stops without what they were read from.
func plain(stops []events.Stop) []events.Stop {
	for i := range stops {
		stops[i].Raw = nil
	}
	return stops
}

// odd calls try for each member and element below v, with functions that put another value in its place and that take
// it out; behind try it is what it was. A value of a type that the member may have is not put.
func odd(v any, try func(path string, put func(any), remove func())) {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			was := v[key]
			remove := func() { delete(v, key) }
			put := func(value any) {
				if v[key] = value; mayBe(was, value) {
					remove()
				}
			}
			try(key, put, remove)
			v[key] = was
			odd(was, func(path string, put func(any), remove func()) { try(key+"."+path, put, remove) })
		}
	case []any:
		for i, element := range v {
			odd(element, func(path string, put func(any), remove func()) { try(strconv.Itoa(i)+"."+path, put, remove) })
		}
	}
}

// mayBe reports whether a member that was one value may be another one of the same type.
func mayBe(was, value any) bool {
	switch was.(type) {
	case nil:
		return true
	case string:
		_, same := value.(string)
		return same
	case bool:
		_, same := value.(bool)
		return same
	case []any:
		_, same := value.([]any)
		return same
	case map[string]any:
		_, same := value.(map[string]any)
		return same
	}
	return false
}

func encoded(t *testing.T, document any) []byte {
	t.Helper()
	raw, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestAnOddElementCostsItself: what is no object is no container, attachment, attribute or detail.
func TestAnOddElementCostsItself(t *testing.T) {
	const with = `{"taskArn":"arn:aws:ecs:eu-north-1:1:task/stage/1","lastStatus":"STOPPED",
		"containers":[ODD{"name":"api","exitCode":3}],"attributes":[ODD{"name":"a","value":"b"}],
		"attachments":[ODD{"id":"1","type":"eni","details":[ODD{"name":"subnetId","value":"subnet-1"}]}]}`
	parsed := func(odd string) events.Stop {
		stops, err := events.Parse([]byte(strings.ReplaceAll(with, "ODD", odd)))
		if err != nil || len(stops) != 1 {
			t.Fatalf("%s: %d stops, %v", odd, len(stops), err)
		}
		stops[0].Raw = nil
		return stops[0]
	}
	want := parsed("")
	for _, element := range []string{"7", `"x"`, "true", "null", "[{}]", "{}"} {
		if diff := cmp.Diff(want, parsed(element+","), cmpopts.IgnoreUnexported(events.Stop{})); diff != "" {
			t.Errorf("%s (-without +with):\n%s", element, diff)
		}
	}
}

// TestANumberInAnotherFormIsThatNumber: a plain meaning is taken where it is certain, and nothing is guessed.
func TestANumberInAnotherFormIsThatNumber(t *testing.T) {
	for text, want := range map[string]*int64{
		`137`:           pointer(137),
		`"137"`:         pointer(137),
		`137.0`:         pointer(137),
		`"137.0"`:       pointer(137),
		`1.37e2`:        pointer(137),
		`-1`:            pointer(-1),
		`"x"`:           nil,
		`""`:            nil,
		`1.5`:           nil,
		`1e400`:         nil,
		`1e300`:         nil,
		`"NaN"`:         nil,
		`"-Inf"`:        nil,
		`[137]`:         nil,
		`{"value":137}`: nil,
		`true`:          nil,
		`null`:          nil,
	} {
		stops, err := events.Parse([]byte(`{"taskArn":"arn:aws:ecs:eu-north-1:1:task/stage/1","lastStatus":"STOPPED",` +
			`"version":` +
			text + `,"cpu":` + text + `,"containers":[{"name":"api","exitCode":` + text + `}]}`))
		if err != nil || len(stops) != 1 {
			t.Fatalf("%s: %d stops, %v", text, len(stops), err)
		}
		s := stops[0]
		if got := []*int64{s.Version, s.CPU, s.Containers[0].ExitCode}; !cmp.Equal(got, []*int64{want, want, want}) {
			t.Errorf("%s: %s", text, encoded(t, got))
		}
	}
}

// TestADateThatNoReaderTakesIsNone: what is read of an event can be written and read again everywhere.
func TestADateThatNoReaderTakesIsNone(t *testing.T) {
	for text, want := range map[string]string{
		`"2026-05-04T03:05:00Z"`:      "2026-05-04T03:05:00Z",
		`1777863900`:                  "2026-05-04T03:05:00Z",
		`"9999-12-31T23:59:59Z"`:      "9999-12-31T23:59:59Z",
		`99999999999`:                 "5138-11-16T09:46:39Z",
		`"9999-12-31T23:59:59-01:00"`: "",
		`"0000-05-04T03:05:00Z"`:      "",
		`"0001-01-01T00:00:00+01:00"`: "",
		`"-0001-05-04T03:05:00Z"`:     "",
		`"12026-05-04T03:05:00Z"`:     "",
		`1e300`:                       "",
		`-5`:                          "",
		`"-5"`:                        "",
		`0`:                           "",
		`"NaN"`:                       "",
		`"Inf"`:                       "",
		`"2026-02-30T00:00:00Z"`:      "",
		`"yesterday"`:                 "",
		`true`:                        "",
		`{}`:                          "",
		`[1777863900]`:                "",
	} {
		stops, err := events.Parse([]byte(`{"taskArn":"arn:aws:ecs:eu-north-1:1:task/stage/1","lastStatus":"STOPPED",` +
			`"stoppedAt":` +
			text + `}`))
		if err != nil || len(stops) != 1 {
			t.Fatalf("%s: %d stops, %v", text, len(stops), err)
		}
		got := ""
		if at := stops[0].StoppedAt; !at.IsZero() {
			got = at.Format("2006-01-02T15:04:05.999999999Z07:00")
		}
		if got != want {
			t.Errorf("%s is %q, want %q", text, got, want)
		}
	}
}
