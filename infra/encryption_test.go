package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const ownKey = "arn:aws:kms:eu-west-3:111122223333:key/1b2c3d4e-0000-4000-8000-5f6a7b8c9d0e"

// keyOf is the key that a resource is encrypted with, of each kind that keeps something.
var keyOf = map[string]func(object) any{
	"AWS::Logs::LogGroup": func(p object) any { return p["KmsKeyId"] },
	"AWS::SQS::Queue":     func(p object) any { return p["KmsMasterKeyId"] },
	"AWS::SNS::Topic":     func(p object) any { return p["KmsMasterKeyId"] },
	"AWS::DynamoDB::Table": func(p object) any {
		sse, _ := p["SSESpecification"].(object)
		if sse["SSEEnabled"] != true || sse["SSEType"] != "KMS" {
			return nil
		}
		return sse["KMSMasterKeyId"]
	},
}

func TestWhatIsKeptIsEncryptedWithTheOwnersKey(t *testing.T) {
	for _, key := range []any{nil, ownKey} {
		options := slices.Clone(everything)
		if key != nil {
			options = append(options, "kmsKeyArn", key)
		}
		tpl := synthesize(t, options...)
		for kind, of := range keyOf {
			if len(tpl.all(kind)) == 0 {
				t.Errorf("there is no %s to look at", kind)
			}
			for id, r := range tpl.all(kind) {
				if got := of(r.Properties); got != key {
					t.Errorf("%s is encrypted with %v, want %v", id, got, key)
				}
				if managed := r.Properties["SqsManagedSseEnabled"]; kind == "AWS::SQS::Queue" &&
					(managed == true) != (key == nil) {
					t.Errorf("%s has SqsManagedSseEnabled %v with the key %v", id, managed, key)
				}
			}
		}
	}
}

func TestTheFunctionMayUseTheKey(t *testing.T) {
	for remember, want := range map[string][]any{
		"on": {"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom",
			"kms:ReEncryptTo"},
		"off": {"kms:Decrypt", "kms:GenerateDataKey"},
	} {
		var got []any
		for _, s := range synthesize(t, "kmsKeyArn", ownKey, "remember", remember).policy(t, "write") {
			if s := s.(object); s["Resource"] == ownKey {
				got = s["Action"].([]any)
			}
		}
		slices.SortFunc(got, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("remember=%s: -want +got\n%s", remember, diff)
		}
	}
	for _, s := range synthesize(t, everything...).policy(t, "write") {
		if strings.Contains(fmt.Sprint(s), "kms:") {
			t.Errorf("without a key the function may %v", s)
		}
	}
}

// TestTheKeyPolicyNamesWhoeverUsesTheKey: the services that put something into what is encrypted.
func TestTheKeyPolicyNamesWhoeverUsesTheKey(t *testing.T) {
	policy, err := keyPolicy()
	if err != nil {
		t.Fatal(err)
	}
	var statements []object
	if err := json.Unmarshal([]byte(policy), &statements); err != nil || len(statements) != 2 {
		t.Fatalf("%v: %s", err, policy)
	}
	for _, service := range []string{logsService, eventsService, cloudWatchService} {
		if !strings.Contains(policy, `"`+service+`"`) {
			t.Errorf("the policy does not name %s", service)
		}
	}
	page, err := os.ReadFile("../docs/options.md")
	if err != nil || !strings.Contains(string(page), policy) {
		t.Errorf("the page of options does not have the policy (%v)", err)
	}
}
