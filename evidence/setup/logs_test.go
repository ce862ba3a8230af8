package setup

import (
	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

var logTrials = []setupTrials{
	{
		cause: "log-group-missing",
		stage: classifier.Logging,
		fault: classifier.NotFound,
		trials: []setupTrial{
			{
				when:  "it is there",
				want:  "ruled_out",
				tells: "/ecs/orders",
			},
			{
				when: "it is not",
				change: func(c *evidence.Case) {
					c.Facts.Setup.LogGroups[evidence.In("eu-west-1", "/ecs/orders")] =
						evidence.None[evidence.LogGroup]()
				},
				want: "confirmed",
				tells: "create log group /ecs/orders in eu-west-1, or set awslogs-create-group of container app in " +
					"orders:7",
			},
			{
				when: "it is not, and nothing sets its Region",
				change: func(c *evidence.Case) {
					delete(app(c).LogOptions, "awslogs-region")
					c.Facts.Setup.LogGroups[evidence.In("eu-west-1", "/ecs/orders")] =
						evidence.None[evidence.LogGroup]()
				},
				want:  "confirmed",
				tells: "does not set awslogs-create-group",
			},
			{
				when:   "it is there, and the driver would create it",
				change: func(c *evidence.Case) { app(c).LogOptions["awslogs-create-group"] = "true" },
				want:   "ruled_out",
				tells:  "/ecs/orders",
			},
			{
				when: "the driver creates it",
				change: func(c *evidence.Case) {
					c.Facts.Setup.LogGroups[evidence.In("eu-west-1", "/ecs/orders")] =
						evidence.None[evidence.LogGroup]()
					app(c).LogOptions["awslogs-create-group"] = "true"
				},
				want:  "not_causal",
				tells: "to create it",
			},
			{
				when: "it is in the task's Region",
				change: func(c *evidence.Case) {
					app(c).LogOptions["awslogs-region"] = "us-east-1"
					c.Facts.Setup.LogGroups[evidence.In("us-east-1", "/ecs/orders")] =
						evidence.None[evidence.LogGroup]()
				},
				want:  "confirmed",
				tells: "set awslogs-region of container app in orders:7 to eu-west-1",
			},
			{
				when: "created after the failure",
				change: func(c *evidence.Case) {
					c.Facts.Setup.LogGroups[evidence.In("eu-west-1", "/ecs/orders")] = evidence.Is(evidence.LogGroup{
						CreatedAt: after,
					})
				},
				want: "fixed_since",
			},
			{
				when:   "another driver",
				change: func(c *evidence.Case) { app(c).LogDriver = "splunk" },
				want:   "not_read",
			},
			{
				when: "no culprit, the text names the group",
				change: func(c *evidence.Case) {
					c.Finding.Culprit, c.Finding.Facts.AWSResource = -1, "/ecs/sidecar"
					c.Facts.Setup.LogGroups[evidence.In("eu-west-1", "/ecs/sidecar")] =
						evidence.None[evidence.LogGroup]()
					c.Facts.Setup.LogGroups[evidence.In("eu-west-1", "/ecs/orders")] =
						evidence.None[evidence.LogGroup]()
				},
				want:  "confirmed",
				tells: "/ecs/sidecar",
			},
			{
				when: "no culprit, the text names the group by its ARN",
				change: func(c *evidence.Case) {
					c.Finding.Culprit = -1
					c.Finding.Facts.AWSResource = "arn:aws:logs:eu-west-1:" + ours + ":log-group:/ecs/orders-api"
					task(c).Containers[1].LogOptions["awslogs-group"] = "/ecs/orders-api"
					c.Facts.Setup.LogGroups[evidence.In("eu-west-1", "/ecs/orders")] =
						evidence.None[evidence.LogGroup]()
					c.Facts.Setup.LogGroups[evidence.In("eu-west-1", "/ecs/orders-api")] =
						evidence.Is(evidence.LogGroup{
							CreatedAt: before,
						})
				},
				want:  "ruled_out",
				tells: "/ecs/orders-api",
			},
			{
				when: "no culprit, the text names no group",
				change: func(c *evidence.Case) {
					c.Finding.Culprit = -1
					c.Facts.Setup.LogGroups[evidence.In("eu-west-1", "/ecs/sidecar")] =
						evidence.None[evidence.LogGroup]()
				},
				want:  "confirmed",
				tells: "/ecs/sidecar",
			},
			{
				when: "no culprit, the text names another group",
				change: func(c *evidence.Case) {
					c.Finding.Culprit, c.Finding.Facts.AWSResource = -1, "/ecs/other"
					c.Facts.Setup.LogGroups[evidence.In("eu-west-1", "/ecs/sidecar")] =
						evidence.None[evidence.LogGroup]()
				},
				want:  "confirmed",
				tells: "/ecs/sidecar",
			},
			{
				when:   "no group is set",
				change: func(c *evidence.Case) { delete(app(c).LogOptions, "awslogs-group") },
				want:   "not_read",
				tells:  "no container in question",
			},
			{
				when:   "the task definition may not be read",
				change: evidencetest.NoDefinition,
				want:   "no_permission",
				tells:  "orders:7 could not be read",
			},
			{
				when: "denied to us",
				change: func(c *evidence.Case) {
					c.Facts.Setup.LogGroups[evidence.In("eu-west-1",
						"/ecs/orders")] = evidence.Unanswered[evidence.LogGroup](classifier.ReasonNoPermission,
						"logs:DescribeLogGroups")
				},
				want: "no_permission",
			},
		},
	},
	{
		cause: "log-region-wrong",
		stage: classifier.Logging,
		fault: classifier.NotFound,
		trials: []setupTrial{
			{
				when: "it is right",
				want: "ruled_out",
			},
			{
				when: "the group was created there after the failure",
				change: func(c *evidence.Case) {
					c.Facts.Setup.LogGroups[evidence.In("eu-west-1", "/ecs/orders")] = evidence.Is(evidence.LogGroup{
						CreatedAt: after,
					})
				},
				want: "fixed_since",
			},
			{
				when: "the group is in the task's Region",
				change: func(c *evidence.Case) {
					app(c).LogOptions["awslogs-region"] = "us-east-1"
					c.Facts.Setup.LogGroups[evidence.In("us-east-1", "/ecs/orders")] =
						evidence.None[evidence.LogGroup]()
				},
				want:  "confirmed",
				tells: "set awslogs-region of container app in orders:7 to eu-west-1",
			},
			{
				when:   "it is one of the sovereign cloud",
				change: func(c *evidence.Case) { app(c).LogOptions["awslogs-region"] = "eusc-de-east-1" },
				want:   "not_read",
				tells:  "eusc-de-east-1",
			},
			{
				when: "the driver creates the group there",
				change: func(c *evidence.Case) {
					app(c).LogOptions["awslogs-region"] = "us-east-1"
					app(c).LogOptions["awslogs-create-group"] = "true"
					c.Facts.Setup.LogGroups[evidence.In("us-east-1", "/ecs/orders")] =
						evidence.None[evidence.LogGroup]()
				},
				want:  "not_causal",
				tells: "to create it",
			},
			{
				when: "denied to us",
				change: func(c *evidence.Case) {
					app(c).LogOptions["awslogs-region"] = "us-east-1"
					c.Facts.Setup.LogGroups[evidence.In("us-east-1",
						"/ecs/orders")] = evidence.Unanswered[evidence.LogGroup](classifier.ReasonNoPermission,
						"logs:DescribeLogGroups")
				},
				want:  "no_permission",
				tells: "in us-east-1 could not be looked up",
			},
			{
				when: "the group is in neither",
				change: func(c *evidence.Case) {
					app(c).LogOptions["awslogs-region"] = "us-east-1"
					c.Facts.Setup.LogGroups = map[string]evidence.Answer[evidence.LogGroup]{
						evidence.In("us-east-1", "/ecs/orders"): evidence.None[evidence.LogGroup](),
						evidence.In("eu-west-1", "/ecs/orders"): evidence.None[evidence.LogGroup](),
					}
				},
				want: "not_read",
			},
			{
				when: "the task's Region did not answer",
				change: func(c *evidence.Case) {
					app(c).LogOptions["awslogs-region"] = "us-east-1"
					c.Facts.Setup.LogGroups = map[string]evidence.Answer[evidence.LogGroup]{
						evidence.In("us-east-1", "/ecs/orders"): evidence.None[evidence.LogGroup](),
						evidence.In("eu-west-1",
							"/ecs/orders"): evidence.Unanswered[evidence.LogGroup](classifier.ReasonTimeout,
							"logs:DescribeLogGroups"),
					}
				},
				want: "timeout",
			},
		},
	},
	{
		cause: "log-region-wrong",
		stage: classifier.Logging,
		fault: classifier.DNS,
		trials: []setupTrial{
			{
				when:   "it is no Region",
				change: func(c *evidence.Case) { app(c).LogOptions["awslogs-region"] = "eu-west1" },
				want:   "confirmed",
				tells:  "set awslogs-region of container app in orders:7 to eu-west-1",
			},
		},
	},
	{
		cause: "log-options-invalid",
		stage: classifier.Logging,
		fault: classifier.Invalid,
		trials: []setupTrial{
			{
				when: "the option that the text names",
				change: func(c *evidence.Case) {
					app(c).LogOptions["awslogs-colour"] = "do-not-tell"
					c.Stop.StoppedReason = "failed to validate logger args: unknown log opt 'awslogs-colour' for " +
						"awslogs log driver"
				},
				want:  "confirmed",
				tells: "correct awslogs-colour in logConfiguration of container app in orders:7",
			},
			{
				when: "the option of another driver",
				change: func(c *evidence.Case) {
					app(c).LogDriver, app(c).LogOptions = "splunk", map[string]string{"splunk-tokn": "do-not-tell"}
					c.Stop.StoppedReason = "failed to validate logger args: unknown log opt 'splunk-tokn' for splunk " +
						"log driver"
				},
				want:  "confirmed",
				tells: "container app sets splunk-tokn, and log driver splunk refuses it",
			},
			{
				when:   "the task definition may not be read",
				change: evidencetest.NoDefinition,
				want:   "no_permission",
				tells:  "orders:7 could not be read",
			},
			{
				when: "an option that nobody sets",
				change: func(c *evidence.Case) {
					c.Stop.StoppedReason = "must specify a value for log opt 'awslogs-tags'"
				},
				want:  "partial",
				tells: "speaks of option awslogs-tags, which",
			},
			{
				when: "no option is named",
				want: "not_read",
			},
		},
	},
}
