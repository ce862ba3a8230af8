//go:build !local

package main

import (
	"os"
	"strings"
	"testing"

	"whystopped/classifier"
	"whystopped/cmd/whystopped/account/accounttest"
	"whystopped/cmd/whystopped/screen"
)

// TestReadmeShowsWhatVerifyPrints executes the README's example of --verify against an account whose subnet has no way
// out, and looks for each of its lines.
func TestReadmeShowsWhatVerifyPrints(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(readme), "$ whystopped explain --verify ")
	if !found {
		t.Fatal("the README shows no example")
	}
	file, rest, _ := strings.Cut(rest, "\n")
	want, _, _ := strings.Cut(rest, "\n```")
	answering(t, &accounttest.Asking{Proofs: []classifier.Proof{
		{
			Cause:    "public-ip-missing",
			Result:   classifier.RuledOut,
			Evidence: "rtb-0c41 of subnet-09e3a733392c2ba4f leads to no internet gateway",
		},
		{
			Cause:  "route-missing",
			Result: classifier.Confirmed,
			Evidence: "route table rtb-0c41 (main) of subnet-09e3a733392c2ba4f has no 0.0.0.0/0, and vpc-07d2 has no " +
				"ecr.api endpoint",
			Next: "add 0.0.0.0/0 to a NAT gateway to rtb-0c41, or make an ecr.api endpoint in vpc-07d2",
		},
		{Cause: "nat-unusable", Result: classifier.RuledOut, Evidence: "no route of rtb-0c41 leads to a NAT gateway"},
		{
			Cause:    "internet-gateway-missing",
			Result:   classifier.RuledOut,
			Evidence: "no route of rtb-0c41 leads to an internet gateway",
		},
		{
			Cause:    "public-access-blocked",
			Result:   classifier.RuledOut,
			Evidence: "no route of rtb-0c41 leads to an internet gateway",
		},
		{Cause: "endpoint-missing", Result: classifier.RuledOut, Evidence: "vpc-07d2 has the endpoint"},
		{Cause: "endpoint-private-dns-off", Result: classifier.RuledOut, Evidence: "vpc-07d2 has no ecr.api endpoint"},
		{
			Cause:         "task-sg-egress-closed",
			Result:        classifier.Inconclusive,
			Reason:        classifier.ReasonNoPermission,
			MissingAction: "ec2:DescribeSecurityGroupRules",
		},
		{
			Cause:         "nacl-blocks",
			Result:        classifier.Inconclusive,
			Reason:        classifier.ReasonNoPermission,
			MissingAction: "ec2:DescribeNetworkAcls",
		},
	}})
	stdout, _ := whystopped(t, screen.ExitOK, "explain", "--verify", "../../"+file)
	for line := range strings.Lines(want + "\n") {
		at := strings.Index(stdout, line)
		if at < 0 {
			t.Fatalf("the README shows %q, printed is\n%s", line, stdout)
		}
		stdout = stdout[at+len(line):]
	}
}
