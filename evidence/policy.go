package evidence

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"whystopped/classifier"
)

// oneOrMore is what a field of a policy holds: one value or a list of them.
type oneOrMore []string

func (o *oneOrMore) UnmarshalJSON(b []byte) error {
	var list []string
	if json.Unmarshal(b, &list) == nil {
		*o = list
		return nil
	}
	var single string
	if err := json.Unmarshal(b, &single); err != nil {
		return err
	}
	*o = oneOrMore{single}
	return nil
}

// statement is one statement of a policy.
type statement struct {
	Sid          string
	Effect       string
	Principal    json.RawMessage
	NotPrincipal json.RawMessage
	Action       oneOrMore
	NotAction    oneOrMore
	Resource     oneOrMore
	NotResource  oneOrMore
	Condition    map[string]map[string]json.RawMessage
}

// name tells a statement by its Sid, or by its place.
func (s statement) name(place int) string {
	if s.Sid != "" {
		return "statement " + s.Sid
	}
	return fmt.Sprintf("statement %d", place+1)
}

// parsePolicy reads a policy document.
func parsePolicy(document string) ([]statement, error) {
	var policy struct{ Statement json.RawMessage }
	if err := json.Unmarshal([]byte(document), &policy); err != nil {
		return nil, err
	}
	var list []statement
	if json.Unmarshal(policy.Statement, &list) == nil {
		return list, nil
	}
	var single statement
	if err := json.Unmarshal(policy.Statement, &single); err != nil {
		return nil, err
	}
	return []statement{single}, nil
}

// request is a call as a policy sees it. What is empty is not known.
type request struct {
	action   string
	resource string // an ARN; "/*" at its end stands for any object
	role     string // ARN of the calling role
	account  string
}

// decision is what a policy says of a request, and by which statement.
type decision struct {
	allowed   Truth
	statement string // empty when nothing matches
	doubt     string // what cannot be judged, when allowed is Unsure
}

// decide evaluates a policy. Statements with conditions or negations are not judged: where one of them could matter, the answer is
// Unsure.
func decide(statements []statement, r request) decision {
	var allows, mayAllow, mayDeny decision
	for i, s := range statements {
		applies, why := s.applies(r)
		allow := strings.EqualFold(s.Effect, "Allow")
		switch {
		case applies == Yes && !allow:
			return decision{allowed: No, statement: s.name(i)}
		case applies == Yes:
			allows = decision{allowed: Yes, statement: s.name(i)}
		case applies == Unsure && allow:
			mayAllow = decision{statement: s.name(i), doubt: why}
		case applies == Unsure:
			mayDeny = decision{statement: s.name(i), doubt: why}
		}
	}
	for _, d := range []decision{mayDeny, allows, mayAllow} {
		if d.statement != "" {
			return d
		}
	}
	return decision{allowed: No}
}

// applies tells whether a statement is for a request, and what leaves that open.
func (s statement) applies(r request) (Truth, string) {
	action := matchAny(s.Action, strings.ToLower(r.action), strings.ToLower)
	resource := s.resource(r)
	principal := s.principal(r)
	switch {
	case len(s.NotAction)+len(s.NotResource) > 0 || s.NotPrincipal != nil:
		return Unsure, "says what it is not for"
	case action == No || resource == No || principal == No:
		return No, ""
	case len(s.Condition) > 0:
		return Unsure, "has conditions on " + strings.Join(s.conditionKeys(), ", ")
	case action == Unsure || resource == Unsure:
		return Unsure, "names resources that the call may or may not be for"
	case principal == Unsure:
		return Unsure, "names principals that the caller may or may not be"
	}
	return Yes, ""
}

func (s statement) conditionKeys() []string {
	var keys []string
	for _, operator := range s.Condition {
		for key := range operator {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// resource tells whether a statement's resources hold the request's.
func (s statement) resource(r request) Truth {
	found := matchAny(s.Resource, r.resource, func(pattern string) string { return pattern })
	if slices.Contains(s.Resource, "*") {
		return Yes
	}
	prefix, anyObject := strings.CutSuffix(r.resource, "*")
	if found == No && (r.resource == "" || anyObject && slices.ContainsFunc(s.Resource, func(pattern string) bool { return mayMatchUnder(pattern, prefix) })) {
		return Unsure
	}
	return found
}

// mayMatchUnder tells whether a pattern may match something that begins with prefix.
func mayMatchUnder(pattern, prefix string) bool {
	literal, _, wild := strings.Cut(pattern, "*")
	return strings.HasPrefix(pattern, prefix) || wild && strings.HasPrefix(prefix, literal)
}

// matchAny tells whether one of the patterns matches. A policy variable in one leaves it open.
func matchAny(patterns []string, s string, fold func(string) string) Truth {
	found := No
	for _, pattern := range patterns {
		switch {
		case strings.Contains(pattern, "${"):
			found = Unsure
		case matches(fold(pattern), s):
			return Yes
		}
	}
	return found
}

// matches tells whether a pattern with * and ? matches all of s.
func matches(pattern, s string) bool {
	for pattern != "" {
		switch {
		case pattern[0] == '*':
			for i := 0; i <= len(s); i++ {
				if matches(pattern[1:], s[i:]) {
					return true
				}
			}
			return false
		case s == "", pattern[0] != '?' && pattern[0] != s[0]:
			return false
		}
		pattern, s = pattern[1:], s[1:]
	}
	return s == ""
}

// principal tells whether a statement is for the caller.
func (s statement) principal(r request) Truth {
	var everybody string
	if json.Unmarshal(s.Principal, &everybody) == nil {
		return truth(everybody == "*")
	}
	var kinds map[string]oneOrMore
	if json.Unmarshal(s.Principal, &kinds) != nil {
		return Unsure
	}
	found := No
	for _, name := range kinds["AWS"] {
		switch {
		case name == "*", r.role != "" && name == r.role, r.account != "" && (name == r.account || strings.HasSuffix(name, "::"+r.account+":root")):
			return Yes
		case r.role == "" || r.account == "" || strings.Contains(name, ":sts:") || !strings.HasPrefix(name, "arn:"):
			found = Unsure // the id of a role, its session, or a caller that is not known
		}
	}
	return found
}

// policyCause is the cause of an endpoint policy that does not allow a call of a service.
func policyCause(service string) string {
	if service == "s3" {
		return "s3-endpoint-policy-denies"
	}
	return "endpoint-policy-denies"
}

// policy judges the policy of the endpoint that the call goes through. A policy answers with a refusal: it is not why a call gets no
// answer.
func (w *walk) policy(e Endpoint) classifier.Proof {
	if e.Policy == "" {
		return ruledOut("%s has no policy of its own and allows every call", endpointName(e))
	}
	statements, err := parsePolicy(e.Policy)
	if err != nil {
		return inconclusive(ReasonFailed, "the policy of %s could not be read", e.ID)
	}
	if len(w.to.Actions) == 0 {
		return inconclusive(ReasonNotRead, "which action the policy of %s would have to allow is not known", e.ID)
	}
	var proofs []classifier.Proof
	for _, action := range w.to.Actions {
		proofs = append(proofs, w.judge(e, statements, w.request(action)))
	}
	return worst(proofs)
}

// request is the call as the endpoint's policy sees it. Layers are read with links that ECR signs, so that their caller is not known.
func (w *walk) request(action string) request {
	r := request{action: action, resource: w.to.Resource}
	if td := w.c.Facts.Inputs.TaskDefinition; td.State == Known && !w.to.Layers && w.from.Host == "" {
		r.role, r.account = td.Value.ExecutionRoleARN, w.c.Stop.Account
	}
	return r
}

func (w *walk) judge(e Endpoint, statements []statement, r request) classifier.Proof {
	resource := orElse(r.resource, "what was asked for")
	switch d := decide(statements, r); {
	case d.allowed == Yes:
		return ruledOut("the policy of %s allows %s on %s (%s)", endpointName(e), r.action, resource, d.statement)
	case d.allowed == Unsure:
		probable := ""
		if w.to.Layers && strings.Contains(d.doubt, "condition") {
			probable = "; the layer bucket belongs to an account of AWS, which such conditions probably shut out"
		}
		return inconclusive(ReasonCondition, "%s of the policy of %s %s%s", d.statement, endpointName(e), d.doubt, probable)
	default:
		evidence := fmt.Sprintf("no statement of the policy of %s allows %s on %s", endpointName(e), r.action, resource)
		if d.statement != "" {
			evidence = fmt.Sprintf("%s of the policy of %s denies %s on %s", d.statement, endpointName(e), r.action, resource)
		}
		if w.c.Finding.Fault != classifier.Denied {
			return inconclusive(ReasonNotCausal, "%s, but a policy refuses with an answer, and this call got none", evidence)
		}
		return confirmed(fmt.Sprintf("allow %s on %s in the policy of %s", r.action, resource, e.ID), "%s", evidence)
	}
}
