package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"whystopped/classifier"
	"whystopped/events/awsname"
	"whystopped/evidence"
	"whystopped/evidence/network"
	"whystopped/evidence/policy"
)

var permissionChecks = []evidence.Check{
	{
		Cause: "role-permission-missing",
		Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedAccess, evidence.NeedTrail},
		Confirms: "IAM's simulation of the role denies exactly the action and resource of the failed step, " +
			"explicitly; or no policy of the role allows it, and either that kind of resource has no policy, or its " +
			"policy was read and does not allow it, or it belongs to another account, where both must; or, with " +
			"--verify, CloudTrail has the denied call and its message names the role's own policy",
		RulesOut: "the simulation allows it, or within one account the resource's own policy does: then something " +
			"else refused",
		Open: "a policy of the role compares condition keys that the simulation does not know, a service control " +
			"policy or the permissions boundary decides, the policy that decides was changed after the failure (with " +
			"--verify), or the simulation or the resource's policy could not be read",
		Instead: "permissions-boundary-denies",
		Prove:   provePermission,
	},
	{
		Cause:    "permissions-boundary-denies",
		Needs:    []evidence.Need{evidence.NeedInputs, evidence.NeedAccess},
		Confirms: "the simulation says that the role's permissions boundary does not allow the call",
		RulesOut: "the role has no permissions boundary, or it allows the call",
		Open:     "condition keys that the simulation does not know, or no simulation",
		Prove:    proveBoundary,
	},
	{
		Cause: "scp-denies",
		Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedAccess},
		Confirms: "the message names a service control policy, and the simulation says that the organization does " +
			"not allow the call",
		RulesOut: "never: the simulation does not know what the call's conditions were",
		Open:     "the simulation alone says so, or says otherwise",
		Prove:    proveSCP,
	},
	{
		Cause: "log-group-create-denied",
		Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedLogs, evidence.NeedAccess},
		Confirms: "the log group was to be created, because the message says so or because it is not there, and the " +
			"role may not call logs:CreateLogGroup on it",
		RulesOut: "awslogs-create-group is not true, the group is there, or the role may create it",
		Open: "whether the group is there could not be read, it was made after the failure, or as for " +
			"role-permission-missing",
		Prove: proveLogGroupCreate,
	},
	{
		Cause: "env-file-denied",
		Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedAccess},
		Confirms: "the simulation denies s3:GetObject on the file explicitly, or no policy of the role and no " +
			"statement of the bucket's policy allows it, or the bucket's policy denies it",
		RulesOut: "never: the key that encrypts the file is not read",
		Open: "the role and the bucket's policy allow it, the bucket's policy could not be read, or as for " +
			"role-permission-missing",
		Prove: proveEnvFile,
	},
}

func provePermission(c *evidence.Case) classifier.Proof {
	var actions []string
	for _, w := range permissions(c).Value {
		actions = append(actions, w.action)
	}
	if named := c.Finding.Facts.Permission(); len(actions) == 0 && named != "" {
		actions = []string{named}
	}
	return withDenial(c,
		eachPermission(c, func(role string, w permission) classifier.Proof { return identity(c, role, w) }), actions...)
}

// eachPermission judges every call of the failed step with its caller.
func eachPermission(c *evidence.Case, prove func(role string, w permission) classifier.Proof) classifier.Proof {
	role, needed := caller(c), permissions(c)
	switch {
	case needed.State == evidence.Absent:
		return evidence.Inconclusive(classifier.ReasonNotRead, "what the step asked for is not known")
	case needed.State != evidence.Known:
		return needed.Gap()
	case role.State == evidence.Absent && c.Finding.Facts.Role != "":
		return evidence.Inconclusive(classifier.ReasonNotVisible, "IAM has no role %s", c.Finding.Facts.Role)
	case role.State == evidence.Absent:
		return evidence.Inconclusive(classifier.ReasonNotRead, "%s names no role for this step",
			c.Stop.TaskDefinition())
	case role.State != evidence.Known && role.Reason == classifier.ReasonNotRead:
		return evidence.Inconclusive(classifier.ReasonNotRead,
			"the role of the instance is used, or that which its agent takes, and which one that is was not read")
	case role.State != evidence.Known:
		return noRole(c, role)
	}
	var proofs []classifier.Proof
	for _, w := range needed.Value {
		proofs = append(proofs, prove(role.Value, w))
	}
	if rest := unasked(c); len(rest) > 0 {
		proofs = append(proofs, evidence.Inconclusive(classifier.ReasonNotRead, "%s is not simulated",
			strings.Join(rest, ", ")))
	}
	if len(c.Finding.Facts.Denials()) > 1 {
		return allConfirmed(proofs)
	}
	return deciding(proofs)
}

// allConfirmed is the proof that decides, with every defect where several calls were denied.
func allConfirmed(proofs []classifier.Proof) classifier.Proof {
	p := deciding(proofs)
	if p.Result != classifier.Confirmed {
		return p
	}
	var said, next []string
	for _, one := range proofs {
		if one.Result == classifier.Confirmed && !slices.Contains(said, one.Evidence) {
			said, next = append(said, one.Evidence), append(next, one.Next)
		}
	}
	p.Evidence, p.Next = strings.Join(said, "; "), strings.Join(slices.Compact(next), "; ")
	return p
}

// identity reports whether the role's own policies are why a call is refused.
func identity(c *evidence.Case, role string, w permission) classifier.Proof {
	sim, p := simulated(c, role, w)
	if p != nil {
		return *p
	}
	name, call := awsname.LastPart(role), w.action+" on "+w.forms[0]
	next := fmt.Sprintf("allow %s on %s in a policy of role %s", w.action, w.forms[len(w.forms)-1], name)
	switch {
	case sim.Decision == "allowed":
		return since(c, role, sim,
			evidence.RuledOut("the policies of role %s allow %s; if it was denied all the same, another policy did "+
				"that: of the VPC endpoint, the resource, its KMS key or the organization", name, call))
	case sim.Decision == "explicitDeny":
		return since(c, role, sim, evidence.Confirmed(liftDenial(w.action, sim), "%s denies %s to role %s",
			deciders(sim), call, name))
	case otherOwner(role, w):
		return evidence.Confirmed(next,
			"no policy of role %s allows %s, which another account's resource needs besides its own policy", name, call)
	}
	says, p := resourceSays(c, role, w)
	switch {
	case p != nil:
		p.Evidence = fmt.Sprintf(
			"no policy of role %s allows %s; only the policy of the resource could, and it is not known", name, call)
		return *p
	case says.Decision == policy.Allowed && parts(w.forms[0]).Account == "":
		return evidence.Inconclusive(classifier.ReasonNotVisible,
			"no policy of role %s allows %s; %s of the resource's policy does, which is enough only within one account",
			name, call, says.Statement)
	case says.Decision == policy.Allowed:
		return evidence.RuledOut(
			"no policy of role %s allows %s, but %s of the resource's policy does, which is enough within one account",
			name, call, says.Statement)
	case says.Decision == policy.Unknown:
		return evidence.Inconclusive(classifier.ReasonCondition,
			"no policy of role %s allows %s; %s of the resource's policy may, which %s", name, call, says.Statement,
			says.Doubt)
	}
	return evidence.Confirmed(next, "no policy of role %s allows %s%s", name, call, besides(w))
}

// besides says what else was looked at before an implicit denial counts.
func besides(w permission) string {
	if policyOf(w.action, w.forms[0]) == "" {
		return ""
	}
	return ", nor does the policy of the resource"
}

// managed are the ARNs that the policies which decided a simulation have if they are the account's own and have no
// path. Inline policies, and those of AWS, have no such ARN, and no time that matters.
func managed(role string, sim evidence.Simulation) (arns []string) {
	for _, name := range sim.Statements {
		owner := parts(role)
		owner.Resource = "policy/" + name
		arns = append(arns, owner.String())
	}
	return arns
}

// Deciders are the managed policies that decided the simulations.
func Deciders(c *evidence.Case) (arns []string) {
	for call, sim := range c.Facts.Access.Simulations {
		for _, arn := range managed(call.Role, sim.Value) {
			if !slices.Contains(arns, arn) {
				arns = append(arns, arn)
			}
		}
	}
	slices.Sort(arns)
	return arns
}

// since is a proof that rests on what a role's policies say, from when the oldest of those that decided says so, as far
// as all of them have a time. When a policy was attached is not told.
func since(c *evidence.Case, role string, sim evidence.Simulation, p classifier.Proof) classifier.Proof {
	var oldest time.Time
	for _, arn := range managed(role, sim) {
		version := c.Facts.Access.Versions[arn]
		if version.State != evidence.Known {
			return p
		}
		if oldest.IsZero() || version.Value.Before(oldest) {
			oldest = version.Value
		}
	}
	return evidence.NotBefore(p, oldest)
}

// deciders names the policies that decided a simulation.
func deciders(sim evidence.Simulation) string {
	if len(sim.Statements) == 0 {
		return "a policy of the role"
	}
	return "policy " + strings.Join(sim.Statements, ", ")
}

// lift is what to do about a denial by the role's policies.
func liftDenial(action string, sim evidence.Simulation) string {
	return "take the denial of " + action + " out of " + deciders(sim)
}

// otherOwner reports whether what is asked for lies in another account than the role. The ARNs of buckets and objects
// name none.
func otherOwner(role string, w permission) bool {
	owner := parts(w.forms[0]).Account
	return owner != "" && owner != parts(role).Account
}

// simulated returns what the simulation says about every form of what is wanted, or the proof why that is not to be
// relied on.
func simulated(c *evidence.Case, role string, w permission) (evidence.Simulation, *classifier.Proof) {
	var first evidence.Simulation
	for i, form := range w.forms {
		answer := c.Facts.Access.Simulations[evidence.Call{Role: role, Action: w.action, Resource: form}]
		sim, p := answer.Value, classifier.Proof{}
		unknown := missing(c, role, w, sim)
		switch call := w.action + " on " + form; {
		case answer.State == evidence.Absent:
			p = evidence.Inconclusive(classifier.ReasonNotVisible, "IAM has no role %s", awsname.LastPart(role))
		case answer.State != evidence.Known:
			p = answer.Gap()
		case len(unknown) > 0:
			p = evidence.Inconclusive(classifier.ReasonCondition, "the simulation of %s by role %s does not know %s",
				call, awsname.LastPart(role), strings.Join(unknown, ", "))
		case sim.Organizations != nil && !*sim.Organizations:
			p = evidence.Inconclusive(classifier.ReasonCondition, "the simulation says that a service control policy "+
				"does not allow %s to role %s, and cannot know the call's conditions", call, awsname.LastPart(role))
		case sim.Boundary != nil && !*sim.Boundary:
			p = evidence.Inconclusive(classifier.ReasonNotRead,
				"the permissions boundary of role %s does not allow %s; what its other policies say is not told",
				awsname.LastPart(role), call)
		case i > 0 && sim.Decision != first.Decision:
			p = evidence.Inconclusive(classifier.ReasonPartial, "role %s: %s on %s is %s, and %s is %s",
				awsname.LastPart(role), w.action, w.forms[0], first.Decision, call, sim.Decision)
		default:
			first = sim
			continue
		}
		return evidence.Simulation{}, &p
	}
	return first, nil
}

// missing are the condition keys that a simulation lacked, but for those that the call does not have either.
func missing(c *evidence.Case, role string, w permission, sim evidence.Simulation) []string {
	q := requestOf(c, role, w)
	known := q.Context()
	return slices.DeleteFunc(slices.Clone(sim.Missing),
		func(key string) bool { return known.Lacks(key) })
}

// resourceSays returns what the policy of the resource says about a call, implicit when such a resource has no policy,
// or the proof why that is not known.
func resourceSays(c *evidence.Case, role string, w permission) (policy.Ruling, *classifier.Proof) {
	on := policyOf(w.action, w.forms[0])
	if on == "" {
		return policy.Ruling{Decision: policy.Implicit}, nil
	}
	answer := c.Facts.Access.Policies[on]
	switch {
	case answer.State == evidence.Absent:
		p := evidence.Inconclusive(classifier.ReasonNotVisible, "%s is not there, or not visible", on)
		return policy.Ruling{}, &p
	case answer.State != evidence.Known:
		p := answer.Gap()
		return policy.Ruling{}, &p
	case answer.Value.Document == "":
		return policy.Ruling{Decision: policy.Implicit}, nil
	}
	return policy.Evaluate(answer.Value.Document, requestOf(c, role, w)), nil
}

// Context are the condition keys of a call that are known and that a simulation can be told.
func Context(c *evidence.Case, call evidence.Call) policy.Keys {
	q := requestOf(c, call.Role, permission{call.Action, []string{call.Resource}})
	known := q.Context()
	maps.DeleteFunc(known, func(_ string, v policy.Value) bool { return v.Absent || v.Open })
	return known
}

// keysOf are the condition keys of a call that ECS, over TLS, or a service in its stead makes for the task
// (https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html,
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html).
func keysOf(c *evidence.Case, role string, w permission) policy.Keys {
	known := policy.Keys{"aws:securetransport": policy.Flag(true), "aws:viaawsservice": policy.Flag(false)}
	if found := c.Facts.Access.Roles[awsname.LastPart(role)]; found.State == evidence.Known && found.Value.ARN == role {
		known.Tag(found.Value.Tags, "aws:principaltag") // ECS gives a task's sessions no tags of their own
	}
	maps.Copy(known, network.Organization(c, parts(role).Account, parts(w.forms[0]).Account))
	if w.action != "kms:Decrypt" { // which comes from the service that keeps what is encrypted
		maps.Copy(known, cameThrough(c, w.action))
	}
	switch w.action {
	case "secretsmanager:GetSecretValue":
		known["secretsmanager:secretid"] = policy.Value{Text: w.forms[0], Open: true}
		secret := c.Facts.Setup.Secrets[evidence.In(parts(w.forms[0]).Region, w.forms[0])]
		if secret.State == evidence.Known {
			known.Tag(secret.Value.Tags, "aws:resourcetag", "secretsmanager:resourcetag")
		}
	case "kms:Decrypt":
		known["aws:viaawsservice"] = policy.Flag(true)
		known["kms:calleraccount"] = policy.Value{Text: parts(role).Account}
		things := decryptedFor(c, w.forms[0])
		for i, thing := range things {
			via := policy.Value{Text: awsname.ServiceHost(parts(thing).Service, parts(thing).Region)}
			if i > 0 && known["kms:viaservice"] != via {
				delete(known, "kms:viaservice")
				return known
			}
			known["kms:viaservice"] = via
		}
		if len(things) == 1 {
			name := map[string]string{"secretsmanager": "secretarn", "ssm": "parameter_arn"}[parts(things[0]).Service]
			known["kms:encryptioncontext:"+name] = policy.Value{Text: things[0]}
		}
	}
	return known
}

// cameThrough are the condition keys that tell through which VPC endpoint a call came: as CloudTrail has it where it
// was denied, else as the VPC leads it.
func cameThrough(c *evidence.Case, action string) policy.Keys {
	known := network.Source(c)
	for _, e := range c.Facts.Running.Denials.Value {
		if e.Endpoint != "" && strings.EqualFold(awsname.Permission(e.Action), action) {
			if known["aws:sourcevpce"].Text != e.Endpoint {
				known = policy.Keys{}
			}
			known["aws:sourcevpce"] = policy.Value{Text: e.Endpoint}
		}
	}
	return known
}

// requestOf is the request that a resource's policy is judged by. A session of the execution or task role bears the
// task's id.
func requestOf(c *evidence.Case, role string, w permission) policy.Request {
	q := policy.Request{Keys: keysOf(c, role, w), Role: role, Account: parts(role).Account,
		Action: w.action, Resource: w.forms[len(w.forms)-1]}
	if role == executionRole(c).Value || role == taskRole(c).Value {
		q.Session = c.Stop.TaskID
	}
	return q
}

func proveBoundary(c *evidence.Case) classifier.Proof {
	return eachPermission(c, func(role string, w permission) classifier.Proof {
		name, call := awsname.LastPart(role), w.action+" on "+w.forms[0]
		boundary := c.Facts.Access.Roles[name].Value.Boundary
		for _, form := range w.forms {
			answer := c.Facts.Access.Simulations[evidence.Call{Role: role, Action: w.action, Resource: form}]
			switch sim := answer.Value; {
			case answer.State != evidence.Known:
				return answer.Gap()
			case sim.Organizations != nil && !*sim.Organizations: // which ends a simulation
				return evidence.Inconclusive(classifier.ReasonCondition,
					"the simulation says that a service control policy does not allow %s to role %s", call, name)
			case sim.Boundary == nil && boundary != "":
				return evidence.Inconclusive(classifier.ReasonNotRead,
					"the simulation does not tell what permissions boundary %s says", boundary)
			case sim.Boundary == nil:
				return evidence.RuledOut("role %s has no permissions boundary", name)
			case *sim.Boundary:
				return evidence.RuledOut("the permissions boundary of role %s allows %s", name, call)
			case len(missing(c, role, w, sim)) > 0:
				return evidence.Inconclusive(classifier.ReasonCondition,
					"the permissions boundary of role %s does not allow %s in a simulation that does not know %s", name,
					call, strings.Join(missing(c, role, w, sim), ", "))
			}
		}
		if says, p := resourceSays(c, role, w); p == nil &&
			(says.Decision == policy.Allowed || says.Decision == policy.Unknown) {
			return evidence.Inconclusive(classifier.ReasonCondition,
				"the permissions boundary of role %s does not allow %s; %s of the resource's policy may", name, call,
				says.Statement)
		}
		if boundary == "" {
			boundary = "the permissions boundary of role " + name
		} else {
			boundary = "permissions boundary " + boundary
		}
		return evidence.Confirmed("allow "+w.action+" in "+boundary,
			"the permissions boundary of role %s does not allow %s", name, call)
	})
}

func proveSCP(c *evidence.Case) classifier.Proof {
	named := c.Finding.Facts.DeniedBy == "service control policy"
	return eachPermission(c, func(role string, w permission) classifier.Proof {
		call := w.action + " on " + w.forms[0] + " to role " + awsname.LastPart(role)
		answer := c.Facts.Access.Simulations[evidence.Call{Role: role, Action: w.action, Resource: w.forms[0]}]
		switch sim := answer.Value; {
		case answer.State != evidence.Known:
			return answer.Gap()
		case sim.Organizations == nil:
			return evidence.Inconclusive(classifier.ReasonNotVisible,
				"the simulation tells of no service control policy")
		case *sim.Organizations:
			return evidence.Inconclusive(classifier.ReasonCondition,
				"the simulation says that the service control policies allow %s, and cannot know the call's conditions",
				call)
		case !named:
			return evidence.Inconclusive(classifier.ReasonCondition, "the simulation says that a service control "+
				"policy does not allow %s, and cannot know the call's conditions", call)
		default:
			return evidence.Confirmed("ask the organization's administrators to allow "+w.action+" for role "+
				awsname.LastPart(role), "a service control policy does not allow %s", call)
		}
	})
}

func proveLogGroupCreate(c *evidence.Case) classifier.Proof {
	definition := c.Facts.Task.TaskDefinition
	said := c.Finding.Facts.AWSAction == "logs:CreateLogGroup"
	if !said && definition.State != evidence.Known {
		return unknownToo[bool](definition).Gap()
	}
	if !said && !slices.ContainsFunc(definition.Value.Containers, evidence.ContainerDefinition.CreatesGroup) {
		return evidence.RuledOut("no container has awslogs-create-group true, so no log group was to be created")
	}
	role := caller(c)
	if role.State != evidence.Known {
		return provePermission(c)
	}
	needed := permissions(c)
	if !said {
		needed = createdGroups(c)
	}
	var proofs []classifier.Proof
	for _, w := range needed.Value {
		p := identity(c, role.Value, w)
		if p.Result == classifier.Confirmed && !said {
			p = ofMissingGroup(c, w, p)
		}
		proofs = append(proofs, p)
	}
	return deciding(proofs)
}

// ofMissingGroup is the proof that a role may not create a log group where the text does not say that it tried: it did
// if the group is not there.
func ofMissingGroup(c *evidence.Case, w permission, denial classifier.Proof) classifier.Proof {
	name, _, _ := strings.Cut(strings.TrimPrefix(parts(w.forms[0]).Resource, "log-group:"), ":")
	switch group := c.Facts.Setup.LogGroups[evidence.In(parts(w.forms[0]).Region, name)]; group.State {
	case evidence.Absent:
		denial.Evidence = "there is no log group " + name + ", and " + denial.Evidence
		return denial
	case evidence.Known:
		return evidence.At(evidence.RuledOut("log group %s is there, so it was not to be created", name),
			group.Value.CreatedAt)
	default:
		return evidence.Inconclusive(group.Gap().Reason, "%s; whether log group %s was there is not known",
			denial.Evidence, name)
	}
}

func proveEnvFile(c *evidence.Case) classifier.Proof {
	return eachPermission(c, func(role string, w permission) classifier.Proof {
		p := identity(c, role, w)
		if p.Result != classifier.RuledOut {
			return p
		}
		says, gap := resourceSays(c, role, w)
		switch bucket := policyOf(w.action, w.forms[0]); {
		case gap != nil:
			gap.Evidence = fmt.Sprintf("the policies of role %s allow %s on %s; the policy of bucket %s is not known",
				awsname.LastPart(role), w.action, w.forms[0], bucket)
			return *gap
		case says.Decision == policy.Denied:
			return evidence.Confirmed("take the denial out of the policy of "+bucket,
				"%s of the policy of %s denies %s to role %s", says.Statement, bucket, w.action, awsname.LastPart(role))
		case says.Decision == policy.Unknown:
			return evidence.Inconclusive(classifier.ReasonCondition,
				"%s of the policy of %s may deny %s to role %s: it %s", says.Statement, bucket, w.action,
				awsname.LastPart(role), says.Doubt)
		default:
			return evidence.Inconclusive(classifier.ReasonNotRead, "%s; the key that encrypts the file is not read",
				p.Evidence)
		}
	})
}
