package setup

import (
	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

var volumeTrials = []setupTrials{
	{
		cause: "volume-missing",
		stage: classifier.Volume,
		fault: classifier.NotFound,
		trials: []setupTrial{
			{
				when: "one that nobody makes is named",
				change: unprovisioned("initialize volume: volume 'scans' does not exist and autoprovision is set to " +
					"false"),
				want:  "confirmed",
				tells: "scans is a shared Docker volume with autoprovision off",
			},
			{
				when: "a container's reason names it",
				change: func(c *evidence.Case) {
					unprovisioned("Task failed to start")(c)
					c.Stop.Containers[0].Reason = "Volume scans does not exist"
				},
				want: "confirmed",
				tells: "make the volume scans on every instance of the cluster, `docker volume create scans`, or set " +
					"autoprovision to true in orders:7",
			},
			{
				when: "several must be there",
				change: func(c *evidence.Case) {
					task(c).Volumes = []evidence.Volume{
						{Name: "scans", HostPath: "/mnt/scans"},
						{Name: "index", Service: "EBS"},
					}
				},
				want:  "unsaid",
				tells: "scans is the host path /mnt/scans, index is a volume of EBS",
			},
			{
				when:   "it is named as the end of another name",
				change: unprovisioned("volume 'old-scans' does not exist"),
				want:   "unsaid",
				tells:  "scans is a shared Docker volume",
			},
			{
				when:   "it is named as a part of another name",
				change: unprovisioned("initialize volume: volume 'scans-old' does not exist"),
				want:   "unsaid",
				tells:  "scans is a shared Docker volume",
			},
			{
				when:   "a path has its name in it",
				change: unprovisioned("failed to mount local volume: no such file or directory: /mnt/scans/today"),
				want:   "unsaid",
				tells:  "scans is a shared Docker volume",
			},
			{
				when: "a host path",
				change: func(c *evidence.Case) {
					c.Stop.StoppedReason = "no such volume: scans"
					task(c).Volumes = []evidence.Volume{{Name: "scans", HostPath: "/mnt/scans"}}
				},
				want:  "unsaid",
				tells: "scans is the host path /mnt/scans",
			},
			{
				when:   "a volume of another service",
				change: func(c *evidence.Case) { task(c).Volumes = []evidence.Volume{{Name: "scans", Service: "EBS"}} },
				want:   "unsaid",
				tells:  "scans is a volume of EBS",
			},
			{
				when:  "none has to be there",
				want:  "ruled_out",
				tells: "no volume of orders:7",
			},
			{
				when: "the task definition may not be read",
				change: func(c *evidence.Case) {
					evidencetest.Refuse(&c.Facts.Task.TaskDefinition, classifier.ReasonNoPermission,
						"ecs:DescribeTaskDefinition")
				},
				want: "no_permission",
			},
		},
	},
	{
		cause: "volume-missing",
		stage: classifier.Volume,
		fault: classifier.Conflict,
		trials: []setupTrial{
			{
				when:   "it is not as declared",
				change: unprovisioned("volume 'scans' exists with another driver"),
				want:   "unsaid",
				tells:  "scans is a shared Docker volume",
			},
		},
	},
	{
		cause: "volume-missing",
		stage: classifier.Volume,
		fault: classifier.Invalid,
		trials: []setupTrial{
			{
				when:  "none has to be there, and something is wrong with one",
				want:  "unsaid",
				tells: "no volume of orders:7",
			},
		},
	},
}

// unprovisioned gives the task a volume that Docker does not make, and the stop a text.
func unprovisioned(text string) func(*evidence.Case) {
	return func(c *evidence.Case) {
		c.Stop.StoppedReason = text
		task(c).Volumes = []evidence.Volume{{Name: "scans", Unprovisioned: true}}
	}
}
