package reader_test

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"whystopped/events/reader"
)

// inForm holds one stop in each of the Forms, in some of their ways; the tests of each family have more.
var inForm = map[string][]string{
	"what a console shows, or a stopped reason in mere words": {
		"Task ARN\n" + arn + "\nStop code\nEssentialContainerExited\nStopped reason\n" + ended +
			"\nContainer name\norders\nExit code\n137\nStatus reason\n" + oom + "\n",
	},
	"a text with such documents in it": {
		"$ aws ecs describe-tasks\n" + oomJSON, "Look:\n\n```json\n" + oomJSON + "\n```\n", "> " + oomJSON + "\n>\n> ?",
		oomJSON + "\n\n--\nIf you wish to stop receiving notifications", wrapped(oomJSON, 80),
	},
	"what the AWS command line prints with --output text, table or yaml": {
		"TASKS\tSTOPPED\tEssentialContainerExited\t" + ended + "\t" + arn + "\nCONTAINERS\t137\torders\t" + oom + "\n",
		"tasks:\n- taskArn: " + arn + "\n  stopCode: EssentialContainerExited\n  stoppedReason: " + ended +
			"\n  containers:\n  - name: orders\n    exitCode: 137\n    reason: '" + oom + "'\n",
	},
	"the answer to a --query": {
		`[["` + arn + `","EssentialContainerExited","` + ended + `",[["orders",137,"` + oom + `"]]]]`,
		`{"arn":"` + arn + `","code":"EssentialContainerExited","why":"` + ended + `","containers":[{"container":` +
			`"orders","exit":137,"why":"` + oom + `"}]}`,
	},
	"logs": {
		"2026-04-01T10:00:00.312000+00:00 4a01 " + oomJSON + "\n", "@timestamp,@message\n2026-04-01," + csv(oomJSON) +
			"\n",
		`{"events":[{"message":` + quote(oomJSON) + `}]}`,
		`{"results":[[{"field":"@message","value":` + quote(oomJSON) + `}]]}`,
	},
	"the last log lines of the container below one of these": {
		oomJSON + "\n\npanic: no database\n\ngoroutine 1 [running]:\n",
	},
	"gzip, base64 and UTF-16": {
		base64.StdEncoding.EncodeToString([]byte(oomJSON)), inUTF16(oomJSON),
		`{"Records":[{"kinesis":{"data":"` + base64.StdEncoding.EncodeToString([]byte(oomJSON)) + `"}}]}`,
	},
	"what a program prints of a task": {
		"stopped: {'taskArn': '" + arn + "', 'stopCode': 'EssentialContainerExited', 'stoppedReason': '" + ended +
			"', 'containers': [{'name': 'orders', 'exitCode': 137, 'reason': '" + oom + "'}]}",
		"Task(TaskArn=" + arn + ", StopCode=EssentialContainerExited, StoppedReason=" + ended +
			", Containers=[Container(" +
			"Name=orders, ExitCode=137, Reason=" + oom + ")])",
	},
}

const oomJSON = `{"taskArn":"` + arn + `","lastStatus":"STOPPED","stopCode":"EssentialContainerExited",` +
	`"stoppedReason":"` + ended + `","containers":[{"name":"orders","exitCode":137,"reason":"` + oom + `"}]}`

func quote(s string) string {
	quoted, _ := json.Marshal(s)
	return string(quoted)
}

func inUTF16(s string) string {
	var b strings.Builder
	for _, c := range []byte("\xff\xfe") {
		b.WriteByte(c)
	}
	for _, c := range []byte(s) {
		b.Write([]byte{c, 0})
	}
	return b.String()
}

func TestEveryFormIsRead(t *testing.T) {
	if len(inForm) != len(reader.Forms) {
		t.Errorf("there are %d forms, and stops in %d", len(reader.Forms), len(inForm))
	}
	for _, form := range reader.Forms {
		if len(inForm[form.Name]) == 0 {
			t.Errorf("no stop is in %s", form.Name)
		}
		for i, input := range inForm[form.Name] {
			if got := told(input); !slices.Equal(got, []string{taskOOM}) {
				t.Errorf("%s, %d: %q, want %q", form.Name, i, got, taskOOM)
			}
		}
		if !strings.Contains(reader.ListForms(), "- "+form.Name) {
			t.Errorf("%s is not listed", form.Name)
		}
	}
}
