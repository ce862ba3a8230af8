package evidence

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"whystopped/classifier"
	"whystopped/events"
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

// TargetOf tells what the failed call was for.
func TargetOf(c *Case) Target {
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
		t.Gap = inconclusive(classifier.ReasonNotRead, "the port of %s is not known", t.Host)
	}
	t.permission(c)
	return t
}

// nfs is the port of EFS mount targets.
const nfs = 2049

// hostTarget reads a host name.
func hostTarget(host string) Target {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	t := Target{Host: host}
	name, ok := cutDomain(host)
	if !ok {
		return t
	}
	labels := strings.Split(name.labels, ".")
	t.OtherOf = name.otherOf
	if last := len(labels) - 1; last > 0 && isRegion(labels[last]) {
		t.Region, labels = labels[last], labels[:last]
	} else if labels[last] != "s3" {
		return t
	}
	t.Service = t.serviceOf(labels)
	t.Layers = strings.Contains(host, "starport-layer-bucket")
	return t
}

// domain is what is left of an AWS name without its suffix.
type domain struct{ labels, otherOf string }

// cutDomain takes the domain off a name of AWS; ok is false for all other names.
func cutDomain(host string) (d domain, ok bool) {
	for _, s := range []struct{ suffix, otherOf string }{
		{".amazonaws.com", ""}, {".amazonaws.com.cn", ""}, {".api.aws", "dual-stack"}, {".on.aws", "dual-stack"},
		{".api.amazonwebservices.com.cn", "dual-stack"}, {".on.amazonwebservices.com.cn", "dual-stack"},
	} {
		if labels, found := strings.CutSuffix(host, s.suffix); found {
			return domain{labels, s.otherOf}, true
		}
	}
	return domain{}, false
}

// isRegion tells whether a label has the form of a Region: "eu-west-1", "us-gov-east-1", "eusc-de-east-1".
func isRegion(label string) bool {
	parts := strings.Split(label, "-")
	last := parts[len(parts)-1]
	return len(parts) >= 3 && (len(parts[0]) == 2 || parts[0] == "eusc") && len(last) == 1 && '0' <= last[0] && last[0] <= '9'
}

// serviceOf reads the service from the labels of a name without Region and domain, and notes names of another form.
func (t *Target) serviceOf(labels []string) string {
	if i := slices.Index(labels, "dualstack"); i >= 0 {
		t.OtherOf = "dual-stack"
		labels = slices.Delete(labels, i, i+1)
	}
	last := labels[len(labels)-1]
	if base, fips := strings.CutSuffix(last, "-fips"); fips {
		t.OtherOf, last = "FIPS", base
	}
	switch {
	case last == "ecr" && len(labels) == 2 && labels[0] == "api", last == "ecr" && len(labels) == 1:
		return "ecr.api"
	case last == "ecr" && len(labels) == 3 && labels[1] == "dkr", last == "dkr-ecr" && len(labels) == 2:
		return "ecr.dkr"
	case last == "s3":
		return "s3"
	case len(labels) == 1:
		return last
	}
	return ""
}

// isService tells whether the name of an endpoint service or prefix list is that of a service in a Region. In China some begin
// with "cn.".
func isService(name, region, service string) bool {
	name = strings.TrimPrefix(strings.ToLower(name), "cn.")
	return region != "" && name == "com.amazonaws."+region+"."+service
}

// stageTarget is what a stage calls where no text names the host.
func stageTarget(c *Case) Target {
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
		return Target{Gap: inconclusive(classifier.ReasonNotRead, "the event does not tell whether the login at %s or its secret was called", f.Registry)}
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
	return Target{Gap: classifier.Proof{Result: classifier.NotChecked, Reason: classifier.ReasonNotRead, Evidence: "the event does not tell which host was called"}}
}

// awsTarget is a service of AWS under its usual name.
func awsTarget(service, region string) Target {
	labels := map[string]string{"ecr.api": "api.ecr"}
	host := cmp.Or(labels[service], service) + "." + region + ".amazonaws.com"
	if strings.HasPrefix(region, "cn-") {
		host += ".cn"
	}
	return Target{Host: host, Service: service, Region: region}
}

// registryTarget is the registry of the image. Docker Hub's answers under another name than its references have.
func registryTarget(c *Case) Target {
	registry := c.Finding.Facts.Registry
	host, _, _ := strings.Cut(registry, ":")
	if host == "" {
		return Target{Gap: classifier.Proof{Result: classifier.NotChecked, Reason: classifier.ReasonNotRead, Evidence: "the event does not tell which registry was called"}}
	}
	if host == "docker.io" {
		host = "registry-1.docker.io"
	}
	return hostTarget(host)
}

// secretTarget is Secrets Manager or Parameter Store: which one, the action, the secret's name or the task definition tells.
func secretTarget(c *Case) Target {
	f := &c.Finding.Facts
	services := map[string]string{} // service → Region
	note := func(valueFrom string) {
		service := "ssm"
		if strings.Contains(valueFrom, ":secretsmanager:") {
			service = "secretsmanager"
		}
		services[service] = arnRegion(valueFrom, c.Stop.Region)
	}
	td := c.Facts.Inputs.TaskDefinition
	action, _, _ := strings.Cut(f.AWSAction, ":")
	switch {
	case strings.HasPrefix(f.Secret, "arn:"):
		note(f.Secret)
	case action == "secretsmanager" || action == "ssm":
		services[action] = c.Stop.Region
	case td.State == Known:
		for _, container := range td.Value.Containers {
			for _, from := range container.Secrets {
				note(from)
			}
			for _, from := range container.LogSecrets {
				note(from)
			}
		}
	default:
		return Target{Gap: td.gap()}
	}
	for service, region := range services {
		if len(services) == 1 {
			return awsTarget(service, region)
		}
	}
	return Target{Gap: inconclusive(classifier.ReasonNotRead, "the event does not tell whether Secrets Manager or Parameter Store was called")}
}

// arnRegion is the Region of an ARN, or the fallback for a name.
func arnRegion(arn, fallback string) string {
	if parts := strings.Split(arn, ":"); len(parts) > 5 && parts[0] == "arn" && isRegion(parts[3]) {
		return parts[3]
	}
	return fallback
}

// logsTarget is CloudWatch Logs in the Region that the containers' awslogs driver is given: the culprit's, where it is known.
func logsTarget(c *Case) Target {
	td := c.Facts.Inputs.TaskDefinition
	if td.State != Known {
		return Target{Gap: td.gap()}
	}
	culprit := c.culprit().Name
	found := map[string]bool{}
	for _, d := range td.Value.Containers {
		if d.LogDriver == "" || culprit != "" && d.Name != culprit {
			continue
		}
		region := ""
		if d.LogDriver == awslogs {
			region = cmp.Or(d.LogOptions["awslogs-region"], c.Stop.Region)
		}
		found[region] = true
	}
	for region := range found {
		if len(found) == 1 && region != "" {
			return awsTarget("logs", region)
		}
	}
	return Target{Gap: inconclusive(classifier.ReasonNotRead, "the task definition does not tell which log destination was called")}
}

// permission fills in what an endpoint policy must allow.
func (t *Target) permission(c *Case) {
	f := &c.Finding.Facts
	partition := "aws"
	switch {
	case strings.HasPrefix(t.Region, "cn-"):
		partition = "aws-cn"
	case strings.HasPrefix(t.Region, "us-gov-"):
		partition = "aws-us-gov"
	}
	switch t.Service {
	case "ecr.api":
		t.Actions, t.Resource = []string{"ecr:GetAuthorizationToken"}, "*"
	case "ecr.dkr":
		t.Actions = []string{"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}
		account, _, _ := strings.Cut(t.Host, ".")
		if repository := repositoryOf(f.Image); repository != "" {
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
		t.Actions = []string{f.AWSAction}
		if strings.HasPrefix(f.AWSResource, "arn:") || f.AWSResource == "*" {
			t.Resource = f.AWSResource
		}
	}
	if !strings.HasPrefix(t.Resource, "arn:") && t.Resource != "*" {
		t.Resource = ""
	}
}

// bucketResource is the object that was read: of AWS's layer bucket, or the environment file where there is only one bucket.
func bucketResource(c *Case, t *Target, partition string) string {
	if t.Layers {
		return "arn:" + partition + ":s3:::prod-" + t.Region + "-starport-layer-bucket/*"
	}
	td := c.Facts.Inputs.TaskDefinition
	if c.Finding.Stage != classifier.EnvFile || td.State != Known {
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

// repositoryOf is NAME of HOST/NAME:TAG and HOST/NAME@DIGEST.
func repositoryOf(image string) string {
	_, name, _ := strings.Cut(image, "/")
	name, _, _ = strings.Cut(name, "@")
	name, _, _ = strings.Cut(name, ":")
	return name
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
var publicRegistries = []string{"docker.io", "docker.com", "quay.io", "ghcr.io", "gcr.io", "pkg.dev", "registry.k8s.io", "mcr.microsoft.com", "public.ecr.aws", "registry.gitlab.com"}

// isPublic tells that a host has public addresses only.
func (t *Target) isPublic() bool {
	return slices.ContainsFunc(publicRegistries, func(r string) bool { return t.Host == r || strings.HasSuffix(t.Host, "."+r) })
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
