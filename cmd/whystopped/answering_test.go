//go:build !local

package main

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"whystopped/cmd/whystopped/account"
	"whystopped/cmd/whystopped/account/accounttest"
	"whystopped/ingest"
)

// answering puts a gatherer in the place of the look-up, in an account in eu-west-1.
func answering(t *testing.T, a *accounttest.Asking) *accounttest.Asking {
	t.Helper()
	accounttest.Environment(t)
	was := account.NewGatherer
	t.Cleanup(func() { account.NewGatherer = was })
	account.NewGatherer = func(cfg aws.Config, progress func(string), past account.RanBefore) ingest.Gatherer {
		a.Region, a.Tell, a.Past = cfg.Region, progress, past
		return a
	}
	return a
}
