package setup

import (
	"whystopped/classifier"
	"whystopped/evidence"
)

var environmentFileTrials = []setupTrials{
	{
		cause: "env-file-missing",
		stage: classifier.EnvFile,
		fault: classifier.NotFound,
		trials: []setupTrial{
			{
				when:  "it is there",
				want:  "ruled_out",
				tells: "prod/orders.env",
			},
			{
				when: "it is not",
				change: func(c *evidence.Case) {
					c.Facts.Setup.Files[envARN] = evidence.Is(evidence.File{Missing: true})
				},
				want:  "confirmed",
				tells: "prod/orders.env",
			},
			{
				when:   "no bucket",
				change: func(c *evidence.Case) { c.Facts.Setup.Files[envARN] = evidence.None[evidence.File]() },
				want:   "confirmed",
				tells:  "bucket",
			},
			{
				when: "uploaded after the failure",
				change: func(c *evidence.Case) {
					c.Facts.Setup.Files[envARN] = evidence.Is(evidence.File{ModifiedAt: after})
				},
				want: "fixed_since",
			},
			{
				when: "of two the one that the text names",
				change: func(c *evidence.Case) {
					app(c).EnvironmentFiles = append(app(c).EnvironmentFiles,
						"arn:aws:s3:::orders-config/prod/extra.env")
					c.Facts.Setup.Files["arn:aws:s3:::orders-config/prod/extra.env"] = evidence.Is(evidence.File{
						Missing: true,
					})
					c.Finding.Facts.Path = "prod/orders.env"
				},
				want:  "ruled_out",
				tells: "prod/orders.env",
			},
			{
				when: "an ARN that is none",
				change: func(c *evidence.Case) {
					app(c).EnvironmentFiles = []string{"s3://orders-config/prod/orders.env"}
				},
				want: "not_causal",
			},
		},
	},
	{
		cause: "env-file-missing",
		stage: classifier.EnvFile,
		fault: classifier.Denied,
		trials: []setupTrial{
			{
				when: "we may not list",
				change: func(c *evidence.Case) {
					c.Facts.Setup.Files[envARN] = evidence.Unanswered[evidence.File](classifier.ReasonNoPermission,
						"s3:ListBucket")
				},
				want:  "no_permission",
				tells: "orders-config",
			},
		},
	},
	{
		cause: "env-file-invalid",
		stage: classifier.EnvFile,
		fault: classifier.Invalid,
		trials: []setupTrial{
			{
				when: "its form is good",
				want: "not_read",
			},
			{
				when: "not .env",
				change: func(c *evidence.Case) {
					app(c).EnvironmentFiles = []string{"arn:aws:s3:::orders-config/prod/orders.txt"}
				},
				want:  "confirmed",
				tells: "arn:aws:s3:::BUCKET/NAME.env",
			},
			{
				when: "an access point",
				change: func(c *evidence.Case) {
					app(c).EnvironmentFiles = []string{
						"arn:aws:s3:eu-west-1:" + ours + ":accesspoint/orders/object/prod/orders.env",
					}
				},
				want:  "confirmed",
				tells: "not the ARN of an S3 object",
			},
			{
				when: "no ARN",
				change: func(c *evidence.Case) {
					app(c).EnvironmentFiles = []string{"s3://orders-config/prod/orders.env"}
				},
				want:  "confirmed",
				tells: "environmentFiles",
			},
		},
	},
}
