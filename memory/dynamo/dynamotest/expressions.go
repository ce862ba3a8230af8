package dynamotest

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// evaluation works out expressions over an item. Names must be given as #name: half of all words are reserved.
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html)
type evaluation struct {
	names  map[string]string
	values map[string]value
	used   map[string]bool
	item   item
	rest   []string // tokens that are still to be read
	failed *refusal
}

var token = regexp.MustCompile(`[#:]?[A-Za-z0-9_.]+|<=|>=|<>|[=<>(),+-]|\S`)

func (e *evaluation) refuse(message string) {
	if e.failed == nil {
		e.failed = invalid("Invalid expression: " + message)
	}
	e.rest = nil
}

func (e *evaluation) next() string {
	if len(e.rest) == 0 {
		return ""
	}
	return e.rest[0]
}

// take reads a token if it is the given one.
func (e *evaluation) take(text string) bool {
	if len(e.rest) == 0 || e.rest[0] != text {
		return false
	}
	e.rest = e.rest[1:]
	return true
}

func (e *evaluation) want(text string) {
	if !e.take(text) {
		e.refuse("Syntax error; " + text + " is missing before " + strings.Join(e.rest, " "))
	}
}

// unused refuses names and values that no expression had.
func (e *evaluation) unused() *refusal {
	for _, all := range [][]string{slices.Collect(maps.Keys(e.names)), slices.Collect(maps.Keys(e.values))} {
		for _, name := range all {
			if !e.used[name] {
				return invalid("Value provided in ExpressionAttributeNames or ExpressionAttributeValues unused in " +
					"expressions: keys: {" + name + "}")
			}
		}
	}
	return nil
}

func (e *evaluation) condition(text string) (bool, *refusal) {
	e.rest = token.FindAllString(text, -1)
	holds := e.or()
	if len(e.rest) > 0 {
		e.refuse("Syntax error; token: " + e.next())
	}
	return holds, e.failed
}

func (e *evaluation) or() bool {
	holds := e.and()
	for e.take("OR") {
		other := e.and()
		holds = holds || other
	}
	return holds
}

func (e *evaluation) and() bool {
	holds := e.not()
	for e.take("AND") {
		other := e.not()
		holds = holds && other
	}
	return holds
}

func (e *evaluation) not() bool {
	switch {
	case e.take("NOT"):
		return !e.not()
	case e.take("("):
		holds := e.or()
		e.want(")")
		return holds
	case e.take("attribute_not_exists"):
		return e.path() == nil
	case e.take("attribute_exists"):
		return e.path() != nil
	case e.take("contains"):
		e.want("(")
		in := e.operand()
		e.want(",")
		what := e.operand()
		e.want(")")
		list, _ := in["L"].([]any)
		return slices.ContainsFunc(list, func(element any) bool {
			v, _ := element.(map[string]any)
			return equal(v, what)
		})
	}
	a := e.operand()
	compare := e.next()
	e.take(compare)
	b := e.operand()
	if a == nil || b == nil {
		return false
	}
	if compare == "=" {
		return equal(a, b)
	}
	m, isNumber := number(a)
	n, alsoNumber := number(b)
	if !isNumber || !alsoNumber {
		e.refuse("Incorrect operand type for operator or function; operator: " + compare)
		return false
	}
	switch compare {
	case "<":
		return m < n
	case "<=":
		return m <= n
	case ">":
		return m > n
	case ">=":
		return m >= n
	}
	e.refuse("Syntax error; token: " + compare)
	return false
}

// path reads a name in brackets.
func (e *evaluation) path() value {
	e.want("(")
	v := e.operand()
	e.want(")")
	return v
}

// operand reads a name, a value or a function of these; nil is what is not there.
func (e *evaluation) operand() value {
	text := e.next()
	e.take(text)
	switch {
	case strings.HasPrefix(text, "#"):
		name, known := e.names[text]
		if !known {
			e.refuse("An expression attribute name used in the document path is not defined; attribute name: " + text)
		}
		e.used[text] = true
		return e.item[name]
	case strings.HasPrefix(text, ":"):
		v, known := e.values[text]
		if !known {
			e.refuse("An expression attribute value used in expression is not defined; attribute value: " + text)
		}
		e.used[text] = true
		return v
	case text == "size":
		list, isList := e.path()["L"].([]any)
		if !isList {
			return nil
		}
		return value{"N": strconv.Itoa(len(list))}
	case text == "if_not_exists":
		e.want("(")
		v := e.operand()
		e.want(",")
		other := e.operand()
		e.want(")")
		if v == nil {
			return other
		}
		return v
	case text == "list_append":
		e.want("(")
		a, isList := e.operand()["L"].([]any)
		e.want(",")
		b, alsoList := e.operand()["L"].([]any)
		e.want(")")
		if !isList || !alsoList {
			e.refuse("An operand in the update expression has an incorrect data type")
		}
		return value{"L": slices.Concat([]any{}, a, b)}
	}
	e.refuse("Syntax error; token: " + text)
	return nil
}

func number(v value) (int64, bool) {
	text, _ := v["N"].(string)
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}

// update sets what an update expression of SET clauses says.
func (e *evaluation) update(text string, next item) *refusal {
	e.rest = token.FindAllString(text, -1)
	e.want("SET")
	for more := true; more && e.failed == nil; more = e.take(",") {
		short := e.next()
		name, known := e.names[short]
		if !known || name == "pk" || name == "sk" {
			e.refuse("One or more parameter values were invalid: Cannot update attribute " + short)
			break
		}
		if e.used["SET "+short] {
			e.refuse("Two document paths overlap with each other: " + name)
		}
		e.used[short], e.used["SET "+short] = true, true
		e.take(short)
		e.want("=")
		v := e.operand()
		if e.take("+") {
			m, isNumber := number(v)
			n, alsoNumber := number(e.operand())
			if !isNumber || !alsoNumber {
				e.refuse("An operand in the update expression has an incorrect data type")
			}
			v = value{"N": strconv.FormatInt(m+n, 10)}
		}
		if v == nil {
			e.refuse("The provided expression refers to an attribute that does not exist in the item")
		}
		next[name] = v
	}
	if len(e.rest) > 0 {
		e.refuse("Syntax error; token: " + e.next())
	}
	return e.failed
}
