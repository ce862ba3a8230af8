package prove

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

// exclusive are causes of which at most one can be confirmed for one failed call: each says that the way, or the thing,
// which the other finds broken is not even there.
var exclusive = [][2]string{
	{"route-missing", "nat-unusable"},
	{"route-missing", "internet-gateway-missing"},
	{"route-missing", "public-ip-missing"},
	{"nat-unusable", "public-ip-missing"},
	{"endpoint-missing", "endpoint-private-dns-off"},
	{"endpoint-missing", "endpoint-sg-closed"},
	{"image-tag-missing", "image-repository-missing"},
	{"image-digest-missing", "image-repository-missing"},
	{"image-tag-missing", "image-archived"},
	{"stopped-by-person", "stopped-by-automation"},
}

// things are what checks look for: the causes that, confirmed, say that it is not there, and those that, ruled out, say
// that it is. No record may have one of the former beside one of the latter.
var things = map[string]struct{ gone, there []string }{
	"repository": {
		gone: []string{"image-repository-missing"},
		there: []string{"image-repository-missing", "image-tag-missing", "image-digest-missing", "image-archived",
			"image-platform-mismatch", "binary-architecture"},
	},
	"image": {
		gone: []string{"image-repository-missing", "image-tag-missing", "image-digest-missing",
			"image-expired-by-lifecycle", "pull-through-cache"},
		there: []string{"image-tag-missing", "image-digest-missing", "image-platform-mismatch", "binary-architecture"},
	},
	"secret": {
		gone:  []string{"secret-missing"},
		there: []string{"secret-missing", "secret-deleted", "secret-version-missing", "secret-new"},
	},
	"secret or parameter where it is looked up": {
		gone:  []string{"secret-missing", "parameter-missing", "secret-in-other-region"},
		there: []string{"secret-in-other-region"},
	},
	"parameter": {gone: []string{"parameter-missing"}, there: []string{"parameter-missing"}},
	"log group": {
		gone:  []string{"log-group-missing", "log-region-wrong"},
		there: []string{"log-group-missing", "log-region-wrong"},
	},
	"file": {gone: []string{"env-file-missing"}, there: []string{"env-file-missing"}},
	"mount target": {
		gone:  []string{"efs-mount-target-missing"},
		there: []string{"efs-mount-target-missing", "efs-sg-closed"},
	},
	"access point": {gone: []string{"efs-access-point"}, there: []string{"efs-access-point"}},
	"role": {
		gone:  []string{"role-missing"},
		there: []string{"role-missing", "role-not-assumable"},
	},
	"key": {gone: []string{"kms-key-disabled"}, there: []string{"kms-key-disabled"}},
}

// FuzzProofs proves the causes of real messages in random accounts: no panic, no proof that contradicts another or what
// it knew less of, and nothing decided where nothing was read.
func FuzzProofs(f *testing.F) {
	for seed := range uint64(40) {
		f.Add(seed, uint8(seed))
	}
	stops := messages()
	f.Fuzz(func(t *testing.T, seed uint64, unread uint8) {
		a := account{rand.New(rand.NewPCG(seed, 1))}
		c := evidencetest.Saying("")
		stop := stops[a.IntN(len(stops))]
		if stop.StoppedAt.IsZero() {
			stop.StoppedAt = c.Stop.StoppedAt
		}
		c.Stop, c.Finding = stop, classifier.Classify(stop)
		c.CheckedAt = stop.StoppedAt.Add(time.Duration(a.IntN(1800)) * time.Second)
		c.Facts.Task.TaskDefinition = evidence.Is(definition)
		a.change(reflect.ValueOf(&c.Facts).Elem(), int(unread))
		if subnet, _ := stop.TaskInterface(); subnet != "" {
			c.Facts.Task.Interface.Value.Subnet = subnet
		}
		proofs := Prove(c)
		sound(t, &c, proofs)
		for name := range evidencetest.Answers(&c) {
			less := c
			evidencetest.Forget(evidencetest.Answers(&less)[name])
			monotone(t, name, Prove(less), proofs)
		}
		less := c
		less.Facts = evidence.Facts{}
		for _, p := range Prove(less) {
			if p.Result == classifier.Confirmed && !revisits(p.Cause, c.Finding) && !fromTheEvent(p.Cause) {
				t.Errorf("%s is confirmed where nothing was read: %s", p.Cause, p.Evidence)
			}
		}
	})
}

// monotone holds that what is proven with one answer less is not disproven with it.
func monotone(t *testing.T, without string, less, more []classifier.Proof) {
	for _, p := range less {
		for _, q := range more {
			if p.Cause != q.Cause || p.Result == q.Result || !p.Result.Decided() ||
				p.Result == classifier.RuledOut && q.Result != classifier.Confirmed {
				continue
			}
			t.Errorf("without %s, %s is %s: %s\nwith it %s (%s): %s", without, p.Cause, p.Result, p.Evidence, q.Result,
				q.Reason, q.Evidence)
		}
	}
}

// fromTheEvent reports whether a check decides by the event alone.
func fromTheEvent(cause string) bool {
	check, _ := Find(cause)
	return check.Timeless || len(check.Needs) == 0
}

// revisits reports whether the text confirmed a cause already.
func revisits(cause string, f classifier.Finding) bool {
	for _, p := range f.Causes {
		if p.Cause == cause {
			return p.Result == classifier.Confirmed
		}
	}
	return false
}

// sound holds the proofs of one stop against each other.
func sound(t *testing.T, c *evidence.Case, proofs []classifier.Proof) {
	found := map[string]classifier.Proof{}
	for _, p := range proofs {
		if _, twice := found[p.Cause]; twice {
			t.Errorf("%s has two proofs", p.Cause)
		}
		found[p.Cause] = p
		switch {
		case p.Result == classifier.Confirmed && (p.Evidence == "" || p.Next == ""),
			p.Result == classifier.RuledOut && (p.Evidence == "" || p.Next != "" || p.Reason != ""),
			!p.Result.Decided() && p.Reason == "",
			p.Result == classifier.Confirmed && p.Reason != "" && p.Reason != classifier.ReasonFixedSince,
			p.Result != classifier.Confirmed && p.Result != classifier.RuledOut &&
				p.Result != classifier.Inconclusive && p.Result != classifier.NotChecked,
			strings.Contains(p.Evidence+p.Next, "%!"):
			t.Errorf("%q: %+v", c.Stop.StoppedReason, p)
		}
		check, _ := Find(p.Cause)
		if p.Result.Decided() && p.Reason == "" && !check.Timeless && p.Since.Truncate(time.Second).After(c.Failed()) {
			t.Errorf("%s rests on what began after the failure: %+v", p.Cause, p)
		}
	}
	for _, pair := range exclusive {
		a, b := found[pair[0]], found[pair[1]]
		if a.Result == classifier.Confirmed && b.Result == classifier.Confirmed {
			t.Errorf("%q: %s and %s:\n%s\n%s", c.Stop.StoppedReason, pair[0], pair[1], a.Evidence, b.Evidence)
		}
	}
	for thing, says := range things {
		for _, gone := range says.gone {
			for _, there := range says.there {
				a, b := found[gone], found[there]
				if a.Result == classifier.Confirmed && b.Result == classifier.RuledOut {
					t.Errorf("%q: %s is confirmed and %s ruled out, about one %s:\n%s\n%s", c.Stop.StoppedReason, gone,
						there, thing, a.Evidence, b.Evidence)
				}
			}
		}
	}
}

// messages are the stops of the catalogue's examples, on the task of evidencetest where the example is a text.
func messages() []events.Stop {
	var stops []events.Stop
	for _, cause := range classifier.Catalogue {
		read, err := events.Parse([]byte(cause.Example))
		if err != nil { // a text
			read = []events.Stop{evidencetest.Saying(cause.Example).Stop}
		}
		stops = append(stops, read...)
	}
	for _, said := range []string{
		`ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ` +
			`unable to retrieve ecr registry auth: RequestError: send request failed caused by: Post ` +
			`"https://api.ecr.eu-west-1.amazonaws.com/": dial tcp 52.94.178.9:443: i/o timeout`,
		`ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve ecr registry auth: ` +
			`Post "https://api.ecr.eu-west-1.amazonaws.com/": context deadline exceeded`,
		`CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to copy: httpReadSeeker: ` +
			`failed open: failed to do request: Get "https://prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.` +
			`amazonaws.com/2a5f": dial tcp 52.218.1.1:443: i/o timeout`,
		`CannotPullContainerError: 210987654321.dkr.ecr.eu-west-1.amazonaws.com/orders:7: not found`,
		`ResourceInitializationError: failed to download env files: service call has been retried 1 time(s): ` +
			`operation error S3: HeadObject, https response error StatusCode: 403, api error Forbidden: Forbidden`,
	} {
		stops = append(stops, evidencetest.Saying(said).Stop)
	}
	return stops
}

// account makes random facts.
type account struct{ *rand.Rand }

// words are the names that the facts of evidencetest have, and what else a check looks at.
var words = []string{"", "vpc-1", "subnet-app", "subnet-pub", "subnet-ep", "sg-task", "sg-ep", "rtb-app", "rtb-main",
	"nat-1", "igw-1", "vpce-1", "pl-s3", "local", "tgw-1", "eni-1", "available", "deleted", "pending", "in-use",
	"running",
	"terminated", "Interface", "Gateway", "com.amazonaws.eu-west-1.ecr.api", "com.amazonaws.eu-west-1.s3",
	"com.amazonaws.eu-west-1.secretsmanager", "-1", "tcp", "6", "orders", "orders:7", "app", "LINUX", "X86_64", "ARM64",
	"ENABLED", "DISABLED", "ACTIVE", "ARCHIVED", "AWSCURRENT", "AmazonProvidedDNS", "10.9.0.2", "ecs-svc/7001",
	"PRIMARY",
	"210987654321", "998877665544", "eu-west-1", "us-east-1", "awslogs", "/ecs/orders", "public", "private", "zonal",
	"off",
	"block-bidirectional", "allowed", "implicitDeny", "explicitDeny", "fs-1", "linux/amd64", "linux/arm64",
	"arn:aws:iam::210987654321:role/orders-exec", "orders-exec",
	"arn:aws:secretsmanager:eu-west-1:210987654321:secret:orders/db-AbCdEf",
	"arn:aws:ecr:eu-west-1:210987654321:repository/orders", "arn:aws:s3:::orders-env/prod.env",
	"210987654321.dkr.ecr.eu-west-1.amazonaws.com/orders:7",
	`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`,
	`{"Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]}`,
	`{"Statement":[{"Effect":"Allow","Principal":{"AWS":"210987654321"},"Action":"s3:*","Resource":"*"}]}`,
	`{"Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}`}

// definition is what the random tasks were made of, as long as nothing changes it.
var definition = evidence.TaskDefinition{
	OperatingSystem:  evidence.Linux,
	ExecutionRoleARN: "arn:aws:iam::210987654321:role/orders-exec",
	Containers: []evidence.ContainerDefinition{{
		Name:             "app",
		Image:            image,
		Essential:        true,
		Secrets:          map[string]string{"DB": secret, "TOKEN": "/orders/token"},
		EnvironmentFiles: []string{"arn:aws:s3:::orders-env/prod.env"},
		LogDriver:        evidence.Awslogs,
		LogOptions:       map[string]string{"awslogs-group": "/ecs/orders", "awslogs-region": "eu-west-1"},
	}},
	Volumes: []evidence.Volume{{Name: "data", FileSystem: "fs-1"}},
}

const (
	image  = "210987654321.dkr.ecr.eu-west-1.amazonaws.com/orders:7"
	secret = "arn:aws:secretsmanager:eu-west-1:210987654321:secret:orders/db-AbCdEf"
)

// keys are those under which the facts keep what definition and the messages name.
var keys = []string{image, "210987654321.dkr.ecr.eu-west-1.amazonaws.com",
	"210987654321.dkr.ecr.eu-north-1.amazonaws.com",
	"210987654321.dkr.ecr.eu-north-1.amazonaws.com/orders:7", evidence.In("eu-west-1", secret),
	evidence.In("eu-west-1", "orders/db"), evidence.In("eu-west-1", "/orders/token"),
	evidence.In("eu-west-1", "/ecs/orders"), "arn:aws:s3:::orders-env/prod.env", "fs-1", "eni-1", "orders-exec",
	"orders-task", secret, "arn:aws:ecr:eu-west-1:210987654321:repository/orders"}

// change makes some of the facts others, unread in a percentage of the answers.
func (a account) change(facts reflect.Value, unread int) {
	for i := range facts.NumField() {
		field := facts.Field(i)
		switch {
		case field.Kind() == reflect.Map:
			field.Set(reflect.MakeMap(field.Type()))
			for range a.IntN(6) {
				key, value := reflect.New(field.Type().Key()).Elem(), reflect.New(field.Type().Elem()).Elem()
				a.fill(key, 0)
				if key.Kind() == reflect.String {
					key.SetString(keys[a.IntN(len(keys))])
				}
				a.fill(value, 0)
				field.SetMapIndex(key, value)
			}
		case !isAnswer(field.Type()):
			a.change(field, unread)
		case a.IntN(100) < unread%50:
			evidencetest.Forget(field)
		case a.IntN(3) > 0: // stays as it is
		case a.IntN(3) > 0 && field.FieldByName("State").Int() == int64(evidence.Known):
			a.touch(field.FieldByName("Value"))
		default:
			a.fill(field, 0)
		}
	}
}

func isAnswer(t reflect.Type) bool { return strings.HasPrefix(t.Name(), "Answer[") }

// touch changes one thing in a value that makes sense.
func (a account) touch(v reflect.Value) {
	switch {
	case v.Kind() == reflect.Slice && v.Len() > 0:
		a.touch(v.Index(a.IntN(v.Len())))
	case v.Kind() == reflect.Struct && v.NumField() > 0 &&
		v.Type().PkgPath() == reflect.TypeFor[evidence.Case]().PkgPath():
		a.touch(v.Field(a.IntN(v.NumField())))
	default:
		a.fill(v, 0)
	}
}

// fill makes any value of a type.
func (a account) fill(v reflect.Value, depth int) {
	switch v.Type() {
	case reflect.TypeFor[time.Time]():
		if a.IntN(4) > 0 {
			v.Set(reflect.ValueOf(time.Date(2026, 3, 4, 7, 0, 0, 0, time.UTC).Add(
				time.Duration(a.IntN(7200)-3600) * time.Second)))
		}
		return
	case reflect.TypeFor[netip.Addr]():
		v.Set(reflect.ValueOf(netip.AddrFrom4([4]byte{10, 0, byte(a.IntN(4)), byte(a.IntN(256))})))
		return
	case reflect.TypeFor[netip.Prefix]():
		v.Set(reflect.ValueOf(netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(a.IntN(4)), 0}), 8*a.IntN(5))))
		return
	case reflect.TypeFor[evidence.State]():
		v.SetInt(int64(a.IntN(4)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(words[a.IntN(len(words))])
	case reflect.Bool:
		v.SetBool(a.IntN(2) == 0)
	case reflect.Int, reflect.Int64:
		v.SetInt([]int64{0, 1, 53, 80, 443, 1024, 2049, 65535}[a.IntN(8)])
	case reflect.Float64:
		v.SetFloat(float64(a.IntN(100)))
	case reflect.Pointer:
		if a.IntN(2) == 0 && depth < 6 {
			v.Set(reflect.New(v.Type().Elem()))
			a.fill(v.Elem(), depth+1)
		}
	case reflect.Slice:
		n := a.IntN(3)
		if depth > 6 {
			n = 0
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			a.fill(v.Index(i), depth+1)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range a.IntN(3) {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			a.fill(key, depth+1)
			a.fill(value, depth+1)
			v.SetMapIndex(key, value)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			a.fill(v.Field(i), depth+1)
		}
		if isAnswer(v.Type()) && v.FieldByName("State").Int() == int64(evidence.Unknown) {
			evidencetest.Forget(v)
		}
	default:
		panic(fmt.Sprint("no random value of ", v.Type()))
	}
}
