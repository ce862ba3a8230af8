package cwlogs

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/archive"
	"whystopped/archive/directory"
)

// TestWhatIsWrittenIsRead writes records of all fields with hostile texts, numbers and dates, below and above what
// CloudWatch Logs takes, to both kinds of archive: each is read again as it was, but for what it says was cut.
func TestWhatIsWrittenIsRead(t *testing.T) {
	const count = 200
	store, _ := newStore(t, 0)
	dir := t.TempDir()
	onDisk, err := directory.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(15, 30))
	written := map[string]archive.Record{}
	var records []archive.Record
	for i := range count {
		r := anyRecord(t, random, i)
		written[r.DedupKey] = r
		records = append(records, r)
		if err := onDisk.Put(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if err := onDisk.Close(); err != nil {
		t.Fatal(err)
	}
	for len(records) > 0 {
		n := min(len(records), 1+random.IntN(40))
		if err := store.PutAll(t.Context(), records[:n]); err != nil {
			t.Fatal(err)
		}
		records = records[n:]
	}

	for name, all := range map[string]func(func(archive.Record, error) bool){
		"directory": directory.Read(dir).Records(archive.Filter{}),
		"log group": store.Read(t.Context(), Query{}),
	} {
		read, cut := 0, 0
		for r, err := range all {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			read++
			want := written[r.DedupKey]
			if r.Truncated != want.Truncated {
				cut++
			}
			if want = asWritten(t, want, r); !reflect.DeepEqual(want, r) {
				t.Errorf("%s: record %s (-written +read):\n%.2000s", name, r.DedupKey, cmp.Diff(want, r))
			}
		}
		if read != count || cut < count/20 || cut > count/2 {
			t.Errorf("%s: %d of %d records read, %d of them cut", name, read, count, cut)
		}
	}
}

// anyRecord is a record with something in most fields.
func anyRecord(t *testing.T, random *rand.Rand, number int) archive.Record {
	t.Helper()
	var r archive.Record
	for _, field := range reflect.VisibleFields(reflect.TypeFor[archive.Record]()) {
		if field.Anonymous || random.IntN(4) == 0 {
			continue
		}
		value := reflect.ValueOf(&r).Elem().FieldByIndex(field.Index)
		switch p := value.Addr().Interface().(type) {
		case *archive.Time:
			p.Time = anyTime(random)
		case **int64:
			*p = new([]int64{0, 1, -1, 137, math.MinInt64, math.MaxInt64}[random.IntN(6)])
		case **float64:
			*p = new([]float64{0, -1, 0.001, 1e-300, math.MaxFloat64, math.SmallestNonzeroFloat64}[random.IntN(6)])
		case *int:
			*p = []int{0, 1, -1, math.MinInt, math.MaxInt}[random.IntN(5)]
		default:
			if value.Kind() != reflect.String {
				t.Fatalf("%s has the type %s, which this test does not know", field.Name, field.Type)
			}
			value.SetString(anyText(random, random.IntN(60)))
		}
	}
	r.SchemaVersion, r.DedupKey, r.Truncated = archive.SchemaVersion, strconv.Itoa(number), ""
	if random.IntN(8) == 0 { // up to three times what fits
		for _, long := range []*string{&r.RawEvent, &r.Containers, &r.StoppedReason, &r.LogTail, &r.Group, &r.Service} {
			if random.IntN(2) == 0 {
				*long = anyText(random, random.IntN(archive.MaxRecordBytes))
			}
		}
	}
	return r
}

// anyText makes a text of about so many bytes.
func anyText(random *rand.Rand, size int) string {
	pieces := []string{
		"web", " ", "é", "日本", "𝄞", `"`, `\`, `\u0000`, "\n", "\r\n", "\t", "\x00", "\x1b[2J", "\x7f", "\u0085",
		"\u2028", "\u202e", "\ufeff", "\ufffd", "\ufffe", "\xff", "\xe3\x81", "\xed\xa0\x80", "<b>&", `{"a":[1]}`,
		"…", ":*/", "%s", "null",
	}
	var text strings.Builder
	for text.Len() < size {
		piece := pieces[random.IntN(len(pieces))]
		text.WriteString(strings.Repeat(piece, 1+random.IntN(1+size/50)))
	}
	return text.String()
}

// anyTime is a moment of any year that a time.Time may have, mostly one that happens.
func anyTime(random *rand.Rand) time.Time {
	zone := time.FixedZone("", random.IntN(24*3600)-12*3600)
	edges := []time.Time{
		{}, time.Unix(0, 0), time.Unix(-1, 999_999_999), time.Unix(math.MaxInt64, 0), time.Unix(math.MinInt64, 0),
		time.UnixMilli(math.MaxInt64), time.Date(0, 1, 1, 0, 0, 0, 0, zone), time.Date(1, 1, 1, 0, 0, 0, 1, zone),
		time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, zone), time.Date(10000, 1, 1, 0, 0, 0, 0, zone),
		time.Date(-5, 6, 7, 8, 9, 10, 11, zone), time.Date(292_277_026_596, 1, 1, 0, 0, 0, 0, zone),
	}
	if random.IntN(3) == 0 {
		return edges[random.IntN(len(edges))]
	}
	return now.Add(time.Duration(random.Int64N(int64(200*24*time.Hour))) - 100*24*time.Hour).In(zone)
}

// asWritten is r as it must be read again: times in milliseconds, and none that RFC 3339 cannot hold; bytes that are
// not UTF-8 replaced; of a text that the record which was read names as cut, the beginning that it has.
func asWritten(t *testing.T, r, read archive.Record) archive.Record {
	t.Helper()
	was := reflect.ValueOf(&r).Elem()
	is := reflect.ValueOf(read)
	for _, field := range reflect.VisibleFields(was.Type()) {
		value := was.FieldByIndex(field.Index)
		switch p := value.Addr().Interface().(type) {
		case *archive.Time:
			p.Time = p.UTC().Truncate(time.Millisecond)
			if p.Year() < 1 || p.Year() > 9999 {
				p.Time = time.Time{}
			}
		default:
			if value.Kind() != reflect.String {
				continue
			}
			whole := string([]rune(value.String()))
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if slices.Contains(strings.Split(read.Truncated, ","), name) {
				kept, cut := strings.CutSuffix(is.FieldByIndex(field.Index).String(), "…")
				if !cut || len(kept) >= len(whole) || !strings.HasPrefix(whole, kept) {
					t.Errorf("record %s: %s is not cut: %d of %d bytes", r.DedupKey, name, len(kept), len(whole))
				}
				whole = kept + "…"
			}
			value.SetString(whole)
		}
	}
	r.Truncated = read.Truncated
	return r
}
