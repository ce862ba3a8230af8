package main

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"whystopped/cmd/whystopped/screen"
	"whystopped/events"
	"whystopped/events/reader"
)

// stops reads the stops of all files in their order; "-" and no file at all are stdin. An error is a part that could
// not be read; reading goes on behind it.
func stops(files []string, stdin io.Reader) iter.Seq2[events.Stop, error] {
	if len(files) == 0 {
		files = []string{"-"}
	}
	return func(out func(events.Stop, error) bool) {
		for _, name := range files {
			for s, err := range decode(name, stdin) {
				if !out(s, err) {
					return
				}
			}
		}
	}
}

func decode(name string, stdin io.Reader) iter.Seq2[events.Stop, error] {
	if name == "-" {
		return reader.Decode("stdin", stdin)
	}
	return func(out func(events.Stop, error) bool) {
		file, err := os.Open(name)
		if err != nil {
			out(events.Stop{}, fmt.Errorf("open the input: %w", err))
			return
		}
		defer file.Close()
		for s, err := range reader.Decode(name, file) {
			if !out(s, err) {
				return
			}
		}
	}
}

// input counts what was read and says what was not.
type input struct {
	stderr  io.Writer
	refused int
}

// refuse reports a part of the input that is not a stop.
func (in *input) refuse(err error) {
	in.refused++
	if r, ok := errors.AsType[*events.Refusal](err); ok {
		in.refused += r.More
	}
	screen.Complain(in.stderr, err)
}

// outcome is the error that the command ends with, nil when everything was read.
func (in *input) outcome() error {
	if in.refused == 0 {
		return nil
	}
	return &screen.Failure{Code: screen.ExitBad}
}

var errNoStdin = errors.New("no input: name a file, or pipe an event in, for example: aws ecs describe-tasks " +
	"--cluster CLUSTER --tasks TASK | whystopped explain")
