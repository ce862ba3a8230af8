package classifier

// logCauses are defects that only the log of the program tells of: a line of it brings them, and its table in package
// lastwords says which.
var logCauses = []Cause{
	{
		ID:    "needed-service-unreachable",
		Title: "a database, cache or API that {culprit|the program} needs does not answer it",
		Why: "Programs connect when they start, and most end when that fails. A refusal comes from the other host, " +
			"where " +
			"nothing listens on the port; silence comes from a security group, a route or a network ACL; a name that " +
			"does " +
			"not resolve is misspelt, or its zone is not known in the VPC.",
		Check: func() []Check {
			return []Check{
				describeDefinition("host and port in environment and secrets of {culprit|the container}"),
				lookAt("In the console, the service that the log names: it runs, and the inbound rules of its " +
					"security group allow the task's"),
			}
		},
		Fix: "Correct host and port, start the service that is called, or open its security group to the task; let " +
			"the " +
			"program try again for a while before it gives up.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting.html",
		Example: crashed1 + "\n" +
			"panic: cannot open database: dial tcp 10.0.3.7:5432: connect: connection refused",
		Unproven: inTheLog, At: crashes, Applies: onlyHeard,
	},
	{
		ID:    "needed-service-login",
		Title: "a service refuses the user or password that {culprit|the program} logs in with",
		Why: "ECS hands a secret to a container when it starts and never again. A password that was rotated, a user " +
			"that " +
			"does not exist or may not come from this address is refused at the next start.",
		Check: func() []Check {
			return []Check{
				describeDefinition("which secret {culprit|the container} gets user and password from"),
				lookAt("In the console, that secret: when it was changed or rotated last, and whether the service " +
					"accepts its value"),
			}
		},
		Fix:  "Put the user and password that the service accepts into the secret, and deploy again.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html",
		Example: crashed1 + "\n" +
			"FATAL: password authentication failed for user \"orders\"",
		Unproven: inTheLog, At: crashes, Applies: onlyHeard,
	},
	{
		ID:    "task-role-denied",
		Title: "the task role lacks a permission that {culprit|the program} needs, or the task has none",
		Why: "What a program asks AWS for it asks with the task role, not with the execution role that pulled its " +
			"image. " +
			"A task without taskRoleArn has no credentials at all, but those of an instance.",
		Check: func() []Check {
			return []Check{
				describeDefinition("taskRoleArn"),
				lookAt("In the IAM console, that role: its policies, its boundary and the policy of what is called " +
					"allow the action that the log names"),
			}
		},
		Fix:  "Allow the action in the policy of the task role, or name a task role in the task definition.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
		Example: crashed1 + "\n" +
			"botocore.exceptions.ClientError: An error occurred (AccessDeniedException) when calling the GetItem " +
			"operation: " +
			"User: arn:aws:sts::210987654321:assumed-role/orders-task/5f0e1d2c is not authorized to perform: " +
			"dynamodb:GetItem on resource: arn:aws:dynamodb:eu-north-1:210987654321:table/orders",
		Unproven: inTheLog, At: crashes, Applies: onlyHeard,
	},
	{
		ID:    "certificate-not-trusted",
		Title: "{culprit|the program} does not trust the certificate of what it calls",
		Why: "A slim image may lack the certificate authorities, a private authority is in no image, and a " +
			"certificate may " +
			"have expired or be of another name.",
		Check: func() []Check {
			return []Check{
				run(`docker run --rm --entrypoint ls {image} /etc/ssl/certs`, "the file with the certificates "+
					"exists"),
				lookAt("The certificate of what is called, from inside the VPC: issuer, names and expiry"),
			}
		},
		Fix:  "Install ca-certificates, or the private authority, in the image; renew the certificate that expired.",
		Docs: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html",
		Example: crashed1 + "\n" +
			"Error: self-signed certificate in certificate chain",
		Unproven: inTheLog, At: crashes, Applies: onlyHeard,
	},
	{
		ID:    "database-schema-missing",
		Title: "the database lacks a table, a column or a migration that {culprit|the program} needs",
		Why: "A new revision that needs a migration ends at once where nobody ran it, and one that runs it ends " +
			"where it " +
			"fails or another task holds its lock.",
		Check: func() []Check {
			return []Check{
				lookAt("In the database: the table of applied migrations, and its last row"),
				describeDefinition("which database {culprit|the container} is pointed at"),
			}
		},
		Fix:  "Run the migrations as a task of their own before the service is deployed; mend the one that failed.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/standalone-tasks.html",
		Example: crashed1 + "\n" +
			"psycopg2.errors.UndefinedTable: relation \"orders\" does not exist",
		Unproven: inTheLog, At: crashes, Applies: onlyHeard,
	},
	{
		ID:    "port-taken-in-task",
		Title: "the port that {culprit|the program} wants to listen on is already taken inside the task",
		Why: "All containers of a task in awsvpc mode share one network interface, so each port is there once. A " +
			"program " +
			"that starts its server twice takes its own port.",
		Check: func() []Check {
			return []Check{
				describeDefinition("networkMode, and the ports of all containers"),
			}
		},
		Fix:  "Give each container of the task a port of its own.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html",
		Example: crashed1 + "\n" +
			"Error: listen EADDRINUSE: address already in use :::3000",
		Unproven: inTheLog, At: crashes, Applies: onlyHeard,
	},
	{
		ID:    "image-file-missing",
		Title: "a file, module or library that {culprit|the program} needs is not in its image",
		Why: "A dependency that is installed for development alone, a file that .dockerignore leaves out, a stage of " +
			"the " +
			"build from which it is not copied, or a path that is right on another machine.",
		Check: func() []Check {
			return []Check{
				run(`docker run --rm --entrypoint ls {image} -l .`, "the file exists, seen from the working "+
					"directory"),
				lookAt("Dockerfile and .dockerignore: what the last stage copies, and which dependencies it installs"),
			}
		},
		Fix:  "Copy or install it in the stage of the Dockerfile that runs, or mount what has it.",
		Docs: "https://docs.docker.com/build/building/multi-stage/",
		Example: crashed1 + "\n" +
			"ModuleNotFoundError: No module named 'pandas'",
		Unproven: inTheLog, At: crashes, Applies: onlyHeard,
	},
	{
		ID:    "file-not-allowed",
		Title: "{culprit|the program} may not open, write or listen where it wants to",
		Why: "The user of the container owns neither the file nor its directory, the root file system or a mount is " +
			"read-only, or the port is one below 1024.",
		Check: func() []Check {
			return []Check{
				run(`docker pull {image}`, "the image is there for the next command"),
				run(`docker image inspect {image}`, "User"),
				describeDefinition("user, readonlyRootFilesystem, mountPoints and linuxParameters of {culprit|the " +
					"container}"),
			}
		},
		Fix:  "Give the user of the container the right to the path, or let it write to a volume.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html",
		Example: crashed1 + "\n" +
			"PermissionError: [Errno 13] Permission denied: '/data/orders.db'",
		Unproven: inTheLog, At: crashes, Applies: onlyHeard,
	},
	{
		ID:    "task-disk-full",
		Title: "no space is left on the disk that {culprit|the program} writes to",
		Why: "A task on Fargate has 20 GiB unless ephemeralStorage says more, and its image takes a part of them. On " +
			"an " +
			"instance all tasks share the instance's disk.",
		Check: func() []Check {
			return []Check{
				describeDefinition("ephemeralStorage and volumes").at(maybeFargate),
				onHost("df -h", "", "which file system is full"),
				lookAt("CloudWatch Container Insights, cluster {cluster|CLUSTER}: EphemeralStorageUtilized of " +
					"{family|the task definition}"),
			}
		},
		Fix:  "Raise ephemeralStorage, or delete what the program leaves behind.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html",
		Example: crashed1 + "\n" +
			"OSError: [Errno 28] No space left on device: '/tmp/upload-7'",
		Unproven: inTheLog, At: crashes, Applies: onlyHeard,
	},
	{
		ID:    "runtime-too-old",
		Title: "{culprit|the program} was built for another version of its runtime or library than its image has",
		Why: "The stage that builds and the stage that runs have different base images: a newer JDK, a newer glibc, " +
			"another .NET, Node.js or Ruby.",
		Check: func() []Check {
			return []Check{
				lookAt("Dockerfile: the base images of the stage that builds and the stage that runs"),
			}
		},
		Fix:  "Build and run with one version.",
		Docs: "https://docs.docker.com/build/building/multi-stage/",
		Example: crashed1 + "\n" +
			"java.lang.UnsupportedClassVersionError: shop/Main has been compiled by a more recent version of the " +
			"Java Runtime (class file version 65.0)",
		Unproven: inTheLog, At: crashes, Applies: onlyHeard,
	},
}

const inTheLog = "What the program itself says is all that there is to go by."

// crashed1 is a stop of a container that ended with 1 within seconds.
const crashed1 = aTask +
	`"group":"service:orders","startedAt":"2026-05-04T03:00:00Z","stoppedAt":"2026-05-04T03:00:04Z","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"app","exitCode":1}]}`

// crashes are the stages at which a container may have ended with a failure of its own.
var crashes = []Stage{Runtime, Dependency}

// onlyHeard holds for no event: Hear brings the cause.
func onlyHeard(*view) bool { return false }
