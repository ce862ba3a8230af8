package events

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits of an event pattern.
const (
	// maxPatternLength is the number of characters EventBridge takes in a pattern
	// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html).
	maxPatternLength = 2048
	// maxPatternCombinations is the number of rules the $or of a pattern may multiply to
	// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-content-based-filtering.html).
	maxPatternCombinations = 1000
	// maxPatternNumber is the largest number, either side of zero, that EventBridge compares as a number; larger ones,
	// and those with more than six decimals, are compared as text (ComparableNumber of
	// https://github.com/aws/event-ruler).
	maxPatternNumber = 5e11
)

// Pattern is a compiled EventBridge event pattern. It may be used by several goroutines at once.
type Pattern struct {
	alternatives [][]*patternField // the pattern matches when all fields of one alternative do
	prefixes     map[string]bool   // every path of a field and every path above one
}

// patternField holds the matchers of one path, such as "detail.containers.exitCode"; one of them has to match.
type patternField struct {
	path     string
	matchers []matcher
	absent   bool // {"exists": false} is among the matchers
}

type matcher func(scalar) bool

// CompilePattern reads an event pattern and refuses what EventBridge refuses, naming the place in the pattern.
//
// The operators are those of https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html.
// Where that page is silent the rules are those of https://github.com/aws/event-ruler: a CIDR block is at most /31 or
// /127, and an IP address among the exact values matches every spelling of that address. EventBridge gives a path that
// stands twice (in and outside $or, or twice in one object) the values it reads last and drops the others without a
// word; CompilePattern refuses such a pattern. It does not reckon the complexity of wildcards, for which EventBridge
// has an unpublished limit.
func CompilePattern(text []byte) (*Pattern, error) {
	if n := utf8.RuneCount(text); n > maxPatternLength {
		return nil, fmt.Errorf("event pattern has %d characters, EventBridge takes at most %d: shorten it", n,
			maxPatternLength)
	}
	var root json.RawMessage
	if err := json.Unmarshal(text, &root); err != nil {
		return nil, fmt.Errorf("event pattern is not JSON: %w", err)
	}
	if root[0] != '{' {
		return nil, errors.New("event pattern is not a JSON object")
	}
	alternatives, err := compileObject([][]*patternField{nil}, root, location{})
	if err != nil {
		return nil, fmt.Errorf("event pattern: %w", err)
	}
	p := &Pattern{alternatives: alternatives, prefixes: map[string]bool{}}
	for _, fields := range alternatives {
		slices.SortFunc(fields, func(a, b *patternField) int { return strings.Compare(a.path, b.path) })
		for _, f := range fields {
			for i, c := range f.path {
				if c == '.' {
					p.prefixes[f.path[:i]] = true
				}
			}
			p.prefixes[f.path] = true
		}
	}
	return p, nil
}

// location is a place in a pattern: as its author sees it ("detail.$or[1].stopCode") and as a path of the event
// ("detail.stopCode").
type location struct {
	shown, path string
	inOr        bool
}

func (l location) String() string {
	if l.shown == "" {
		return "top level"
	}
	return l.shown
}

func (l location) field(name string) location {
	return location{dotted(l.shown, name), dotted(l.path, name), l.inOr}
}

func (l location) branch(i int) location {
	return location{dotted(l.shown, fmt.Sprintf("$or[%d]", i)), l.path, true}
}

func dotted(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// reservedInOr are the names event-ruler does not take for fields inside $or, so that a misplaced operator is noticed.
var reservedInOr = []string{
	"exactly", "equals-ignore-case", "prefix", "suffix", "anything-but", "exists", "wildcard", "numeric", "cidr",
	"=", "<", "<=", ">", ">=", "regex", "not-wildcard", "not-equals-ignore-case",
	"date-after", "date-on-or-after", "date-before", "date-on-or-before", "in-date-range",
	"ip-address-in-range", "ip-address-not-in-range",
}

// compileObject adds the fields of an object to each of the alternatives.
func compileObject(alternatives [][]*patternField, raw json.RawMessage, at location) ([][]*patternField, error) {
	var list object
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, refuse(at, "cannot be read: %w", err)
	}
	if len(list) == 0 {
		return nil, refuse(at, "is an empty object, give it at least one field")
	}
	for _, m := range list {
		var err error
		if m.key == "$or" {
			alternatives, err = compileOr(alternatives, m.value, at)
			if err != nil {
				return nil, err
			}
			continue
		}
		at := at.field(m.key)
		if at.inOr && slices.Contains(reservedInOr, m.key) {
			return nil, refuse(at, "an operator cannot be the name of a field inside $or")
		}
		switch m.value[0] {
		case '{':
			alternatives, err = compileObject(alternatives, m.value, at)
		case '[':
			alternatives, err = addField(alternatives, m.value, at)
		default:
			err = refuse(at, "%s must be an object or an array of values", m.value)
		}
		if err != nil {
			return nil, err
		}
	}
	return alternatives, nil
}

// compileOr multiplies the alternatives by the branches of a $or.
func compileOr(alternatives [][]*patternField, raw json.RawMessage, at location) ([][]*patternField, error) {
	branches, err := elements(raw)
	if err != nil || len(branches) < 2 {
		return nil, refuse(at.field("$or"), "must be an array of at least two objects")
	}
	var all [][]*patternField
	for i, branch := range branches {
		at := at.branch(i)
		if branch[0] != '{' {
			return nil, refuse(at, "%s must be an object", branch)
		}
		started := make([][]*patternField, len(alternatives))
		for j, fields := range alternatives {
			started[j] = slices.Clone(fields)
		}
		grown, err := compileObject(started, branch, at)
		if err != nil {
			return nil, err
		}
		all = append(all, grown...)
		if len(all) > maxPatternCombinations {
			return nil, refuse(at,
				"$or makes more than %d combinations, EventBridge takes no more: use fewer or shorter $or",
				maxPatternCombinations)
		}
	}
	return all, nil
}

func addField(alternatives [][]*patternField, raw json.RawMessage, at location) ([][]*patternField, error) {
	field := &patternField{path: at.path}
	list, err := elements(raw)
	if err != nil {
		return nil, refuse(at, "cannot be read: %w", err)
	}
	if len(list) == 0 {
		return nil, refuse(at, "is an empty array, give it at least one value")
	}
	for _, raw := range list {
		var m matcher
		switch raw[0] {
		case '[':
			return nil, refuse(at, "%s is an array inside an array, list its values instead", raw)
		case '{':
			var absent bool
			m, absent, err = compileExpression(raw, at)
			if err != nil {
				return nil, err
			}
			if absent {
				field.absent = true
				continue
			}
		default:
			m = exactly(scalarOf(raw))
		}
		field.matchers = append(field.matchers, m)
	}
	for i, fields := range alternatives {
		if slices.ContainsFunc(fields, func(f *patternField) bool { return f.path == field.path }) {
			return nil, refuse(at, "the path %s stands twice, and EventBridge would drop one of the two: "+
				"write it once, or once in every branch of $or", field.path)
		}
		alternatives[i] = append(fields, field)
	}
	return alternatives, nil
}

// compileExpression reads one matcher written as an object, such as {"prefix": "a"}; absent stands for {"exists":
// false}.
func compileExpression(raw json.RawMessage, at location) (m matcher, absent bool, err error) {
	op, value, err := single(raw, at)
	if err != nil {
		return nil, false, err
	}
	switch op {
	case "prefix", "suffix":
		if value[0] != '{' {
			break
		}
		fold, inner, err := single(value, at)
		if err != nil {
			return nil, false, err
		}
		if fold != "equals-ignore-case" {
			return nil, false, refuse(at, "%s takes a string or {\"equals-ignore-case\": string}, not %q", op, fold)
		}
		op, value = op+" equals-ignore-case", inner
	case "equals-ignore-case", "wildcard":
	case "numeric":
		m, err := compileNumeric(value, at)
		return m, false, err
	case "cidr":
		m, err := compileCIDR(value, at)
		return m, false, err
	case "exists":
		switch string(value) {
		case "true":
			return func(scalar) bool { return true }, false, nil
		case "false":
			return nil, true, nil
		}
		return nil, false, refuse(at, "exists takes true or false, not %s", value)
	case "anything-but":
		m, err := compileAnythingBut(value, at)
		return m, false, err
	default:
		return nil, false, refuse(at, "%q is not an operator of EventBridge", op)
	}
	test, err := compileText(op, value, at)
	if err != nil {
		return nil, false, err
	}
	return func(v scalar) bool { return v.kind == stringKind && test(v.text) }, false, nil
}

// compileText makes the test of a text operator: prefix, suffix, equals-ignore-case, wildcard, or one of the first two
// without regard to case.
func compileText(op string, raw json.RawMessage, at location) (func(string) bool, error) {
	if raw[0] != '"' {
		return nil, refuse(at, "%s takes a string, not %s", op, raw)
	}
	want := scalarOf(raw).text
	folded := strings.ToLower(want)
	switch op {
	case "prefix":
		return func(s string) bool { return strings.HasPrefix(s, want) }, nil
	case "suffix":
		return func(s string) bool { return strings.HasSuffix(s, want) }, nil
	case "prefix equals-ignore-case":
		return func(s string) bool { return strings.HasPrefix(strings.ToLower(s), folded) }, nil
	case "suffix equals-ignore-case":
		return func(s string) bool { return strings.HasSuffix(strings.ToLower(s), folded) }, nil
	case "equals-ignore-case":
		return func(s string) bool { return strings.ToLower(s) == folded }, nil
	default:
		return compileWildcard(want, at)
	}
}

// compileWildcard makes the test of a text in which * stands for any number of characters, \* for * and \\ for \.
func compileWildcard(text string, at location) (func(string) bool, error) {
	var parts []string // the literal texts between the wildcards
	var part strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case strings.HasPrefix(text[i:], "**"):
			return nil, refuse(at, "wildcard %q has two * in a row, write one", text)
		case text[i] == '*':
			parts = append(parts, part.String())
			part.Reset()
		case text[i] == '\\':
			i++
			if i == len(text) || text[i] != '*' && text[i] != '\\' {
				return nil, refuse(at, `wildcard %q has a \ before neither * nor \, write \\`, text)
			}
			fallthrough
		default:
			part.WriteByte(text[i])
		}
	}
	parts = append(parts, part.String())
	first, rest := parts[0], parts[1:]
	if len(rest) == 0 {
		return func(s string) bool { return s == first }, nil
	}
	middle, last := rest[:len(rest)-1], rest[len(rest)-1]
	return func(s string) bool {
		s, ok := strings.CutPrefix(s, first)
		for _, part := range middle {
			if ok {
				_, s, ok = strings.Cut(s, part)
			}
		}
		return ok && strings.HasSuffix(s, last)
	}, nil
}

// compileAnythingBut reads a string or a number, a list of either, or one text operator with one or more strings. The
// matcher holds for every value that is there and not excluded, of whatever type.
func compileAnythingBut(raw json.RawMessage, at location) (matcher, error) {
	op := ""
	if raw[0] == '{' {
		var err error
		op, raw, err = single(raw, at)
		if err != nil {
			return nil, err
		}
		if !slices.Contains([]string{"prefix", "suffix", "equals-ignore-case", "wildcard"}, op) {
			return nil, refuse(at, "anything-but does not take %q", op)
		}
	}
	list := []json.RawMessage{raw}
	if raw[0] == '[' {
		var err error
		list, err = elements(raw)
		if err != nil {
			return nil, refuse(at, "cannot be read: %w", err)
		}
	}
	if len(list) == 0 {
		return nil, refuse(at, "anything-but has an empty list, give it at least one value")
	}
	var excluded []matcher
	var kind scalarKind
	for _, raw := range list {
		if op != "" {
			test, err := compileText(op, raw, at)
			if err != nil {
				return nil, err
			}
			if (op == "prefix" || op == "suffix") && string(raw) == `""` {
				return nil, refuse(at, "anything-but has an empty %s, which would exclude everything", op)
			}
			excluded = append(excluded, func(v scalar) bool { return v.kind == stringKind && test(v.text) })
			continue
		}
		v := scalarOf(raw)
		switch {
		case v.kind == stringKind:
			excluded = append(excluded, func(got scalar) bool { return got.kind == stringKind && got.text == v.text })
		case v.kind == numberKind && v.numeric:
			excluded = append(excluded, exactly(v))
		case v.kind == numberKind:
			return nil, refuseNumber(raw, at)
		default:
			return nil, refuse(at, "anything-but takes strings or numbers, not %s", raw)
		}
		if kind != 0 && kind != v.kind {
			return nil, refuse(at, "anything-but takes a list of strings or a list of numbers, not both in one")
		}
		kind = v.kind
	}
	return func(v scalar) bool {
		return !slices.ContainsFunc(excluded, func(m matcher) bool { return m(v) })
	}, nil
}

// compileNumeric reads an operator and a number, or a lower and then an upper bound.
func compileNumeric(raw json.RawMessage, at location) (matcher, error) {
	list, err := elements(raw)
	if err != nil || len(list) != 2 && len(list) != 4 {
		return nil, refuse(at, `numeric takes ["=", number], one bound or two, such as [">", 0, "<=", 5], not %s`, raw)
	}
	var tests []func(float64) bool
	var bounds []float64
	for i := 0; i < len(list); i += 2 {
		op, bound := string(list[i]), scalarOf(list[i+1])
		if bound.kind != numberKind {
			return nil, refuse(at, "numeric %s takes a number, not %s", op, list[i+1])
		}
		if !bound.numeric {
			return nil, refuseNumber(list[i+1], at)
		}
		n := bound.number
		bounds = append(bounds, n)
		lower := len(list) == 4 && i == 0
		upper := len(list) == 4 && i == 2
		switch {
		case op == `"="` && !lower && !upper:
			tests = append(tests, func(f float64) bool { return f == n })
		case op == `">"` && !upper:
			tests = append(tests, func(f float64) bool { return f > n })
		case op == `">="` && !upper:
			tests = append(tests, func(f float64) bool { return f >= n })
		case op == `"<"` && !lower:
			tests = append(tests, func(f float64) bool { return f < n })
		case op == `"<="` && !lower:
			tests = append(tests, func(f float64) bool { return f <= n })
		default:
			return nil, refuse(at,
				`numeric does not take %s here: one of "=", ">", ">=", "<", "<=", or a lower and then an upper bound`,
				op)
		}
	}
	if len(bounds) == 2 && bounds[0] >= bounds[1] {
		return nil, refuse(at, "numeric %s has its lower bound not below its upper", raw)
	}
	return func(v scalar) bool {
		return v.kind == numberKind && v.numeric &&
			!slices.ContainsFunc(tests, func(test func(float64) bool) bool { return !test(v.number) })
	}, nil
}

func compileCIDR(raw json.RawMessage, at location) (matcher, error) {
	address, bits, _ := strings.Cut(scalarOf(raw).text, "/")
	n, err := strconv.Atoi(bits)
	addr, ok := parseAddr(address)
	if raw[0] != '"' || err != nil || !ok || n < 0 || n >= addr.BitLen() {
		return nil, refuse(at, "cidr takes an address block such as \"10.0.0.0/24\", at most /31 or /127, not %s", raw)
	}
	block := netip.PrefixFrom(addr, n).Masked()
	return func(v scalar) bool {
		if v.kind != stringKind {
			return false
		}
		addr, ok := parseAddr(v.text)
		return ok && block.Contains(addr)
	}, nil
}

// exactly makes the matcher of a plain value: texts as they are, addresses and numbers by value.
func exactly(want scalar) matcher {
	if want.kind == numberKind && want.numeric {
		return func(v scalar) bool { return v.kind == numberKind && v.numeric && v.number == want.number }
	}
	if want.kind == stringKind {
		if addr, ok := parseAddr(want.text); ok {
			return func(v scalar) bool {
				got, ok := parseAddr(v.text)
				return ok && v.kind == stringKind && got == addr
			}
		}
	}
	return func(v scalar) bool { return v.kind == want.kind && v.text == want.text }
}

// parseAddr reads an IP address; leading zeros in IPv4 do not count.
func parseAddr(s string) (netip.Addr, bool) {
	if !strings.Contains(s, ":") {
		if strings.Count(s, ".") != 3 {
			return netip.Addr{}, false
		}
		parts := strings.Split(s, ".")
		for i, part := range parts {
			for len(part) > 1 && part[0] == '0' {
				part = part[1:]
			}
			parts[i] = part
		}
		s = strings.Join(parts, ".")
	}
	addr, err := netip.ParseAddr(s)
	return addr.Unmap(), err == nil
}

// Match reports whether an event matches the pattern. It fails only when the event is not JSON; JSON that is not an
// object matches no pattern.
//
// An array of the event matches when one of its elements does, and fields below one array have to match in the same
// element. {"exists": false} holds when the path leads to no value in the elements that the fields before it, in the
// order of their paths, matched in: in the whole event, when there are none.
func (p *Pattern) Match(event []byte) (bool, error) {
	decoder := json.NewDecoder(bytes.NewReader(event))
	decoder.UseNumber()
	var document any
	if err := decoder.Decode(&document); err != nil {
		return false, fmt.Errorf("event is not JSON: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return false, errors.New("event is not JSON: text follows after the end of it")
	}
	root, ok := document.(map[string]any)
	if !ok {
		return false, nil
	}
	e := flatEvent{prefixes: p.prefixes, values: map[string][]scalar{}}
	e.addFields("", root, nil)
	return slices.ContainsFunc(p.alternatives, e.satisfies), nil
}

// flatEvent holds the values of an event by path, as far as a pattern asks for them.
type flatEvent struct {
	prefixes map[string]bool
	values   map[string][]scalar
	arrays   int
}

type scalarKind byte

const (
	stringKind  scalarKind = 's'
	numberKind  scalarKind = 'n'
	literalKind scalarKind = 'l' // true, false, null
)

// scalar is a value of an event or a pattern.
type scalar struct {
	kind    scalarKind
	text    string // a string without its quotes, anything else as it is written
	number  float64
	numeric bool     // whether EventBridge compares the number by its value
	element *element // the innermost array element it is in, nil for none
}

// element is an element of an array of the event. There is one for each, so that pointers can be compared.
type element struct {
	array int
	path  string // of the array
	outer *element
}

func (e *flatEvent) addFields(path string, object map[string]any, in *element) {
	for key, value := range object {
		path := dotted(path, key)
		if e.prefixes[path] {
			e.add(path, value, in)
		}
	}
}

func (e *flatEvent) add(path string, value any, in *element) {
	switch value := value.(type) {
	case map[string]any:
		e.addFields(path, value, in)
	case []any:
		array := e.arrays
		e.arrays++
		for _, v := range value {
			switch v.(type) {
			case map[string]any, []any:
				e.add(path, v, &element{array, path, in})
			default:
				e.add(path, v, in)
			}
		}
	default:
		s := scalarOfDecoded(value)
		s.element = in
		e.values[path] = append(e.values[path], s)
	}
}

// satisfies walks the fields of one alternative and keeps, at each, the ways to match so far: the array elements that
// the rest has to agree with.
func (e *flatEvent) satisfies(fields []*patternField) bool {
	ways := [][]*element{nil}
	for i, f := range fields {
		var next [][]*element
		for _, way := range ways {
			present := false
			for _, v := range e.values[f.path] {
				joined, ok := agree(way, v.element)
				if !ok {
					continue
				}
				present = true
				if slices.ContainsFunc(f.matchers, func(m matcher) bool { return m(v) }) {
					next = addWay(next, joined, fields[i+1:])
				}
			}
			if !present && f.absent {
				next = addWay(next, way, fields[i+1:])
			}
		}
		if len(next) == 0 {
			return false
		}
		ways = next
	}
	return true
}

// addWay adds the elements of a way that the fields still to come can disagree with.
func addWay(ways [][]*element, way []*element, rest []*patternField) [][]*element {
	var kept []*element
	for _, el := range way {
		below := func(f *patternField) bool {
			return f.path == el.path || strings.HasPrefix(f.path, el.path+".")
		}
		if slices.ContainsFunc(rest, below) {
			kept = append(kept, el)
		}
	}
	if slices.ContainsFunc(ways, func(w []*element) bool { return slices.Equal(w, kept) }) {
		return ways
	}
	return append(ways, kept)
}

// agree adds the elements around el to a way; ok is false when the way goes through another element of one of their
// arrays.
func agree(way []*element, el *element) (both []*element, ok bool) {
	both = slices.Clip(way)
	for ; el != nil; el = el.outer {
		i := slices.IndexFunc(way, func(w *element) bool { return w.array == el.array })
		if i < 0 {
			both = append(both, el)
		} else if way[i] != el {
			return nil, false
		}
	}
	return both, true
}

func elements(raw json.RawMessage) (list []json.RawMessage, err error) {
	err = json.Unmarshal(raw, &list)
	return list, err
}

// single reads an object of one key.
func single(raw json.RawMessage, at location) (key string, value json.RawMessage, err error) {
	var list object
	if err := json.Unmarshal(raw, &list); err != nil {
		return "", nil, refuse(at, "cannot be read: %w", err)
	}
	if len(list) != 1 {
		return "", nil, refuse(at, "%s must hold exactly one operator, write each in an object of its own", raw)
	}
	return list[0].key, list[0].value, nil
}

func scalarOf(raw json.RawMessage) scalar {
	switch raw[0] {
	case '"':
		s := scalar{kind: stringKind}
		_ = json.Unmarshal(raw, &s.text) // it is a JSON string already
		return s
	case 't', 'f', 'n':
		return scalar{kind: literalKind, text: string(raw)}
	default:
		return numberOf(string(raw))
	}
}

func scalarOfDecoded(value any) scalar {
	switch value := value.(type) {
	case string:
		return scalar{kind: stringKind, text: value}
	case json.Number:
		return numberOf(string(value))
	case bool:
		return scalar{kind: literalKind, text: strconv.FormatBool(value)}
	default:
		return scalar{kind: literalKind, text: "null"}
	}
}

func numberOf(text string) scalar {
	f, err := strconv.ParseFloat(text, 64)
	numeric := err == nil && math.Abs(f) <= maxPatternNumber && math.Round(f*1e6)/1e6 == f
	return scalar{kind: numberKind, text: text, number: f, numeric: numeric}
}

func refuse(at location, format string, args ...any) error {
	return fmt.Errorf("%s: "+format, append([]any{at}, args...)...)
}

func refuseNumber(raw json.RawMessage, at location) error {
	return refuse(at, "%s cannot be compared: EventBridge takes numbers from -%[3]g to %[3]g with at most six decimals",
		raw, float64(maxPatternNumber))
}
