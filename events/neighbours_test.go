package events_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"whystopped/events"
)

const (
	stageTask    = `"taskArn":"arn:aws:ecs:eu-north-1:210987654321:task/stage/9f0e"`
	stageCluster = `"clusterArn":"arn:aws:ecs:eu-north-1:210987654321:cluster/stage"`
	stageService = `"serviceArn":"arn:aws:ecs:eu-north-1:210987654321:service/stage/orders","serviceName":"orders",` +
		stageCluster
)

// toldOf tells in a line each what is read of a document, and what is refused.
func toldOf(t *testing.T, document string) (told []string) {
	t.Helper()
	stops, err := events.Parse([]byte(document))
	for _, s := range stops {
		line := fmt.Sprintf("%s %s %s", s.Kind, s.TaskID, s.StoppedReason)
		switch {
		case s.StillStopping:
			line += " still stopping"
		case s.Alone:
			line += " alone"
		}
		for i, c := range s.Containers {
			if s.Kind != events.KindContainer || i == s.Ended {
				line += " " + c.Name + "="
				if c.ExitCode != nil {
					line += fmt.Sprint(*c.ExitCode)
				}
				line += c.Reason
			}
		}
		told = append(told, strings.Join(strings.Fields(line), " "))
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range joined.Unwrap() {
			r, _ := errors.AsType[*events.Refusal](err)
			how := "refused"
			if r.Beside {
				how = "beside"
			}
			told = append(told, how+": "+withCommand(r))
		}
	}
	return told
}

func TestWhatStandsBesideAStopIsRead(t *testing.T) {
	of := func(last, desired, more string) string {
		return `{` + stageTask + `,` + stageCluster + `,"lastStatus":"` + last + `","desiredStatus":"` + desired + `"` +
			more + `}`
	}
	answer := func(tasks string) string { return `{"tasks":[` + tasks + `],"failures":[]}` }
	crashed := `,"stopCode":"EssentialContainerExited","stoppedReason":"r","containers":[{"name":"api","exitCode":1}]`
	call := func(name, more string) string {
		return `{"eventSource":"ecs.amazonaws.com","eventName":"` + name + `","awsRegion":"eu-north-1",` +
			`"eventID":"e","userIdentity":{"arn":"arn:aws:sts::210987654321:assumed-role/dev/ana"}` + more + `}`
	}
	stopTask := call("StopTask", `,"requestParameters":{"cluster":"stage","task":"9f0e"},"responseElements":{"task":`+
		of("RUNNING", "STOPPED", `,"stopCode":"UserInitiated","stoppedReason":"cleanup"`)+`}`)
	refusedCall := call("RunTask", `,"errorCode":"ClientException","errorMessage":"No."`)
	ended := of("STOPPED", "STOPPED", crashed)
	labels := `"Labels":{"com.amazonaws.ecs.task-arn":"arn:aws:ecs:eu-north-1:210987654321:task/stage/9f0e",` +
		`"com.amazonaws.ecs.container-name":"api"}`
	for _, c := range []struct {
		name, document string
		want           []string
	}{
		{"deprovisioning", answer(of("DEPROVISIONING", "STOPPED", crashed)),
			[]string{"task 9f0e r still stopping api=1"}},
		{"deactivating", of("DEACTIVATING", "STOPPED", `,"stoppedReason":"r"`), []string{"task 9f0e r still stopping"}},
		{"stopping", event(of("STOPPING", "STOPPED", crashed)), []string{"task 9f0e r still stopping api=1"}},
		{"asked to stop", `{"task":` + of("RUNNING", "STOPPED", `,"stopCode":"UserInitiated","stoppedReason":"r"`) + `}`,
			[]string{"task 9f0e r still stopping"}},
		{"a running task beside a stopped one", answer(ended + `,` + strings.ReplaceAll(of("RUNNING", "RUNNING",
			`,"group":"service:orders"`), "9f0e", "7a7a")),
			[]string{"task 9f0e r api=1", "beside: tasks[1]: task 7a7a is RUNNING, not stopped $ whystopped why " +
				"--cluster stage --service orders --region eu-north-1 → tells why its service is not steady"}},
		{"a missing task beside a stopped one", `{"tasks":[` + ended + `],"failures":[{"arn":` +
			`"arn:aws:ecs:eu-north-1:210987654321:task/stage/7a7a","reason":"MISSING"}]}`,
			[]string{"task 9f0e r api=1",
				"beside: failures[0]: 7a7a: MISSING; ECS remembers a stopped task for about an hour"}},
		{"a task that did not start beside one that does", `{"tasks":[` + of("PENDING", "RUNNING", "") +
			`],"failures":[{"reason":"RESOURCE:GPU"}]}`,
			[]string{"request RESOURCE:GPU", "beside: tasks[0]: task 9f0e is PENDING, not stopped $ whystopped tail " +
				"--cluster stage --region eu-north-1 → tells when it stops"}},

		{"a container", `{"name":"api","lastStatus":"STOPPED","exitCode":3,` + stageTask + `}`,
			[]string{"container 9f0e alone api=3"}},
		{"a container that knows its task by its ARN", `{"name":"api","exitCode":3,` +
			`"containerArn":"arn:aws:ecs:eu-north-1:210987654321:container/stage/9f0e/1"}`,
			[]string{"container 9f0e alone api=3"}},
		{"a container that never ran", `{"name":"api","lastStatus":"STOPPED","reason":"CannotPullContainerError: x"}`,
			[]string{"container alone api=CannotPullContainerError: x"}},
		{"a container that runs", `{"name":"api","lastStatus":"RUNNING","containerArn":"c"}`,
			[]string{"beside: container api is RUNNING, not stopped"}},
		{"the containers of a task", `[{"name":"api","exitCode":3,` + stageTask + `},{"name":"log","exitCode":143,` +
			stageTask + `}]`, []string{"task 9f0e api=3 log=143"}},
		{"the step of a build", `{"name":"lint","exitCode":1}`, []string{"refused: holds no ECS task"}},
		{"metadata of a task", `{"TaskARN":"arn:aws:ecs:eu-north-1:210987654321:task/stage/9f0e","DesiredStatus":` +
			`"RUNNING","KnownStatus":"RUNNING","Containers":[{"Name":"~internal~ecs~pause","Type":"CNI_PAUSE",` +
			`"KnownStatus":"STOPPED"},{"Name":"log","Type":"NORMAL","KnownStatus":"STOPPED","ExitCode":2},` +
			`{"Name":"api","Type":"NORMAL","KnownStatus":"RUNNING"}]}`, []string{"container 9f0e log=2"}},
		{"metadata of a task that is to stop", `{"TaskARN":"arn:aws:ecs:eu-north-1:210987654321:task/stage/9f0e",` +
			`"DesiredStatus":"STOPPED","KnownStatus":"RUNNING","Containers":[{"Name":"api","KnownStatus":"STOPPED",` +
			`"ExitCode":2}]}`, []string{"task 9f0e still stopping api=2"}},
		{"metadata of a task that runs", `{"TaskARN":"arn:aws:ecs:eu-north-1:210987654321:task/stage/9f0e",` +
			`"DesiredStatus":"RUNNING","KnownStatus":"RUNNING","Containers":[{"Name":"api","KnownStatus":"RUNNING"}]}`,
			[]string{"beside: task 9f0e is RUNNING, not stopped $ whystopped tail --cluster stage --region " +
				"eu-north-1 → tells when it stops"}},
		{"metadata of a container", `{"DockerId":"d","Name":"api","KnownStatus":"STOPPED","ExitCode":2,` + labels + `}`,
			[]string{"container 9f0e alone api=2"}},
		{"docker inspect", `[{"Id":"d","State":{"Status":"exited","OOMKilled":true,"ExitCode":137},"Config":{` + labels +
			`}}]`, []string{"container 9f0e alone api=137OOMKilled"}},
		{"docker inspect of one that was not started", `[{"Id":"d","State":{"Status":"created","OOMKilled":false,` +
			`"ExitCode":127,"Error":"no such file"},"Config":{` + labels + `}}]`,
			[]string{"container 9f0e alone api=127no such file"}},
		{"docker inspect of one that runs", `[{"Id":"d","State":{"Status":"running","ExitCode":0},"Config":{` + labels +
			`}}]`, []string{"beside: [0]: container api is running, not stopped"}},
		{"docker inspect of another's", `[{"Id":"d","Name":"/db","State":{"Status":"exited","ExitCode":1},"Config":{}}]`,
			[]string{"refused: [0]: container db is not one of ECS: it has no label com.amazonaws.ecs.task-arn"}},

		{"a service with messages", `{"service":{` + stageService + `,"events":[{"id":"1","message":"(service orders) m"}],` +
			`"deployments":[{"id":"ecs-svc/1","rolloutState":"FAILED","rolloutStateReason":"r"}]}}`,
			[]string{"service (service orders) m"}},
		{"a service with a failed deployment", `{` + stageService + `,"events":[],"deployments":[{"id":"ecs-svc/1",` +
			`"rolloutState":"FAILED","rolloutStateReason":"r"},{"id":"ecs-svc/2","rolloutState":"COMPLETED"}]}`,
			[]string{"deployment r"}},
		{"a service in which all is well", `{` + stageService + `,"events":[],"deployments":[]}`,
			[]string{"beside: service orders has no event messages and no failed deployment $ whystopped why " +
				"--cluster stage --service orders --region eu-north-1 → asks its tasks"}},
		{"a message", `{"id":"1","createdAt":1777863721,"message":"(service orders, taskSet ecs-svc/1) m"}`,
			[]string{"service (service orders, taskSet ecs-svc/1) m"}},
		{"a message of a chat", `{"id":"1","createdAt":1777863721,"message":"the service orders is down"}`,
			[]string{"refused: holds no ECS task"}},
		{"deployments of a service", `{"serviceDeployments":[{"serviceDeploymentArn":"a/b","status":"ROLLBACK_FAILED",` +
			`"statusReason":"r"}]}`, []string{"deployment r"}},

		{"jobs", `{"jobs":[{"jobId":"j","jobName":"n","status":"FAILED","statusReason":"r","container":{"exitCode":3}},` +
			`{"jobId":"k","jobName":"n","status":"STARTING"},` +
			`{"jobId":"l","jobName":"n","status":"RUNNABLE","statusReason":"MISCONFIGURATION:X - y."}]}`,
			[]string{"task r default=3", "request MISCONFIGURATION:X - y.",
				"beside: jobs[1]: job k is STARTING, not ended"}},
		{"a queue that is blocked", `{"detail-type":"Batch Job Queue Blocked","detail":{"jobId":"l","status":"RUNNABLE",` +
			`"statusReason":"CAPACITY:X - y."}}`, []string{"request CAPACITY:X - y."}},
		{"an array of jobs", `{"jobId":"j","jobName":"n","status":"FAILED","statusReason":"Array Child Job failed"}`,
			[]string{"beside: job j is an array of jobs of which one failed $ aws batch list-jobs --array-job-id j " +
				"--job-status FAILED --region REGION | whystopped explain → tells why; fill in REGION"}},
		{"a job on EKS", `{"jobId":"j","jobName":"n","status":"FAILED","eksProperties":{"podProperties":{}}}`,
			[]string{"beside: job j ran on Amazon EKS and not on ECS"}},

		{"a state that failed", `{"Error":"States.TaskFailed","Cause":` + quote(ended) + `}`,
			[]string{"task 9f0e r api=1"}},
		{"a state whose call was refused", `{"Error":"ECS.ClusterNotFoundException","Cause":"Cluster not found."}`,
			[]string{"request RunTask: ClusterNotFoundException: Cluster not found."}},
		{"a state whose job was refused", `{"Error":"Batch.ClientException","Cause":"No queue."}`,
			[]string{"request SubmitJob: ClientException: No queue."}},
		{"a state that found no room", `{"Error":"AmazonECS.Unknown","Cause":` +
			quote(`{"Failures":[{"Reason":"RESOURCE:MEMORY"}],"Tasks":[]}`) + `}`, []string{"request RESOURCE:MEMORY"}},
		{"a state that failed of something else", `{"error":"States.Timeout","executionArn":` +
			`"arn:aws-cn:states:cn-north-1:210987654321:execution:nightly:7","cause":null}`,
			[]string{"refused: failed with States.Timeout, in which no ECS task stands $ aws stepfunctions " +
				"get-execution-history --execution-arn arn:aws-cn:states:cn-north-1:210987654321:execution:nightly:7 " +
				"--region cn-north-1 | whystopped explain → may have one in it"}},
		{"a history", `{"events":[{"type":"TaskSubmitted","id":1,"taskSubmittedEventDetails":{"output":` +
			quote(answer(of("PROVISIONING", "RUNNING", ""))) + `}},{"type":"TaskFailed","id":2,` +
			`"taskFailedEventDetails":{"error":"States.TaskFailed","cause":` + quote(ended) + `}},{"type":` +
			`"ExecutionFailed","id":3,"executionFailedEventDetails":{"error":"States.TaskFailed","cause":` + quote(ended) +
			`}}]}`, []string{"task 9f0e r api=1"}},
		{"a history of a refused call", `{"events":[{"type":"TaskFailed","id":2,"taskFailedEventDetails":{"error":` +
			`"ECS.X","cause":"c"}},{"type":"ExecutionFailed","id":3,"executionFailedEventDetails":{"error":"ECS.X",` +
			`"cause":"c"}}]}`, []string{"request RunTask: X: c"}},
		{"a history without tasks", `{"events":[{"type":"ExecutionStarted","id":1}]}`, []string{
			"refused: events: the history of an execution in which no task of ECS and no job of AWS Batch stands"}},

		{"StopTask", stopTask, []string{"task 9f0e cleanup still stopping"}},
		{"a refused call", refusedCall, []string{"request RunTask: ClientException: No."}},
		{"a file of calls", `{"Records":[` + call("DescribeTasks", "") + `,` + stopTask + `]}`,
			[]string{"task 9f0e cleanup still stopping", "beside: Records[0]: the call DescribeTasks starts no tasks"}},
		{"a call that worked", call("StartTask", `,"responseElements":{"tasks":[{`+stageTask+`}],"failures":[]}`),
			[]string{"beside: the call StartTask has no failures $ aws ecs describe-tasks --cluster stage --tasks " +
				"9f0e --region eu-north-1 | whystopped explain → tells what became of its tasks"}},
		{"events that were looked up", `{"Events":[{"EventName":"RunTask","CloudTrailEvent":` + quote(refusedCall) + `}]}`,
			[]string{"request RunTask: ClientException: No."}},
		{"a record of another source", `{"Records":[{"eventSource":"aws:kinesis","eventName":"aws:kinesis:record"}]}`,
			[]string{"refused: holds no ECS task"}},

		{"a report of tests", `{"failures":[{"title":"adds","reason":"expected 1 to equal 2"}]}`,
			[]string{"refused: holds no ECS task"}},
		{"another report of tests", `{"failures":[{"title":"adds","reason":"TIMEOUT"}]}`,
			[]string{"refused: holds no ECS task"}},
		{"names of tasks", `{"taskArns":["arn:aws:ecs:eu-north-1:210987654321:task/stage/9f0e"]}`,
			[]string{"beside: the names of tasks alone $ aws ecs describe-tasks --cluster stage --tasks 9f0e " +
				"--region eu-north-1 | whystopped explain → tells why tasks stop"}},
		{"no names of tasks", `{"taskArns":[]}`, []string{"beside: no tasks in it $ aws ecs list-tasks --cluster " +
			"CLUSTER --desired-status STOPPED --region REGION → names the tasks that stopped in about the last hour; " +
			"fill in CLUSTER and REGION"}},
		{"container instances", `{"containerInstances":[],"failures":[{"arn":` +
			`"arn:aws:ecs:eu-north-1:1:container-instance/stage/1","reason":"MISSING"}]}`,
			[]string{"beside: container instances, and no task $ whystopped why --cluster stage --service SERVICE " +
				"--region eu-north-1 → tells why tasks stop; fill in SERVICE"}},
		{"clusters", `{"clusters":[{` + stageCluster + `}],"failures":[]}`, []string{
			"beside: clusters, and no task $ whystopped why --cluster stage --service SERVICE --region eu-north-1 → " +
				"tells why tasks stop; fill in SERVICE"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := toldOf(t, c.document)
			if len(got) == 1 && c.want[0] == "refused: holds no ECS task" {
				got[0], _, _ = strings.Cut(got[0], ": expected")
				got[0] = strings.Replace(got[0], "[0]: ", "", 1)
			}
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// TestWhoStoppedTheTask: a call says who made it, and its time where ECS writes it in words.
func TestWhoStoppedTheTask(t *testing.T) {
	s := sample(t, "cloudtrail-file-stop-task")[0]
	if s.CalledBy != "arn:aws:sts::334455667788:assumed-role/oncall/maria" || s.StopCode != "UserInitiated" ||
		s.StoppingAt.IsZero() || s.EventID == "" || s.Account == "" || s.Region == "" {
		t.Errorf("%+v", s)
	}
}

// TestATrimmedEventIsWhatItWas: a rule asks for statuses and for a source that somebody may have taken out.
func TestATrimmedEventIsWhatItWas(t *testing.T) {
	pattern, err := events.CapturePattern(events.Options{})
	if err != nil {
		t.Fatal(err)
	}
	capture, err := events.CompilePattern(pattern)
	if err != nil {
		t.Fatal(err)
	}
	for name, lacking := range map[string]string{
		"desiredStatus": `"desiredStatus":"STOPPED",`,
		"lastStatus":    `"lastStatus":"STOPPED",`,
		"source":        `"source":"aws.ecs",`,
	} {
		stops, err := events.Parse([]byte(strings.Replace(strings.ReplaceAll(event(task), "\n", ""), lacking, "", 1)))
		if err != nil || len(stops) != 1 {
			t.Fatal(name, stops, err)
		}
		if caught, err := capture.Match(stops[0].Event()); err != nil || !caught {
			t.Errorf("without %s it is not caught: %s, %v", name, stops[0].Event(), err)
		}
	}
}

// TestWhatAWSPutsIntoATaskIsNotItsOwn: a job that is done stays done, whatever became of the agents beside it.
func TestWhatAWSPutsIntoATaskIsNotItsOwn(t *testing.T) {
	pattern, _ := events.CapturePattern(events.Options{})
	capture, err := events.CompilePattern(pattern)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, containers string
		caught           bool
	}{
		{"an agent that never started", `{"name":"aws-guardduty-agent-x1","reason":"CannotPullContainerError"},` +
			`{"name":"job","exitCode":0}`, false},
		{"an agent that crashed", `{"name":"job","exitCode":0},{"name":"aws-guardduty-agent-x1","exitCode":1}`, false},
		{"a proxy that crashed", `{"name":"job","exitCode":0},{"name":"ecs-service-connect-x1","exitCode":1}`, false},
		{"an agent beside a job that crashed", `{"name":"job","exitCode":1},{"name":"aws-guardduty-agent-x1"}`, true},
		{"an agent beside a job that never started", `{"name":"job"},{"name":"aws-guardduty-agent-x1"}`, true},
		{"a container of the task's own", `{"name":"job","exitCode":0},{"name":"guard","exitCode":1}`, true},
	} {
		stops, err := events.Parse([]byte(event(`{` + stageTask + `,"group":"family:job","lastStatus":"STOPPED",` +
			`"desiredStatus":"STOPPED","stopCode":"EssentialContainerExited","containers":[` + c.containers + `]}`)))
		if err != nil || len(stops) != 1 {
			t.Fatal(c.name, stops, err)
		}
		stops[0].DropInjected()
		if caught, err := capture.Match(stops[0].Event()); err != nil || caught != c.caught {
			t.Errorf("%s: caught %v, %v", c.name, caught, err)
		}
		if !json.Valid(stops[0].Raw) {
			t.Errorf("%s: %s", c.name, stops[0].Raw)
		}
	}
}
