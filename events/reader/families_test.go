package reader_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"
)

const (
	arn     = "arn:aws:ecs:eu-north-1:210987654321:task/stage/4a000000000000000000000000000001"
	taskOOM = "task | 4a000000000000000000000000000001 | EssentialContainerExited | Essential container in task " +
		"exited | " +
		"orders=137 OutOfMemoryError: Container killed due to memory usage"
	loneOOM = "task | EssentialContainerExited | Essential container in task exited | " +
		"orders=137 OutOfMemoryError: Container killed due to memory usage"
)

func TestQueries(t *testing.T) {
	const withOOM = `"OutOfMemoryError: Container killed due to memory usage"`
	reads{
		{"the same names, no ARN", `[{"stopCode":"EssentialContainerExited","stoppedReason":"` + ended +
			`","containers":` +
			`[{"name":"orders","exitCode":137,"reason":` + withOOM + `}]}]`, []string{loneOOM}},
		{"short names", `{"code":"EssentialContainerExited","why":"` + ended + `","c":null,"containers":` +
			`[{"name":"orders","exit":137,"reason":` + withOOM + `}]}`, []string{loneOOM}},
		{"everything in one object", `{"task":"` + arn + `","stopCode":"EssentialContainerExited","reason":"` + ended +
			`","exitCode":137,"containerReason":` + withOOM + `,"container":"orders"}`, []string{taskOOM}},
		{"lists of each field", `{"taskArn":"` + arn + `","stopCode":"EssentialContainerExited","stoppedReason":"` +
			ended +
			`","name":["orders","log"],"exit":[137,0],"reason":[` + withOOM + `,null]}`,
			[]string{taskOOM + " | log=0"}},
		{"rows", `[["` + arn + `","EssentialContainerExited","` + ended + `"],["` + ended + `"]]`,
			[]string{
				"task | 4a000000000000000000000000000001 | EssentialContainerExited | " + ended,
				"task | " + ended,
			}},
		{"a row with rows of containers", `["` + arn + `","EssentialContainerExited","` + ended + `",[["orders",137,` +
			withOOM +
			`]]]`, []string{taskOOM}},
		{"rows of containers", `[["orders",137,` + withOOM + `],["log",0,null]]`,
			[]string{"task | orders=137 " + oom + " | log=0"}},
		{"containers by their names", `{"stoppedReason":"` + ended + `","containers":{"orders":{"exit":137}}}`,
			[]string{"task | " + ended + " | orders=137"}},
		{"names of one letter", `{"c":"EssentialContainerExited","r":"` + ended + `","x":[["orders",137,` + withOOM +
			`]]}`, []string{loneOOM}},
		{"exit codes by containers", `{"stopped_reason":"` + ended + `","exit_codes":{"log":0,"orders":137}}`,
			[]string{"task | " + ended + " | log=0 | orders=137"}},
		{"fields of a chat", `{"attachments":[{"fields":[{"title":"Stopped Reason","value":"` + ended + `"},` +
			`{"title":"Exit Code","value":"137"},{"title":"Container","value":"orders"}]}]}`,
			[]string{"task | " + ended + " | orders=137"}},
		{"containers in a field of a chat", `{"attachments":[{"fields":[{"title":"stoppedReason","value":"` + ended +
			`"},{"title":"Containers","value":"log: exit 0\norders: exit 137 (OutOfMemoryError: Container killed due to memory ` +
			`usage)"}]}]}`, []string{"task | " + ended + " | log=0 | orders=137 " + oom}},
		{"a message of a service", `{"tags":[],"message":"(service orders) was unable to place a task."}`,
			[]string{"service | orders | (service orders) was unable to place a task."}},
		{"words", `["` + ended + `"]`, []string{"task | " + ended}},
		{"an input transformer", `{"cluster":"stage","task":"` + arn + `","reason":"` + ended + `","containers":` +
			`[{"name":"orders","exitCode":137,"reason":` + withOOM + `}]}`,
			[]string{strings.Replace(taskOOM, " | EssentialContainerExited", "", 1)}},
		{"attributes of DynamoDB", `{"stoppedReason":{"S":"` + ended +
			`"},"containers":{"L":[{"M":{"name":{"S":"orders"},` +
			`"exitCode":{"N":"137"}}}]}}`, []string{"task | " + ended + " | orders=137"}},
		{"enums of .NET as objects", `{"Tasks":[{"TaskArn":"` + arn + `","LastStatus":"STOPPED","StoppedAt":` +
			`"/Date(1714983099586)/","StopCode":{"Value":"EssentialContainerExited"},"StoppedReason":"` + ended +
			`","Containers":[{"Name":"orders","ExitCode":137,"Reason":` + withOOM + `}]}]}`, []string{taskOOM}},
		{"snake case", `{"task_arn":"` + arn + `","stop_code":"EssentialContainerExited","stopped_reason":"` + ended +
			`","containers":[{"name":"orders","exit_code":137,"reason":` + withOOM + `}]}`, []string{taskOOM}},
		{"a task that runs", `{"taskArn":"` + arn + `","status":"RUNNING","containers":[{"name":"orders"}]}`,
			[]string{"in:1: task 4a000000000000000000000000000001 is (unknown), not stopped"}},
		{"failures of something else", `{"suite":"orders","failures":[{"name":"a","reason":"expected 1"}]}`, []string{
			`in:1: holds no ECS task: expected an "ECS Task State Change" event, a task, or the output of aws ecs ` +
				`describe-tasks`}},
		{"no task", `[{"name":"a","exit":1},{"name":"b","exit":0}]`,
			[]string{`in:1: [0]: holds no ECS task: expected an ` +
				`"ECS Task State Change" event, a task, or the output of aws ecs describe-tasks`}},
	}.run(t)
}

func TestOutputsOfTheCommandLine(t *testing.T) {
	reads{
		{"text", "TASKS\teu-north-1a\tarn:aws:ecs:eu-north-1:210987654321:cluster/stage\tCONNECTED\t1714982478.6\t1024\t" +
			"1714982471.6\tSTOPPED\tFalse\tservice:orders\tUNKNOWN\tSTOPPED\tFARGATE\t2048\t1.4.0\tecs-svc/1\t" +
			"EssentialContainerExited\t1714983099.5\t" + ended + "\t1714983079.7\t" + arn + "\t" +
			"arn:aws:ecs:eu-north-1:210987654321:task-definition/orders:7\t6\nATTACHMENTS\t57\tDELETED\teni\n" +
			"CONTAINERS\tarn:aws:ecs:eu-north-1:210987654321:container/stage/4a/9\t0\t137\tUNKNOWN\torders:1.42\tSTOPPED\t" +
			"orders\t" + oom + "\t4a000000000000000000000000000001-145\t" + arn + "\nCONTAINEROVERRIDES\torders\n",
			[]string{strings.Replace(taskOOM, "01 |", "01 | orders |", 1)}},
		{"text of a service",
			"DEPLOYMENTS\t1714982471.6\t2\t0\tecs-svc/1\t0\tFAILED\tECS deployment circuit breaker: tasks failed " +
				"to start.\t0\tPRIMARY\nEVENTS\t1714982470.6\t5b1c9d0e-4f3a-42d6-a8b7-c6d5e4f30292\t(service orders) " +
				"has " +
				"started 1 " +
				"tasks: (task 4a).\n", []string{"deployment | ECS deployment circuit breaker: tasks failed to start.",
				"service | orders | (service orders) has started 1 tasks: (task 4a)."}},
		{"text of failures", "FAILURES\tarn:aws:ecs:eu-north-1:210987654321:container-instance/4a\tRESOURCE:MEMORY\n",
			[]string{"request | RESOURCE:MEMORY"}},
		{"a stream of YAML",
			"- failures: []\n  tasks:\n  - containers:\n    - exitCode: 0\n      name: log\n    - exitCode: 1\n" +
				"      name: orders\n    lastStatus: STOPPED\n    stopCode: EssentialContainerExited\n    " +
				"stoppedReason: " +
				ended +
				"\n    stoppingAt: '2026-11-24T08:14:20.101000+00:00'\n    taskArn: " + arn + "\n",
			[]string{"task | 4a000000000000000000000000000001 | EssentialContainerExited | " + ended +
				" | log=0 | orders=1"}},
		{"YAML of jobs", "jobs:\n- jobId: 5b1c9d0e\n  jobName: orders\n  status: FAILED\n  statusReason: " + ended +
			"\n  container:\n    exitCode: 137\n    reason: '" + oom + "'\n",
			[]string{"task | " + ended + " | default=137 " + oom}},
		{"text of a query", arn + "\tEssentialContainerExited\t" + ended +
			"\nNone\tTaskFailedToStart\tTask failed to start\n",
			[]string{
				"task | 4a000000000000000000000000000001 | EssentialContainerExited | " + ended,
				"task | TaskFailedToStart | Task failed to start",
			}},
		{"text of containers", "orders\t137\t" + oom + "\nlog\t0\tNone\n", []string{"task | orders=137 " + oom}},
		{"messages in one line of text",
			"(service orders) has reached a steady state.\t(service orders) was unable to " +
				"place a task.", []string{"service | orders | (service orders) has reached a steady state.",
				"service | orders | (service orders) was unable to place a task."}},
		{"a table", `
---------------------------------------------------------------
|                        DescribeTasks                        |
+-------------------------------------------------------------+
||                           tasks                           ||
|+-----------------+-----------------------------------------+|
||  lastStatus     |  STOPPED                                ||
||  stopCode       |  EssentialContainerExited               ||
||  stoppedReason  |  Essential container in task exited     ||
||  taskArn        |  ` + arn + `  ||
|+-----------------+-----------------------------------------+|
|||                        containers                       |||
||+----------+----------+-----------------------------------+||
||| exitCode |  name    |  reason                           |||
||+----------+----------+-----------------------------------+||
|||  137     |  orders  |  OutOfMemoryError: Container killed due to memory usage |||
|||  0       |  log     |  None                             |||
||+----------+----------+-----------------------------------+||
`, []string{taskOOM + " | log=0"}},
		{"a table of a query", `
-----------------------------------------------------------------
|                         DescribeTasks                         |
+---------------------------+-----------------------------------+
|           code            |              reason               |
+---------------------------+-----------------------------------+
|  EssentialContainerExited |  Essential container in task exited |
|  TaskFailedToStart        |  Task failed to start             |
+---------------------------+-----------------------------------+
`, []string{"task | EssentialContainerExited | " + ended, "task | TaskFailedToStart | Task failed to start"}},
		{"a table of a ticket", "| stopCode | stoppedReason |\n|---|---|\n| EssentialContainerExited | " + ended +
			" |\n",
			[]string{"task | EssentialContainerExited | " + ended}},
		{"YAML", "tasks:\n- containers:\n  - exitCode: 137\n    name: orders\n    networkBindings: []\n    reason: '" +
			oom +
			"'\n  lastStatus: STOPPED\n  stopCode: EssentialContainerExited\n  stoppedReason: " + ended +
			"\n  taskArn: " + arn +
			"\nfailures: []\n", []string{taskOOM}},
		{"YAML below a prompt",
			"$ aws ecs describe-tasks --output yaml\nstopCode: EssentialContainerExited\nstoppedReason: " +
				ended + "\ncontainers:\n  - name: orders\n    exitCode: 137\n    reason: \"" + oom + "\"\n",
			[]string{loneOOM}},
		{"a call that was refused",
			"\nAn error occurred (ClusterNotFoundException) when calling the RunTask operation: " +
				"Cluster not found.\n", []string{"request | RunTask: ClusterNotFoundException: Cluster not found."}},
		{"CSV of a trail",
			"eventtime,eventname,errorcode,errormessage\n2026-04-01T10:00:00Z,RunTask,AccessDenied,User: x is " +
				"not authorized to perform: iam:PassRole\n",
			[]string{"request | RunTask: AccessDenied: User: x is not authorized to perform: iam:PassRole"}},
	}.run(t)
}

func TestLogs(t *testing.T) {
	quoted, _ := json.Marshal(task)
	doubled := `"` + strings.ReplaceAll(task, `"`, `""`) + `"`
	reads{
		{"logs tail", "2026-04-01T10:00:00.312000+00:00 4a01 " + task + "\n2026-04-01T10:00:01.586000+00:00 4a02 " +
			other + "\n",
			[]string{toldTask, "task | 4a00000000000002"}},
		{"an export to S3", "2026-04-01T10:00:00.312Z " + task + "\n", []string{toldTask}},
		{"filter-log-events", `{"events":[{"logStreamName":"4a","timestamp":1,"message":` + string(quoted) + `}]}`,
			[]string{toldTask}},
		{"filter-log-events as text", "EVENTS\t34\t1535904857000\t4a01\t" + task + "\t1535904856000\n",
			[]string{toldTask}},
		{"results of Insights", `{"results":[[{"field":"@message","value":` + string(quoted) +
			`}]],"status":"Complete"}`,
			[]string{toldTask}},
		{"results of Insights by fields",
			`{"results":[[{"field":"detail.stopCode","value":"EssentialContainerExited"},` +
				`{"field":"detail.stoppedReason","value":"` + ended +
				`"},{"field":"detail.containers.0.name","value":"orders"},` +
				`{"field":"detail.containers.0.exitCode","value":"137"}]]}`,
			[]string{"task | EssentialContainerExited | " + ended + " | orders=137"}},
		{"CSV of messages", "@timestamp,@message\n2026-04-01 10:00:00.000," + doubled + "\n", []string{toldTask}},
		{"CSV of fields",
			"detail.stopCode,detail.stoppedReason,detail.containers.0.exitCode\nEssentialContainerExited," + ended +
				",137\n", []string{"task | EssentialContainerExited | " + ended + " | =137"}},
		{"CSV with semicolons", "stopCode;stoppedReason;exitCode\nEssentialContainerExited;" + ended + ";137\n",
			[]string{"task | EssentialContainerExited | " + ended + " | =137"}},
		{"lines with the time before each", "2026-04-01T10:00:00.1234567Z " +
			strings.ReplaceAll(indented, "\n", "\n2026-04-01T10:00:00.1234567Z "), []string{toldTask}},
		{"lines of a quotation", "> " + strings.ReplaceAll(indented, "\n", "\n> "), []string{toldTask}},
		{"numbered lines", numbered(indented), []string{toldTask}},
		{"entities of HTML", "<pre>" + strings.ReplaceAll(indented, `"`, "&quot;") + "</pre>", []string{toldTask}},
		{"lines that a terminal wrapped", wrapped(task, 80), []string{toldTask}},
		{"colours", "\x1b[32m{\x1b[0m\n\x1b[33m\"taskArn\"\x1b[0m: \"" + arn + "\", \"stoppedReason\": \"" + ended +
			"\"}",
			[]string{"task | 4a000000000000000000000000000001 | " + ended}},
	}.run(t)
}

func numbered(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = fmt.Sprintf("%4d | %s", i+1, l)
	}
	return strings.Join(lines, "\n")
}

func wrapped(text string, width int) string {
	var lines []string
	for ; len(text) > width; text = text[width:] {
		lines = append(lines, text[:width])
	}
	return strings.Join(append(lines, text), "\n")
}

func TestEncodings(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte(task))
	z.Close()
	var logs bytes.Buffer
	z = gzip.NewWriter(&logs)
	quoted, _ := json.Marshal(task)
	fmt.Fprintf(z, `{"messageType":"DATA_MESSAGE","logEvents":[{"id":"1","message":%s}]}`, quoted)
	z.Close()
	base := base64.StdEncoding.EncodeToString
	units := utf16.Encode([]rune("\uFEFF" + indented))
	little, big := make([]byte, 0, 2*len(units)), make([]byte, 0, 2*len(units))
	for _, u := range units {
		little, big = append(little, byte(u), byte(u>>8)), append(big, byte(u>>8), byte(u))
	}
	reads{
		{"gzip", packed.String(), []string{toldTask}},
		{"gzip in base64", base(packed.Bytes()), []string{toldTask}},
		{"base64 in lines", wrapped(base([]byte(task)), 76) + "\n", []string{toldTask}},
		{"UTF-16, little end first", string(little), []string{toldTask}},
		{"UTF-16, big end first", string(big), []string{toldTask}},
		{"UTF-16 without a mark", string(little[2:]), []string{toldTask}},
		{"a subscription filter", `{"awslogs":{"data":"` + base(logs.Bytes()) + `"}}`, []string{toldTask}},
		{"Kinesis", `{"Records":[{"kinesis":{"data":"` + base([]byte(task)) + `"},"eventSource":"aws:kinesis"}]}`,
			[]string{toldTask}},
		{"Firehose", `{"records":[{"recordId":"1","data":"` + base([]byte(task)) + `"},{"recordId":"2","data":"` +
			base(logs.Bytes()) + `"}]}`, []string{toldTask, toldTask}},
		{"gzip that is cut off", packed.String()[:packed.Len()/2],
			[]string{"in: the compressed data is cut off or damaged; fetch the file again"}},
	}.run(t)
}

func TestPrints(t *testing.T) {
	reads{
		{"Python", "[2026-04-01 10:00:00,712] {ecs.py:112} INFO - stopped: {'tasks': [{'taskArn': '" + arn +
			"', 'lastStatus': " +
			"'STOPPED', 'stopCode': 'EssentialContainerExited', 'stoppedReason': '" + ended + "', 'stoppedAt': " +
			"datetime.datetime(2026, 4, 1, 10, 0, tzinfo=tzlocal()), 'containers': [{'name': 'orders', 'exitCode': " +
			"137, " +
			"'reason': '" + oom + "', 'cpu': None}]}]}", []string{taskOOM}},
		{"Python in lines", "{'stopCode': 'EssentialContainerExited',\n 'stoppedReason': 'Essential container '\n" +
			"                  'in task exited',\n 'containers': [{'name': 'orders',\n                 'exitCode': " +
			"137,\n" +
			"                 'reason': \"" + oom + "\"}]}", []string{loneOOM}},
		{"JavaScript", "{\n  tasks: [\n    {\n      attachments: [Array],\n      containers: [\n        {\n" +
			"          name: 'orders',\n          exitCode: 137,\n          reason: '" + oom +
			"'\n        }\n      ],\n" +
			"      createdAt: 2026-04-01T10:00:00.694Z,\n      lastStatus: 'STOPPED',\n      stopCode: " +
			"'EssentialContainerExited',\n      stoppedReason: '" + ended + "',\n      taskArn: '" + arn +
			"'\n    }\n  ],\n" +
			"  failures: []\n}\n", []string{taskOOM}},
		{"Ruby", `#<struct Aws::ECS::Types::Task containers=[#<struct Aws::ECS::Types::Container name="orders", exit_code=137, ` +
			`reason="` + oom + `", cpu=nil>], created_at=2026-04-01 10:00:00 UTC, last_status="STOPPED", ` +
			`stop_code="EssentialContainerExited", stopped_reason="` + ended + `", task_arn="` + arn + `">`,
			[]string{taskOOM}},
		{"Ruby's hash", `{:task_arn=>"` + arn + `", :stop_code=>"EssentialContainerExited", :stopped_reason=>"` +
			ended +
			`", :containers=>[{:name=>"orders", :exit_code=>137, :reason=>"` + oom + `"}]}`, []string{taskOOM}},
		{"Rust", `Task { containers: Some([Container { name: Some("orders"), exit_code: Some(137), reason: Some("` +
			oom +
			`"), cpu: None }]), created_at: Some(DateTime { seconds: 1795508091, subsecond_nanos: 0 }), ` +
			`stop_code: Some(EssentialContainerExited), stopped_reason: Some("` + ended + `"), task_arn: Some("` + arn +
			`") }`,
			[]string{taskOOM}},
		{"Java, version 1", "{TaskArn: " + arn +
			",Containers: [{Name: orders,LastStatus: STOPPED,ExitCode: 137,Reason: " + oom +
			",NetworkInterfaces: []}],StopCode: EssentialContainerExited,StoppedReason: " + ended + ",Tags: []}",
			[]string{taskOOM}},
		{"Java, version 2",
			"DescribeTasksResponse(Tasks=[Task(Containers=[Container(Name=orders, ExitCode=137, Reason=" + oom +
				")], StopCode=EssentialContainerExited, StoppedReason=" + ended + ", TaskArn=" + arn +
				")], Failures=[])",
			[]string{taskOOM}},
		{"Kotlin", "Task(containers=[Container(exitCode=137, name=orders, reason=" + oom + ")], stopCode=" +
			"EssentialContainerExited, stoppedReason=" + ended + ", taskArn=" + arn + ")", []string{taskOOM}},
		{"Go, version 1",
			"{\n  Tasks: [{\n      Containers: [{\n          ExitCode: 137,\n          Name: \"orders\",\n" +
				"          Reason: \"" + oom + "\"\n        }],\n      StopCode: \"EssentialContainerExited\",\n" +
				"      StoppedReason: \"" + ended + "\",\n      TaskArn: \"" + arn + "\"\n    }]\n}",
			[]string{taskOOM}},
		{"Go, %+v", "{Containers:[{ExitCode:137 Name:orders Reason:" + oom + "}] StopCode:EssentialContainerExited " +
			"StoppedReason:" + ended + " TaskArn:" + arn + "}", []string{taskOOM}},
		{"Go, spew", "(types.Task) {\n StopCode: (types.TaskStopCode) (len=24) \"EssentialContainerExited\",\n " +
			"StoppedReason: " +
			"(*string)(0xc00021a0e0)((len=34) \"" + ended + "\"),\n TaskArn: (*string)(0xc00021a0f0)((len=76) \"" +
			arn +
			"\"),\n Containers: ([]types.Container) (len=1 cap=1) {\n  (types.Container) {\n   ExitCode: " +
			"(*int32)(0xc1)(137),\n" +
			"   Name: (*string)(0xc2)((len=6) \"orders\"),\n   Reason: (*string)(0xc3)((len=54) \"" + oom +
			"\")\n  }\n }\n}",
			[]string{taskOOM}},
		{"PHP, print_r", "Array\n(\n    [taskArn] => " + arn +
			"\n    [stopCode] => EssentialContainerExited\n    [stoppedReason] => " +
			ended + "\n    [containers] => Array\n        (\n            [0] => Array\n                (\n           " +
			"         " +
			"[name] => orders\n                    [exitCode] => 137\n                    [reason] => " + oom +
			"\n                )\n\n        )\n\n)\n", []string{taskOOM}},
		{"PHP, var_dump", "array(4) {\n  [\"taskArn\"]=>\n  string(76) \"" + arn +
			"\"\n  [\"stopCode\"]=>\n  string(24) " +
			"\"EssentialContainerExited\"\n  [\"stoppedReason\"]=>\n  string(34) \"" + ended +
			"\"\n  [\"containers\"]=>\n" +
			"  array(1) {\n    [0]=>\n    array(3) {\n      [\"name\"]=>\n      string(6) \"orders\"\n      " +
			"[\"exitCode\"]=>\n" +
			"      int(137)\n      [\"reason\"]=>\n      string(54) \"" + oom + "\"\n    }\n  }\n}\n",
			[]string{taskOOM}},
		{"PowerShell, Format-List", "TaskArn       : " + arn +
			"\nStopCode      : EssentialContainerExited\nStoppedReason : " +
			ended + "\nContainers    : {orders}\n",
			[]string{"task | 4a000000000000000000000000000001 | EssentialContainerExited | " + ended}},
		{"a comma too many", `{"stopCode":"EssentialContainerExited","stoppedReason":"` + ended + `",}`,
			[]string{"task | EssentialContainerExited | " + ended}},
		{"failures", "{'tasks': [], 'failures': [{'arn': 'arn:aws:ecs:eu-north-1:210987654321:container-instance/4', " +
			"'reason': 'RESOURCE:MEMORY'}]}", []string{"request | RESOURCE:MEMORY"}},
		{"a part of a document", "      \"stopCode\": \"EssentialContainerExited\",\n      \"stoppedReason\": \"" +
			ended +
			"\",\n      \"containers\": [\n        {\n          \"name\": \"orders\",\n          \"exitCode\": 137,\n" +
			"          \"reason\": \"" + oom + "\"\n        }\n      ],\n", []string{loneOOM}},
		{"a message within it", "{ Records: [ { Sns: { Message: '" + task + "' } } ] }", []string{toldTask}},
		{"a task that runs", "{'taskArn': '" + arn + "', 'lastStatus': 'RUNNING', 'containers': []}",
			[]string{"in:1: task 4a000000000000000000000000000001 is RUNNING, not stopped $ " +
				"whystopped tail --cluster stage --region eu-north-1 → tells when it stops"}},
	}.run(t)
}
