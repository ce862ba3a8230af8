package screen

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"whystopped/archive"
	"whystopped/classifier"
	"whystopped/events"
)

// Kind is all stops with one signature.
type Kind struct {
	Signature       string       `json:"signature"`
	Count           int          `json:"count"`
	FirstSeen       archive.Time `json:"firstSeen"`
	LastSeen        archive.Time `json:"lastSeen"`
	Verdict         string       `json:"verdict"`
	Class           string       `json:"class"`
	Cluster         string       `json:"cluster,omitempty"`
	Service         string       `json:"service,omitempty"`
	Family          string       `json:"family,omitempty"`
	Culprit         string       `json:"culprit,omitempty"`
	CulpritExitCode *int64       `json:"culpritExitCode,omitempty"`
	Cause           string       `json:"cause,omitempty"`
	Summary         string       `json:"summary"`
	NextStep        string       `json:"nextStep,omitempty"`
	LastTaskID      string       `json:"lastTaskId,omitempty"`

	Last archive.Record `json:"-"`
}

// KindsOf groups stops, the latest first, by their signature. Failures come first, then what is to be looked at, then
// what was meant to be: who is on call must act on the first and shall not lose one of them below routine stops, nor to
// --limit. Within a verdict the kind that was seen last comes first: it may still go on.
func KindsOf(stops []archive.Record) []Kind {
	var kinds []Kind
	known := map[string]int{}
	for _, r := range stops {
		key := cmp.Or(r.Signature, r.DedupKey)
		i, found := known[key]
		if !found {
			i, known[key] = len(kinds), len(kinds)
			kinds = append(kinds, KindOf(r))
			kinds[i].Count = 0
		}
		kinds[i].Count++
		kinds[i].FirstSeen = r.Moment()
	}
	slices.SortStableFunc(kinds, func(a, b Kind) int { return cmp.Compare(Urgency(a.Verdict), Urgency(b.Verdict)) })
	return kinds
}

// KindOf is the kind of a stop that is the only one of it.
func KindOf(r archive.Record) Kind {
	return Kind{Signature: r.Signature, Count: 1, FirstSeen: r.Moment(), LastSeen: r.Moment(), Verdict: r.Verdict,
		Class: r.Class, Cluster: r.Cluster, Service: r.Service, Family: r.Family, Culprit: r.Culprit,
		CulpritExitCode: r.CulpritExitCode, Cause: r.Cause, Summary: r.Summary, NextStep: r.NextStep,
		LastTaskID: r.TaskID, Last: r}
}

// Urgency is the place of a verdict in that order.
func Urgency(verdict string) int {
	switch classifier.Verdict(verdict) {
	case classifier.Failure:
		return 0
	case classifier.Expected:
		return 2
	}
	return 1
}

// Plural is a number of things in words.
func Plural(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// ShortID is how many characters of an id name a task.
const ShortID = 8

// started reports whether the task ever ran, and for how long.
func started(r archive.Record) string {
	switch {
	case r.RunSeconds != nil:
		return "ran " + span(*r.RunSeconds)
	case !r.StartedAt.IsZero():
		return "yes"
	case !r.CreatedAt.IsZero():
		return "no"
	}
	return ""
}

// Ago is how long before now a moment was.
func Ago(now time.Time, t archive.Time) string {
	if t.IsZero() {
		return "at an unknown time"
	}
	return classifier.Span(max(0, now.Sub(t.Time))) + " ago"
}

// KindTable prints one line per kind of stop, its columns in the order in which a person on call asks: does it go on,
// is it real, where, did it start, which container, was it seen before, which task, why.
type KindTable struct {
	t   Table
	now time.Time
}

// NewKindTable is an empty table that prints to w.
func NewKindTable(w io.Writer, l Look, now time.Time) *KindTable {
	return &KindTable{Table{W: w, Look: l, Columns: []Column{
		{Title: "LAST SEEN"},
		{Title: "COUNT", Right: true, Goes: 5},
		{Title: "FIRST SEEN", Goes: 3},
		{Title: "VERDICT", Paint: l.Verdict},
		{Title: "WHERE", Name: true},
		{Title: "STARTED", Goes: 2},
		{Title: "CONTAINER", Goes: 4, Name: true},
		{Title: "SIGNATURE", Goes: 1},
		{Title: "LAST TASK", Goes: 6},
		{Title: "CAUSE", Wraps: true},
	}}, now}
}

// Add adds a line.
func (t *KindTable) Add(k Kind) {
	t.t.Add(Ago(t.now, k.LastSeen), k.Count, Ago(t.now, k.FirstSeen), k.Verdict, Place(k.Last),
		started(k.Last), Culprit(k.Last), Beginning(k.Signature), Beginning(lastID(k)),
		fmt.Sprintf("%s (%s)", k.Summary, k.Class))
}

// Render prints the table.
func (t *KindTable) Render() { t.t.Render() }

// briefly is the beginning of an id; a name stays whole.
func briefly(id string) string {
	if strings.Trim(id, "0123456789abcdef-") != "" {
		return id
	}
	return Beginning(id)
}

// lastID is what the last of a kind is known by: a service below its count by that, since its key begins with its ARN.
func lastID(k Kind) string {
	if k.LastTaskID == "" && k.Last.EventName == events.BelowDesired {
		return k.Last.EventName
	}
	return cmp.Or(k.LastTaskID, k.Last.DedupKey)
}

// Beginning is as much of an id as names it.
func Beginning(id string) string {
	for _, behind := range []string{":", "/"} {
		if scheme, rest, found := strings.Cut(id, behind); found {
			return scheme + behind + Beginning(rest)
		}
	}
	return id[:min(len(id), ShortID)]
}
