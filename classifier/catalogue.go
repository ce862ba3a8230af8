package classifier

import (
	"slices"

	"whystopped/events"
)

// Cause is something that a person would find and fix. Its texts are templates for Expand.
type Cause struct {
	ID      string   // kebab-case, named for the defect and not for the stage; archived, never renamed
	Title   string   // the defect in one line
	Why     string   // how the defect leads to the stop
	Check   []string // what to look at or run, in order
	Fix     string   // what to change, in the imperative
	Docs    string   // documentation page
	Applies func(s events.Stop, f Finding) bool
	Text    []TextProof // what the event alone proves about it where it applies; the first that holds
}

// Catalogue holds every cause, in the order in which an experienced engineer looks.
var Catalogue = slices.Concat(networkCauses, accessCauses, thingCauses, startCauses, runtimeCauses, platformCauses)

// FindCause returns the cause with an id.
func FindCause(id string) (Cause, bool) {
	for _, c := range Catalogue {
		if c.ID == id {
			return c, true
		}
	}
	return Cause{}, false
}
