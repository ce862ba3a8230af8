package events_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"whystopped/events"
)

// matchPair is a line of testdata/conformance.jsonl: a pattern, an event and what EventBridge makes of the two.
type matchPair struct {
	ID      string          `json:"id"`
	Pattern json.RawMessage `json:"pattern"`
	Event   json.RawMessage `json:"event"`
	Matches string          `json:"matches"` // "true", "false" or "refused"
}

// readLines reads a file of testdata with one JSON document a line.
func readLines[T any](tb testing.TB, name string) []T {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	var rows []T
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, len(text)+1)
	for lines.Scan() {
		var row T
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			tb.Fatalf("%s line %d: %v", name, len(rows)+1, err)
		}
		rows = append(rows, row)
	}
	if err := lines.Err(); err != nil {
		tb.Fatal(err)
	}
	if len(rows) == 0 {
		tb.Fatalf("%s is empty", name)
	}
	return rows
}

func compile(tb testing.TB, pattern string) *events.Pattern {
	tb.Helper()
	p, err := events.CompilePattern([]byte(pattern))
	if err != nil {
		tb.Fatalf("CompilePattern(%s): %v", pattern, err)
	}
	return p
}

func match(tb testing.TB, p *events.Pattern, event string) bool {
	tb.Helper()
	matched, err := p.Match([]byte(event))
	if err != nil {
		tb.Fatalf("Match(%s): %v", event, err)
	}
	return matched
}

func TestMatchAsEventBridge(t *testing.T) {
	for _, pair := range readLines[matchPair](t, "conformance.jsonl") {
		t.Run(pair.ID, func(t *testing.T) {
			p, err := events.CompilePattern(pair.Pattern)
			if pair.Matches == "refused" {
				if err == nil {
					t.Fatalf("%s is accepted, want it refused", pair.Pattern)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(match(t, p, string(pair.Event))); got != pair.Matches {
				t.Errorf("pattern %s\nevent   %s\ngot %s, want %s", pair.Pattern, pair.Event, got, pair.Matches)
			}
		})
	}
}

func TestCompilePatternNamesThePlace(t *testing.T) {
	for _, test := range []struct {
		pattern string
		want    string
	}{
		{``, "event pattern is not JSON: unexpected end"},
		{`{"source":["aws.ecs"]`, "event pattern is not JSON: unexpected end"},
		{`{"source":["aws.ecs"]} x`, "event pattern is not JSON: invalid character 'x'"},
		{`["aws.ecs"]`, "event pattern is not a JSON object"},
		{`null`, "event pattern is not a JSON object"},
		{`{}`, "event pattern: top level: is an empty object"},
		{`{"source":"aws.ecs"}`, `event pattern: source: "aws.ecs" must be an object or an array`},
		{`{"detail":{"containers":{"exitCode":[]}}}`, "event pattern: detail.containers.exitCode: is an empty array"},
		{`{"detail":{"group":[{"startsWith":"x"}]}}`, `event pattern: detail.group: "startsWith" is not an operator`},
		{`{"detail":{"$or":[{"a":[1]},{"b":[{"wildcard":"**"}]}]}}`, "event pattern: detail.$or[1].b: wildcard"},
		{
			`{"detail":{"$or":[{"a":[1]},{"$or":[{"b":[1]},{"c":{"d":[[]]}}]}]}}`,
			"event pattern: detail.$or[1].$or[1].c.d: []",
		},
		{`{"$or":[{"a":[1]},{"b":1}]}`, "event pattern: $or[1].b: 1 must be"},
		{`{"$or":[{"a":[1]}]}`, "event pattern: $or: must be an array of at least two"},
		{`{"detail":{"$or":7}}`, "event pattern: detail.$or: must be an array"},
		{`{"detail":{"$or":[{"a":[1]},{"b":[1]}],"a":[2]}}`, "event pattern: detail.a: the path detail.a stands twice"},
		{`{"source":["a"],"source":["b"]}`, "event pattern: source: the path source stands twice"},
		{`{"detail":{"a":[1]},"detail":{"a":[2]}}`, "event pattern: detail.a: the path detail.a stands twice"},
		{
			`{"n":[{"numeric":[">",5e12]}]}`,
			"event pattern: n: 5e12 cannot be compared: EventBridge takes numbers from -5e+11 to 5e+11 with at most " +
				"six decimals",
		},
	} {
		p, err := events.CompilePattern([]byte(test.pattern))
		if err == nil || p != nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("CompilePattern(%s)\n got %v, %v\nwant %s", test.pattern, p, err, test.want)
		}
	}
}

func TestCompilePatternLimits(t *testing.T) {
	padded := func(length int) string { // counted in characters, not bytes
		const frame = `{"source":[""]}`
		return strings.Replace(frame, `""`, `"`+strings.Repeat("é", length-len(frame))+`"`, 1)
	}
	compile(t, padded(2048))
	if _, err := events.CompilePattern([]byte(padded(2049))); err == nil ||
		!strings.Contains(err.Error(), "2049 characters") {
		t.Errorf("2049 characters: got %v, want an error with the number", err)
	}

	or := func(name string, branches int) string {
		var list []string
		for i := range branches {
			list = append(list, fmt.Sprintf(`{"%s%d":[1]}`, name, i))
		}
		return `"$or":[` + strings.Join(list, ",") + `]`
	}
	most := `{` + or("a", 10) + `,"d":{` + or("b", 10) + `,"e":{` + or("c", 10) + `}}}`
	if !match(t, compile(t, most), `{"a9":1,"d":{"b0":1,"e":{"c5":1}}}`) {
		t.Error("1,000 combinations: no match")
	}
	for _, pattern := range []string{
		`{` + or("a", 10) + `,"d":{` + or("b", 10) + `,"e":{` + or("c", 11) + `}}}`,
		`{` + or("a", 40) + `,"d":{` + or("b", 40) + `}}`,
	} {
		if _, err := events.CompilePattern([]byte(pattern)); err == nil ||
			!strings.Contains(err.Error(), "more than 1000 combinations") {
			t.Errorf("more than 1,000 combinations: got %v, want an error that says so", err)
		}
	}
}

func TestMatchNumbersByValue(t *testing.T) {
	p := compile(t, `{"n":[3.018e2,{"numeric":["=",-1E1]}]}`)
	for event, want := range map[string]bool{
		`{"n":301.8}`:        true,
		`{"n":301.80}`:       true,
		`{"n":0.3018e3}`:     true,
		`{"n":-10}`:          true,
		`{"n":-1.0e+1}`:      true,
		`{"n":"301.8"}`:      false,
		`{"n":302}`:          false,
		`{"n":10}`:           false,
		`{"n":1e999}`:        false,
		`{"n":1e-999999999}`: false,
	} {
		if got := match(t, p, event); got != want {
			t.Errorf("%s: got %v, want %v", event, got, want)
		}
	}
}

func TestMatchFailsOnlyForWhatIsNotJSON(t *testing.T) {
	p := compile(t, `{"source":[{"exists":false}]}`)
	for _, event := range []string{``, ` `, `{`, `{"a":}`, `{"a":1}}`, `{} {}`, `nonsense`} {
		if matched, err := p.Match([]byte(event)); err == nil || matched ||
			!strings.HasPrefix(err.Error(), "event is not JSON") {
			t.Errorf("Match(%q): got %v, %v, want an error", event, matched, err)
		}
	}
	for event, want := range map[string]bool{
		" {}\n":         true,
		`{"detail":{}}`: true,
		`[]`:            false,
		`"x"`:           false,
		`null`:          false,
		`1`:             false,
	} {
		if got := match(t, p, event); got != want {
			t.Errorf("Match(%q): got %v, want %v", event, got, want)
		}
	}
}

// Arrays that have nothing to do with each other must not multiply the ways to match.
func TestMatchManyArrays(t *testing.T) {
	var fields, arrays []string
	for i := range 8 {
		fields = append(fields, fmt.Sprintf(`"a%d":{"n":["x"]}`, i))
		arrays = append(arrays, fmt.Sprintf(`"a%d":[%s{"n":"y"}]`, i, strings.Repeat(`{"n":"x","v":0},`, 200)))
	}
	fields[7] = `"a7":{"n":["x"],"v":[1]}`
	p := compile(t, `{`+strings.Join(fields, ",")+`}`)
	start := time.Now()
	if match(t, p, `{`+strings.Join(arrays, ",")+`}`) {
		t.Error("matched, want no match: no element of a7 has v 1")
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

func FuzzMatch(f *testing.F) {
	for _, pair := range readLines[matchPair](f, "conformance.jsonl") {
		f.Add([]byte(pair.Pattern), []byte(pair.Event))
	}
	all, err := events.CapturePattern(events.Options{})
	if err != nil {
		f.Fatal(err)
	}
	for _, shape := range readLines[shape](f, "shapes.jsonl") {
		f.Add(all, []byte(shape.Event))
	}
	f.Add([]byte(`{"a":[{"wildcard":"*\\"}]}`), []byte(`{"a":[[[{"a":1}]]],"a":{"":1}}`))
	f.Add([]byte(`{"":{"":[null]}}`), []byte(`{"":[{"":null}]}`))
	f.Fuzz(func(t *testing.T, pattern, event []byte) {
		p, err := events.CompilePattern(pattern)
		if err != nil {
			if p != nil {
				t.Errorf("CompilePattern(%q) gives both a pattern and %v", pattern, err)
			}
			return
		}
		first, err := p.Match(event)
		if (err == nil) != json.Valid(event) {
			t.Fatalf("Match(%q): error %v, but JSON is valid: %v", event, err, json.Valid(event))
		}
		if second, _ := p.Match(event); second != first {
			t.Errorf("Match(%q) gives %v, then %v", event, first, second)
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	text, err := events.CapturePattern(events.Options{})
	if err != nil {
		b.Fatal(err)
	}
	p := compile(b, string(text))
	event := readLines[shape](b, "shapes.jsonl")[0].Event
	b.SetBytes(int64(len(event)))
	for b.Loop() {
		if matched, err := p.Match(event); err != nil || !matched {
			b.Fatal(matched, err)
		}
	}
}
