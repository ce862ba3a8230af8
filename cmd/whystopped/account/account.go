package account

import "github.com/spf13/cobra"

// Commands are the commands that do nothing but ask an account.
func Commands() []*cobra.Command {
	return []*cobra.Command{whyCommand(), tailCommand(), backfillCommand(), redriveCommand(), doctorCommand()}
}
