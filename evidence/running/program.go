package running

import (
	"cmp"
	"fmt"
	"strings"

	"whystopped/classifier"
	"whystopped/classifier/lastwords"
	"whystopped/events/awsname"
	"whystopped/evidence"
)

// programChecks decide what the program itself says about its end.
var programChecks = []evidence.Check{
	byLog("command-not-found-exit-127", "the last log lines name a program or library that was not found"),
	byLog("not-executable-exit-126", "the last log lines say that a file may not be executed"),
	byLog("app-usage-error", "the last log lines say that an option or argument is wrong"),
	byLog("app-signal-crash", "the last log lines speak of a crash in native code"),
	byLog("app-config", "the last log lines name a setting that is missing or wrong"),
	byLog("app-error", "the last log lines tell of a fault of the program"),
	byLog("process-finished", ""),
	{
		Cause: "container-definition-invalid", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedSteady},
		Timeless: true,
		Confirms: "never: the text names the value, and what changed since the service last ran well is told",
		RulesOut: "never: another instance may accept what this one does not",
		Open:     "always",
		Prove: func(c *evidence.Case) classifier.Proof {
			td := c.Facts.Task.TaskDefinition
			switch {
			case td.State != evidence.Known:
				return td.Gap()
			case changed(c) != "":
				return evidence.Unsaid("%s", strings.TrimPrefix(changed(c), "; "))
			}
			return evidence.Unsaid("what ran well before is not known")
		},
	},
	{
		Cause: "entrypoint-missing", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedSteady}, Timeless: true,
		Confirms: "the program that could not be found is the one that the task definition names",
		RulesOut: "never: what is in an image is not read",
		Open: "the text or the task definition does not name the program; or it may be its interpreter that is " +
			"not there",
		Prove: proveEntrypoint,
	},
}

// byLog is a check that the last log lines may decide; confirms is empty for a cause that no log line proves.
func byLog(cause, confirms string) evidence.Check {
	if confirms == "" {
		confirms = "never: what a program says about its end is quoted, and what changed since its service last ran " +
			"well"
	}
	return evidence.Check{Cause: cause,
		Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedLog, evidence.NeedSteady}, Timeless: true,
		Confirms: confirms, RulesOut: "never: a log that does not speak of it proves nothing", Open: "otherwise",
		Prove: func(c *evidence.Case) classifier.Proof { return proveByLog(c, cause) }}
}

// quotable is how long a line may be that is looked at for a port.
const quotable = 300

// told is what the lines of a log say, and the line that says it.
func told(lines []evidence.LogLine) (lastwords.Told, evidence.LogLine, bool) {
	texts := make([]string, len(lines))
	for i, line := range lines {
		texts[i] = line.Text
	}
	said, found := lastwords.Read(texts)
	if !found {
		return said, evidence.LogLine{}, false
	}
	return said, evidence.LogLine{At: lines[said.Line].At, Text: said.Text}, true
}

// lastWords says what the log of the culprit ends with, as the rest of a sentence; empty when it was not read.
func lastWords(c *evidence.Case) string {
	log := c.Facts.Running.Log
	switch log.State {
	case evidence.Absent:
		return "; it has no log stream, so it wrote nothing"
	case evidence.Known:
		if _, line, found := told(log.Value); found {
			return fmt.Sprintf("; its log says at %s %q", evidence.Moment(line.At), line.Text)
		}
		return "; its log is empty"
	}
	return ""
}

// points reports whether a line is one that a program ends with, for that cause.
func points(said lastwords.Told, cause string) bool {
	return said.Ends() && said.Sign != nil && (said.Sign.Cause == cause || said.Sign.Otherwise == cause)
}

func proveByLog(c *evidence.Case, cause string) classifier.Proof {
	log := c.Facts.Running.Log
	if log.State == evidence.Known {
		if said, line, found := told(log.Value); found && points(said, cause) {
			return evidence.Confirmed(classifier.FillHeard(said.Sign.Next, said, &c.Stop, &c.Finding),
				"the log of %s says at %s %q%s", c.CulpritName(), evidence.Moment(line.At), line.Text, changed(c))
		}
	}
	said := ending(c) + lastWords(c) + changed(c)
	if log.State == evidence.Known || log.State == evidence.Absent {
		return evidence.Unsaid("%s", said)
	}
	gap := logGap(c)
	if changed(c) != "" {
		gap.Evidence = said
	}
	return gap
}

// logGap says why no log lines were read: of what they depend on, the first that somebody can do something about.
func logGap(c *evidence.Case) classifier.Proof {
	a := c.Facts.Running.Log
	if a.State != evidence.NotAsked || a.Reason != "" {
		return a.Gap()
	}
	if td := c.Facts.Task.TaskDefinition; td.State == evidence.Unknown || td.State == evidence.NotAsked {
		return td.Gap()
	}
	switch d := logged(c); {
	case d == nil:
		return evidence.Unsaid("whose log to read is not told")
	case d.LogDriver == "":
		return evidence.Unsaid("%s has no log configuration", d.Name)
	case d.LogDriver != evidence.Awslogs:
		return evidence.Unsaid("%s logs with %s, which is not read", d.Name, d.LogDriver)
	}
	return a.Gap()
}

// logged is the container whose log tells most: the culprit, the one that a load balancer or ECS judged, else the only
// one that is the task's own.
func logged(c *evidence.Case) *evidence.ContainerDefinition {
	if _, d := c.CulpritContainer(); d != nil {
		return d
	}
	if lb, found := loadBalancer(c); found && c.ContainerDefinition(lb.Container) != nil {
		return c.ContainerDefinition(lb.Container)
	}
	if d := unhealthyContainer(c); d != nil {
		return d
	}
	if containers := c.Facts.Task.TaskDefinition.Value.Containers; len(containers) == 1 {
		return &containers[0]
	}
	return nil
}

// LogOf is where that container's output went: the stream is named by prefix, container and task, or without a prefix,
// which only instances allow, by Docker's id of the container. It is empty where it is not known
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html).
func LogOf(c *evidence.Case) classifier.Log {
	d := logged(c)
	if d == nil || d.LogDriver != evidence.Awslogs || d.LogOptions["awslogs-group"] == "" || c.Stop.TaskID == "" {
		return classifier.Log{}
	}
	log := classifier.Log{Group: d.LogOptions["awslogs-group"],
		Region: cmp.Or(d.LogOptions["awslogs-region"], c.Stop.Region)}
	if !awsname.IsRegion(log.Region) {
		return classifier.Log{}
	}
	if prefix := d.LogOptions["awslogs-stream-prefix"]; prefix != "" {
		log.Stream = prefix + "/" + d.Name + "/" + c.Stop.TaskID
	} else if logged := container(c, d.Name); logged != nil && c.Stop.OnInstance() {
		log.Stream = logged.RuntimeID
	}
	return log
}

// ending says how the culprit ended.
func ending(c *evidence.Case) string {
	container, _ := c.CulpritContainer()
	if container == nil || container.ExitCode == nil {
		return c.CulpritName() + " ended"
	}
	said := fmt.Sprintf("%s ended with %d", container.Name, *container.ExitCode)
	if ran, known := c.Stop.Ran(); known {
		said += " after " + classifier.Span(ran)
	}
	return said
}

func proveEntrypoint(c *evidence.Case) classifier.Proof {
	container, definition := c.CulpritContainer()
	program := c.Finding.Facts.Path
	switch {
	case c.Facts.Task.TaskDefinition.State != evidence.Known:
		return c.Facts.Task.TaskDefinition.Gap()
	case container == nil || definition == nil || program == "" || c.Finding.Fault != classifier.NotFound:
		return evidence.Unsaid("which program of which container is missing is not told%s", changed(c))
	}
	if c.Stop.Texts().Say("no such file or directory") && !c.Stop.Texts().Say(": stat ", "executable file not found") {
		return evidence.Unsaid("the runtime did not start %s: it is not there, or the interpreter or loader that it "+
			"names is not (line ends of Windows in a script, a program for another C library)%s", program, changed(c))
	}
	for _, place := range []struct {
		name  string
		words []string
	}{{"entryPoint", definition.EntryPoint}, {"command", definition.Command}} {
		if len(place.words) > 0 && place.words[0] == program {
			return evidence.Confirmed(fmt.Sprintf("put %s into image %s, or correct %s of %s in task definition %s",
				program, container.Image, place.name, container.Name, c.Stop.TaskDefinition()),
				"%s of %s in %s begins with %s, which the container runtime did not find%s", place.name, container.Name,
				c.Stop.TaskDefinition(), program, changed(c))
		}
	}
	return evidence.Unsaid("%s does not name %s for %s: the image itself or an override does%s",
		c.Stop.TaskDefinition(), program, container.Name, changed(c))
}
