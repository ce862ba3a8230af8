package classifier

import (
	"cmp"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"sync"

	"whystopped/events"
	"whystopped/events/awsname"
)

// extract pulls the names and numbers out of one text.
func extract(t *text) Facts {
	var f Facts
	f.AWSAction, f.AWSResource = action(t)
	if f.AWSAction != "" {
		f.AWSActions, f.AWSResources = denials(t)
	}
	if f.AWSResource == "" {
		f.AWSResource = cmp.Or(logGroup(t), object(t))
	}
	f.DeniedBy = deniedBy(t)
	f.Role = role(t)
	f.Endpoint = endpoint(t)
	f.RemoteIP = remoteIP(t)
	f.Image = imageReference(t)
	f.Registry = awsname.ParseImage(f.Image).Registry
	f.Platform = platform(t)
	f.Secret, f.Secrets = firstAndAll(secretNames(t))
	f.JSONKey = t.after("json key ", " ,:;\"'")
	f.FileSystem = identifier(t.folded, "fs-")
	f.InstanceID = identifier(t.folded, "i-")
	f.Subnet = identifier(t.folded, "subnet-")
	f.Path = path(t)
	f.TargetGroup, f.TargetGroups = firstAndAll(targetGroups(t))
	f.Volume = volumeName(t)
	f.LogDriver = logDriver(t)
	f.Deployment = strings.TrimRight(prefixed(t, "ecs-svc/", " ):,;\"'"), ".")
	f.Port = port(t)
	return f
}

// after returns what stands in the text behind marker, up to one of the stops.
func (t *text) after(marker, stops string) string {
	i := t.folded.index(marker)
	if i < 0 {
		return ""
	}
	rest := t.Plain[i+len(marker):]
	if n := strings.IndexAny(rest, stops); n >= 0 {
		rest = rest[:n]
	}
	return rest
}

// each returns the words that stand behind every marker in the text, each once.
func (t *text) each(marker string) (all []string) {
	for i := range t.folded.places(marker) {
		if w := word(t.Plain[i+len(marker):]); w != "" && !slices.Contains(all, w) {
			all = append(all, w)
		}
	}
	return all
}

// quoted returns the word behind marker, without the quotes around it.
func (t *text) quoted(marker string) string {
	i := t.folded.index(marker)
	if i < 0 {
		return ""
	}
	rest := strings.TrimLeft(t.Plain[i+len(marker):], ` \`)
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

// prefixed returns the first word of the text that starts with prefix, up to one of the stops.
func prefixed(t *text, prefix, stops string) string {
	if !t.folded.has(prefix) {
		return ""
	}
	i := strings.Index(t.Plain, prefix)
	if i < 0 {
		return ""
	}
	s := t.Plain[i:]
	if n := strings.IndexAny(s, stops); n >= 0 {
		s = s[:n]
	}
	return s
}

// identifier returns the first AWS id with the prefix ("i-", "fs-", "subnet-"): 8 or 17 hex digits that stand alone.
func identifier(said haystack, prefix string) string {
	for i := range said.places(prefix) {
		end := i + len(prefix)
		for end < len(said.text) && isHex(said.text[end]) {
			end++
		}
		if digits := end - i - len(prefix); digits >= 8 && digits <= 17 && said.alone(i, end) {
			return said.text[i:end]
		}
	}
	return ""
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

// The words with which AWS denies an action, and names what it was asked for.
const denial, onResource = "not authorized to perform: ", "on resource: "

// denials are the actions that a text says were denied, and what they were asked for, where it names several.
func denials(t *text) (actions, resources string) {
	_, actions = firstAndAll(t.each(denial))
	_, resources = firstAndAll(t.each(onResource))
	return actions, resources
}

// action finds the AWS action that failed and what it was asked for.
func action(t *text) (name, resource string) {
	if name = t.after(denial, " ,"); name != "" {
		resource = t.after(onResource, " ,")
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
		if i < 0 || i > 0 && isWord(t.Folded[i-1]) {
			continue
		}
		if operation := word(t.Plain[i+len(s.prefix)+1:]); operation != "" && 'A' <= operation[0] &&
			operation[0] <= 'Z' {
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
		name := word(t.Plain[at:])
		if name, _, _ = strings.Cut(name, ":"); name != "" {
			return name
		}
	}
	return ""
}

// policies are the kinds of policy that AWS names in access-denied messages, with the beginnings of their names there.
var policies = []struct{ said, name string }{
	{"identity-based", "identity-based policy"}, {"resource-based", "resource-based policy"},
	{"vpc endpoint", "VPC endpoint policy"},
	{"service control", "service control policy"}, {"resource control", "resource control policy"},
	{"session", "session policy"},
	{"permissions boundary", "permissions boundary"},
}

// deniedBy reads the policy type from the clauses that AWS adds to access-denied messages (IAM User Guide,
// "Troubleshoot access denied error messages"). A denial in one policy "transitively through" another is the other's.
func deniedBy(t *text) string {
	said := t.folded
	const through = "transitively through a"
	if i := said.index(through); i >= 0 {
		said = haystackOf("explicit deny in a" + said.text[i+len(through):])
	}
	denies, allows := said.has("explicit deny in a"), said.has(" allows")
	if !denies && !allows {
		return ""
	}
	for _, p := range policies {
		if !said.has(p.said) {
			continue
		}
		if denies && (said.has("explicit deny in a "+p.said) || said.has("explicit deny in an "+p.said)) ||
			allows && (said.has("no "+p.said+" policy allows") || said.has("no "+p.said+" allows")) {
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
	if i := t.folded.index(":role/"); i >= 0 && !t.folded.has("iam:passrole") {
		return awsname.LastPart(word(t.Plain[i+len(":role/"):]))
	}
	return ""
}

// endpoint is the host that was called: of the first URL, or the name that was looked up. A socket on the host, which
// Docker prints as a URL with an escaped path, is none.
func endpoint(t *text) string {
	if i := t.folded.index("lookup "); i >= 0 {
		if host := word(t.Plain[i+len("lookup "):]); strings.Contains(host, ".") {
			return host
		}
	}
	for _, marker := range []string{"failed to resolve \"", "resolve server "} {
		if host := t.after(marker, "\": "); strings.Contains(host, ".") {
			return host
		}
	}
	if !t.folded.has("://") {
		return ""
	}
	for rest := t.Plain; ; {
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
		if !strings.HasPrefix(host, "docs.aws.amazon") && !strings.HasPrefix(host, "www.docker.com") &&
			strings.Contains(host, ".") && !strings.Contains(host, "%") {
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
		if said := t.after(marker, " ,"); said != "" {
			if addr := ip(said); addr != "" {
				return addr
			}
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

func imageReference(t *text) string {
	for _, marker := range []string{"resolve ref ", "resolve reference ", "pull access denied for ", "cannot pull ",
		"no such image: ", "manifest for "} {
		ref := t.quoted(marker)
		if strings.HasPrefix(ref, "linux/") || strings.HasPrefix(ref, "windows/") || ref == "registry" ||
			ref == "image" || ref == "container" {
			continue
		}
		if strings.ContainsAny(ref, "/:.") || marker == "pull access denied for " && ref != "" {
			return ref
		}
	}
	if t.folded.has("no pull access") {
		return t.quoted("repository ")
	}
	return pulled(t)
}

// pulled reads the repository from a registry's URL, https://HOST/v2/NAME/manifests/… or …/blobs/….
func pulled(t *text) string {
	if !t.folded.has("/v2/") {
		return ""
	}
	_, rest, found := strings.Cut(t.Plain, "://")
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

// officialImage reports whether the image is one of Docker Hub's own, which anybody may pull if it exists.
func officialImage(v *view) bool {
	i := awsname.ParseImage(v.Facts.Image)
	return i.Registry == awsname.DockerHub && !strings.Contains(i.Name(), "/")
}

// platform is what the image had to be built for. Docker names what it is built for before that.
func platform(t *text) string {
	said := t.folded
	if i := said.index("host platform"); i >= 0 {
		said.text = said.text[i:]
	}
	for _, os := range []string{"linux/", "windows/"} {
		for i := range said.places(os) {
			if i > 0 && (isWord(said.text[i-1]) || said.text[i-1] == '/' || said.text[i-1] == '.') {
				continue
			}
			p := word(said.text[i:])
			for _, arch := range []string{"amd64", "arm64", "arm", "386", "ppc64le", "s390x", "riscv64"} {
				if rest, ok := strings.CutPrefix(p, os+arch); ok && (rest == "" || rest[0] == '/') {
					return p
				}
			}
		}
	}
	return ""
}

// firstAndAll returns the first of some names, and all of them where there are more.
func firstAndAll(names []string) (first, all string) {
	switch len(names) {
	case 0:
		return "", ""
	case 1:
		return names[0], ""
	}
	return names[0], strings.Join(names, ", ")
}

// secretNames are the names or ARNs of the secrets and parameters that a text speaks of.
func secretNames(t *text) []string {
	var names []string
	add := func(name string) {
		name = strings.TrimRight(name, ":.")
		known := slices.ContainsFunc(names, func(n string) bool { return oneSecret(n, name) })
		if name != "" && name != "from" && !known {
			names = append(names, name)
		}
	}
	for _, marker := range []string{"invalid ssm parameters: ", "invalid parameters: "} {
		for name := range strings.SplitSeq(listed(t.after(marker, "\"")), ",") {
			add(strings.Trim(name, " '"))
		}
	}
	for _, marker := range []string{"fetch secret ", "secret with arn ", "secret with value ",
		"missing secret value for secret "} {
		add(t.quoted(marker))
	}
	for _, service := range []string{":secretsmanager:", ":ssm:"} {
		for i := range t.folded.places(service) {
			if start := strings.LastIndex(t.Folded[:i], "arn:"); start >= 0 {
				add(word(t.Plain[start:]))
			}
		}
	}
	return names
}

// listed returns the beginning of s that is a list of words with commas between them.
func listed(s string) string {
	for i := range len(s) {
		if s[i] == ' ' && (i == 0 || s[i-1] != ',') {
			return s[:i]
		}
	}
	return s
}

// oneSecret reports whether two names are of one secret, whatever part of it they ask for and wherever a text was cut.
func oneSecret(a, b string) bool {
	return a == b || strings.HasPrefix(a, "arn:") && strings.HasPrefix(b, "arn:") &&
		(strings.HasPrefix(a, b) || strings.HasPrefix(b, a))
}

// volumeName is the name of the volume that a text speaks of.
func volumeName(t *text) string {
	for _, marker := range []string{"volume '", "volume \"", "create volume: "} {
		if name := t.after(marker, "'\" "); name != "" && !strings.ContainsAny(name, "/:") {
			return name
		}
	}
	return ""
}

// logDrivers are those that task definitions may name.
var logDrivers = []string{"awsfirelens", "awslogs", "fluentd", "gelf", "journald", "json-file", "logentries", "splunk",
	"syslog"}

// logDriver is the log driver that a text names as a word of its own, and not as the beginning of an option's name.
func logDriver(t *text) string {
	for _, name := range logDrivers {
		for i := range t.folded.places(name) {
			if t.folded.alone(i, i+len(name)) {
				return name
			}
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
			if _, p, _ := strings.Cut(word(t.Plain[i+len("mounting "):]), ":"); p != "/" {
				return p
			}
		}
	}
	if p := t.after("env file with key ", " "); p != "" {
		return p
	}
	return ""
}

// oddExecutable reports whether what should be an executable's name is a whole command line or an option: entry point
// or command of the task definition are wrong, not the image.
func oddExecutable(v *view) bool {
	return strings.Contains(v.Facts.Path, " ") || strings.HasPrefix(v.Facts.Path, "-")
}

// targetGroups are the ARNs or names of the target groups, or of the load balancer, that a text speaks of.
func targetGroups(t *text) []string {
	var groups []string
	for i := range t.folded.places(":targetgroup/") {
		if start := strings.LastIndex(t.Folded[:i], "arn:"); start >= 0 {
			if group := word(t.Plain[start:]); !slices.Contains(groups, group) {
				groups = append(groups, group)
			}
		}
	}
	if groups != nil {
		return groups
	}
	for _, marker := range []string{"(target-group ", "target-group ", "(elb "} {
		if name := t.after(marker, " )"); name != "" {
			return []string{strings.Trim(name, "(")}
		}
	}
	return nil
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

// Permission is the IAM action that the failed call takes: a text may name the operation instead.
func (f *Facts) Permission() string { return awsname.Permission(f.AWSAction) }

// Denial is an IAM action that was denied, and what it was asked for; either is empty where the text does not tell.
type Denial struct{ Action, Resource string }

// Denials are all that the text names. Where it names several actions and several things it is not told which was asked
// for which, unless they are as many.
func (f *Facts) Denials() (all []Denial) {
	actions, resources := f.Permissions(), namesOf(f.AWSResources, f.AWSResource)
	switch {
	case len(actions) == 0:
		return []Denial{{Resource: f.AWSResource}}
	case len(actions) == 1 && len(resources) > 1:
		for _, resource := range resources {
			all = append(all, Denial{actions[0], resource})
		}
		return all
	}
	for i, action := range actions {
		d := Denial{Action: action}
		switch len(resources) {
		case 1:
			d.Resource = resources[0]
		case len(actions):
			d.Resource = resources[i]
		}
		all = append(all, d)
	}
	return all
}

// Permissions are the IAM actions that all failed calls take.
func (f *Facts) Permissions() []string {
	all := namesOf(f.AWSActions, f.AWSAction)
	for i := range all {
		all[i] = awsname.Permission(all[i])
	}
	return all
}

// value returns a fact by the name that templates use, "" when it is not known: its JSON name, a shorter one, or that
// of a part of a fact.
func (f *Facts) value(name string) string {
	switch name {
	case "action":
		return enumerated(f.Permissions())
	case "resource":
		return enumerated(namesOf(f.AWSResources, f.AWSResource))
	case "targetGroup":
		return awsname.TargetGroup(f.TargetGroup)
	case "targetGroups":
		groups := namesOf(f.TargetGroups, f.TargetGroup)
		for i := range groups {
			groups[i] = awsname.TargetGroup(groups[i])
		}
		return enumerated(groups)
	case "secrets":
		return enumerated(namesOf(f.Secrets, f.Secret))
	case "registryAccount", "registryRegion":
		account, region, ok := awsname.ECRRegistry(f.Registry)
		switch {
		case ok && name == "registryAccount":
			return account
		case ok:
			return region
		}
	case "repository":
		if _, _, ok := awsname.ECRRegistry(f.Registry); ok {
			return awsname.ParseImage(f.Image).Repository
		}
	case "imageName":
		if name, hub := strings.CutPrefix(f.Image, awsname.DockerHub+"/"); hub { // Docker may have put it there
			return strings.TrimPrefix(name, "library/")
		}
		return f.Image
	case "digest":
		return awsname.ParseImage(f.Image).Digest
	case "bucket", "objectKey":
		bucket, key := awsname.S3Object(f.AWSResource)
		if name == "bucket" {
			return bucket
		}
		return key
	case "kmsKey":
		if strings.Contains(f.AWSResource, ":kms:") && strings.Contains(f.AWSResource, ":key/") {
			return f.AWSResource
		}
	case "logGroup":
		if strings.HasPrefix(f.AWSResource, "/") {
			return f.AWSResource
		}
		return awsname.LogGroup(f.AWSResource)
	default:
		if i, known := factsByName()[name]; known {
			return reflect.ValueOf(f).Elem().Field(i).String()
		}
	}
	return ""
}

// factsByName are the places of the fields of Facts by their JSON names.
var factsByName = sync.OnceValue(func() map[string]int {
	places := map[string]int{}
	for i, facts := 0, reflect.TypeFor[Facts](); i < facts.NumField(); i++ {
		name, _, _ := strings.Cut(facts.Field(i).Tag.Get("json"), ",")
		places[name] = i
	}
	return places
})

// merge fills what g knows and f does not.
func (f *Facts) merge(g *Facts) {
	to, from := reflect.ValueOf(f).Elem(), reflect.ValueOf(g).Elem()
	for i := range to.NumField() {
		if fact := to.Field(i); fact.Len() == 0 {
			fact.SetString(from.Field(i).String())
		}
	}
}

// fromEvent adds what the event states outside its texts.
func (f *Facts) fromEvent(v *view) {
	if v.Kind == events.KindInstance && len(v.InstanceIDs) == 1 {
		f.InstanceID = v.InstanceIDs[0]
	}
	if v.Stage == Image && v.Culprit >= 0 && f.Image == "" {
		f.Image = v.Containers[v.Culprit].Image
		f.Registry = awsname.ParseImage(f.Image).Registry
	}
	if v.Stage == Image && f.Registry == "" && !strings.Contains(f.Endpoint, ".s3.") {
		f.Registry = strings.Replace(f.Endpoint, "registry-1.docker.io", "docker.io", 1)
	}
	if f.Subnet == "" {
		f.Subnet = v.subnet
	}
}
