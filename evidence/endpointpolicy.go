package evidence

import (
	"cmp"
	"fmt"
	"strings"

	"whystopped/classifier"
)

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
	if len(w.to.Actions) == 0 {
		return inconclusive(classifier.ReasonNotRead, "which action the policy of %s would have to allow is not known", e.ID)
	}
	var proofs []classifier.Proof
	for _, action := range w.to.Actions {
		proofs = append(proofs, w.judge(e, w.request(action)))
	}
	return worst(proofs)
}

// request is the call as the endpoint's policy sees it. Layers are read with links that ECR signs, so that their caller is not known.
func (w *walk) request(action string) request {
	r := request{action: action, resource: w.to.Resource, hidden: true}
	if td := w.c.Facts.Inputs.TaskDefinition; td.State == Known && td.Value.ExecutionRoleARN != "" && !w.to.Layers && w.from.Host == "" {
		r.role, r.account, r.hidden = td.Value.ExecutionRoleARN, w.c.Stop.Account, false
	}
	return r
}

// judge takes a statement that trusts the caller's account for one that allows: an endpoint's policy only filters.
func (w *walk) judge(e Endpoint, r request) classifier.Proof {
	resource := cmp.Or(r.resource, "what was asked for")
	switch said := evaluate(e.Policy, r); {
	case said.decision == allowed:
		return ruledOut("the policy of %s allows %s on %s (%s)", endpointName(e), r.action, resource, said.statement)
	case said.decision == implicit && said.delegated:
		return ruledOut("the policy of %s allows account %s to call %s on %s", endpointName(e), r.account, r.action, resource)
	case said.decision == unknown:
		probable := ""
		if w.to.Layers && strings.Contains(said.doubt, "condition") {
			probable = "; the layer bucket belongs to an account of AWS, which such conditions probably shut out"
		}
		return inconclusive(classifier.ReasonCondition, "%s of the policy of %s %s%s", said.statement, endpointName(e), said.doubt, probable)
	default:
		denial := fmt.Sprintf("no statement of the policy of %s allows %s on %s", endpointName(e), r.action, resource)
		if said.decision == denied {
			denial = fmt.Sprintf("%s of the policy of %s denies %s on %s", said.statement, endpointName(e), r.action, resource)
		}
		if w.c.Finding.Fault != classifier.Denied {
			return inconclusive(classifier.ReasonNotCausal, "%s, but a policy refuses with an answer, and this call got none", denial)
		}
		return confirmed(fmt.Sprintf("allow %s on %s in the policy of %s", r.action, resource, e.ID), "%s", denial)
	}
}
