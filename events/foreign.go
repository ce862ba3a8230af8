package events

// foreign is a document that people have at hand and that does not say why a task stopped.
type foreign struct {
	members []string // what it is known by, in any letter case
	is      string   // what it is
	empty   string   // what it is when the first of them is an empty array
	ask     string   // the command that tells what it does not
}

const (
	askStopped = "aws ecs list-tasks --cluster {CLUSTER} --desired-status STOPPED --region {REGION}"
	askHistory = "aws stepfunctions get-execution-history --execution-arn {EXECUTION_ARN} --region {REGION} | " +
		"whystopped explain"
)

// foreigners are the documents that are known and refused, the more telling members first. None of them has a word
// about a stop.
var foreigners = []foreign{
	{members: []string{"taskArns"}, is: "the names of tasks alone", ask: AskTasks, empty: "no tasks in it"},
	{members: []string{"serviceArns"}, is: "the names of services alone", ask: AskWhy},
	{members: []string{"clusterArns"}, is: "the names of clusters alone", ask: AskWhy},
	{members: []string{"taskDefinitionArns"}, is: "the names of task definitions alone", ask: AskWhy},
	{members: []string{"families"}, is: "the names of families alone", ask: AskWhy},
	{members: []string{"containerInstanceArns"}, is: "the names of container instances alone", ask: AskWhy},
	{members: []string{"containerDefinitions"}, is: "a task definition, which no task stopped in yet",
		ask: AskWhy},
	{members: []string{"containerInstances"}, is: "container instances, and no task", ask: AskWhy},
	{members: []string{"containerInstance"}, is: "a container instance, and no task", ask: AskWhy},
	{members: []string{"clusters"}, is: "clusters, and no task", ask: AskWhy},
	{members: []string{"clusterName", "registeredContainerInstancesCount"}, is: "a cluster, and no task",
		ask: AskWhy},
	{members: []string{"capacityProviders", "failures"}, is: "capacity providers, and no task", ask: AskWhy},
	{members: []string{"serviceRevisions"}, is: "revisions of a service, which have no state",
		ask: "aws ecs list-service-deployments --service {SERVICE} --cluster {CLUSTER} --region {REGION} | " +
			"whystopped explain"},
	{members: []string{"taskSets"}, is: "task sets, which do not say what became of their tasks", ask: AskWhy},
	{members: []string{"jobDefinitions"}, is: "job definitions of AWS Batch",
		ask: "aws batch describe-jobs --jobs {JOB} --region {REGION} | whystopped explain"},
	{members: []string{"executions"}, is: "executions without their ends", ask: askHistory},
	{members: []string{"executionArn", "startDate"}, is: "an execution in which no ECS task stands", ask: askHistory},
	{members: []string{"terraform_version"}, is: "a state or a plan of Terraform", ask: AskWhy},
	{members: []string{"AWSTemplateFormatVersion"}, is: "a template of CloudFormation", ask: AskWhy},
	{members: []string{"targetHealthDescriptions"}, is: "the health of targets, and no task", ask: AskWhy},
	{members: []string{"logStreams"}, is: "log streams without their events", ask: AskWhy},
}

// foreign refuses an object that is known to say nothing of a stop, and reports whether it is one.
func (w *walker) foreign(o object, raw []byte, path string) (refused, more bool) {
	for _, f := range foreigners {
		switch {
		case !o.present(f.members):
		case f.empty != "" && string(o.get(f.members[0])) == "[]":
			return true, w.ask(path, raw, Ask(askStopped, "names the tasks that stopped in about the last hour",
				NamesIn(raw)), "%s", f.empty)
		default:
			return true, w.ask(path, raw, Ask(f.ask, tellsWhy, NamesIn(raw)), "%s", f.is)
		}
	}
	return false, true
}
