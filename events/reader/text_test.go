package reader_test

import "testing"

func TestWords(t *testing.T) {
	const unable = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource " +
		"retrieval failed: unable to retrieve ecr registry auth: dial tcp 13.48.9.21:443: i/o timeout"
	reads{
		{"a reason", ended, []string{"task | " + ended}},
		{"a quoted reason", `"` + ended + `"`, []string{"task | " + ended}},
		{"a reason in bold", "**" + ended + "**", []string{"task | " + ended}},
		{"a reason that a terminal wrapped",
			"ResourceInitializationError: unable to pull secrets or registry auth: execution\n" +
				"resource retrieval failed: unable to retrieve ecr registry auth: dial tcp 13.48.9.21:443: i/o timeout",
			[]string{"task | " + unable}},
		{"labels with values below them", "Last status\nStopped\n\nStopped reason\n" + ended +
			"\n\nContainer name\norders\n" +
			"Exit code\n137\nStatus reason\n" + oom, []string{"task | " + ended + " | orders=137 " + oom}},
		{"labels with values beside them", "Stopped reason\t" + ended +
			"\nStop code\tEssentialContainerExited\nExit code 137\n",
			[]string{"task | EssentialContainerExited | " + ended + " | =137"}},
		{"a status above its reason",
			"Status\tStopped\nStopped reason\tTask failed container health checks\nStop code\t" +
				"ServiceSchedulerInitiated\n",
			[]string{"task | ServiceSchedulerInitiated | Task failed container health checks"}},
		{"a status with its reason", "Status   STOPPED (CannotPullContainerError: pull access denied for orders)",
			[]string{"task | CannotPullContainerError: pull access denied for orders"}},
		{"a banner", "Task stopped at: 2026-04-01T10:00:00.000Z\n" + unable + "\nView troubleshooting guide\n",
			[]string{"task | " + unable}},
		{"keys and values", "stoppedReason: " + ended + "\nexit_code: 137\nreason: \"" + oom + "\"\n",
			[]string{"task | " + ended + " | =137 " + oom}},
		{"two reasons, one of a container", ended + "\n" + oom, []string{"task | " + ended + " | = " + oom}},
		{"labels in a sentence", "ECS task failed. Stop code: EssentialContainerExited. Stop reason: " + ended +
			". Container ['run'] failed.",
			[]string{"task | EssentialContainerExited | " + ended + ". Container ['run'] failed."}},
		{"a list of tasks", "✘ Latest 2 tasks stopped reason:\n  - [4a000001]: " + unable + "\n  - [4a000002]: " +
			ended + "\n",
			[]string{"task | " + unable, "task | " + ended}},
		{"the same twice", ended + "\n\nlater\n\n" + ended, []string{"task | " + ended}},
		{"a message of a service",
			"service orders was unable to place a task because no container instance met all of " +
				"its requirements.",
			[]string{"service | orders | service orders was unable to place a task because no container " +
				"instance met all of its requirements."}},
		{"messages of a service in a log", "2026-04-01 10:00:00 (service orders) has started 1 tasks: (task 4a00).\n" +
			"2026-04-01 10:05:00 (service orders) (task 4a00) failed container health checks.\n",
			[]string{
				"service | orders | (service orders) has started 1 tasks: (task 4a00).",
				"service | orders | (service orders) (task 4a00) failed container health checks.",
			}},
		{"a rollback that CloudFormation tells",
			`Resource handler returned message: "Error occurred during operation ` +
				`'ECS Deployment Circuit Breaker was triggered'." (RequestToken: 5f, HandlerErrorCode: GeneralServiceException)`,
			[]string{"service | ECS Deployment Circuit Breaker was triggered"}},
		{"a sentence of an input transformer", "Task " + arn + " of cluster stage stopped: " + ended + " (exit code 1)",
			[]string{"task | 4a000000000000000000000000000001 | " + ended + " | =1"}},
		{"a sentence with a reason of no known kind",
			"ECS task 4a000000000000000000000000000001 in cluster stage stopped " +
				"because: the moon was full", []string{"task | 4a000000000000000000000000000001 | the moon was full"}},
		{"a sentence with an exit code behind it", "orders: " + ended + " with exit code 137.",
			[]string{"task | " + ended + " | =137"}},
		{"a notice with its containers", "ECS task stopped in stage\nTask: 4a000000000000000000000000000001\nReason: " +
			ended +
			"\nContainers:\n  orders (exit code 137): " + oom + "\n  log (exit code 0)\n",
			[]string{"task | 4a000000000000000000000000000001 | " + ended + " | orders=137 " + oom + " | log=0"}},
		{"a notice in sentences", "ECS task " + arn + " in cluster stage has stopped. Reason: " + ended +
			". Container orders exited with code 1.",
			[]string{"task | 4a000000000000000000000000000001 | " + ended + " | orders=1"}},
		{"a reason with another behind it", "Caused by:\n  " + ended + " - " + oom +
			"\n\nCommand exit status:\n  137\n",
			[]string{"task | " + ended + " | =137 " + oom}},
		{"fields of a log", `level=error msg=stopped stoppedReason="` + ended + `" exitCode=137`,
			[]string{"task | " + ended + " | =137"}},
		{"a table of HTML", "<tr><td>stoppedReason</td><td>" + ended +
			"</td></tr><tr><td>exitCode</td><td>137</td></tr>",
			[]string{"task | " + ended + " | =137"}},
		{"a failed job of Batch", "Job name: orders\nStatus: FAILED\nStatus reason: " + ended + "\nExit code: 1\n",
			[]string{"task | " + ended + " | =1"}},
		{"fields over several lines",
			"StopCode      : TaskFailedToStart\nStoppedReason : ResourceInitializationError: unable to pull\n" +
				"                secrets or registry auth\n",
			[]string{"task | TaskFailedToStart | ResourceInitializationError: " +
				"unable to pull secrets or registry auth"}},
		{"a list of stopped tasks", "Reason                                Task Count  Sample Task IDs\n------\n" +
			"Task failed container health checks   2           0c9f3e5d,6e1f5c0a\n",
			[]string{"task | Task failed container health checks"}},
		{"the containers of a console", "Container name\tStatus\tExit code\tStatus reason\norders\tStopped\t137\t" +
			oom +
			"\nlog\tStopped\t0\t-\n", []string{"task | orders=137 " + oom + " | log=0"}},
		{"ecs-cli ps",
			"Name                                        State                  Ports  TaskDefinition  Health\n" +
				"stage/4a000000000000000000000000000001/orders  STOPPED ExitCode: 137 Reason: " + oom +
				"         orders:7  UNKNOWN\n" +
				"stage/4a000000000000000000000000000001/log     STOPPED ExitCode: 0                  orders:7  " +
				"UNKNOWN\n" +
				"stage/4a000000000000000000000000000002/orders  RUNNING                     orders:7  UNKNOWN\n",
			[]string{"task | 4a000000000000000000000000000001 | orders=137 " + oom + " | log=0"}},
		{"a service that could not be made",
			"Error: creating ECS Service (orders): operation error ECS: CreateService, https " +
				"response error StatusCode: 400, RequestID: 6d, InvalidParameterException: The target group with " +
				"targetGroupArn arn:x does not have an associated load balancer.",
			[]string{"service | orders | InvalidParameterException: " +
				"The target group with targetGroupArn arn:x does not have an associated load balancer."}},
		{"a message in a JSON log", `{"level":"error","msg":"task stopped: ` + unable + `"}`,
			[]string{"task | " + unable}},
	}.run(t)
}

func TestWhatTellsNothingIsRefused(t *testing.T) {
	const (
		wait = "in:1: it says that a wait was given up and not why tasks stop $ whystopped why "
		open = "--cluster CLUSTER --service SERVICE → tells why tasks stop; fill in CLUSTER and SERVICE"
		none = "in:1: nothing of ECS in it: expected a stopped task as ECS describes it, an event, or the words of a " +
			"stopped reason $ aws ecs describe-tasks --cluster CLUSTER --tasks TASK --region REGION | whystopped " +
			"explain → asks for a stopped task; fill in CLUSTER, TASK and REGION"
	)
	reads{
		{"prose", "the service is slow today\nand nobody knows why\n", []string{none}},
		{"another program's memory", "Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap " +
			"space", []string{none}},
		{"an exit code of something", "Error: Process completed with exit code 1.", []string{
			"in:1: an exit code of something, and no word of ECS $ whystopped why " + open}},
		{"Terraform",
			"│ Error: waiting for ECS Service (arn:aws:ecs:eu-north-1:210987654321:service/stage/orders) to " +
				"reach steady state\n", []string{wait +
				"--cluster stage --service orders --region eu-north-1 → tells why tasks stop"}},
		{"a wait in a script", "aws ecs wait services-stable --cluster stage --services orders\n",
			[]string{wait + "--cluster stage --service orders → tells why tasks stop"}},
		{"the name of a task", arn + "\n",
			[]string{"in:1: the name of a task alone $ whystopped explain " + arn + " → asks ECS for it"}},
		{"the id of a task", "9f0e1d2c3b4a59687766554433221100\n", []string{"in:1: the name of a task alone $ " +
			"whystopped explain --cluster CLUSTER 9f0e1d2c3b4a59687766554433221100 → asks ECS for it; fill in " +
			"CLUSTER"}},
		{"the address of a task",
			"https://eu-north-1.console.aws.amazon.com/ecs/v2/clusters/stage/tasks/4a/configuration",
			[]string{"in:1: the address of a page, and not what it shows $ whystopped explain https://eu-north-1." +
				"console.aws.amazon.com/ecs/v2/clusters/stage/tasks/4a/configuration → tells why tasks stop"}},
		{"no credentials", "Unable to locate credentials. You can configure credentials by running \"aws configure\".",
			[]string{"in:1: the AWS command line found no credentials that it may use, and nothing of a stop; sign " +
				"in, and ask again"}},
		{"a template", "Resources:\n  Orders:\n    Type: AWS::ECS::Service\n",
			[]string{"in:1: a plan or a template of resources, and no stop $ whystopped why " + open}},
		{"an alarm", `{"AlarmName":"orders","NewStateValue":"ALARM","NewStateReason":"Threshold Crossed"}`, []string{
			"in:1: an alarm, which does not say why tasks stopped $ whystopped why " + open}},
		{"docker ps", "CONTAINER ID   IMAGE   STATUS\n0f4a2c7e   orders   Exited (137) 1 minute ago\n",
			[]string{"in:1: a list of Docker's containers $ docker inspect CONTAINER | whystopped explain → tells " +
				"why tasks stop; fill in CONTAINER"}},
		{"a waiter", "Waiter ServicesStable failed: Max attempts exceeded", []string{wait + open}},
		{"a GitHub action", "Error: Resource is not in the state servicesStable", []string{wait + open}},
		{"an agent's log", `level=info time=2026-04-01T10:00:00Z msg="Sending state change" module=task_manager.go` +
			"\n" +
			`level=error time=2026-04-01T10:00:00Z msg="CannotPullContainerError: x" module=engine.go` + "\n",
			[]string{"in:1: a log of the ECS agent, which does not say why ECS stopped a task $ aws ecs " +
				"describe-tasks --cluster CLUSTER --tasks TASK --region REGION | whystopped explain → tells why " +
				"tasks stop; fill in CLUSTER, TASK and REGION"}},
		{"list-tasks", `{"taskArns":["arn:aws:ecs:eu-north-1:210987654321:task/stage/4a01"]}`, []string{
			"in:1: the names of tasks alone $ aws ecs describe-tasks --cluster stage --tasks 4a01 --region " +
				"eu-north-1 | whystopped explain → tells why tasks stop"}},
		{"a task definition", `{"taskDefinition":{"family":"orders","containerDefinitions":[]}}`, []string{
			"in:1: taskDefinition: a task definition, which no task stopped in yet $ whystopped why " + open}},
	}.run(t)
}
