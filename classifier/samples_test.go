package classifier_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whystopped/classifier"
	"whystopped/classifier/lastwords"
	"whystopped/events"
)

var update = flag.Bool("update", false, "write the golden files")

//go:generate go test . -run TestSamples -update

// hedges are words of what is only probable.
var hedges = regexp.MustCompile(`(?i)\b(probably|perhaps|maybe|may have|might|likely|seems|possibly)\b`)

// TestNothingProbableIsCalledCertain: what is certain rests on words or codes, does not hedge, and takes no cause into
// its summary that was looked at and not confirmed. Behind a semicolon stands what happened beside it, which says
// itself how sure it is.
func TestNothingProbableIsCalledCertain(t *testing.T) {
	files, _ := filepath.Glob("../events/samples/*.json")
	certain := 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		stops, err := events.Parse(raw)
		if err != nil {
			t.Fatal(file, err)
		}
		for _, s := range stops {
			f := classifier.Classify(s)
			if f.Confidence != classifier.Certain {
				continue
			}
			certain++
			var open []classifier.Proof
			for _, c := range f.Causes {
				if c.Result == classifier.NotChecked {
					open = append(open, classifier.Proof{
						Cause:    c.Cause,
						Result:   classifier.Inconclusive,
						Reason:   "unsaid",
						Evidence: "it may be so",
					})
				}
			}
			seen := classifier.Conclude(f, nil)
			looked := classifier.Conclude(f, open)
			cause, _, _ := strings.Cut(f.Summary, ";")
			if f.Proof == "" || hedges.MatchString(cause) || looked.Summary != seen.Summary ||
				looked.Confidence != f.Confidence {
				t.Errorf("%s: %q, proof %q, and with nothing confirmed %q", file, f.Summary, f.Proof, looked.Summary)
			}
		}
	}
	if certain < 50 {
		t.Errorf("only %d samples are certain: is anything looked at?", certain)
	}
}

// TestSamples holds what is told about every sample. Read a change aloud before keeping it.
func TestSamples(t *testing.T) {
	var got strings.Builder
	files, _ := filepath.Glob("../events/samples/*.json")
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		stops, err := events.Parse(raw)
		if err != nil {
			t.Fatal(file, err)
		}
		for _, s := range stops {
			f := classifier.Classify(s)
			culprit := "-"
			if f.Culprit >= 0 {
				culprit = s.Containers[f.Culprit].Name
			}
			var causes []string
			decided := ""
			for _, c := range f.Causes {
				causes = append(causes, c.Cause)
				if c.Result != classifier.NotChecked {
					decided += fmt.Sprintf("  text   %s %s: %s\n", c.Cause, c.Result,
						strings.TrimSpace(c.Evidence+"\n         "+c.Next))
				}
			}
			fmt.Fprintf(&got,
				"%s\n  %s %s, %s, %s, culprit %s, %s %s, %s\n  cause  %s\n  proof  %s\n  next   %s\n  look   %s\n%s\n",
				strings.TrimSuffix(filepath.Base(file), ".json"), strings.ToUpper(string(f.Verdict)), f.Class(),
				f.Confidence, f.Domain, culprit,
				f.StageRule, f.FaultRule, f.Signature, f.Summary, f.Proof, f.NextStep, strings.Join(causes, " "),
				decided)
		}
	}
	const golden = "testdata/samples.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")); diff != "" {
		t.Errorf("the explanations changed (go generate ./classifier keeps them), -want +got:\n%s", diff)
	}
}

// TestEveryCauseAppliesSomewhere runs the samples and the examples of the rules, on Fargate and on EC2, past the
// catalogue: a cause that none of them brings is dead, one that all of them bring says nothing.
func TestEveryCauseAppliesSomewhere(t *testing.T) {
	var stops []events.Stop
	files, _ := filepath.Glob("../events/samples/*.json")
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		read, err := events.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		stops = append(stops, read...)
	}
	for _, rules := range [][]classifier.Rule{classifier.StageRules, classifier.FaultRules} {
		for _, rule := range rules {
			for _, launchType := range []string{"FARGATE", "EC2"} {
				kind := events.KindTask
				if len(rule.Kinds) > 0 {
					kind = rule.Kinds[0]
				}
				stops = append(stops, events.Stop{
					Kind:          kind,
					LaunchType:    launchType,
					StopCode:      "TaskFailedToStart",
					StoppedReason: rule.Example,
					Group:         "service:orders",
					Service:       "orders",
					Account:       "210987654321",
					Region:        "eu-north-1",
					Containers:    []events.Container{{Name: "app"}},
				})
			}
		}
	}
	stops = append(stops, further()...)
	for _, sign := range lastwords.Signs {
		stops = append(stops, events.Stop{Kind: events.KindTask, StopCode: "EssentialContainerExited",
			Containers: []events.Container{{Name: "app", ExitCode: new(int64(1))}},
			LogLines:   strings.Split(sign.Example, "\n")})
	}
	applied := map[string]int{}
	for _, s := range stops {
		f := classifier.Classify(s)
		if len(f.Causes) == 0 && f.Verdict != classifier.Expected {
			t.Errorf("%s has no cause to look into: %s", f.Class(), s.StoppedReason)
		}
		for _, c := range f.Causes {
			applied[c.Cause]++
		}
	}
	for _, c := range classifier.Catalogue {
		if n := applied[c.ID]; n == 0 || n == len(stops) {
			t.Errorf("%s applies to %d of %d stops", c.ID, n, len(stops))
		}
	}
}

// further are stops for the causes that neither a sample nor the example of a rule brings.
func further() []events.Stop {
	denied := "ResourceInitializationError: unable to retrieve secret from asm: AccessDeniedException: User: " +
		"arn:aws:sts::210987654321:assumed-role/orders-exec/9f0e is not authorized to perform: " +
		"secretsmanager:GetSecretValue on resource: " +
		"arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/db-AbC123 "
	var stops []events.Stop
	for _, reason := range []string{
		denied + "because no resource-based policy allows the secretsmanager:GetSecretValue action",
		denied + "with an explicit deny in a resource control policy",
		denied + "because no permissions boundary allows the secretsmanager:GetSecretValue action",
		denied + "because no session policy allows the secretsmanager:GetSecretValue action",
		"CannotPullContainerError: ref pull has been retried 1 time(s): not implemented: media type " +
			"\"application/vnd.docker.distribution.manifest.v1+prettyjws\" is no longer supported",
		"ResourceInitializationError: unable to retrieve secret from asm: ResourceNotFoundException: Secrets Manager " +
			"can't find the specified secret value for staging label: AWSPENDING",
		"ResourceInitializationError: unable to retrieve secret from asm: trying to retrieve secret with value " +
			"arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders resulted in error: an invalid ARN format " +
			"was specified",
		"ResourceInitializationError: failed to validate logger args: failed to create Cloudwatch log group: " +
			"AccessDeniedException: User is not authorized to perform: logs:CreateLogGroup",
		"Unable to parse bucket and key from s3 ARN specified in environmentFile arn:aws:s3:::orders, error: invalid " +
			"ARN",
		"ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
			"b'mount.nfs4: mounting fs-0011223344556677a.efs.eu-north-1.amazonaws.com:/orders/in failed, reason " +
			"given by server: No such file or directory'",
		"ECS was unable to create the EBS volume for the task: UnauthorizedOperation: You are not authorized to " +
			"perform this operation.",
		"Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-0a1b2c3d4e5f60718': " +
			"InvalidSecurityGroupID.NotFound",
		"You've reached the limit on the number of vCPUs you can run concurrently",
		"CannotCreateContainerError: Error response from daemon: Minimum memory limit allowed is 6MB",
		"ResourceInitializationError: Unable to launch instance(s) for capacity provider shop-nodes. " +
			"VcpuLimitExceeded: more vCPU capacity than allowed",
		"Tasks provisioning capacity limit exceeded.",
		"InvalidParameterException: A capacity provider strategy cannot contain a mix of capacity providers using " +
			"Auto Scaling groups and Fargate providers.",
		"CannotCreateContainerError: Error response from daemon: mkdir /var/lib/docker/overlay2/77aa: no space left " +
			"on device",
		"CannotStartContainerError: Error response from daemon: OCI runtime create failed: pipe2: too many open files",
		"CannotStartContainerError: Error response from daemon: OCI runtime create failed: unable to start container " +
			"process: exec: \"npm start\": executable file not found in $PATH",
		"CannotStartContainerError: OCI runtime create failed: starting container process caused: exec: " +
			"\"/srv/app/\": permission denied: unknown",
		"CannotStartContainerError: exec: \"/srv/app/run\": stat /srv/app/run: no such file or directory: unknown",
		"hcs::CreateComputeSystem 77aa: The compute system exited unexpectedly.",
		"CannotCreateContainerError: failed to copy file info for /var/lib/ecs/volumes/ecs-data-3-in-77aa: failed to " +
			"chown /var/lib/ecs/volumes/ecs-data-3-in-77aa: operation not permitted",
		"CannotPullContainerError: failed to copy: httpReadSeeker: failed open: unexpected status code " +
			"https://registry-1.docker.io/v2/acme/api/blobs/sha256:77aa: 504 Gateway Time-out",
		"CreateService: InvalidParameterException: Unable to assume role and validate the specified targetGroupArn. " +
			"Please verify that the ECS service role being passed has the proper permissions.",
		"CannotPullContainerError: failed to resolve ref ghcr.io/acme/orders:7: unexpected status from HEAD request " +
			"to " +
			"https://ghcr.io/v2/acme/orders/manifests/7: 429 Too Many Requests",
		"client is newer than server (client API version: 1.24, server API version: 1.22)",
		"ECS was unable to assume the role " +
			"'arn:aws:iam::210987654321:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS' that was " +
			"provided for this task.",
		"ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
			"b'mount.nfs4: Network is unreachable'",
		"ResourceInitializationError: Unable to launch instance(s) for capacity provider shop-nodes.",
		"No Container Instances were found in your cluster.",
		"CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested for instance type " +
			"[g5.xlarge]",
		"MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue cannot meet the CPU " +
			"requirement of the job.",
		"MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement cannot be met by the CE(s)",
		"MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED",
		"UNDETERMINED - Batch job is blocked, root cause is undetermined.",
		"Container Overrides length must be at most 8192",
		"service orders was unable to place a task. Reason: Your account is currently blocked.",
		"ContainerNetworkingError: SERVICE_CONNECT proxy did not come up",
	} {
		stops = append(stops, events.Stop{
			Kind:          events.KindTask,
			StopCode:      "TaskFailedToStart",
			StoppedReason: reason,
			LaunchType:    "EC2",
			Containers:    []events.Container{{Name: "app"}},
		})
		stops = append(stops, events.Stop{
			Kind:          events.KindTask,
			StopCode:      "TaskFailedToStart",
			StoppedReason: reason,
			LaunchType:    "FARGATE",
			Containers:    []events.Container{{Name: "app"}},
		})
	}
	stops = append(stops, events.Stop{
		Kind:            events.KindTask,
		StopCode:        "TaskFailedToStart",
		LaunchType:      "FARGATE",
		PlatformVersion: "1.3.0",
		StoppedReason:   "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes",
	})
	exit := func(code int64) *int64 { return &code }
	return append(
		stops,
		events.Stop{
			Kind:          events.KindDeployment,
			EventType:     "ERROR",
			Service:       "orders",
			StoppedReason: "Service deployment rolled back because POST_SCALE_UP lifecycle hook(s) failed.",
		},
		events.Stop{
			Kind:          events.KindDeployment,
			EventType:     "ERROR",
			Service:       "orders",
			StoppedReason: "Service deployment rolled back because of invalid networking configuration.",
		},
		events.Stop{
			Kind:    events.KindService,
			Service: "orders",
			StoppedReason: "(service orders) was unable to reach steady state because task set " +
				"(ecs-svc/5550001112223334445) was unable to scale in. Reason: The number of protected tasks is more " +
				"than the desired count of tasks",
		},
		events.Stop{
			Kind:        events.KindTask,
			LaunchType:  "EC2",
			Attachments: []events.Attachment{{Type: "eni"}},
			Containers: []events.Container{{
				Name: "app",
				Reason: "CannotPullContainerError: Get " +
					"\"https://210987654321.dkr.ecr.eu-north-1.amazonaws.com/v2/\": dial tcp 13.48.9.21:443: i/o " +
					"timeout",
			}},
		},
		events.Stop{
			Kind:          events.KindTask,
			StopCode:      "UserInitiated",
			StoppedReason: "Image is not signed: violates policy SEC-12",
		},
		events.Stop{
			Kind:       events.KindTask,
			StopCode:   "EssentialContainerExited",
			Containers: []events.Container{{Name: "app", ExitCode: exit(126)}},
		},
		events.Stop{
			Kind:       events.KindTask,
			StopCode:   "EssentialContainerExited",
			Containers: []events.Container{{Name: "app", ExitCode: exit(0)}, {Name: "log_router", ExitCode: exit(2)}},
		},
	)
}

func FuzzClassify(f *testing.F) {
	files, _ := filepath.Glob("../events/samples/*.json")
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		stops, _ := events.Parse(raw)
		for _, s := range stops {
			reason := ""
			if len(s.Containers) > 0 {
				reason = s.Containers[0].Reason
			}
			f.Add(s.StopCode, s.StoppedReason, reason, s.Group, int64(137), true)
			f.Add(s.StopCode, s.StoppedReason, reason, s.EventType, int64(1+len(reason)%5), true)
		}
	}
	f.Fuzz(func(t *testing.T, stopCode, stoppedReason, containerReason, group string, exit int64, ran bool) {
		s := events.Stop{
			Kind:          events.KindTask,
			StopCode:      stopCode,
			StoppedReason: stoppedReason,
			Group:         group,
			Containers: []events.Container{
				{Name: "a", Reason: containerReason},
				{Name: group, Image: containerReason},
			},
		}
		if ran {
			s.Containers[0].ExitCode = &exit
		}
		kinds := []events.Kind{
			events.KindTask, events.KindContainer, events.KindService, events.KindDeployment, events.KindRequest,
		}
		s.Kind = kinds[uint64(exit)%uint64(len(kinds))]
		if s.Kind == events.KindContainer {
			s.Ended = len(group) % 2
		}
		s.EventName, s.EventType = containerReason, group
		finding := classifier.Classify(s)
		if finding.Stage == "" || finding.Fault == "" || finding.Domain == "" || finding.Verdict == "" ||
			finding.Confidence == "" ||
			finding.Summary == "" || finding.NextStep == "" || len(finding.Signature) != 16 || finding.Culprit < -1 ||
			finding.Culprit > 1 {
			t.Errorf("not a whole finding: %+v", finding)
		}
		if again := classifier.Classify(s); !cmp.Equal(finding, again) {
			t.Errorf("two answers to one stop:\n%+v\n%+v", finding, again)
		}
	})
}
