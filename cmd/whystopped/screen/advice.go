package screen

import "errors"

// Advise returns an error with a command that helps, quoted for a shell, and what to look for in its answer or to fill
// in. The text of the error has neither: Complain prints them below it.
func Advise(err error, run, look string) error { return &advised{err, run, look} }

type advised struct {
	error
	run, look string
}

func (a *advised) Unwrap() error               { return a.error }
func (a *advised) Command() (run, look string) { return a.run, a.look }

// commandOf is the command that an error has, wherever it comes from.
func commandOf(err error) (run, look string) {
	type commander interface {
		error
		Command() (run, look string)
	}
	if c, ok := errors.AsType[commander](err); ok {
		return c.Command()
	}
	return "", ""
}

// Advice prints a command alone on its line, whole, so that it can be pasted; what to look for in its answer stands
// below it.
func (s *Screen) Advice(indent, run, look string) {
	if run == "" {
		return
	}
	s.Command(indent, run)
	if look != "" {
		s.Wrapped(indent+s.faint("→ "), look)
	}
}
