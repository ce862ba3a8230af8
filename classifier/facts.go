package classifier

import (
	"cmp"
	"net/netip"
	"strings"

	"whystopped/events"
)

// extract pulls the names and numbers out of one text.
func extract(t *text) Facts {
	var f Facts
	f.AWSAction, f.AWSResource = action(t)
	if f.AWSResource == "" {
		f.AWSResource = cmp.Or(logGroup(t), object(t))
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
	f.FileSystem = identifier(t.folded.text, "fs-")
	f.InstanceID = identifier(t.folded.text, "i-")
	f.Subnet = identifier(t.folded.text, "subnet-")
	f.Path = path(t)
	f.TargetGroup = targetGroup(t)
	f.Deployment = strings.TrimRight(prefixed(t.plain, "ecs-svc/", " ):,;\"'"), ".")
	f.Port = port(t)
	return f
}

// after returns what stands in the text behind marker, up to one of the stops.
func (t *text) after(marker, stops string) string {
	i := t.folded.index(marker)
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
	i := t.folded.index(marker)
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
		i := t.folded.index(s.prefix + ":")
		if i < 0 || i > 0 && isWord(t.folded.text[i-1]) {
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
	for _, marker := range []string{"log group '", "log group \"", "log group /", "log-group:"} {
		i := t.folded.index(marker)
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

// policies are the kinds of policy that AWS names in access-denied messages, with the beginnings of their names there.
var policies = []struct{ said, name string }{
	{"identity-based", "identity-based policy"}, {"resource-based", "resource-based policy"}, {"vpc endpoint", "VPC endpoint policy"},
	{"service control", "service control policy"}, {"resource control", "resource control policy"}, {"session", "session policy"},
	{"permissions boundary", "permissions boundary"},
}

// deniedBy reads the policy type from the clauses that AWS adds to access-denied messages (IAM User Guide, "Troubleshoot
// access denied error messages"). A denial in one policy "transitively through" another is the other's.
func deniedBy(t *text) string {
	said := t.folded
	const through = "transitively through a"
	if i := said.index(through); i >= 0 {
		said = haystackOf("explicit deny in a" + said.text[i+len(through):])
	}
	if !said.has("explicit deny in a") && !said.has(" allows") {
		return ""
	}
	for _, p := range policies {
		no := "no " + p.said
		if said.has("explicit deny in a "+p.said) || said.has("explicit deny in an "+p.said) || said.has(no+" policy allows") || said.has(no+" allows") {
			return p.name
		}
	}
	return ""
}

// object is the S3 object that a text speaks of, s3://BUCKET/KEY.
func object(t *text) string {
	bucket := t.after("from bucket ", " ,:")
	if bucket == "" {
		return ""
	}
	return "s3://" + bucket + "/" + t.after("with key ", " ")
}

func role(t *text) string {
	if name := t.after("assumed-role/", "/ ,'\""); name != "" {
		return name
	}
	if i := t.folded.index(":role/"); i >= 0 {
		name := word(t.plain[i+len(":role/"):])
		return name[strings.LastIndexByte(name, '/')+1:]
	}
	return ""
}

// endpoint is the host that was called: of the first URL, or the name that was looked up. A socket on the host, which Docker prints
// as a URL with an escaped path, is none.
func endpoint(t *text) string {
	if i := t.folded.index("lookup "); i >= 0 {
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
		if !strings.HasPrefix(host, "docs.aws.amazon") && !strings.HasPrefix(host, "www.docker.com") && strings.Contains(host, ".") && !strings.Contains(host, "%") {
			return strings.TrimRight(host, ".")
		}
	}
}

// remoteIP is the address that was dialled, without the port. The address of a DNS server is none.
func remoteIP(t *text) string {
	if t.folded.has("lookup ") {
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
func officialImage(v *view) bool {
	f := &v.Facts
	return f.Image != "" && f.Registry == "docker.io" && (!strings.Contains(f.Image, "/") || strings.HasPrefix(f.Image, "docker.io/library/") || strings.HasPrefix(f.Image, "library/"))
}

// platform is what the image had to be built for. Docker names what it is built for before that.
func platform(t *text) string {
	said := t.folded.text
	if i := t.folded.index("host platform"); i >= 0 {
		said = said[i:]
	}
	for _, os := range []string{"linux/", "windows/"} {
		for from := 0; ; {
			i := strings.Index(said[from:], os)
			if i < 0 {
				break
			}
			i += from
			from = i + len(os)
			if i > 0 && (isWord(said[i-1]) || said[i-1] == '/' || said[i-1] == '.') {
				continue
			}
			p := word(said[i:])
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
		i := t.folded.index(service)
		if i < 0 {
			continue
		}
		if start := strings.LastIndex(t.folded.text[:i], "arn:"); start >= 0 {
			return word(t.plain[start:])
		}
	}
	return ""
}

func path(t *text) string {
	for _, marker := range []string{"exec: ", "rootfs at ", "chdir to cwd (", "custom device "} {
		if p := strings.TrimRight(t.quoted(marker), `\`); p != "" {
			return p
		}
	}
	if p := word(t.after("process: exec /", " ")); p != "" {
		return "/" + p
	}
	for _, marker := range []string{"mounting fs-", "mounting 127.0.0.1:"} {
		if i := t.folded.index(marker); i >= 0 {
			if _, p, _ := strings.Cut(word(t.plain[i+len("mounting "):]), ":"); p != "/" {
				return p
			}
		}
	}
	if p := t.after("env file with key ", " "); p != "" {
		return p
	}
	return ""
}

// oddExecutable tells that what should be an executable's name is a whole command line or an option: entry point or command of
// the task definition are wrong, not the image.
func oddExecutable(v *view) bool {
	return strings.Contains(v.Facts.Path, " ") || strings.HasPrefix(v.Facts.Path, "-")
}

func targetGroup(t *text) string {
	if i := t.folded.index(":targetgroup/"); i >= 0 {
		if start := strings.LastIndex(t.folded.text[:i], "arn:"); start >= 0 {
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

// value returns a fact by the name that templates use, "" when it is not known. Some are parts of others.
func (f *Facts) value(name string) string {
	switch name {
	case "endpoint":
		return f.Endpoint
	case "remoteIp":
		return f.RemoteIP
	case "action":
		return f.AWSAction
	case "resource":
		return f.AWSResource
	case "deniedBy":
		return f.DeniedBy
	case "role":
		return f.Role
	case "registry":
		return f.Registry
	case "image":
		return f.Image
	case "platform":
		return f.Platform
	case "secret":
		return f.Secret
	case "jsonKey":
		return f.JSONKey
	case "fileSystem":
		return f.FileSystem
	case "path":
		return f.Path
	case "targetGroup":
		return TargetGroupName(f.TargetGroup)
	case "deployment":
		return f.Deployment
	case "instanceId":
		return f.InstanceID
	case "subnet":
		return f.Subnet
	case "port":
		return f.Port

	case "registryAccount", "registryRegion":
		account, region := ecrRegistry(f.Registry)
		if name == "registryAccount" {
			return account
		}
		return region
	case "repository":
		if account, _ := ecrRegistry(f.Registry); account != "" {
			_, path, _ := strings.Cut(repository(f.Image), "/")
			return path
		}
	case "tag":
		image, _, _ := strings.Cut(f.Image, "@")
		if i := strings.LastIndexByte(image, ':'); i > strings.LastIndexByte(image, '/') {
			return image[i+1:]
		}
	case "digest":
		_, digest, _ := strings.Cut(f.Image, "@")
		return digest
	case "bucket", "objectKey":
		bucket, key := s3Object(f.AWSResource)
		if name == "bucket" {
			return bucket
		}
		return key
	case "kmsKey":
		if strings.Contains(f.AWSResource, ":kms:") && strings.Contains(f.AWSResource, ":key/") {
			return f.AWSResource
		}
	case "logGroup":
		return logGroupName(f.AWSResource)
	}
	return ""
}

// ecrRegistry is the account and the Region in the host of a private ECR registry, both "" for any other.
func ecrRegistry(host string) (account, region string) {
	parts := strings.Split(host, ".")
	if !ecrHost(host) || misspeltECR(host) || len(parts) < 4 {
		return "", ""
	}
	if parts[1] == "dkr" {
		return parts[0], parts[3]
	}
	return parts[0], parts[2]
}

// s3Object is the bucket and the key in an ARN or URI of S3, both "" for anything else.
func s3Object(resource string) (bucket, key string) {
	_, path, found := strings.Cut(resource, "s3://")
	if !found {
		_, path, _ = strings.Cut(resource, ":s3:::")
	}
	bucket, key, _ = strings.Cut(path, "/")
	return bucket, key
}

// logGroupName is the name of the log group in an ARN of CloudWatch Logs; a name that begins with a slash stays as it is.
func logGroupName(resource string) string {
	if strings.HasPrefix(resource, "/") {
		return resource
	}
	_, name, _ := strings.Cut(resource, ":log-group:")
	name, _, _ = strings.Cut(name, ":")
	return name
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
