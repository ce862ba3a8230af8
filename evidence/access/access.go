// Package access decides who refused: the roles of the task, their permissions, and the policies of what they asked
// for.
package access

import (
	"slices"
	"strings"

	"whystopped/classifier"
	"whystopped/events/awsname"
	"whystopped/evidence"
)

// Checks decide who refused.
var Checks = evidence.Checks(slices.Concat(roleChecks, permissionChecks, policyChecks))

// Calls are what to simulate: the calls of the failed step by the role that makes them, and those that the open causes
// about keys, log groups and volumes ask about. Roles, policies of resources, and what is encrypted must have been read
// before.
func Calls(c *evidence.Case) []evidence.Call {
	var calls []evidence.Call
	add := func(role string, needed ...permission) {
		for _, w := range needed {
			for _, form := range w.forms {
				if form != "*" && !askable(form) {
					continue
				}
				calls = append(calls, evidence.Call{Role: role, Action: w.action, Resource: form})
			}
		}
	}
	if role := caller(c); role.State == evidence.Known {
		add(role.Value, permissions(c).Value...)
		for _, key := range KeyARNs(c) {
			add(role.Value, permission{"kms:Decrypt", []string{key}})
		}
		if undecided(c, "log-group-create-denied") {
			add(role.Value, createdGroups(c).Value...)
		}
	}
	if role := infrastructureRole(c); role != "" && undecided(c, "ebs-role") {
		add(role, createVolume(c))
	}
	return calls
}

// RoleNames are the roles that the open causes are about and that GetRole must tell of.
func RoleNames(c *evidence.Case) []string {
	var names []string
	add := func(name string) {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if undecided(c, "role-missing", "role-not-assumable", "role-new") {
		for _, role := range taskRoles(c) {
			add(awsname.LastPart(role))
		}
	}
	if undecided(c, "ebs-role") {
		add(awsname.LastPart(infrastructureRole(c)))
	}
	if undecided(c, "service-role-missing") {
		add(serviceLinkedRole)
	}
	if name := c.Finding.Facts.Role; name != "" && roleARN(c, name).State != evidence.Known {
		add(name)
	}
	return names
}

// TaggedRole is the name of the caller, where a policy of what was asked for compares its tags, which GetRole tells; ""
// for all others.
func TaggedRole(c *evidence.Case) string {
	for _, p := range c.Facts.Access.Policies {
		if role := caller(c); role.State == evidence.Known && parts(role.Value).Account == c.Stop.Account &&
			strings.Contains(strings.ToLower(p.Value.Document), "aws:principaltag/") {
			return awsname.LastPart(role.Value)
		}
	}
	return ""
}

// NamesOrganization reports whether a policy that was read, of what was asked for or of a VPC endpoint, compares the
// organization of the caller or of what was asked for.
func NamesOrganization(c *evidence.Case) bool {
	names := func(document string) bool {
		document = strings.ToLower(document)
		return strings.Contains(document, "aws:principalorgid") || strings.Contains(document, "aws:resourceorgid")
	}
	for _, p := range c.Facts.Access.Policies {
		if names(p.Value.Document) {
			return true
		}
	}
	return slices.ContainsFunc(c.Facts.Network.Endpoints.Value,
		func(e evidence.Endpoint) bool { return names(e.Policy) })
}

// policyOf is the resource whose policy speaks about a call, "" when that kind of resource has none.
func policyOf(action, resource string) string {
	service, _, _ := strings.Cut(action, ":")
	switch {
	case action == "ecr:GetAuthorizationToken" || resource == "*":
	case service == "s3":
		bucket, _, _ := strings.Cut(resource, "/")
		return bucket
	case slices.Contains([]string{"ecr", "secretsmanager", "kms", "elasticfilesystem"}, service):
		return resource
	}
	return ""
}

// PolicyARNs are the resources whose policies can have refused the failed step, or allowed it.
func PolicyARNs(c *evidence.Case) []string {
	var arns []string
	for _, w := range permissions(c).Value {
		if arn := policyOf(w.action, w.forms[0]); askable(arn) && !slices.Contains(arns, arn) {
			arns = append(arns, arn)
		}
	}
	return arns
}

// undecided reports whether one of the causes is still to be decided.
func undecided(c *evidence.Case, causes ...string) bool {
	return slices.ContainsFunc(c.Finding.Causes, func(p classifier.Proof) bool {
		return p.Result == classifier.NotChecked && slices.Contains(causes, p.Cause)
	})
}

// caller is the role whose credentials the failed step uses: the one that the text names, else the task role for EFS,
// else the execution role. On EC2, where the task has none, it is the instance's, which no event names.
func caller(c *evidence.Case) evidence.Answer[string] {
	switch name := c.Finding.Facts.Role; {
	case name != "":
		return roleARN(c, name)
	case c.Finding.Stage == classifier.Volume:
		return taskRole(c)
	}
	role := executionRole(c)
	if c.Stop.OnInstance() &&
		(role.State == evidence.Absent || role.State == evidence.Known && c.Finding.Stage == classifier.Logging) {
		// for logs an option of the agent decides, ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE
		return evidence.Unanswered[string](classifier.ReasonNotRead, "")
	}
	return role
}

// roleARN finds the ARN of a role, with its path, by the name that a text states.
func roleARN(c *evidence.Case, name string) evidence.Answer[string] {
	for _, role := range []evidence.Answer[string]{executionRole(c), taskRole(c)} {
		if role.State == evidence.Known && awsname.LastPart(role.Value) == name {
			return role
		}
	}
	role := c.Facts.Access.Roles[name]
	if role.State == evidence.Known {
		return evidence.Is(role.Value.ARN)
	}
	return unknownToo[string](role)
}

// unknownToo is an answer that is not known for the reason that another is not.
func unknownToo[T, U any](a evidence.Answer[U]) evidence.Answer[T] {
	return evidence.Answer[T]{State: a.State, Reason: a.Reason, Action: a.Action}
}

// executionRole is the ARN of the task's execution role.
func executionRole(c *evidence.Case) evidence.Answer[string] {
	return definedRole(c, c.Stop.Overrides.ExecutionRoleARN,
		func(d evidence.TaskDefinition) string { return d.ExecutionRoleARN })
}

// taskRole is the ARN of the role that the task's containers use.
func taskRole(c *evidence.Case) evidence.Answer[string] {
	return definedRole(c, c.Stop.Overrides.TaskRoleARN,
		func(d evidence.TaskDefinition) string { return d.TaskRoleARN })
}

func definedRole(c *evidence.Case, override string,
	defined func(evidence.TaskDefinition) string) evidence.Answer[string] {
	definition := c.Facts.Task.TaskDefinition
	switch {
	case override != "":
		return evidence.Is(override)
	case definition.State == evidence.Absent:
		return evidence.Unanswered[string](classifier.ReasonNotVisible, "")
	case definition.State != evidence.Known:
		return unknownToo[string](definition)
	case defined(definition.Value) == "":
		return evidence.None[string]()
	}
	role := defined(definition.Value)
	named := c.Facts.Access.Roles[role]
	switch {
	case strings.HasPrefix(role, "arn:"):
		return evidence.Is(role)
	case named.State == evidence.Known: // ECS takes the name alone too, which leaves out the path
		return evidence.Is(named.Value.ARN)
	}
	return evidence.Is(arn(c, "iam", "", "role/"+role))
}

// taskRoles are the roles, by ARN or name, that ECS had to assume for the task: those that the text names, else all
// that are known.
func taskRoles(c *evidence.Case) []string {
	if f := &c.Finding.Facts; f.AWSAction == "sts:AssumeRole" && parts(f.AWSResource).Service == "iam" {
		return []string{f.AWSResource}
	}
	if role := infrastructureRole(c); role != "" {
		return []string{role}
	}
	var roles []string
	for _, role := range []evidence.Answer[string]{executionRole(c), taskRole(c)} {
		if role.State == evidence.Known && !slices.Contains(roles, role.Value) {
			roles = append(roles, role.Value)
		}
	}
	if name := c.Finding.Facts.Role; name != "" {
		for _, role := range roles {
			if awsname.LastPart(role) == name {
				return []string{role}
			}
		}
		return []string{name}
	}
	return roles
}

// infrastructureRole is the ARN of the role that makes EBS volumes, where it is in question. The volume's attachment
// names it.
func infrastructureRole(c *evidence.Case) string {
	for _, a := range c.Stop.Attachments {
		role := a.Details["roleArn"]
		if name := c.Finding.Facts.Role; role != "" &&
			(name == awsname.LastPart(role) || name == "" && c.Finding.Stage == classifier.Volume) {
			return role
		}
	}
	return ""
}
