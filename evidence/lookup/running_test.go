package lookup

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	trailtypes "github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/google/go-cmp/cmp"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence"
	"whystopped/evidence/lookup/awstest"
)

const (
	web      = "0a1b2c3d4e5f60718293a4b5c6d7e8f9" // the task
	webARN   = arn + "task/prod/" + web
	balance  = "arn:aws:elasticloadbalancing:" + region + ":" + account + ":"
	webTG    = balance + "targetgroup/web/1"
	password = "hunter2"
)

// masked is what the gatherer of a test does to log lines.
func masked(lines []string) []string {
	all := slices.Clone(lines)
	for i, line := range lines {
		all[i] = strings.ReplaceAll(line, password, "***")
	}
	return all
}

// cloudTrail asks CloudTrail as the command line does.
func cloudTrail(cfg aws.Config, q TrailQuery) TrailPages {
	return trailPages{cloudtrail.NewLookupEventsPaginator(cloudtrail.NewFromConfig(cfg),
		&cloudtrail.LookupEventsInput{StartTime: &q.From, EndTime: &q.To, MaxResults: aws.Int32(50),
			LookupAttributes: []trailtypes.LookupAttribute{
				{AttributeKey: trailtypes.LookupAttributeKey(q.Key), AttributeValue: &q.Value}}})}
}

type trailPages struct {
	*cloudtrail.LookupEventsPaginator
}

func (p trailPages) NextPage(ctx context.Context) (entries []TrailEntry, err error) {
	page, err := p.LookupEventsPaginator.NextPage(ctx)
	if err != nil {
		return nil, err
	}
	for _, e := range page.Events {
		entries = append(entries, TrailEntry{At: aws.ToTime(e.EventTime), JSON: aws.ToString(e.CloudTrailEvent)})
	}
	return entries, nil
}

// webStop is a task of the service web that ran for 70 seconds.
func webStop() events.Stop {
	s := fargateStop()
	s.TaskID, s.TaskARN, s.CreatedAt = web, webARN, created.Add(-70*time.Second)
	s.StartedAt = created.Add(-60 * time.Second)
	s.StoppingAt = created.Add(10 * time.Second)
	s.StoppedAt = created.Add(30 * time.Second)
	code := int64(1)
	s.Containers = []events.Container{{Name: "app", ExitCode: &code, ImageDigest: "sha256:bb", RuntimeID: "f00d"}}
	return s
}

// ofWeb is a finding about webStop whose causes are open.
func ofWeb(stage classifier.Stage, fault classifier.Fault, culprit int, causes ...string) classifier.Finding {
	f := open(causes...)
	f.Stage, f.Fault, f.Culprit = stage, fault, culprit
	return f
}

// afterwards puts what is read of a task that had started, beside what fargate puts.
func afterwards(s *awstest.Server) {
	fargate(s)
	s.Clear("ecs:DescribeTaskDefinition")
	definition := func(revision, image string, memory int) object {
		return object{
			"taskDefinitionArn": arn + "task-definition/web:" + revision,
			"networkMode":       "awsvpc",
			"memory":            "1024",
			"containerDefinitions": []object{{
				"name":         "app",
				"image":        image,
				"essential":    true,
				"memory":       memory,
				"portMappings": []object{{"containerPort": 8080, "hostPort": 8080}},
				"environment":  []object{{"name": "PASSWORD", "value": "do-not-read"}},
				"logConfiguration": object{
					"logDriver": "awslogs",
					"options": object{
						"awslogs-group":         "/ecs/web",
						"awslogs-stream-prefix": "app",
						"awslogs-region":        region,
					},
				},
			}},
		}
	}
	s.Put("ecs:DescribeTaskDefinition", definition("42", "web:42", 512), definition("41", "web:41", 1024))
	s.Clear("ecs:DescribeServices")
	s.Put("ecs:DescribeServices", object{
		"serviceArn":                    arn + "service/prod/web",
		"serviceName":                   "web",
		"desiredCount":                  2,
		"runningCount":                  1,
		"healthCheckGracePeriodSeconds": 0,
		"availabilityZoneRebalancing":   "ENABLED",
		"loadBalancers": []object{{
			"targetGroupArn": webTG,
			"containerName":  "app",
			"containerPort":  8080,
		}},
		"deployments": []object{
			{
				"id":                   deployment,
				"status":               "PRIMARY",
				"taskDefinition":       arn + "task-definition/web:42",
				"rolloutState":         "IN_PROGRESS",
				"createdAt":            seconds(created.Add(-2 * time.Minute)),
				"networkConfiguration": awsvpc("DISABLED"),
			},
			{
				"id":                   "ecs-svc/1",
				"status":               "ACTIVE",
				"taskDefinition":       arn + "task-definition/web:41",
				"rolloutState":         "COMPLETED",
				"createdAt":            seconds(created.Add(-time.Hour)),
				"networkConfiguration": awsvpc("DISABLED"),
			},
		},
		"events": []object{{
			"createdAt": seconds(created),
			"message": "(service web) (task " + web + ") (port 8080) is unhealthy in (target-group " + webTG +
				") due to (reason Health checks failed with these codes: [404]).",
		}},
	})
	s.Put(
		"elasticloadbalancing:DescribeTargetGroups",
		object{
			"TargetGroupArn":             webTG,
			"TargetGroupName":            "web",
			"Protocol":                   "HTTP",
			"ProtocolVersion":            "HTTP1",
			"TargetType":                 "ip",
			"HealthCheckProtocol":        "HTTP",
			"HealthCheckPath":            "/health",
			"HealthCheckPort":            "traffic-port",
			"HealthCheckIntervalSeconds": 30,
			"HealthCheckTimeoutSeconds":  5,
			"UnhealthyThresholdCount":    2,
			"Matcher":                    object{"HttpCode": "200"},
			"LoadBalancerArns":           []string{balance + "loadbalancer/app/front/1"},
		},
	)
	s.Put(
		"elasticloadbalancing:DescribeLoadBalancers",
		object{
			"LoadBalancerArn":   balance + "loadbalancer/app/front/1",
			"LoadBalancerName":  "front",
			"Type":              "application",
			"SecurityGroups":    []string{"sg-lb"},
			"AvailabilityZones": []object{{"ZoneName": region + "a", "SubnetId": "subnet-0a1"}},
		},
	)
	s.Put(
		"elasticloadbalancing:DescribeTargetHealth",
		object{
			"TargetGroupArn": webTG,
			"Target":         object{"Id": "10.0.1.20", "Port": 8080},
			"TargetHealth":   object{"State": "draining", "Reason": "Target.DeregistrationInProgress"},
		},
		object{
			"TargetGroupArn": webTG,
			"Target":         object{"Id": "10.0.1.21", "Port": 8080},
			"TargetHealth":   object{"State": "healthy"},
		},
	)
	s.Put("ecs:DescribeTasks", task(web, deployment, 30, "UNHEALTHY"),
		task("00000000000000000000000000000001", deployment, -20, "UNKNOWN"),
		task("00000000000000000000000000000002", "ecs-svc/1", -40, "UNKNOWN"))
	s.Put("logs:GetLogEvents", object{
		"logGroupName":  "/ecs/web",
		"logStreamName": "app/app/" + web,
		"events": []object{
			line(0, "starting"),
			line(1, "Traceback:\n  File \"app.py\"\nError: no database at postgres://web:"+password+"@db/web")},
	})
	s.Put(
		"ecs:ListServiceDeployments",
		object{
			"serviceArn":               arn + "service/prod/web",
			"serviceDeploymentArn":     arn + "service-deployment/prod/web/7",
			"createdAt":                seconds(created.Add(-2 * time.Minute)),
			"targetServiceRevisionArn": arn + "service-revision/prod/web/42",
			"status":                   "ROLLBACK_SUCCESSFUL",
		},
		object{
			"serviceArn":               arn + "service/prod/web",
			"serviceDeploymentArn":     arn + "service-deployment/prod/web/6",
			"createdAt":                seconds(created.Add(-time.Hour)),
			"targetServiceRevisionArn": arn + "service-revision/prod/web/41",
			"status":                   "SUCCESSFUL",
		},
	)
	s.Put(
		"ecs:DescribeServiceRevisions",
		object{
			"serviceRevisionArn": arn + "service-revision/prod/web/42",
			"taskDefinition":     arn + "task-definition/web:42",
			"containerImages":    []object{{"containerName": "app", "imageDigest": "sha256:bb"}},
		},
		object{
			"serviceRevisionArn": arn + "service-revision/prod/web/41",
			"taskDefinition":     arn + "task-definition/web:41",
			"containerImages":    []object{{"containerName": "app", "imageDigest": "sha256:aa"}},
		},
	)
	s.Put("ecs:DescribeServiceDeployments", object{
		"serviceDeploymentArn":     arn + "service-deployment/prod/web/7",
		"status":                   "ROLLBACK_SUCCESSFUL",
		"deploymentCircuitBreaker": object{"status": "TRIGGERED", "failureCount": 3, "threshold": 3},
		"alarms":                   object{"triggeredAlarmNames": []string{}},
	})
	s.Put(
		"cloudtrail:LookupEvents",
		stopCall("00000000000000000000000000000003", 9*time.Second, "bystander"),
		stopCall(webARN, 10*time.Second, "li"),
		stopCall(web, time.Hour, "much later"),
		object{
			"EventName": "GetAuthorizationToken",
			"Username":  web,
			"EventTime": created,
			"CloudTrailEvent": object{
				"eventSource":       "ecr.amazonaws.com",
				"eventName":         "GetAuthorizationToken",
				"errorCode":         "AccessDenied",
				"errorMessage":      "User is not authorized",
				"vpcEndpointId":     "vpce-ecr",
				"sourceIPAddress":   "10.0.1.20",
				"requestParameters": nil,
				"userIdentity": object{
					"type": "AssumedRole",
					"arn":  "arn:aws:sts::" + account + ":assumed-role/execution/" + web,
				},
			},
		},
		object{
			"EventName": "DescribeLogGroups",
			"Username":  web,
			"EventTime": created,
			"CloudTrailEvent": object{
				"eventSource":       "logs.amazonaws.com",
				"eventName":         "DescribeLogGroups",
				"requestParameters": object{"task": object{"of": "another form"}},
			},
		},
	)
}

func task(id, startedBy string, stopped int, health string) object {
	return object{
		"taskArn":       arn + "task/prod/" + id,
		"group":         "service:web",
		"desiredStatus": "STOPPED",
		"startedBy":     startedBy,
		"stopCode":      "TaskFailedToStart",
		"stoppedAt":     seconds(created.Add(time.Duration(stopped) * time.Second)),
		"containers":    []object{{"name": "app", "healthStatus": health}},
	}
}

func line(second int, message string) object {
	return object{
		"timestamp":     created.Add(time.Duration(second) * time.Second).UnixMilli(),
		"ingestionTime": created.UnixMilli(),
		"message":       message,
	}
}

func stopCall(task string, after time.Duration, who string) object {
	return object{
		"EventName": "StopTask",
		"Username":  who,
		"EventTime": created.Add(after),
		"CloudTrailEvent": object{
			"eventSource":                  "ecs.amazonaws.com",
			"eventName":                    "StopTask",
			"sourceIPAddress":              "198.51.100.7",
			"userAgent":                    "aws-cli/2.22.0",
			"requestParameters":            object{"cluster": "prod", "task": task, "reason": "cleanup"},
			"sessionCredentialFromConsole": "true",
			"userIdentity": object{
				"type": "AssumedRole",
				"arn":  "arn:aws:sts::" + account + ":assumed-role/ops/" + who,
			},
		},
	}
}

// hostGone is a task on an instance that its Auto Scaling group ended.
func hostGone(s *awstest.Server) {
	onEC2(s)
	for n := range 120 { // one page and a half, the newest first; the instance is among the older ones
		id := fmt.Sprintf("i-%04d", n)
		if n == 110 {
			id = "i-0a1"
		}
		s.Put("autoscaling:DescribeScalingActivities", object{
			"AutoScalingGroupName": "hosts",
			"ActivityId":           fmt.Sprint(n),
			"Description":          "Terminating EC2 instance: " + id,
			"Cause":                "a scale-in",
			"StartTime":            created.Add(time.Duration(30-n/4) * time.Second).Format(time.RFC3339),
			"StatusCode":           "Successful",
		})
	}
	for n := range 300 { // of days before
		s.Put("autoscaling:DescribeScalingActivities", object{
			"AutoScalingGroupName": "hosts",
			"ActivityId":           fmt.Sprint(1000 + n),
			"Description":          "Launching",
			"Cause":                "growth",
			"StartTime":            created.Add(-time.Duration(48+n) * time.Hour).Format(time.RFC3339),
			"StatusCode":           "Successful",
		})
	}
}

func hostStop() events.Stop {
	s := ec2Stop()
	s.TaskID, s.TaskARN = web, webARN
	return s
}

var runningScenarios = []scenario{
	{
		name:    "a task that failed its health checks",
		put:     afterwards,
		stop:    webStop,
		finding: ofWeb(classifier.HealthCheck, classifier.Unhealthy, -1, "health-sg", "health-app-down"),
	},
	{
		name:    "a task whose deployment was rolled back",
		put:     afterwards,
		stop:    webStop,
		finding: ofWeb(classifier.Scheduler, classifier.RolledBack, -1, "circuit-breaker"),
	},
	{
		name:    "a task that somebody stopped",
		put:     afterwards,
		stop:    webStop,
		finding: ofWeb(classifier.User, classifier.Requested, -1, "stopped-by-person"),
	},
	{
		name:    "a task whose instance ended",
		put:     hostGone,
		stop:    hostStop,
		finding: ofWeb(classifier.Host, classifier.Lost, -1, "instance-scaled-in"),
	},
	{
		name:    "a task on whose instance Docker did not answer",
		put:     onEC2,
		stop:    hostStop,
		finding: ofWeb(classifier.Agent, classifier.Timeout, -1, "docker-unresponsive"),
	},
}

// gathered looks up what happened to webStop.
func gathered(t *testing.T, s *awstest.Server, f classifier.Finding) classifier.Gathered {
	t.Helper()
	g, _ := newGatherer(s)
	return g.Gather(t.Context(), webStop(), f)
}

func TestTheAftermathIsRead(t *testing.T) {
	s := newServer(t)
	afterwards(s)
	g, _ := newGatherer(s)
	r := &reading{Gatherer: g, stop: webStop(), finding: ofWeb(classifier.HealthCheck, classifier.Unhealthy, 0)}
	for _, group := range evidence.Groups {
		readers[group.Need](t.Context(), r)
	}
	r.finding.Causes = open("stopped-by-person").Causes
	readTrail(t.Context(), r)
	golden(t, "aftermath", r.facts.Running)
}

func TestProofsOfWhatHappenedAfterTheStart(t *testing.T) {
	for _, test := range []struct {
		cause   string
		finding classifier.Finding
		put     func(*awstest.Server)
		result  classifier.Result
		reason  string
		says    string
	}{
		{
			cause:   "health-path",
			finding: ofWeb(classifier.HealthCheck, classifier.Unhealthy, -1),
			result:  classifier.Confirmed,
			says:    "app answered /health (port traffic-port) of web with 404, and only 200 counts as healthy",
		},
		{
			cause:   "health-sg",
			finding: ofWeb(classifier.HealthCheck, classifier.Unhealthy, -1),
			result:  classifier.RuledOut,
			says:    "404",
		},
		{
			cause:   "health-slow-app",
			finding: ofWeb(classifier.HealthCheck, classifier.Unhealthy, -1),
			result:  classifier.RuledOut,
			says:    "404",
		},
		{
			cause:   "health-path",
			finding: ofWeb(classifier.HealthCheck, classifier.Unhealthy, -1),
			put:     func(s *awstest.Server) { s.Clear("elasticloadbalancing:DescribeTargetGroups") },
			result:  classifier.Inconclusive,
			reason:  "not_visible",
			says:    "gone",
		},
		{
			cause:   "health-path",
			finding: ofWeb(classifier.HealthCheck, classifier.Unhealthy, -1),
			put: func(s *awstest.Server) {
				s.Inject(awstest.Fault{Operation: "elasticloadbalancing:DescribeTargetGroups", Denied: true})
			},
			result: classifier.Inconclusive,
			reason: "no_permission",
			says:   "404",
		},
		{
			cause:   "health-path",
			finding: ofWeb(classifier.HealthCheck, classifier.Unhealthy, -1),
			put: func(s *awstest.Server) {
				s.Inject(awstest.Fault{Operation: "elasticloadbalancing", Throttled: true})
			},
			result: classifier.Inconclusive,
			reason: "throttled",
		},
		{
			cause:   "app-error",
			finding: ofWeb(classifier.Runtime, classifier.Crashed, 0),
			result:  classifier.Inconclusive,
			reason:  "unsaid",
			says: `app ended with 1 after 70 s; its log says at 09:59:01Z "Error: no database at ` +
				`postgres://web:***@db/web"; since web:41 (last steady, service deployment 6): image of app web:41 → ` +
				`web:42, memory of app 1024 → 512, digest of app sha256:aa → sha256:bb`,
		},
		{
			cause:   "app-error",
			finding: ofWeb(classifier.Runtime, classifier.Crashed, 0),
			put: func(s *awstest.Server) {
				s.Clear("logs:GetLogEvents")
				s.Clear("ecs:ListServiceDeployments")
			},
			result: classifier.Inconclusive,
			reason: "unsaid",
			says: "it wrote nothing; since web:41 (last steady, deployment ecs-svc/1): image of app web:41 → " +
				"web:42, memory of app 1024 → 512",
		},
		{
			cause:   "app-error",
			finding: ofWeb(classifier.Runtime, classifier.Crashed, 0),
			put: func(s *awstest.Server) {
				s.Inject(awstest.Fault{Operation: "logs:GetLogEvents", Denied: true})
			},
			result: classifier.Inconclusive,
			reason: "no_permission",
			says:   "since web:41",
		},
		{
			cause:   "memory-limit",
			finding: ofWeb(classifier.Runtime, classifier.OOM, 0),
			result:  classifier.Confirmed,
			says:    "its own limit of 512 MiB, of 1024 MiB of the task",
		},
		{
			cause:   "circuit-breaker",
			finding: ofWeb(classifier.Scheduler, classifier.RolledBack, 0),
			result:  classifier.Confirmed,
			says: "service deployment 7 was triggered after 3 failed tasks (threshold 3), status " +
				"ROLLBACK_SUCCESSFUL; its first stopped task is 00000000000000000000000000000001",
		},
		{
			cause:   "circuit-breaker",
			finding: ofWeb(classifier.Scheduler, classifier.RolledBack, 0),
			put:     func(s *awstest.Server) { s.PageSize = 1 },
			result:  classifier.Confirmed,
			says:    "after 3 failed tasks (threshold 3), status ROLLBACK_SUCCESSFUL; since",
		},
		{
			cause:   "deployment-replaced",
			finding: ofWeb(classifier.Scheduler, classifier.UnknownFault, 0),
			result:  classifier.RuledOut,
			says:    "is the PRIMARY one",
		},
		{
			cause:   "stopped-by-person",
			finding: ofWeb(classifier.User, classifier.Requested, -1),
			result:  classifier.Confirmed,
			says:    "assumed-role/ops/li from 198.51.100.7",
		},
		{
			cause:   "stopped-by-automation",
			finding: ofWeb(classifier.User, classifier.Requested, -1),
			result:  classifier.RuledOut,
			says:    "assumed-role/ops/li",
		},
		{
			cause:   "stopped-by-person",
			finding: ofWeb(classifier.User, classifier.Requested, -1),
			put:     func(s *awstest.Server) { s.Clear("cloudtrail:LookupEvents") },
			result:  classifier.Inconclusive,
			reason:  "deferred",
			says:    "yet",
		},
		{
			cause:   "stopped-by-person",
			finding: ofWeb(classifier.User, classifier.Requested, -1),
			put: func(s *awstest.Server) {
				s.Inject(awstest.Fault{Operation: "cloudtrail", Throttled: true})
			},
			result: classifier.Inconclusive,
			reason: "throttled",
		},
	} {
		t.Run(test.cause, func(t *testing.T) {
			s := newServer(t)
			afterwards(s)
			if test.put != nil {
				test.put(s)
			}
			test.finding.Causes = open(test.cause).Causes
			p := gathered(t, s, test.finding).Proofs[0]
			if p.Result != test.result || p.Reason != test.reason || !strings.Contains(p.Evidence, test.says) ||
				(p.Reason == "no_permission") != (p.MissingAction != "") {
				t.Errorf("%+v", p)
			}
		})
	}
}

// TestADeploymentThatReportsIsLookedUp: its event names no task definition, and the newest deployment before it is
// meant.
func TestADeploymentThatReportsIsLookedUp(t *testing.T) {
	report := events.Stop{
		Kind:         events.KindDeployment,
		Account:      account,
		Region:       region,
		ClusterARN:   arn + "cluster/prod",
		Cluster:      "prod",
		Service:      "web",
		DeploymentID: deployment,
		StoppedAt:    created.Add(time.Minute),
	}
	rolledBack := func(cause string) classifier.Finding {
		return classifier.Finding{
			Stage:   classifier.Scheduler,
			Fault:   classifier.RolledBack,
			Culprit: -1,
			Verdict: classifier.Failure,
			Causes:  open(cause).Causes,
		}
	}
	for _, test := range []struct {
		cause string
		at    time.Time
		put   func(*awstest.Server)
		want  classifier.Result
		says  string
	}{
		{
			cause: "circuit-breaker",
			at:    report.StoppedAt,
			want:  classifier.Confirmed,
			says: "service deployment 7 was triggered after 3 failed tasks (threshold 3), status " +
				"ROLLBACK_SUCCESSFUL; its first stopped task is 00000000000000000000000000000001",
		},
		{
			cause: "deployment-alarm",
			at:    report.StoppedAt,
			want:  classifier.RuledOut,
			says:  "triggered after 3 failed tasks, and no alarm",
		},
		{
			cause: "deployment-alarm",
			at:    report.StoppedAt,
			put: func(s *awstest.Server) {
				s.Clear("ecs:DescribeServiceDeployments")
				s.Put("ecs:DescribeServiceDeployments", object{
					"serviceDeploymentArn": arn + "service-deployment/prod/web/7",
					"status":               "ROLLBACK_SUCCESSFUL",
					"alarms":               object{"triggeredAlarmNames": []string{"web-5xx"}},
				})
			},
			want: classifier.Confirmed,
			says: "its alarm web-5xx went off",
		},
		// deployment 7 had not begun, and 6 is not described
		{
			cause: "deployment-alarm",
			at:    created.Add(-3 * time.Minute),
			want:  classifier.Inconclusive,
			says:  "no longer tells",
		},
		{
			cause: "deployment-alarm",
			at:    report.StoppedAt,
			put:   func(s *awstest.Server) { s.Clear("ecs:ListServiceDeployments") },
			want:  classifier.Inconclusive,
			says:  "no longer tells",
		},
	} {
		t.Run(test.cause, func(t *testing.T) {
			s := newServer(t)
			afterwards(s)
			if test.put != nil {
				test.put(s)
			}
			stop := report
			stop.StoppedAt = test.at
			g, _ := newGatherer(s)
			if p := g.Gather(t.Context(), stop, rolledBack(test.cause)).Proofs[0]; p.Result != test.want ||
				!strings.Contains(p.Evidence, test.says) {
				t.Errorf("%+v", p)
			}
			if s.Count("ecs:DescribeServiceRevisions") > 0 {
				t.Error("revisions are read that nothing is compared with")
			}
		})
	}
}

// TestAnAlarmIsFoundWhereTheCircuitBreakerIsSuspected: the same facts prove it.
func TestAnAlarmIsFoundWhereTheCircuitBreakerIsSuspected(t *testing.T) {
	s := newServer(t)
	afterwards(s)
	s.Clear("ecs:DescribeServiceDeployments")
	s.Put("ecs:DescribeServiceDeployments", object{
		"serviceDeploymentArn": arn + "service-deployment/prod/web/7",
		"status":               "ROLLBACK_SUCCESSFUL",
		"alarms":               object{"triggeredAlarmNames": []string{"web-5xx"}},
	})
	proofs := gathered(t, s, ofWeb(classifier.Scheduler, classifier.RolledBack, -1, "circuit-breaker")).Proofs
	if len(proofs) != 2 || proofs[0].Result != classifier.RuledOut || proofs[1].Cause != "deployment-alarm" ||
		proofs[1].Result != classifier.Confirmed {
		t.Errorf("%+v", proofs)
	}
}

// TestAnArchiveTellsWhatRanWellWhereECSDoesNot: what ECS calls steady comes first.
func TestAnArchiveTellsWhatRanWellWhereECSDoesNot(t *testing.T) {
	newService := func(s *awstest.Server) { // the deployments that the archive knows are forgotten
		s.Clear("ecs:ListServiceDeployments")
		s.Clear("ecs:DescribeServices")
	}
	for _, test := range []struct {
		name  string
		put   func(*awstest.Server)
		past  Past
		asked bool
		says  string
	}{
		{
			name: "ECS does not know",
			put:  newService,
			past: Past{
				Source:         "its task 1 ran 5 days, by the archive",
				TaskDefinition: "web:41",
				Digests:        map[string]string{"app": "sha256:aa"},
			},
			asked: true,
			says: "; since web:41 (its task 1 ran 5 days, by the archive): image of app web:41 → web:42, memory of " +
				"app 1024 → 512, digest of app sha256:aa → sha256:bb",
		},
		{
			name:  "the same revision",
			put:   newService,
			past:  Past{Source: "its task 1 ran 5 days, by the archive", TaskDefinition: "web:42"},
			asked: true,
			says:  "; web:42 itself ran well before (its task 1 ran 5 days, by the archive)",
		},
		{name: "the archive does not know either", put: newService, past: Past{}, asked: true},
		{
			name:  "ECS has forgotten the revision",
			put:   newService,
			past:  Past{Source: "its task 1 ran 5 days, by the archive", TaskDefinition: "web:12"},
			asked: true,
		},
		{
			name: "ECS knows",
			put:  func(*awstest.Server) {},
			past: Past{Source: "its task 1 ran 5 days, by the archive", TaskDefinition: "web:41"},
			says: "; since web:41 (last steady, service deployment 6): ",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			afterwards(s)
			test.put(s)
			g, _ := newGatherer(s)
			asked := false
			g.Archive = func(_ context.Context, stop events.Stop) (Past, bool) {
				asked = stop.TaskID == web
				return test.past, test.past.TaskDefinition != ""
			}
			f := ofWeb(classifier.Runtime, classifier.Crashed, 0, "app-error")
			p := g.Gather(t.Context(), webStop(), f).Proofs[0]
			_, says, _ := strings.Cut(p.Evidence, "db/web\"")
			if asked != test.asked || !strings.HasPrefix(says, test.says) || test.says == "" && says != "" {
				t.Errorf("archive asked %t, evidence %q", asked, p.Evidence)
			}
		})
	}
}

func TestAnInstanceIsFoundAmongManyActivities(t *testing.T) {
	s := newServer(t)
	hostGone(s)
	g, _ := newGatherer(s)
	s.Clear("ec2:DescribeInstances")
	s.Put("ec2:DescribeInstances", object{
		"instanceId":    "i-0a1",
		"instanceState": object{"name": "terminated"},
		"stateReason":   object{"code": "Client.UserInitiatedShutdown"},
		"tagSet":        []object{{"key": "aws:autoscaling:groupName", "value": "hosts"}},
	})
	p := g.Gather(t.Context(), hostStop(), ofWeb(classifier.Host, classifier.Lost, -1, "instance-scaled-in")).Proofs[0]
	if p.Result != classifier.Confirmed || !strings.Contains(p.Evidence, "Terminating EC2 instance: i-0a1") {
		t.Errorf("%+v", p)
	}
	if n := s.Count("autoscaling"); n != 2 {
		t.Errorf("%d pages are read, of which two are of the last days", n)
	}
}

// TestLogLines: they are read where that is wanted, also when the text decided the causes that would need them, and
// never without somebody who takes the secrets out.
func TestLogLines(t *testing.T) {
	whole := []string{"starting", "Traceback:", `  File "app.py"`, "Error: no database at postgres://web:***@db/web"}
	place := classifier.Log{Group: "/ecs/web", Stream: "app/app/" + web, Region: region}
	for _, test := range []struct {
		name    string
		change  func(*Options)
		stop    func(*events.Stop)
		put     func(*awstest.Server)
		finding classifier.Finding
		lines   []string
		calls   int
	}{
		{
			name:    "wanted",
			finding: ofWeb(classifier.Runtime, classifier.Crashed, 0, "app-error"),
			lines:   whole,
			calls:   1,
		},
		{
			name:    "for a cause that needs none",
			finding: ofWeb(classifier.Runtime, classifier.Crashed, 0, "sigterm-ignored"),
			lines:   whole,
			calls:   1,
		},
		{
			name:    "in the function",
			change:  func(o *Options) { o.Tier = evidence.TierDescribe },
			finding: ofWeb(classifier.Runtime, classifier.Crashed, 0, "app-error"),
			lines:   whole,
			calls:   1,
		},
		{
			name:    "not wanted",
			change:  func(o *Options) { o.LogTail = false },
			finding: ofWeb(classifier.Runtime, classifier.Crashed, 0, "app-error"),
		},
		{
			name:    "nobody takes the secrets out",
			change:  func(o *Options) { o.Redact = nil },
			finding: ofWeb(classifier.Runtime, classifier.Crashed, 0, "app-error"),
		},
		{
			name:    "the task never ran",
			stop:    func(s *events.Stop) { s.StartedAt, s.Containers[0].ExitCode = time.Time{}, nil },
			finding: ofWeb(classifier.Runtime, classifier.Crashed, 0, "sigterm-ignored"),
		},
		{
			name: "empty pages come first",
			put: func(s *awstest.Server) {
				s.Clear("logs:GetLogEvents")
				s.Put("logs:GetLogEvents", object{
					"logGroupName":  place.Group,
					"logStreamName": place.Stream,
					"empty":         2,
					"events":        []object{line(0, "at last")},
				})
			},
			finding: ofWeb(classifier.Runtime, classifier.Crashed, 0, "app-error"),
			lines:   []string{"at last"},
			calls:   3,
		},
		{
			name: "nothing but empty pages",
			put: func(s *awstest.Server) {
				s.Clear("logs:GetLogEvents")
				s.Put("logs:GetLogEvents", object{
					"logGroupName":  place.Group,
					"logStreamName": place.Stream,
					"empty":         4,
					"events":        []object{line(0, "at last")},
				})
			},
			finding: ofWeb(classifier.Runtime, classifier.Crashed, 0, "app-error"),
			calls:   3,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			afterwards(s)
			if test.put != nil {
				test.put(s)
			}
			o := Options{
				Tier:    evidence.TierVerify,
				Caller:  callerOf,
				LogTail: true,
				Redact:  masked,
				Now:     func() time.Time { return created.Add(time.Minute) },
			}
			if test.change != nil {
				test.change(&o)
			}
			stop := webStop()
			if test.stop != nil {
				test.stop(&stop)
			}
			found := New(config(s), o).Gather(t.Context(), stop, test.finding)
			want := place
			want.Lines = test.lines
			if diff := cmp.Diff(want, found.Log); diff != "" || s.Count("logs") != test.calls {
				t.Errorf("%d calls, log (-want +got):\n%s", s.Count("logs"), diff)
			}
			if strings.Contains(fmt.Sprint(found), password) {
				t.Errorf("a secret is told: %+v", found)
			}
		})
	}
}

// TestTheFunctionLeavesCloudTrailToTheCommandLine: no call is made, and the cause names the command.
func TestTheFunctionLeavesCloudTrailToTheCommandLine(t *testing.T) {
	for _, verdict := range []classifier.Verdict{classifier.Expected, classifier.Failure} {
		s := newServer(t)
		afterwards(s)
		f := ofWeb(classifier.User, classifier.Requested, -1, "stopped-by-person", "stopped-by-automation",
			"sigterm-ignored")
		f.Verdict = verdict
		found := New(config(s), Options{Tier: evidence.TierDeep, Caller: callerOf}).Gather(t.Context(), webStop(), f)
		if len(found.Proofs) < 2 || s.Count("cloudtrail") > 0 || verdict == classifier.Expected && s.Count("") > 0 {
			t.Fatalf("%+v after %q", found.Proofs, s.Requests())
		}
		for _, p := range found.Proofs[:2] {
			if p.Result != classifier.NotChecked || p.Reason != classifier.ReasonDeferred ||
				!strings.Contains(p.Next, "`whystopped history "+web+" --verify --from logs: --region "+
					webStop().Region+"`") {
				t.Errorf("%+v", p)
			}
		}
	}
}

// TestCloudTrailIsReadPageByPage: no faster than it allows, and to the end.
func TestCloudTrailIsReadPageByPage(t *testing.T) {
	s := newServer(t)
	afterwards(s)
	s.Clear("cloudtrail:LookupEvents")
	for n := range 110 {
		s.Put("cloudtrail:LookupEvents", stopCall(fmt.Sprintf("%032d", n), time.Duration(n)*time.Second, "others"))
	}
	s.Put("cloudtrail:LookupEvents", stopCall(web, -time.Minute, "li"))
	begin := time.Now()
	p := gathered(t, s, ofWeb(classifier.User, classifier.Requested, -1, "stopped-by-person")).Proofs[0]
	if n := s.Count("cloudtrail"); n != 3 || p.Result != classifier.Confirmed ||
		!strings.Contains(p.Evidence, "assumed-role/ops/li") {
		t.Errorf("%d calls: %+v", n, p)
	}
	if took := time.Since(begin); took < 900*time.Millisecond {
		t.Errorf("three calls in %s", took)
	}
}

func TestDeniedCallsOfTheExecutionRole(t *testing.T) {
	s := newServer(t)
	afterwards(s)
	g, _ := newGatherer(s)
	r := &reading{Gatherer: g, stop: webStop(), finding: open("role-permission-missing")}
	readTrail(t.Context(), r)
	want := evidence.Is([]evidence.TrailEvent{{
		At:       created,
		Action:   "ecr:GetAuthorizationToken",
		Error:    "AccessDenied",
		Message:  "User is not authorized",
		Identity: "AssumedRole",
		ARN:      "arn:aws:sts::" + account + ":assumed-role/execution/" + web,
		SourceIP: "10.0.1.20",
		Endpoint: "vpce-ecr",
	}})
	if diff := cmp.Diff(want, r.facts.Running.Denials); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestWhatAnAftermathCosts: a stop of any kind stays far below the budget.
func TestWhatAnAftermathCosts(t *testing.T) {
	for _, test := range []struct {
		finding classifier.Finding
		most    int
	}{
		{
			ofWeb(classifier.HealthCheck, classifier.Unhealthy, -1, "health-grace-period", "health-path",
				"health-matcher", "health-port", "health-sg", "health-app-down", "health-slow-app",
				"health-dependency"),
			30,
		},
		{ofWeb(classifier.Runtime, classifier.OOM, 0, "memory-limit", "task-memory-limit", "heap-setting"), 9},
		{ofWeb(classifier.Scheduler, classifier.RolledBack, 0, "circuit-breaker"), 11},
		{ofWeb(classifier.User, classifier.Requested, -1, "stopped-by-person", "stopped-by-automation"), 7},
	} {
		s := newServer(t)
		afterwards(s)
		gathered(t, s, test.finding)
		if n := s.Count(""); n > test.most {
			t.Errorf("%s costs %d calls: %q", test.finding.Class(), n, s.Requests())
		}
	}
}
