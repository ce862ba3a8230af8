package evidence

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"whystopped/classifier"
	"whystopped/events"
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
func ordersCase(stage classifier.Stage, fault classifier.Fault) Case {
	c := saying("")
	c.Stop.CreatedAt = launched
	c.Stop.Family, c.Stop.Cluster = "orders", "prod"
	revision := int64(7)
	c.Stop.Revision = &revision
	c.Stop.Containers = []events.Container{{Name: "app", Image: ecrOrders}}
	c.Finding = classifier.Finding{Stage: stage, Fault: fault, Culprit: 0}
	c.Facts.Inputs.TaskDefinition = Is(TaskDefinition{
		OperatingSystem: "LINUX",
		Architecture:    "ARM64",
		CPU:             1024,
		Memory:          2048,
		EphemeralGiB:    30,
		Containers: []ContainerDefinition{
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
		Volumes: []Volume{
			{Name: "data", FileSystem: "fs-0a1", AccessPoint: "fsap-0a1", Encrypted: true},
			{Name: "scratch"},
		},
	})
	subnets := c.Facts.Network.Subnets.Value
	subnets[1].ZoneID = "euw1-az1"
	c.Facts.Network.Groups.Value[3].Ingress = []SGRule{{
		Protocol: "tcp",
		From:     2049,
		To:       2049,
		Groups:   []string{"sg-task"},
	}}
	c.Facts.Things = Things{
		Images:    map[string]Answer[Image]{ecrOrders: Is(Image{PushedAt: before, Status: "ACTIVE", Bytes: 3 << 30})},
		Platforms: map[string]Answer[[]string]{ecrOrders: Is([]string{"linux/amd64", "linux/arm64"})},
		CacheRules: map[string]Answer[[]CacheRule]{
			In("eu-west-1", ours): Is([]CacheRule{{"hub", "registry-1.docker.io"}}),
		},
		Secrets: map[string]Answer[Secret]{
			In("eu-west-1", ourSecrets+"orders/db-AbCdEf"): Is(Secret{
				ARN:       ourSecrets + "orders/db-AbCdEf",
				CreatedAt: before,
				ChangedAt: before,
				Versions:  map[string][]string{"v1": {"AWSPREVIOUS"}, "v2": {"AWSCURRENT"}},
			}),
			In("eu-west-1", ourSecrets+"hub-GhIjKl"): Is(Secret{
				ARN:       ourSecrets + "hub-GhIjKl",
				CreatedAt: before,
				ChangedAt: before,
			}),
		},
		Parameters: map[string]Answer[Parameter]{
			In("eu-west-1", "/orders/token"): Is(Parameter{Name: "/orders/token", ModifiedAt: before}),
		},
		LogGroups:   map[string]Answer[LogGroup]{In("eu-west-1", "/ecs/orders"): Is(LogGroup{before})},
		Files:       map[string]Answer[File]{envARN: Is(File{ModifiedAt: before})},
		FileSystems: map[string]Answer[FileSystem]{"fs-0a1": Is(FileSystem{State: "available"})},
		MountTargets: map[string]Answer[[]MountTarget]{
			"fs-0a1": Is([]MountTarget{
				{
					ID:      "fsmt-b",
					State:   "available",
					VPC:     "vpc-1",
					Subnet:  "subnet-ep2",
					Zone:    "eu-west-1b",
					ZoneID:  "euw1-az2",
					IP:      ip("10.0.3.9"),
					Adapter: "eni-b",
				},
				{
					ID:      "fsmt-a",
					State:   "available",
					VPC:     "vpc-1",
					Subnet:  "subnet-ep",
					Zone:    "eu-west-1a",
					ZoneID:  "euw1-az1",
					IP:      ip("10.0.2.9"),
					Adapter: "eni-a",
				},
			}),
		},
		Adapters: map[string]Answer[Interface]{
			"eni-a": Is(Interface{
				ID:         "eni-a",
				Subnet:     "subnet-ep",
				VPC:        "vpc-1",
				Groups:     []string{"sg-ep"},
				PrivateIPs: []netip.Addr{ip("10.0.2.9")},
			}),
		},
		AccessPoints: map[string]Answer[AccessPoint]{"fsap-0a1": Is(AccessPoint{"fs-0a1", "available"})},
		Subnets: Is([]Subnet{
			{ID: "subnet-app", VPC: "vpc-1", Account: ours, FreeAddresses: 240},
			{ID: "subnet-other", VPC: "vpc-1", Account: ours, FreeAddresses: 230},
		}),
		Groups:     Is([]SecurityGroup{{ID: "sg-task", VPC: "vpc-1"}}),
		Quotas:     map[string]Answer[float64]{QuotaFargate: Is(100.0), QuotaInterfaces: Is(5000.0)},
		Interfaces: Is(400),
		Machines:   Is([]Machine{{ID: "i-1", Connected: true, CPU: 4096, Memory: 8192}}),
	}
	return c
}

func (c *Case) task() *TaskDefinition     { return &c.Facts.Inputs.TaskDefinition.Value }
func (c *Case) app() *ContainerDefinition { return &c.task().Containers[0] }
func (c *Case) setImage(i Image)          { c.Facts.Things.Images[ecrOrders] = Is(i) }
func (c *Case) noRepository()             { c.Facts.Things.Images[ecrOrders] = None[Image]() }
func (c *Case) noImage()                  { c.setImage(Image{Missing: true}) }
func (c *Case) rules(rules ...CacheRule) {
	c.Facts.Things.CacheRules[In("eu-west-1", ours)] = Is(rules)
}
func (c *Case) noRules() {
	c.Facts.Things.CacheRules[In("eu-west-1",
		ours)] = Open[[]CacheRule](classifier.ReasonNoPermission, "ecr:DescribePullThroughCacheRules")
}
func (c *Case) secret(change func(*Secret)) {
	s := c.Facts.Things.Secrets[In("eu-west-1", ourSecrets+"orders/db-AbCdEf")].Value
	change(&s)
	c.Facts.Things.Secrets[In("eu-west-1", ourSecrets+"orders/db-AbCdEf")] = Is(s)
}
func (c *Case) noSecret() {
	c.Facts.Things.Secrets[In("eu-west-1", ourSecrets+"orders/db-AbCdEf")] = None[Secret]()
}
func (c *Case) culpritIs(image, imageDigest string) {
	c.Stop.Containers[0].Image, c.Stop.Containers[0].ImageDigest = image, imageDigest
}
func (c *Case) targets(targets ...MountTarget) { c.Facts.Things.MountTargets["fs-0a1"] = Is(targets) }

// elsewhere puts an image of another account into the case.
func (c *Case) elsewhere(a Answer[Image]) {
	foreign := strings.Replace(ecrOrders, ours, theirs, 1)
	c.culpritIs(foreign, "")
	c.Facts.Things.Images[foreign] = a
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
	change func(*Case) // none where all is well
	want   string      // confirmed, ruled_out, or the reason of what is open
	tells  string      // words of the evidence, and of the next step of what is confirmed
}

// setupTrialsOf are the trials in the file of the test that is named like the file of the check.
var setupTrialsOf = slices.Concat(imageTrials, secretTrials, environmentFileTrials, logTrials, fileSystemTrials,
	volumeTrials, attachmentTrials, capacityTrials)

// task is the changed task, of which the cause alone is open.
func (of setupTrials) task(v setupTrial) Case {
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
			p := thingChecks.Prove(of.task(v))[0]
			reached[of.cause][p.Result] = true
			t.Run(of.cause+"/"+v.when, func(t *testing.T) { v.is(t, p) })
		}
	}
	for _, check := range thingChecks {
		for result, words := range map[classifier.Result]string{
			classifier.Confirmed: check.Confirms,
			classifier.RuledOut:  check.RulesOut,
		} {
			if never := strings.HasPrefix(words, "never"); reached[check.Cause][result] == never {
				t.Errorf("%s: %s is reached: %t, and its words are %q", check.Cause, result, !never, words)
			}
		}
		if !reached[check.Cause][classifier.Inconclusive] && !reached[check.Cause][classifier.NotChecked] {
			t.Errorf("%s is never left open", check.Cause)
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
	if (p.Next != "") != (p.Result == classifier.Confirmed) || (p.Reason == "") != (p.Result.Decided()) {
		t.Errorf("%+v", p)
	}
	if strings.Contains(p.Evidence+p.Next, "do-not-tell") || strings.Contains(p.Evidence+p.Next, "%!") {
		t.Errorf("%+v", p)
	}
}

// TestThingsThatWereNotReadProveNothing takes away what was read, all at once.
func TestThingsThatWereNotReadProveNothing(t *testing.T) {
	for _, check := range thingChecks {
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
			c.Facts.Things = Things{}
			if p := check.Prove(&c); p.Result.Decided() {
				t.Errorf("%s: %+v", check.Cause, p)
			}
			c.Facts = Facts{}
			if p := check.Prove(&c); p.Result.Decided() {
				t.Errorf("%s: %+v", check.Cause, p)
			}
		}
	}
}
