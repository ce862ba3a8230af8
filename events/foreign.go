package events

import (
	"cmp"
	"strings"

	"whystopped/events/awsname"
)

// foreign is a document that people have at hand and that does not say why a task stopped.
type foreign struct {
	members []string // what it is known by, in any letter case
	is      string   // what it is
	empty   string   // what it is when the first of them is an empty array
	ask     string   // the command that tells what it does not; {cluster}, {service} and {tasks} are filled in
}

const (
	askTasks    = "aws ecs describe-tasks --cluster {cluster} --tasks {tasks} | whystopped explain"
	askServices = "whystopped why --service {service} --cluster {cluster}"
	askHistory  = "aws stepfunctions get-execution-history --execution-arn ARN | whystopped explain"
)

// foreigners are the documents that are known and refused, the more telling members first. None of them has a word
// about a stop.
var foreigners = []foreign{
	{members: []string{"taskArns"}, is: "the names of tasks alone", ask: askTasks, empty: "no tasks in it; " +
		"aws ecs list-tasks names stopped ones with --desired-status STOPPED, for about an hour"},
	{members: []string{"serviceArns"}, is: "the names of services alone", ask: askServices},
	{members: []string{"clusterArns"}, is: "the names of clusters alone", ask: askServices},
	{members: []string{"taskDefinitionArns"}, is: "the names of task definitions alone", ask: askServices},
	{members: []string{"families"}, is: "the names of families alone", ask: askServices},
	{members: []string{"containerInstanceArns"}, is: "the names of container instances alone", ask: askServices},
	{members: []string{"containerDefinitions"}, is: "a task definition, which no task stopped in yet",
		ask: askServices},
	{members: []string{"containerInstances"}, is: "container instances, and no task", ask: askServices},
	{members: []string{"containerInstance"}, is: "a container instance, and no task", ask: askServices},
	{members: []string{"clusters"}, is: "clusters, and no task", ask: askServices},
	{members: []string{"clusterName", "registeredContainerInstancesCount"}, is: "a cluster, and no task",
		ask: askServices},
	{members: []string{"capacityProviders", "failures"}, is: "capacity providers, and no task", ask: askServices},
	{members: []string{"serviceRevisions"}, is: "revisions of a service, which have no state",
		ask: "aws ecs list-service-deployments --service {service} --cluster {cluster} | whystopped explain"},
	{members: []string{"taskSets"}, is: "task sets, which do not say what became of their tasks", ask: askServices},
	{members: []string{"jobDefinitions"}, is: "job definitions of AWS Batch",
		ask: "aws batch describe-jobs --jobs JOB | whystopped explain"},
	{members: []string{"executions"}, is: "executions without their ends", ask: askHistory},
	{members: []string{"executionArn", "startDate"}, is: "an execution in which no ECS task stands", ask: askHistory},
	{members: []string{"terraform_version"}, is: "a state or a plan of Terraform", ask: askServices},
	{members: []string{"AWSTemplateFormatVersion"}, is: "a template of CloudFormation", ask: askServices},
	{members: []string{"targetHealthDescriptions"}, is: "the health of targets, and no task", ask: askServices},
	{members: []string{"logStreams"}, is: "log streams without their events", ask: askServices},
}

// sentence says what the document is and which command tells more. What is not known of the command's names stays in
// capitals.
func (f *foreign) sentence(o object, raw []byte) string {
	if f.empty != "" && string(o.get(f.members[0])) == "[]" {
		return f.empty
	}
	return f.is + "; that tells why tasks stop: " + f.command(raw)
}

// command is the one to ask with, of the names that stand in a document.
func (f *foreign) command(raw []byte) string {
	cluster, service, tasks := namesIn(raw)
	return strings.NewReplacer("{cluster}", cmp.Or(cluster, "CLUSTER"), "{service}", cmp.Or(service, "SERVICE"),
		"{tasks}", cmp.Or(strings.Join(tasks, " "), "TASK")).Replace(f.ask)
}

// foreign refuses an object that is known to say nothing of a stop, and reports whether it is one.
func (w *walker) foreign(o object, raw []byte, path string) (refused, more bool) {
	for i := range foreigners {
		if f := &foreigners[i]; o.present(f.members) {
			return true, w.beside(path, raw, "%s", f.sentence(o, raw))
		}
	}
	return false, true
}

// mostTasks is how many tasks a command names.
const mostTasks = 10

// namesIn returns the first names of a cluster and a service, and those of tasks, that stand in a document's ARNs.
func namesIn(raw []byte) (cluster, service string, tasks []string) {
	for text := range strings.SplitSeq(string(raw[:min(len(raw), 64<<10)]), `"`) {
		switch {
		case !strings.HasPrefix(text, "arn:"):
		case strings.Contains(text, ":task/"):
			if len(tasks) < mostTasks {
				tasks = append(tasks, awsname.LastPart(text))
			}
			cluster = cmp.Or(cluster, awsname.ClusterOf(text))
		case strings.Contains(text, ":service/"):
			service, cluster = cmp.Or(service, awsname.LastPart(text)), cmp.Or(cluster, awsname.ClusterOf(text))
		case strings.Contains(text, ":cluster/"):
			cluster = cmp.Or(cluster, awsname.LastPart(text))
		}
	}
	return cluster, service, tasks
}
