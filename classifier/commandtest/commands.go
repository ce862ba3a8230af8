package commandtest

import (
	_ "embed"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:generate go test -tags slow -run TestOperationsAreThoseOfTheSDK -update .

// printed is what the AWS command line takes of the operations that are printed anywhere, an operation in a line:
// service, name, and its flags; one that is required ends in "!", one that has no value in "?". To print another one,
// put a line with its service and name there, and go generate ./classifier/commandtest.
//
//go:embed operations.txt
var printed string

// operation is what the AWS command line takes of one call.
type operation struct {
	flags    map[string]bool // whether a value follows
	required []string
}

var operations = sync.OnceValue(func() map[string]operation {
	all := map[string]operation{}
	for line := range strings.Lines(printed) {
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		o := operation{flags: map[string]bool{}}
		for _, flag := range words[2:] {
			name := strings.TrimRight(flag, "!?")
			if strings.HasSuffix(flag, "!") {
				o.required = append(o.required, name)
			}
			o.flags[name] = !strings.HasSuffix(flag, "?")
			if !o.flags[name] {
				o.flags["--no-"+name[2:]] = false
			}
		}
		all[words[0]+" "+words[1]] = o
	}
	return all
})

// highLevel are the commands of the AWS command line that are no operation of an API.
var highLevel = map[string]operation{
	"configure list-profiles": {},
	"sso login":               {},
	"s3 ls":                   {flags: map[string]bool{"--recursive": false}},
	"s3 cp":                   {flags: map[string]bool{"--recursive": false}},
	"logs tail": {flags: map[string]bool{"--since": true, "--follow": false, "--filter-pattern": true,
		"--log-stream-name-prefix": true}},
}

// unregional are those of them that no Region has.
var unregional = map[string]bool{"configure list-profiles": true, "sso login": true}

// global are the flags of all commands of the AWS command line.
var global = map[string]bool{"--region": true, "--output": true, "--query": true, "--profile": true,
	"--cli-binary-format": true, "--no-paginate": false}

// programs are the others that may be named, and how their arguments begin; of "docker image" all.
var programs = map[string][]string{
	"basename": nil,
	"cat":      {"/"},
	"curl":     {"-si http", "-sS https://", "-v https://"},
	"date":     nil,
	"df":       {"-h", "-i"},
	"dmesg":    {"-T"},
	"docker": {"buildx build --platform ", "image inspect", "images", "info", "inspect ", "login", "logout",
		"manifest inspect",
		"network ls", "plugin ls", "ps", "pull", "run --rm", "system df", "version", "volume ls"},
	"free":       {"-m"},
	"go":         {"install ./cmd/whystopped"},
	"grep":       {"-i ", "-ri ", "-E ", "ECS_"},
	"ip":         {"link show"},
	"journalctl": {"-u "},
	"ls":         {"-l"},
	"mktemp":     {"-d"},
	"nslookup":   nil,
	"nvidia-smi": nil,
	"openssl":    {"s_client -connect"},
	"ss":         {"-ltnp"},
	"stat":       {"-fc"},
	"sysctl":     nil,
	"systemctl":  {"status ", "restart ", "enable --now "},
	"tail":       {"-n "},
}

// Programs are the names with which a command may begin.
func Programs() []string {
	return slices.AppendSeq([]string{"aws", "sudo", "time", "whystopped"}, maps.Keys(programs))
}

// cmdlets are the programs of PowerShell that may be named.
var cmdlets = regexp.MustCompile(`^(docker|nvidia-smi|\[Environment\]::GetEnvironmentVariables?\('[\w', ]*'\)|` +
	`(Get-(ChildItem|ComputerInfo|Content|Counter|Date|EventLog|Item|NetTCPConnection|PSDrive|Service|WinEvent)|` +
	`Invoke-WebRequest|Measure-Command|Restart-Service)\b)`)

// Problems says what keeps a command from running as it stands. A line of PowerShell is only looked at for the programs
// that it names.
func Problems(line string, powerShell bool) (problems []string) {
	if powerShell {
		if !cmdlets.MatchString(line) || strings.ContainsAny(line, "…“”") {
			problems = append(problems, "is no command of PowerShell that is known: "+line)
		}
		return problems
	}
	commands, err := Read(line)
	if err != nil {
		return []string{err.Error()}
	}
	for _, c := range commands {
		for _, problem := range c.problems() {
			problems = append(problems, problem+": "+line)
		}
	}
	return problems
}

func (c Command) problems() []string {
	words := make([]string, len(c.Words))
	for i, w := range c.Words {
		words[i] = w.Text
		if strings.ContainsAny(w.Text, "…“”") || strings.HasSuffix(w.Text, ",") || len(w.Text) > 1 &&
			strings.HasSuffix(w.Text, ":") && !strings.HasPrefix(w.Text, "arn:") && w.Text != "logs:" {
			return []string{fmt.Sprintf("%q is prose", w.Text)}
		}
	}
	switch {
	case len(words) == 0:
		return []string{"there is no command"}
	case words[0] == "sudo" || words[0] == "time" || words[0] == "DOCKER_CONFIG=":
		return Command{Words: c.Words[1:]}.problems()
	case words[0] == "aws":
		return awsProblems(words[1:])
	case words[0] == "whystopped": // its own flags are known to the tests of its command line
		return nil
	case c.Pipes && (words[0] == "grep" || words[0] == "whystopped"):
		return nil
	}
	begins, known := programs[words[0]]
	rest := strings.Join(words[1:], " ")
	begun := func(with string) bool { return strings.HasPrefix(rest, with) }
	if !known || begins != nil && !slices.ContainsFunc(begins, begun) {
		return []string{fmt.Sprintf("%s %s is no command that is known", words[0], rest)}
	}
	return nil
}

// awsProblems looks at what stands behind aws.
func awsProblems(words []string) (problems []string) {
	if len(words) < 2 {
		return []string{"aws lacks service and operation"}
	}
	name := words[0] + " " + words[1]
	o, known := operations()[name]
	if !known {
		o, known = highLevel[name]
	}
	if !known {
		return []string{"aws " + name + " is not among the operations that are known (classifier/commandtest)"}
	}
	given := map[string]bool{}
	flag, values, takes := "", 0, false
	finish := func() {
		if flag != "" && takes != (values > 0) {
			problems = append(problems, fmt.Sprintf("%s has %d values", flag, values))
		}
	}
	for _, w := range words[2:] {
		if !strings.HasPrefix(w, "--") {
			if values++; flag == "" && (strings.HasPrefix(name, "s3 ") || name == "logs tail") {
				continue
			}
			if flag == "" {
				problems = append(problems, fmt.Sprintf("%q stands before the first flag", w))
			}
			continue
		}
		finish()
		flag, values = w, 0
		var ofIt, ofAll bool
		if takes, ofIt = o.flags[w]; !ofIt {
			takes, ofAll = global[w]
		}
		switch {
		case !ofIt && !ofAll:
			problems = append(problems, fmt.Sprintf("aws %s has no flag %s", name, w))
		case given[w]:
			problems = append(problems, w+" is given twice")
		}
		given[w] = true
	}
	finish()
	for _, w := range o.required {
		if !given[w] {
			problems = append(problems, "aws "+name+" needs "+w)
		}
	}
	if _, local := unregional[name]; !local && !given["--region"] {
		problems = append(problems, "aws "+name+" lacks --region")
	}
	return problems
}

// blank is what is left to be filled in.
var blank = regexp.MustCompile(`\b[A-Z]{2,}(_[A-Z]+)*\b`)

// notBlank are words of commands that are written so.
var notBlank = regexp.MustCompile(`^(AWS|ARN|TAGS|TAGGED|ANY|STOPPED|FAILED|ACTIVE|ATTACHMENTS|SERVICE_CONTROL_POLICY|` +
	`RESOURCE_CONTROL_POLICY|TAG_POLICY|STANDARD|DF|DF5E4CA3|L|CLEANUP|ECS_[A-Z_]+|ECS|EFS|HOME|UTC|DOCKER_CONFIG)$`)

// Blanks are the words of a command that somebody must fill in.
func Blanks(line string) (words []string) {
	for _, w := range blank.FindAllString(line, -1) {
		if !notBlank.MatchString(w) && !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return words
}

// InText returns a text without its commands, which stand between backquotes, and these.
func InText(text string) (words string, commands []string) {
	for i, part := range strings.Split(text, "`") {
		if i%2 == 0 {
			words += part
		} else {
			commands = append(commands, part)
		}
	}
	return words, commands
}
