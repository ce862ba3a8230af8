package main

import (
	"fmt"
	"slices"
	"strings"

	"whystopped/archive/stack"
	"whystopped/classifier"
	"whystopped/evidence"
)

func evidencePage(string) (string, error) {
	var page strings.Builder
	page.WriteString(`# Evidence

How the probable causes of a stop are proven or ruled out, with calls that only read. Printed from the tables of package
` + "`evidence` by `go generate ./docs/print`" + `.

The function checks the causes of every stop that somebody must act on before it writes the record; the option ` + "`evidence`" + ` says how much
it asks. ` + "`whystopped explain --verify`, `whystopped why --service NAME --verify` for what it shows as the cause, and `whystopped history TASK --verify`" + ` for
an archived stop ask the same and a little more with your own credentials. What the message alone proves is not asked again,
but whether something that it did not find is there by now.

What a service ran when ECS last called it steady is compared with what failed: images and their digests, memory, commands, roles, secrets by
name. Where ECS does not know, ` + "`history TASK --verify` and `why --verify`" + ` take from the archive the service's newest task before that
ran for an hour or more; the function does not read its archive.

| verdict | what it means |
|---|---|
| ` + "`confirmed`" + ` | a defect was read that alone is enough for this failure |
| ` + "`ruled_out`" + ` | every link of the cause was read and is fine |
| ` + "`inconclusive`" + ` | it was asked, and the answer decides nothing; the reason says why |
| ` + "`not_checked`" + ` | nobody asked; the reason, where there is one, says why |

A confirmed cause leads the record and completes its summary and next step; class, verdict and confidence stay what the event says.
What the asking role may not see is never ` + "`ruled_out`" + `. All is read as it is at ` + "`checkedAt`" + `: more than ` + fmt.Sprintf("%.0f", evidence.StaleAfter.Minutes()) + ` minutes after the stop
what is fine now is ` + "`inconclusive`, `stale`" + `, and what is broken now says how long after the stop it was read; what cannot change is left out of that.
Of a failure whose time is not told, all that is fine now and has no time of its own is ` + "`stale`" + `.
Where nothing at all explains the failure, somebody may have mended it: then what is fine rules nothing out already ` + fmt.Sprintf("%.0f", evidence.MendedAfter.Seconds()) + ` seconds after it.
Where AWS tells when something began, that decides in place of the minutes: what was made, changed or put there after the failure rules
nothing out (` + "`fixed_since`" + `), what was deleted or closed after it confirms nothing (` + "`later`" + `), and what has been as it is since
before the task was created is ruled out however late it is read. A cause that the message proves stays ` + "`confirmed`" + ` with the reason
` + "`fixed_since`" + ` where what it did not find is there by now: the next step is then to start the task again. Routes, rules and permissions have no times
of their own: with ` + "`--verify`" + ` CloudTrail is asked, at most six times a stop, when the route tables, security groups, network ACLs, endpoints,
gateways and roles were changed on which the proofs rest, from a day before the failure on; it tells of a change after 5 to 20 minutes.

## Causes

How each cause is confirmed, ruled out or left open stands with the cause:

`)
	for _, group := range classifier.CauseGroups {
		fmt.Fprintf(&page, "- [%s](causes/%[1]s.md): %s\n", group.Name, group.Says)
	}
	page.WriteString("\n## What is asked\n\nIn this order, each only where a cause needs it.\n\n")
	for _, group := range evidence.Groups {
		fmt.Fprintf(&page, "### %s\n\n%s.\n\n| permission | call | tier |\n|---|---|---|\n", group.Need,
			sentence(group.Doc))
		for _, name := range group.Actions {
			action, _ := evidence.FindAction(name)
			fmt.Fprintf(&page, "| `%s` | %s | %s |\n", name, action.Operation(), action.Tier)
		}
		page.WriteString("\n")
	}
	page.WriteString(`## Tiers

Each includes those before it. ` + "`whystopped … --verify`" + ` asks what any of them asks, and what stands under ` + "`verify`" + `. No tier reads the value of a secret or a
parameter, an object of a bucket, or log lines; the last lines of the container that failed are read only with the option
` + "`logTail`" + `, and by ` + "`--verify`" + `, with ` + "`logs:GetLogEvents`" + `. ` + "`--verify`" + ` also reads the configuration of an image that is built for one platform, and keeps
the platform alone. ` + "`sts:GetCallerIdentity`" + `, which needs no permission, tells whose credentials ask.

A deployment asks as far as ` + "`" + stack.EvidenceDefault + "`" + ` unless it was told otherwise. Of roles that is who may assume them and what IAM's own
simulation says of one call; of secrets, keys and file systems their names, dates, versions, states, policies and grants. Whoever
can read the records learns from their proofs which policy allows or denies what. ` + "`-c evidence=describe`" + ` leaves all of that out, so
that denied calls are decided by their text alone, and ` + "`-c evidence=off`" + ` asks nothing ([deploy.md](deploy.md#what-the-function-may-do)).

| tier | permission | on |
|---|---|---|
`)
	for _, tier := range append(slices.Clone(evidence.Tiers), evidence.TierVerify) {
		found := false
		for _, action := range evidence.Actions {
			if action.Tier == tier {
				found = true
				fmt.Fprintf(&page, "| %s | `%s` | `%s` |\n", tier, action.IAM, on(action))
			}
		}
		if !found {
			fmt.Fprintf(&page, "| %s | nothing more | |\n", tier)
		}
	}
	page.WriteString("\n## Reasons\n\nWhy a cause is inconclusive or was not checked: `causeReason` in a record, " +
		"`reason` of a cause.\n\n| reason | what it means | what to do |\n|---|---|---|\n")
	for _, r := range classifier.Reasons {
		fmt.Fprintf(&page, "| `%s` | %s | %s |\n", r.Reason, cell(r.Said), cell(r.Do))
	}
	return page.String(), nil
}

func on(a evidence.Action) string {
	if a.Resource == "*" {
		return a.Resource
	}
	return "arn:PARTITION:" + a.Resource
}
