package access

import (
	"strings"
	"time"

	"whystopped/classifier"
	"whystopped/events/awsname"
	"whystopped/evidence"
	"whystopped/evidence/policy"
)

// Service principals that assume the roles of a task.
const (
	tasksPrincipal          = "ecs-tasks.amazonaws.com" // execution and task role
	infrastructurePrincipal = "ecs.amazonaws.com"       // infrastructure role
)

// serviceLinkedRole is the role with which ECS makes network interfaces.
const serviceLinkedRole = "AWSServiceRoleForECS"

// settling is how long a new role may not be known everywhere. IAM is eventually consistent; a minute is on the safe
// side of what its documentation and its users tell.
const settling = time.Minute

var roleChecks = []evidence.Check{
	{
		Cause: "role-missing",
		Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedAccess},
		Confirms: "the task definition names no execution role though the task needs one, and the stop shows no " +
			"override; or IAM has no role of that name",
		RulesOut: "every role of the task exists and is older than the task",
		Open: "the task definition or a role could not be read, the role belongs to another account, or it was " +
			"made less than a minute before the task or after it",
		Prove: proveRoleMissing,
	},
	{
		Cause: "role-not-assumable",
		Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedAccess},
		Confirms: "no statement of the role's trust policy lets ecs-tasks.amazonaws.com (ecs.amazonaws.com for an " +
			"infrastructure role) call sts:AssumeRole, or one denies it",
		RulesOut: "a statement allows it, without conditions or under those of the task's account and Region, and " +
			"none denies it",
		Open: "the statement has conditions on what is not known, the role could not be read, or it is not there " +
			"(role-missing)",
		Prove: proveRoleNotAssumable,
	},
	{
		Cause:    "role-new",
		Needs:    []evidence.Need{evidence.NeedInputs, evidence.NeedAccess},
		Timeless: true,
		Confirms: "never: no API tells how long a role takes to be known everywhere, or when its policies were " +
			"changed",
		RulesOut: "never, for the same reason",
		Open: "always, with how long before the task each role was made, unless one could not be read, is not there, " +
			"belongs to another account, or does not trust ECS",
		Prove: proveRoleNew,
	},
	{
		Cause:    "instance-role-missing",
		Needs:    []evidence.Need{evidence.NeedInputs},
		Confirms: "the container instance has no instance profile",
		RulesOut: "the task has an execution role, which the step uses instead",
		Open: "the instance has a profile: the role in it and the way to the metadata service are not read; or " +
			"the instance could not be read",
		Prove: proveInstanceRoleMissing,
	},
	{
		Cause:    "service-role-missing",
		Needs:    []evidence.Need{evidence.NeedAccess},
		Confirms: "IAM has no role AWSServiceRoleForECS",
		RulesOut: "never: what else can stop the role is not read",
		Open:     "the role exists, or could not be read",
		Prove:    proveServiceRoleMissing,
	},
	{
		Cause: "ebs-role",
		Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedAccess},
		Confirms: "the infrastructure role that the volume's attachment names is not there, does not trust " +
			"ecs.amazonaws.com, or its policies do not allow ec2:CreateVolume",
		RulesOut: "never: the actions that follow the volume's creation are not simulated",
		Open: "no attachment names the role, it could not be read, or its policies have conditions that the " +
			"simulation does not know",
		Prove: proveEBSRole,
	},
}

// deciding returns the proof that decides among several, of which one confirmed is enough: the first confirmed, else
// the first that is open, else the first that rules out. No proof at all is a fact that was not found.
func deciding(proofs []classifier.Proof) classifier.Proof {
	for _, result := range []classifier.Result{classifier.Confirmed, classifier.Inconclusive, classifier.NotChecked,
		classifier.RuledOut} {
		for _, p := range proofs {
			if p.Result == result {
				return p
			}
		}
	}
	return classifier.Proof{Result: classifier.NotChecked, Reason: classifier.ReasonNotRead}
}

func proveRoleMissing(c *evidence.Case) classifier.Proof {
	execution := executionRole(c)
	if execution.State == evidence.Absent && c.Finding.Facts.Role == "" && infrastructureRole(c) == "" {
		if needs := needsExecutionRole(c); needs != "" {
			d := c.Stop.TaskDefinition()
			return evidence.Confirmed("set executionRoleArn in a new revision of "+d+
				" to a role with AmazonECSTaskExecutionRolePolicy",
				"%s names no executionRoleArn, and %s", d, needs)
		}
	}
	roles := taskRoles(c)
	if len(roles) == 0 && execution.State != evidence.Known {
		if execution.State == evidence.Absent {
			return evidence.Inconclusive(classifier.ReasonNotRead, "%s names no role", c.Stop.TaskDefinition())
		}
		return noRole(c, execution)
	}
	var proofs []classifier.Proof
	for _, role := range roles {
		proofs = append(proofs, roleExists(c, role))
	}
	if p := deciding(proofs); p.Result != classifier.RuledOut {
		return p
	}
	p := evidence.Worst(proofs)
	if len(proofs) > 1 && p.Since.Before(c.Stop.CreatedAt) {
		p.Evidence = "roles " + awsname.LastPart(roles[0]) + " and " + awsname.LastPart(roles[1]) + " exist since " +
			clock(p.Since)
	}
	return p
}

// noRole is the proof that a role of the task is not known.
func noRole(c *evidence.Case, role evidence.Answer[string]) classifier.Proof {
	p := role.Gap()
	if p.Reason == classifier.ReasonNotVisible {
		p.Evidence = c.Stop.TaskDefinition() + " is not visible any more"
	}
	return p
}

// needsExecutionRole says what the task cannot do without an execution role, "" when nothing. On EC2 the instance's
// role stands in for it.
func needsExecutionRole(c *evidence.Case) string {
	for _, d := range c.Facts.Task.TaskDefinition.Value.Containers {
		switch {
		case len(d.Secrets)+len(d.LogSecrets) > 0:
			return "container " + d.Name + " has secrets"
		case len(d.EnvironmentFiles) > 0:
			return "container " + d.Name + " has environment files"
		case d.Credentials != "":
			return "container " + d.Name + " has repositoryCredentials"
		case c.Stop.OnInstance():
		case d.LogDriver == evidence.Awslogs:
			return "container " + d.Name + " logs with awslogs on Fargate"
		case awsname.IsECR(awsname.ParseImage(d.Image).Registry):
			return "container " + d.Name + " has a private ECR image on Fargate"
		}
	}
	return ""
}

// roleExists reports whether a role, by ARN or name, is there and was when the task began.
func roleExists(c *evidence.Case, role string) classifier.Proof {
	name := awsname.LastPart(role)
	answer := foundRole(c, role)
	switch began := c.Stop.CreatedAt; {
	case answer.State == evidence.Absent:
		return evidence.Confirmed("create the role "+name+", or name one that exists, and start a new task",
			"IAM has no role %s in account %s", name, c.Stop.Account)
	case answer.State != evidence.Known:
		return unseen(answer, role)
	case began.IsZero():
		return evidence.Inconclusive(classifier.ReasonNotRead, "role %s exists; when the task was created is not known",
			name)
	case answer.Value.CreatedAt.After(began):
		return evidence.At(evidence.RuledOut("role %s was created at %s, after the task at %s; whether there was "+
			"another of that name before is not told", name, clock(answer.Value.CreatedAt), clock(began)),
			answer.Value.CreatedAt)
	case began.Sub(answer.Value.CreatedAt) < settling:
		return evidence.Inconclusive(classifier.ReasonLater, "role %s was created %s before the task", name,
			classifier.Span(began.Sub(answer.Value.CreatedAt)))
	default:
		return evidence.At(evidence.RuledOut("role %s exists since %s", name, clock(answer.Value.CreatedAt)),
			answer.Value.CreatedAt)
	}
}

func proveRoleNew(c *evidence.Case) classifier.Proof {
	roles := taskRoles(c)
	if len(roles) == 0 {
		return noRole(c, executionRole(c))
	}
	var proofs []classifier.Proof
	for _, role := range roles {
		proofs = append(proofs, roleNew(c, role))
	}
	return deciding(proofs)
}

// roleNew reports whether a role was so young that it was not known everywhere.
func roleNew(c *evidence.Case, role string) classifier.Proof {
	answer := foundRole(c, role)
	name, began, failed := awsname.LastPart(role), c.Stop.CreatedAt, c.Failed()
	principal := tasksPrincipal
	if role == infrastructureRole(c) {
		principal = infrastructurePrincipal
	}
	made := answer.Value.CreatedAt
	switch {
	case answer.State == evidence.Absent:
		return evidence.Inconclusive(classifier.ReasonNotCausal, "IAM has no role %s", name)
	case answer.State != evidence.Known:
		return unseen(answer, role)
	case began.IsZero() || failed.IsZero():
		return evidence.Inconclusive(classifier.ReasonNotRead,
			"role %s was made at %s; when the task was created or failed is not known", name, clock(made))
	case made.After(failed):
		return evidence.Inconclusive(classifier.ReasonLater, "role %s was made at %s, after the failure", name,
			clock(made))
	case began.Sub(made) >= settling:
		return evidence.Unsaid("role %s was made at %s; when its policies were changed last is not told", name,
			clock(made))
	}
	if p := trust(c, role, principal); p.Result != classifier.RuledOut {
		return evidence.WithEvidence(evidence.Inconclusive(classifier.ReasonNotCausal, ""), p.Evidence)
	}
	return evidence.Inconclusive(classifier.ReasonLater,
		"role %s was made at %s, and the task at %s: it may not have been known everywhere", name, clock(made),
		clock(began))
}

// foundRole is what IAM told of a role. Roles of another account are not visible, and one of the same name here is
// another.
func foundRole(c *evidence.Case, role string) evidence.Answer[evidence.Role] {
	if account := parts(role).Account; account != "" && account != c.Stop.Account {
		return evidence.Unanswered[evidence.Role](classifier.ReasonNotVisible, "")
	}
	answer := c.Facts.Access.Roles[awsname.LastPart(role)]
	if answer.State == evidence.Known && strings.HasPrefix(role, "arn:") && answer.Value.ARN != role {
		return evidence.None[evidence.Role]() // the same name under another path
	}
	return answer
}

// unseen is the proof that a role could not be looked at.
func unseen(answer evidence.Answer[evidence.Role], role string) classifier.Proof {
	p := answer.Gap()
	if p.Reason == classifier.ReasonNotVisible {
		p.Evidence = "role " + awsname.LastPart(role) + " belongs to account " + parts(role).Account
	}
	return p
}

func clock(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func proveRoleNotAssumable(c *evidence.Case) classifier.Proof {
	var proofs []classifier.Proof
	for _, role := range taskRoles(c) {
		principal := tasksPrincipal
		switch {
		case role == infrastructureRole(c):
			principal = infrastructurePrincipal
		case parts(role).Account == "":
			return unnamedTrust(c, role)
		}
		proofs = append(proofs, trust(c, role, principal))
	}
	if execution := executionRole(c); len(proofs) == 0 && execution.State != evidence.Absent {
		return noRole(c, execution)
	}
	return deciding(proofs)
}

// trust reports whether a role's trust policy lets a service assume it.
func trust(c *evidence.Case, role, principal string) classifier.Proof {
	name := awsname.LastPart(role)
	answer := foundRole(c, role)
	if answer.State == evidence.Absent {
		return evidence.Inconclusive(classifier.ReasonNotVisible, "role %s is not there", name)
	}
	if answer.State != evidence.Known {
		return unseen(answer, role)
	}
	next := "let " + principal + " call sts:AssumeRole in the trust policy of " + name
	switch r := policy.Evaluate(answer.Value.Trust,
		policy.Request{Service: principal, Action: "sts:AssumeRole", Keys: assuming(c)}); r.Decision {
	case policy.Denied:
		return evidence.Confirmed(next, "%s of the trust policy of role %s denies it to %s", r.Statement, name,
			principal)
	case policy.Implicit:
		if strings.Contains(answer.Value.Trust, principal) {
			return evidence.Confirmed("correct the conditions on "+principal+" in the trust policy of "+name,
				"the trust policy of role %s names %s, but under conditions that a task of account %s in %s does not "+
					"meet, or for another action", name, principal, c.Stop.Account, c.Stop.Region)
		}
		return evidence.Confirmed(next, "the trust policy of role %s does not name %s", name, principal)
	case policy.Unknown:
		return evidence.Inconclusive(classifier.ReasonCondition,
			"%s of the trust policy of role %s may be for %s: it %s", r.Statement, name, principal, r.Doubt)
	}
	return evidence.RuledOut("the trust policy of role %s lets %s assume it", name, principal)
}

// assuming are the condition keys with which ECS assumes a role for a task
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cross-service-confused-deputy-prevention.html).
func assuming(c *evidence.Case) policy.Keys {
	if c.Stop.Account == "" || c.Stop.Region == "" {
		return nil
	}
	return policy.Keys{"aws:sourceaccount": {Text: c.Stop.Account},
		"aws:sourcearn": {Text: arn(c, "ecs", c.Stop.Region, ""), Open: true}}
}

// unnamedTrust judges a role that a text names and the task definition does not. Which service had to assume it is not
// known, so only a role that trusts none of them is proven.
func unnamedTrust(c *evidence.Case, role string) classifier.Proof {
	var p classifier.Proof
	for _, principal := range []string{tasksPrincipal, infrastructurePrincipal, "ec2.amazonaws.com"} {
		p = trust(c, role, principal)
		if p.Result == classifier.RuledOut {
			return evidence.Inconclusive(classifier.ReasonNotRead,
				"role %s trusts %s; which service had to assume it is not known", role, principal)
		}
		if p.Result != classifier.Confirmed {
			return p
		}
	}
	return evidence.Confirmed("let "+tasksPrincipal+" call sts:AssumeRole in the trust policy of "+role,
		"the trust policy of role %s lets neither %s nor %s assume it", role, tasksPrincipal, infrastructurePrincipal)
}

func proveInstanceRoleMissing(c *evidence.Case) classifier.Proof {
	instance := c.Facts.Task.Instance
	if f := &c.Finding; f.Stage == classifier.RegistryAuth || f.Stage == classifier.Logging {
		if role := executionRole(c); role.State == evidence.Known {
			return evidence.RuledOut("the task has execution role %s, which is used instead of the instance's",
				awsname.LastPart(role.Value))
		}
	}
	switch {
	case instance.State == evidence.Absent:
		return evidence.Inconclusive(classifier.ReasonNotVisible, "the container instance is no longer listed")
	case instance.State != evidence.Known:
		return instance.Gap()
	}
	switch machine := instance.Value.EC2; {
	case machine.State == evidence.Absent:
		return evidence.Inconclusive(classifier.ReasonNotVisible, "instance %s is no longer listed",
			instance.Value.InstanceID)
	case machine.State != evidence.Known:
		return machine.Gap()
	case machine.Value.Profile == "" && machine.Value.Ended():
		return evidence.Inconclusive(classifier.ReasonNotVisible,
			"instance %s is %s, and no instance profile of it is told any more", machine.Value.ID, machine.Value.State)
	case machine.Value.Profile == "":
		return evidence.Confirmed("attach an instance profile whose role has AmazonEC2ContainerServiceforEC2Role to "+
			machine.Value.ID,
			"instance %s has no instance profile", machine.Value.ID)
	default:
		return evidence.Inconclusive(classifier.ReasonNotRead,
			"instance %s has instance profile %s; its role and the way to the metadata service are not read",
			machine.Value.ID, awsname.LastPart(machine.Value.Profile))
	}
}

func proveServiceRoleMissing(c *evidence.Case) classifier.Proof {
	switch role := c.Facts.Access.Roles[serviceLinkedRole]; role.State {
	case evidence.Absent:
		return evidence.Confirmed("create it: "+evidence.Command("aws", "iam", "create-service-linked-role",
			"--aws-service-name", "ecs.amazonaws.com", "--region", c.Stop.Region),
			"account %s has no role %s", c.Stop.Account, serviceLinkedRole)
	case evidence.Known:
		return evidence.Inconclusive(classifier.ReasonNotRead,
			"role %s exists since %s; what else can refuse its calls is not read", serviceLinkedRole,
			clock(role.Value.CreatedAt))
	default:
		return role.Gap()
	}
}

func proveEBSRole(c *evidence.Case) classifier.Proof {
	role := infrastructureRole(c)
	if role == "" {
		return evidence.Inconclusive(classifier.ReasonNotRead, "no attachment names the infrastructure role")
	}
	if p := roleExists(c, role); p.Result == classifier.Confirmed {
		return p
	}
	if p := trust(c, role, infrastructurePrincipal); p.Result != classifier.RuledOut {
		return p
	}
	p := identity(c, role, createVolume(c))
	if p.Result == classifier.RuledOut {
		p = evidence.Inconclusive(classifier.ReasonNotRead, "%s; what follows the volume's creation is not simulated",
			p.Evidence)
	}
	return p
}

// createVolume is the first call that ECS makes with the infrastructure role.
func createVolume(c *evidence.Case) permission {
	return permission{"ec2:CreateVolume", []string{arn(c, "ec2", c.Stop.Region, "volume/*")}}
}
