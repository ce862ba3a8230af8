package evidence

import (
	"fmt"
	"slices"
	"strings"

	"whystopped/classifier"
	"whystopped/events/awsname"
)

var permissionChecks = []Check{
	{
		Cause:    "role-permission-missing",
		Needs:    []Need{NeedInputs, NeedAccess, NeedTrail},
		Confirms: "IAM's simulation of the role denies exactly the action and resource of the failed step, explicitly; or no policy of the role allows it, and either that kind of resource has no policy, or its policy was read and does not allow it, or it belongs to another account, where both must; or, with --verify, CloudTrail has the denied call and its message names the role's own policy",
		RulesOut: "the simulation allows it, or within one account the resource's own policy does: then something else refused",
		Open:     "a policy of the role compares condition keys that the simulation does not know, a service control policy or the permissions boundary decides, or the simulation or the resource's policy could not be read",
		Instead:  "permissions-boundary-denies",
		Prove:    provePermission,
	},
	{
		Cause:    "permissions-boundary-denies",
		Needs:    []Need{NeedInputs, NeedAccess},
		Confirms: "the simulation says that the role's permissions boundary does not allow the call",
		RulesOut: "the role has no permissions boundary, or it allows the call",
		Open:     "condition keys that the simulation does not know, or no simulation",
		Prove:    proveBoundary,
	},
	{
		Cause:    "scp-denies",
		Needs:    []Need{NeedInputs, NeedAccess},
		Confirms: "the message names a service control policy, and the simulation says that the organization does not allow the call",
		RulesOut: "never: the simulation does not know what the call's conditions were",
		Open:     "the simulation alone says so, or says otherwise",
		Prove:    proveSCP,
	},
	{
		Cause:    "log-group-create-denied",
		Needs:    []Need{NeedInputs, NeedLogs, NeedAccess},
		Confirms: "the log group was to be created, because the message says so or because it is not there, and the role may not call logs:CreateLogGroup on it",
		RulesOut: "awslogs-create-group is not true, the group is there, or the role may create it",
		Open:     "whether the group is there could not be read, or as for role-permission-missing",
		Prove:    proveLogGroupCreate,
	},
	{
		Cause:    "env-file-denied",
		Needs:    []Need{NeedInputs, NeedAccess},
		Confirms: "the simulation denies s3:GetObject on the file explicitly, or no policy of the role and no statement of the bucket's policy allows it, or the bucket's policy denies it",
		RulesOut: "never: the key that encrypts the file is not read",
		Open:     "the role and the bucket's policy allow it, the bucket's policy could not be read, or as for role-permission-missing",
		Prove:    proveEnvFile,
	},
}

func provePermission(c *Case) classifier.Proof {
	var actions []string
	for _, w := range wanted(c).Value {
		actions = append(actions, w.action)
	}
	if named := c.Finding.Facts.AWSAction; len(actions) == 0 && named != "" {
		actions = []string{named}
	}
	return c.withDenial(eachWant(c, func(role string, w want) classifier.Proof { return identity(c, role, w) }), actions...)
}

// eachWant judges every call of the failed step with its caller.
func eachWant(c *Case, prove func(role string, w want) classifier.Proof) classifier.Proof {
	role, wants := caller(c), wanted(c)
	switch {
	case wants.State == Absent:
		return inconclusive(classifier.ReasonNotRead, "what the step asked for is not known")
	case wants.State != Known:
		return wants.gap()
	case role.State == Absent && c.Finding.Facts.Role != "":
		return inconclusive(classifier.ReasonNotVisible, "IAM has no role %s", c.Finding.Facts.Role)
	case role.State == Absent:
		return inconclusive(classifier.ReasonNotRead, "%s names no role for this step", c.Stop.TaskDefinition())
	case role.State != Known && role.Reason == classifier.ReasonNotRead:
		return inconclusive(classifier.ReasonNotRead, "the role of the instance is used, or that which its agent takes, and which one that is was not read")
	case role.State != Known:
		return noRole(c, role)
	}
	var proofs []classifier.Proof
	for _, w := range wants.Value {
		proofs = append(proofs, prove(role.Value, w))
	}
	return deciding(proofs)
}

// identity tells whether the role's own policies are why a call is refused.
func identity(c *Case, role string, w want) classifier.Proof {
	sim, p := simulated(c, role, w)
	if p != nil {
		return *p
	}
	name, call := awsname.LastPart(role), w.action+" on "+w.forms[0]
	next := fmt.Sprintf("allow %s on %s in a policy of role %s", w.action, w.forms[len(w.forms)-1], name)
	switch {
	case sim.Decision == "allowed":
		return ruledOut("the policies of role %s allow %s; if it was denied all the same, another policy did that: of the VPC endpoint, the resource, its KMS key or the organization", name, call)
	case sim.Decision == "explicitDeny":
		return confirmed(undeny(w.action, sim), "%s denies %s to role %s", deciders(sim), call, name)
	case otherOwner(role, w):
		return confirmed(next, "no policy of role %s allows %s, which another account's resource needs besides its own policy", name, call)
	}
	says, p := resourceSays(c, role, w)
	switch {
	case p != nil:
		p.Evidence = fmt.Sprintf("no policy of role %s allows %s; only the policy of the resource could, and it is not known", name, call)
		return *p
	case says.decision == allowed && parts(w.forms[0]).Account == "":
		return inconclusive(classifier.ReasonNotVisible, "no policy of role %s allows %s; %s of the resource's policy does, which is enough only within one account", name, call, says.statement)
	case says.decision == allowed:
		return ruledOut("no policy of role %s allows %s, but %s of the resource's policy does, which is enough within one account", name, call, says.statement)
	case says.decision == unknown:
		return inconclusive(classifier.ReasonCondition, "no policy of role %s allows %s; %s of the resource's policy may, which %s", name, call, says.statement, says.doubt)
	}
	return confirmed(next, "no policy of role %s allows %s%s", name, call, besides(w))
}

// besides says what else was looked at before an implicit denial counts.
func besides(w want) string {
	if policyOf(w.action, w.forms[0]) == "" {
		return ""
	}
	return ", nor does the policy of the resource"
}

// deciders names the policies that decided a simulation.
func deciders(sim Simulation) string {
	if len(sim.Statements) == 0 {
		return "a policy of the role"
	}
	return "policy " + strings.Join(sim.Statements, ", ")
}

// undeny is what to do about a denial by the role's policies.
func undeny(action string, sim Simulation) string {
	return "take the denial of " + action + " out of " + deciders(sim)
}

// otherOwner tells that what is asked for lies in another account than the role. The ARNs of buckets and objects name none.
func otherOwner(role string, w want) bool {
	owner := parts(w.forms[0]).Account
	return owner != "" && owner != parts(role).Account
}

// simulated returns what the simulation says about every form of what is wanted, or the proof why that is not to be relied on.
func simulated(c *Case, role string, w want) (Simulation, *classifier.Proof) {
	var first Simulation
	for i, form := range w.forms {
		answer := c.Facts.Access.Simulations[Call{role, w.action, form}]
		sim, p := answer.Value, classifier.Proof{}
		switch call := w.action + " on " + form; {
		case answer.State == Absent:
			p = inconclusive(classifier.ReasonNotVisible, "IAM has no role %s", awsname.LastPart(role))
		case answer.State != Known:
			p = answer.gap()
		case len(sim.Missing) > 0:
			p = inconclusive(classifier.ReasonCondition, "the simulation of %s by role %s does not know %s", call, awsname.LastPart(role), strings.Join(sim.Missing, ", "))
		case sim.Organizations != nil && !*sim.Organizations:
			p = inconclusive(classifier.ReasonCondition, "the simulation says that a service control policy does not allow %s to role %s, and cannot know the call's conditions", call, awsname.LastPart(role))
		case sim.Boundary != nil && !*sim.Boundary:
			p = inconclusive(classifier.ReasonNotRead, "the permissions boundary of role %s does not allow %s; what its other policies say is not told", awsname.LastPart(role), call)
		case i > 0 && sim.Decision != first.Decision:
			p = inconclusive(classifier.ReasonPartial, "role %s: %s on %s is %s, and %s is %s", awsname.LastPart(role), w.action, w.forms[0], first.Decision, call, sim.Decision)
		default:
			first = sim
			continue
		}
		return Simulation{}, &p
	}
	return first, nil
}

// resourceSays returns what the policy of the resource says about a call, implicit when such a resource has no policy, or the
// proof why that is not known.
func resourceSays(c *Case, role string, w want) (ruling, *classifier.Proof) {
	on := policyOf(w.action, w.forms[0])
	if on == "" {
		return ruling{decision: implicit}, nil
	}
	answer := c.Facts.Access.Policies[on]
	switch {
	case answer.State == Absent:
		p := inconclusive(classifier.ReasonNotVisible, "%s is not there, or not visible", on)
		return ruling{}, &p
	case answer.State != Known:
		p := answer.gap()
		return ruling{}, &p
	case answer.Value.Document == "":
		return ruling{decision: implicit}, nil
	}
	return evaluate(answer.Value.Document, posed(c, role, w)), nil
}

// posed is the request that a resource's policy is judged by. A session of the execution or task role bears the task's id, and
// ECS calls AWS over TLS.
func posed(c *Case, role string, w want) request {
	q := request{flags: map[string]bool{"aws:securetransport": true}, role: role, account: parts(role).Account, action: w.action, resource: w.forms[len(w.forms)-1]}
	if role == executionRole(c).Value || role == taskRole(c).Value {
		q.session = c.Stop.TaskID
	}
	return q
}

func proveBoundary(c *Case) classifier.Proof {
	return eachWant(c, func(role string, w want) classifier.Proof {
		name, call := awsname.LastPart(role), w.action+" on "+w.forms[0]
		boundary := c.Facts.Access.Roles[name].Value.Boundary
		for _, form := range w.forms {
			answer := c.Facts.Access.Simulations[Call{role, w.action, form}]
			switch sim := answer.Value; {
			case answer.State != Known:
				return answer.gap()
			case sim.Organizations != nil && !*sim.Organizations: // which ends a simulation
				return inconclusive(classifier.ReasonCondition, "the simulation says that a service control policy does not allow %s to role %s", call, name)
			case sim.Boundary == nil && boundary != "":
				return inconclusive(classifier.ReasonNotRead, "the simulation does not tell what permissions boundary %s says", boundary)
			case sim.Boundary == nil:
				return ruledOut("role %s has no permissions boundary", name)
			case *sim.Boundary:
				return ruledOut("the permissions boundary of role %s allows %s", name, call)
			case len(sim.Missing) > 0:
				return inconclusive(classifier.ReasonCondition, "the permissions boundary of role %s does not allow %s in a simulation that does not know %s", name, call, strings.Join(sim.Missing, ", "))
			}
		}
		if says, p := resourceSays(c, role, w); p == nil && (says.decision == allowed || says.decision == unknown) {
			return inconclusive(classifier.ReasonCondition, "the permissions boundary of role %s does not allow %s; %s of the resource's policy may", name, call, says.statement)
		}
		if boundary == "" {
			boundary = "the permissions boundary of role " + name
		} else {
			boundary = "permissions boundary " + boundary
		}
		return confirmed("allow "+w.action+" in "+boundary, "the permissions boundary of role %s does not allow %s", name, call)
	})
}

func proveSCP(c *Case) classifier.Proof {
	named := c.Finding.Facts.DeniedBy == "service control policy"
	return eachWant(c, func(role string, w want) classifier.Proof {
		call := w.action + " on " + w.forms[0] + " to role " + awsname.LastPart(role)
		answer := c.Facts.Access.Simulations[Call{role, w.action, w.forms[0]}]
		switch sim := answer.Value; {
		case answer.State != Known:
			return answer.gap()
		case sim.Organizations == nil:
			return inconclusive(classifier.ReasonNotVisible, "the simulation tells of no service control policy")
		case *sim.Organizations:
			return inconclusive(classifier.ReasonCondition, "the simulation says that the service control policies allow %s, and cannot know the call's conditions", call)
		case !named:
			return inconclusive(classifier.ReasonCondition, "the simulation says that a service control policy does not allow %s, and cannot know the call's conditions", call)
		default:
			return confirmed("ask the organization's administrators to allow "+w.action+" for role "+awsname.LastPart(role), "a service control policy does not allow %s", call)
		}
	})
}

func proveLogGroupCreate(c *Case) classifier.Proof {
	definition := c.Facts.Inputs.TaskDefinition
	said := c.Finding.Facts.AWSAction == "logs:CreateLogGroup"
	if !said && definition.State != Known {
		return unknownToo[bool](definition).gap()
	}
	if !said && !slices.ContainsFunc(definition.Value.Containers, ContainerDefinition.createsGroup) {
		return ruledOut("no container has awslogs-create-group true, so no log group was to be created")
	}
	role := caller(c)
	if role.State != Known {
		return provePermission(c)
	}
	wants := wanted(c)
	if !said {
		wants = createdGroups(c)
	}
	var proofs []classifier.Proof
	for _, w := range wants.Value {
		p := identity(c, role.Value, w)
		if p.Result == classifier.Confirmed && !said {
			p = ofMissingGroup(c, w, p)
		}
		proofs = append(proofs, p)
	}
	return deciding(proofs)
}

// ofMissingGroup is the proof that a role may not create a log group where the text does not say that it tried: it did if the group
// is not there.
func ofMissingGroup(c *Case, w want, denial classifier.Proof) classifier.Proof {
	name, _, _ := strings.Cut(strings.TrimPrefix(parts(w.forms[0]).Resource, "log-group:"), ":")
	switch group := c.Facts.Things.LogGroups[In(parts(w.forms[0]).Region, name)]; group.State {
	case Absent:
		denial.Evidence = "there is no log group " + name + ", and " + denial.Evidence
		return denial
	case Known:
		return ruledOut("log group %s is there, so it was not to be created", name)
	default:
		return inconclusive(group.gap().Reason, "%s; whether log group %s was there is not known", denial.Evidence, name)
	}
}

func proveEnvFile(c *Case) classifier.Proof {
	return eachWant(c, func(role string, w want) classifier.Proof {
		p := identity(c, role, w)
		if p.Result != classifier.RuledOut {
			return p
		}
		says, gap := resourceSays(c, role, w)
		switch bucket := policyOf(w.action, w.forms[0]); {
		case gap != nil:
			gap.Evidence = fmt.Sprintf("the policies of role %s allow %s on %s; the policy of bucket %s is not known", awsname.LastPart(role), w.action, w.forms[0], bucket)
			return *gap
		case says.decision == denied:
			return confirmed("take the denial out of the policy of "+bucket, "%s of the policy of %s denies %s to role %s", says.statement, bucket, w.action, awsname.LastPart(role))
		case says.decision == unknown:
			return inconclusive(classifier.ReasonCondition, "%s of the policy of %s may deny %s to role %s: it %s", says.statement, bucket, w.action, awsname.LastPart(role), says.doubt)
		default:
			return inconclusive(classifier.ReasonNotRead, "%s; the key that encrypts the file is not read", p.Evidence)
		}
	})
}
