package running

import (
	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

const orTheApplication = "app, which may have ended first"

var essentialTrials = map[string][]trial{
	"sidecar-ended": {
		{
			when:   "the application was stopped after it",
			change: changes(sidecarEnded(1, 143), steadyBefore),
			result: proven,
			says: `router ended with 1 after 70 s; it is essential in web:42, and app was stopped after it; its ` +
				`log says at 10:01:09Z "GET /health 404"; since web:41`,
			next: "repair router, or set its essential to false in web:42 and give it a restartPolicy, if app can do " +
				"without it for a while$",
		},
		{
			when: "two applications were",
			change: changes(sidecarEnded(1, 143), func(c *evidence.Case) {
				c.Stop.Containers = append(c.Stop.Containers, events.Container{
					Name:     "worker",
					ExitCode: new(int64(143)),
				})
				td := &c.Facts.Task.TaskDefinition.Value
				td.Containers = append(td.Containers, evidence.ContainerDefinition{Name: "worker", Essential: true})
			}),
			result: proven,
			says:   "and app and worker were stopped after it",
			next:   "if app and worker can do without it",
		},
		{
			when: "it is not essential, and another waits for its start alone",
			change: changes(sidecarEnded(1, 143), notEssential,
				definitionOf(func(d *evidence.ContainerDefinition) {
					d.DependsOn = map[string]string{"router": "START"}
				})),
			result: excluded,
			says:   "router is not essential in web:42",
		},
		{
			when:   "the application ended with an error too",
			change: sidecarEnded(1, 2),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   orTheApplication,
		},
		{
			when:   "the application ended with 0, perhaps first",
			change: sidecarEnded(1, 0),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   orTheApplication,
		},
		{
			when:   "how the application ended is not told",
			change: changes(sidecarEnded(1, 0), func(c *evidence.Case) { c.Stop.Containers[0].ExitCode = nil }),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   orTheApplication,
		},
		{
			when:   "it was killed for memory",
			change: changes(sidecarEnded(137, 143), func(c *evidence.Case) { c.Finding.Fault = classifier.OOM }),
			result: proven,
			says:   "router ended with 137",
			next:   "repair router",
		},
		{
			when:   "it was stopped itself",
			change: sidecarEnded(143, 143),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "whether it ended by itself is not told",
		},
		{
			when:   "how it ended is not told",
			change: changes(sidecarEnded(1, 143), func(c *evidence.Case) { c.Stop.Containers[1].ExitCode = nil }),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "whether it ended by itself is not told",
		},
		{
			when:   "it is not essential",
			change: changes(sidecarEnded(1, 143), notEssential),
			result: excluded,
		},
		{
			when: "no other is essential",
			change: changes(
				sidecarEnded(1, 143),
				definitionOf(func(d *evidence.ContainerDefinition) { d.Essential = false }),
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "router is the only essential container of web:42",
		},
		{
			when:   "it ended with 0, as on a SIGTERM",
			change: sidecarEnded(0, 143),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "whether it ended before app or was stopped after it",
		},
		{
			when:   "the application was killed, perhaps first and for want of memory",
			change: sidecarEnded(1, 137),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   orTheApplication,
		},
		{
			when: "it is not essential, and the application waits for it",
			change: changes(sidecarEnded(1, 143), func(c *evidence.Case) {
				td := &c.Facts.Task.TaskDefinition.Value
				td.Containers[0].DependsOn, td.Containers[1].Essential = map[string]string{"router": "SUCCESS"}, false
			}),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "another container waits for it",
		},
		{
			when: "ECS added it",
			change: changes(sidecarEnded(1, 143), func(c *evidence.Case) {
				c.Facts.Task.TaskDefinition.Value.Containers = c.Facts.Task.TaskDefinition.Value.Containers[:1]
			}),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "router is not in web:42",
		},
		{
			when:   "the task definition may not be read",
			change: changes(sidecarEnded(1, 143), evidencetest.NoDefinition),
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
	},
	"one-of-several-essential": {
		{
			when:   "both are",
			change: sidecarEnded(1, 143),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "router is essential in web:42, and so is app",
		},
		{
			when: "it is the only one",
			change: changes(
				sidecarEnded(1, 143),
				definitionOf(func(d *evidence.ContainerDefinition) { d.Essential = false }),
			),
			result: excluded,
			says:   "router is the only essential container of web:42",
		},
		{
			when:   "which one ended is not told",
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "which container ended the task is not told",
		},
	},
}

// sidecarEnded makes an essential container beside the application the one that explains the stop.
func sidecarEnded(code, application int64) func(*evidence.Case) {
	return changes(exiting(application), withRouter(0), endedAs("router", code), func(c *evidence.Case) {
		c.Finding.Culprit = 1
		c.Facts.Task.TaskDefinition.Value.Containers[1].Essential = true
	})
}

func notEssential(c *evidence.Case) {
	c.Facts.Task.TaskDefinition.Value.Containers[1].Essential = false
}
