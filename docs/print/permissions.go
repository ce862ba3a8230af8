package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"whystopped/cmd/whystopped/account/permissions"
	"whystopped/evidence"
)

type statement struct {
	Effect    string
	Action    []string
	Resource  []string
	Condition map[string]map[string]string `json:",omitempty"`
}

// verifying is the command in whose name verifyPermissions stand.
const verifying = "explain --verify, why --verify, history TASK --verify"

// verifyPermissions are what --verify asks, every row of the table of package evidence.
func verifyPermissions() []permissions.Permission {
	var all []permissions.Permission
	for _, action := range evidence.Actions {
		resource := action.Resource
		if resource != "*" {
			resource = "arn:aws:" + resource
		}
		var why []string
		for _, group := range evidence.Groups {
			if slices.Contains(group.Actions, action.IAM) {
				why = append(why, group.Doc)
			}
		}
		all = append(all,
			permissions.Permission{Command: verifying, Action: action.IAM, Resource: []string{resource},
				Call: action.Operation(), Why: strings.Join(why, "; ")})
	}
	return all
}

func permissionsPage(string) (string, error) {
	var page strings.Builder
	page.WriteString(`# Permissions

The least IAM policy of each command that asks AWS, printed from the table in cmd/whystopped/account/permissions by
` + "`go generate ./docs/print`" + `. Fill in REGION, ACCOUNT and CLUSTER. With several clusters repeat what names CLUSTER; for all of
them write ` + "`*`" + ` in its place. A log group or queue of another name takes the place of the default one; with the option
` + "`namePrefix`" + ` all names of the deployment begin with it. The commands not listed, and archives in directories, need no AWS
account. The function's own permissions are those of its tier in [evidence.md](evidence.md), and what [deploy.md](deploy.md) lists.
`)
	all := slices.Concat(permissions.All, verifyPermissions())
	var commands []string
	for _, p := range all {
		if !slices.Contains(commands, p.Command) {
			commands = append(commands, p.Command)
		}
	}
	for _, command := range commands {
		fmt.Fprintf(&page, "\n## whystopped %s\n\n", command)
		if command == verifying {
			page.WriteString("Each permission that is not there leaves the causes that need it undecided, and " +
				"`sts:GetCallerIdentity` needs none.\n\n")
		}
		page.WriteString("| action | resource | call | why |\n|---|---|---|---|\n")
		var statements []*statement
		for _, p := range all {
			if p.Command != command {
				continue
			}
			resource := "`" + strings.Join(p.Resource, "`, `") + "`"
			var condition map[string]map[string]string
			if p.Condition != "" {
				resource += ", where `ecs:cluster` is like `" + p.Condition + "`"
				condition = map[string]map[string]string{"ArnLike": {"ecs:cluster": p.Condition}}
			}
			fmt.Fprintf(&page, "| `%s` | %s | %s | %s |\n", p.Action, resource, p.Call, p.Why)
			i := slices.IndexFunc(statements, func(s *statement) bool {
				return slices.Equal(s.Resource, p.Resource) && reflect.DeepEqual(s.Condition, condition)
			})
			if i < 0 {
				i = len(statements)
				statements = append(statements, &statement{Effect: "Allow", Resource: p.Resource, Condition: condition})
			}
			statements[i].Action = append(statements[i].Action, p.Action)
		}
		policy, err := json.MarshalIndent(struct {
			Version   string
			Statement []*statement
		}{"2012-10-17", statements}, "", "  ")
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&page, "\n```json\n%s\n```\n", policy)
	}
	return page.String(), nil
}
