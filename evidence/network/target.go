package network

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/events/awsname"
	"whystopped/evidence"
)

// Target is what the failed call was for, as far as the finding and the task definition tell.
type Target struct {
	Host     string     // empty when no text names it and nothing else tells
	Service  string     // of AWS, as VPC endpoints name it: "ecr.api", "s3", "logs"; empty for all others
	Region   string     // of that service
	OtherOf  string     // "FIPS" or "dual-stack", for a name that an endpoint's private DNS may not cover
	Port     int64      // TCP port, 0 when not known
	IP       netip.Addr // address that was dialled; invalid when not told
	Actions  []string   // IAM actions of the call, for endpoint policies
	Resource string     // ARN that they are for; empty when not known
	Layers   bool       // the call reads image layers of ECR, which lie in a bucket of AWS's own
	Gap      classifier.Proof
}

// TargetOf says what the failed call was for.
func TargetOf(c *evidence.Case) Target {
	f := &c.Finding.Facts
	t := hostTarget(f.Endpoint)
	if t.Host == "" || c.Finding.Stage == classifier.Volume {
		t = stageTarget(c)
	}
	if ip, err := netip.ParseAddr(f.RemoteIP); err == nil {
		t.IP = ip.Unmap()
	}
	if t.Port == 0 {
		t.Port = dialledPort(&c.Stop, f.RemoteIP, t.Host, f.Registry)
	}
	switch logs := c.Finding.Stage == classifier.Logging && t.Service == ""; {
	case t.Port > 0:
	case !logs:
		t.Port = 443
	case !t.Gap.Exists():
		t.Gap = evidence.Inconclusive(classifier.ReasonNotRead, "the port of %s is not known", t.Host)
	}
	t.permission(c)
	return t
}

// nfs is the port of EFS mount targets.
const nfs = 2049

// hostTarget reads a host name.
func hostTarget(host string) Target {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	h, _ := awsname.ParseHost(host)
	return Target{Host: host, Service: h.Service, Region: h.Region, OtherOf: h.Variant, Layers: h.Service != "" &&
		awsname.IsLayerBucket(host)}
}

// isService reports whether the name of an endpoint service or prefix list is that of a service in a Region. In China
// some begin with "cn.".
func isService(name, region, service string) bool {
	name = strings.TrimPrefix(strings.ToLower(name), "cn.")
	return region != "" && name == "com.amazonaws."+region+"."+service
}

// stageTarget is what a stage calls where no text names the host.
func stageTarget(c *evidence.Case) Target {
	f := &c.Finding.Facts
	region := c.Stop.Region
	switch c.Finding.Stage {
	case classifier.RegistryAuth:
		switch {
		case strings.HasPrefix(f.AWSAction, "secretsmanager:"):
			return awsTarget("secretsmanager", arnRegion(f.Secret, region))
		case f.Registry == "" || hostTarget(f.Registry).Service == "ecr.dkr":
			return awsTarget("ecr.api", cmp.Or(hostTarget(f.Registry).Region, region))
		}
		return Target{Gap: evidence.Inconclusive(classifier.ReasonNotRead,
			"the event does not tell whether the login at %s or its secret was called", f.Registry)}
	case classifier.Image:
		return registryTarget(c)
	case classifier.Secret:
		return secretTarget(c)
	case classifier.Logging:
		return logsTarget(c)
	case classifier.EnvFile:
		return awsTarget("s3", region)
	case classifier.Volume:
		return Target{Host: cmp.Or(f.FileSystem, "the file system"), Port: nfs}
	}
	return Target{Gap: classifier.Proof{Result: classifier.NotChecked, Reason: classifier.ReasonNotRead,
		Evidence: "the event does not tell which host was called"}}
}

// awsTarget is a service of AWS under its usual name.
func awsTarget(service, region string) Target {
	return Target{Host: awsname.ServiceHost(service, region), Service: service, Region: region}
}

// registryTarget is the registry of the image. Docker Hub's answers under another name than its references have.
func registryTarget(c *evidence.Case) Target {
	registry := c.Finding.Facts.Registry
	host, _, _ := strings.Cut(registry, ":")
	if host == "" {
		return Target{Gap: classifier.Proof{Result: classifier.NotChecked, Reason: classifier.ReasonNotRead,
			Evidence: "the event does not tell which registry was called"}}
	}
	if host == "docker.io" {
		host = "registry-1.docker.io"
	}
	return hostTarget(host)
}

// secretTarget is Secrets Manager or Parameter Store: which one, the action, the secret's name or the task definition
// tells.
func secretTarget(c *evidence.Case) Target {
	f := &c.Finding.Facts
	services := map[string]string{} // service → Region
	note := func(valueFrom string) {
		service := "ssm"
		if strings.Contains(valueFrom, ":secretsmanager:") {
			service = "secretsmanager"
		}
		services[service] = arnRegion(valueFrom, c.Stop.Region)
	}
	td := c.Facts.Task.TaskDefinition
	action, _, _ := strings.Cut(f.AWSAction, ":")
	switch {
	case strings.HasPrefix(f.Secret, "arn:"):
		note(f.Secret)
	case action == "secretsmanager" || action == "ssm":
		services[action] = c.Stop.Region
	case td.State == evidence.Known:
		for _, container := range td.Value.Containers {
			for _, from := range container.Secrets {
				note(from)
			}
			for _, from := range container.LogSecrets {
				note(from)
			}
		}
	default:
		return Target{Gap: td.Gap()}
	}
	for service, region := range services {
		if len(services) == 1 {
			return awsTarget(service, region)
		}
	}
	return Target{Gap: evidence.Inconclusive(classifier.ReasonNotRead,
		"the event does not tell whether Secrets Manager or Parameter Store was called")}
}

// arnRegion is the Region of an ARN, or the fallback for a name.
func arnRegion(arn, fallback string) string {
	if a, whole := awsname.ParseARN(arn); whole && awsname.IsRegion(a.Region) {
		return a.Region
	}
	return fallback
}

// logsTarget is CloudWatch Logs in the Region that the containers' awslogs driver is given: the culprit's, where it is
// known.
func logsTarget(c *evidence.Case) Target {
	td := c.Facts.Task.TaskDefinition
	if td.State != evidence.Known {
		return Target{Gap: td.Gap()}
	}
	culprit := c.Culprit().Name
	found := map[string]bool{}
	for _, d := range td.Value.Containers {
		if d.LogDriver == "" || culprit != "" && d.Name != culprit {
			continue
		}
		region := ""
		if d.LogDriver == evidence.Awslogs {
			region = cmp.Or(d.LogOptions["awslogs-region"], c.Stop.Region)
		}
		found[region] = true
	}
	for region := range found {
		if len(found) == 1 && region != "" {
			return awsTarget("logs", region)
		}
	}
	return Target{Gap: evidence.Inconclusive(classifier.ReasonNotRead,
		"the task definition does not tell which log destination was called")}
}

// permission fills in what an endpoint policy must allow.
func (t *Target) permission(c *evidence.Case) {
	f := &c.Finding.Facts
	partition := awsname.Partition(t.Region)
	switch t.Service {
	case "ecr.api":
		t.Actions, t.Resource = []string{"ecr:GetAuthorizationToken"}, "*"
	case "ecr.dkr":
		t.Actions = []string{"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}
		account, _, _ := strings.Cut(t.Host, ".")
		if repository := awsname.ParseImage(f.Image).Repository; repository != "" {
			t.Resource = "arn:" + partition + ":ecr:" + t.Region + ":" + account + ":repository/" + repository
		}
	case "s3":
		t.Actions = []string{"s3:GetObject"}
		t.Resource = bucketResource(c, t, partition)
	case "secretsmanager":
		t.Actions, t.Resource = []string{"secretsmanager:GetSecretValue"}, f.Secret
	case "ssm":
		t.Actions, t.Resource = []string{"ssm:GetParameters"}, f.Secret
	case "logs":
		t.Actions = []string{"logs:CreateLogStream"}
	}
	if prefix, _, ok := strings.Cut(f.AWSAction, ":"); ok && strings.HasPrefix(t.Service, prefix) {
		t.Actions = []string{f.Permission()}
		t.Resource = awsname.PermissionOn(f.Permission(), t.Resource)
		if strings.HasPrefix(f.AWSResource, "arn:") || f.AWSResource == "*" {
			t.Resource = f.AWSResource
		}
	}
	if !strings.HasPrefix(t.Resource, "arn:") && t.Resource != "*" {
		t.Resource = ""
	}
}

// bucketResource is the object that was read: of AWS's layer bucket, or the environment file where there is only one
// bucket.
func bucketResource(c *evidence.Case, t *Target, partition string) string {
	if t.Layers {
		return "arn:" + partition + ":s3:::" + awsname.LayerBucket(t.Region) + "/*"
	}
	td := c.Facts.Task.TaskDefinition
	if c.Finding.Stage != classifier.EnvFile || td.State != evidence.Known {
		return ""
	}
	files := map[string]bool{}
	for _, container := range td.Value.Containers {
		for _, file := range container.EnvironmentFiles {
			files[file] = true
		}
	}
	for file := range files {
		if len(files) == 1 {
			return file
		}
	}
	return ""
}

// dialledPort is the port that stands behind one of the names, in it or in the texts, 0 when none does.
func dialledPort(s *events.Stop, names ...string) int64 {
	texts := names
	texts = append(texts, s.StoppedReason)
	for _, c := range s.Containers {
		texts = append(texts, c.Reason)
	}
	for _, name := range names {
		if ip, err := netip.ParseAddr(name); err == nil && ip.Is6() {
			name = "[" + name + "]"
		} else {
			name, _, _ = strings.Cut(name, ":")
		}
		for _, text := range texts {
			for name != "" {
				_, rest, found := strings.Cut(text, name)
				if !found {
					break
				}
				if port := portBefore(rest); port > 0 {
					return port
				}
				text = rest
			}
		}
	}
	return 0
}

// portBefore reads the port at the beginning of ":443: i/o timeout", 0 when there is none.
func portBefore(s string) int64 {
	digits, ok := strings.CutPrefix(s, ":")
	if i := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
		digits = digits[:i]
	}
	port, err := strconv.ParseUint(digits, 10, 16)
	if !ok || err != nil {
		return 0
	}
	return int64(port)
}

// publicRegistries are registries of the internet: their names lead to public addresses wherever one asks.
var publicRegistries = []string{"docker.io", "docker.com", "quay.io", "ghcr.io", "gcr.io", "pkg.dev", "registry.k8s.io",
	"mcr.microsoft.com", "public.ecr.aws", "registry.gitlab.com"}

// IsPublic reports whether a host has public addresses only.
func (t *Target) IsPublic() bool {
	return slices.ContainsFunc(publicRegistries,
		func(r string) bool { return t.Host == r || strings.HasSuffix(t.Host, "."+r) })
}

// String names the target with the address that was dialled.
func (t *Target) String() string {
	switch {
	case t.IP.IsValid() && t.Host != "":
		return t.IP.String() + " (" + t.Host + ")"
	case t.IP.IsValid():
		return t.IP.String()
	}
	return t.Host
}
