package archive

import (
	"bytes"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"whystopped/archive/redact"
)

// fullRecord has a value in every field; text makes the value of a string field from its Go name.
func fullRecord(t testing.TB, text func(field string) string) Record {
	t.Helper()
	var r Record
	for field, value := range r.fields() {
		switch p := value.Addr().Interface().(type) {
		case *Time:
			p.Time = time.Date(2026, 3, 1, 10, 5, 0, 123_000_000, time.UTC)
		case **int64:
			*p = new(int64)
			**p = math.MaxInt64
		case **float64:
			*p = new(float64)
			**p = 0.125
		case *int:
			*p = 7
		default:
			if value.Kind() != reflect.String {
				t.Fatalf("the field %s has the type %s, which this test does not know", field.Name, field.Type)
			}
			value.SetString(text(field.Name))
		}
	}
	return r
}

// TestEveryTextIsRedacted: a field that a record gets is looked at, also a fact.
func TestEveryTextIsRedacted(t *testing.T) {
	r := fullRecord(t, func(string) string { return "password=hunter2" })
	r.redact()
	for field, value := range r.fields() {
		if value.Kind() == reflect.String && field.Name != "Causes" && value.String() != "password="+redact.Mask {
			t.Errorf("%s holds %q", field.Name, value)
		}
	}
}

func TestEncodeThenDecodeGivesTheSameRecord(t *testing.T) {
	for name, want := range map[string]Record{
		"every field": fullRecord(t, func(field string) string { return field + " <a href=\"x\">&\\\n\u2028 é 日本 𝄞" }),
		"few fields": {
			SchemaVersion:   SchemaVersion,
			DedupKey:        "4f1c22",
			Verdict:         "failure",
			CulpritExitCode: new(int64),
		},
	} {
		t.Run(name, func(t *testing.T) {
			line, err := want.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if bytes.ContainsAny(line, "\n\r") {
				t.Errorf("the record takes more than one line: %q", line)
			}
			got, err := Decode(line)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("read is not what was written (-written +read):\n%s", diff)
			}
		})
	}
}

func TestEncodeWritesNoHTMLEscapes(t *testing.T) {
	line, err := Record{SchemaVersion: "1", StoppedReason: "a <b> && c"}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if want := `"stoppedReason":"a <b> && c"`; !bytes.Contains(line, []byte(want)) {
		t.Errorf("%s does not contain %s", line, want)
	}
}

func TestEncodeCutsToTheLimit(t *testing.T) {
	const mega = 1 << 20
	tests := []struct {
		name      string
		record    Record
		truncated string
	}{
		{"raw event, ASCII", Record{RawEvent: strings.Repeat("x", 2*mega)}, "rawEvent"},
		{"raw event, two bytes a character", Record{RawEvent: strings.Repeat("é", mega)}, "rawEvent"},
		{"raw event, three bytes a character", Record{RawEvent: "x" + strings.Repeat("日", mega)}, "rawEvent"},
		{"raw event, four bytes a character", Record{RawEvent: "xy" + strings.Repeat("𝄞", mega)}, "rawEvent"},
		{"raw event, doubled by escaping", Record{RawEvent: strings.Repeat(`{"a":"b"}`, mega/9)}, "rawEvent"},
		{"raw event, not UTF-8", Record{RawEvent: strings.Repeat("\xff\xfe", mega)}, "rawEvent"},
		{
			"the raw event gives way to the rest",
			Record{RawEvent: strings.Repeat("r", mega/2), StoppedReason: strings.Repeat("s", mega*3/4)},
			"rawEvent",
		},
		{
			"containers",
			Record{RawEvent: strings.Repeat("r", mega), Containers: strings.Repeat("app=137; ", mega)},
			"rawEvent,containers",
		},
		{
			"reasons",
			Record{StoppedReason: strings.Repeat("ü", mega), CulpritReason: strings.Repeat("ü", mega)},
			"stoppedReason,culpritReason",
		},
		{
			"proof, summary, causes",
			Record{
				Proof:   strings.Repeat("p", mega),
				Summary: strings.Repeat("s", mega),
				Causes:  strings.Repeat("c", mega),
			},
			"proof,summary,causes",
		},
		{
			"a text that nobody expects to be long",
			Record{Group: strings.Repeat("g", 2*mega), StoppedReason: "short"},
			"group",
		},
		{
			"another text already cut",
			Record{Truncated: "logTail", RawEvent: strings.Repeat("x", 2*mega)},
			"logTail,rawEvent",
		},
		{"the same text already cut", Record{Truncated: "rawEvent", RawEvent: strings.Repeat("x", 2*mega)}, "rawEvent"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.record.SchemaVersion = SchemaVersion
			before := test.record
			line, err := test.record.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if len(line) > MaxRecordBytes || len(line) < MaxRecordBytes-32 {
				t.Errorf("%d bytes; want as much of the limit %d used as whole characters allow", len(line),
					MaxRecordBytes)
			}
			if !utf8.Valid(line) {
				t.Error("not UTF-8: a character was cut in two")
			}
			got, err := Decode(line)
			if err != nil {
				t.Fatal(err)
			}
			if got.Truncated != test.truncated {
				t.Errorf("truncated is %q, want %q", got.Truncated, test.truncated)
			}
			if diff := cmp.Diff(before, test.record); diff != "" {
				t.Errorf("Encode changed its record:\n%s", diff)
			}
			original := reflect.ValueOf(before)
			for field, value := range got.fields() {
				name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
				if !slices.Contains(strings.Split(test.truncated, ","), name) || name == "logTail" {
					continue
				}
				kept, cut := strings.CutSuffix(value.String(), "…")
				whole := strings.ToValidUTF8(original.FieldByIndex(field.Index).String(), "\uFFFD")
				if test.name == "raw event, not UTF-8" {
					whole = strings.Repeat("\uFFFD", 2*mega)
				}
				if !cut || !strings.HasPrefix(whole, kept) {
					t.Errorf("%s is not the beginning of what it was with … at its end: %.60q", name, value.String())
				}
			}
		})
	}
}

func TestEncodeFitsWhateverIsTooLong(t *testing.T) {
	long := strings.Repeat("\x01é", 20_000) // 160,000 bytes of JSON in each field
	r := fullRecord(t, func(field string) string {
		if field == "Truncated" {
			return ""
		}
		return long
	})
	line, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if len(line) > MaxRecordBytes {
		t.Errorf("%d bytes, more than %d", len(line), MaxRecordBytes)
	}
	if got, err := Decode(line); err != nil ||
		!strings.HasPrefix(got.Truncated, "rawEvent,containers,stoppedReason,culpritReason,proof,summary,causes,") {
		t.Errorf("truncated is %q, error %v", got.Truncated, err)
	}
}

func TestEncodeRefusesWhatJSONCannotHold(t *testing.T) {
	infinite := math.Inf(1)
	if _, err := (Record{DedupKey: "4f1c22", RunSeconds: &infinite}).Encode(); err == nil ||
		!strings.Contains(err.Error(), "4f1c22") {
		t.Errorf("error %v; want one that names the record", err)
	}
}

func TestDecode(t *testing.T) {
	at := func(hour, nanosecond int) Time { return Time{time.Date(2026, 3, 1, hour, 5, 0, nanosecond, time.UTC)} }
	tests := []struct {
		line string
		want Record
		err  string
	}{
		{line: `{"schemaVersion":"1","dedupKey":"a"}`, want: Record{SchemaVersion: "1", DedupKey: "a"}},
		{
			line: `{"schemaVersion":"7","dedupKey":"a","invented":[{"by":"a later version"}]}`,
			want: Record{SchemaVersion: "7", DedupKey: "a"},
		},
		{
			line: `{"schemaVersion":"1","stoppedAt":"2026-03-01T10:05:00Z"}`,
			want: Record{SchemaVersion: "1", StoppedAt: at(10, 0)},
		},
		{
			line: `{"schemaVersion":"1","stoppedAt":"2026-03-01T10:05:00.5Z"}`,
			want: Record{SchemaVersion: "1", StoppedAt: at(10, 500_000_000)},
		},
		{
			line: `{"schemaVersion":"1","stoppedAt":"2026-03-01T12:05:00.123456789+02:00"}`,
			want: Record{SchemaVersion: "1", StoppedAt: at(10, 123_456_789)},
		},
		{line: `{"schemaVersion":"1","stoppedAt":"yesterday"}`, err: "yesterday"},
		{line: `{"schemaVersion":"1","dedup`, err: "unexpected end of JSON input"},
		{line: `{}`, err: "no schemaVersion"},
		{line: `null`, err: "no schemaVersion"},
		{line: `[]`, err: "cannot unmarshal array"},
		{line: "\x00\x01\x02", err: "invalid character"},
		{line: ``, err: "unexpected end of JSON input"},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%.60q", test.line), func(t *testing.T) {
			got, err := Decode([]byte(test.line))
			if test.err == "" && err != nil ||
				test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
				t.Fatalf("error %v, want %q", err, test.err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
