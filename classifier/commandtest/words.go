// Package commandtest reads command lines as a shell does and tells what would keep them from running as they stand:
// for the tests of whatever prints a command.
package commandtest

import (
	"fmt"
	"strings"
)

// Command is one program with its arguments. Of an argument in which another command stands, as $(…), that part is
// left out and the other command listed by itself.
type Command struct {
	Words []Word
	Pipes bool // it reads what the one before it prints
}

// Word is an argument as the program gets it.
type Word struct {
	Text string
	Asks bool // another command stands in it
}

// Read reads a line of a POSIX shell: commands in pipes, with commands within them listed behind those that hold them.
func Read(line string) ([]Command, error) {
	r := reader{line: line}
	if err := r.list(false); err != nil {
		return nil, fmt.Errorf("%w: %s", err, line)
	}
	return r.commands, nil
}

type reader struct {
	line     string
	at       int
	commands []Command
}

// list reads commands up to the end of the line, or up to the bracket that ends $(.
func (r *reader) list(inside bool) error {
	place := len(r.commands)
	r.commands = append(r.commands, Command{})
	var word *Word
	end := func() {
		if word != nil {
			r.commands[place].Words = append(r.commands[place].Words, *word)
			word = nil
		}
	}
	begin := func() *Word {
		if word == nil {
			word = &Word{}
		}
		return word
	}
	for ; r.at < len(r.line); r.at++ {
		rest := r.line[r.at:]
		switch c := rest[0]; {
		case c == ' ':
			end()
		case c == '\'':
			n := strings.IndexByte(rest[1:], '\'')
			if n < 0 {
				return fmt.Errorf("a quote has no end")
			}
			begin().Text += rest[1 : n+1]
			r.at += n + 1
		case c == '"':
			if err := r.doubled(begin()); err != nil {
				return err
			}
		case c == '\\' && len(rest) > 1:
			begin().Text += rest[1:2]
			r.at++
		case strings.HasPrefix(rest, "$("):
			if err := r.asked(begin()); err != nil {
				return err
			}
		case c == ')' && inside:
			end()
			return nil
		case strings.HasPrefix(rest, "| "):
			end()
			r.at++
			place = len(r.commands)
			r.commands = append(r.commands, Command{Pipes: true})
		case strings.HasPrefix(rest, "</dev/null"):
			end()
			r.at += len("</dev/null") - 1
		case strings.IndexByte("|&;<>()$`*?[]{}~#!", c) >= 0:
			return fmt.Errorf("a shell does not take %q literally", c)
		case c < ' ' || c >= 0x7f:
			return fmt.Errorf("a sign that nobody types: %.4q", rest)
		default:
			begin().Text += rest[:1]
		}
	}
	end()
	if inside {
		return fmt.Errorf("$( has no end")
	}
	return nil
}

// asked reads $(…), whose dollar stands at r.at, and leaves r.at on the bracket that ends it.
func (r *reader) asked(in *Word) error {
	in.Asks = true
	r.at += 2
	return r.list(true)
}

// doubled reads a text in double quotes.
func (r *reader) doubled(into *Word) error {
	for r.at++; r.at < len(r.line); r.at++ {
		rest := r.line[r.at:]
		switch c := rest[0]; {
		case c == '"':
			return nil
		case c == '\\' && len(rest) > 1 && strings.IndexByte("\\\"$`", rest[1]) >= 0:
			into.Text += rest[1:2]
			r.at++
		case strings.HasPrefix(rest, "$("):
			if err := r.asked(into); err != nil {
				return err
			}
		case c == '$' || c == '`':
			return fmt.Errorf("a shell fills in what stands behind %q", c)
		default:
			into.Text += rest[:1]
		}
	}
	return fmt.Errorf("a quote has no end")
}
