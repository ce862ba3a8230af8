package setup

import (
	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

// notFound makes the runtime not find a program.
func notFound(path string) func(*evidence.Case) {
	return func(c *evidence.Case) { c.Finding.Facts.Path = path }
}

// mounting gives the container volumes at paths; "ro:" before a path makes the mount read-only.
func mounting(program string, mounts ...evidence.Mount) func(*evidence.Case) {
	return func(c *evidence.Case) { c.Finding.Facts.Path, app(c).Mounts = program, mounts }
}

// readOnlySaid makes the runtime complain of a read-only file system.
func readOnlySaid(c *evidence.Case) {
	c.Stop.StoppedReason = "CannotStartContainerError: error mounting \"/var/lib/x\" to rootfs at " +
		"\"/srv/app/cache\": mkdir /srv/app/cache: read-only file system"
}

// hub makes Docker Hub refuse an image as the task definition names it.
func hub(image string) func(*evidence.Case) {
	return func(c *evidence.Case) {
		culpritIs(c, image, "")
		app(c).Image, app(c).Credentials = image, ""
		c.Finding.Facts.Image, c.Finding.Facts.Registry = "docker.io/library/"+image, "docker.io"
		c.Facts.Setup.Images = map[string]evidence.Answer[evidence.Image]{
			"ecr eu-west-1 " + ours + " orders-api:7": evidence.Is(evidence.Image{PushedAt: before}),
		}
	}
}

func onInstance(c *evidence.Case) {
	c.Stop.LaunchType = "EC2"
	c.Facts.Task.Instance = evidence.Is(evidence.ContainerInstance{EC2: evidence.Is(evidence.Instance{ID: "i-0f1"})})
}

func ofType(name string) func(*evidence.Case) {
	return func(c *evidence.Case) {
		onInstance(c)
		c.Facts.Task.Instance.Value.EC2.Value.Type = name
	}
}

var definitionTrials = []setupTrials{
	{
		cause: "command-invalid",
		stage: classifier.Start,
		fault: classifier.NotFound,
		trials: []setupTrial{
			{
				when: "a command line in entryPoint",
				change: func(c *evidence.Case) {
					notFound("/srv/run.sh --port 80")(c)
					app(c).EntryPoint = []string{"/srv/run.sh --port 80"}
				},
				want:  "confirmed",
				tells: `["/srv/run.sh", "--port", "80"]`,
			},
			{
				when: "an option at the head of command",
				change: func(c *evidence.Case) {
					notFound("-c")(c)
					app(c).Command = []string{"-c", "serve"}
				},
				want:  "confirmed",
				tells: `command of app in orders:7 begins with "-c"`,
			},
			{
				when: "the command belongs to an entryPoint",
				change: func(c *evidence.Case) {
					notFound("-c")(c)
					app(c).EntryPoint, app(c).Command = []string{"sh"}, []string{"-c", "serve"}
				},
				want: "unsaid",
			},
			{
				when: "an override has its place",
				change: func(c *evidence.Case) {
					notFound("npm start")(c)
					app(c).Command = []string{"npm start"}
					c.Stop.Containers[0].Command = "npm run"
				},
				want:  "unsaid",
				tells: "an override",
			},
			{
				when: "a later word",
				change: func(c *evidence.Case) {
					notFound("npm start")(c)
					app(c).Command = []string{"env", "npm start"}
				},
				want: "unsaid",
			},
			{
				when: "Windows",
				change: func(c *evidence.Case) {
					notFound("C:\\Program Files\\app.exe")(c)
					task(c).OperatingSystem = "WINDOWS_SERVER_2022_CORE"
					app(c).Command = []string{"C:\\Program Files\\app.exe"}
				},
				want:  "unsaid",
				tells: "Windows",
			},
			{
				when:   "no task definition",
				change: evidencetest.NoDefinition,
				want:   "no_permission",
			},
			{
				when: "no name of a program",
				want: "unsaid",
			},
		},
	},
	{
		cause: "mount-hides-program",
		stage: classifier.Start,
		fault: classifier.NotFound,
		trials: []setupTrial{
			{
				when:   "no mounts",
				change: notFound("/srv/app/run"),
				want:   "ruled_out",
			},
			{
				when:   "EFS over its directory",
				change: mounting("/srv/app/run", evidence.Mount{Volume: "data", Path: "/srv/app/"}),
				want:   "confirmed",
				tells:  "EFS file system fs-0a1 at /srv/app/",
			},
			{
				when: "a host path at its very place",
				change: func(c *evidence.Case) {
					mounting("/srv/app/run", evidence.Mount{Volume: "scratch", Path: "/srv/app/run"})(c)
					task(c).Volumes[1].HostPath = "/opt/run"
				},
				want:  "confirmed",
				tells: "/opt/run of the host",
			},
			{
				when:   "an empty volume, which may be filled",
				change: mounting("/srv/app/run", evidence.Mount{Volume: "scratch", Path: "/srv"}),
				want:   "partial",
			},
			{
				when: "the program is seen through an empty volume within EFS",
				change: mounting("/srv/app/run", evidence.Mount{Volume: "data", Path: "/srv"},
					evidence.Mount{Volume: "scratch", Path: "/srv/app"}),
				want: "partial",
			},
			{
				when:   "a directory whose name only begins alike",
				change: mounting("/srv/application/run", evidence.Mount{Volume: "data", Path: "/srv/app"}),
				want:   "unsaid",
				tells:  "no mount of app in orders:7 lies over /srv/application/run",
			},
			{
				when: "mounts of another container",
				change: func(c *evidence.Case) {
					mounting("/srv/app/run")(c)
					app(c).MountsFrom = []string{"sidecar"}
				},
				want:  "unsaid",
				tells: "sidecar",
			},
			{
				when:   "the container is not in the definition",
				change: func(c *evidence.Case) { app(c).Name = "other" },
				want:   "unsaid",
			},
			{
				when:   "no task definition",
				change: evidencetest.NoDefinition,
				want:   "no_permission",
			},
		},
	},
	{
		cause: "mounts-nested",
		stage: classifier.Start,
		fault: classifier.Invalid,
		trials: []setupTrial{
			{
				when: "below a read-only one",
				change: func(c *evidence.Case) {
					readOnlySaid(c)
					mounting("", evidence.Mount{Volume: "scratch", Path: "/srv/app/cache"},
						evidence.Mount{Volume: "data", Path: "/srv/app", ReadOnly: true})(c)
				},
				want:  "confirmed",
				tells: "scratch at /srv/app/cache of app, below /srv/app, which is read-only",
			},
			{
				when: "the inner one is read-only",
				change: func(c *evidence.Case) {
					readOnlySaid(c)
					mounting("", evidence.Mount{Volume: "scratch", Path: "/srv/app/cache", ReadOnly: true},
						evidence.Mount{Volume: "data", Path: "/srv/app"})(c)
				},
				want: "partial",
			},
			{
				when: "the text does not speak of it",
				change: mounting("", evidence.Mount{Volume: "scratch", Path: "/srv/app/cache"},
					evidence.Mount{Volume: "data", Path: "/srv/app", ReadOnly: true}),
				want: "partial",
			},
			{
				when: "side by side",
				change: func(c *evidence.Case) {
					readOnlySaid(c)
					mounting("", evidence.Mount{Volume: "scratch", Path: "/srv/app-cache"},
						evidence.Mount{Volume: "data", Path: "/srv/app", ReadOnly: true})(c)
				},
				want:  "unsaid",
				tells: "VOLUME lines",
			},
			{
				when:   "the container is not in the definition",
				change: func(c *evidence.Case) { app(c).Name = "other" },
				want:   "unsaid",
			},
			{
				when:   "no task definition",
				change: evidencetest.NoDefinition,
				want:   "no_permission",
			},
		},
	},
	{
		cause: "port-conflict",
		stage: classifier.Start,
		fault: classifier.Conflict,
		trials: []setupTrial{
			{
				when: "two containers want one port",
				change: func(c *evidence.Case) {
					publish(c, []evidence.HostPort{tcp(80)}, []evidence.HostPort{tcp(8080), tcp(80)})
				},
				want:  "confirmed",
				tells: "app and sidecar of orders:7 both want host port 80",
			},
			{
				when: "one container maps a port twice, for TCP and UDP",
				change: func(c *evidence.Case) {
					publish(c, []evidence.HostPort{tcp(53), udp(53)}, nil)
				},
				want:  "unsaid",
				tells: "fixes host port 53;",
			},
			{
				when: "one wants it for TCP and one for UDP",
				change: func(c *evidence.Case) {
					publish(c, []evidence.HostPort{tcp(53)}, []evidence.HostPort{udp(53)})
				},
				want: "unsaid",
			},
			{
				when: "both want it for UDP",
				change: func(c *evidence.Case) {
					publish(c, []evidence.HostPort{udp(53)}, []evidence.HostPort{udp(53)})
				},
				want: "confirmed",
			},
			{
				when: "one maps it for TCP and UDP, and the other wants it for TCP",
				change: func(c *evidence.Case) {
					publish(c, []evidence.HostPort{tcp(53), udp(53)}, []evidence.HostPort{tcp(53)})
				},
				want: "confirmed",
			},
			{
				when: "free ports are chosen",
				want: "ruled_out",
			},
			{
				when: "an interface of its own",
				change: func(c *evidence.Case) {
					task(c).NetworkMode = "awsvpc"
					publish(c, []evidence.HostPort{tcp(80)}, []evidence.HostPort{tcp(80)})
				},
				want: "ruled_out",
			},
			{
				when:   "the host's network",
				change: func(c *evidence.Case) { task(c).NetworkMode = "host" },
				want:   "unsaid",
			},
			{
				when:   "no task definition",
				change: evidencetest.NoDefinition,
				want:   "no_permission",
			},
		},
	},
	{
		cause: "gpu-runtime",
		stage: classifier.Start,
		fault: classifier.NotFound,
		trials: []setupTrial{
			{
				when:   "an instance without a GPU",
				change: ofType("m7i.large"),
				want:   "confirmed",
				tells:  "m7i.large, which has no GPU; app reserves no GPU",
			},
			{
				when:   "one with a GPU",
				change: ofType("g5.xlarge"),
				want:   "unsaid",
			},
			{
				when: "one with a GPU that is reserved",
				change: func(c *evidence.Case) {
					ofType("p4d.24xlarge")(c)
					app(c).GPUs = 1
				},
				want: "unsaid",
			},
			{
				when:   "a family that is not known",
				change: ofType("inf2.xlarge"),
				want:   "unsaid",
			},
			{
				when:   "a name of another kind",
				change: ofType("mac2.metal"),
				want:   "unsaid",
			},
			{
				when: "the type could not be read",
				change: func(c *evidence.Case) {
					onInstance(c)
					evidencetest.Refuse(&c.Facts.Task.Instance.Value.EC2, classifier.ReasonNoPermission,
						"ec2:DescribeInstances")
				},
				want: "no_permission",
			},
			{
				when: "the instance is gone",
				change: func(c *evidence.Case) {
					c.Stop.LaunchType = "EC2"
					c.Facts.Task.Instance = evidence.None[evidence.ContainerInstance]()
				},
				want: "not_visible",
			},
			{
				when: "Fargate",
				want: "unsaid",
			},
		},
	},
	{
		cause: "container-memory-too-small",
		stage: classifier.Create,
		fault: classifier.Invalid,
		trials: []setupTrial{
			{
				when:   "below Docker's minimum",
				change: func(c *evidence.Case) { app(c).Memory = 5 },
				want:   "confirmed",
				tells:  "5 MiB",
			},
			{
				when:   "at Docker's minimum",
				change: func(c *evidence.Case) { app(c).Memory = 6 },
				want:   "unsaid",
				tells:  "6 MiB",
			},
			{
				when:   "an override has more",
				change: func(c *evidence.Case) { app(c).Memory, c.Stop.Containers[0].Memory = 5, new(int64(64)) },
				want:   "unsaid",
				tells:  "64 MiB",
			},
			{
				when: "Windows on an instance has none but the task's, which does not count there",
				change: func(c *evidence.Case) {
					app(c).Memory, task(c).Memory, c.Stop.LaunchType = 0, 4, "EC2"
					c.Stop.Containers[0].Memory = nil
					task(c).OperatingSystem = "WINDOWS_SERVER_2022_CORE"
				},
				want: "ruled_out",
			},
			{
				when:   "a reservation above the limit",
				change: func(c *evidence.Case) { app(c).Memory, app(c).MemoryReservation = 64, 65 },
				want:   "confirmed",
				tells:  "65 MiB",
			},
			{
				when:   "a reservation as large as the limit",
				change: func(c *evidence.Case) { app(c).Memory, app(c).MemoryReservation = 64, 64 },
				want:   "unsaid",
			},
			{
				when: "the event tells a reservation above the limit",
				change: func(c *evidence.Case) {
					app(c).Memory, c.Stop.Containers[0].MemoryReservation = 64, new(int64(128))
				},
				want: "confirmed",
			},
			{
				when: "only the task has a limit",
				want: "unsaid",
			},
			{
				when:   "no limit at all",
				change: func(c *evidence.Case) { task(c).Memory = 0 },
				want:   "ruled_out",
			},
			{
				when:   "the container is not in the definition",
				change: func(c *evidence.Case) { app(c).Name = "other" },
				want:   "unsaid",
			},
			{
				when:   "no task definition",
				change: evidencetest.NoDefinition,
				want:   "no_permission",
			},
		},
	},
	{
		cause: "launch-type-mismatch",
		stage: classifier.Placement,
		fault: classifier.Mismatch,
		trials: []setupTrial{
			{
				when:   "it fits EC2 alone",
				change: func(c *evidence.Case) { task(c).RunsOn = []string{"EXTERNAL", "EC2"} },
				want:   "confirmed",
				tells:  "fits launch types EXTERNAL, EC2, and the task was for FARGATE",
			},
			{
				when:   "it fits",
				change: func(c *evidence.Case) { task(c).RunsOn = []string{"EC2", "FARGATE"} },
				want:   "unsaid",
			},
			{
				when: "Windows on Fargate with half a vCPU",
				change: func(c *evidence.Case) {
					task(c).OperatingSystem, task(c).CPU = "WINDOWS_SERVER_2022_CORE", 512
				},
				want:  "confirmed",
				tells: "asks for 512 CPU units, and Windows on Fargate needs 1024",
			},
			{
				when: "Windows on Fargate with one",
				change: func(c *evidence.Case) {
					task(c).OperatingSystem, task(c).CPU = "WINDOWS_SERVER_2022_CORE", 1024
				},
				want: "unsaid",
			},
			{
				when: "what it fits is not told",
				want: "unsaid",
			},
			{
				when: "the launch type is not told",
				change: func(c *evidence.Case) {
					task(c).RunsOn, c.Stop.LaunchType = []string{"EC2"}, ""
				},
				want: "unsaid",
			},
			{
				when:   "no task definition",
				change: evidencetest.NoDefinition,
				want:   "no_permission",
			},
		},
	},
	{
		cause: "image-registry-host-missing",
		stage: classifier.Image,
		fault: classifier.NotFound,
		trials: []setupTrial{
			{
				when:   "ECR has it",
				change: hub("orders-api:7"),
				want:   "confirmed",
				tells:  "write " + ours + ".dkr.ecr.eu-west-1.amazonaws.com/orders-api:7 as image of app",
			},
			{
				when: "ECR got it after the stop",
				change: func(c *evidence.Case) {
					hub("orders-api:7")(c)
					for name := range c.Facts.Setup.Images {
						c.Facts.Setup.Images[name] = evidence.Is(evidence.Image{PushedAt: after})
					}
				},
				want: "later",
			},
			{
				when: "the container has a login of Docker Hub",
				change: func(c *evidence.Case) {
					hub("orders-api:7")(c)
					app(c).Credentials = ourSecrets + "hub-GhIjKl"
				},
				want: "unsaid",
			},
			{
				when: "ECR has no such repository",
				change: func(c *evidence.Case) {
					hub("orders-api:7")(c)
					for name := range c.Facts.Setup.Images {
						c.Facts.Setup.Images[name] = evidence.None[evidence.Image]()
					}
				},
				want:  "unsaid",
				tells: "no repository orders-api",
			},
			{
				when: "ECR has no such tag",
				change: func(c *evidence.Case) {
					hub("orders-api:7")(c)
					for name := range c.Facts.Setup.Images {
						c.Facts.Setup.Images[name] = evidence.Is(evidence.Image{Missing: true})
					}
				},
				want:  "unsaid",
				tells: "in it no orders-api:7",
			},
			{
				when: "ECR may not be asked",
				change: func(c *evidence.Case) {
					hub("orders-api:7")(c)
					for name := range c.Facts.Setup.Images {
						c.Facts.Setup.Images[name] = evidence.Unanswered[evidence.Image](classifier.ReasonNoPermission,
							"ecr:DescribeImages")
					}
				},
				want: "no_permission",
			},
			{
				when:   "Docker Hub is named",
				change: hub("docker.io/library/orders-api:7"),
				want:   "ruled_out",
			},
			{
				when:   "another registry is named",
				change: hub("quay.io/orders-api:7"),
				want:   "unsaid",
			},
			{
				when:   "the container is not in the definition",
				change: func(c *evidence.Case) { hub("orders-api:7")(c); app(c).Name = "other" },
				want:   "unsaid",
			},
			{
				when:   "no task definition",
				change: func(c *evidence.Case) { hub("orders-api:7")(c); evidencetest.NoDefinition(c) },
				want:   "no_permission",
			},
		},
	},
}

// publish gives the two containers host ports.
func publish(c *evidence.Case, first, second []evidence.HostPort) {
	task(c).Containers[0].HostPorts, task(c).Containers[1].HostPorts = first, second
}

func tcp(port int64) evidence.HostPort { return evidence.HostPort{Number: port} }
func udp(port int64) evidence.HostPort { return evidence.HostPort{Number: port, UDP: true} }
