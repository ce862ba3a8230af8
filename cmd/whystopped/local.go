//go:build local

package main

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/spf13/cobra"

	"whystopped/archive"
	"whystopped/archive/directory"
	"whystopped/cmd/whystopped/screen"
	"whystopped/events"
	"whystopped/ingest"
)

// awsAccount stands in the small build where the whole program asks an AWS account.
type awsAccount struct{}

const (
	getWhole     = "go install ./cmd/whystopped"
	getWholeHelp = "the whole program, from the folder of its source:\n\n  " + getWhole
)

// asksNone is the error of what asks an account: nothing of it can be done in another way.
type asksNone string

func (what asksNone) Error() string {
	return string(what) + " asks an AWS account, and this is the small build, which asks none"
}

func (asksNone) Is(target error) bool { return target == errors.ErrUnsupported }

// leftOut is what the small build answers to whatever asks an account.
func leftOut(what string) error {
	return screen.Advise(asksNone(what), getWhole, "puts the whole program on the PATH, from the folder of its source")
}

const (
	verifyUsage = "left out of this small build"
	verifyHelp  = `With --verify the whole program checks the causes in the account and Region that the stop is of. This small
build asks no account. To get ` + getWholeHelp
)

const fetchHelp = `A TASK, or the stopped tasks of --cluster, are left out of this small build: the whole program asks ECS for them. To get ` +
	getWholeHelp

func needs(string) string {
	return "This small build has archives in directories alone. To get " + getWholeHelp
}

func accountCommands() []*cobra.Command {
	var commands []*cobra.Command
	for _, name := range []string{"why", "tail", "backfill", "redrive", "doctor"} {
		commands = append(commands, &cobra.Command{
			Use:                name,
			Short:              "Left out of this small build",
			DisableFlagParsing: true,
			RunE:               func(*cobra.Command, []string) error { return leftOut(name) },
		})
	}
	return commands
}

func (*awsAccount) Flags(c *cobra.Command) {
	for _, name := range []string{"region", "profile"} {
		c.Flags().Func(name, "left out of this small build", func(string) error { return leftOut("--" + name) })
	}
}

func (*awsAccount) Verifier(context.Context, string) (ingest.Gatherer, error) {
	return nil, leftOut("--verify")
}

func (*awsAccount) Near(string) {}

func (*awsAccount) Fetch(context.Context, screen.Wanted) iter.Seq2[events.Stop, error] {
	return func(out func(events.Stop, error) bool) {
		out(events.Stop{}, leftOut("explain of a TASK or of --cluster"))
	}
}

func (*awsAccount) OpenArchive(ctx context.Context, place string) (screen.Writer, error) {
	if _, isGroup := screen.LogGroup(place); isGroup {
		return nil, leftOut(place)
	}
	return directory.Open(ctx, place)
}

func (*awsAccount) Ask(_ context.Context, place, _ string, _, _ time.Time) (screen.Asked, error) {
	return screen.Asked{}, leftOut(place)
}

func (*awsAccount) ReadArchive(_ context.Context, place string, f archive.Filter) iter.Seq2[archive.Record, error] {
	if _, isGroup := screen.LogGroup(place); isGroup {
		return func(out func(archive.Record, error) bool) { out(archive.Record{}, leftOut(place)) }
	}
	return directory.Read(place).Records(f)
}
