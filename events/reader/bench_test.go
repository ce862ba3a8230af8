package reader_test

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"

	"whystopped/events/reader"
)

// junk are kinds of text that look like something, in 1 MB each.
func junk() map[string]string {
	random := make([]byte, 1<<20)
	dice := rand.NewChaCha8([32]byte{})
	dice.Read(random)
	repeated := func(s string) string { return strings.Repeat(s, 1<<20/len(s)+1)[:1<<20] }
	return map[string]string{
		"bytes":            string(random),
		"prose":            repeated("the service is slow today and nobody knows why\n"),
		"one line":         repeated("the service is slow today and nobody knows why "),
		"braces":           repeated("{"),
		"brackets":         repeated("[{"),
		"keys":             repeated(`{"a":`),
		"keys in lines":    repeated("{\"taskArn\": {\n"),
		"quotation marks":  repeated(`"{\"`),
		"doubled":          repeated(`"{""a`),
		"prints":           repeated("{'taskArn': [("),
		"prints in lines":  repeated("{'taskArn': [(\n"),
		"names":            repeated("taskArn: stoppedReason="),
		"labels":           repeated("Stopped reason: \nExit code\n"),
		"bars":             repeated("| taskArn | a |\n|---|\n"),
		"tabs":             repeated("TASKS\ta\tb\tc\nCONTAINERS\t1\t2\n"),
		"YAML":             repeated("- taskArn: a\n  b:\n"),
		"nested YAML":      repeated("- - - - taskArn: "),
		"messages":         repeated("(service orders) has started 1 tasks: (task 4a00).\n"),
		"log":              repeated("2026-04-01T10:00:00Z INFO GET /orders 200 {\"ms\":12}\n"),
		"log as JSON":      repeated("{\"level\":\"info\",\"msg\":\"GET /orders 200\",\"ms\":12}\n"),
		"base64":           repeated("H4sIADhpDWsC"),
		"colours":          repeated("\x1b[\x1b[0m0m{\n"),
		"CSV":              repeated("stopCode,stoppedReason\n\"a\"\"\n"),
		"a quotation":      repeated("> {\n"),
		"opening brackets": repeated("([{<"),
	}
}

func BenchmarkJunk(b *testing.B) {
	for name, text := range junk() {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				for range reader.Decode("in", strings.NewReader(text)) {
				}
			}
		})
	}
}

// endless repeats a document n times without holding more than one.
type endless struct {
	document string
	n        int
	rest     string
}

func (e *endless) Read(b []byte) (int, error) {
	if e.rest == "" {
		if e.n == 0 {
			return 0, io.EOF
		}
		e.n--
		e.rest = e.document
	}
	n := copy(b, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

// event is an event as EventBridge sends it, in one line.
var event = func() string {
	raw, err := os.ReadFile("../samples/crashed-exit-1.json")
	if err != nil {
		panic(err)
	}
	var line bytes.Buffer
	if err := json.Compact(&line, raw); err != nil {
		panic(err)
	}
	return line.String()
}()

// exports are large exports in the ways that they come.
func exports(n int) map[string]io.Reader {
	return map[string]io.Reader{
		"JSON Lines":   &endless{document: event + "\n", n: n},
		"concatenated": &endless{document: event, n: n},
		"array": io.MultiReader(strings.NewReader("["), &endless{document: event + ",\n", n: n - 1},
			strings.NewReader(event+"]")),
		"logs tail": &endless{document: "2026-04-01T10:00:00.312000+00:00 4a01 " + event + "\n", n: n},
		"CSV": io.MultiReader(strings.NewReader("@timestamp,@message\n"),
			&endless{document: "2026-04-01," + csv(event) + "\n", n: n}),
	}
}

func csv(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// TestExportsAreStreams holds the memory for 16 MB of each form of an export; BenchmarkExport reads as much as is
// asked.
func TestExportsAreStreams(t *testing.T) {
	documents := 16 << 20 / len(event)
	for name, r := range exports(documents) {
		t.Run(name, func(t *testing.T) {
			n, peak := 0, uint64(0)
			for _, err := range reader.Decode("in", r) {
				if err != nil {
					t.Fatal(err)
				}
				if n++; n%1000 == 0 {
					peak = max(peak, held())
				}
			}
			if n != documents {
				t.Errorf("%d stops, want %d", n, documents)
			}
			if peak > 32<<20 {
				t.Errorf("%d MiB are held", peak>>20)
			}
		})
	}
}

// held is how much memory is in use, what nobody needs any more included.
func held() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}

func BenchmarkExport(b *testing.B) {
	for _, name := range []string{"JSON Lines", "array", "logs tail", "CSV"} {
		b.Run(name, func(b *testing.B) {
			n := b.N
			peak := uint64(0)
			r := exports(max(n, 2))[name]
			b.SetBytes(int64(len(event)))
			for range reader.Decode("in", r) {
				if n%10_000 == 0 {
					peak = max(peak, held())
				}
				n--
			}
			b.ReportMetric(float64(peak)/(1<<20), "MiB")
		})
	}
}
