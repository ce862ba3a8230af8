package running

import (
	"whystopped/classifier"
	"whystopped/evidence"
)

// siblingChecks look at other tasks that met the same fault, or did not.
var siblingChecks = []evidence.Check{
	{
		Cause: "platform-fault", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedSiblings}, Timeless: true,
		Confirms: "never: no API that whystopped asks reports faults inside AWS",
		RulesOut: "never: a fault may meet one task and spare the next",
		Open: "always; it is told whether other tasks of the same deployment or family started after it, or failed " +
			"alike within a minute, and in which zones",
		Prove: func(c *evidence.Case) classifier.Proof {
			if said := evidence.Siblings(c); said != "" {
				return evidence.Unsaid("%s", said)
			}
			return evidence.Silent(c, c.Facts.Running.Siblings, "", "how other tasks fared could not be looked up")
		},
	},
}
