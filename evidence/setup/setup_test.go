package setup

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

const (
	ours       = "210987654321"
	theirs     = "998877665544"
	ecrOrders  = ours + ".dkr.ecr.eu-west-1.amazonaws.com/shop/orders:7"
	ourSecrets = "arn:aws:secretsmanager:eu-west-1:" + ours + ":secret:"
	ordersHash = "sha256:4f1c22aa9d2e0b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c"
	envARN     = "arn:aws:s3:::orders-config/prod/orders.env"
)

var (
	launched = time.Date(2026, 3, 4, 6, 59, 0, 0, time.UTC)
	before   = launched.Add(-24 * time.Hour)
	after    = launched.Add(2 * time.Minute) // and after the stop
)

// ordersCase is a failed start of a task of the service orders whose every thing is there, as it was before.
func ordersCase(stage classifier.Stage, fault classifier.Fault) evidence.Case {
	c := evidencetest.Saying("")
	c.Stop.CreatedAt = launched
	c.Stop.Family, c.Stop.Cluster = "orders", "prod"
	revision := int64(7)
	c.Stop.Revision = &revision
	c.Stop.Containers = []events.Container{{Name: "app", Image: ecrOrders}}
	c.Finding = classifier.Finding{Stage: stage, Fault: fault, Culprit: 0}
	c.Facts.Task.TaskDefinition = evidence.Is(evidence.TaskDefinition{
		OperatingSystem: "LINUX",
		Architecture:    "ARM64",
		CPU:             1024,
		Memory:          2048,
		EphemeralGiB:    30,
		Containers: []evidence.ContainerDefinition{
			{
				Name:  "app",
				Image: ecrOrders,
				Secrets: map[string]string{
					"PASSWORD": ourSecrets + "orders/db-AbCdEf:password::",
					"TOKEN":    "/orders/token",
				},
				Credentials:      ourSecrets + "hub-GhIjKl",
				EnvironmentFiles: []string{envARN},
				LogDriver:        "awslogs",
				LogOptions:       map[string]string{"awslogs-group": "/ecs/orders", "awslogs-region": "eu-west-1"},
			},
			{
				Name:       "sidecar",
				Image:      "public.ecr.aws/x/y:1",
				Secrets:    map[string]string{"OTHER": ourSecrets + "other-MnOpQr"},
				LogDriver:  "awslogs",
				LogOptions: map[string]string{"awslogs-group": "/ecs/sidecar"},
			}},
		Volumes: []evidence.Volume{
			{Name: "data", FileSystem: "fs-0a1", AccessPoint: "fsap-0a1", Encrypted: true},
			{Name: "scratch"},
		},
	})
	subnets := c.Facts.Network.Subnets.Value
	subnets[1].ZoneID = "euw1-az1"
	c.Facts.Network.Groups.Value[3].Ingress = []evidence.SGRule{{
		Protocol: "tcp",
		From:     2049,
		To:       2049,
		Groups:   []string{"sg-task"},
	}}
	c.Facts.Setup = evidence.Setup{
		Images: map[string]evidence.Answer[evidence.Image]{
			ecrOrders: evidence.Is(evidence.Image{PushedAt: before, Status: "ACTIVE", Bytes: 3 << 30}),
		},
		Platforms: map[string]evidence.Answer[[]string]{ecrOrders: evidence.Is([]string{"linux/amd64", "linux/arm64"})},
		CacheRules: map[string]evidence.Answer[[]evidence.CacheRule]{
			evidence.In("eu-west-1", ours): evidence.Is([]evidence.CacheRule{{
				Prefix:   "hub",
				Upstream: "registry-1.docker.io",
			}}),
		},
		Secrets: map[string]evidence.Answer[evidence.Secret]{
			evidence.In("eu-west-1", ourSecrets+"orders/db-AbCdEf"): evidence.Is(evidence.Secret{
				ARN:       ourSecrets + "orders/db-AbCdEf",
				CreatedAt: before,
				ChangedAt: before,
				Versions:  map[string][]string{"v1": {"AWSPREVIOUS"}, "v2": {"AWSCURRENT"}},
			}),
			evidence.In("eu-west-1", ourSecrets+"hub-GhIjKl"): evidence.Is(evidence.Secret{
				ARN:       ourSecrets + "hub-GhIjKl",
				CreatedAt: before,
				ChangedAt: before,
			}),
		},
		Parameters: map[string]evidence.Answer[evidence.Parameter]{
			evidence.In("eu-west-1", "/orders/token"): evidence.Is(evidence.Parameter{
				Name:       "/orders/token",
				ModifiedAt: before,
			}),
		},
		LogGroups: map[string]evidence.Answer[evidence.LogGroup]{
			evidence.In("eu-west-1", "/ecs/orders"): evidence.Is(evidence.LogGroup{CreatedAt: before}),
		},
		Files: map[string]evidence.Answer[evidence.File]{envARN: evidence.Is(evidence.File{ModifiedAt: before})},
		FileSystems: map[string]evidence.Answer[evidence.FileSystem]{
			"fs-0a1": evidence.Is(evidence.FileSystem{State: "available"}),
		},
		MountTargets: map[string]evidence.Answer[[]evidence.MountTarget]{
			"fs-0a1": evidence.Is([]evidence.MountTarget{
				{
					ID:      "fsmt-b",
					State:   "available",
					VPC:     "vpc-1",
					Subnet:  "subnet-ep2",
					Zone:    "eu-west-1b",
					ZoneID:  "euw1-az2",
					IP:      evidencetest.IP("10.0.3.9"),
					Adapter: "eni-b",
				},
				{
					ID:      "fsmt-a",
					State:   "available",
					VPC:     "vpc-1",
					Subnet:  "subnet-ep",
					Zone:    "eu-west-1a",
					ZoneID:  "euw1-az1",
					IP:      evidencetest.IP("10.0.2.9"),
					Adapter: "eni-a",
				},
			}),
		},
		Adapters: map[string]evidence.Answer[evidence.Interface]{
			"eni-a": evidence.Is(evidence.Interface{
				ID:         "eni-a",
				Subnet:     "subnet-ep",
				VPC:        "vpc-1",
				Groups:     []string{"sg-ep"},
				PrivateIPs: []netip.Addr{evidencetest.IP("10.0.2.9")},
			}),
		},
		AccessPoints: map[string]evidence.Answer[evidence.AccessPoint]{
			"fsap-0a1": evidence.Is(evidence.AccessPoint{FileSystem: "fs-0a1", State: "available"}),
		},
		Subnets: evidence.Is([]evidence.Subnet{
			{ID: "subnet-app", VPC: "vpc-1", Account: ours, FreeAddresses: 240},
			{ID: "subnet-other", VPC: "vpc-1", Account: ours, FreeAddresses: 230},
		}),
		Groups: evidence.Is([]evidence.SecurityGroup{{ID: "sg-task", VPC: "vpc-1"}}),
		Quotas: map[string]evidence.Answer[float64]{
			evidence.QuotaFargate:    evidence.Is(100.0),
			evidence.QuotaInterfaces: evidence.Is(5000.0),
		},
		Interfaces: evidence.Is(400),
		Machines:   evidence.Is([]evidence.Machine{{ID: "i-1", Connected: true, CPU: 4096, Memory: 8192}}),
	}
	return c
}

func task(c *evidence.Case) *evidence.TaskDefinition     { return &c.Facts.Task.TaskDefinition.Value }
func app(c *evidence.Case) *evidence.ContainerDefinition { return &task(c).Containers[0] }
func setImage(c *evidence.Case, i evidence.Image)        { c.Facts.Setup.Images[ecrOrders] = evidence.Is(i) }
func withoutRepository(c *evidence.Case) {
	c.Facts.Setup.Images[ecrOrders] = evidence.None[evidence.Image]()
}
func withoutImage(c *evidence.Case) { setImage(c, evidence.Image{Missing: true}) }
func rules(c *evidence.Case, rules ...evidence.CacheRule) {
	c.Facts.Setup.CacheRules[evidence.In("eu-west-1", ours)] = evidence.Is(rules)
}
func withoutRules(c *evidence.Case) {
	c.Facts.Setup.CacheRules[evidence.In("eu-west-1",
		ours)] = evidence.Unanswered[[]evidence.CacheRule](classifier.ReasonNoPermission,
		"ecr:DescribePullThroughCacheRules")
}
func changeSecret(c *evidence.Case, change func(*evidence.Secret)) {
	s := c.Facts.Setup.Secrets[evidence.In("eu-west-1", ourSecrets+"orders/db-AbCdEf")].Value
	change(&s)
	c.Facts.Setup.Secrets[evidence.In("eu-west-1", ourSecrets+"orders/db-AbCdEf")] = evidence.Is(s)
}
func withoutSecret(c *evidence.Case) {
	c.Facts.Setup.Secrets[evidence.In("eu-west-1", ourSecrets+"orders/db-AbCdEf")] = evidence.None[evidence.Secret]()
}
func culpritIs(c *evidence.Case, image, imageDigest string) {
	c.Stop.Containers[0].Image, c.Stop.Containers[0].ImageDigest = image, imageDigest
}
func targets(c *evidence.Case, targets ...evidence.MountTarget) {
	c.Facts.Setup.MountTargets["fs-0a1"] = evidence.Is(targets)
}

// elsewhere puts an image of another account into the case.
func elsewhere(c *evidence.Case, a evidence.Answer[evidence.Image]) {
	foreign := strings.Replace(ecrOrders, ours, theirs, 1)
	culpritIs(c, foreign, "")
	c.Facts.Setup.Images[foreign] = a
}

// setupTrials are changes of a start that failed at a stage with a fault, and what the check of a cause says of each.
type setupTrials struct {
	cause  string
	stage  classifier.Stage
	fault  classifier.Fault
	trials []setupTrial
}

type setupTrial struct {
	when   string
	change func(*evidence.Case) // none where all is well
	want   string               // confirmed, ruled_out, or the reason of what is open
	tells  string               // words of the evidence, and of the next step of what is confirmed
}

// setupTrialsOf are the trials in the file of the test that is named like the file of the check.
var setupTrialsOf = slices.Concat(imageTrials, secretTrials, environmentFileTrials, logTrials, fileSystemTrials,
	volumeTrials, attachmentTrials, capacityTrials, definitionTrials)

// task is the changed task, of which the cause alone is open.
func (of setupTrials) task(v setupTrial) evidence.Case {
	c := ordersCase(of.stage, of.fault)
	if v.change != nil {
		v.change(&c)
	}
	c.Finding.Causes = []classifier.Proof{{Cause: of.cause, Result: classifier.NotChecked}}
	return c
}

func TestWhatTheSetupNeeds(t *testing.T) {
	reached := map[string]map[classifier.Result]bool{}
	for _, of := range setupTrialsOf {
		if reached[of.cause] == nil {
			reached[of.cause] = map[classifier.Result]bool{}
		}
		for _, v := range of.trials {
			p := Checks.Prove(of.task(v))[0]
			reached[of.cause][p.Result] = true
			t.Run(of.cause+"/"+v.when, func(t *testing.T) { v.is(t, p) })
		}
	}
	for _, check := range Checks {
		for result, words := range map[classifier.Result]string{
			classifier.Confirmed: check.Confirms,
			classifier.RuledOut:  check.RulesOut,
		} {
			if never := strings.HasPrefix(words, "never"); reached[check.Cause][result] == never {
				t.Errorf("%s: a trial reaches %s: %t, and the words of the check are %q", check.Cause, result, never,
					words)
			}
		}
		if !reached[check.Cause][classifier.Inconclusive] && !reached[check.Cause][classifier.NotChecked] {
			t.Errorf("%s: no trial leaves it open", check.Cause)
		}
	}
}

// is holds a proof against what is wanted.
func (v setupTrial) is(t *testing.T, p classifier.Proof) {
	got := string(p.Result)
	if p.Reason != "" {
		got = p.Reason
	}
	if got != v.want {
		t.Errorf("want %s: %+v", v.want, p)
	}
	told := p.Evidence
	if p.Result == classifier.Confirmed {
		told = p.Next + "\n" + p.Evidence
	}
	if !strings.Contains(told, v.tells) || p.Evidence == "" {
		t.Errorf("does not tell %q: %+v", v.tells, p)
	}
	todo := p.Result == classifier.Confirmed || p.Reason == classifier.ReasonFixedSince
	if (p.Next != "") != todo || (p.Reason == "") != (p.Result.Decided()) {
		t.Errorf("%+v", p)
	}
	if strings.Contains(p.Evidence+p.Next, "do-not-tell") || strings.Contains(p.Evidence+p.Next, "%!") {
		t.Errorf("%+v", p)
	}
}

// TestThingsThatWereNotReadProveNothing takes away what was read, all at once.
func TestThingsThatWereNotReadProveNothing(t *testing.T) {
	for _, check := range Checks {
		if check.Timeless {
			continue // judged from the task definition
		}
		for _, fault := range []classifier.Fault{classifier.NotFound, classifier.Unreachable, classifier.Denied} {
			stage := classifier.Image
			for _, of := range setupTrialsOf {
				if of.cause == check.Cause {
					stage = of.stage
				}
			}
			c := ordersCase(stage, fault)
			c.Facts.Setup = evidence.Setup{}
			if p := check.Prove(&c); p.Result.Decided() {
				t.Errorf("%s: %+v", check.Cause, p)
			}
			c.Facts = evidence.Facts{}
			if p := check.Prove(&c); p.Result.Decided() {
				t.Errorf("%s: %+v", check.Cause, p)
			}
		}
	}
}
