package screen

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/term"

	"whystopped/archive"
	"whystopped/classifier"
)

// Written names what a failed write to stdout means; a reader that has seen enough is no failure.
func Written(err error) error {
	if err == nil || errors.Is(err, syscall.EPIPE) {
		return nil
	}
	return fmt.Errorf("write the answer: %w", err)
}

// Flushed returns a writer that writes to w after what out holds, so that complaints stand where they belong on a
// terminal.
func Flushed(out *bufio.Writer, w io.Writer) io.Writer { return flushed{out, w} }

type flushed struct {
	out *bufio.Writer
	w   io.Writer
}

func (f flushed) Write(b []byte) (int, error) {
	if err := f.out.Flush(); err != nil {
		return 0, err
	}
	return f.w.Write(b)
}

func (f flushed) under() io.Writer { return f.w }

// fileOf is the file that a stream writes to or reads from, whatever lies over it.
func fileOf(stream any) (file *os.File, ok bool) {
	for {
		above, isAbove := stream.(interface{ under() io.Writer })
		if !isAbove {
			file, ok = stream.(*os.File)
			return file, ok
		}
		stream = above.under()
	}
}

// Explained is a record as --json prints it: causes as an array with what the catalogue says of each.
type Explained struct {
	archive.Record
	Causes []ExplainedCause `json:"causes,omitempty"`
}

// ExplainedCause is a cause of a record with what the catalogue says of it.
type ExplainedCause struct {
	ID            string   `json:"id"`
	Title         string   `json:"title"`
	Verdict       string   `json:"verdict"`
	Reason        string   `json:"reason,omitempty"`
	MissingAction string   `json:"missingAction,omitempty"`
	Evidence      string   `json:"evidence,omitempty"`
	Because       string   `json:"because,omitempty"`
	Check         []string `json:"check"`
	Checks        []Check  `json:"checks,omitempty"`
	Docs          string   `json:"docs"`
}

// Check is what to look at for a cause: a command, where to run it when not here, and what to look for in its answer,
// or words alone.
type Check struct {
	Run  string `json:"run,omitempty"`
	On   string `json:"on,omitempty"`
	Look string `json:"look,omitempty"`
}

// WriteJSON prints a record as --json does, with its event or without.
func WriteJSON(w io.Writer, r archive.Record, withRaw bool) error {
	e := ExplainedOf(r)
	if withRaw {
		e.RawEvent = r.RawEvent
	}
	return EncodeJSON(w, e)
}

// ExplainedOf is what --json prints of a record, without its event.
func ExplainedOf(r archive.Record) Explained {
	e := Explained{Record: r, Causes: causesOf(r)}
	e.RecordedAt, e.RawEvent = archive.Time{}, ""
	return e
}

// causesOf joins the causes that a record keeps with the catalogue.
func causesOf(r archive.Record) []ExplainedCause {
	var causes []ExplainedCause
	for _, c := range recordedCauses(r) {
		causes = append(causes, explained(r, c))
	}
	return causes
}

func recordedCauses(r archive.Record) (recorded []archive.RecordedCause) {
	if r.Causes == "" || json.Unmarshal([]byte(r.Causes), &recorded) != nil {
		return nil
	}
	return recorded
}

// allCausesOf also has, in their place, the causes of which a record keeps no more than the verdict.
func allCausesOf(r archive.Record) []ExplainedCause {
	kept := causesOf(r)
	if r.CauseIDs == "" {
		return kept
	}
	var causes []ExplainedCause
	for text := range strings.SplitSeq(r.CauseIDs, "; ") {
		id, verdict, _ := strings.Cut(text, "=")
		if i := slices.IndexFunc(kept, func(c ExplainedCause) bool { return c.ID == id }); i >= 0 {
			causes = append(causes, kept[i])
		} else if id != "" {
			causes = append(causes, explained(r, archive.RecordedCause{ID: id, Verdict: verdict}))
		}
	}
	return causes
}

func explained(r archive.Record, c archive.RecordedCause) ExplainedCause {
	e := ExplainedCause{ID: c.ID, Verdict: c.Verdict, Reason: c.Reason, MissingAction: c.MissingAction,
		Evidence: c.Evidence, Because: c.Because}
	if known, ok := classifier.FindCause(c.ID); ok {
		e.Title, e.Docs = classifier.ShortDigests(r.Expand(known.Title)), known.Docs
		for _, check := range r.Checks(known) {
			e.Check = append(e.Check, check.String())
			e.Checks = append(e.Checks, Check{Run: check.Run, On: check.On, Look: check.Look})
		}
	}
	return e
}

// IsTerminal reports whether a stream is a terminal.
func IsTerminal(stream any) bool {
	file, ok := fileOf(stream)
	return ok && term.IsTerminal(int(file.Fd()))
}
