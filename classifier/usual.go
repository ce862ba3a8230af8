package classifier

import "slices"

// Usual is what is true most often where a text names the step and not what went wrong there: it was cut off, or nobody
// has met its words before. The causes of a fault are listed as they would be if the text had named it.
type Usual struct {
	At     Stage
	Faults []UsualFault // the likeliest first
}

// UsualFault is a fault that a step often meets, with the causes of it that are worth a look.
type UsualFault struct {
	Fault  Fault
	Causes []string
}

// noWay are the causes of a call that gets no answer.
var noWay = UsualFault{Unreachable, []string{"route-missing", "public-ip-missing", "task-sg-egress-closed",
	"endpoint-missing", "endpoint-sg-closed"}}

// Usuals is the table of them.
var Usuals = []Usual{
	{RegistryAuth, []UsualFault{noWay,
		{Denied, []string{"role-permission-missing", "registry-credentials-missing", "instance-role-missing"}}}},
	{Secret, []UsualFault{
		noWay, {Denied, []string{"role-permission-missing"}}, {NotFound, []string{"secret-missing",
			"parameter-missing"}}}},
	{EnvFile, []UsualFault{
		{Denied, []string{"env-file-denied"}}, {NotFound, []string{"env-file-missing"}}, noWay}},
	{Image, []UsualFault{
		{RateLimited, []string{"docker-hub-limit"}},
		{NotFound, []string{"image-tag-missing", "image-digest-missing", "image-repository-missing"}}, noWay,
		{Denied, []string{"role-permission-missing", "registry-credentials-missing", "repository-policy-denies"}},
		{Mismatch, []string{"image-platform-mismatch"}}, {Exhausted, []string{"image-too-large", "host-disk-full"}}}},
	{Logging, []UsualFault{
		{NotFound, []string{"log-group-missing"}}, {Denied, []string{"role-permission-missing"}}, noWay,
		{Invalid, []string{"log-options-invalid"}}}},
	{Volume, []UsualFault{
		{DNS, []string{"efs-mount-target-missing"}}, {Unreachable, []string{"efs-sg-closed"}},
		{Denied, []string{"efs-iam-denied", "efs-access-point", "ebs-role"}},
		{NotFound, []string{"efs-path-missing", "volume-missing"}}}},
	{Role, []UsualFault{{Denied, []string{"role-not-assumable", "role-missing", "role-new"}}}},
	{Network, []UsualFault{
		{Exhausted, []string{"subnet-full", "eni-limit"}}, {NotFound, []string{"network-configuration-invalid"}}}},
	{Create, []UsualFault{
		{Invalid, []string{"container-definition-invalid"}}, {Conflict, []string{"name-conflict"}},
		{Exhausted, []string{"host-disk-full"}}}},
	{Start, []UsualFault{
		{NotFound, []string{"command-invalid", "entrypoint-missing", "mount-hides-program"}},
		{Mismatch, []string{"binary-architecture"}}, {Denied, []string{"entrypoint-not-executable"}},
		{Invalid, []string{"container-definition-invalid"}}, {Conflict, []string{"port-conflict"}},
		{Exhausted, []string{"host-memory"}}}},
	{HealthCheck, []UsualFault{{Invalid, []string{"target-group-unfit"}}}},
}

// usualAt are the rows by their stages.
var usualAt = func() map[Stage][]UsualFault {
	at := map[Stage][]UsualFault{}
	for _, u := range Usuals {
		at[u.At] = u.Faults
	}
	return at
}()

// usual returns the causes of the faults that the step often meets and that could be here, without those listed.
func (v *view) usual(listed []likely) (more []likely) {
	for _, u := range usualAt[v.Stage] {
		f := *v.Finding
		f.Fault = u.Fault
		guess := v.of(&f)
		for _, id := range u.Causes {
			named := func(c likely) bool { return c.ID == id }
			if slices.ContainsFunc(listed, named) || slices.ContainsFunc(more, named) {
				continue
			}
			for _, c := range causesAt[v.Stage] {
				if c.ID == id && c.Applies(guess) {
					more = append(more, likely{Cause: c})
				}
			}
		}
	}
	return more
}
