package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"runtime/debug"
	"strings"

	"whystopped/cmd/whystopped/screen"
	"whystopped/events"
	"whystopped/events/reader"
)

// stops reads the stops of all files in their order; "-" and no file at all are stdin, and words that name no file are
// what was to be pasted. An error is a part that could
// not be read; reading goes on behind it.
func stops(files []string, stdin io.Reader, progress *screen.Reading) iter.Seq2[events.Stop, error] {
	if len(files) == 0 {
		files = []string{"-"}
	}
	return settled(func(out func(events.Stop, error) bool) {
		for _, name := range files {
			for s, err := range decode(name, stdin, progress) {
				if !out(s, err) {
					return
				}
			}
		}
	})
}

// settled holds back the tasks that are still stopping until the end of the input, and leaves out those whose end came.
func settled(stops iter.Seq2[events.Stop, error]) iter.Seq2[events.Stop, error] {
	return func(out func(events.Stop, error) bool) {
		held := map[string]events.Stop{}
		var order []string
		for s, err := range stops {
			switch {
			case err != nil || s.Kind != events.KindTask || s.TaskID == "":
			case s.StillStopping:
				if _, known := held[s.TaskID]; !known {
					order = append(order, s.TaskID)
				}
				held[s.TaskID] = s
				continue
			default:
				delete(held, s.TaskID)
			}
			if !out(s, err) {
				return
			}
		}
		for _, id := range order {
			if s, left := held[id]; left {
				delete(held, id)
				if !out(s, nil) {
					return
				}
			}
		}
	}
}

func decode(name string, stdin io.Reader, progress *screen.Reading) iter.Seq2[events.Stop, error] {
	if name == "-" {
		return reader.Decode("stdin", progress.Of(stdin))
	}
	return func(out func(events.Stop, error) bool) {
		file, err := os.Open(name)
		// a message may be longer than a file's name can be, or lead through a file that exists
		if err != nil && !errors.Is(err, fs.ErrPermission) && strings.Contains(name, " ") {
			for s, err := range reader.Decode("argument", strings.NewReader(name)) {
				if err != nil {
					err = fmt.Errorf("no file of that name, and as a message: %w", err)
				}
				if !out(s, err) {
					return
				}
			}
			return
		}
		if err != nil {
			out(events.Stop{}, fmt.Errorf("open the input: %w", err))
			return
		}
		defer file.Close()
		for s, err := range reader.Decode(name, progress.Of(file)) {
			if !out(s, err) {
				return
			}
		}
	}
}

// collectSeldom is for work whose memory is garbage at once: it takes some more for a tenth of the time.
func collectSeldom() { debug.SetGCPercent(200) }

// input counts what was read and says what was not.
type input struct {
	stderr   io.Writer
	progress *screen.Reading
	read     int // stops
	refused  int
	beside   int // no fault where a stop was read
}

// refuse reports a part of the input that is not a stop.
func (in *input) refuse(err error) {
	r, ok := errors.AsType[*events.Refusal](err)
	switch {
	case !ok:
		in.refused++
	case r.Beside:
		in.beside += 1 + r.More
	default:
		in.refused += 1 + r.More
	}
	screen.Complain(in.stderr, err)
}

// outcome is the error that the command ends with, nil when everything was read that is to be explained.
func (in *input) outcome() error {
	if in.refused == 0 && (in.read > 0 || in.beside == 0) {
		return nil
	}
	return &screen.Failure{Code: screen.ExitBad}
}

var errNoStdin = screen.Advise(errors.New("no input: name a file, a TASK by its id, ARN or console page, or "+
	"--cluster, or pipe an event in"), "whystopped explain --cluster CLUSTER --last 3",
	"the last tasks that stopped in a cluster; fill in CLUSTER")
