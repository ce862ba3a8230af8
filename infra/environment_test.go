package main

import (
	"strings"
	"testing"
)

// TestEnvironmentIsCountedAsItIsDeployed compares what the options are measured by with the function's variables, where
// a reference counts as the longest name that it can stand for.
func TestEnvironmentIsCountedAsItIsDeployed(t *testing.T) {
	for _, given := range [][]any{nil, everything, {"remember", "off"}, {"webhook", webhook},
		{"existingLogGroup", "/kept/by/another",
			"notifyTopicArn", "arn:aws:sns:eu-west-3:111122223333:failures"}} {
		context := map[string]any{}
		for i := 0; i < len(given); i += 2 {
			context[given[i].(string)] = given[i+1]
		}
		o, err := parseOptions(context)
		if err != nil {
			t.Fatal(err)
		}
		counted, deployed := environmentOf(o), synthesize(t, given...).environment(t)
		for name, value := range deployed {
			text, isText := value.(string)
			if have, found := counted[name]; !found || isText && have != text || have == "" {
				t.Errorf("%s is %v, and counted as %q", name, value, have)
			}
		}
		if len(counted) != len(deployed) {
			t.Errorf("%d variables are counted, and %d are deployed", len(counted), len(deployed))
		}
	}
}

func TestEnvironmentFitsToTheByte(t *testing.T) {
	o := defaults()
	bytes := 0
	for name, value := range environmentOf(o) {
		bytes += len(name) + len(value)
	}
	o.Evidence += strings.Repeat("x", (environmentLimit-bytes)/2) // stands among the options and by itself
	if err := environmentFits(o); err != nil {
		t.Errorf("at most %d bytes: %v", environmentLimit, err)
	}
	o.Evidence += "xx"
	if environmentFits(o) == nil {
		t.Errorf("%d bytes and more fit", environmentLimit)
	}
}
