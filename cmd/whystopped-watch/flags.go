package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"time"

	"whystopped/watcher"
)

// options are what the command line says.
type options struct {
	to       string
	bus      string
	interval time.Duration
	ignore   []string
	critical []string
	listen   string
}

// parse reads args. When it returns an error, it has written to stderr what is wrong.
func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	f := flags(&o)
	f.SetOutput(stderr)
	f.Usage = func() {
		fmt.Fprintf(stderr, "usage: whystopped-watch [flags]\n\nReports the containers that stop inside the ECS task "+
			"that it runs in.\n\n")
		f.PrintDefaults()
	}
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if err := o.check(f.Args()); err != nil {
		fmt.Fprintf(stderr, "whystopped-watch: %v\n", err)
		return o, err
	}
	return o, nil
}

func flags(o *options) *flag.FlagSet {
	f := flag.NewFlagSet("whystopped-watch", flag.ContinueOnError)
	name := func(list *[]string) func(string) error {
		return func(s string) error {
			if s == "" {
				return errors.New("a container's name must not be empty")
			}
			*list = append(*list, s)
			return nil
		}
	}
	f.StringVar(&o.to, "to", "events",
		"`where` ends are reported: events (Amazon EventBridge, and so the archive) or stdout (a line of JSON each)")
	f.StringVar(&o.bus, "event-bus", "", "`name` or ARN of the event bus; by default the default bus of the account")
	f.DurationVar(&o.interval, "interval", watcher.DefaultInterval,
		"`time` between two readings of the task metadata, give or take a tenth")
	f.Func("ignore", "`name` of a container whose end does not matter; may be repeated", name(&o.ignore))
	f.Func("critical", "`name` of a container whose end turns the health check to 503; may be repeated",
		name(&o.critical))
	f.StringVar(&o.listen, "listen", "",
		"`address` to serve the health check at, such as :8099; by default none is served")
	return f
}

func (o *options) check(rest []string) error {
	switch {
	case len(rest) > 0:
		return fmt.Errorf("unexpected argument %q: there are only flags", rest[0])
	case o.to != "events" && o.to != "stdout":
		return fmt.Errorf("--to must be events or stdout, not %q", o.to)
	case o.bus != "" && o.to != "events":
		return errors.New("--event-bus needs --to events")
	case o.interval <= 0:
		return fmt.Errorf("--interval must be positive, such as 15s, not %s", o.interval)
	case len(o.critical) > 0 && o.listen == "":
		return errors.New("--critical needs --listen: it turns the health check to 503")
	}
	for _, name := range o.critical {
		if slices.Contains(o.ignore, name) {
			return fmt.Errorf("container %s must not be both --critical and --ignore", name)
		}
	}
	return nil
}
