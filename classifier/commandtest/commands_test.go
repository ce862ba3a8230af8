package commandtest

import (
	"strings"
	"testing"
)

func TestProblems(t *testing.T) {
	const tasks = "aws ecs describe-tasks --cluster shop --tasks 4a --region eu-west-1"
	for _, c := range []struct{ line, problem string }{
		{tasks, ""},
		{"aws ecs describe-tasks --cluster $(aws ecs list-clusters --region eu-west-1 --query 'clusterArns[0]' " +
			"--output text) --tasks 4a --region eu-west-1", ""},
		{"aws ec2 describe-instance-status --include-all-instances --instance-ids i-1 --region eu-west-1", ""},
		{"sudo dmesg -T | grep -i 'killed process'", ""},
		{"openssl s_client -connect a:443 -servername a </dev/null", ""},
		{tasks + ": exitCode of each container", "is prose"},
		{tasks + ", within an hour", "is prose"},
		{tasks + "; then look", "a shell does not take"},
		{tasks + " --tasks 4b", "given twice"},
		{"aws ecs describe-tasks --cluster 'shop --tasks 4a", "a quote has no end"},
		{"aws ecs describe-tasks --cluster shop --region eu-west-1", "needs --tasks"},
		{"aws ecs describe-tasks --cluster shop --tasks --region eu-west-1", "--tasks has 0 values"},
		{"aws ecs describe-tasks --cluster shop --tasks 4a", "lacks --region"},
		{"aws ecs describe-tasks --cluster shop --task 4a --region eu-west-1", "no flag --task"},
		{"aws ecs describe-task --task 4a --region eu-west-1", "not among the operations"},
		{"aws ecs describe-tasks --cluster $(aws ecs list-clusters --name x) --tasks 4a --region eu-west-1",
			"no flag --name"},
		{"aws ecs describe-tasks --cluster … --tasks 4a --region eu-west-1", "nobody types"},
		{"aws ecs describe-tasks --cluster *shop --tasks 4a --region eu-west-1", "a shell does not take"},
		{`aws ecs describe-tasks --cluster "$shop" --tasks 4a --region eu-west-1`, "a shell fills in"},
		{"docker destroy", "no command that is known"},
		{"look at the log", "no command that is known"},
	} {
		problems := strings.Join(Problems(c.line, false), "\n")
		if c.problem == "" && problems != "" || !strings.Contains(problems, c.problem) {
			t.Errorf("%s\n got %s\nwant %s", c.line, problems, c.problem)
		}
	}
	if Problems("Get-Service AmazonECS, docker", true) != nil || Problems("look at the services", true) == nil {
		t.Error("PowerShell's programs are told from words")
	}
}

func TestBlanks(t *testing.T) {
	line := "aws ecs list-tasks --cluster CLUSTER --desired-status STOPPED --region REGION"
	if got := strings.Join(Blanks(line), " "); got != "CLUSTER REGION" {
		t.Error(got)
	}
}
