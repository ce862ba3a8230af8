// Package policy reads the IAM policy language and judges what the policy of a resource says about one request. It says
// allowed or denied only where no condition, negation or principal that is not known could decide otherwise.
package policy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"whystopped/events/awsname"
)

// Request is what a policy is asked about. With neither role nor service the caller is anonymous, unless it is hidden.
type Request struct {
	Role     string // ARN of the role that calls
	Account  string // account of the role
	Session  string // name of the role's session, where it is known: a task's is its task id
	Service  string // service principal that calls in place of a role, "ecs-tasks.amazonaws.com"
	Hidden   bool   // who calls is not known
	Gateway  bool   // the policy is that of a gateway endpoint, where an account stands for its root user alone
	Action   string
	Resource string // ARN or "*"; with "/*" at its end any one of what is below
	Keys     Keys   // condition keys whose values are known beside those that Context tells
}

// decision is what a policy says to a request.
type decision string

const (
	Allowed  decision = "allowed"
	Denied   decision = "denied"   // a statement denies it
	Implicit decision = "implicit" // no statement is about it
	Unknown  decision = "unknown"  // a statement may be about it, which cannot be told from here
)

// Ruling is a decision with what it rests on.
type Ruling struct {
	Decision  decision
	Statement string // name of the statement that decided
	Doubt     string // what that statement says that cannot be told from here, where the decision is unknown
	MayDeny   bool   // that statement would deny
	Delegated bool   // a statement trusts the role's whole account, so that the role's own policies may allow
}

// Evaluate evaluates one policy: a deny wins, then an allow (IAM User Guide, "Policy evaluation logic"). Statements
// with NotAction, NotResource, NotPrincipal, a policy variable, or a condition that cannot be compared may hold or not.
// A document that does not parse is unknown.
func Evaluate(document string, q Request) Ruling {
	var policy struct{ Statement list[statement] }
	if err := json.Unmarshal([]byte(document), &policy); err != nil {
		return Ruling{Decision: Unknown, Statement: "the text", Doubt: "is no policy"}
	}
	r, known := Ruling{Decision: Implicit}, q.Context()
	said := map[decision]int{} // the first statement for each decision
	for i, s := range policy.Statement {
		m, d := s.match(&q, known), Unknown
		switch {
		case m == no:
			continue
		case m == throughAccount && s.Effect == "Allow":
			r.Delegated = true
			continue
		case m == yes && s.Effect == "Deny":
			d = Denied
		case m == yes && s.Effect == "Allow":
			d = Allowed
		case s.Effect == "Deny":
			d = mayDeny
		}
		if _, earlier := said[d]; !earlier {
			said[d] = i
		}
	}
	for _, d := range []decision{Denied, mayDeny, Allowed, Unknown} {
		i, found := said[d]
		if !found {
			continue
		}
		r.Decision, r.Statement = d, policy.Statement[i].name(i)
		if d == mayDeny || d == Unknown {
			r.Decision, r.Doubt, r.MayDeny = Unknown, policy.Statement[i].doubt(known), d == mayDeny
		}
		break
	}
	return r
}

// mayDeny is a statement that denies if its conditions hold: stronger than an allow, and unknown in the end.
const mayDeny decision = "may deny"

// statement is one statement of a policy.
type statement struct {
	Sid          string
	Effect       string
	Principal    json.RawMessage
	NotPrincipal json.RawMessage
	Action       list[string]
	NotAction    list[string]
	Resource     list[string]
	NotResource  list[string]
	Condition    map[string]map[string]list[scalar]
}

// list is a JSON value that may stand alone or in an array.
type list[T any] []T

func (l *list[T]) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '[' {
		return json.Unmarshal(data, (*[]T)(l))
	}
	var one T
	if err := json.Unmarshal(data, &one); err != nil {
		return err
	}
	*l = list[T]{one}
	return nil
}

// scalar is a string, number or truth value as it is written.
type scalar string

func (s *scalar) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, (*string)(s))
	}
	*s = scalar(data)
	return nil
}

// name tells a statement from its neighbours.
func (s *statement) name(i int) string {
	if s.Sid != "" {
		return fmt.Sprintf("statement %q", s.Sid)
	}
	return fmt.Sprintf("statement %d", i+1)
}

// doubt says why it cannot be told whether a statement is about a request.
func (s *statement) doubt(known Keys) string {
	_, undecided := s.matchCondition(known)
	switch {
	case len(undecided) > 0:
		return "has conditions on " + strings.Join(undecided, ", ")
	case len(s.NotAction)+len(s.NotResource) > 0 || s.NotPrincipal != nil:
		return "says what it is not for"
	}
	return "names principals or resources that may or may not be meant"
}

// match reports whether a statement, or a part of it, is about a request.
type match int

const (
	no             match = iota
	maybe                // cannot be told
	throughAccount       // its principal is the role's account
	yes
)

// match is no as soon as one part of the statement is, and maybe as soon as one part is that.
func (s *statement) match(q *Request, known Keys) match {
	conditions, _ := s.matchCondition(known)
	return min(s.matchAction(q.Action), s.matchResource(q.Resource), s.matchPrincipal(q), conditions)
}

// matchAction compares without regard to case, as IAM does with actions.
func (s *statement) matchAction(action string) match {
	action = strings.ToLower(action)
	fits := func(pattern string) bool { return wildcard(strings.ToLower(pattern), action) }
	switch {
	case slices.ContainsFunc(s.Action, fits):
		return yes
	case len(s.NotAction) > 0 && !slices.ContainsFunc(s.NotAction, fits):
		return maybe
	}
	return no
}

// matchResource compares with regard to case. A policy that hangs on a resource may name none.
func (s *statement) matchResource(resource string) match {
	fits := func(pattern string) bool { return wildcard(pattern, resource) }
	below, any := strings.CutSuffix(resource, "/*")
	mayFit := func(pattern string) bool {
		literal, _, wild := strings.Cut(pattern, "*")
		return strings.Contains(pattern, "${") || any &&
			(strings.HasPrefix(pattern, below+"/") || wild && strings.HasPrefix(below, literal))
	}
	switch {
	case len(s.Resource) == 0 && len(s.NotResource) == 0, slices.ContainsFunc(s.Resource, fits):
		return yes
	case slices.ContainsFunc(s.Resource, mayFit), len(s.NotResource) > 0 && !slices.ContainsFunc(s.NotResource, fits):
		return maybe
	}
	return no
}

// matchPrincipal compares the caller with "*", or with the lists under AWS and Service. Federated and canonical users
// call nothing for a task.
func (s *statement) matchPrincipal(q *Request) match {
	var everybody string
	var principals struct{ AWS, Service list[string] }
	switch {
	case s.Principal == nil:
		return maybe // NotPrincipal, or none, which the policies of resources do not have
	case json.Unmarshal(s.Principal, &everybody) == nil:
		principals.AWS = list[string]{everybody}
	case json.Unmarshal(s.Principal, &principals) != nil:
		return maybe
	}
	if q.Service != "" {
		switch {
		case slices.Contains(principals.Service, q.Service):
			return yes
		case slices.Contains(principals.AWS, "*"),
			slices.ContainsFunc(principals.Service,
				func(p string) bool { return strings.Contains(p, "*") || sameService(p, q.Service) }):
			return maybe
		}
		return no
	}
	best := no
	for _, p := range principals.AWS {
		if q.Gateway && p != "*" {
			best = max(best, matchAtGateway(p, s.Effect))
			continue
		}
		best = max(best, matchAWS(p, q))
	}
	return best
}

// sameService reports whether two service principals differ only in Region or domain: "ecs-tasks.amazonaws.com.cn".
func sameService(a, b string) bool {
	a, _, _ = strings.Cut(a, ".")
	b, _, _ = strings.Cut(b, ".")
	return a == b
}

// matchAWS compares one principal: "*", an account, its root, a role, or a session of a role. The id that IAM leaves in
// place of a deleted role (AROA…) is nobody.
func matchAWS(principal string, q *Request) match {
	if principal == "*" {
		return yes
	}
	switch {
	case q.Hidden:
		return maybe
	case q.Role == "":
		return no
	}
	if principal == q.Role {
		return yes
	}
	who, whole := awsname.ParseARN(principal)
	switch {
	case principal == q.Account:
		return throughAccount
	case !whole || who.Account != q.Account:
		return no
	case who.Resource == "root":
		return throughAccount
	case strings.Contains(principal, "*"):
		return maybe
	}
	kind, rest, _ := strings.Cut(who.Resource, "/")
	name, session, _ := strings.Cut(rest, "/")
	switch {
	case kind != "assumed-role" || name != awsname.LastPart(q.Role):
		return no
	case q.Session == "":
		return maybe
	case session == q.Session:
		return yes
	}
	return no
}

// matchAtGateway compares a principal other than "*" in the policy of a gateway endpoint. An account there grants
// access to its root user alone, who calls nothing for a task. What comes of an account that is denied, or of a role,
// is not documented (https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html).
func matchAtGateway(principal, effect string) match {
	who, whole := awsname.ParseARN(principal)
	if effect == "Allow" && (awsname.IsAccount(principal) || whole && who.Resource == "root") {
		return no
	}
	return maybe
}

// wildcard reports whether s fits a pattern in which * stands for any characters and ? for one.
func wildcard(pattern, s string) bool {
	p, i := 0, 0
	star, mark := -1, 0 // the last * and where what it stands for ends
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == s[i]):
			p, i = p+1, i+1
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
