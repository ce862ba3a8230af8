package evidence

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"whystopped/classifier"
	"whystopped/events/awsname"
)

// programChecks decide what the program itself says about its end.
var programChecks = []Check{
	byLog("command-not-found-exit-127", "the last log lines name a program or library that was not found"),
	byLog("not-executable-exit-126", "the last log lines say that a file may not be executed"),
	byLog("app-usage-error", "the last log lines say that an option or argument is wrong"),
	byLog("app-signal-crash", ""),
	byLog("app-config", ""),
	byLog("app-error", ""),
	byLog("process-finished", ""),
	{
		Cause: "container-definition-invalid", Needs: []Need{NeedInputs, NeedSteady}, Timeless: true,
		Confirms: "never: the text names the value, and what changed since the service last ran well is told",
		RulesOut: "never: another instance may accept what this one does not",
		Open:     "always",
		Prove: func(c *Case) classifier.Proof {
			td := c.Facts.Inputs.TaskDefinition
			switch {
			case td.State != Known:
				return td.gap()
			case changed(c) != "":
				return unsaid("%s", strings.TrimPrefix(changed(c), "; "))
			}
			return unsaid("what ran well before is not known")
		},
	},
	{
		Cause: "entrypoint-missing", Needs: []Need{NeedInputs, NeedSteady}, Timeless: true,
		Confirms: "the program that could not be found is the one that the task definition names",
		RulesOut: "never: what is in an image is not read",
		Open:     "the text or the task definition does not name the program; or it may be its interpreter that is not there",
		Prove:    proveEntrypoint,
	},
}

// byLog is a check that the last log lines may decide; confirms is empty for a cause that no log line proves.
func byLog(cause, confirms string) Check {
	if confirms == "" {
		confirms = "never: what a program says about its end is quoted, and what changed since its service last ran well"
	}
	return Check{Cause: cause, Needs: []Need{NeedInputs, NeedLog, NeedSteady}, Timeless: true,
		Confirms: confirms, RulesOut: "never: a log that does not speak of it proves nothing", Open: "otherwise",
		Prove: func(c *Case) classifier.Proof { return proveByLog(c, cause) }}
}

// shell is how a line begins in which a shell, or what starts programs like one, complains: with its name, or with that of a script.
const shell = `^(\S*[/.-])?((ba|da|a|k)?sh|exec|env|entrypoint)\b`

// logSigns are what log lines say that prove a cause. Without what was refused, "invalid argument" is a word of the kernel.
var logSigns = map[string]func() *regexp.Regexp{
	"heap-setting":               compiled(`(?i)java heap space|gc overhead limit exceeded|javascript heap out of memory|fatal error: runtime: out of memory`),
	"command-not-found-exit-127": compiled(`(?i)` + shell + `.*: (command )?not found$|: command not found$|error while loading shared libraries: `),
	"not-executable-exit-126":    compiled(`(?i)` + shell + `.*: (permission denied|is a directory|cannot execute.*|exec format error)$`),
	"app-usage-error":            compiled(`(?i)^usage: [a-z/.<][\w./-]*(>|\s|$)|(unrecognized|unrecognised|unknown|invalid|illegal) (option|flag|command|shorthand flag)\b|(unrecognized|unrecognised|unknown) arguments?\b|invalid argument:? (['"\x60‘]|--?\w)|flag provided but not defined|` + shell + `.*: syntax error`),
}

// trouble marks a line that tells more than its neighbours.
var trouble = compiled(`(?i)\b(error|exception|fatal|panic|failed|failure|refused|denied|cannot|could not|missing|undefined|not found|out of memory|killed)\b|error:`)

// quotable is how long a line may be that evidence quotes. Lines are quoted whole, so that no mask in them is cut.
const quotable = 300

// telling returns the last log line that speaks of trouble, else the last one.
func telling(lines []LogLine) (LogLine, bool) {
	var last LogLine
	found := false
	for _, line := range slices.Backward(lines) {
		if strings.TrimSpace(line.Text) == "" || len(line.Text) > quotable {
			continue
		}
		if trouble().MatchString(line.Text) {
			return line, true
		}
		if !found {
			last, found = line, true
		}
	}
	return last, found
}

// lastWords says what the log of the culprit ends with, as the rest of a sentence; empty when it was not read.
func lastWords(c *Case) string {
	log := c.Facts.Aftermath.Log
	switch log.State {
	case Absent:
		return "; it has no log stream, so it wrote nothing"
	case Known:
		if line, found := telling(log.Value); found {
			return fmt.Sprintf("; its log says at %s %q", moment(line.At), line.Text)
		}
		return "; its log is empty"
	}
	return ""
}

func proveByLog(c *Case, cause string) classifier.Proof {
	log := c.Facts.Aftermath.Log
	if sign := logSigns[cause]; sign != nil && log.State == Known {
		for _, line := range slices.Backward(log.Value) {
			if text := strings.TrimSpace(line.Text); len(text) <= quotable && sign().MatchString(text) {
				return confirmed(fmt.Sprintf("correct what the log of %s in %s complains of: %q", c.culpritName(), c.Stop.TaskDefinition(), text),
					"the log of %s says at %s %q%s", c.culpritName(), moment(line.At), text, changed(c))
			}
		}
	}
	said := ending(c) + lastWords(c) + changed(c)
	if log.State == Known || log.State == Absent {
		return unsaid("%s", said)
	}
	gap := logGap(c)
	if changed(c) != "" {
		gap.Evidence = said
	}
	return gap
}

// logGap says why no log lines were read: of what they depend on, the first that somebody can do something about.
func logGap(c *Case) classifier.Proof {
	a := c.Facts.Aftermath.Log
	if a.State != NotAsked || a.Reason != "" {
		return a.gap()
	}
	if td := c.Facts.Inputs.TaskDefinition; td.State == Unknown || td.State == NotAsked {
		return td.gap()
	}
	switch d := c.logged(); {
	case d == nil:
		return unsaid("whose log to read is not told")
	case d.LogDriver == "":
		return unsaid("%s has no log configuration", d.Name)
	case d.LogDriver != awslogs:
		return unsaid("%s logs with %s, which is not read", d.Name, d.LogDriver)
	}
	return a.gap()
}

// awslogs is the log driver that writes to CloudWatch Logs.
const awslogs = "awslogs"

// logged is the container whose log tells most: the culprit, the one that a load balancer or ECS judged, else the only one that is
// the task's own.
func (c *Case) logged() *ContainerDefinition {
	if _, d := c.culpritContainer(); d != nil {
		return d
	}
	if lb, found := c.loadBalancer(); found && c.containerDefinition(lb.Container) != nil {
		return c.containerDefinition(lb.Container)
	}
	if d := c.unhealthyContainer(); d != nil {
		return d
	}
	if containers := c.Facts.Inputs.TaskDefinition.Value.Containers; len(containers) == 1 {
		return &containers[0]
	}
	return nil
}

// Log is where that container's output went: the stream is named by prefix, container and task, or without a prefix, which only
// instances allow, by Docker's id of the container. It is empty where it is not known
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html).
func (c *Case) Log() classifier.Log {
	d := c.logged()
	if d == nil || d.LogDriver != awslogs || d.LogOptions["awslogs-group"] == "" || c.Stop.TaskID == "" {
		return classifier.Log{}
	}
	log := classifier.Log{Group: d.LogOptions["awslogs-group"], Region: cmp.Or(d.LogOptions["awslogs-region"], c.Stop.Region)}
	if !awsname.IsRegion(log.Region) {
		return classifier.Log{}
	}
	if prefix := d.LogOptions["awslogs-stream-prefix"]; prefix != "" {
		log.Stream = prefix + "/" + d.Name + "/" + c.Stop.TaskID
	} else if logged := c.container(d.Name); logged != nil && c.Stop.OnInstance() {
		log.Stream = logged.RuntimeID
	}
	return log
}

// ending says how the culprit ended.
func ending(c *Case) string {
	container, _ := c.culpritContainer()
	if container == nil || container.ExitCode == nil {
		return c.culpritName() + " ended"
	}
	said := fmt.Sprintf("%s ended with %d", container.Name, *container.ExitCode)
	if ran, known := c.Stop.Ran(); known {
		said += " after " + classifier.Span(ran)
	}
	return said
}

func proveEntrypoint(c *Case) classifier.Proof {
	container, definition := c.culpritContainer()
	program := c.Finding.Facts.Path
	switch {
	case c.Facts.Inputs.TaskDefinition.State != Known:
		return c.Facts.Inputs.TaskDefinition.gap()
	case container == nil || definition == nil || program == "" || c.Finding.Fault != classifier.NotFound:
		return unsaid("which program of which container is missing is not told%s", changed(c))
	}
	if c.Stop.Texts().Say("no such file or directory") && !c.Stop.Texts().Say(": stat ", "executable file not found") {
		return unsaid("the runtime did not start %s: it is not there, or the interpreter or loader that it names is not (line ends of Windows in a script, a program for another C library)%s", program, changed(c))
	}
	for _, place := range []struct {
		name  string
		words []string
	}{{"entryPoint", definition.EntryPoint}, {"command", definition.Command}} {
		if len(place.words) > 0 && place.words[0] == program {
			return confirmed(fmt.Sprintf("put %s into image %s, or correct %s of %s in task definition %s", program, container.Image, place.name, container.Name, c.Stop.TaskDefinition()),
				"%s of %s in %s begins with %s, which the container runtime did not find%s", place.name, container.Name, c.Stop.TaskDefinition(), program, changed(c))
		}
	}
	return unsaid("%s does not name %s for %s: the image itself or an override does%s", c.Stop.TaskDefinition(), program, container.Name, changed(c))
}
