package archive

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// MaxRecordBytes is the size of the largest encoded record. PutLogEvents takes 1,048,576 bytes at once and counts 26
// bytes for each event on top of its text
// (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html).
const MaxRecordBytes = 1_048_576 - 26

// ErrSkipped marks what a store yields for a line or an event that is not a record; reading goes on behind it. An error
// without it ends the reading.
var ErrSkipped = errors.New("skipped")

const ellipsis = "…"

// cutFirst are the fields that give way first when a record is too large, in this order; after them the longest text
// does.
var cutFirst = []string{"rawEvent", "containers", "stoppedReason", "culpritReason", "proof", "summary", "causes"}

// Encode returns the record as one line of JSON without a newline at its end and without HTML escapes. A line above
// MaxRecordBytes is brought down to it: texts are cut at the end of a character, beginning with rawEvent, and end with
// "…"; the fields that were cut are named in truncated.
func (r Record) Encode() ([]byte, error) {
	line, err := encodeJSON(&r)
	if err != nil {
		return nil, fmt.Errorf("encode the record %s: %w", r.DedupKey, err)
	}
	if len(line) <= MaxRecordBytes {
		return line, nil
	}
	for _, text := range r.longTexts() {
		if len(line) <= MaxRecordBytes {
			break
		}
		if !slices.Contains(strings.Split(r.Truncated, ","), text.name) {
			r.Truncated = strings.TrimPrefix(r.Truncated+","+text.name, ",")
		}
		line, err = encodeJSON(&r)
		if err != nil {
			return nil, fmt.Errorf("encode the record %s: %w", r.DedupKey, err)
		}
		text.value.SetString(cut(text.value.String(), encodedLen(text.value.String())-(len(line)-MaxRecordBytes)))
		line, err = encodeJSON(&r)
		if err != nil {
			return nil, fmt.Errorf("encode the record %s: %w", r.DedupKey, err)
		}
	}
	if len(line) > MaxRecordBytes {
		return nil, fmt.Errorf("encode the record %s: it must have at most %d bytes and has %d with every text cut",
			r.DedupKey, MaxRecordBytes, len(line))
	}
	return line, nil
}

// Decode reads a record that Encode wrote, also one of another schemaVersion: fields that are not known are left out.
func Decode(line []byte) (Record, error) {
	var r Record
	if err := json.Unmarshal(line, &r); err != nil {
		return Record{}, fmt.Errorf("not a record: %w", err)
	}
	if r.SchemaVersion == "" {
		return Record{}, errors.New("not a record: it has no schemaVersion")
	}
	return r, nil
}

type text struct {
	name  string // as in JSON
	value reflect.Value
}

// longTexts are the texts of r that are worth cutting, in the order in which they are cut.
func (r *Record) longTexts() []text {
	const worthCutting = 100 // bytes
	var texts []text
	for field, value := range r.fields() {
		name := jsonName(field)
		if value.Kind() == reflect.String && value.Len() > worthCutting && name != "truncated" {
			texts = append(texts, text{name, value})
		}
	}
	rank := func(t text) int {
		if i := slices.Index(cutFirst, t.name); i >= 0 {
			return i
		}
		return len(cutFirst)
	}
	slices.SortStableFunc(texts, func(a, b text) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(b.value.Len(), a.value.Len()))
	})
	return texts
}

// cut shortens s so that it takes at most size bytes of JSON with its ellipsis.
func cut(s string, size int) string {
	room := size - len(ellipsis)
	n := sort.Search(min(len(s), max(room, 0)), func(n int) bool { return encodedLen(s[:n+1]) > room })
	for n > 0 && n < len(s) && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + ellipsis
}

// encodedLen is the number of bytes that s takes between the quotes of a JSON string.
func encodedLen(s string) int {
	quoted, _ := encodeJSON(s) // a string can always be encoded
	return len(quoted) - len(`""`)
}

func encodeJSON(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}
