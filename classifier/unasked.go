package classifier

import (
	"slices"
	"strings"
)

// Unasked says what nobody could ask about causes that are open, and what would let it be asked. It is empty where a
// cause is confirmed or where nothing is missing.
func Unasked(causes []Proof) string {
	for _, c := range causes {
		if c.Result == Confirmed {
			return ""
		}
	}
	var said []string
	for _, way := range []struct{ reason, do string }{
		{ReasonNoPermission, "not allowed to who asked"},
		{ReasonTier, "beyond its tier, in a higher one of the option `evidence`, or with --verify"},
		{ReasonOption, "with the option `logTail`, or with --verify"},
	} {
		var actions []string
		for _, c := range causes {
			if c.Reason == way.reason && c.MissingAction != "" && !slices.Contains(actions, c.MissingAction) {
				actions = append(actions, c.MissingAction)
			}
		}
		if len(actions) > 0 {
			said = append(said, strings.Join(actions, ", ")+": "+way.do)
		}
	}
	return strings.Join(said, "; ")
}
