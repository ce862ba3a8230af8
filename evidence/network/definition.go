package network

import (
	"slices"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/policy"
)

// AsksDefinition reports whether the task definition may decide something about the path: it tells what was called
// where no text does, and by its operating system and role what network ACLs and endpoint policies may let pass.
// Package lookup leaves it out where it may not.
func AsksDefinition(c *evidence.Case) bool {
	to := TargetOf(c)
	switch c.Finding.Stage {
	case classifier.Volume, classifier.EnvFile:
		return true
	}
	if to.Host == "" || to.Gap.Exists() {
		return true
	}
	return slices.ContainsFunc(c.Facts.Network.ACLs.Value, splitsClientPorts) ||
		slices.ContainsFunc(c.Facts.Network.Endpoints.Value, func(e evidence.Endpoint) bool {
			return isService(e.Service, to.Region, to.Service) && asksRole(e.Policy, to)
		})
}

// splitsClientPorts reports whether a network ACL treats some of the ports that a client may choose apart from others.
func splitsClientPorts(a evidence.NetworkACL) bool {
	return slices.ContainsFunc(a.Rules, func(r evidence.ACLRule) bool {
		every := r.From == 0 && r.To == 0 || r.From <= unsureClient.from && r.To >= unsureClient.to
		return !every && r.From <= unsureClient.to && r.To >= unsureClient.from
	})
}

// asksRole reports whether a policy may allow a call to some callers only.
func asksRole(document string, to Target) bool {
	return document != "" && slices.ContainsFunc(to.Actions, func(action string) bool {
		request := policy.Request{Action: action, Resource: to.Resource, Hidden: true}
		return policy.Evaluate(document, request).Decision != policy.Allowed
	})
}
