package classifier

import (
	"net/netip"
	"strings"

	"whystopped/events"
)

// extract pulls the names and numbers out of one text.
func extract(t *text) Facts {
	var f Facts
	f.AWSAction, f.AWSResource = action(t)
	if f.AWSResource == "" {
		f.AWSResource = logGroup(t)
	}
	f.DeniedBy = deniedBy(t)
	f.Role = role(t)
	f.Endpoint = endpoint(t)
	f.RemoteIP = remoteIP(t)
	f.Image = imageReference(t)
	f.Registry = registry(f.Image)
	f.Platform = platform(t)
	f.Secret = secretName(t)
	f.JSONKey = t.after("json key ", " ,:;\"'")
	f.FileSystem = identifier(t.folded, "fs-")
	f.InstanceID = identifier(t.folded, "i-")
	f.Subnet = identifier(t.folded, "subnet-")
	f.Path = path(t)
	f.TargetGroup = targetGroup(t)
	f.Deployment = strings.TrimRight(prefixed(t.plain, "ecs-svc/", " ):,;\"'"), ".")
	f.Port = port(t)
	return f
}

// after returns what stands in the text behind marker, up to one of the stops.
func (t *text) after(marker, stops string) string {
	i := strings.Index(t.folded, marker)
	if i < 0 {
		return ""
	}
	rest := t.plain[i+len(marker):]
	if n := strings.IndexAny(rest, stops); n >= 0 {
		rest = rest[:n]
	}
	return rest
}

// quoted returns the word behind marker, without the quotes around it.
func (t *text) quoted(marker string) string {
	i := strings.Index(t.folded, marker)
	if i < 0 {
		return ""
	}
	rest := strings.TrimLeft(t.plain[i+len(marker):], ` \`)
	if rest == "" {
		return ""
	}
	if q := rest[0]; q == '"' || q == '\'' {
		rest, _, _ = strings.Cut(rest[1:], string(q))
		return rest
	}
	return word(rest)
}

// word returns the first word of s without the punctuation behind it.
func word(s string) string {
	if n := strings.IndexAny(s, " \"'<>,;)"); n >= 0 {
		s = s[:n]
	}
	return strings.TrimRight(s, ".:")
}

// prefixed returns the first word of s that starts with prefix, up to one of the stops.
func prefixed(s, prefix, stops string) string {
	i := strings.Index(s, prefix)
	if i < 0 {
		return ""
	}
	s = s[i:]
	if n := strings.IndexAny(s, stops); n >= 0 {
		s = s[:n]
	}
	return s
}

// identifier returns the first AWS id with the prefix ("i-", "fs-", "subnet-"): 8 or 17 hex digits that stand alone.
func identifier(folded, prefix string) string {
	for from := 0; ; {
		i := strings.Index(folded[from:], prefix)
		if i < 0 {
			return ""
		}
		i += from
		end := i + len(prefix)
		for end < len(folded) && isHex(folded[end]) {
			end++
		}
		digits := end - i - len(prefix)
		alone := (i == 0 || !isWord(folded[i-1])) && (end == len(folded) || !isWord(folded[end]))
		if alone && digits >= 8 && digits <= 17 {
			return folded[i:end]
		}
		from = i + len(prefix)
	}
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' }

func isWord(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '-' || c == '_'
}

// sdkServices are the names that AWS SDKs print, with the prefix of the service's IAM actions.
var sdkServices = []struct{ name, prefix string }{
	{"ECR", "ecr"}, {"Secrets Manager", "secretsmanager"}, {"SSM", "ssm"}, {"S3", "s3"}, {"CloudWatch Logs", "logs"},
	{"KMS", "kms"}, {"STS", "sts"}, {"EC2", "ec2"}, {"EFS", "elasticfilesystem"},
}

// action finds the AWS action that failed and what it was asked for.
func action(t *text) (name, resource string) {
	if name = t.after("not authorized to perform: ", " ,"); name != "" {
		resource = t.after("on resource: ", " ,")
		return strings.TrimRight(name, "."), strings.TrimRight(resource, ".")
	}
	if call := t.after("operation error ", ","); call != "" {
		service, operation, ok := strings.Cut(call, ": ")
		for _, s := range sdkServices {
			if ok && strings.EqualFold(service, s.name) {
				return s.prefix + ":" + word(operation), ""
			}
		}
	}
	for _, s := range sdkServices {
		i := strings.Index(t.folded, s.prefix+":")
		if i < 0 || i > 0 && isWord(t.folded[i-1]) {
			continue
		}
		if operation := word(t.plain[i+len(s.prefix)+1:]); operation != "" && 'A' <= operation[0] && operation[0] <= 'Z' {
			return s.prefix + ":" + operation, ""
		}
	}
	return "", ""
}

// logGroup is the name of the log group that a text speaks of.
func logGroup(t *text) string {
	for _, marker := range []string{"log group: ", "log group '", "log group \"", "log group /", "log-group:"} {
		i := strings.Index(t.folded, marker)
		if i < 0 {
			continue
		}
		at := i + len(marker)
		if strings.HasSuffix(marker, "/") {
			at--
		}
		name := word(t.plain[at:])
		if name, _, _ = strings.Cut(name, ":"); name != "" {
			return name
		}
	}
	return ""
}

// deniedBy reads the policy type from the clauses that AWS adds to access-denied messages (IAM User Guide, "Troubleshoot
// access denied error messages").
func deniedBy(t *text) string {
	for _, p := range []string{"identity-based", "resource-based", "vpc endpoint", "service control", "resource control", "session", "permissions boundary"} {
		no := "no " + p
		explicit := strings.Contains(t.folded, "explicit deny in a "+p) || strings.Contains(t.folded, "explicit deny in an "+p)
		if !explicit && !(strings.Contains(t.folded, no+" policy allows") || strings.Contains(t.folded, no+" allows")) {
			continue
		}
		switch p {
		case "vpc endpoint":
			return "VPC endpoint policy"
		case "permissions boundary":
			return p
		}
		return p + " policy"
	}
	return ""
}

func role(t *text) string {
	if name := t.after("assumed-role/", "/ ,'\""); name != "" {
		return name
	}
	if i := strings.Index(t.folded, ":role/"); i >= 0 {
		name := word(t.plain[i+len(":role/"):])
		return name[strings.LastIndexByte(name, '/')+1:]
	}
	return ""
}

// endpoint is the host that was called: of the first URL, or the name that was looked up.
func endpoint(t *text) string {
	if i := strings.Index(t.folded, "lookup "); i >= 0 {
		if host := word(t.plain[i+len("lookup "):]); strings.Contains(host, ".") {
			return host
		}
	}
	for _, marker := range []string{"failed to resolve \"", "resolve server "} {
		if host := t.after(marker, "\": "); strings.Contains(host, ".") {
			return host
		}
	}
	for rest := t.plain; ; {
		i := strings.Index(rest, "://")
		if i < 0 {
			return ""
		}
		rest = rest[i+3:]
		host := rest
		if n := strings.IndexAny(host, "/ \"'?),"); n >= 0 {
			host = host[:n]
		}
		host = host[strings.LastIndexByte(host, '@')+1:]
		host, _, _ = strings.Cut(host, ":")
		if !strings.HasPrefix(host, "docs.aws.amazon") && !strings.HasPrefix(host, "www.docker.com") && strings.Contains(host, ".") {
			return strings.TrimRight(host, ".")
		}
	}
}

// remoteIP is the address that was dialled, without the port. The address of a DNS server is none.
func remoteIP(t *text) string {
	if strings.Contains(t.folded, "lookup ") {
		return ""
	}
	for _, marker := range []string{"dial tcp ", "->", "ip address "} {
		if addr := ip(t.after(marker, " ,")); addr != "" {
			return addr
		}
	}
	return ""
}

func ip(s string) string {
	s = strings.TrimRight(s, ":.")
	if a, err := netip.ParseAddrPort(s); err == nil {
		return a.Addr().String()
	}
	if a, err := netip.ParseAddr(s); err == nil {
		return a.String()
	}
	return ""
}

// cgnat is the shared address space of RFC 6598, which VPCs may use too.
var cgnat = netip.MustParsePrefix("100.64.0.0/10")

// private tells whether an address lies in a VPC: then a VPC endpoint answered the name. An empty or malformed address does not.
func private(address string) bool {
	a, err := netip.ParseAddr(address)
	return err == nil && (a.IsPrivate() || cgnat.Contains(a.Unmap()))
}

// awsName tells whether a host is one of AWS's own, for which a VPC endpoint can answer.
func awsName(host string) bool {
	for _, domain := range []string{".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".on.aws"} {
		if strings.HasSuffix(host, domain) {
			return true
		}
	}
	return false
}

func imageReference(t *text) string {
	for _, marker := range []string{"resolve ref ", "resolve reference ", "pull access denied for ", "cannot pull ", "no such image: ", "manifest for "} {
		ref := t.quoted(marker)
		if strings.HasPrefix(ref, "linux/") || strings.HasPrefix(ref, "windows/") || ref == "registry" || ref == "image" || ref == "container" {
			continue
		}
		if strings.ContainsAny(ref, "/:.") || marker == "pull access denied for " && ref != "" {
			return ref
		}
	}
	return pulled(t)
}

// pulled reads the repository from a registry's URL, https://HOST/v2/NAME/manifests/… or …/blobs/….
func pulled(t *text) string {
	_, rest, found := strings.Cut(t.plain, "://")
	host, rest, ok := strings.Cut(rest, "/v2/")
	if !found || !ok || strings.ContainsAny(host, " /") {
		return ""
	}
	for _, kind := range []string{"/manifests/", "/blobs/"} {
		name, reference, ok := strings.Cut(rest, kind)
		if !ok || strings.Contains(name, " ") {
			continue
		}
		name = strings.Replace(host, "registry-1.docker.io", "docker.io", 1) + "/" + name
		if tag := word(reference); kind == "/manifests/" && !strings.Contains(tag, ":") {
			name += ":" + tag
		}
		return name
	}
	return ""
}

// repository is an image reference without tag and digest, and without what Docker adds to a short name.
func repository(image string) string {
	image, _, _ = strings.Cut(image, "@")
	if i := strings.LastIndexByte(image, ':'); i > strings.LastIndexByte(image, '/') {
		image = image[:i]
	}
	image = strings.TrimPrefix(image, "docker.io/")
	return strings.TrimPrefix(image, "library/")
}

// registry is the host of an image reference; a reference without one is Docker Hub's.
func registry(image string) string {
	if image == "" {
		return ""
	}
	host, _, found := strings.Cut(image, "/")
	if !found || !strings.ContainsAny(host, ".:") && host != "localhost" {
		return "docker.io"
	}
	return host
}

// officialImage tells whether the image is one of Docker Hub's own, which anybody may pull if it exists.
func officialImage(f Facts) bool {
	return f.Image != "" && f.Registry == "docker.io" && (!strings.Contains(f.Image, "/") || strings.HasPrefix(f.Image, "docker.io/library/") || strings.HasPrefix(f.Image, "library/"))
}

func platform(t *text) string {
	for _, os := range []string{"linux/", "windows/"} {
		for from := 0; ; {
			i := strings.Index(t.folded[from:], os)
			if i < 0 {
				break
			}
			i += from
			from = i + len(os)
			if i > 0 && (isWord(t.folded[i-1]) || t.folded[i-1] == '/' || t.folded[i-1] == '.') {
				continue
			}
			p := word(t.folded[i:])
			for _, arch := range []string{"amd64", "arm64", "arm", "386", "ppc64le", "s390x", "riscv64"} {
				if rest, ok := strings.CutPrefix(p, os+arch); ok && (rest == "" || rest[0] == '/') {
					return p
				}
			}
		}
	}
	return ""
}

// secretName is the name or ARN of the secret or parameter that a text speaks of.
func secretName(t *text) string {
	for _, marker := range []string{"invalid ssm parameters: ", "invalid parameters: ", "fetch secret ", "secret with arn ", "secret with value ", "missing secret value for secret "} {
		if name := t.quoted(marker); name != "" && name != "from" {
			return strings.TrimRight(name, ":")
		}
	}
	for _, service := range []string{":secretsmanager:", ":ssm:"} {
		i := strings.Index(t.folded, service)
		if i < 0 {
			continue
		}
		if start := strings.LastIndex(t.folded[:i], "arn:"); start >= 0 {
			return word(t.plain[start:])
		}
	}
	return ""
}

func path(t *text) string {
	for _, marker := range []string{"exec: ", "rootfs at ", "chdir to cwd (", "custom device "} {
		if p := t.quoted(marker); p != "" {
			return p
		}
	}
	if i := strings.Index(t.folded, "mounting fs-"); i >= 0 {
		_, p, _ := strings.Cut(word(t.plain[i+len("mounting "):]), ":")
		return p
	}
	if p := t.after("env file with key ", " "); p != "" {
		return p
	}
	return ""
}

// oddExecutable tells that what should be an executable's name is a whole command line or an option: entry point or command of
// the task definition are wrong, not the image.
func oddExecutable(f Facts) bool {
	return strings.Contains(f.Path, " ") || strings.HasPrefix(f.Path, "-")
}

func targetGroup(t *text) string {
	if i := strings.Index(t.folded, ":targetgroup/"); i >= 0 {
		if start := strings.LastIndex(t.folded[:i], "arn:"); start >= 0 {
			return word(t.plain[start:])
		}
	}
	for _, marker := range []string{"(target-group ", "target-group ", "(elb "} {
		if name := t.after(marker, " )"); name != "" {
			return strings.Trim(name, "(")
		}
	}
	return ""
}

// port is the host port that was already taken.
func port(t *text) string {
	for _, marker := range []string{"bind for ", "listen tcp ", "listen tcp4 ", "listen udp "} {
		if address := strings.TrimRight(t.after(marker, " "), ":"); address != "" {
			return address[strings.LastIndexByte(address, ':')+1:]
		}
	}
	return ""
}

// merge fills what g knows and f does not.
func (f *Facts) merge(g Facts) {
	for _, p := range []struct {
		to   *string
		from string
	}{
		{&f.Endpoint, g.Endpoint}, {&f.RemoteIP, g.RemoteIP}, {&f.AWSAction, g.AWSAction}, {&f.AWSResource, g.AWSResource},
		{&f.DeniedBy, g.DeniedBy}, {&f.Role, g.Role}, {&f.Registry, g.Registry}, {&f.Image, g.Image}, {&f.Platform, g.Platform},
		{&f.Secret, g.Secret}, {&f.JSONKey, g.JSONKey}, {&f.FileSystem, g.FileSystem}, {&f.Path, g.Path},
		{&f.TargetGroup, g.TargetGroup}, {&f.Deployment, g.Deployment}, {&f.InstanceID, g.InstanceID}, {&f.Subnet, g.Subnet}, {&f.Port, g.Port},
	} {
		if *p.to == "" {
			*p.to = p.from
		}
	}
}

// fromEvent adds what the event states outside its texts.
func (f *Facts) fromEvent(s *events.Stop, stage Stage, culprit int) {
	if stage == Image && culprit >= 0 && f.Image == "" {
		f.Image = s.Containers[culprit].Image
		f.Registry = registry(f.Image)
	}
	if stage == Image && f.Registry == "" && !strings.Contains(f.Endpoint, ".s3.") {
		f.Registry = strings.Replace(f.Endpoint, "registry-1.docker.io", "docker.io", 1)
	}
	for _, a := range s.Attachments {
		if f.Subnet == "" {
			f.Subnet = a.Details["subnetId"]
		}
	}
}
