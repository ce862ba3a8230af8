package setup

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"whystopped/classifier"
	"whystopped/events/awsname"
	"whystopped/evidence"
)

// SecretRef is a secret or parameter as a task definition names it.
type SecretRef struct {
	From      string   // valueFrom
	Container string   // whose it is
	Parameter bool     // of Parameter Store, not of Secrets Manager
	Region    string   // where it is looked up
	Account   string   // whose it is
	Names     []string // a secret's ARN or name; the names that a parameter may have
	Stage     string   // of the version of a secret; empty for AWSCURRENT, unless a version is named
	Version   string   // id of the version of a secret, version or label of a parameter
}

// key is where Setup keeps what was read about a reference.
func (r SecretRef) key() string { return evidence.In(r.Region, r.Names[0]) }

// SecretRefs are the secrets and parameters that the failed step may have asked for: of those in the task definition,
// the ones that the text names, or all of the containers in question.
func SecretRefs(c *evidence.Case) evidence.Answer[[]SecretRef] {
	containers := suspects(c)
	if containers.State != evidence.Known {
		return evidence.Answer[[]SecretRef]{State: containers.State, Reason: containers.Reason,
			Action: containers.Action}
	}
	var refs []SecretRef
	for _, d := range containers.Value {
		for _, s := range sources(c, d) {
			ref, fault := secretRef(c, d.Name, s)
			if fault == "" && names(s.from, c.Finding.Facts.Secret) &&
				!slices.ContainsFunc(refs, func(r SecretRef) bool { return r.From == s.from }) {
				refs = append(refs, ref)
			}
		}
	}
	return evidence.Is(refs)
}

// source is where a task definition says that a secret comes from.
type source struct {
	name, from string
	login      bool // to a registry: a name then is that of a secret, and not of a parameter
}

// sources are those that the failed step reads of a container: the login to its registry, or its secrets.
func sources(c *evidence.Case, d evidence.ContainerDefinition) []source {
	if c.Finding.Stage == classifier.RegistryAuth || c.Finding.Stage == classifier.Image {
		if d.Credentials == "" {
			return nil
		}
		return []source{{"credentialsParameter", d.Credentials, true}}
	}
	var all []source
	for _, from := range []map[string]string{d.Secrets, d.LogSecrets} {
		for _, name := range slices.Sorted(maps.Keys(from)) {
			all = append(all, source{"valueFrom of " + name, from[name], false})
		}
	}
	return all
}

// names reports whether what a text says means a valueFrom. A text may be cut off, leave out what stands behind the
// ARN, or say the name alone; one that says nothing may mean any.
func names(from, said string) bool {
	base, _, _ := strings.Cut(strings.TrimPrefix(said, "/"), ":")
	switch {
	case said == "", strings.HasPrefix(from, said):
		return true
	case strings.HasPrefix(said, "arn:"):
		return strings.HasPrefix(said, strings.TrimRight(from, ":"))
	}
	return strings.TrimPrefix(from, "/") == base || strings.HasSuffix(from, ":parameter/"+base) ||
		strings.Contains(from, ":secret:"+base)
}

// parameterForm is what the name of a parameter is made of
// (https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html).
var parameterForm = evidence.Compiled(`^[a-zA-Z0-9_.\-/]+$`)

// secretRef reads a valueFrom. fault says what is wrong with its form.
func secretRef(c *evidence.Case, container string, s source) (ref SecretRef, fault string) {
	from := s.from
	ref = SecretRef{From: from, Container: container, Region: c.Stop.Region, Account: c.Stop.Account}
	parts := strings.Split(from, ":")
	switch {
	case from == "":
		return ref, "it is empty"
	// behind it a JSON key may hold anything
	case strings.ContainsAny(strings.Join(parts[:min(len(parts), 7)], ":"), " \t\n\"'{}$<>"):
		return ref, "it holds spaces, quotes or brackets"
	case parts[0] != "arn" && s.login:
		ref.Names = []string{from}
		return ref, ""
	case parts[0] != "arn":
		ref.Parameter, ref.Names, ref.Version = true, parts[:1], strings.Join(parts[1:], ":")
		return ref, parameterFault(parts[0])
	case len(parts) < 6 || !awsname.IsRegion(parts[3]) || !awsname.IsAccount(parts[4]):
		return ref, "it is no whole ARN with a Region and an account"
	}
	ref.Region, ref.Account = parts[3], parts[4]
	switch {
	case parts[2] == "ssm" && strings.HasPrefix(parts[5], "parameter/"):
		name := strings.TrimPrefix(parts[5], "parameter")
		ref.Parameter, ref.Names, ref.Version = true, []string{name}, strings.Join(parts[6:], ":")
		if strings.Count(name, "/") == 1 {
			ref.Names = append(ref.Names, name[1:]) // the ARN of both is the same
		}
		return ref, parameterFault(name)
	case parts[2] != "secretsmanager" || parts[5] != "secret":
		return ref, "it is the ARN of something else than a secret or a parameter"
	case len(parts) != 7 && len(parts) != 10 || parts[6] == "":
		return ref, fmt.Sprintf("behind the secret's name there are %d colons, where none or three are needed",
			max(0, len(parts)-7))
	}
	ref.Names = []string{strings.Join(parts[:7], ":")}
	if len(parts) == 10 {
		ref.Stage, ref.Version = parts[8], parts[9]
	}
	return ref, ""
}

func parameterFault(name string) string {
	if !parameterForm().MatchString(name) {
		return "a parameter's name has only letters, digits and _ . - /"
	}
	return ""
}

// suffixForm is what Secrets Manager puts behind the name of a secret in its ARN.
var suffixForm = evidence.Compiled(`-[a-zA-Z0-9]{6}$`)

// ByName are the places where a secret that its ARN does not lead to may lie instead: under its name, in the Region of
// the ARN and in the task's. Only secrets of the task's account are found by name.
func ByName(c *evidence.Case, r SecretRef) (name string, regions []string) {
	if r.Parameter || evidence.OthersAccount(c, r.Account) || !strings.HasPrefix(r.Names[0], "arn:") {
		return "", nil
	}
	regions = []string{r.Region}
	if c.Stop.Region != r.Region {
		regions = append(regions, c.Stop.Region)
	}
	parts := strings.Split(r.Names[0], ":")
	return nameOf(parts[len(parts)-1]), regions
}

// nameOf is the name of a secret without what Secrets Manager puts behind it in an ARN. A name may end like that by
// itself, as orders-master does; what was put there has a capital letter in all but few cases.
func nameOf(secret string) string {
	if suffix := suffixForm().FindString(secret); suffix != strings.ToLower(suffix) {
		return strings.TrimSuffix(secret, suffix)
	}
	return secret
}

var secretNeeds = []evidence.Need{evidence.NeedInputs, evidence.NeedSecrets}

var secretChecks = []evidence.Check{
	{Cause: "secret-missing", Needs: secretNeeds, Revisit: true, Prove: ofSecrets(false, secretMissing),
		Instead:  "secret-version-missing",
		Confirms: "Secrets Manager has no secret of that ARN in its Region, and it would be the task's own account's",
		RulesOut: "it has, and had before the task was created",
		Open:     "the secret is another account's; it was created later; the task definition could not be read"},
	{Cause: "secret-deleted", Needs: secretNeeds, Revisit: true, Prove: ofSecrets(false, secretDeleted),
		Confirms: "the deletion of the secret is scheduled, and nothing about the secret was changed after the stop",
		RulesOut: "its deletion is not scheduled, and nothing about it was changed after the task was created",
		Open:     "it was changed after the stop; there is no such secret"},
	{Cause: "secret-new", Needs: secretNeeds, Timeless: true, Prove: ofSecrets(false, secretNew),
		Confirms: "never: no API tells how long a value takes to be known everywhere",
		RulesOut: "the secret is there, and was not changed in the hour before the task was created or since",
		Open: "the secret was made, or changed last, within that hour, and how long before the task; or after the " +
			"failure; it, or its version, is not there, or is scheduled for deletion; it could not be read"},
	{Cause: "secret-version-missing", Needs: secretNeeds, Revisit: true, Prove: ofSecrets(false, secretVersion),
		Confirms: "no version of the secret has the stage or id that valueFrom names, AWSCURRENT where it names " +
			"none, and nothing about the secret was changed after the stop",
		RulesOut: "a version has it, and nothing was changed after the task was created",
		Open:     "it was changed after the task was created; there is no such secret"},
	{Cause: "secret-in-other-region", Needs: secretNeeds, Prove: otherRegion,
		Confirms: "the Region of the ARN has no such secret or parameter, and the task's Region has one of that name",
		RulesOut: "the secret or parameter is where it is looked up",
		Open: "neither has it: other Regions are not asked; the task's got it, or its parameter was changed, after " +
			"the failure"},
	{Cause: "secret-arn-invalid", Needs: []evidence.Need{evidence.NeedInputs}, Prove: secretForm, Timeless: true,
		Confirms: "valueFrom is neither the ARN of a secret, alone or with key, stage and version, nor the ARN or " +
			"name of a parameter",
		RulesOut: "every valueFrom of the containers in question has one of these forms",
		Open:     "the task definition could not be read"},
	{Cause: "parameter-missing", Needs: secretNeeds, Revisit: true, Prove: ofSecrets(true, parameterMissing),
		Confirms: "Parameter Store has no parameter of that name in its Region, and it would be the task's own " +
			"account's",
		RulesOut: "it has, unchanged since before the task was created",
		Open: "the parameter is another account's, or one that AWS publishes; it was made or changed later; " +
			"valueFrom names a version or label"},
}

// ofSecrets judges each secret, or each parameter, that the failed step may have asked for.
func ofSecrets(parameters bool,
	judge func(*evidence.Case, SecretRef) classifier.Proof) func(*evidence.Case) classifier.Proof {
	return func(c *evidence.Case) classifier.Proof {
		refs := SecretRefs(c)
		if refs.State != evidence.Known {
			return evidence.Silent(c, refs, "", "%s could not be read", evidence.Definition(c))
		}
		kept := slices.DeleteFunc(slices.Clone(refs.Value), func(r SecretRef) bool { return r.Parameter != parameters })
		return evidence.OfAll(kept, unnamed(c), func(r SecretRef) classifier.Proof { return judge(c, r) })
	}
}

func unnamed(c *evidence.Case) classifier.Proof {
	return evidence.Inconclusive(classifier.ReasonNotRead, "%s names nothing of the kind that the message speaks of",
		evidence.Definition(c))
}

// Here is a parameter under its name in the task's Region, where its ARN names another Region; ok is false for all
// others.
func Here(c *evidence.Case, r SecretRef) (here SecretRef, ok bool) {
	here = r
	here.Region = c.Stop.Region
	return here, r.Parameter && r.Region != c.Stop.Region && !evidence.OthersAccount(c, r.Account)
}

// parameterHere is the ARN of the parameter in the task's Region that was meant, empty where there is none.
func parameterHere(c *evidence.Case, r SecretRef) string {
	here, ok := Here(c, r)
	if p := c.Facts.Setup.Parameters[here.key()]; !ok || p.State != evidence.Known {
		return ""
	}
	return strings.Replace(r.From, ":"+r.Region+":", ":"+here.Region+":", 1)
}

// secret is a secret as it was read. gap says why nothing is known.
func secret(c *evidence.Case, r SecretRef) (s evidence.Answer[evidence.Secret], gap classifier.Proof) {
	s = c.Facts.Setup.Secrets[r.key()]
	switch {
	case s.State == evidence.Absent && evidence.OthersAccount(c, r.Account):
		gap = evidence.Inconclusive(classifier.ReasonNotVisible,
			"secret %s is of account %s, which may hide it", r.Names[0], r.Account)
	case s.State != evidence.Known && s.State != evidence.Absent:
		gap = evidence.Silent(c, s, r.Account, "secret %s could not be looked up", r.Names[0])
	}
	return s, gap
}

func secretMissing(c *evidence.Case, r SecretRef) classifier.Proof {
	s, gap := secret(c, r)
	switch {
	case gap.Exists():
		return gap
	case s.State == evidence.Absent:
		return noSecret(c, r)
	}
	return inTime(s.Value.CreatedAt, "secret %s exists, created %s", s.Value.ARN, stamp(s.Value.CreatedAt))
}

// noSecret is the proof that a secret is missing, with the one that was meant where there is one of its name.
func noSecret(c *evidence.Case, r SecretRef) classifier.Proof {
	said := fmt.Sprintf("%s has no secret %s", r.Region, r.Names[0])
	name, regions := ByName(c, r)
	for _, region := range regions {
		if s := c.Facts.Setup.Secrets[evidence.In(region, name)]; s.State == evidence.Known &&
			s.Value.DeletedAt.IsZero() {
			return evidence.Confirmed(fmt.Sprintf("write %s in valueFrom of container %s in %s", s.Value.ARN,
				r.Container, evidence.Definition(c)),
				"%s; the secret of that name is %s", said, s.Value.ARN)
		}
	}
	next := "create secret %s in %s, or correct valueFrom of container %s in %s"
	if name != "" { // its ARN ends in six characters that nobody can choose
		next = "create secret %s in %s and write its ARN in valueFrom of container %s in %s, or that of one that exists"
	}
	return evidence.Confirmed(fmt.Sprintf(next, cmp.Or(name, r.Names[0]), r.Region, r.Container,
		evidence.Definition(c)), "%s", said)
}

// unchanged is a proof about a secret that has held since the secret was changed last.
func unchanged(s evidence.Secret, p classifier.Proof) classifier.Proof {
	if p.Result == classifier.RuledOut {
		return inTime(s.ChangedAt, "%s; the secret was last changed %s", p.Evidence, stamp(s.ChangedAt))
	}
	return evidence.At(p, s.ChangedAt)
}

func secretDeleted(c *evidence.Case, r SecretRef) classifier.Proof {
	s, gap := secret(c, r)
	switch {
	case gap.Exists():
		return gap
	case s.State == evidence.Absent:
		return evidence.Inconclusive(classifier.ReasonNotRead,
			"%s has no secret %s: whether it was deleted or never was there is not told", r.Region, r.Names[0])
	case !s.Value.DeletedAt.IsZero():
		return unchanged(s.Value,
			evidence.Confirmed("restore it: "+evidence.Command("aws", "secretsmanager", "restore-secret", "--secret-id",
				s.Value.ARN, "--region", r.Region),
				"secret %s is scheduled for deletion (%s)", s.Value.ARN, stamp(s.Value.DeletedAt)))
	}
	return unchanged(s.Value, evidence.RuledOut("secret %s is not scheduled for deletion", s.Value.ARN))
}

// settled is after how long a new value is surely known everywhere.
const settled = time.Hour

func secretNew(c *evidence.Case, r SecretRef) classifier.Proof {
	s, gap := secret(c, r)
	began, failed, changed := c.Stop.CreatedAt, c.Failed(), s.Value.ChangedAt
	if s.Value.CreatedAt.After(changed) {
		changed = s.Value.CreatedAt
	}
	version := secretVersion(c, r)
	switch {
	case gap.Exists():
		return gap
	case s.State == evidence.Absent || !s.Value.DeletedAt.IsZero() || version.Result == classifier.Confirmed:
		return evidence.Inconclusive(classifier.ReasonNotCausal,
			"%s has no secret %s with the version that is asked for, or will not have it for long", r.Region,
			r.Names[0])
	case changed.IsZero() || began.IsZero() || failed.IsZero():
		return evidence.Inconclusive(classifier.ReasonNotRead,
			"when secret %s was changed, or the task was created or failed, is not told", s.Value.ARN)
	case changed.After(failed):
		return evidence.Inconclusive(classifier.ReasonLater, "secret %s was changed %s, after the failure", s.Value.ARN,
			stamp(changed))
	case changed.After(began):
		return evidence.Inconclusive(classifier.ReasonLater,
			"secret %s was made or changed %s, %s after the task was created: it may not have been known everywhere",
			s.Value.ARN, stamp(changed), classifier.Span(changed.Sub(began)))
	case began.Sub(changed) < settled:
		return evidence.Inconclusive(classifier.ReasonLater,
			"secret %s was made or changed %s, %s before the task was created: it may not have been known everywhere",
			s.Value.ARN, stamp(changed), classifier.Span(began.Sub(changed)))
	}
	return evidence.RuledOut("secret %s was changed last %s", s.Value.ARN, stamp(changed))
}

func secretVersion(c *evidence.Case, r SecretRef) classifier.Proof {
	s, gap := secret(c, r)
	switch {
	case gap.Exists():
		return gap
	case s.State == evidence.Absent:
		return evidence.Inconclusive(classifier.ReasonNotCausal, "%s has no secret %s at all", r.Region, r.Names[0])
	}
	stage := r.Stage
	if stage == "" && r.Version == "" {
		stage = "AWSCURRENT"
	}
	var wanted []string
	if r.Version != "" {
		wanted = append(wanted, "version "+r.Version)
	}
	if stage != "" {
		wanted = append(wanted, "stage "+stage)
	}
	what := strings.Join(wanted, " with ")
	for id, stages := range s.Value.Versions {
		if (r.Version == "" || r.Version == id) && (stage == "" || slices.Contains(stages, stage)) {
			return unchanged(s.Value, evidence.RuledOut("secret %s has %s", s.Value.ARN, what))
		}
	}
	next := fmt.Sprintf("put a value into %s, or take stage and version out of valueFrom of container %s in %s",
		s.Value.ARN, r.Container, evidence.Definition(c))
	return unchanged(s.Value, evidence.Confirmed(next, "secret %s has no %s", s.Value.ARN, what))
}

func otherRegion(c *evidence.Case) classifier.Proof {
	refs := SecretRefs(c)
	if refs.State != evidence.Known {
		return evidence.Silent(c, refs, "", "%s could not be read", evidence.Definition(c))
	}
	return evidence.OfAll(refs.Value, unnamed(c), func(r SecretRef) classifier.Proof {
		if r.Parameter {
			p := parameterMissing(c, r)
			here, _ := Here(c, r)
			switch {
			case p.Result != classifier.Confirmed:
				return p
			case parameterHere(c, r) == "":
				return evidence.Inconclusive(classifier.ReasonNotRead, "%s; other Regions are not asked", p.Evidence)
			}
			return evidence.NotBefore(p, c.Facts.Setup.Parameters[here.key()].Value.ModifiedAt)
		}
		s, gap := secret(c, r)
		switch {
		case gap.Exists():
			return gap
		case s.State == evidence.Known:
			return evidence.At(evidence.RuledOut("secret %s is in %s, where it is looked up", s.Value.ARN, r.Region),
				s.Value.CreatedAt)
		}
		name, _ := ByName(c, r)
		if here := c.Facts.Setup.Secrets[evidence.In(c.Stop.Region, name)]; c.Stop.Region != r.Region &&
			here.State == evidence.Known && here.Value.DeletedAt.IsZero() {
			return evidence.NotBefore(evidence.Confirmed(fmt.Sprintf("write %s in valueFrom of container %s in %s",
				here.Value.ARN, r.Container, evidence.Definition(c)),
				"%s has no secret %s, and %s has one: %s", r.Region, name, c.Stop.Region, here.Value.ARN),
				here.Value.CreatedAt)
		}
		return evidence.Inconclusive(classifier.ReasonNotRead,
			"%s has no secret %s; other Regions than it and the task's are not asked", r.Region,
			cmp.Or(name, r.Names[0]))
	})
}

func secretForm(c *evidence.Case) classifier.Proof {
	containers := suspects(c)
	if containers.State != evidence.Known {
		return evidence.Silent(c, containers, "", "%s could not be read", evidence.Definition(c))
	}
	read := 0
	for _, d := range containers.Value {
		for _, s := range sources(c, d) {
			read++
			// what is no name may be a value, so it is not repeated
			if _, fault := secretRef(c, d.Name, s); fault != "" {
				return evidence.Confirmed(fmt.Sprintf("correct %s of container %s in %s", s.name, d.Name,
					evidence.Definition(c)),
					"%s of container %s cannot be read: %s", s.name, d.Name, fault)
			}
		}
	}
	if read == 0 {
		return unnamed(c)
	}
	return evidence.RuledOut("every valueFrom of %s has a form that ECS reads", evidence.Definition(c))
}

// The beginnings of names that no listing of parameters has: secrets that Parameter Store hands through, and what AWS
// publishes
// (https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-finding-public-parameters.html).
const (
	fromSecretsManager = "/aws/reference/secretsmanager/"
	published          = "/aws/service/"
)

func parameterMissing(c *evidence.Case, r SecretRef) classifier.Proof {
	p := c.Facts.Setup.Parameters[r.key()]
	switch {
	case strings.HasPrefix(r.Names[0], fromSecretsManager):
		return evidence.Inconclusive(classifier.ReasonNotRead,
			"%s is a secret that Parameter Store hands through, and no parameter", r.Names[0])
	case strings.HasPrefix(r.Names[0], published):
		return evidence.Inconclusive(classifier.ReasonNotRead,
			"%s is a parameter that AWS publishes, and those are not listed", r.Names[0])
	case p.State == evidence.Absent && evidence.OthersAccount(c, r.Account), p.State == evidence.Known &&
		evidence.OthersAccount(c, r.Account):
		return evidence.Inconclusive(classifier.ReasonNotVisible, "parameter %s is of account %s, which is not asked",
			r.From, r.Account)
	case p.State == evidence.Absent && parameterHere(c, r) != "":
		return evidence.Confirmed(fmt.Sprintf("write %s in valueFrom of container %s in %s", parameterHere(c, r),
			r.Container, evidence.Definition(c)),
			"%s has no parameter %s, and %s has one", r.Region, strings.Join(r.Names, " or "), c.Stop.Region)
	case p.State == evidence.Absent:
		return evidence.Confirmed(fmt.Sprintf("create parameter %s in %s, or correct valueFrom of container %s in %s",
			r.Names[0], r.Region, r.Container, evidence.Definition(c)),
			"%s has no parameter %s", r.Region, strings.Join(r.Names, " or "))
	case p.State != evidence.Known:
		return evidence.Silent(c, p, r.Account, "parameter %s could not be looked up", r.From)
	case r.Version != "":
		return evidence.Inconclusive(classifier.ReasonNotRead,
			"parameter %s exists in %s; whether it has version or label %s is not read", p.Value.Name, r.Region,
			r.Version)
	}
	return inTime(p.Value.ModifiedAt, "parameter %s exists in %s, last changed %s", p.Value.Name, r.Region,
		stamp(p.Value.ModifiedAt))
}
