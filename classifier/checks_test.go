package classifier

import (
	"slices"
	"strings"
	"testing"

	"whystopped/events"
	"whystopped/events/awsname"
)

// checksOf are the lines of all causes listed for a stop, each behind the id of its cause.
func checksOf(s events.Stop) (lines []string) {
	f := Classify(s)
	for _, p := range f.Causes {
		if c, known := FindCause(p.Cause); known {
			for _, line := range c.Checks(&s, &f) {
				lines = append(lines, c.ID+": "+line.String())
			}
		}
	}
	return lines
}

// TestChecksConcernTheStop holds, over all samples and examples, that no line speaks of what the stop has not.
func TestChecksConcernTheStop(t *testing.T) {
	on := func(launchType string, launcher events.Launcher) func(*events.Stop) bool {
		return func(s *events.Stop) bool {
			s.LaunchType, s.ContainerInstanceARN = launchType, ""
			if launcher != "" {
				s.Launcher, s.Service, s.ServiceARN, s.Group = launcher, "", "", ""
			}
			return true
		}
	}
	registry := func(s *events.Stop) string {
		f := Classify(*s)
		if f.Stage != Image && f.Stage != RegistryAuth {
			return ""
		}
		return f.Facts.Registry
	}
	for _, c := range []struct {
		name  string
		at    func(s *events.Stop) bool // makes the stop one of its kind, false where it cannot be
		never []string
		but   []string
	}{
		{"a job of Batch", on("EC2", events.LauncherBatch), []string{"--services", "describe-services",
			"ecs describe-task-definition", "taskRoleArn"}, nil},
		{"a job of Batch on Fargate", on("FARGATE", events.LauncherBatch), []string{"--services", "describe-services",
			"ecs describe-task-definition"}, nil},
		{"Fargate", on("FARGATE", ""), []string{"On EC2", " on EC2 ", "n the instance", "container-instances"}, nil},
		{"an instance", on("EC2", ""), []string{"ephemeralStorage", "events of Fargate"}, nil},
		{"Windows", func(s *events.Stop) bool {
			s.LaunchType, s.StoppedReason = "EC2", s.StoppedReason+" hcs::System"
			return true
		}, []string{"journalctl", "systemctl", "/var/log", "/etc/ecs", "/proc/", "sudo "}, nil},
		{"an image in ECR", func(s *events.Stop) bool { return awsname.IsECR(registry(s)) },
			[]string{"any other registry", "docker logout", "docker-hub-limit"}, nil},
		{"an image elsewhere", func(s *events.Stop) bool {
			r := registry(s)
			return r != "" && !awsname.IsECR(r)
		}, []string{"aws ecr ", "For ECR", "registry-throttled", "image-expired-by-lifecycle"},
			[]string{"image-registry-host-missing"}},
	} {
		looked := 0
		for _, s := range everyText(t) {
			if !c.at(&s) {
				continue
			}
			for _, line := range checksOf(s) {
				looked++
				has := func(word string) bool { return strings.Contains(line, word) }
				if slices.ContainsFunc(c.never, has) && !slices.ContainsFunc(c.but, has) {
					t.Errorf("%s: %s\nof %s", c.name, line, s.StoppedReason)
				}
			}
		}
		if looked < 30 {
			t.Errorf("%s: only %d lines: is anything looked at?", c.name, looked)
		}
	}
}

// TestChecksNameWhatTheStopNames holds that a command can be pasted as it stands where the stop has what it needs.
func TestChecksNameWhatTheStopNames(t *testing.T) {
	elsewhere := "210987654321.dkr.ecr.ap-south-1.amazonaws.com/orders:7"
	digest := strings.Repeat("0a1b2c3d", 8)
	denied := func(reason string) events.Stop {
		s := fargate(reason)
		s.Region, s.Account = "eu-north-1", "210987654321"
		return s
	}
	job := events.Stop{LaunchType: "EC2", Region: "eu-north-1", Launcher: events.LauncherBatch, Family: "report:4",
		StopCode: "TaskFailedToStart", Containers: []events.Container{{Name: "default", Reason: "CannotStartContainer" +
			"Error: Error response from daemon: OCI runtime create failed: exec: \"/usr/bin/run.sh\": stat " +
			"/usr/bin/run.sh: no such file or directory: unknown"}}}
	logLess := events.Stop{LaunchType: "FARGATE", Region: "eu-north-1", Account: "210987654321", Family: "shop:3",
		Containers: []events.Container{{Name: "proxy"}, {Name: "web", Reason: "CannotStartContainer" +
			"Error: failed to initialize logging driver: failed to create Cloudwatch log stream: " +
			"ResourceNotFoundException: The specified log group does not exist."}}}
	for name, c := range map[string]struct {
		stop events.Stop
		line string
	}{
		"the Region of a secret": {fargate(secretCall + "failed to fetch secret arn:aws:secretsmanager:ap-south-1:" +
			"210987654321:secret:db-AbC123 from secrets manager: ResourceNotFoundException: Secrets Manager can't " +
			"find the specified secret."), "secret:db-AbC123 --region ap-south-1"},
		"the Region of a registry": {fargate("CannotPullContainerError: failed to resolve ref " + elsewhere +
			": not found"), "--repository-name orders --image-ids imageTag=7 --region ap-south-1"},
		"the culprit's image": {events.Stop{LaunchType: "FARGATE", Region: "eu-north-1", Account: "210987654321",
			StopCode: "TaskFailedToStart",
			Containers: []events.Container{{Name: "web", Image: elsewhere,
				Reason: "CannotPullContainerError: not found"}}},
			"--repository-name orders --image-ids imageTag=7 --region ap-south-1"},
		"a job whose host was lost": {events.Stop{LaunchType: "EC2", Region: "eu-north-1",
			Launcher: events.LauncherBatch, StopCode: "SpotInterruption", StoppedReason: "Host EC2 (instance " +
				"i-0aa11bb22cc33dd44) terminated."}, "retryStrategy"},
		"the container instance": {events.Stop{LaunchType: "EC2", Cluster: "shop", Region: "eu-north-1",
			ContainerInstanceARN: "arn:aws:ecs:eu-north-1:210987654321:container-instance/shop/77aa00bb",
			StopCode:             "TaskFailedToStart",
			StoppedReason:        "Cgroup resource: setup cgroup: unable to create cgroup"},
			"--cluster shop --container-instances 77aa00bb"},
		"all parameters that are missing": {fargate("ResourceInitializationError: unable to pull secrets or " +
			"registry auth: unable to retrieve secrets from ssm: The details are as follows: invalid ssm " +
			"parameters: /shop/db, /shop/key"), "Key=Name,Values=/shop/db,/shop/key --region "},
		"a secret without the key behind it": {fargate(secretCall + "failed to fetch secret arn:aws:secretsmanager:" +
			"ap-south-1:210987654321:secret:db-AbC123:password:: from secrets manager: ResourceNotFoundException: " +
			"Secrets Manager can't find the specified secret."), "secret:db-AbC123 --region ap-south-1"},
		"the job": {events.Stop{LaunchType: "EC2", Region: "eu-north-1", Launcher: events.LauncherBatch,
			JobID: "0d1c9a5e:7", StopCode: "SpotInterruption", StoppedReason: "Host EC2 (instance " +
				"i-0aa11bb22cc33dd44) terminated."}, "--jobs 0d1c9a5e:7 --region eu-north-1"},
		"the network of the instance that pulls": {events.Stop{LaunchType: "EC2", Cluster: "shop",
			Region: "eu-north-1", Service: "web",
			ContainerInstanceARN: "arn:aws:ecs:eu-north-1:210987654321:container-instance/shop/77aa00bb",
			Attachments:          []events.Attachment{{Details: map[string]string{"subnetId": "subnet-0a1b2c3d"}}},
			StopCode:             "TaskFailedToStart",
			StoppedReason: "CannotPullContainerError: Get \"https://" + elsewhere[:strings.IndexByte(elsewhere, '/')] +
				"/v2/\": dial tcp 13.48.4.5:443: i/o timeout"},
			"association.subnet-id,Values=$(aws ec2 describe-instances --instance-ids $(aws ecs " +
				"describe-container-instances --cluster shop --container-instances 77aa00bb"},
		"whoever was refused": {events.Stop{Kind: events.KindRequest, Region: "eu-north-1", Account: "210987654321",
			EventName: "RunTask", StoppedReason: "AccessDeniedException: User: arn:aws:sts::210987654321:" +
				"assumed-role/ci/session is not authorized to perform: iam:PassRole on resource: " +
				"arn:aws:iam::210987654321:role/orders-exec"},
			"--policy-source-arn arn:aws:iam::210987654321:role/ci --action-names iam:PassRole"},
		"the Region of a secret's key": {fargate(secretCall + "failed to fetch secret arn:aws:secretsmanager:" +
			"ap-south-1:210987654321:secret:db-AbC123 from secrets manager: AccessDeniedException: Access to KMS is " +
			"not allowed"), "--policy-name default --region ap-south-1"},
		"who disabled a secret's key": {fargate(secretCall + "failed to fetch secret arn:aws:secretsmanager:" +
			"ap-south-1:210987654321:secret:db-AbC123 from secrets manager: AccessDeniedException: Access to KMS is " +
			"not allowed"), "attributevalue=disablekey --max-items 20 --region ap-south-1"},
		"the log group of the container that failed": {logLess,
			"--log-group-name-prefix $(aws ecs describe-task-definition --task-definition shop:3 --region eu-north-1 " +
				"--output text --query 'taskDefinition.containerDefinitions[?name==`\"web\"`].logConfiguration." +
				"options.\"awslogs-group\" | [0]') --region $(aws ecs describe-task-definition"},
		"the actions of a pull": {denied("CannotPullContainerError: failed to resolve ref " + elsewhere +
			": unexpected status code [manifests 7]: 403 Forbidden"),
			"--action-names ecr:BatchGetImage ecr:GetDownloadUrlForLayer --resource-arns " +
				"arn:aws:ecr:ap-south-1:210987654321:repository/orders --region"},
		"the actions of a log": {denied("ResourceInitializationError: failed to validate logger args: failed to " +
			"create Cloudwatch log stream: AccessDeniedException: status code: 400"),
			"--action-names logs:CreateLogStream logs:PutLogEvents --resource-arns " +
				"arn:aws:logs:eu-north-1:210987654321:log-group:LOG_GROUP:log-stream:any --region"},
		"the action of a parameter": {denied("ResourceInitializationError: unable to pull secrets or registry auth: " +
			"unable to retrieve secrets from ssm: The details are as follows: AccessDeniedException: status code: 400"),
			"--action-names ssm:GetParameters --resource-arns SECRET_ARN --region"},
		"the action of a secret that has a name": {denied("ResourceInitializationError: unable to pull secrets or " +
			"registry auth: execution resource retrieval failed: unable to retrieve secret from asm: " +
			"AccessDeniedException: User: arn:aws:sts::210987654321:assumed-role/orders-exec/9f0e is not authorized " +
			"to perform: secretsmanager:GetSecretValue on resource: db"), "--action-names " +
			"secretsmanager:GetSecretValue --resource-arns "},
		"an image by its digest": {fargate("CannotPullContainerError: failed to copy: httpReadSeeker: failed open: " +
			"could not fetch content descriptor: https://registry-1.docker.io/v2/acme/orders/manifests/sha256:" +
			digest + ": 404 Not Found: not found"), "docker manifest inspect acme/orders@sha256:" + digest},
		"an image by a digest that was cut off": {fargate("CannotPullContainerError: failed to copy: " +
			"httpReadSeeker: failed open: could not fetch content descriptor: https://registry-1.docker.io/v2/acme/" +
			"orders/manifests/sha256:" + digest[:50] + "...: not found"),
			"docker manifest inspect acme/orders@sha256:DIGEST"},
		"the image of a job": {job, "docker run --rm --entrypoint sh $(aws batch describe-job-definitions " +
			"--job-definitions report:4 --region eu-north-1 --output text --query " +
			"'jobDefinitions[0].containerProperties.image') -c"},
		"the command of a job": {job, "--job-definitions report:4 --region eu-north-1: " +
			"command against the last"},
		"an image without what is mounted over it": {job,
			"[0].containerProperties.image') -l /usr/bin/run.sh: without"},
		"the definition of a service that cannot start tasks": {events.Stop{Kind: events.KindService,
			Cluster: "shop", Service: "web", Region: "eu-north-1", Account: "210987654321",
			StoppedReason: "(service web) failed to launch a task with (error ECS was unable to assume the role " +
				"'arn:aws:iam::210987654321:role/orders-exec' that was provided for this task."},
			"--task-definition $(aws ecs describe-services --cluster shop --services web --region eu-north-1 " +
				"--output text --query 'services[0].taskDefinition') --region"},
		"the container instance of a task that has none in its event": {events.Stop{LaunchType: "EC2",
			Cluster: "shop", Region: "eu-north-1", TaskID: "0a1b2c3d", StopCode: "EssentialContainerExited",
			Containers: []events.Container{{Name: "web", Reason: "DockerTimeoutError: Could not transition to " +
				"started; timed out after waiting 1m30s"}}},
			"--container-instances $(aws ecs describe-tasks --cluster shop --tasks 0a1b2c3d --region eu-north-1 " +
				"--output text --query 'tasks[0].containerInstanceArn') --region eu-north-1: agentConnected and " +
				"versionInfo; ec2InstanceId is where to log on"},
		"Docker without a launch type": {events.Stop{StopCode: "TaskFailedToStart",
			StoppedReason: "CannotPullContainer" +
				"Error: failed to register layer: write /lib/x.so: no space left on device"}, "on the instance"},
	} {
		lines := checksOf(c.stop)
		if !slices.ContainsFunc(lines, func(l string) bool {
			return strings.Contains(strings.ToLower(l), c.line) ||
				strings.Contains(l, c.line)
		}) {
			t.Errorf("%s: %q is in none of\n%s", name, c.line, strings.Join(lines, "\n"))
		}
	}
}
