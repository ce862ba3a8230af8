package screen

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"whystopped/archive"
	"whystopped/classifier"
	"whystopped/events/awsname"
)

// Selection is which stops are asked for: those that fit every flag that was given.
type Selection struct {
	Cluster, Service, family, task, Deployment  values // the same in every record of one stop
	class, cause, stage, fault, domain, verdict values // what a newer classifier may answer otherwise

	Since, until string
	Start, end   time.Time // set by between; zero is open
}

// Flags adds the flags of the selection to a command.
func (s *Selection) Flags(c *cobra.Command) {
	for _, stage := range classifier.Stages {
		for _, fault := range classifier.Faults {
			s.class.vocabulary = append(s.class.vocabulary, string(stage.Stage)+"."+string(fault.Fault))
		}
		s.stage.vocabulary = append(s.stage.vocabulary, string(stage.Stage))
	}
	for _, fault := range classifier.Faults {
		s.fault.vocabulary = append(s.fault.vocabulary, string(fault.Fault))
	}
	for _, cause := range classifier.Catalogue {
		s.cause.vocabulary = append(s.cause.vocabulary, cause.ID)
	}
	s.class.listed, s.cause.listed = "classes", "classes CLASS"
	for _, domain := range []classifier.Domain{classifier.DomainNetwork, classifier.DomainPermissions,
		classifier.DomainResources,
		classifier.DomainImage, classifier.DomainConfiguration, classifier.DomainApplication, classifier.DomainPlatform,
		classifier.DomainScheduler, classifier.DomainOperator, classifier.DomainUnknown} {
		s.domain.vocabulary = append(s.domain.vocabulary, string(domain))
	}
	for _, verdict := range []classifier.Verdict{classifier.Failure, classifier.Review, classifier.Expected} {
		s.verdict.vocabulary = append(s.verdict.vocabulary, string(verdict))
	}
	for _, f := range []struct {
		name  string
		value *values
		doc   string
	}{
		{"cluster", &s.Cluster, "clusters, by name or ARN"},
		{"service", &s.Service, "services, by name or ARN"},
		{"family", &s.family, "task definition families"},
		{"task", &s.task, "tasks, by id or ARN"},
		{"deployment", &s.Deployment, "service deployments, ecs-svc/…"},
		{"class", &s.class, "classes, as \"whystopped classes\" lists them"},
		{"cause", &s.cause, "causes that lead, as \"whystopped classes\" lists them for a class"},
		{"stage", &s.stage, "stages, as \"whystopped classes\" lists them"},
		{"fault", &s.fault, "faults, as \"whystopped classes\" lists them"},
		{"domain", &s.domain, "who owns the fix: " + strings.Join(s.domain.vocabulary, ", ")},
		{"verdict", &s.verdict, "failure, review or expected"},
	} {
		c.Flags().Var(f.value, f.name, f.doc)
		c.RegisterFlagCompletionFunc(f.name, f.value.complete)
	}
	c.Flags().StringVar(&s.Since, "since", "7d",
		"only stops from this `TIME` on: back from now (7d, 36h, 90m), RFC 3339, a date in UTC, or all")
	c.Flags().StringVar(&s.until, "until", "", "only stops before this `TIME`")
}

// Instant is how a person reads a time, in UTC.
const Instant = "2006-01-02 15:04:05Z"

// Everything is the value of --since that leaves the window open.
const Everything = "all"

// Between reads --since and --until.
func (s *Selection) Between(now time.Time) (err error) {
	if s.Since != Everything {
		if s.Start, err = Moment(s.Since, now); err != nil {
			return fmt.Errorf("--since %q: %w, or %s", s.Since, err, Everything)
		}
	}
	if s.until != "" {
		if s.end, err = Moment(s.until, now); err != nil {
			return fmt.Errorf("--until %q: %w", s.until, err)
		}
		if !s.Start.Before(s.end) {
			return fmt.Errorf("--since %s is not before --until %s", s.Start.Format(Instant), s.end.Format(Instant))
		}
	}
	return nil
}

var errMoment = errors.New("give a time back from now such as 7d, 36h or 90m, a time such as 2026-03-01T10:00:00Z, " +
	"or a date such as 2026-03-01")

// Moment reads a point in time: a duration back from now, where a day is 24 hours, RFC 3339, or the first moment of a
// date in UTC.
func Moment(text string, now time.Time) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	var back time.Duration
	days, rest, found := strings.Cut(text, "d")
	if found {
		n, err := strconv.ParseUint(days, 10, 16)
		if err != nil {
			return time.Time{}, errMoment
		}
		back = time.Duration(n) * 24 * time.Hour
	} else {
		rest = text
	}
	if rest != "" || !found {
		d, err := time.ParseDuration(rest)
		if err != nil || d < 0 {
			return time.Time{}, errMoment
		}
		back += d
	}
	return now.Add(-back).UTC(), nil
}

// Window tells in words which time is looked at; first is the first stop in it.
func (s *Selection) Window(first time.Time) string {
	text := ""
	if !s.Start.IsZero() {
		first = s.Start
	}
	if !first.IsZero() {
		text = "since " + first.UTC().Format(Instant)
	}
	if !s.end.IsZero() {
		text += " until " + s.end.Format(Instant)
	}
	return strings.TrimSpace(text)
}

// Narrowed reports whether anything but the time is asked for.
func (s *Selection) Narrowed() bool {
	return slices.ContainsFunc([]values{s.Cluster, s.Service, s.family, s.task, s.Deployment, s.class, s.cause,
		s.stage, s.fault, s.domain, s.verdict},
		func(v values) bool { return len(v.List) > 0 })
}

// Query reads no more of a log group than is needed. What a newer classifier may answer otherwise cannot be asked of
// the log group: it would find the older record alone.
func (s *Selection) Query() archive.Filter {
	return archive.Filter{Start: s.Start, End: s.end, Cluster: s.Cluster.Only(), Service: s.Service.Only(),
		Family: s.family.Only(), Task: s.task.Only(), Deployment: s.Deployment.Only()}
}

// Condition is the selection as a condition of Logs Insights, over the moment of a stop as at; it is not ok where a
// value cannot be written there.
func (s *Selection) Condition() (text string, ok bool) {
	var parts []string
	for _, f := range []struct {
		name   string
		values values
	}{{"cluster", s.Cluster}, {"service", s.Service}, {"family", s.family}, {"taskId", s.task},
		{"deploymentId", s.Deployment}, {"class", s.class}, {"cause", s.cause}, {"stage", s.stage}, {"fault", s.fault},
		{"domain", s.domain}, {"verdict", s.verdict}} {
		if len(f.values.List) == 0 {
			continue
		}
		var quoted []string
		for _, value := range f.values.List {
			if strings.ContainsFunc(value, func(r rune) bool {
				return r < ' ' || r > '~' || strings.ContainsRune(`"\]`, r)
			}) {
				return "", false
			}
			quoted = append(quoted, `"`+value+`"`)
		}
		parts = append(parts, f.name+" in ["+strings.Join(quoted, ", ")+"]")
	}
	const instant = "2006-01-02T15:04:05.000Z" // as records have it
	if !s.Start.IsZero() {
		parts = append(parts, `at >= "`+s.Start.UTC().Format(instant)+`"`)
	}
	if !s.end.IsZero() {
		parts = append(parts, `at < "`+s.end.UTC().Format(instant)+`"`)
	}
	return strings.Join(parts, " and "), true
}

// About reports whether the stop that r is of is asked for, by what is the same in all its records.
func (s *Selection) About(r archive.Record) bool {
	at := r.Moment()
	return s.Cluster.hold(r.Cluster) && s.Service.hold(r.Service) && s.family.hold(r.Family) && s.task.hold(r.TaskID) &&
		s.Deployment.hold(r.DeploymentID) && !at.Before(s.Start) && (s.end.IsZero() || at.Before(s.end))
}

// Explained reports whether a stop is asked for by its explanation, that of the record which is shown.
func (s *Selection) Explained(r archive.Record) bool {
	return s.class.hold(r.Class) && s.cause.hold(r.Cause) &&
		s.stage.hold(r.Stage) && s.fault.hold(r.Fault) && s.domain.hold(r.Domain) && s.verdict.hold(r.Verdict)
}

// values is a flag that takes a comma-separated list: one of them must be met. None is met by everything.
type values struct {
	List       []string
	vocabulary []string // the values there are; nil where any may be
	listed     string   // the command that lists them, where they are too many for a refusal
}

func (v *values) String() string { return strings.Join(v.List, ",") }

func (v *values) Type() string { return "LIST" }

// Set adds to the list. Of an ARN it takes the name at its end.
func (v *values) Set(text string) error {
	for _, value := range strings.Split(text, ",") {
		value = strings.TrimSpace(value)
		if strings.HasPrefix(value, "arn:") {
			value = awsname.LastPart(value)
		}
		switch {
		case value == "":
			return errors.New("a value is empty")
		case v.vocabulary != nil && !slices.Contains(v.vocabulary, value):
			known := ": use " + strings.Join(v.vocabulary, ", ")
			if v.listed != "" {
				known = fmt.Sprintf("; \"whystopped %s\" lists them", v.listed)
			}
			return fmt.Errorf("there is no %q%s", value, cmp.Or(DidYouMean(value, v.vocabulary), known))
		}
		v.List = append(v.List, value)
	}
	return nil
}

func (v *values) hold(value string) bool {
	return len(v.List) == 0 || slices.Contains(v.List, value)
}

// Only is the value of a list of one, and empty for any other.
func (v *values) Only() string {
	if len(v.List) != 1 {
		return ""
	}
	return v.List[0]
}

// complete offers the vocabulary behind the last comma.
func (v *values) complete(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	before := typed[:strings.LastIndexByte(typed, ',')+1]
	var offers []string
	for _, word := range v.vocabulary {
		offers = append(offers, before+word)
	}
	return offers, cobra.ShellCompDirectiveNoFileComp
}
