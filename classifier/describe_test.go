package classifier

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"whystopped/classifier/commandtest"
	"whystopped/events"
)

func TestExpand(t *testing.T) {
	value := func(name string) string { return map[string]string{"a": "A", "b": "B", "two": "C and D"}[name] }
	for template, want := range map[string]string{
		"plain":                         "plain",
		"{a} and {b}":                   "A and B",
		"{x|the x} of {a}":              "the x of A",
		"{x|{a|none}}":                  "A",
		"{x|{y|none}}":                  "none",
		"end[ of {x}]":                  "end",
		"end[ of {a}]":                  "end of A",
		"end[ of {x|all}]":              "end of all",
		"[{a} may ]not[ do {x}][, {b}]": "A may not, B",
		"{a} {a:is/are} gone":           "A is gone",
		"{two} {two:is/are} gone":       "C and D are gone",
		"[{x} ]{x|it} {x:is/are} gone":  "it is gone",
	} {
		if got := Expand(template, value); got != want {
			t.Errorf("Expand(%q) is %q, want %q", template, got, want)
		}
	}
}

// TestSeveralThingsAgree holds that what is said of secrets, actions and target groups fits one and several.
func TestSeveralThingsAgree(t *testing.T) {
	several := map[string]string{"secrets": "/a and /b", "action": "ecr:A and ecr:B", "targetGroups": "one and two"}
	value := func(name string) string { return cmp.Or(several[name], "X") }
	singular := regexp.MustCompile(`(/b|ecr:B|two) (does|is|was|has|exists|cannot be found)\b|` +
		`\b(parameter|target group|a secret) (/a|one)\b`)
	agreeing := 0
	for where, text := range toldTexts() {
		if strings.Contains(text, "`") {
			continue // a command names each by itself
		}
		if strings.Contains(text, ":does/do}") || strings.Contains(text, ":is/are}") {
			agreeing++
		}
		if found := singular.FindString(Expand(text, value)); found != "" {
			t.Errorf("%s: %q is said of several: %s", where, found, text)
		}
	}
	if agreeing == 0 {
		t.Error("no text agrees with several things: is anything looked at?")
	}
}

// TestEveryFailureIsNamed holds that a summary names each container that failed, with what it speaks of.
func TestEveryFailureIsNamed(t *testing.T) {
	code := func(name string, code int64) events.Container {
		return events.Container{Name: name, ExitCode: &code}
	}
	reason := func(name, reason string) events.Container { return events.Container{Name: name, Reason: reason} }
	gone := func(image string) string {
		return "CannotPullContainerError: manifest for quay.io/acme/" + image + ":7 not found: manifest unknown"
	}
	const limit = "CannotPullContainerError: failed to resolve ref docker.io/library/redis:7: 429 Too Many Requests"
	for _, c := range []struct {
		name       string
		containers []events.Container
		want       string
		never      string
	}{
		{
			name:       "two images that are gone",
			containers: []events.Container{reason("web", gone("web")), reason("jobs", gone("jobs"))},
			want:       "; jobs (quay.io/acme/jobs:7) failed in the same way",
		},
		{
			name: "one image that two containers have",
			containers: []events.Container{reason("web", gone("web")), reason("jobs", gone("web")),
				reason("cron", gone("web"))},
			want: "; jobs and cron failed in the same way", never: "quay.io/acme/web:7)",
		},
		{
			name:       "two failures",
			containers: []events.Container{reason("web", gone("web")), reason("cache", limit)},
			want:       `; cache failed too: "failed to resolve ref docker.io/library/redis:7: 429 Too Many Requests"`,
		},
		{
			name:       "exit codes of their own",
			containers: []events.Container{code("web", 1), code("jobs", 1), code("cron", 139), code("log", 0)},
			want:       "; jobs failed in the same way; cron failed too (exit code 139, SIGSEGV)", never: "log",
		},
		{
			name:       "what the stop ended is no failure",
			containers: []events.Container{code("web", 1), code("jobs", 143)},
			want:       "web failed", never: "jobs",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			stop := events.Stop{Kind: events.KindTask, Service: "web", StopCode: "EssentialContainerExited",
				StoppedReason: "Essential container in task exited", Containers: c.containers}
			got := Classify(stop).Summary
			if !strings.Contains(got, c.want) || c.never != "" && strings.Contains(got, c.never) {
				t.Errorf("the summary is %q, want %q in it and not %q", got, c.want, c.never)
			}
		})
	}
}

// TestEveryClassIsExplained holds that no class leaves a person without a sentence, and no template without its facts.
func TestEveryClassIsExplained(t *testing.T) {
	for _, stage := range Stages {
		for _, fault := range Faults {
			for _, facts := range []Facts{
				{},
				{
					Role:      "r",
					AWSAction: "ecr:X",
					Image:     "i",
					Endpoint:  "e",
					DeniedBy:  "session policy",
					RemoteIP:  "10.0.0.1",
				},
			} {
				f := Finding{Stage: stage.Stage, Fault: fault.Fault, Culprit: -1, Facts: facts}
				newView(&events.Stop{}, &f).describe(nil, nil)
				for what, s := range map[string]string{"summary": f.Summary, "next step": f.NextStep} {
					if s == "" || strings.ContainsAny(s, "{}[]|") || strings.Contains(s, "  ") ||
						strings.HasSuffix(s, ".") || strings.HasPrefix(s, " ") {
						t.Errorf("%s: bad %s %q", f.Class(), what, s)
					}
				}
			}
		}
	}
}

func TestCatalogueIsWhole(t *testing.T) {
	seen := map[string]bool{}
	none := func(string) string { return "" }
	for _, c := range Catalogue {
		if seen[c.ID] || strings.ToLower(c.ID) != c.ID || strings.ContainsAny(c.ID, " _.") {
			t.Errorf("%q is not a kebab-case id of its own", c.ID)
		}
		seen[c.ID] = true
		if c.Title == "" || c.Why == "" || c.Fix == "" || len(c.Check()) == 0 || c.Applies == nil {
			t.Errorf("%s: a field is empty", c.ID)
		}
		if !strings.HasPrefix(c.Docs, "https://") {
			t.Errorf("%s: no documentation page: %q", c.ID, c.Docs)
		}
		texts := []string{c.Title, c.Why, c.Fix}
		for _, check := range c.Check() {
			texts = append(texts, check.On, check.Look)
		}
		for _, p := range c.Text {
			texts = append(texts, p.Evidence, p.Next)
			if !p.Result.Decided() || p.Evidence == "" || strings.HasSuffix(p.Evidence, ".") {
				t.Errorf("%s: a text proves, confirmed or ruled out, in words: %+v", c.ID, p)
			}
			for _, list := range [][]string{p.Match.Is, p.Match.All, p.Match.Any, p.Match.None} {
				for _, s := range list {
					if s == "" || strings.ToLower(s) != s || strings.ContainsAny(s, "’“”") {
						t.Errorf("%s: %q can never stand in a folded text", c.ID, s)
					}
				}
			}
		}
		if !strings.HasSuffix(c.Fix, ".") {
			t.Errorf("%s: the fix is a sentence", c.ID)
		}
		for _, text := range texts {
			words, _ := commandtest.InText(text)
			if out, complete := expand(words, none); !complete ||
				strings.ContainsAny(out, "{}[]|") && !strings.Contains(out, " | ") {
				t.Errorf("%s: %q cannot be filled when nothing is known: %q", c.ID, text, out)
			}
		}
	}
	for _, id := range strings.Fields(`
		route-missing public-ip-missing nat-unusable endpoint-missing endpoint-private-dns-off
		endpoint-sg-closed endpoint-policy-denies task-sg-egress-closed nacl-blocks dns-disabled
		role-missing role-permission-missing kms-denied image-tag-missing image-platform-mismatch
		secret-missing log-group-missing memory-limit`) {
		if !seen[id] {
			t.Errorf("%s is promised and not there", id)
		}
	}
}

func TestClauseQuotesTheWordsThatDecided(t *testing.T) {
	for reason, want := range map[string]string{
		`ResourceInitializationError: unable to retrieve ecr registry auth: RequestError: send ` +
			`request failed caused by: Post "https://api.ecr.eu-north-1.amazonaws.com/": dial tcp 13.48.9.21:443: ` +
			`i/o timeout. Please ` +
			`check your task network configuration.`: `dial tcp 13.48.9.21:443: i/o timeout`,
		`CannotPullContainerError: pulling from host example.com failed with status ` +
			`code [manifests latest]: 403 Forbidden`: `pulling from host example.com failed with status code ` +
			`[manifests latest]: 403 Forbidden`,
		`CannotPullContainerError: ` + strings.Repeat("a/", 300) + `: not found`: `not found`,
	} {
		f := Classify(stop("TaskFailedToStart", reason))
		if !strings.Contains(f.Proof, strings.Trim(fmt.Sprintf("%q", want), `"`)) {
			t.Errorf("proof %s\n lacks %s", f.Proof, want)
		}
		if len(f.Proof) > 2*clauseLength {
			t.Errorf("a proof of %d bytes is no glance: %s", len(f.Proof), f.Proof)
		}
	}
}

// TestSummariesTellWhatWasSaid holds that summary and next step speak of what the text names and of nothing that it
// does not.
func TestSummariesTellWhatWasSaid(t *testing.T) {
	said := func(reason string) events.Stop { return of(events.KindService, "", "", reason) }
	const launch = "(service web) was unable to place a task. Reason: ResourceInitializationError: Unable to launch " +
		"instance(s) for capacity provider web-nodes. "
	for _, c := range []struct {
		name          string
		stop          events.Stop
		want, without string // in summary and next step, not in them
	}{
		{
			name: "which rule of one's own stopped the task",
			stop: events.Stop{Kind: events.KindTask, StopCode: "UserInitiated",
				StoppedReason: "Stopped by guardrail: image not signed (SEC-12)"},
			want: `stopped the task: "Stopped by guardrail: image not signed (SEC-12)"`, without: "nothing",
		},
		{
			name: "who broke which rule",
			stop: events.Stop{Kind: events.KindTask, StopCode: "UserInitiated",
				StoppedReason: "Privileged role in task definition"},
			want: `the next task like it is stopped too, by whoever StopTask in CloudTrail`, without: "nothing",
		},
		{
			name: "a Service Connect proxy that did not start",
			stop: events.Stop{Kind: events.KindTask, LaunchType: "EC2", Service: "web", StopCode: "TaskFailedToStart",
				StoppedReason: "Task failed to start",
				Containers:    []events.Container{{Name: "ecs-service-connect-7x2"}, {Name: "web"}}},
			want: "look first at ecs-service-connect, the proxy", without: "log lines",
		},
		{
			name: "containers that never ran have no log",
			stop: events.Stop{Kind: events.KindTask, Service: "web", StopCode: "TaskFailedToStart",
				StoppedReason: "Task failed to start", Containers: []events.Container{{Name: "web"}}},
			want: "read the reason of each container", without: "log lines",
		},
		{
			name: "a capacity provider that is not there",
			stop: of(events.KindRequest, "", "", "RunTask: InvalidParameterException: The specified capacity "+
				"provider 'shop-spot' was not found. Specify a valid name or ARN and try again."),
			want: "capacityProviders of the cluster", without: "requiresCompatibilities",
		},
		{
			name: "a capacity provider that is not the cluster's",
			stop: of(events.KindRequest, "", "", "RunTask: InvalidParameterException: The specified capacity "+
				"provider strategy cannot contain a capacity provider that is not associated with the cluster."),
			want: "capacityProviders of the cluster", without: "requiresCompatibilities",
		},
		{
			name: "providers of both kinds in one strategy",
			stop: of(events.KindRequest, "", "", "RunTask: InvalidParameterException: A capacity provider strategy "+
				"cannot contain a mix of capacity providers using Auto Scaling groups and Fargate providers."),
			want: "capacityProviders of the cluster", without: "requiresCompatibilities",
		},
		{
			name: "an image that Docker looked for on its Hub",
			stop: unstarted("CannotPullContainerError: failed to resolve ref docker.io/library/orders-api:7: pull " +
				"access denied, repository does not exist or may require authorization"),
			want: "amazonaws.com/orders-api:7)", without: "amazonaws.com/docker.io",
		},
		{
			name: "an image whose registry nobody named",
			stop: unstarted("CannotPullImageManifestError: Error response from daemon: errors: denied: requested " +
				"access to the resource is denied unauthorized: authentication required"),
			want: "see first which image it is: `aws ecs describe-task-definition ", without: "allow ecr:",
		},
		{
			name: "a job's image whose registry nobody named",
			stop: events.Stop{Kind: events.KindTask, Launcher: events.LauncherBatch, StopCode: "TaskFailedToStart",
				StoppedReason: "CannotPullImageManifestError: Error response from daemon: denied: requested access " +
					"to the resource is denied"},
			want: "see first which image it is: `aws batch describe-job-definitions ", without: "allow ecr:",
		},
		{
			name: "an image of ECR that is refused",
			stop: unstarted("CannotPullContainerError: failed to resolve ref " +
				"998877665544.dkr.ecr.eu-north-1.amazonaws.com/web:1: 403 Forbidden"),
			want: "allow ecr:BatchGetImage", without: "which image it is",
		},
		{
			name: "somebody who only stops it",
			stop: events.Stop{Kind: events.KindTask, StopCode: "UserInitiated", StoppedReason: "Task stopped by user"},
			want: "stopped on request", without: "rule",
		},
		{
			name: "a role by the name of role",
			stop: of(events.KindRequest, "", "", "RunTask: AccessDeniedException: User: "+
				"arn:aws:sts::210987654321:assumed-role/role/function is not authorized to perform: iam:PassRole on "+
				"resource: arn:aws:iam::210987654321:role/orders-exec"),
			want: `role "role" may not pass`, without: "for role,",
		},
		{
			name:    "which deployment failed",
			stop:    said("(service web) rolling back to deployment ecs-svc/5550001112223334445."),
			want:    "rolls back to ecs-svc/5550001112223334445",
			without: "--deployment",
		},
		{
			name: "which ports ran out",
			stop: unstarted("TaskFailedToStart: RESOURCE:PORTS"),
			want: "host ports free", without: "nothing had room",
		},
		{
			name: "how the tasks of a deployment failed",
			stop: said("(service web) (deployment ecs-svc/5550001112223334445) deployment failed: tasks " +
				"failed to start."),
			want:    "its tasks failed to start",
			without: "become healthy",
		},
		{
			name: "the deployment that failed",
			stop: said("(service web) (deployment ecs-svc/5550001112223334445) deployment failed: tasks failed to " +
				"start."),
			want:    "--deployment ecs-svc/5550001112223334445",
			without: "rolls back",
		},
		{
			name: "a hook, not the tasks",
			stop: said("(service web) (deployment ecs-svc/7) deployment failed: Service deployment rolled back " +
				"because PRE_SCALE_UP lifecycle hook(s) failed."),
			want:    "lifecycle hook",
			without: "did not become healthy",
		},
		{
			name: "who may not call",
			stop: said("Service deployment rolled back because TEST_TRAFFIC_SHIFT lifecycle hook(s) failed. User: " +
				"arn:aws:sts::210987654321:assumed-role/web-hook/ECS is not authorized to perform: " +
				"lambda:InvokeFunction on resource: arn:aws:lambda:eu-north-1:210987654321:function:gate"),
			want: "web-hook may not call lambda:InvokeFunction on arn:aws:lambda:eu-north-1:210987654321:function:gate",
		},
		{
			name: "listeners, not the tasks",
			stop: said("Service deployment rolled back because of invalid networking configuration. One or more " +
				"rules not found"),
			want:    "listener rules",
			without: "did not become healthy",
		},
		{
			name:    "instances, not Fargate",
			stop:    said(launch + "InsufficientInstanceCapacity: There is not enough capacity."),
			want:    "EC2 has no capacity",
			without: "Fargate",
		},
		{
			name:    "EC2's quota, not Fargate's",
			stop:    said(launch + "VcpuLimitExceeded: You have requested more vCPU capacity than your current limit."),
			want:    "EC2 quota",
			without: "Fargate",
		},
		{
			name: "a role for EC2, not for ECS",
			stop: said(launch +
				"UnauthorizedOperation: User: arn:aws:sts::210987654321:assumed-role/web-infra/ECSManagedInstances " +
				"is not authorized to perform: iam:PassRole on resource: arn:aws:iam::210987654321:role/web-nodes " +
				"because no identity-based policy allows the iam:PassRole action."),
			want:    "ec2.amazonaws.com",
			without: "ecs-tasks",
		},
		{
			name: "tasks that wait, not Fargate",
			stop: said("(service web) was unable to place tasks in your cluster because the tasks provisioning " +
				"capacity limit was exceeded."),
			want:    "PROVISIONING",
			without: "Fargate",
		},
		{
			name: "replaced for some check",
			stop: said("(service web) has started 1 tasks: (task 77aa). Amazon ECS replaced 1 tasks due to an " +
				"unhealthy status."),
			want:    "does not say which health check",
			without: "container health check",
		},
		{
			name: "a load balancer without a name",
			stop: stop("ServiceSchedulerInitiated", "Task failed ELB health checks in target group",
				container("app", code(137), "")),
			want:    "load balancer",
			without: "container health check",
		},
		{
			name: "a user, not a program",
			stop: unstarted("CannotStartContainerError: Error response from daemon: unable to find user shop: no " +
				"matching entries in passwd file"),
			want:    "user or group",
			without: "entryPoint",
		},
		{
			name: "a device of the host",
			stop: unstarted("CannotStartContainerError: Error response from daemon: error gathering device " +
				"information while adding custom device \"/dev/dri/renderD128\": no such file or directory"),
			want:    "/dev/dri/renderD128, which the instance",
			without: "in the image",
		},
		{
			name: "a socket, not a log group",
			stop: unstarted("CannotStartContainerError: Error response from daemon: failed to initialize logging " +
				"driver: dial unix /var/run/fluent.sock: connect: no such file or directory"),
			want:    "socket",
			without: "log group",
		},
		{
			name: "the agent of the instance",
			stop: said("service (web) Timed out waiting for Amazon ECS Agent to start. Please check logs at " +
				"/var/log/ecs/ecs-agent.log."),
			want:    "ECS agent of the container instance",
			without: "runtime",
		},
		{
			name: "the host's network, not the service's",
			stop: unstarted("ContainerNetworkingError: failed to setup network namespace: cni setup: add network " +
				"failed: invalid MAC address"),
			want:    "on the instance",
			without: "networkConfiguration",
		},
		{
			name: "a driver, not a path",
			stop: unstarted("CannotCreateContainerError: Error response from daemon: create web-data: error " +
				"looking up volume plugin amazon-ecs-volume-plugin: plugin not found"),
			want:    "driver is not installed",
			without: "root directory",
		},
		{
			name: "a volume that was not made",
			stop: unstarted("ECS was unable to create the EBS volume: UnauthorizedOperation: User: " +
				"arn:aws:sts::210987654321:assumed-role/web-infra/ECSTaskVolumesForEBS is not authorized to perform: " +
				"ec2:CreateVolume on resource: arn:aws:ec2:eu-north-1:210987654321:volume/*"),
			want:    "web-infra may not call ec2:CreateVolume",
			without: "mount",
		},
		{
			name: "a secret whose name ends like a credential's",
			stop: stop("TaskFailedToStart",
				"Fetching secret data from SSM Parameter Store in eu-north-1: AccessDeniedException: User: "+
					"arn:aws:sts::210987654321:assumed-role/web-exec/77aa is not authorized to perform: "+
					"ssm:GetParameters on resource: arn:aws:ssm:eu-north-1:210987654321:parameter/web/DB_PASSWORD",
				container("app", nil, "")),
			want:    "/DB_PASSWORD (ssm:GetParameters was denied)",
			without: "DB_PASSWORD:",
		},
	} {
		f := Classify(c.stop)
		told := f.Summary + "; " + f.NextStep
		if !strings.Contains(told, c.want) || c.without != "" && strings.Contains(told, c.without) {
			t.Errorf("%s: %s\nmust tell %q, not %q", c.name, told, c.want, c.without)
		}
	}
}

func TestConcludeTellsWhatWasProven(t *testing.T) {
	const said, next = "could not reach api.ecr.eu-west-1.amazonaws.com to get the ECR token", "follow the path"
	open := func(causes ...string) (proofs []Proof) {
		for _, c := range causes {
			proofs = append(proofs, Proof{Cause: c, Result: NotChecked})
		}
		return proofs
	}
	noRoute := Proof{
		Cause:    "route-missing",
		Result:   Confirmed,
		Evidence: "rtb-1 of subnet-1 has no 0.0.0.0/0",
		Next:     "add 0.0.0.0/0 to rtb-1",
	}
	noNAT := Proof{Cause: "nat-unusable", Result: Confirmed, Evidence: "nat-1 is deleted", Next: "make another"}
	for _, test := range []struct {
		name    string
		causes  []Proof
		proofs  []Proof
		order   string
		summary string
		next    string
	}{
		{
			name:    "nothing was asked",
			causes:  open("route-missing", "nat-unusable"),
			order:   "route-missing=not_checked nat-unusable=not_checked",
			summary: said,
			next:    next,
		},
		{
			name:   "a confirmed cause leads, one that is ruled out comes last",
			causes: open("nacl-blocks", "nat-unusable", "route-missing", "dns-disabled"),
			proofs: []Proof{
				{Cause: "nacl-blocks", Result: RuledOut},
				noRoute,
				{Cause: "dns-disabled", Result: Inconclusive},
			},
			order:   "route-missing=confirmed nat-unusable=not_checked dns-disabled=inconclusive nacl-blocks=ruled_out",
			summary: said + ": rtb-1 of subnet-1 has no 0.0.0.0/0",
			next:    "add 0.0.0.0/0 to rtb-1",
		},
		{
			name:    "of several confirmed the finding's first leads",
			causes:  open("nat-unusable", "route-missing"),
			proofs:  []Proof{noRoute, noNAT},
			order:   "nat-unusable=confirmed route-missing=confirmed",
			summary: said + ": nat-1 is deleted",
			next:    "make another",
		},
		{
			name:    "nothing is confirmed",
			causes:  open("route-missing", "nat-unusable"),
			proofs:  []Proof{{Cause: "route-missing", Result: RuledOut, Evidence: "it has one", Next: "x"}},
			order:   "nat-unusable=not_checked route-missing=ruled_out",
			summary: said,
			next:    next,
		},
		{
			name: "what the text confirmed is not overwritten, and leads",
			causes: append(
				open("nat-unusable"),
				Proof{Cause: "route-missing", Result: Confirmed, Evidence: "the text says so", Next: "do as it says"},
			),
			proofs:  []Proof{noNAT, {Cause: "route-missing", Result: RuledOut, Evidence: "it has one now"}},
			order:   "route-missing=confirmed nat-unusable=confirmed",
			summary: said,
			next:    next,
		},
		{
			name:   "what the text confirmed and is there by now",
			causes: []Proof{{Cause: "route-missing", Result: Confirmed, Evidence: "the text says so"}},
			proofs: []Proof{{Cause: "route-missing", Result: Confirmed, Reason: ReasonFixedSince,
				Evidence: "the text says so; it is there by now: rtb-1", Next: "start the task again"}},
			order:   "route-missing=confirmed",
			summary: said + "; it is there by now: rtb-1",
			next:    "start the task again",
		},
		{
			name:   "what the text confirmed and is still so",
			causes: []Proof{{Cause: "route-missing", Result: Confirmed, Evidence: "the text says so"}},
			proofs: []Proof{{Cause: "route-missing", Result: Confirmed, Evidence: "the text says so; rtb-1 has none",
				Next: "add 0.0.0.0/0 to rtb-1"}},
			order:   "route-missing=confirmed",
			summary: said,
			next:    "add 0.0.0.0/0 to rtb-1",
		},
		{
			name:   "what is fixed since is tried before anything else is done",
			causes: open("route-missing"),
			proofs: []Proof{{Cause: "route-missing", Result: Inconclusive, Reason: ReasonFixedSince,
				Evidence: "rtb-1 has one since", Next: "start the task again"}},
			order:   "route-missing=inconclusive",
			summary: said,
			next:    "start the task again; if that fails alike: " + next,
		},
		{
			name:    "what the text ruled out is not overwritten",
			causes:  append(open("nat-unusable"), Proof{Cause: "route-missing", Result: RuledOut}),
			proofs:  []Proof{noRoute},
			order:   "nat-unusable=not_checked route-missing=ruled_out",
			summary: said,
			next:    next,
		},
		{
			name:    "a confirmed cause without a next step",
			causes:  open("route-missing"),
			proofs:  []Proof{{Cause: "route-missing", Result: Confirmed, Evidence: "there is none"}},
			order:   "route-missing=confirmed",
			summary: said + ": there is none",
			next:    next,
		},
		{
			name:    "a cause that the finding does not have never leads",
			causes:  open("dns-disabled"),
			proofs:  []Proof{noRoute},
			order:   "dns-disabled=not_checked route-missing=confirmed",
			summary: said,
			next:    next,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := Finding{
				Stage:      RegistryAuth,
				Fault:      Unreachable,
				Domain:     DomainNetwork,
				Verdict:    Failure,
				Confidence: Likely,
				Summary:    said,
				NextStep:   next,
				Proof:      `"i/o timeout"`,
				Causes:     slices.Clone(test.causes),
			}
			got := Conclude(f, test.proofs)
			var order []string
			for _, p := range got.Causes {
				order = append(order, p.Cause+"="+string(p.Result))
			}
			if order := strings.Join(order, " "); order != test.order {
				t.Errorf("causes %s\nwant   %s", order, test.order)
			}
			if got.Summary != test.summary || got.NextStep != test.next {
				t.Errorf("summary %q, next step %q", got.Summary, got.NextStep)
			}
			if got.Class() != f.Class() || got.Domain != f.Domain || got.Verdict != f.Verdict ||
				got.Confidence != f.Confidence || got.Proof != f.Proof {
				t.Errorf("class, domain, verdict, confidence or the event's own proof changed: %+v", got)
			}
			if !slices.Equal(f.Causes, test.causes) {
				t.Error("Conclude wrote into its argument")
			}
		})
	}
}

// TestExplanationsFitWhatWasCalled: what is called decides what is done about it.
func TestExplanationsFitWhatWasCalled(t *testing.T) {
	for _, test := range []struct {
		name, reason string
		says, next   string
	}{
		{
			name: "the agent's endpoint, by its URL alone",
			reason: "CannotStartContainerError: Error response from daemon: failed to initialize logging driver: " +
				"CredentialsEndpointError: failed to load credentials caused by: RequestError: send request failed " +
				"caused by: Get http://169.254.170.2/v2/credentials/77aa",
			says: "nothing answered at 169.254.170.2",
			next: "VPC routes do not matter",
		},
		{
			name: "a secret by its name alone",
			reason: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret " +
				"from asm: AccessDeniedException: User: arn:aws:sts::210987654321:assumed-role/orders-exec/9f0e is " +
				"not authorized to perform: secretsmanager:GetSecretValue on resource: " +
				"arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders_db because no identity-based policy " +
				"allows the secretsmanager:GetSecretValue action",
			next: "name the secret in valueFrom by its whole ARN",
		},
		{
			name: "a secret by its whole ARN",
			reason: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret " +
				"from asm: AccessDeniedException: User: arn:aws:sts::210987654321:assumed-role/orders-exec/9f0e is " +
				"not authorized to perform: secretsmanager:GetSecretValue on resource: " +
				"arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders_db-AbC123 because no identity-based " +
				"policy allows the secretsmanager:GetSecretValue action",
			next: "allow secretsmanager:GetSecretValue on arn:aws:secretsmanager:eu-north-1:210987654321:secret:" +
				"orders_db-AbC123 in a policy",
		},
		{
			name:   "a registry by its URL alone",
			reason: "CannotPullContainerError: send request failed caused by: Get https://registry.example.com/v2/",
			next:   "add a NAT gateway: registry.example.com is on the internet",
		},
		{
			name: "a name without a registry",
			reason: "CannotPullContainerError: Error response from daemon: manifest for orders-api:7 not found: " +
				"manifest unknown: manifest unknown",
			says: "orders-api:7 does not exist in Docker Hub",
			next: "if the image is in ECR, name it whole",
		},
		{
			name: "a user of Docker Hub",
			reason: "CannotPullContainerError: Error response from daemon: manifest for acme/orders-api:7 not found: " +
				"manifest unknown: manifest unknown",
			says: "acme/orders-api:7 does not exist in its registry",
			next: "list the tags of the repository",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := Classify(events.Stop{StoppedReason: test.reason})
			if !strings.Contains(f.Summary, test.says) || !strings.Contains(f.NextStep, test.next) {
				t.Errorf("says %q, next %q", f.Summary, f.NextStep)
			}
		})
	}
}
