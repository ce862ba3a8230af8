//go:build !local

package main

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"whystopped/cmd/whystopped/account/accounttest"
	"whystopped/cmd/whystopped/account/permissions"
	"whystopped/cmd/whystopped/screen"
	"whystopped/cmd/whystopped/screen/screentest"
	"whystopped/evidence/lookup/awstest"
)

const ecsAccount = "111122223333"

// newECS starts a stand-in of ECS and STS and points the environment to it.
func newECS(t *testing.T) *awstest.Server {
	t.Helper()
	accounttest.Environment(t)
	s := awstest.NewServer(ecsAccount)
	t.Cleanup(s.Close)
	for _, service := range []string{"ECS", "STS"} {
		t.Setenv("AWS_ENDPOINT_URL_"+service, s.URL)
	}
	return s
}

// crashedTask is a task of prod in eu-west-1 that stopped so many minutes ago, as DescribeTasks tells it.
func crashedTask(n, minutes int) awstest.Object {
	at := func(d time.Duration) float64 {
		return float64(time.Now().Add(-time.Duration(minutes)*time.Minute-d).UnixMilli()) / 1000
	}
	const prefix = "arn:aws:ecs:eu-west-1:" + ecsAccount
	return awstest.Object{
		"taskArn":           prefix + ":task/prod/" + accounttest.TaskID(n),
		"clusterArn":        prefix + ":cluster/prod",
		"taskDefinitionArn": prefix + ":task-definition/web:42",
		"group":             "service:web",
		"startedBy":         "ecs-svc/1",
		"launchType":        "FARGATE",
		"desiredStatus":     "STOPPED",
		"lastStatus":        "STOPPED",
		"stopCode":          "EssentialContainerExited",
		"stoppedReason":     "Essential container in task exited",
		"createdAt":         at(2 * time.Minute),
		"startedAt":         at(time.Minute),
		"stoppedAt":         at(0),
		"containers": []awstest.Object{{
			"name": "app", "exitCode": 1, "lastStatus": "STOPPED", "image": "web:42",
		}},
		"overrides": awstest.Object{"containerOverrides": []awstest.Object{{
			"name": "app", "environment": []awstest.Object{{"name": "DB_PASSWORD", "value": "do-not-leak"}},
		}}},
	}
}

// but is a task with other fields.
func but(task awstest.Object, fields awstest.Object) awstest.Object {
	task = maps.Clone(task)
	maps.Copy(task, fields)
	return task
}

func cluster(name string) awstest.Object {
	return awstest.Object{"clusterArn": "arn:aws:ecs:eu-west-1:" + ecsAccount + ":cluster/" + name}
}

// explained are the ids of the tasks that explain --json prints, without the zeros at their end.
func explained(t *testing.T, stdout string) []string {
	t.Helper()
	var ids []string
	for line := range strings.Lines(stdout) {
		var r struct{ TaskID string }
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, strings.TrimLeft(r.TaskID[:8], "0"))
	}
	return ids
}

// TestExplainATaskThatECSRemembers: whatever names it, the answer is that of the same task in a file.
func TestExplainATaskThatECSRemembers(t *testing.T) {
	s := newECS(t)
	s.PageSize = 1
	s.Put("ecs:ListClusters", cluster("dev"), cluster("prod"))
	task := crashedTask(1, 5)
	s.Put("ecs:DescribeTasks", task, crashedTask(2, 4))
	text, err := json.Marshal(task)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile("stop.json", text, 0o600); err != nil {
		t.Fatal(err)
	}
	id, arn := accounttest.TaskID(1), task["taskArn"].(string)
	again := regexp.MustCompile(`whystopped explain --verify .*`) // names what was asked for
	for _, flags := range [][]string{nil, {"--json"}, {"--table"}, {"--json", "--raw"}} {
		want, _ := whystopped(t, screen.ExitOK, slices.Concat([]string{"explain", "stop.json"}, flags)...)
		for _, named := range [][]string{
			{id, "--cluster", "prod"},
			{id}, // in whatever cluster it is
			{id, "--cluster", "arn:aws:ecs:eu-west-1:" + ecsAccount + ":cluster/prod"},
			{arn},
			{"https://eu-west-1.console.aws.amazon.com/ecs/v2/clusters/prod/tasks/" + id + "/configuration"},
			{"https://eu-west-1.console.aws.amazon.com/ecs/home?region=eu-west-1#/clusters/prod/tasks/" + id},
		} {
			got, stderr := whystopped(t, screen.ExitOK, slices.Concat([]string{"explain"}, named, flags)...)
			if again.ReplaceAllString(got, "") != again.ReplaceAllString(want, "") || stderr != "" {
				t.Errorf("explain %q %q prints\n%s%s\nwant\n%s", named, flags, got, stderr, want)
			}
		}
	}

	// The Region is that of the name, whatever the environment says.
	for _, region := range []string{"", "us-west-2"} {
		t.Setenv("AWS_REGION", region)
		if stdout, stderr := whystopped(t, screen.ExitOK, "explain", arn); stderr != "" ||
			!strings.Contains(stdout, "task "+id) {
			t.Errorf("in %q: %s%s", region, stdout, stderr)
		}
	}
	t.Setenv("AWS_REGION", "eu-west-1")

	// What is a file's name stays one.
	if err := os.Rename("stop.json", accounttest.TaskID(9)); err != nil {
		t.Fatal(err)
	}
	s.Forget()
	stdout, _ := whystopped(t, screen.ExitOK, "explain", accounttest.TaskID(9), "--json")
	if n := s.Count(""); n != 0 || !slices.Equal(explained(t, stdout), []string{"1"}) {
		t.Errorf("%d calls\n%s", n, stdout)
	}

	// Files and tasks stand beside each other, in their order.
	stdout, _ = whystopped(t, screen.ExitOK, "explain", "--cluster", "prod", accounttest.TaskID(2),
		accounttest.TaskID(9), id, "--json")
	if got := explained(t, stdout); !slices.Equal(got, []string{"2", "1", "1"}) {
		t.Errorf("explained %q", got)
	}
}

func TestExplainTheLastStopsOfACluster(t *testing.T) {
	s := newECS(t)
	s.PageSize = 2
	s.Put("ecs:ListClusters", cluster("prod"))
	s.Put("ecs:DescribeServices", awstest.Object{
		"serviceArn":  "arn:aws:ecs:eu-west-1:" + ecsAccount + ":service/prod/web",
		"deployments": []awstest.Object{{"id": "ecs-svc/1"}},
		"taskSets":    []awstest.Object{{"id": "ecs-svc/7"}},
	})
	for n := range 12 {
		s.Put("ecs:DescribeTasks", crashedTask(n+1, 12-n)) // the first stopped first
	}
	s.Put("ecs:DescribeTasks",
		but(crashedTask(0x20, 30), awstest.Object{"group": "family:job", "startedBy": "me",
			"taskDefinitionArn": "arn:aws:ecs:eu-west-1:" + ecsAccount + ":task-definition/job:3"}),
		but(crashedTask(0x21, 20), awstest.Object{"group": "blue", "startedBy": "ecs-svc/7"}),
		but(crashedTask(0x22, 1), awstest.Object{"desiredStatus": "RUNNING", "lastStatus": "RUNNING",
			"containers": []awstest.Object{}}))
	for _, test := range []struct {
		args   []string
		want   []string
		stderr string
	}{
		{[]string{"--cluster", "prod", "--last", "3"}, []string{"c", "b", "a"},
			"whystopped: left out: 11 earlier stops; --last 0 explains all\n"},
		{[]string{"--cluster", "prod"}, []string{"c", "b", "a", "9", "8", "7", "6", "5", "4", "3"},
			"whystopped: left out: 4 earlier stops; --last 0 explains all\n"},
		{[]string{"--cluster", "prod", "--family", "job"}, []string{"20"}, ""},
		{[]string{"--cluster", "prod", "--service", "web", "--last", "0"},
			[]string{"c", "b", "a", "9", "8", "7", "6", "5", "4", "3", "2", "1", "21"}, ""},
		{[]string{"https://eu-west-1.console.aws.amazon.com/ecs/v2/clusters/prod/services/web/health"},
			[]string{"c", "b", "a", "9", "8", "7", "6", "5", "4", "3"},
			"whystopped: left out: 3 earlier stops; --last 0 explains all\n"},
	} {
		stdout, stderr := whystopped(t, screen.ExitOK, slices.Concat([]string{"explain", "--json"}, test.args)...)
		if got := explained(t, stdout); !slices.Equal(got, test.want) || stderr != test.stderr {
			t.Errorf("explain %q: %q, want %q; stderr %q", test.args, got, test.want, stderr)
		}
	}
}

// TestWhatECSHasForgottenIsInAnArchive, in a directory or a log group, or nowhere.
func TestWhatECSHasForgottenIsInAnArchive(t *testing.T) {
	s := newECS(t)
	logs := accounttest.Logs(t)
	for _, service := range []string{"ECS", "STS"} {
		t.Setenv("AWS_ENDPOINT_URL_"+service, s.URL)
	}
	s.Put("ecs:ListClusters", cluster("prod"))
	s.Put("ecs:DescribeTasks", crashedTask(1, 1))
	old, err := json.Marshal(crashedTask(2, 120))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	t.Setenv("AWS_REGION", "eu-west-1")
	id := accounttest.TaskID(2)

	_, stderr := whystopped(t, screen.ExitBad, "explain", "--cluster", "prod", id)
	if want := "whystopped: no task " + id + " in the cluster \"prod\" in eu-west-1 of account 111122223333, and " +
		"--region asks elsewhere: ECS remembers a stopped task for about an hour; --from logs: looks in the archive " +
		"of a deployment\n"; stderr != want {
		t.Errorf("says %q, want %q", stderr, want)
	}
	for _, to := range []string{"./stops", "logs:"} {
		whystopped(t, screen.ExitOK, "archive", file(t, string(old)), "--to", to)
		from := []string{"--from", to}
		if to == "./stops" {
			from = nil // where an archive is unless it is said otherwise
		}
		stdout, stderr := whystopped(t, screen.ExitOK,
			slices.Concat([]string{"explain", "--json", "--cluster", "prod", id}, from)...)
		if got := explained(t, stdout); !slices.Equal(got, []string{"2"}) || stderr != "" {
			t.Errorf("%s: explained %q: %s", to, got, stderr)
		}
		stdout, stderr = whystopped(t, screen.ExitOK,
			slices.Concat([]string{"explain", "--json", "--cluster", "prod", "--service", "web"}, from)...)
		if got := explained(t, stdout); !slices.Equal(got, []string{"1", "2"}) || stderr != "" {
			t.Errorf("%s: explained %q: %s", to, got, stderr)
		}
		_, stderr = whystopped(t, screen.ExitBad,
			slices.Concat([]string{"explain", "--cluster", "prod", accounttest.TaskID(3)}, from)...)
		if want := ": ECS remembers a stopped task for about an hour, and " + screen.PlaceName(to) +
			" has none\n"; !strings.HasSuffix(stderr, want) {
			t.Errorf("says %q, want %q", stderr, want)
		}
	}
	if logs.Calls("FilterLogEvents") == 0 {
		t.Error("the log group is not read")
	}

	// Enough remembered stops need no archive but for what ran well before.
	before := logs.Calls("FilterLogEvents")
	whystopped(t, screen.ExitOK, "explain", "--cluster", "prod", "--last", "1", "--from", "logs:")
	if after := logs.Calls("FilterLogEvents"); after != before+1 {
		t.Errorf("%d calls for an archive that is read once", after-before)
	}

	// Where ECS may not be asked an archive answers, and that is said.
	s.Inject(awstest.Fault{Operation: "ecs:DescribeTasks", Denied: true})
	stdout, stderr := whystopped(t, screen.ExitOK, "explain", "--cluster", "prod", id, "--from", "logs:")
	if !strings.Contains(stdout, "task "+id) ||
		!strings.HasPrefix(stderr, "whystopped: not allowed to call ecs:DescribeTasks: allow it on the cluster") {
		t.Errorf("%s%s", stdout, stderr)
	}
}

func TestAForgottenTaskOfSeveralIsTold(t *testing.T) {
	s := newECS(t)
	t.Chdir(t.TempDir())
	s.Put("ecs:DescribeTasks", crashedTask(1, 1), crashedTask(2, 1))
	s.Handle("ecs:DescribeTasks", func(awstest.Object) (awstest.Object, *awstest.Refusal) {
		return awstest.Object{"tasks": []awstest.Object{crashedTask(1, 1)}, "failures": []awstest.Object{
			{"arn": crashedTask(2, 1)["taskArn"], "reason": "MISSING"},
		}}, nil
	})
	stdout, stderr := whystopped(t, screen.ExitOK, "explain", "--json", "--cluster", "prod")
	if got := explained(t, stdout); !slices.Equal(got, []string{"1"}) ||
		stderr != "whystopped: ECS has forgotten 1 task meanwhile\n" {
		t.Errorf("explained %q: %s", got, stderr)
	}
}

func TestATaskThatGoesOnIsToldAsSuch(t *testing.T) {
	s := newECS(t)
	t.Chdir(t.TempDir())
	running := awstest.Object{"desiredStatus": "RUNNING", "lastStatus": "RUNNING", "containers": []awstest.Object{
		{"name": "app", "lastStatus": "RUNNING"},
	}}
	s.Put("ecs:DescribeTasks",
		but(crashedTask(1, 1), running),
		but(crashedTask(2, 1), running),
		but(crashedTask(3, 1), running))
	s.Put("ecs:DescribeTasks", but(crashedTask(4, 1), awstest.Object{"desiredStatus": "RUNNING",
		"lastStatus": "RUNNING", "containers": []awstest.Object{{"name": "app", "lastStatus": "RUNNING"},
			{"name": "agent", "lastStatus": "STOPPED", "exitCode": 3}}}),
		but(crashedTask(5, 1), awstest.Object{"desiredStatus": "RUNNING", "lastStatus": "PENDING",
			"group": "family:job", "containers": []awstest.Object{}}))

	_, stderr := whystopped(t, screen.ExitBad, "explain", "--cluster", "prod", accounttest.TaskID(1))
	if want := "whystopped: task " + accounttest.TaskID(1) + " is RUNNING, not stopped\n" +
		"    whystopped why --cluster prod --service web --region eu-west-1\n" +
		"    → tells why its service is not steady\n"; stderr != want {
		t.Errorf("says %q, want %q", stderr, want)
	}
	_, stderr = whystopped(t, screen.ExitBad, "explain", "--cluster", "prod", accounttest.TaskID(5))
	if want := "is PENDING, not stopped\n    whystopped tail --cluster prod --region eu-west-1\n" +
		"    → tells when it stops\n"; !strings.HasSuffix(stderr, want) {
		t.Errorf("says %q, want %q", stderr, want)
	}
	stdout, stderr := whystopped(t, screen.ExitOK, "explain", "--cluster", "prod", accounttest.TaskID(4))
	if !strings.Contains(stdout, "container agent of task "+accounttest.TaskID(4)) || stderr != "" {
		t.Errorf("%s%s", stdout, stderr)
	}
	stopping := but(crashedTask(6, 1), awstest.Object{"lastStatus": "DEPROVISIONING"})
	delete(stopping, "stoppedAt")
	s.Put("ecs:DescribeTasks", stopping)
	stdout, stderr = whystopped(t, screen.ExitOK, "explain", "--cluster", "prod", accounttest.TaskID(6))
	if !strings.Contains(stdout, "still stopping") || stderr != "" {
		t.Errorf("%s%s", stdout, stderr)
	}
}

func TestWhatECSDoesNotAnswerIsOneSentence(t *testing.T) {
	id := accounttest.TaskID(1)
	for _, test := range []struct {
		name string
		set  func(t *testing.T, s *awstest.Server)
		args []string
		want string
	}{
		{"no Region", func(t *testing.T, _ *awstest.Server) { t.Setenv("AWS_REGION", "") },
			[]string{"--cluster", "prod", id}, "no AWS Region: give --region, or set AWS_REGION"},
		{"no credentials", func(t *testing.T, _ *awstest.Server) {
			t.Setenv("AWS_ACCESS_KEY_ID", "")
			t.Setenv("AWS_SECRET_ACCESS_KEY", "")
		}, []string{"--cluster", "prod", id}, "no AWS credentials: log in, or name a profile"},
		{"no profile", nil, []string{"--cluster", "prod", "--profile", "nobody", id}, `no profile "nobody"`},
		{"another account", nil, []string{"arn:aws:ecs:eu-west-1:444455556666:task/prod/" + id},
			"the task " + id + ` in the cluster "prod" is of account 444455556666, and these credentials are of account ` +
				"111122223333: name a profile of 444455556666 with --profile"},
		{"no cluster", nil, []string{"--cluster", "prd", id},
			"no cluster \"prd\" in eu-west-1\n    aws ecs list-clusters --region eu-west-1\n    → names those that " +
				"there are"},
		{"no cluster to list", nil, []string{"--cluster", "prd"}, "no cluster \"prd\" in eu-west-1\n"},
		{"no service", func(_ *testing.T, s *awstest.Server) {
			s.Put("ecs:DescribeServices", awstest.Object{"serviceArn": "arn:aws:ecs:eu-west-1:1:service/prod/api"})
		}, []string{"--cluster", "prod", "--service", "web"},
			"no service \"web\" in the cluster \"prod\" in eu-west-1\n    aws ecs list-services --cluster prod " +
				"--region eu-west-1\n    → names"},
		{"nowhere", nil, []string{id}, "no task " + id + " in eu-west-1 of account 111122223333, and --region asks"},
		{"expired", func(_ *testing.T, s *awstest.Server) {
			s.Inject(awstest.Fault{Operation: "ecs", Refusal: awstest.Refuse("ExpiredTokenException", "expired")})
		}, []string{"--cluster", "prod", id}, "the AWS credentials have expired: log in again"},
		{"throttled", func(_ *testing.T, s *awstest.Server) {
			s.Inject(awstest.Fault{Operation: "ecs", Throttled: true})
		}, []string{"--cluster", "prod"}, `AWS throttles ecs:ListTasks on the cluster "prod" in eu-west-1: wait`},
		{"clusters denied", func(_ *testing.T, s *awstest.Server) {
			s.Inject(awstest.Fault{Operation: "ecs:ListClusters", Denied: true})
		}, []string{id}, "not allowed to call ecs:ListClusters: allow it on all clusters in eu-west-1"},
		{"list denied", func(_ *testing.T, s *awstest.Server) {
			s.Inject(awstest.Fault{Operation: "ecs:ListTasks", Denied: true})
		}, []string{"--cluster", "prod"}, `not allowed to call ecs:ListTasks: allow it on the cluster "prod"`},
		{"describe denied", func(_ *testing.T, s *awstest.Server) {
			s.Inject(awstest.Fault{Operation: "ecs:DescribeTasks", Denied: true})
		}, []string{"--cluster", "prod"}, `not allowed to call ecs:DescribeTasks: allow it on the cluster "prod"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newECS(t)
			t.Chdir(t.TempDir())
			s.Put("ecs:ListClusters", cluster("dev"), cluster("prod"))
			s.Put("ecs:DescribeTasks", crashedTask(7, 1))
			if test.set != nil {
				test.set(t, s)
			}
			stdout, stderr := whystopped(t, screen.ExitBad, slices.Concat([]string{"explain"}, test.args)...)
			if stdout != "" || len(screentest.Sentences(stderr)) != 1 ||
				!strings.HasPrefix(stderr, "whystopped: "+test.want) ||
				strings.Contains(stderr, "operation error") {
				t.Errorf("lacks %q:\n%s%s", test.want, stdout, stderr)
			}
		})
	}
	// Without the deployments of a service its own tasks are told all the same.
	s := newECS(t)
	t.Chdir(t.TempDir())
	s.Put("ecs:DescribeTasks", crashedTask(1, 1))
	s.Inject(awstest.Fault{Operation: "ecs:DescribeServices", Denied: true})
	stdout, stderr := whystopped(t, screen.ExitOK, "explain", "--json", "--cluster", "prod", "--service", "web")
	if got := explained(t, stdout); !slices.Equal(got, []string{"1"}) ||
		!strings.Contains(stderr, "not allowed to call ecs:DescribeServices") {
		t.Errorf("explained %q: %s", got, stderr)
	}
}

func TestNoStoppedTaskIsNoError(t *testing.T) {
	newECS(t)
	t.Chdir(t.TempDir())
	stdout, stderr := whystopped(t, screen.ExitOK, "explain", "--cluster", "prod", "--family", "job")
	if want := "whystopped: no stopped task of the family \"job\" in the cluster \"prod\": ECS remembers one for " +
		"about an hour; --from logs: looks in the archive of a deployment\n"; stdout != "" || stderr != want {
		t.Errorf("says %q, want %q", stderr, want)
	}
}

func TestExplainRefusesWhatDoesNotGoTogether(t *testing.T) {
	for want, args := range map[string][]string{
		"name it with --cluster":               {"--service", "web"},
		"of a cluster: name it with":           {"--last", "3"},
		"give either these or a FILE":          {"--cluster", "prod", "--last", "3", accounttest.TaskID(1)},
		"exclude each other: give one of them": {"--cluster", "prod", "--service", "web", "--family", "web"},
		"--last must be 0 or more":             {"--cluster", "prod", "--last", "-1"},
		"open nowhere: no such file or":        {"nowhere"},
		"whystopped history 4f1c22ab ":         {"4f1c22ab"},
	} {
		if _, stderr := whystopped(t, screen.ExitBad,
			slices.Concat([]string{"explain"}, args)...); !strings.Contains(stderr, want) {
			t.Errorf("explain %q says %q, want %q", args, stderr, want)
		}
	}
}

// TestFetchedTasksAreVerified: each with its own Region, as from a file.
func TestFetchedTasksAreVerified(t *testing.T) {
	s := newECS(t)
	t.Chdir(t.TempDir())
	here := crashedTask(1, 1)
	there := but(crashedTask(2, 1), awstest.Object{
		"taskArn": "arn:aws:ecs:us-east-2:" + ecsAccount + ":task/prod/" + accounttest.TaskID(2)})
	s.Put("ecs:DescribeTasks", here, there)
	asking := answering(t, &accounttest.Asking{})
	for _, service := range []string{"ECS", "STS"} {
		t.Setenv("AWS_ENDPOINT_URL_"+service, s.URL)
	}
	t.Setenv("AWS_REGION", "")
	var regions []string
	for _, task := range []awstest.Object{here, there} {
		_, stderr := whystopped(t, screen.ExitOK, "explain", "--verify", task["taskArn"].(string))
		if stderr != "" {
			t.Error(stderr)
		}
		regions = append(regions, asking.Region)
	}
	if want := []string{"eu-west-1", "us-east-2"}; !slices.Equal(regions, want) || len(asking.Asked) != 2 {
		t.Errorf("asked in %q: %q", regions, asking.Asked)
	}
}

// TestExplainPermissionsAreThoseOfTheCalls compares the calls of all ways to ask for a stop with the table.
func TestExplainPermissionsAreThoseOfTheCalls(t *testing.T) {
	s := newECS(t)
	logs := accounttest.Logs(t)
	for _, service := range []string{"ECS", "STS"} {
		t.Setenv("AWS_ENDPOINT_URL_"+service, s.URL)
	}
	s.Put("ecs:ListClusters", cluster("prod"))
	s.Put("ecs:DescribeTasks", crashedTask(1, 1))
	s.Put("ecs:DescribeServices", awstest.Object{"serviceArn": "arn:aws:ecs:eu-west-1:1:service/prod/web"})
	whystopped(t, screen.ExitOK, "explain", accounttest.TaskID(1))
	whystopped(t, screen.ExitOK, "explain", "--cluster", "prod", "--service", "web", "--from", "logs:")
	made := map[string]bool{"logs:FilterLogEvents": logs.Calls("FilterLogEvents") > 0}
	for _, request := range s.Requests() {
		made[request] = true
	}
	delete(made, "sts:GetCallerIdentity") // needs no permission
	needed := map[string]bool{}
	for _, p := range permissions.All {
		if p.Command == "explain" {
			needed[p.Action] = true
		}
	}
	if !maps.Equal(made, needed) {
		t.Errorf("calls %v, and the table has %v", made, needed)
	}
}
