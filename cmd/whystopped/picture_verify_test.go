//go:build linux && !local

package main

import (
	"testing"

	"whystopped/classifier"
	"whystopped/cmd/whystopped/account/accounttest"
)

// TestPictureOfVerify draws what --verify prints where the account's subnet has no way out.
func TestPictureOfVerify(t *testing.T) {
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
		{
			Cause:    "task-sg-egress-closed",
			Result:   classifier.RuledOut,
			Evidence: "sg-0b7e41 allows outbound TCP 443 to 3.112.64.189",
		},
		{
			Cause:    "endpoint-missing",
			Result:   classifier.Confirmed,
			Evidence: "vpc-07d2 has no ecr.api endpoint",
		},
		{
			Cause:    "endpoint-private-dns-off",
			Result:   classifier.RuledOut,
			Evidence: "vpc-07d2 has no ecr.api endpoint whose private DNS could be off",
		},
		{
			Cause:         "nacl-blocks",
			Result:        classifier.Inconclusive,
			Reason:        classifier.ReasonNoPermission,
			MissingAction: "ec2:DescribeNetworkAcls",
		},
	}})
	t.Chdir("../..")
	pictured(t, "verify", "explain", "--verify", "events/samples/registry-auth-unreachable.json")
}
