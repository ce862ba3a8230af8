package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"whystopped/archive/stack"
)

//go:generate go run . docs ../docs

// pages are printed by name; what they read of the module lies under root.
var pages = map[string]func(root string) (string, error){
	"coverage.md": coveragePage,
	"options.md":  optionsPage,
}

func writePages(dir string) error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	for name, print := range pages {
		page, err := print(root)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(page), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func optionsPage(string) (string, error) {
	var page strings.Builder
	page.WriteString(`# Options of a deployment

Options are CDK context: ` + "`-c name=value`" + ` on the CDK's command line, or ` + "`context`" + ` in ` + "`cdk.json`" + ` to keep them. A list has commas, or is a
list in ` + "`cdk.json`" + `. What is wrong is refused before anything is deployed, one line for each mistake; so is an option that does not exist.

` + "```sh" + `
npx aws-cdk@2.1148.1 deploy -c clusters=shop,bank -c retentionDays=90 -c notifyEmail=on-call@example.com
` + "```" + `

` + "```json" + `
{
  "app": "go run ./infra",
  "context": {
    "clusters": ["shop", "bank"],
    "retentionDays": 90
  }
}
` + "```" + `

Give the same options again at each deployment: one that is left out goes back to its default. The function's environment holds
them, resolved, as ` + "`" + stack.EnvOptions + "`" + `. Printed from the table in ` + "`infra/options.go` by `go generate ./infra`" + `.

| option | default | what it does |
|---|---|---|
`)
	for _, opt := range options {
		def := "none"
		if opt.Default != "" {
			def = "`" + opt.Default + "`"
		}
		fmt.Fprintf(&page, "| `%s` | %s | %s |\n", opt.Name, def, opt.Doc)
	}
	fmt.Fprintf(&page, `
What narrows the rules is written into their event patterns, each of which EventBridge limits to 2,048 characters. Of names with twelve
letters these fit into all rules that are on by default; an error names the rule that is full, and turning that one off makes room:

| option | with capture=failures | with capture=all |
|---|---|---|
`)
	for _, option := range []string{"clusters", "services", "families", "taskDefinitions", "excludeClusters",
		"excludeFamilies"} {
		fmt.Fprintf(&page, "| `%s` | %d | %d |\n", option, mostNames("failures", option, 12),
			mostNames("all", option, 12))
	}
	page.WriteString(`
With more to name, exclude instead, or catch all and filter when reading. Names are names and not ARNs, so that one list serves
every account and Region.
`)
	policy, err := keyPolicy()
	if err != nil {
		return "", err
	}
	fmt.Fprintf(&page, `
## A key of your own

With `+"`kmsKeyArn`"+` the key's policy needs these statements before the stack is deployed, beside the one that every key has at first,
which lets the policies of roles count: that gives the function's role what it needs, and whoever deploys must be allowed
`+"`kms:CreateGrant` and `kms:DescribeKey`"+` for the table. Fill in PARTITION, REGION and ACCOUNT; in China the first service is
`+"`"+logsService+".cn`"+`.

`+"```json"+`
%s
`+"```"+`

`+"`redrive` then needs `kms:Decrypt`"+` on the key. Where the policy lacks the second statement, events that EventBridge cannot deliver
are lost (the alarm `+"`"+stack.AlarmPrefix+"lost`"+` says so) and alarms tell nobody. An `+"`existingLogGroup` and a `notifyTopicArn`"+` keep the
keys of their owners; a key of such a topic must let the function's role have `+"`kms:Decrypt` and `kms:GenerateDataKey`"+`.
`, policy)
	return page.String(), nil
}

// mostNames says how many names of a length an option takes.
func mostNames(capture, option string, length int) int {
	n := 0
	for {
		if _, err := parseOptions(map[string]any{"capture": capture, option: names(n+1, length, option)}); err != nil {
			return n
		}
		n++
	}
}

// names writes n names of a length, as option takes them.
func names(n, length int, option string) string {
	var all []string
	for i := range n {
		name := fmt.Sprintf("%0*x", length, i)
		switch option {
		case "taskDefinitions":
			name += ":1"
		case "belowDesired":
			name = "shop/" + name
		}
		all = append(all, name)
	}
	return strings.Join(all, ",")
}
