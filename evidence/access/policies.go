package access

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"whystopped/classifier"
	"whystopped/events/awsname"
	"whystopped/evidence"
	"whystopped/evidence/network"
	"whystopped/evidence/policy"
)

var policyChecks = []evidence.Check{
	{
		Cause: "repository-policy-denies",
		Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedAccess},
		Confirms: "the repository's policy could be read, and denies the pull to the role or, in another account, " +
			"does not allow it",
		RulesOut: "the repository's policy allows the role or its account, or within one account does not deny it",
		Open: "the policy belongs to another account and could not be read, or a statement has conditions on " +
			"what is not known",
		Prove: proveResourcePolicy,
	},
	{
		Cause: "resource-policy-denies",
		Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedAccess},
		Confirms: "a statement of the resource's policy denies the call to the role, or the resource is in another " +
			"account and its policy does not allow the call",
		RulesOut: "within one account: the resource has no policy, or its policy does not deny the call; in another: " +
			"its policy allows it",
		Open:  "the policy could not be read, or a statement has conditions on what is not known",
		Prove: proveResourcePolicy,
	},
	{
		Cause: "kms-denied",
		Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedSecrets, evidence.NeedAccess},
		Confirms: "the key is the default one of another account's service; or the key's policy denies kms:Decrypt " +
			"to the role, or neither it nor a grant allows it, or it leaves the permission to the account and the " +
			"simulation of the role denies it",
		RulesOut: "the key is the service's default one in the role's account; or the key's policy, or a grant, or " +
			"the role's policies where the key's leaves it to them allow kms:Decrypt and none denies it",
		Open: "the key is known only by an alias, a statement or grant has conditions on what is not known, or key, " +
			"policy, grants or simulation could not be read",
		Prove: proveKMSDenied,
	},
	{
		Cause: "kms-key-disabled",
		Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedSecrets, evidence.NeedAccess},
		Confirms: "KMS has no such key in the task's account, or its KeyState is Disabled, PendingDeletion, " +
			"PendingReplicaDeletion, PendingImport or Unavailable",
		RulesOut: "KeyState is Enabled, or the key is the service's default one",
		Open:     "any other state, an alias, or a key that could not be read",
		Prove:    proveKeyDisabled,
	},
	{
		Cause: "efs-iam-denied",
		Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedAccess},
		Confirms: "a volume is one of S3 Files, and there is no task role to mount it with; or " +
			"the file system's policy denies elasticfilesystem:ClientMount to the task role, or neither it nor " +
			"the role's policies allow it; with iam not ENABLED the policy must allow everybody",
		RulesOut: "the file system has no policy and the role's does not deny the mount, or one of the two allows it " +
			"and none denies it",
		Open: "a statement has conditions on what is not known, iam is ENABLED without a task role, or policy or " +
			"simulation could not be read",
		Prove: proveEFSDenied,
	},
	{
		Cause: "registry-credentials-missing",
		Needs: []evidence.Need{evidence.NeedInputs},
		Confirms: "a registry that serves nobody without a login asked for one, and the container has no " +
			"repositoryCredentials on Fargate",
		RulesOut: "the container has repositoryCredentials",
		Open: "the registry's answer stands for a wrong name too, the agent of an EC2 instance may have a login, " +
			"or the task definition could not be read",
		Timeless: true,
		Prove:    proveRegistryCredentials,
	},
}

func proveResourcePolicy(c *evidence.Case) classifier.Proof {
	return eachPermission(c, func(role string, w permission) classifier.Proof {
		name, on, foreign := awsname.LastPart(role), policyOf(w.action, w.forms[0]), otherOwner(role, w)
		if on == "" {
			if foreign {
				return evidence.Inconclusive(classifier.ReasonNotVisible, "%s belongs to account %s", w.forms[0],
					parts(w.forms[0]).Account)
			}
			return evidence.RuledOut("%s has no policy of its own", w.forms[0])
		}
		says, gap := resourceSays(c, role, w)
		document := c.Facts.Access.Policies[on].Value.Document
		next := fmt.Sprintf("allow %s for %s in the policy of %s", w.action, role, on)
		switch {
		case gap != nil && foreign && gap.Result == classifier.Inconclusive:
			return evidence.Inconclusive(classifier.ReasonNotVisible,
				"the policy of %s is account %s's and could not be read; it must allow %s for account %s or role %s",
				on, parts(on).Account, w.action, parts(role).Account, name)
		case gap != nil:
			return *gap
		case says.Decision == policy.Denied:
			return evidence.Confirmed("take the denial of "+w.action+" for role "+name+" out of the policy of "+on,
				"%s of the policy of %s denies %s to role %s", says.Statement, on, w.action, name)
		case says.Decision == policy.Unknown:
			return evidence.Inconclusive(classifier.ReasonCondition, "%s of the policy of %s %s", says.Statement, on,
				says.Doubt)
		case says.Decision == policy.Allowed:
			return evidence.RuledOut("%s of the policy of %s allows %s to role %s", says.Statement, on, w.action, name)
		case foreign && says.Delegated:
			return evidence.RuledOut("the policy of %s allows %s to account %s", on, w.action, parts(role).Account)
		case foreign && document == "":
			return evidence.Confirmed(next, "%s of account %s has no policy, so that no other account may use it", on,
				parts(on).Account)
		case foreign:
			return evidence.Confirmed(next, "no statement of the policy of %s allows %s to role %s or account %s", on,
				w.action, name, parts(role).Account)
		case parts(on).Account == "":
			return evidence.Inconclusive(classifier.ReasonNotVisible,
				"the policy of %s neither allows nor denies %s; whose it is is not known", on, w.action)
		case document == "":
			return evidence.RuledOut("%s has no policy", on)
		default:
			return evidence.RuledOut("the policy of %s does not deny %s to role %s", on, w.action, name)
		}
	})
}

// keyUse is a KMS key that the failed step needed, and what for.
type keyUse struct {
	key  string // id, ARN or alias as the service tells it; empty for the service's default key
	what string // ARN of what is encrypted, or of the key itself
}

// isDefault reports whether the key is the one that AWS keeps for a service in each account.
func (k keyUse) isDefault() bool { return k.key == "" || strings.Contains(k.key, "alias/aws/") }

// isAlias reports whether the key is known only by another name, which is not looked up: asking KMS for an alias can
// create a key.
func (k keyUse) isAlias() bool { return strings.Contains(k.key, "alias/") }

// arn is the ARN of the key.
func (k keyUse) arn(c *evidence.Case) string {
	if strings.HasPrefix(k.key, "arn:") {
		return k.key
	}
	return awsname.ARN{Partition: partition(c), Service: "kms", Region: parts(k.what).Region,
		Account: parts(k.what).Account, Resource: "key/" + k.key}.String()
}

// KeyARNs are the keys that the failed step needed, as far as KMS can be asked about them: no default keys and no
// aliases. What is encrypted must have been read before.
func KeyARNs(c *evidence.Case) []string {
	if !undecided(c, "kms-denied", "kms-key-disabled") {
		return nil
	}
	var arns []string
	for _, k := range keyUses(c).Value {
		if arn := k.arn(c); askable(arn) && !k.isDefault() && !k.isAlias() && !slices.Contains(arns, arn) {
			arns = append(arns, arn)
		}
	}
	return arns
}

// Replica is the ARN of a key that may be had in several Regions, in the task's, where it names another; "" for all
// others (https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html).
func Replica(c *evidence.Case, key string) string {
	a := parts(key)
	if !strings.HasPrefix(a.Resource, "key/mrk-") || a.Region == c.Stop.Region || a.Account != c.Stop.Account {
		return ""
	}
	a.Region = c.Stop.Region
	return a.String()
}

// keyUses are the keys of the failed step: the one that the text names, else those of the secrets and parameters.
func keyUses(c *evidence.Case) evidence.Answer[[]keyUse] {
	if named := c.Finding.Facts.AWSResource; parts(named).Service == "kms" && !cutOff(c, named) {
		return evidence.Is([]keyUse{{named, named}})
	}
	if c.Finding.Stage != classifier.Secret && c.Finding.Stage != classifier.RegistryAuth {
		return evidence.Unanswered[[]keyUse](classifier.ReasonNotRead, "")
	}
	needed := secrets(c)
	if needed.State != evidence.Known {
		return unknownToo[[]keyUse](needed)
	}
	var uses []keyUse
	for _, w := range needed.Value {
		key := encryption(c, w.forms[0])
		if key.State == evidence.Absent {
			continue // a secret that is not there has no key
		}
		if key.State != evidence.Known {
			return unknownToo[[]keyUse](key)
		}
		uses = append(uses, keyUse{key.Value, w.forms[0]})
	}
	return evidence.Is(uses)
}

// decryptedFor are the ARNs of the secrets and parameters that a key encrypts and the failed step asked for: those of
// the step where the text names the key alone.
func decryptedFor(c *evidence.Case, key string) []string {
	var things []string
	for _, k := range keyUses(c).Value {
		if k.what != k.key && k.arn(c) == key {
			things = append(things, wholeARN(c, k.what))
		}
	}
	if len(things) > 0 || c.Finding.Stage != classifier.Secret && c.Finding.Stage != classifier.RegistryAuth {
		return things
	}
	for _, w := range secrets(c).Value {
		things = append(things, wholeARN(c, w.forms[0]))
	}
	return things
}

// wholeARN is the ARN of a secret as Secrets Manager knows it, which may end with more than the task definition says.
func wholeARN(c *evidence.Case, arn string) string {
	return cmp.Or(c.Facts.Setup.Secrets[evidence.In(parts(arn).Region, arn)].Value.ARN, arn)
}

// encryption is the key of a secret or parameter as its service tells it, empty for the default one.
func encryption(c *evidence.Case, arn string) evidence.Answer[string] {
	region, things := parts(arn).Region, &c.Facts.Setup
	if parts(arn).Service == "secretsmanager" {
		return keyOf(things.Secrets[evidence.In(region, arn)], func(s evidence.Secret) string { return s.Key })
	}
	if evidence.OthersAccount(c, parts(arn).Account) {
		// parameters are listed by their names, and only ours
		return evidence.Unanswered[string](classifier.ReasonNotVisible, "")
	}
	path := strings.TrimPrefix(parts(arn).Resource, "parameter")
	parameter, read := things.Parameters[evidence.In(region, path)]
	if !read {
		parameter = things.Parameters[evidence.In(region, strings.TrimPrefix(path, "/"))]
	}
	return keyOf(parameter, func(p evidence.Parameter) string { return p.Key })
}

func keyOf[T any](thing evidence.Answer[T], key func(T) string) evidence.Answer[string] {
	if thing.State != evidence.Known {
		return unknownToo[string](thing)
	}
	return evidence.Is(key(thing.Value))
}

// eachKey judges every key that the failed step needed.
func eachKey(c *evidence.Case, prove func(role string, k keyUse) classifier.Proof) classifier.Proof {
	uses, role := keyUses(c), caller(c)
	switch {
	case uses.State != evidence.Known && uses.Reason == classifier.ReasonNotRead:
		return evidence.Inconclusive(classifier.ReasonNotRead, "which key the step needed is not known")
	case uses.State != evidence.Known && uses.Reason == classifier.ReasonNotVisible:
		return evidence.Inconclusive(classifier.ReasonNotVisible,
			"which key the step needed is not told: what it encrypts is another account's, or not visible")
	case uses.State != evidence.Known:
		return uses.Gap()
	case role.State == evidence.Absent:
		return evidence.Inconclusive(classifier.ReasonNotRead, "the role that needed the key is not known")
	case role.State != evidence.Known:
		return role.Gap()
	}
	var proofs []classifier.Proof
	for _, k := range uses.Value {
		if k.isAlias() && !k.isDefault() {
			proofs = append(proofs,
				evidence.Inconclusive(classifier.ReasonNotRead,
					"%s is encrypted with %s, and which key that stands for is not looked up", k.what, k.key))
			continue
		}
		proofs = append(proofs, prove(role.Value, k))
	}
	return deciding(proofs)
}

func proveKMSDenied(c *evidence.Case) classifier.Proof {
	return eachKey(c, func(role string, k keyUse) classifier.Proof {
		account := parts(role).Account
		key := c.Facts.Access.Keys[k.arn(c)]
		if k.isDefault() || key.State == evidence.Known && key.Value.Manager == "AWS" {
			owner := parts(k.what).Account
			if owner == account {
				return evidence.RuledOut(
					"%s is encrypted with the service's default key, which every role of account %s may use through it",
					k.what, account)
			}
			return evidence.Confirmed("encrypt "+k.what+" with a customer managed key whose policy allows account "+
				account,
				"%s is encrypted with the default key of account %s, which no other account can use", k.what, owner)
		}
		return keyAllows(c, role, k.arn(c))
	})
}

// keyAllows reports whether a customer managed key lets a role decrypt: by its policy, by a grant, or, where its policy
// leaves that to the account, by the role's policies (KMS Developer Guide, "Troubleshooting key access"). Across
// accounts both must allow.
func keyAllows(c *evidence.Case, role, key string) classifier.Proof {
	w := permission{"kms:Decrypt", []string{key}}
	name, foreign := awsname.LastPart(role), otherOwner(role, w)
	says, gap := resourceSays(c, role, w)
	switch {
	case gap != nil && foreign && gap.Result == classifier.Inconclusive:
		return evidence.Inconclusive(classifier.ReasonNotVisible, "the policy of key %s is account %s's and could "+
			"not be read; it must allow kms:Decrypt for account %s or role %s", key, parts(key).Account,
			parts(role).Account, name)
	case gap != nil:
		return *gap
	case says.Decision == policy.Denied:
		return evidence.Confirmed("take the denial out of the policy of key "+key,
			"%s of the policy of key %s denies kms:Decrypt to role %s", says.Statement, key, name)
	case says.MayDeny:
		return evidence.Inconclusive(classifier.ReasonCondition, "%s of the policy of key %s %s", says.Statement, key,
			says.Doubt)
	}
	sim, p := simulated(c, role, w)
	if p != nil {
		return *p
	}
	byKey := says.Decision == policy.Allowed || says.Delegated
	switch {
	case sim.Decision == "explicitDeny":
		return since(c, role, sim, evidence.Confirmed(liftDenial(w.action, sim),
			"%s denies kms:Decrypt on key %s to role %s", deciders(sim), key, name))
	case says.Decision == policy.Allowed && !foreign:
		return evidence.RuledOut("%s of the policy of key %s allows kms:Decrypt to role %s", says.Statement, key, name)
	case byKey && sim.Decision == "allowed":
		return since(c, role, sim, evidence.RuledOut(
			"the policy of key %s leaves kms:Decrypt to account %s, and the policies of role %s allow it", key,
			parts(role).Account, name))
	}
	if says.Decision == policy.Unknown {
		return evidence.Inconclusive(classifier.ReasonCondition, "%s of the policy of key %s %s", says.Statement, key,
			says.Doubt)
	}
	if p := granted(c, name, key); p != nil {
		return *p
	}
	if byKey {
		return evidence.Confirmed("allow kms:Decrypt on "+key+" in a policy of role "+name,
			"no policy of role %s allows kms:Decrypt on key %s, and the key's policy leaves that to them", name, key)
	}
	return evidence.Confirmed("allow kms:Decrypt for "+role+" in the policy of key "+key,
		"neither the policy of key %s nor a grant allows kms:Decrypt to role %s", key, name)
}

// granted returns the proof that a grant decides, or that grants could not be read; nil when none is for the role.
func granted(c *evidence.Case, name, key string) *classifier.Proof {
	grants := c.Facts.Access.Grants[key]
	var p classifier.Proof
	if grants.State != evidence.Known {
		p = grants.Gap()
		return &p
	}
	i := slices.IndexFunc(grants.Value, func(g evidence.KeyGrant) bool {
		return slices.Contains(g.Operations, "Decrypt") &&
			(awsname.LastPart(g.Grantee) == name || strings.Contains(g.Grantee, ":assumed-role/"+name+"/"))
	})
	foreign := slices.ContainsFunc(grants.Value, func(g evidence.KeyGrant) bool {
		return slices.Contains(g.Operations, "Decrypt") &&
			(parts(g.Grantee).Resource == "root" || parts(g.Grantee).Resource == "")
	})
	switch {
	case i < 0 && foreign: // KMS gives a service's name in place of several kinds of grantees
		p = evidence.Inconclusive(classifier.ReasonCondition,
			"a grant of key %s lets an account or a service decrypt, which may stand for role %s", key, name)
	case i < 0:
		return nil
	case grants.Value[i].Constrained:
		p = evidence.Inconclusive(classifier.ReasonCondition,
			"a grant of key %s lets role %s decrypt in a certain encryption context", key, name)
	default:
		p = evidence.RuledOut("a grant of key %s lets role %s decrypt", key, name)
	}
	return &p
}

func keyCommand(operation, arn string) string {
	return evidence.Command("aws", "kms", operation, "--key-id", arn, "--region", parts(arn).Region)
}

func proveKeyDisabled(c *evidence.Case) classifier.Proof {
	return eachKey(c, func(_ string, k keyUse) classifier.Proof {
		if k.isDefault() {
			return evidence.RuledOut("%s is encrypted with the service's default key, which AWS keeps enabled", k.what)
		}
		arn := k.arn(c)
		key := c.Facts.Access.Keys[arn]
		switch {
		case key.State == evidence.Absent && parts(arn).Account != c.Stop.Account:
			return evidence.Inconclusive(classifier.ReasonNotVisible, "key %s belongs to account %s", arn,
				parts(arn).Account)
		case key.State == evidence.Absent && c.Facts.Access.Keys[Replica(c, arn)].Value.State == "Enabled":
			return evidence.Confirmed("name "+Replica(c, arn)+" in place of "+arn,
				"KMS has no key %s, and %s has its replica", arn, c.Stop.Region)
		case key.State == evidence.Absent:
			return evidence.Confirmed("put in again, under a key that exists, what "+arn+
				" encrypted: nobody can read it any more", "KMS has no key %s", arn)
		case key.State != evidence.Known:
			return key.Gap()
		}
		switch state := key.Value.State; state {
		case "Enabled":
			return evidence.NotBefore(evidence.RuledOut("key %s is Enabled", arn), key.Value.CreatedAt)
		case "PendingDeletion", "PendingReplicaDeletion":
			when := ""
			if !key.Value.DeletedAt.IsZero() {
				when = " until " + clock(key.Value.DeletedAt)
			}
			return evidence.Confirmed("take its deletion back, "+keyCommand("cancel-key-deletion", arn)+
				", then enable it: "+keyCommand("enable-key", arn), "key %s is %s%s", arn, state, when)
		case "Disabled":
			return evidence.Confirmed("enable it: "+keyCommand("enable-key", arn), "key %s is %s", arn, state)
		case "PendingImport", "Unavailable":
			return evidence.Confirmed("give key "+arn+" its key material or key store back", "key %s is %s", arn, state)
		default:
			return evidence.Inconclusive(classifier.ReasonPartial, "key %s is %s", arn, state)
		}
	})
}

func proveEFSDenied(c *evidence.Case) classifier.Proof {
	td := c.Facts.Task.TaskDefinition.Value
	bucket := slices.IndexFunc(td.Volumes, func(v evidence.Volume) bool { return v.Service == evidence.S3Files })
	if bucket >= 0 && td.TaskRoleARN == "" && c.Stop.Overrides.TaskRoleARN == "" {
		return evidence.Confirmed(fmt.Sprintf("give %s a task role that may mount the file system of volume %s",
			evidence.Definition(c), td.Volumes[bucket].Name),
			"%s has no task role, with which volumes of S3 Files are mounted, such as %s", evidence.Definition(c),
			td.Volumes[bucket].Name)
	}
	volumes := efsVolumes(c)
	if volumes.State != evidence.Known {
		return volumes.Gap()
	}
	var proofs []classifier.Proof
	for _, v := range volumes.Value {
		proofs = append(proofs, mountAllowed(c, v))
	}
	return network.BesideS3Files(c, deciding(proofs))
}

// mountAllowed reports whether IAM lets the task mount a volume. Without a policy a file system is open to everybody
// whom the network lets in (EFS User Guide, "Using IAM to control file system data access").
func mountAllowed(c *evidence.Case, v evidence.Volume) classifier.Proof {
	w := permission{"elasticfilesystem:ClientMount", []string{fileSystemARN(c, v.FileSystem)}}
	answer := c.Facts.Access.Policies[w.forms[0]]
	switch {
	case answer.State == evidence.Absent:
		return evidence.Inconclusive(classifier.ReasonNotVisible, "there is no file system %s", v.FileSystem)
	case answer.State != evidence.Known:
		return answer.Gap()
	}
	document := answer.Value.Document
	q := policy.Request{Action: w.action, Resource: w.forms[0],
		Keys: policy.Keys{"aws:securetransport": policy.Flag(v.Encrypted),
			"elasticfilesystem:accessedviamounttarget": policy.Flag(true),
			"elasticfilesystem:accesspointarn":         accessPoint(c, v)}}
	if !v.IAM {
		return anonymousMount(document, q, v)
	}
	role := taskRole(c)
	switch {
	case role.State == evidence.Absent:
		return evidence.Inconclusive(classifier.ReasonNotRead, "iam of volume %s is ENABLED, and %s names no task role",
			v.Name, c.Stop.TaskDefinition())
	case role.State != evidence.Known:
		return role.Gap()
	}
	name := awsname.LastPart(role.Value)
	says := policy.Ruling{Decision: policy.Implicit}
	if document != "" {
		q.Role, q.Account, q.Session = role.Value, parts(role.Value).Account, c.Stop.TaskID
		says = policy.Evaluate(document, q)
	}
	switch says.Decision {
	case policy.Denied:
		return evidence.Confirmed(liftMountDenial(v),
			"%s of the policy of %s denies elasticfilesystem:ClientMount to task role %s%s", says.Statement,
			v.FileSystem, name, transport(v))
	case policy.Unknown:
		return evidence.Inconclusive(classifier.ReasonCondition, "%s of the policy of %s %s", says.Statement,
			v.FileSystem, says.Doubt)
	}
	sim, p := simulated(c, role.Value, w)
	switch {
	case p != nil:
		return *p
	case sim.Decision == "explicitDeny":
		return since(c, role.Value, sim, evidence.Confirmed(liftDenial(w.action, sim),
			"%s denies elasticfilesystem:ClientMount to task role %s", deciders(sim), name))
	case document == "":
		return evidence.RuledOut("%s has no policy, and task role %s is not denied the mount", v.FileSystem, name)
	case says.Decision == policy.Allowed:
		return evidence.RuledOut("%s of the policy of %s lets task role %s mount it", says.Statement, v.FileSystem,
			name)
	case sim.Decision == "allowed":
		return since(c, role.Value, sim, evidence.RuledOut(
			"the policies of task role %s allow elasticfilesystem:ClientMount on %s", name, v.FileSystem))
	}
	mixUp := ""
	if execution := executionRole(c); execution.State == evidence.Known && execution.Value != role.Value {
		q.Role = execution.Value
		if policy.Evaluate(document, q).Decision == policy.Allowed {
			mixUp = "; it names the execution role " + awsname.LastPart(execution.Value) + ", which does not mount"
		}
	}
	next := "allow elasticfilesystem:ClientMount for " + name + " in the policy of " + v.FileSystem
	if v.AccessPoint == "" && strings.Contains(strings.ToLower(document), "elasticfilesystem:accesspointarn") {
		next = "mount volume " + v.Name + " through the access point that the policy of " + v.FileSystem + " names"
	}
	return evidence.Confirmed(next,
		"neither the policy of %s nor those of task role %s allow elasticfilesystem:ClientMount%s", v.FileSystem, name,
		mixUp)
}

// accessPoint is the ARN of the access point by which a volume is mounted, which a mount may do without.
func accessPoint(c *evidence.Case, v evidence.Volume) policy.Value {
	if v.AccessPoint == "" {
		return policy.Value{Absent: true}
	}
	return policy.Value{Text: arn(c, "elasticfilesystem", c.Stop.Region, "access-point/"+v.AccessPoint)}
}

// anonymousMount judges a mount without IAM: then only what the policy allows to everybody counts.
func anonymousMount(document string, q policy.Request, v evidence.Volume) classifier.Proof {
	if document == "" {
		return evidence.RuledOut("%s has no policy, so IAM refuses nobody", v.FileSystem)
	}
	switch r := policy.Evaluate(document, q); r.Decision {
	case policy.Denied:
		return evidence.Confirmed(liftMountDenial(v), "%s of the policy of %s denies the mount%s", r.Statement,
			v.FileSystem, transport(v))
	case policy.Implicit:
		return evidence.Confirmed("set authorizationConfig iam and transitEncryption of volume "+v.Name+" to ENABLED",
			"the policy of %s does not let anonymous clients mount it, and iam of volume %s is not ENABLED",
			v.FileSystem, v.Name)
	case policy.Unknown:
		return evidence.Inconclusive(classifier.ReasonCondition, "%s of the policy of %s %s", r.Statement, v.FileSystem,
			r.Doubt)
	default:
		return evidence.RuledOut("%s of the policy of %s lets everybody mount it", r.Statement, v.FileSystem)
	}
}

// transport says that a mount is not encrypted, which policies ask for.
func transport(v evidence.Volume) string {
	if v.Encrypted {
		return ""
	}
	return "; transitEncryption of volume " + v.Name + " is not ENABLED"
}

// liftMountDenial is what to do about a policy that denies a mount, beside which no allowance helps: most deny what is
// not encrypted.
func liftMountDenial(v evidence.Volume) string {
	lift := "take the denial out of the policy of " + v.FileSystem
	if !v.Encrypted {
		return "set transitEncryption of volume " + v.Name + " to ENABLED, or " + lift
	}
	return lift
}

func proveRegistryCredentials(c *evidence.Case) classifier.Proof {
	definition := c.Facts.Task.TaskDefinition
	container, defined := c.CulpritContainer()
	switch {
	case definition.State != evidence.Known:
		return unknownToo[bool](definition).Gap()
	case container == nil:
		return evidence.Inconclusive(classifier.ReasonNotRead, "which container's image was refused is not known")
	}
	name, revision := container.Name, c.Stop.TaskDefinition()
	switch {
	case defined == nil:
		return evidence.Inconclusive(classifier.ReasonNotRead, "%s has no container %s", revision, name)
	case defined.Credentials != "":
		return evidence.RuledOut("container %s of %s has repositoryCredentials", name, revision)
	case c.Stop.OnInstance():
		return evidence.Inconclusive(classifier.ReasonNotRead,
			"container %s of %s has no repositoryCredentials; whether the instance's agent has a login is not read",
			name, revision)
	case !askedForLogin(c) || servesAll(c.Finding.Facts.Registry):
		return evidence.Inconclusive(classifier.ReasonPartial, "container %s of %s has no repositoryCredentials; the "+
			"registry answers the same to a name that does not exist", name, revision)
	}
	return evidence.Confirmed("name the secret with the registry's login in repositoryCredentials of container "+name,
		"the registry asked for a login, and container %s of %s has no repositoryCredentials", name, revision)
}

// servesAll reports whether a registry serves images without a login too, and asks for one where it has no image of a
// name.
func servesAll(registry string) bool {
	t := network.Target{Host: registry}
	return t.IsPublic()
}

// askedForLogin reports whether the registry wanted a login and did not merely deny.
func askedForLogin(c *evidence.Case) bool {
	return c.Stop.Texts().Say("authentication required", "no basic auth credentials", "401 unauthorized",
		"login required")
}
