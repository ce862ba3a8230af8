package stack

import (
	"fmt"
	"strings"
)

// Query is a saved Logs Insights query over the records of the archive.
type Query struct {
	Name       string // within QueryFolder
	Question   string // what it answers, one sentence
	Parameters []Parameter
	Commands   string // Logs Insights QL; {{name}} stands for the value of a parameter
	NeedsAll   bool   // it has data only where every stop is captured, so it is deployed only there
}

// Parameter is a value that a person gives when running a saved query; CloudWatch Logs puts it, with the quotes that
// it was given in, in place of the bare {{Name}}. Source:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_Insights-Saving-Queries.html
type Parameter struct {
	Name    string
	Doc     string
	Example string
}

// String returns the query as it is deployed: the question as a comment line, then the commands.
func (q Query) String() string { return "# " + q.Question + "\n" + q.Commands }

// Edited returns the query as it is deployed where CloudFormation takes no parameters: a person writes over the names
// in capital letters that stand for them.
func (q Query) Edited() string {
	var names []string
	commands := q.Commands
	for _, p := range q.Parameters {
		names = append(names, strings.ToUpper(p.Name))
		commands = strings.ReplaceAll(commands, "{{"+p.Name+"}}", `"`+strings.ToUpper(p.Name)+`"`)
	}
	return fmt.Sprintf("# %s\n# Write over %s and keep the quotes.\n%s", q.Question, strings.Join(names, " and "),
		commands)
}

// Call returns what runs the saved query with the examples of its parameters, written where a query is written.
func (q Query) Call() string {
	var values []string
	for _, p := range q.Parameters {
		values = append(values, fmt.Sprintf("%s = %q", p.Name, p.Example))
	}
	return "$`" + QueryFolder + q.Name + "`(" + strings.Join(values, ", ") + ")"
}

// The queries of the dashboard.
var (
	LatestFailures = Query{
		Name:     "latest-failures",
		Question: "What failed last, why, and what is there to do?",
		Commands: `filter verdict = "failure"
| fields stoppedAt, cluster, service, family, summary, nextStep, class, taskId, account, region
` + oneRecordPerStop + "50",
	}
	FailuresByDomain = Query{
		Name:     "failures-by-domain",
		Question: "How many stops failed in each hour, by who owns the fix?",
		Commands: `filter verdict = "failure"
| stats count_distinct(dedupKey) as stops by bin(1h), domain`,
	}
	WhatFailed = Query{
		Name:     "what-failed",
		Question: "What failed, where, and how often?",
		Commands: `filter verdict = "failure"
| stats count_distinct(dedupKey) as stops, count_distinct(taskDefinition) as revisions, latest(summary) as lastSummary, latest(stoppedAt) as lastSeen by cluster, service, family, class, account, region
| sort stops desc
| limit 50`,
	}
	Signatures = Query{
		Name:     "signatures",
		Question: "Which failures repeat, and when was each last seen?",
		Commands: `filter verdict = "failure"
| stats count_distinct(dedupKey) as stops, latest(stoppedAt) as lastSeen, earliest(stoppedAt) as firstSeen, latest(summary) as lastSummary by signature, cluster, service, family, account, region
| sort stops desc
| limit 50`,
	}
)

// ScanPrice is what a query costs for each GB that it scans, in US dollars, in us-east-1
// (https://aws.amazon.com/cloudwatch/pricing/).
const ScanPrice = 0.005

// Kinds is what whystopped history asks: as Signatures, of stops of all verdicts, with what it shows of a kind.
var Kinds = Query{
	Name:     "kinds",
	Question: "Which kinds of stops are there, how often, and when was each first and last seen?",
	Commands: `filter ispresent(schemaVersion)
| fields coalesce(stoppedAt, recordedAt) as at
| stats count_distinct(dedupKey) as stops, earliest(at) as firstSeen, latest(at) as lastSeen, latest(class) as lastClass, latest(summary) as lastSummary, latest(nextStep) as lastNextStep, latest(cause) as lastCause, latest(culprit) as lastCulprit, latest(culpritExitCode) as lastExitCode, latest(taskId) as lastTaskId, latest(dedupKey) as lastKey, latest(createdAt) as lastCreatedAt, latest(startedAt) as lastStartedAt, latest(runSeconds) as lastRunSeconds by signature, verdict, cluster, service, family
| sort lastSeen desc
| limit 10000`,
}

// oneRecordPerStop ends a query that lists stops, before the number of them: the same stop may be written again, and of
// its records the newest of those that can be relied on most is shown, as archive.Stops does. Records from before
// sourceRank have the rank of their source. After dedup, Logs Insights takes only limit. Sources:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Dedup.html
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html
const oneRecordPerStop = `| fields 2 - strcontains(source, "watcher") - strcontains(source, "file") as bySource
| fields coalesce(sourceRank, bySource) as rank
| sort rank desc, stoppedAt desc, recordedAt desc
| dedup dedupKey
| limit `

var clusterAndService = []Parameter{
	{Name: "cluster", Doc: "Name of the cluster, not its ARN.", Example: "prod"},
	{Name: "service", Doc: "Name of the service, not its ARN.", Example: "web"},
}

// Queries are all saved queries, in the order in which somebody on call asks. Those that list stops end with
// oneRecordPerStop; those that count stops count distinct dedupKeys.
var Queries = []Query{
	WhatFailed,
	LatestFailures,
	{
		Name:       "tasks-of-a-service",
		Question:   "Which tasks of this cluster and service stopped, and why? Newest first.",
		Parameters: clusterAndService,
		Commands: `filter cluster = {{cluster}} and service = {{service}}
| fields stoppedAt, taskId, verdict, class, summary, culprit, culpritExitCode, taskDefinition, runSeconds, account, region
` + oneRecordPerStop + "100",
	},
	{
		Name:     "reason-of-a-task",
		Question: "Why did this task stop?",
		Parameters: []Parameter{
			{Name: "task", Doc: "Id or ARN of the task.", Example: "4f1c22d0a3b84e5f9c6d7e8f90a1b2c3"},
		},
		Commands: `filter taskId = {{task}} or taskArn = {{task}}
| fields stoppedAt, cluster, service, taskDefinition, verdict, class, summary, proof, nextStep, stopCode, stoppedReason, containers, logGroup, logStream, account, region
` + oneRecordPerStop + "20",
	},
	{
		Name:     "crash-loops",
		Question: "What fails three times or more in ten minutes, never running or for less than two minutes?",
		Commands: `filter verdict = "failure" and kind = "task" and (not ispresent(runSeconds) or runSeconds < 120)
| fields datefloor(@timestamp, 10m) as slot
| stats count_distinct(dedupKey) as stops, latest(summary) as lastSummary by slot, cluster, service, family, account, region
| filter stops >= 3
| sort slot desc
| limit 100`,
	},
	{
		Name:     "never-started",
		Question: "Which tasks never came to run, and why?",
		Commands: `filter verdict = "failure" and kind = "task" and not ispresent(startedAt)
| stats count_distinct(dedupKey) as stops, latest(summary) as lastSummary, latest(stoppedReason) as example by cluster, service, family, class, account, region
| sort stops desc
| limit 50`,
	},
	{
		Name:       "revisions-of-a-service",
		Question:   "Did a new revision or image of this service bring the failures?",
		Parameters: clusterAndService,
		Commands: `filter verdict = "failure" and cluster = {{cluster}} and service = {{service}}
| stats count_distinct(dedupKey) as stops, earliest(stoppedAt) as firstSeen, latest(stoppedAt) as lastSeen, pct(runSeconds, 50) as medianRunSeconds by taskDefinition, culpritImageDigest, account, region
| sort firstSeen desc
| limit 50`,
	},
	{
		Name:     "what-is-new",
		Question: "Which failures are new? Run it over the whole retention: what is new was first seen lately.",
		Commands: `filter verdict = "failure"
| stats earliest(stoppedAt) as firstSeen, count_distinct(dedupKey) as stops, latest(summary) as lastSummary by signature, cluster, service, family, account, region
| sort firstSeen desc
| limit 30`,
	},
	Signatures,
	FailuresByDomain,
	{
		Name:     "first-failure-of-a-deployment",
		Question: "What failed first in this deployment? Later failures are often its consequences.",
		Parameters: []Parameter{
			{Name: "deployment", Doc: "Id of the deployment, ecs-svc/….", Example: "ecs-svc/4374651048025955904"},
		},
		Commands: `filter deploymentId = {{deployment}} and kind = "task" and verdict = "failure"
| stats earliest(stoppedAt) as firstSeen, earliest(taskId) as firstTask, earliest(summary) as why, earliest(nextStep) as todo, count_distinct(dedupKey) as stops by class, taskDefinition, culprit
| sort firstSeen asc
| limit 20`,
	},
	{
		Name: "services-in-trouble",
		Question: "Which services could not place or start tasks, which deployments failed, and which calls brought " +
			"no task?",
		Commands: `filter kind in ["service", "deployment", "request"]
| stats count_distinct(dedupKey) as times, latest(stoppedAt) as lastSeen, latest(summary) as lastSummary, latest(stoppedReason) as example by verdict, kind, cluster, service, family, eventName, class, account, region
| sort lastSeen desc
| limit 50`,
	},
	{
		Name:     "dead-containers",
		Question: "Which containers ended while their task went on, and how often?",
		Commands: `filter kind = "container"
| stats count_distinct(dedupKey) as ends, latest(stoppedAt) as lastSeen, latest(summary) as lastSummary, max(restartCount) as mostRestarts by verdict, cluster, service, family, culprit, culpritExitCode, account, region
| sort ends desc
| limit 50`,
	},
	{
		Name:     "one-host-or-everybody",
		Question: "Do failures fall on one host or Availability Zone, or on everybody?",
		Commands: `filter verdict = "failure"
| fields datefloor(@timestamp, 10m) as slot
| stats count_distinct(dedupKey) as stops, count_distinct(service) as services by slot, availabilityZone, containerInstance, account, region
| sort services desc, stops desc
| limit 50`,
	},
	{
		Name:     "culprits",
		Question: "Which container brings tasks down, the application or a sidecar?",
		Commands: `filter verdict = "failure" and ispresent(culprit)
| stats count_distinct(dedupKey) as stops, latest(summary) as lastSummary by cluster, service, family, culprit, culpritExitCode, class, account, region
| sort stops desc
| limit 50`,
	},
	{
		Name:     "out-of-memory",
		Question: "Who runs out of memory, at what limit, and after how long: a steady leak or a spike?",
		Commands: `filter fault = "oom"
| stats count_distinct(dedupKey) as kills, min(runSeconds) as shortestRunSeconds, pct(runSeconds, 50) as medianRunSeconds, latest(memory) as taskMemory by cluster, service, taskDefinition, culprit, account, region
| sort kills desc
| limit 50`,
	},
	{
		Name:     "health-checks",
		Question: "Who is killed by health checks? A median run near the grace period says that it is too short.",
		Commands: `filter stage = "health_check"
| stats count_distinct(dedupKey) as stops, min(runSeconds) as shortestRunSeconds, pct(runSeconds, 50) as medianRunSeconds, max(runSeconds) as longestRunSeconds by cluster, service, taskDefinition, targetGroup, account, region
| sort stops desc
| limit 50`,
	},
	{
		Name:     "image-gone",
		Question: "Which images are no longer in their registry?",
		Commands: `filter class = "image.not_found"
| stats count_distinct(dedupKey) as stops, earliest(stoppedAt) as firstSeen, latest(stoppedAt) as lastSeen by image, cluster, service, taskDefinition, account, region
| sort lastSeen desc
| limit 50`,
	},
	{
		Name:     "no-permission",
		Question: "Which role lacks which permission?",
		Commands: `filter fault = "denied"
| stats count_distinct(dedupKey) as stops, latest(summary) as lastSummary by role, awsAction, awsResource, deniedBy, class, account, region
| sort stops desc
| limit 50`,
	},
	{
		Name:     "no-way-out",
		Question: "Which endpoint cannot be reached, and from which subnet?",
		Commands: `filter fault in ["unreachable", "dns", "tls"]
| stats count_distinct(dedupKey) as stops, latest(summary) as lastSummary by endpoint, subnet, availabilityZone, class, account, region
| sort stops desc
| limit 50`,
	},
	{
		Name:     "failed-jobs",
		Question: "Which jobs failed: scheduled, Batch, Step Functions, RunTask?",
		Commands: `filter verdict = "failure" and launcher != "service"
| fields stoppedAt, launcher, family, summary, nextStep, taskId, runSeconds, account, region
` + oneRecordPerStop + "100",
	},
	{
		Name:     "spot",
		Question: "How often does Spot take tasks away, and in which Availability Zone?",
		Commands: `filter fault = "interrupted"
| fields datefloor(@timestamp, 1d) as slot
| stats count_distinct(dedupKey) as interruptions by slot, cluster, service, family, availabilityZone, account, region
| sort slot desc, interruptions desc
| limit 100`,
	},
	{
		Name: "stopped-on-request",
		Question: "Which tasks did a person or a program stop? CloudTrail knows who. Those that left with 0 are " +
			"captured only with capture=all.",
		Commands: `filter stopCode = "UserInitiated"
| fields stoppedAt, cluster, service, family, taskId, stoppedReason, containers, launcher, account, region
` + oneRecordPerStop + "100",
	},
	{
		Name: "below-desired",
		Question: "Which services ran fewer tasks than are desired, since when and why? The sweep " +
			"finds these.",
		Commands: `filter kind = "service" and ispresent(belowSince)
| fields stoppedAt, cluster, service, runningCount, desiredCount, belowSince, summary, nextStep, account, region
` + oneRecordPerStop + "100",
	},
	{
		Name:     "impaired-instances",
		Question: "Which container instances were impaired, and which tasks stopped on each in the same hour?",
		Commands: `filter ispresent(containerInstance)
| stats count_distinct(healthCheck) as impairedChecks, earliest(healthCheck) as firstCheck,
  count_distinct(dedupKey) as records, earliest(stoppedAt) as first, latest(stoppedAt) as last
  by account, region, cluster, containerInstance, bin(1h)
| filter impairedChecks > 0
| sort records desc
| limit 50`,
	},
	{
		Name:     "waiting-deployments",
		Question: "Which deployments wait for a person, until when, and which hooks failed?",
		Commands: `filter kind = "hook"
| fields stoppedAt, account, region, cluster, service, eventName, hookId, hookStage, expiresAt, summary, nextStep
` + oneRecordPerStop + "50",
	},
	{
		Name:     "not-understood",
		Question: "What could not be explained, or not judged?",
		Commands: `filter stage = "unknown" or fault = "unknown" or verdict = "review"
| stats count_distinct(dedupKey) as stops, latest(stoppedReason) as example, latest(containers) as exampleContainers by stopCode, class, verdict, cluster, service, account, region
| sort stops desc
| limit 50`,
	},
	{
		Name: "evidence-gaps",
		Question: "Which permissions, not granted or of a higher tier, would have told more of failures without a " +
			"proven cause? `whystopped doctor --gaps` has the policy to add.",
		Commands: `filter verdict = "failure" and ispresent(missingActions) and causeVerdict != "confirmed"
| stats count_distinct(dedupKey) as stops, latest(cause) as lastCause, latest(causeReason) as lastReason by missingActions, account, region
| sort stops desc
| limit 50`,
	},
	{
		Name:     "verdicts-by-day",
		Question: "How many stops of each verdict are there a day?",
		Commands: `fields datefloor(@timestamp, 1d) as slot
| stats count_distinct(dedupKey) as stops by slot, verdict
| sort slot desc
| limit 100`,
	},
	{
		Name:     "written-again",
		Question: "Which stops are in the archive more than once, and which way did they come?",
		Commands: `stats count_distinct(recordedAt) as records, count_distinct(source) as ways, latest(source) as lastWay, latest(recordedAt) as lastRecorded by dedupKey
| filter records > 1
| sort records desc
| limit 50`,
	},
	{
		Name:     "expected",
		Question: "Which stops went as they should?",
		NeedsAll: true,
		Commands: `filter verdict = "expected"
| stats count_distinct(dedupKey) as stops, latest(stoppedAt) as lastSeen by class, cluster, service, family, account, region
| sort stops desc
| limit 50`,
	},
	{
		Name:     "scaling",
		Question: "Which services were scaled in or replaced, and when?",
		NeedsAll: true,
		Commands: `filter stage = "scheduler"
| fields datefloor(@timestamp, 1h) as slot
| stats count_distinct(dedupKey) as stops by slot, cluster, service, fault, deployment, account, region
| sort slot desc, stops desc
| limit 100`,
	},
	{
		Name:     "slow-shutdowns",
		Question: "Which containers ignore SIGTERM and are killed, and how long does that take?",
		NeedsAll: true,
		Commands: `filter causeIds like /sigterm-ignored/
| stats count_distinct(dedupKey) as kills, pct(stopSeconds, 95) as p95StopSeconds, latest(containers) as exampleContainers by cluster, service, family, taskDefinition, account, region
| sort kills desc
| limit 50`,
	},
}

// IndexedFields are the fields of a record by which people filter; the archive's log group has field indexes on them,
// so that a query with = or in reads only the events that have the value. A policy takes at most 20 names, none longer
// than 100 characters. Source:
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutIndexPolicy.html
var IndexedFields = []string{
	"account", "cluster", "service", "deploymentId", "family", "taskDefinition", "taskId", "taskArn", "launcher",
	"kind",
	"stopCode", "class", "stage", "fault", "domain", "verdict", "culprit", "cause", "signature", "dedupKey",
}
