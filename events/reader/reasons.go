package reader

import (
	"regexp"
	"slices"
	"strings"

	"whystopped/events"
)

// beginnings are how what ECS says of a stop begins. Each begins with four letters that are no pattern, by which it is
// found.
var beginnings = []string{
	// the names of the errors of the agent and of Fargate
	`Cannot[A-Z]\w+`, `ResourceInitializationError`, `OutOfMemory(?:Error)?\b`,
	`Docker(?:Timeout|State|ClientConfig)Error`,
	`ContainerRuntime\w*Error`, `Container(?:Networking|Vanished)Error`, `HostConfigError`, `Task[A-Z]\w+Error`,
	`TaskFailedToStart:`, `SpotInterruption`, `InternalError:`, `InvalidParameterException: `,
	`AccessDeniedException: User: \S+ is not authorized to perform: (?:ecr|ssm|secretsmanager|kms|logs|ecs|iam|s3):`,
	// what ECS says of tasks
	`Essential container`, `Task failed (?:to start|container|ELB|\w+ health)`, `Task stopped by`, `Task was stopped`,
	`Scaling activity initiated by`, `Availability-zone rebalancing`, `Host EC2 `, `Your Spot Task was`,
	`Timeout waiting for`,
	`ECS (?:was unable|is performing|deployment|Deployment|Task failed)`, `RESOURCE:[A-Z]`, `Unexpected EC2 error`,
	`You've reached the limit`, `Capacity is unavailable`, `No Container Instances`, `Job attempt duration exceeded`,
	`Unable to (?:pull secrets|retrieve|assume|place a task)`,
	`unable to (?:pull secrets|retrieve|assume|place a task)`,
	`Invalid request provided`, `The task (?:can't|cannot)`, `Container killed due to`, `Dependen\w+ container`,
	`dependency container`, `Cgroup resource`, `pull (?:image manifest|command) has been retried`,
	`ref pull has been retried`, `inspect image has been retried`, `Service Connect`, `Fetching secret data`,
	`Failed to (?:validate logger args|invoke EFS|initialize logging driver|download env files|resolve ref|` +
		`create Cloudwatch log)`,
	`failed to (?:validate logger args|invoke EFS|initialize logging driver|download env files|resolve ref|` +
		`create Cloudwatch log)`,
	`Network interface`, `Request was throttled`,
	// what it says of services and deployments
	`service [\w./:-]+,? ` + ofServices, `(service [\w./:-]+\),? ` + ofServices,
	`Deployment [Cc]ircuit [Bb]reaker`, `deployment circuit breaker`, `Circuit [Bb]reaker was triggered`,
	`circuit breaker was triggered`, `(deployment ecs-svc/`,
}

const ofServices = `(?:\((?:instance|task|port|deployment|target)|was |is |has |failed|could|deregist|regist|` +
	`task set|updated|operations|started|stopped|did not)`

// byLetters are the beginnings by their first four letters, each at the beginning of what it is matched with.
var byLetters = func() map[string]*regexp.Regexp {
	together := map[string][]string{}
	for _, b := range beginnings {
		pattern := strings.TrimPrefix(b, "(")
		if pattern != b {
			pattern = `\(` + pattern
		}
		together[b[:4]] = append(together[b[:4]], pattern)
	}
	all := make(map[string]*regexp.Regexp, len(together))
	for letters, patterns := range together {
		all[letters] = regexp.MustCompile(`^(?:` + strings.Join(patterns, "|") + `)`)
	}
	return all
}()

// first are the letters that a beginning begins with.
var firstLetters = func() (set [256]bool) {
	for letters := range byLetters {
		set[letters[0]] = true
	}
	return set
}()

// reasonIn returns where in a line something begins that ECS says of a stop, -1 where nowhere.
func reasonIn(line string) int {
	for i := 0; i+4 <= len(line); i++ {
		if !firstLetters[line[i]] || i > 0 && inWord[line[i-1]] {
			continue
		}
		if r := byLetters[line[i:i+4]]; r != nil && r.MatchString(line[i:min(len(line), i+400)]) {
			return i
		}
	}
	return -1
}

// begins reports whether a line begins with what ECS says of a stop.
func begins(line string) bool {
	if len(line) < 4 {
		return false
	}
	r := byLetters[line[:4]]
	return r != nil && r.MatchString(line[:min(len(line), 400)])
}

// inWord are the characters behind which no reason and no label begins.
var inWord = func() (set [256]bool) {
	for c := range set {
		set[c] = 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
			strings.IndexByte("_.$/-", byte(c)) >= 0
	}
	return set
}()

// ecsWords are the names of fields of ECS in the ways they are written, less a first letter that may be large or small,
// and what else only ECS has.
var ecsWords = []string{"askArn", "ask_arn", "askARN", "toppedReason", "topped_reason", "topCode", "top_code",
	"astStatus",
	"ast_status", "lusterArn", "luster_arn", "ontainerArn", "ontainer_arn", "xitCode", "xit_code", "aws.ecs",
	"ECS Task", ":task/", ":ecs:"}

// tellingWords are those of which a text without any of ECS's own names holds one.
var tellingWords = slices.Concat(events.StopCodes, []string{"Essential container", "OutOfMemory", "Cannot",
	"ResourceInitialization", "Task failed", "service ", "eventname"})

// shapes are words of which a document that is shaped in its own way holds one, whatever it calls things.
var shapes = slices.Concat(ecsWords, tellingWords, []string{"topped", "TOPPED", "eason", "xit", "rror", "eployment",
	"ircuit", "tatus", "arn:"})

// ofECS reports whether a text has a word of ECS's own.
func ofECS(text string) bool { return has(text, ecsWords) }

func has(text string, words []string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
