package classifier

import "slices"

// Usual is what is true most often of a class beside what its words tell: of a text that names the step and was cut off
// before the fault, or whose words are the same for causes of another kind. Each cause is listed where it would be if
// the text had named its fault. Where a text confirms a cause, none of these is listed.
type Usual struct {
	At     Stage
	Of     []Fault
	Faults []UsualFault // the likeliest first
}

// UsualFault is a fault that a step often meets, with the causes of it that are worth a look.
type UsualFault struct {
	Fault  Fault
	Causes []string
}

// unsaid is the fault of a text that names only the step.
var unsaid = []Fault{UnknownFault}

// noWay are the causes of a call that gets no answer.
var noWay = UsualFault{Unreachable, []string{"route-missing", "public-ip-missing", "task-sg-egress-closed",
	"endpoint-missing", "endpoint-sg-closed"}}

// byWay are the causes of an answer that something on the way gave, or broke.
var byWay = UsualFault{Unreachable, []string{"proxy-or-firewall", "s3-gateway-missing", "route-missing"}}

// Usuals is the table of them.
var Usuals = []Usual{
	{Image, unsaid, []UsualFault{
		{RateLimited, []string{"docker-hub-limit"}},
		{NotFound, []string{"image-tag-missing", "image-digest-missing", "image-repository-missing"}}, noWay,
		{Denied, []string{"role-permission-missing", "registry-credentials-missing", "repository-policy-denies"}},
		{Mismatch, []string{"image-platform-mismatch"}}, {Exhausted, []string{"host-disk-full", "image-too-large"}}}},
	{Image, []Fault{Denied}, []UsualFault{
		{NotFound, []string{"image-digest-missing", "image-tag-missing", "image-repository-missing",
			"image-registry-host-missing"}},
		{Denied, []string{"repository-policy-denies"}}}},
	{Image, []Fault{NotFound}, []UsualFault{
		{Denied, []string{"registry-credentials-missing", "repository-policy-denies"}}}},
	{Image, []Fault{Corrupt}, []UsualFault{byWay, {Exhausted, []string{"host-disk-full", "image-too-large"}},
		{Mismatch, []string{"image-manifest-old"}}}},
	{Image, []Fault{RateLimited}, []UsualFault{{Denied, []string{"registry-credentials-missing"}}}},
	{Image, []Fault{Timeout}, []UsualFault{noWay, {Exhausted, []string{"host-disk-full", "image-too-large"}}}},
	{Image, []Fault{TLS}, []UsualFault{{Unreachable, []string{"proxy-or-firewall"}}}},
	{Image, []Fault{Internal}, []UsualFault{{Unreachable, []string{"proxy-or-firewall"}},
		{Exhausted, []string{"host-disk-full"}}, {Corrupt, []string{"image-corrupt"}}}},
	{Image, []Fault{Invalid}, []UsualFault{{NotFound, []string{"image-repository-missing", "image-tag-missing"}}}},

	{RegistryAuth, unsaid, []UsualFault{noWay,
		{Denied, []string{"role-permission-missing", "registry-credentials-missing", "instance-role-missing"}}}},
	{RegistryAuth, []Fault{Denied}, []UsualFault{{Denied, []string{"role-permission-missing", "instance-role-missing",
		"registry-credentials-missing", "registry-credentials-wrong"}},
		{NotFound, []string{"image-repository-missing"}}}},
	{RegistryAuth, []Fault{NotFound, Invalid, Timeout, Internal}, []UsualFault{
		{NotFound, []string{"secret-missing"}}, {Denied, []string{"registry-credentials-wrong",
			"role-permission-missing"}}, noWay}},
	{RegistryAuth, []Fault{TLS}, []UsualFault{{Unreachable, []string{"proxy-or-firewall"}}}},

	{Secret, unsaid, []UsualFault{
		noWay, {Denied, []string{"role-permission-missing"}}, {NotFound, []string{"secret-missing",
			"parameter-missing"}}}},
	{Secret, []Fault{Denied}, []UsualFault{
		{Denied, []string{"kms-denied", "resource-policy-denies"}},
		{NotFound, []string{"secret-missing", "parameter-missing", "secret-in-other-region"}}}},
	{Secret, []Fault{NotFound}, []UsualFault{{Invalid, []string{"secret-arn-invalid"}}}},
	{Secret, []Fault{Invalid}, []UsualFault{{NotFound, []string{"secret-missing", "parameter-missing",
		"secret-version-missing"}}}},
	{Secret, []Fault{Timeout, Internal, TLS}, []UsualFault{noWay, {Unreachable, []string{"proxy-or-firewall"}}}},

	{EnvFile, unsaid, []UsualFault{
		{Denied, []string{"env-file-denied"}}, {NotFound, []string{"env-file-missing"}}, noWay}},
	{EnvFile, []Fault{NotFound, Invalid}, []UsualFault{
		{NotFound, []string{"env-file-missing"}}, {Denied, []string{"env-file-denied"}},
		{Invalid, []string{"env-file-invalid"}}}},
	{EnvFile, []Fault{Unreachable}, []UsualFault{{Internal, []string{"platform-fault"}}}},
	{EnvFile, []Fault{Timeout, Internal, TLS}, []UsualFault{noWay}},

	{Logging, unsaid, []UsualFault{
		{NotFound, []string{"log-group-missing"}}, {Denied, []string{"role-permission-missing"}}, noWay,
		{Invalid, []string{"log-options-invalid"}}}},
	{Logging, []Fault{Denied}, []UsualFault{{Denied, []string{"instance-role-missing", "log-group-create-denied"}},
		{NotFound, []string{"log-group-missing"}}}},
	{Logging, []Fault{NotFound}, []UsualFault{{Denied, []string{"log-group-create-denied"}},
		{Invalid, []string{"log-options-invalid"}}}},
	{Logging, []Fault{Invalid, Mismatch}, []UsualFault{{NotFound, []string{"log-region-wrong", "log-group-missing"}}}},
	{Logging, []Fault{Exhausted}, []UsualFault{{NotFound, []string{"log-group-missing"}}}},
	{Logging, []Fault{Timeout, Internal, TLS}, []UsualFault{noWay, {Unreachable, []string{"log-router-down"}}}},

	{Role, unsaid, []UsualFault{{Denied, []string{"role-not-assumable", "role-missing", "role-new"}}}},
	{Role, []Fault{Denied}, []UsualFault{{NotFound, []string{"role-missing"}}}},
	{Role, []Fault{NotFound, Unreachable, Timeout, Internal, DNS}, []UsualFault{
		{NotFound, []string{"role-missing", "instance-role-missing"}}, {Denied, []string{"role-not-assumable",
			"role-new"}}}},

	{Placement, []Fault{Exhausted}, []UsualFault{
		{Exhausted, []string{"cluster-resources", "capacity-provider-empty", "instance-launch-refused"}}}},
	{Placement, []Fault{Mismatch}, []UsualFault{{Mismatch, []string{"placement-constraint", "agent-old"}},
		{Exhausted, []string{"cluster-resources"}}}},
	{Placement, []Fault{Denied}, []UsualFault{{Denied, []string{"role-permission-missing"}}}},
	{Placement, []Fault{NotFound}, []UsualFault{{NotFound, []string{"request-names-missing",
		"network-configuration-invalid", "instance-deregistered"}}}},
	{Placement, []Fault{Invalid}, []UsualFault{{Invalid, []string{"launch-type-mismatch",
		"network-configuration-invalid"}}}},

	{Volume, unsaid, []UsualFault{
		{DNS, []string{"efs-mount-target-missing"}}, {Unreachable, []string{"efs-sg-closed"}},
		{Denied, []string{"efs-iam-denied", "efs-access-point", "ebs-role"}},
		{NotFound, []string{"efs-path-missing", "volume-missing"}}}},
	{Network, unsaid, []UsualFault{
		{Exhausted, []string{"subnet-full", "eni-limit"}}, {NotFound, []string{"network-configuration-invalid"}}}},
	{Create, unsaid, []UsualFault{
		{Invalid, []string{"container-definition-invalid"}}, {Conflict, []string{"name-conflict"}},
		{Exhausted, []string{"host-disk-full"}}}},
	{Start, unsaid, []UsualFault{
		{NotFound, []string{"command-invalid", "entrypoint-missing", "mount-hides-program"}},
		{Mismatch, []string{"binary-architecture"}}, {Denied, []string{"entrypoint-not-executable"}},
		{Invalid, []string{"container-definition-invalid"}}, {Conflict, []string{"port-conflict"}},
		{Exhausted, []string{"host-memory"}}}},
	{HealthCheck, unsaid, []UsualFault{{Invalid, []string{"target-group-unfit"}}}},
}

// usualCauses are the causes of a UsualFault.
type usualCauses struct {
	fault  Fault
	causes []*Cause
}

// usualOf are the rows by class.
var usualOf = usualByClass(Usuals)

func usualByClass(rows []Usual) map[class][]usualCauses {
	of := map[class][]usualCauses{}
	for _, u := range rows {
		faults := make([]usualCauses, len(u.Faults))
		for i, uf := range u.Faults {
			faults[i].fault = uf.Fault
			for _, id := range uf.Causes {
				at := slices.IndexFunc(causesAt[u.At], func(c *Cause) bool { return c.ID == id })
				faults[i].causes = append(faults[i].causes, causesAt[u.At][at])
			}
		}
		for _, fault := range u.Of {
			of[class{u.At, fault}] = faults
		}
	}
	return of
}

// addUsual appends the causes that are usually true of the class and could be here, without those listed.
func (v *view) addUsual(causes []likely) []likely {
	fault, rule := v.Fault, v.FaultRule
	for _, u := range usualOf[class{v.Stage, fault}] {
		if u.fault == fault {
			v.suppose(fault, rule)
		} else {
			v.suppose(u.fault, "")
		}
		for _, c := range u.causes {
			listed := slices.ContainsFunc(causes, func(other likely) bool { return other.Cause == c })
			if !listed && c.Applies(v) {
				causes = append(causes, likely{Cause: c, usual: true})
			}
		}
	}
	v.suppose(fault, rule)
	return causes
}

// suppose gives the finding another fault.
func (v *view) suppose(fault Fault, rule string) {
	if v.Fault != fault || v.FaultRule != rule {
		v.Fault, v.FaultRule = fault, rule
		v.settle()
	}
}
