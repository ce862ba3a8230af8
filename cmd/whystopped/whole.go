//go:build !local

package main

import (
	"github.com/spf13/cobra"

	"whystopped/cmd/whystopped/account"
)

// awsAccount is the AWS account that a command asks.
type awsAccount = account.Account

const (
	verifyUsage = account.VerifyUsage
	verifyHelp  = account.VerifyHelp
	fetchHelp   = account.FetchHelp
)

// needs is the sentence of a command's help about its IAM actions.
func needs(command string) string { return account.Needs(command) }

func accountCommands() []*cobra.Command { return account.Commands() }
