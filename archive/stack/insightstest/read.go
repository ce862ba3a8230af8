// Package insightstest reads queries of CloudWatch Logs Insights by a table of its commands, of the order that they may
// stand in and of its functions, and refuses what the table does not have; for tests.
package insightstest

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Check returns an error for a query that Logs Insights would refuse, or that names a field which is not one of these
// nor of its own making. Parameters are those of a saved query; each stands bare, as {{name}}, for a whole value.
func Check(query string, fields []string, parameters ...string) (err error) {
	r := &reader{known: slices.Concat(given, fields), parameters: parameters, asked: map[string]bool{}}
	defer func() {
		switch problem := recover().(type) {
		case nil:
		case refusal:
			err = fmt.Errorf("%s, at %q", string(problem), r.at())
		default:
			panic(problem)
		}
	}()
	if n := utf8.RuneCountInString(query); n > longest {
		r.refuse("it has %d characters, and %d are taken", n, longest)
	}
	r.split(query)
	r.query()
	for _, p := range parameters {
		if !r.asked[p] {
			r.refuse("parameter %s is never used", p)
		}
	}
	return nil
}

// FieldsOf returns the names under which the fields of a struct stand in JSON.
func FieldsOf[T any]() []string {
	var names []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); !f.Anonymous {
			names = append(names, name)
		}
	}
	return names
}

type refusal string

// reader goes once through the words of a query.
type reader struct {
	words      []string
	next       int
	known      []string // fields that may be named here
	parameters []string
	asked      map[string]bool // parameters
	seen       []command
	aggregate  bool // an aggregate, in the column that is read
	inStats    bool
	grouped    bool // behind a stats
}

var (
	word = regexp.MustCompile(`^(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|` + "`[^`]+`" +
		`|\{\{\w+\}\}|\d+(?:\.\d+)?[a-z]*|[@A-Za-z_][\w.]*|!=|<=|>=|=~|[-=<>+*/%^()\[\],|$])`)
	regex  = regexp.MustCompile(`^/(?:[^/\\\n]|\\.)+/`)
	space  = regexp.MustCompile(`^(?:\s+|#[^\n]*)`)
	length = regexp.MustCompile(`^\d+(?:` + periods + `)$|^\d+(?:msec|millisecond|sec|second|min|minute|hr|hour|day|week|` +
		`mo|mon|month|qtr|quarter|yr|year)s$`)
	digits = regexp.MustCompile(`^\d+(?:\.\d+)?$`)
	name   = regexp.MustCompile(`^(?:[@A-Za-z_][\w.]*|` + "`[^`]+`" + `)$`)
)

func (r *reader) split(query string) {
	for query != "" {
		if blank := space.FindString(query); blank != "" {
			query = query[len(blank):]
			continue
		}
		found := ""
		if n := len(r.words); n > 0 && (r.words[n-1] == "like" || r.words[n-1] == "=~") {
			found = regex.FindString(query)
		}
		if found == "" {
			found = word.FindString(query)
		}
		if found == "" {
			r.next = len(r.words)
			r.words = append(r.words, query)
			r.refuse("this is no word of the language")
		}
		r.words, query = append(r.words, found), query[len(found):]
	}
}

func (r *reader) refuse(format string, values ...any) { panic(refusal(fmt.Sprintf(format, values...))) }

// at returns the words from where the reader stands.
func (r *reader) at() string {
	rest := r.words[min(max(r.next-1, 0), len(r.words)):]
	return strings.Join(rest[:min(len(rest), 8)], " ")
}

func (r *reader) peek() string {
	if r.next == len(r.words) {
		return ""
	}
	return r.words[r.next]
}

func (r *reader) take() string {
	w := r.peek()
	if w == "" {
		r.refuse("the query ends too early")
	}
	r.next++
	return w
}

// is takes the next word if it is one of these.
func (r *reader) is(words ...string) bool {
	if w := r.peek(); w == "" || !slices.Contains(words, w) {
		return false
	}
	r.next++
	return true
}

func (r *reader) want(w string) {
	if r.take() != w {
		r.refuse("want %s", w)
	}
}

func (r *reader) query() {
	for {
		at := r.take()
		i := slices.IndexFunc(commands, func(c command) bool { return c.name == at })
		if i < 0 {
			r.refuse("%s is no command of the table", at)
		}
		r.mayStand(commands[i])
		r.seen = append(r.seen, commands[i])
		commands[i].reads(r)
		if r.peek() == "" {
			return
		}
		r.want("|")
	}
}

// mayStand refuses a command where the table does not let it stand.
func (r *reader) mayStand(c command) {
	times := 0
	for _, before := range r.seen {
		if before.name == c.name {
			times++
		}
		if before.then != nil && !slices.Contains(before.then, c.name) {
			r.refuse("only %s may follow %s", strings.Join(before.then, ", "), before.name)
		}
		if c.name == "stats" && r.grouped && before.last {
			r.refuse("%s must stand behind the second stats", before.name)
		}
	}
	if c.first && len(r.seen) > 0 {
		r.refuse("%s must stand first", c.name)
	}
	if c.most > 0 && times == c.most {
		r.refuse("a query takes %s %d times at most", c.name, c.most)
	}
}

func (r *reader) each(read func()) {
	for read(); r.is(","); {
		read()
	}
}

func (r *reader) groups() {
	r.each(func() {
		if w := r.take(); !strings.HasPrefix(w, "'") && !strings.HasPrefix(w, `"`) {
			r.refuse("want the name of a log group in quotes")
		}
	})
}

func (r *reader) names() { r.each(func() { r.field(r.take()) }) }

func (r *reader) order() {
	r.each(func() {
		if r.expression() == boolean {
			r.refuse("a condition cannot be sorted by")
		}
		r.is("asc", "desc")
	})
}

func (r *reader) count() {
	w := r.take()
	if !r.parameter(w) && !regexp.MustCompile(`^[1-9]\d*$`).MatchString(w) {
		r.refuse("want a whole number")
	}
}

func (r *reader) condition() {
	if r.expression() != boolean {
		r.refuse("filter wants a condition")
	}
}

func (r *reader) columns() {
	var made []string
	r.each(func() { r.expression(); made = append(made, r.alias()...) })
	r.known = append(r.known, made...)
}

// alias returns the name that an expression is given, if any.
func (r *reader) alias() []string {
	if !r.is("as") {
		return nil
	}
	w := r.take()
	if !name.MatchString(w) || slices.Contains(reserved, w) {
		r.refuse("%s cannot be a name", w)
	}
	return []string{w}
}

// stats leaves only what it makes: behind it nothing else can be named.
func (r *reader) stats() {
	var made []string
	column := func() {
		at := r.next
		r.expression()
		named := r.alias()
		if named == nil {
			named = []string{strings.Join(r.words[at:r.next], "")}
		}
		made = append(made, named...)
	}
	r.inStats = true
	r.each(func() {
		r.aggregate = false
		column()
		if !r.aggregate {
			r.refuse("stats wants an aggregate here")
		}
	})
	r.inStats = false
	if r.is("by") {
		r.each(column)
	}
	r.known, r.grouped = made, true
}

func (r *reader) field(w string) {
	if !name.MatchString(w) || slices.Contains(reserved, w) {
		r.refuse("want a field")
	}
	if !slices.Contains(r.known, strings.Trim(w, "`")) {
		r.refuse("%s is no field", w)
	}
}

func (r *reader) parameter(w string) bool {
	p, opens := strings.CutPrefix(w, "{{")
	if !opens {
		return false
	}
	p = strings.TrimSuffix(p, "}}")
	if !slices.Contains(r.parameters, p) {
		r.refuse("parameter %s is not declared", p)
	}
	r.asked[p] = true
	return true
}

// The rest reads expressions, what binds least first; each returns what its expression is.

func (r *reader) expression() kind { return r.joined("or", r.conjunction) }

func (r *reader) conjunction() kind { return r.joined("and", r.negation) }

func (r *reader) joined(by string, part func() kind) kind {
	first := part()
	for r.is(by) {
		if first != boolean || part() != boolean {
			r.refuse("%s joins conditions", by)
		}
	}
	return first
}

func (r *reader) negation() kind {
	if !r.is("not") {
		return r.comparison()
	}
	if r.negation() != boolean {
		r.refuse("not wants a condition")
	}
	return boolean
}

func (r *reader) comparison() kind {
	left := r.sum()
	negated := r.is("not")
	switch {
	case r.is("in"):
		r.want("[")
		r.each(func() { r.sum() })
		r.want("]")
	case r.is("like"):
		r.pattern()
	case negated:
		r.refuse("not wants in or like here")
	case r.is("=~"):
		r.pattern()
	case r.is("=", "!=", "<", "<=", ">", ">="):
		r.sum()
	default:
		return left
	}
	if left == boolean {
		r.refuse("a condition cannot be compared")
	}
	return boolean
}

func (r *reader) pattern() {
	w := r.take()
	if r.parameter(w) || strings.Trim(w[:1], `"'`) == "" {
		return
	}
	if !regex.MatchString(w) {
		r.refuse("want a text or a regular expression")
	}
	if _, err := regexp.Compile(w[1 : len(w)-1]); err != nil {
		r.refuse("%v", err)
	}
}

func (r *reader) sum() kind { return r.calculated(r.product, "+", "-") }

func (r *reader) product() kind { return r.calculated(r.value, "*", "/", "%", "^") }

func (r *reader) calculated(part func() kind, operators ...string) kind {
	first := part()
	for r.is(operators...) {
		for _, k := range []kind{first, part()} {
			if !fits(k, number) {
				r.refuse("a %s cannot be calculated with", k)
			}
		}
		first = number
	}
	return first
}

// fits reports whether what an expression is may stand where something is wanted.
func fits(is, want kind) bool {
	return is == want || want == anything && is != boolean || is == anything
}

func (r *reader) value() kind {
	w := r.take()
	switch {
	case r.parameter(w):
		return anything
	case w == "(":
		inner := r.expression()
		r.want(")")
		return inner
	case w == "-":
		return r.value()
	case digits.MatchString(w):
		return number
	case strings.Trim(w[:1], `"'`) == "":
		if strings.Contains(w, "{{") {
			r.refuse("a parameter stands bare, its value brings the quotes")
		}
		return text
	case r.is("("):
		return r.call(w)
	}
	r.field(w)
	return anything
}

func (r *reader) call(w string) kind {
	i := slices.IndexFunc(functions, func(f function) bool { return f.name == w })
	if i < 0 {
		r.refuse("%s is no function of the table", w)
	}
	f := functions[i]
	if f.aggregate {
		if !r.inStats {
			r.refuse("%s stands in stats alone, before by", w)
		}
		r.aggregate = true
	}
	if w == "bin" && !slices.Contains(r.known, "@timestamp") {
		r.refuse("bin needs @timestamp, which is gone behind stats")
	}
	given := 0
	if f.optional && r.is(")") {
		return f.gives
	}
	if w == "count" && r.is("*") {
		r.want(")")
		return f.gives
	}
	r.each(func() {
		wanted := f.takes[min(given, len(f.takes)-1)]
		if given == len(f.takes) && !f.more {
			r.refuse("%s takes %d arguments", w, len(f.takes))
		}
		given++
		switch wanted {
		case field:
			r.field(r.take())
		case period:
			if !length.MatchString(r.take()) {
				r.refuse("want a %s", wanted)
			}
		default:
			if is := r.sum(); !fits(is, wanted) {
				r.refuse("%s wants a %s here", w, wanted)
			}
		}
	})
	if given < len(f.takes) {
		r.refuse("%s takes %d arguments", w, len(f.takes))
	}
	r.want(")")
	return f.gives
}
