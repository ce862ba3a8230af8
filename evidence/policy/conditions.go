package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"whystopped/events/awsname"
)

// Value is what a request has for a condition key.
type Value struct {
	Text   string
	Open   bool // only the beginning is known, or something like it
	Absent bool // the request does not have the key
}

// Keys are the condition keys of a request whose values are known, in lower case. One that ends in "/*" speaks for all
// of its kind that do not stand there: for the tags that a thing does not have.
type Keys map[string]Value

// of returns the value of a key, in any letter case.
func (k Keys) of(key string) (Value, bool) {
	key = strings.ToLower(key)
	if v, found := k[key]; found {
		return v, true
	}
	kind, _, tag := strings.Cut(key, "/")
	v, found := k[kind+"/*"]
	return v, tag && found
}

// Lacks reports whether a request is known not to have a key.
func (k Keys) Lacks(key string) bool {
	v, _ := k.of(key)
	return v.Absent
}

// Tag notes all tags that somebody or something has, under the kinds of condition keys that tell them.
func (k Keys) Tag(tags map[string]string, kinds ...string) {
	for _, kind := range kinds {
		k[kind+"/*"] = Value{Absent: true}
		for name, value := range tags {
			k[kind+"/"+strings.ToLower(name)] = Value{Text: value}
		}
	}
}

// Flag is the value of a key of type Bool.
func Flag(on bool) Value { return Value{Text: fmt.Sprint(on)} }

// Context returns all condition keys of a request that are known: those that it names, and those that follow from who
// calls and for what
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html). Where a request came from,
// which tags things have and which organization accounts belong to follows from nothing: Keys has what was read.
func (q *Request) Context() Keys {
	known := Keys{}
	resource, _ := awsname.ParseARN(q.Resource)
	if awsname.IsAccount(resource.Account) {
		known["aws:resourceaccount"] = Value{Text: resource.Account}
	}
	if resource.Region != "" {
		known["aws:requestedregion"] = Value{Text: resource.Region}
	}
	switch {
	case q.Service != "":
		known["aws:principalisawsservice"] = Flag(true)
		known["aws:principalservicename"] = Value{Text: q.Service}
	case q.Role != "":
		known["aws:principalarn"] = Value{Text: q.Role}
		known["aws:principaltype"] = Value{Text: "AssumedRole"}
		known["aws:principalisawsservice"] = Flag(false)
		// services name what they act for only where they call in their own name
		known["aws:sourcearn"], known["aws:sourceaccount"] = Value{Absent: true}, Value{Absent: true}
		if q.Account != "" {
			known["aws:principalaccount"] = Value{Text: q.Account}
		}
	}
	maps.Copy(known, q.Keys)
	return known
}

// operator is how a condition compares.
type operator struct {
	fits     func(pattern, value string) bool
	begins   func(pattern, begin string) bool // reports whether a pattern may fit something that begins so
	opposite bool                             // holds where no pattern fits
	foldCase bool
}

// operators are those that are compared here. Numbers, dates and addresses are not.
var operators = map[string]operator{
	"stringequals":              {fits: same, begins: strings.HasPrefix},
	"stringnotequals":           {fits: same, begins: strings.HasPrefix, opposite: true},
	"stringequalsignorecase":    {fits: same, begins: strings.HasPrefix, foldCase: true},
	"stringnotequalsignorecase": {fits: same, begins: strings.HasPrefix, foldCase: true, opposite: true},
	"stringlike":                {fits: wildcard, begins: wildcardBegins},
	"stringnotlike":             {fits: wildcard, begins: wildcardBegins, opposite: true},
	"arnequals":                 {fits: arnFits, begins: arnBegins},
	"arnlike":                   {fits: arnFits, begins: arnBegins},
	"arnnotequals":              {fits: arnFits, begins: arnBegins, opposite: true},
	"arnnotlike":                {fits: arnFits, begins: arnBegins, opposite: true},
	"bool":                      {fits: same, begins: strings.HasPrefix, foldCase: true},
}

func same(pattern, value string) bool { return pattern == value }

// arnFits compares each of the six parts of an ARN with that of a pattern.
func arnFits(pattern, value string) bool {
	patterns, values := strings.SplitN(pattern, ":", 6), strings.SplitN(value, ":", 6)
	if len(patterns) != len(values) {
		return false
	}
	for i := range patterns {
		if !wildcard(patterns[i], values[i]) {
			return false
		}
	}
	return true
}

// wildcardBegins takes the literal head of a pattern alone, so that it errs on the side of what cannot be told.
func wildcardBegins(pattern, begin string) bool {
	literal := pattern
	if i := strings.IndexAny(pattern, "*?"); i >= 0 {
		literal = pattern[:i]
	}
	return strings.HasPrefix(literal, begin) || strings.HasPrefix(begin, literal)
}

func arnBegins(pattern, begin string) bool {
	patterns, begun := strings.SplitN(pattern, ":", 6), strings.SplitN(begin, ":", 6)
	if len(patterns) < 6 {
		return false
	}
	last := len(begun) - 1
	for i := range last {
		if !wildcard(patterns[i], begun[i]) {
			return false
		}
	}
	return wildcardBegins(patterns[last], begun[last])
}

// matchCondition compares the keys whose values are known; all must hold. undecided are those that cannot be told.
func (s *statement) matchCondition(known Keys) (m match, undecided []string) {
	m = yes
	for name, keys := range s.Condition {
		for key, wanted := range keys {
			value, found := known.of(key)
			one := maybe
			if found {
				one = holds(strings.ToLower(name), value, wanted)
			}
			if one == maybe {
				undecided = append(undecided, key)
			}
			m = min(m, one)
		}
	}
	slices.Sort(undecided)
	return m, slices.Compact(undecided)
}

// holds reports whether a condition holds for a value. A key that the request lacks fits nothing: what asks that
// something does not fit then holds, and so does what ends with IfExists
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html). All keys
// here have one value, so that it does not matter whether any or all are asked for, but where there is none.
func holds(name string, value Value, wanted []scalar) match {
	if name == "null" {
		return agrees(slices.ContainsFunc(wanted, func(w scalar) bool {
			return strings.EqualFold(string(w), fmt.Sprint(value.Absent))
		}))
	}
	set, single, several := strings.Cut(name, ":")
	if !several {
		single = name
	}
	single, ifExists := strings.CutSuffix(single, "ifexists")
	o, known := operators[single]
	switch {
	case !known || several && set != "foranyvalue" && set != "forallvalues":
		return maybe
	case value.Absent && set == "foranyvalue":
		return no
	case value.Absent:
		return agrees(ifExists || o.opposite || set == "forallvalues")
	}
	best := no
	for _, pattern := range wanted {
		best = max(best, o.compare(string(pattern), value))
	}
	switch {
	case best == maybe:
		return maybe
	case o.opposite:
		return agrees(best == no)
	}
	return best
}

func agrees(does bool) match {
	if does {
		return yes
	}
	return no
}

// compare compares one pattern. A policy variable may stand for anything.
func (o operator) compare(pattern string, value Value) match {
	text := value.Text
	if o.foldCase {
		pattern, text = strings.ToLower(pattern), strings.ToLower(text)
	}
	switch {
	case strings.Contains(pattern, "${"):
		return maybe
	case !value.Open:
		return agrees(o.fits(pattern, text))
	case strings.HasSuffix(pattern, "*") && o.fits(pattern, text):
		return yes
	case o.begins(pattern, text):
		return maybe
	}
	return no
}
