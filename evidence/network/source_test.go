package network

import (
	"testing"

	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

// TestSource has a secret that was denied, so that no text says which address was called.
func TestSource(t *testing.T) {
	const said = "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret " +
		"from asm: AccessDeniedException: User: arn:aws:sts::210987654321:assumed-role/orders-exec/9f0e is not " +
		"authorized to perform: secretsmanager:GetSecretValue on resource: " +
		"arn:aws:secretsmanager:eu-west-1:210987654321:secret:db-AbC123"
	endpoint := evidence.Endpoint{ID: "vpce-1", Service: "com.amazonaws.eu-west-1.secretsmanager",
		Type: "Interface", State: "available", PrivateDNS: true, Groups: []string{"sg-ep"}}
	late := endpoint
	for _, test := range []struct {
		name   string
		change func(*evidence.Case)
		want   string
		absent bool
	}{
		{"through an endpoint", func(c *evidence.Case) {
			c.Facts.Network.Endpoints = evidence.Is([]evidence.Endpoint{endpoint})
		}, "vpce-1", false},
		{"through the internet", func(c *evidence.Case) {
			tables := c.Facts.Network.RouteTables.Value
			tables[2].Routes = append(tables[2].Routes, evidencetest.Route("0.0.0.0/0", "nat-1"))
		}, "", true},
		{"nowhere", func(*evidence.Case) {}, "", false},
		{"through an endpoint that was made since", func(c *evidence.Case) {
			late.CreatedAt = c.Stop.StoppedAt.Add(1e9)
			c.Facts.Network.Endpoints = evidence.Is([]evidence.Endpoint{late})
		}, "", false},
		{"the endpoints were not read", func(c *evidence.Case) {
			c.Facts.Network.Endpoints = evidence.Answer[[]evidence.Endpoint]{}
		}, "", false},
		{"nothing was read", func(c *evidence.Case) { c.Facts.Network = evidence.Network{} }, "", false},
	} {
		c := evidencetest.Saying(said)
		c.Facts.Network.Zones = evidence.Is([]evidence.Zone{})
		c.Facts.Network.Rules = evidence.Is([]evidence.ResolverRule{})
		c.Facts.Network.Profiles = evidence.Is([]string{})
		test.change(&c)
		got := Source(&c)
		if id := got["aws:sourcevpce"]; id.Text != test.want || id.Absent != test.absent ||
			(got["aws:sourcevpc"].Text == "vpc-1") != (test.want != "") {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
}
