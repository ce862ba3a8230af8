package account

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"whystopped/cmd/whystopped/screen"
)

// pause is between two looks at a deployment; a test has none.
var pause = 10 * time.Second

// refusals is how many looks in a row may fail before the waiting ends: a network is gone for a moment, credentials are
// not.
const refusals = 3

// awaited asks until the deployment has ended or something of it failed, and says on stderr what has become of it. When
// the time is up it returns the last answer.
func (w *why) awaited(ctx context.Context, most time.Duration) (a answer, err error) {
	if !w.wait {
		return w.ask(ctx)
	}
	ends := time.Now().Add(most)
	complaints, said, failed := &once{w: w.stderr, said: map[string]bool{}}, "", 0
	for looked := false; ; {
		next := *w // each look begins with the flags alone
		next.now, next.stderr = time.Now(), complaints
		now, refused := next.ask(ctx)
		switch {
		case ctx.Err() != nil:
			return a, ctx.Err()
		case refused == nil:
			a, looked, failed = now, true, 0
			if a.State != stateInProgress {
				return a, nil
			}
			if line := a.headline() + ": " + a.Why; line != said {
				said = line
				fmt.Fprintln(w.stderr, time.Now().UTC().Format(time.TimeOnly)+"Z  "+harmless(line))
			}
		case !looked:
			return a, refused
		default:
			if failed++; failed == refusals {
				return a, refused
			}
			screen.Complain(complaints, refused)
		}
		if time.Until(ends) <= 0 {
			a.Why += fmt.Sprintf("; --timeout %s is over", most)
			return a, nil
		}
		select {
		case <-ctx.Done():
		case <-time.After(min(pause, max(0, time.Until(ends)))):
		}
	}
}

// waitFlags refuses what does not go with waiting. Waiting is for the deployment that was asked for, unless a time is
// given.
func (w *why) waitFlags(changed func(string) bool, most time.Duration) error {
	switch {
	case !w.wait && changed("timeout"):
		return errors.New("--timeout goes with --wait")
	case w.wait && most <= 0:
		return errors.New("--timeout must be more than 0")
	}
	w.sinceDeployment = w.sinceDeployment || w.wait && !changed("since")
	return nil
}

// once passes on what it was not given before.
type once struct {
	w    io.Writer
	said map[string]bool
}

func (o *once) Write(text []byte) (int, error) {
	if o.said[string(text)] {
		return len(text), nil
	}
	o.said[string(text)] = true
	return o.w.Write(text)
}

// harmless is one line that a runner of GitHub does not take for a command: "##[" anywhere, and "::" at its beginning.
func harmless(text string) string {
	return strings.ReplaceAll(strings.TrimLeft(screen.Printable(text), ": "), "##[", "# #[")
}

// annotation is the workflow command by which GitHub shows the answer beside the run
// (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands).
func (a *answer) annotation() string {
	level := map[string]string{stateSteady: "notice", stateFailed: "error", stateInProgress: "warning"}[a.State]
	text := []string{a.Why}
	if a.Leading != nil {
		text = append(text, "cause: "+a.leading.Summary+" ("+a.leading.Class+", "+a.leading.Confidence+")")
		if a.leading.Proof != "" {
			text = append(text, "proof: "+a.leading.Proof)
		}
		if a.leading.NextStep != "" {
			text = append(text, "next: "+a.leading.NextStep)
		}
	}
	for i := range text {
		text[i] = screen.Printable(text[i])
	}
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	return "::" + level + " title=" + property.Replace(screen.Printable(a.title())) + "::" +
		data.Replace(strings.Join(text, "\n")) + "\n"
}

// title names the service and what it is.
func (a *answer) title() string { return a.Cluster + "/" + a.Service + ": " + stateWords[a.State] }

var stateWords = map[string]string{stateSteady: "STEADY", stateFailed: "FAILED", stateInProgress: "IN PROGRESS"}

// markdown is the answer for the summary of a job, or a comment on a pull request.
func (a *answer) markdown() string {
	var page strings.Builder
	fmt.Fprintf(&page, "### %s\n\n%s\n", inMarkdown(a.title()), inMarkdown(a.headline()))
	line := func(label, text string) {
		if text != "" {
			fmt.Fprintf(&page, "| **%s** | %s |\n", label, inMarkdown(text))
		}
	}
	page.WriteString("\n| | |\n|---|---|\n")
	line("state", a.Why)
	if r := a.leading; a.Leading != nil {
		line("cause", fmt.Sprintf("%s (%s, %s)", r.Summary, r.Class, r.Confidence))
		line("proof", r.Proof)
		line("next", r.NextStep)
		line("task", r.TaskID)
		line("reason", r.StoppedReason)
		for _, c := range a.Leading.Causes[:min(len(a.Leading.Causes), 2)] {
			said := strings.ReplaceAll(c.Verdict, "_", " ")
			if c.MissingAction != "" {
				said += ": needs " + c.MissingAction
			} else if c.Evidence != "" {
				said += ": " + c.Evidence
			}
			line(c.ID, c.Title+". "+said)
		}
	}
	if len(a.Stops) > 0 {
		page.WriteString("\n| last stop | count | verdict | container | task | cause |\n|---|---:|---|---|---|---|\n")
	}
	for _, k := range a.Stops {
		fmt.Fprintf(&page, "| %s | %d | %s | %s | %s | %s |\n", k.LastSeen.UTC().Format(screen.Instant), k.Count,
			inMarkdown(k.Verdict), inMarkdown(screen.Culprit(k.Last)),
			inMarkdown(screen.Beginning(cmp.Or(k.LastTaskID, k.Last.EventName, k.Last.Kind))),
			inMarkdown(fmt.Sprintf("%s (%s)", k.Summary, k.Class)))
	}
	return page.String()
}

// marks are all that Markdown takes for more than text. A name behind "@" would be told of the page.
var marks = func() *strings.Replacer {
	pairs := []string{"&", "&amp;", "<", "&lt;", ">", "&gt;", "@", "@<!-- -->"}
	for _, mark := range "\\`*_{}[]()#+-!|~$:" {
		pairs = append(pairs, string(mark), `\`+string(mark))
	}
	return strings.NewReplacer(pairs...)
}()

// inMarkdown is a text of one line as it is, whatever stands in it.
func inMarkdown(text string) string { return marks.Replace(screen.Printable(text)) }
