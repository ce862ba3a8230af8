package screen

import (
	"cmp"
	"fmt"

	"github.com/spf13/cobra"

	"whystopped/events/awsname"
)

// Wanted is what ECS is asked for: a task, or the last stopped tasks of a cluster, of a service or of a family in it.
type Wanted struct {
	awsname.ECS
	Family string
	Last   int // most stopped tasks; 0 for all
}

// Flags adds the flags that say where a task is, or which stopped tasks are wanted, to a command.
func (w *Wanted) Flags(c *cobra.Command) {
	c.Flags().StringVar(&w.Cluster, "cluster", "",
		"name, ARN or console page of the cluster; without a TASK, its stopped tasks")
	c.Flags().StringVar(&w.Service, "service", "", "with --cluster: only stopped tasks of this service, by name or ARN")
	c.Flags().StringVar(&w.Family, "family", "", "with --cluster: only stopped tasks of this task definition family")
	c.Flags().IntVar(&w.Last, "last", 10, "with --cluster: the `N` latest stopped tasks, 0 for all")
	c.MarkFlagsMutuallyExclusive("service", "family")
	Inherit(c, "cluster")
}

// Resolve reads the names in --cluster and --service, which may be ARNs or pages of the console.
func (w *Wanted) Resolve() {
	var named awsname.ECS
	for _, name := range []string{w.Cluster, w.Service} {
		if e, ok := awsname.ParseECS(name); ok && e.Task == "" {
			named.Region, named.Account = cmp.Or(named.Region, e.Region), cmp.Or(named.Account, e.Account)
			named.Cluster, named.Service = cmp.Or(named.Cluster, e.Cluster), cmp.Or(named.Service, e.Service)
		}
	}
	named.Cluster, named.Service = cmp.Or(named.Cluster, w.Cluster), cmp.Or(named.Service, w.Service)
	w.ECS = named
}

// Within is one thing that is named on its own, in the cluster that the flags name where it has none of its own.
func (w *Wanted) Within(e awsname.ECS) Wanted {
	of := *w
	if e.Cluster == "" {
		e.Cluster = w.Cluster
	}
	if e.Region == "" && e.Account == "" {
		e.Region, e.Account = w.Region, w.Account
	}
	of.ECS = e
	return of
}

// String names what is wanted in a sentence.
func (w Wanted) String() string {
	where := ""
	if w.Cluster != "" {
		where = fmt.Sprintf(" in the cluster %q", w.Cluster)
	}
	switch {
	case w.Task != "":
		return "task " + w.Task + where
	case w.Service != "":
		return fmt.Sprintf("stopped task of the service %q", w.Service) + where
	case w.Family != "":
		return fmt.Sprintf("stopped task of the family %q", w.Family) + where
	}
	return "stopped task" + where
}

// Missing is the error for what ECS does not tell; an archive may.
type Missing struct {
	Err       error
	Forgotten bool // ECS was asked, and does not know it any more
}

func (m *Missing) Error() string { return m.Err.Error() }
func (m *Missing) Unwrap() error { return m.Err }

// Note is said on stderr like an error, and is none.
type Note string

func (n Note) Error() string { return string(n) }
