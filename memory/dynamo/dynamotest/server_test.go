package dynamotest

import (
	"strings"
	"testing"
)

// TestExpressions: the stand-in must refuse what DynamoDB refuses, or the tests with it prove nothing.
func TestExpressions(t *testing.T) {
	here := item{"pk": {"S": "p"}, "sk": {"S": "s"}, "n": {"N": "4"}, "l": {"L": []any{value{"S": "a"}}}}
	for _, test := range []struct {
		condition string
		holds     bool
		refused   string
	}{
		{"#n = :four", true, ""},
		{"#n = :a", false, ""},
		{"#none = :four", false, ""},
		{"#n < :four OR #n >= :four", true, ""},
		{"#n <= :four AND NOT #n > :four", true, ""},
		{"NOT (#n = :four AND #n = :four)", false, ""},
		{"attribute_not_exists(#none)", true, ""},
		{"attribute_exists(#none)", false, ""},
		{"contains(#l, :a)", true, ""},
		{"contains(#none, :a)", false, ""},
		{"size(#l) < :four", true, ""},
		{"size(#none) < :four", false, ""},
		{"#other = :four", false, "not defined"},
		{"#n = :other", false, "not defined"},
		{"n = :four", false, "Syntax error"},
		{"#n = :four AND", false, "Syntax error"},
		{"#n = :four #n", false, "Syntax error"},
		{"#l < :four", false, "Incorrect operand type"},
	} {
		e := &evaluation{names: map[string]string{"#n": "n", "#l": "l", "#none": "none"}, used: map[string]bool{},
			values: map[string]value{":four": {"N": "4"}, ":a": {"S": "a"}}, item: here}
		holds, refused := e.condition(test.condition)
		if said := ""; refused != nil {
			said = refused.Message
			if test.refused == "" || !strings.Contains(said, test.refused) {
				t.Errorf("%s: refused with %q, want %q", test.condition, said, test.refused)
			}
		} else if test.refused != "" || holds != test.holds {
			t.Errorf("%s: %v, want %v, %s", test.condition, holds, test.holds, test.refused)
		}
		if refused := e.unused(); refused == nil {
			t.Errorf("%s: all names and values are taken to be used", test.condition)
		}
	}
	for _, test := range []struct{ update, refused string }{
		{"SET #n = if_not_exists(#n, :four) + :four, #l = list_append(#l, :l)", ""},
		{"SET #n = :four, #n = :four", "overlap"},
		{"SET #pk = :four", "Cannot update attribute"},
		{"SET #none = #none + :four", "incorrect data type"},
		{"SET #l = list_append(#none, :l)", "incorrect data type"},
		{"REMOVE #n", "Syntax error"},
	} {
		e := &evaluation{names: map[string]string{"#n": "n", "#l": "l", "#none": "none", "#pk": "pk"},
			used: map[string]bool{}, item: here,
			values: map[string]value{":four": {"N": "4"}, ":l": {"L": []any{value{"S": "b"}}}}}
		refused := e.update(test.update, item{})
		if said := (&refusal{}); refused != nil {
			said = refused
			if test.refused == "" || !strings.Contains(said.Message, test.refused) {
				t.Errorf("%s: refused with %q, want %q", test.update, said.Message, test.refused)
			}
		} else if test.refused != "" {
			t.Errorf("%s is not refused", test.update)
		}
	}
}
