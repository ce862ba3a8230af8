package network

import (
	"cmp"
	"fmt"
	"strings"

	"whystopped/classifier"
	"whystopped/events/awsname"
	"whystopped/evidence"
	"whystopped/evidence/policy"
)

// policyCause is the cause of an endpoint policy that does not allow a call of a service.
func policyCause(service string) string {
	if service == "s3" {
		return "s3-endpoint-policy-denies"
	}
	return "endpoint-policy-denies"
}

// policy judges the policy of the endpoint that the call goes through. A policy answers with a refusal: it is not why a
// call gets no answer.
func (w *walk) policy(e evidence.Endpoint) classifier.Proof {
	if e.Policy == "" {
		return evidence.RuledOut("%s has no policy of its own and allows every call", endpointName(e))
	}
	if len(w.to.Actions) == 0 {
		return evidence.Inconclusive(classifier.ReasonNotRead,
			"which action the policy of %s would have to allow is not known", e.ID)
	}
	var proofs []classifier.Proof
	for _, action := range w.to.Actions {
		r := w.request(action)
		r.Gateway = strings.EqualFold(e.Type, "Gateway")
		proofs = append(proofs, w.judge(e, r))
	}
	return evidence.Worst(proofs)
}

// request is the call as the endpoint's policy sees it. Layers are read with links that ECR signs, so that their caller
// is not known.
func (w *walk) request(action string) policy.Request {
	r := policy.Request{Action: action, Resource: w.to.Resource, Hidden: true}
	if td := w.c.Facts.Task.TaskDefinition; td.State == evidence.Known && td.Value.ExecutionRoleARN != "" &&
		!w.to.Layers && w.from.Host == "" {
		r.Role, r.Account, r.Hidden = td.Value.ExecutionRoleARN, w.c.Stop.Account, false
		owner, _ := awsname.ParseARN(r.Resource)
		r.Keys = Organization(w.c, r.Account, owner.Account)
	}
	return r
}

// judge takes a statement that trusts the caller's account for one that allows: an endpoint's policy only filters.
func (w *walk) judge(e evidence.Endpoint, r policy.Request) classifier.Proof {
	resource := cmp.Or(r.Resource, "what was asked for")
	switch said := policy.Evaluate(e.Policy, r); {
	case said.Decision == policy.Allowed:
		return evidence.RuledOut("the policy of %s allows %s on %s (%s)", endpointName(e), r.Action, resource,
			said.Statement)
	case said.Decision == policy.Implicit && said.Delegated:
		return evidence.RuledOut("the policy of %s allows account %s to call %s on %s", endpointName(e), r.Account,
			r.Action, resource)
	case said.Decision == policy.Unknown:
		probable := ""
		if w.to.Layers && strings.Contains(said.Doubt, "condition") {
			probable = "; the layer bucket belongs to an account of AWS, which such conditions probably shut out"
		}
		return evidence.Inconclusive(classifier.ReasonCondition, "%s of the policy of %s %s%s", said.Statement,
			endpointName(e), said.Doubt, probable)
	default:
		denial := fmt.Sprintf("no statement of the policy of %s allows %s on %s", endpointName(e), r.Action, resource)
		next := fmt.Sprintf("allow %s on %s in the policy of %s", r.Action, resource, e.ID)
		if rootOnly(e, r) {
			denial += "; the account that one names as principal is its root user alone at a gateway endpoint"
			next += " to principal \"*\", with condition aws:PrincipalArn where it is meant for some roles only"
		}
		if said.Decision == policy.Denied {
			denial = fmt.Sprintf("%s of the policy of %s denies %s on %s", said.Statement, endpointName(e), r.Action,
				resource)
		}
		if w.c.Finding.Fault != classifier.Denied {
			return evidence.Inconclusive(classifier.ReasonNotCausal,
				"%s, but a policy refuses with an answer, and this call got none", denial)
		}
		return evidence.Confirmed(next, "%s", denial)
	}
}

// rootOnly reports whether the policy of a gateway endpoint would allow a call if it were that of an interface
// endpoint, where an account as principal stands for its roles too.
func rootOnly(e evidence.Endpoint, r policy.Request) bool {
	if !r.Gateway {
		return false
	}
	r.Gateway = false
	said := policy.Evaluate(e.Policy, r)
	return said.Decision == policy.Implicit && said.Delegated
}
