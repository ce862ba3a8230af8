package evidence

import (
	"testing"

	"whystopped/classifier"
)

func TestSetupPitfalls(t *testing.T) {
	started := func(stage classifier.Stage, fault classifier.Fault, break1 func(*Case)) *Case {
		c := ordersCase(stage, fault)
		break1(&c)
		return &c
	}
	for _, p := range []pitfall{
		{
			name:  "P3 an image of another account, which we may not see and the task may",
			cause: "image-tag-missing",
			with: started(classifier.Image, classifier.NotFound, func(c *Case) {
				c.elsewhere(Open[Image](classifier.ReasonNoPermission, "ecr:DescribeImages"))
			}),
			want:    "inconclusive not_visible",
			without: started(classifier.Image, classifier.NotFound, (*Case).noImage),
			decided: classifier.Confirmed,
		},
	} {
		p.try(t, thingChecks)
	}
}

// TestNoSecretIsOpened: the JSON key of a secret would need its value. That nothing asks for values is
// TestNothingIsAskedThatCouldHurt.
func TestNoSecretIsOpened(t *testing.T) {
	if _, found := thingChecks.Find("secret-json-key-missing"); found {
		t.Error("something looks for a JSON key")
	}
}

func TestWhatIsGoneOfTheSetupIsAReason(t *testing.T) {
	whatIsGone(t, thingChecks, func() *Case {
		c := ordersCase(classifier.Image, classifier.NotFound)
		return &c
	})
}
