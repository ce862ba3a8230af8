//go:build !local

package main

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

const (
	secretARN    = "arn:aws:secretsmanager:us-east-1:" + motoAccount + ":secret:"
	parameterARN = "arn:aws:ssm:us-east-1:" + motoAccount + ":parameter"
)

// moto does not count a deletion, or its end, as a change of the secret, so that one after the stop cannot be shown.
var secrets = []thing{
	{
		name: "secret: nobody made it",
		make: func(w *workload) string { return w.secretNotFound(secretARN + w.name + "-Kp3xQz") },
		want: verdicts{"secret-missing": "confirmed", "secret-deleted": "inconclusive not_read"},
	},
	{
		name: "secret: the characters behind its name are others",
		make: func(w *workload) string {
			arn := w.makeSecret()
			return w.secretNotFound(arn[:len(arn)-6] + "Kp3xQz")
		},
		want: verdicts{"secret-missing": "confirmed"},
	},
	{
		name: "secret: it is there",
		make: func(w *workload) string { return w.secretNotFound(w.makeSecret()) },
		want: verdicts{"secret-missing": "ruled_out", "secret-deleted": "ruled_out"},
	},
	{
		name: "secret: it came too late",
		make: func(w *workload) string {
			w.began(lifetime / 2)
			return w.secretNotFound(w.makeSecret())
		},
		want: verdicts{"secret-missing": "inconclusive later", "secret-deleted": "inconclusive later"},
	},
	{
		name: "secret: in the task's Region and not in the ARN's",
		make: func(w *workload) string {
			return w.secretNotFound(strings.Replace(w.makeSecret(), "us-east-1", "eu-west-1", 1))
		},
		want: verdicts{"secret-missing": "confirmed", "secret-in-other-region": "confirmed"},
	},
	{
		name: "secret: scheduled for deletion",
		make: func(w *workload) string {
			arn := w.makeSecret()
			made(w.secretsManager().DeleteSecret(w.ctx, &secretsmanager.DeleteSecretInput{
				SecretId:             &arn,
				RecoveryWindowInDays: aws.Int64(7),
			}))(w.t)
			return w.secretNotFound(arn)
		},
		want: verdicts{"secret-deleted": "confirmed", "secret-missing": "ruled_out"},
	},
	{
		name: "secret: restored",
		make: func(w *workload) string {
			arn := w.makeSecret()
			made(w.secretsManager().DeleteSecret(w.ctx, &secretsmanager.DeleteSecretInput{
				SecretId:             &arn,
				RecoveryWindowInDays: aws.Int64(7),
			}))(w.t)
			made(w.secretsManager().RestoreSecret(w.ctx, &secretsmanager.RestoreSecretInput{SecretId: &arn}))(w.t)
			return w.secretNotFound(arn)
		},
		want: verdicts{"secret-deleted": "ruled_out", "secret-missing": "ruled_out"},
	},
	{
		name: "secret: without a value",
		make: func(w *workload) string {
			return w.secretNotFound(*made(w.secretsManager().CreateSecret(w.ctx, &secretsmanager.CreateSecretInput{
				Name: &w.name,
			}))(w.t).ARN)
		},
		want: verdicts{"secret-version-missing": "confirmed", "secret-missing": "ruled_out"},
	},
	{
		name: "secret: no version has the stage",
		make: func(w *workload) string { return w.secretNotFound(w.makeSecret() + "::BLUE:") },
		want: verdicts{"secret-version-missing": "confirmed", "secret-missing": "ruled_out"},
	},
	{
		name: "secret: no version has the id",
		make: func(w *workload) string {
			return w.secretNotFound(w.makeSecret() + ":::5b0f6a1e-7f0c-4f6e-9d3b-0c2a7be41d96")
		},
		want: verdicts{"secret-version-missing": "confirmed", "secret-missing": "ruled_out"},
	},
	{
		name: "secret: a version has the stage",
		make: func(w *workload) string {
			arn := w.makeSecret()
			made(w.secretsManager().PutSecretValue(w.ctx, &secretsmanager.PutSecretValueInput{
				SecretId:      &arn,
				SecretString:  aws.String("y"),
				VersionStages: []string{"BLUE"},
			}))(w.t)
			return w.versionNotFound(arn + "::BLUE:")
		},
		want: verdicts{"secret-version-missing": "ruled_out"},
	},
	{
		name: "secret: a version has the id",
		make: func(w *workload) string {
			arn := w.makeSecret()
			return w.versionNotFound(arn + ":::" +
				*made(w.secretsManager().GetSecretValue(w.ctx, &secretsmanager.GetSecretValueInput{
					SecretId: &arn,
				}))(w.t).VersionId)
		},
		want: verdicts{"secret-version-missing": "ruled_out"},
	},
	{
		name: "secret: changed after the stop",
		make: func(w *workload) string {
			w.began(2 * lifetime)
			return w.versionNotFound(w.makeSecret() + "::BLUE:")
		},
		want: verdicts{"secret-version-missing": "inconclusive later"},
	},
}

var parameters = []thing{
	{
		name: "parameter: nobody made it",
		make: func(w *workload) string { return w.parameterNotFound("/" + w.name + "/token") },
		want: verdicts{"parameter-missing": "confirmed"},
	},
	{
		name: "parameter: it is there",
		make: func(w *workload) string { return w.parameterNotFound(w.makeParameter("/" + w.name + "/token")) },
		want: verdicts{"parameter-missing": "ruled_out"},
	},
	{
		name: "parameter: it is there by its ARN",
		make: func(w *workload) string {
			return w.parameterNotFound(parameterARN + w.makeParameter("/"+w.name+"/token"))
		},
		want: verdicts{"parameter-missing": "ruled_out"},
	},
	{
		name: "parameter: it is there by the ARN of a name without a slash",
		make: func(w *workload) string {
			return w.parameterNotFound(parameterARN + "/" + w.makeParameter(w.name))
		},
		want: verdicts{"parameter-missing": "ruled_out"},
	},
	{
		name: "parameter: another begins with its name",
		make: func(w *workload) string {
			return w.parameterNotFound(strings.TrimSuffix(w.makeParameter("/"+w.name+"/token"), "n"))
		},
		want: verdicts{"parameter-missing": "confirmed"},
	},
	{
		name: "parameter: not in the Region of the ARN",
		make: func(w *workload) string {
			return w.parameterNotFound(strings.Replace(parameterARN, "us-east-1", "eu-west-1", 1) +
				w.makeParameter("/"+w.name+"/token"))
		},
		want: verdicts{"parameter-missing": "confirmed", "secret-in-other-region": "confirmed"},
	},
	{
		name: "parameter: it came too late",
		make: func(w *workload) string {
			w.began(lifetime / 2)
			return w.parameterNotFound(w.makeParameter("/" + w.name + "/token"))
		},
		want: verdicts{"parameter-missing": "inconclusive later"},
	},
}

// moto simulates no policies, so that a key which allows the role cannot be shown.
var keys = []thing{
	{
		name: "key: enabled",
		make: func(w *workload) string { return w.keyRefused(w.makeSecretUnder(w.makeKey().KeyId)) },
		want: verdicts{"kms-key-disabled": "ruled_out"},
	},
	{
		name: "key: the service's own",
		make: func(w *workload) string { return w.keyRefused(w.makeSecret()) },
		want: verdicts{"kms-key-disabled": "ruled_out", "kms-denied": "ruled_out"},
	},
	{
		name: "key: disabled",
		make: func(w *workload) string {
			key := w.makeKey()
			made(w.kms().DisableKey(w.ctx, &kms.DisableKeyInput{KeyId: key.KeyId}))(w.t)
			return w.keyRefused(w.makeSecretUnder(key.Arn))
		},
		want: verdicts{"kms-key-disabled": "confirmed"},
	},
	{
		name: "key: pending deletion",
		make: func(w *workload) string {
			key := w.makeKey()
			made(w.kms().ScheduleKeyDeletion(w.ctx, &kms.ScheduleKeyDeletionInput{
				KeyId:               key.KeyId,
				PendingWindowInDays: aws.Int32(7),
			}))(w.t)
			return w.keyRefused(w.makeSecretUnder(key.Arn))
		},
		want: verdicts{"kms-key-disabled": "confirmed"},
	},
	{
		name: "key: of a parameter, disabled",
		make: func(w *workload) string {
			key, name := w.makeKey(), "/"+w.name+"/token"
			made(ssm.NewFromConfig(w.Config).PutParameter(w.ctx, &ssm.PutParameterInput{
				Name:  &name,
				Value: aws.String("x"),
				Type:  ssmtypes.ParameterTypeSecureString,
				KeyId: key.KeyId,
			}))(w.t)
			made(w.kms().DisableKey(w.ctx, &kms.DisableKeyInput{KeyId: key.KeyId}))(w.t)
			return w.keyRefused(name)
		},
		want: verdicts{"kms-key-disabled": "confirmed"},
	},
	{
		name: "key: its policy denies the role",
		make: func(w *workload) string {
			key := w.makeKey()
			made(w.kms().PutKeyPolicy(w.ctx, &kms.PutKeyPolicyInput{
				KeyId:      key.KeyId,
				PolicyName: aws.String("default"),
				Policy: aws.String(`{"Version":"2012-10-17","Statement":[
			{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + motoAccount +
					`:root"},"Action":"kms:*","Resource":"*"},
			{"Effect":"Deny","Principal":{"AWS":"` + executionRole + `"},"Action":"kms:Decrypt","Resource":"*"}]}`),
			}))(w.t)
			return w.keyRefused(w.makeSecretUnder(key.Arn))
		},
		want: verdicts{"kms-denied": "confirmed", "kms-key-disabled": "ruled_out"},
	},
}

func (w *workload) secretsManager() *secretsmanager.Client {
	return secretsmanager.NewFromConfig(w.Config)
}

func (w *workload) kms() *kms.Client { return kms.NewFromConfig(w.Config) }

// makeSecret makes a secret with a value under the service's own key and returns its ARN. What the service puts behind
// the name, at random, has a capital letter: else it may be a part of the name.
func (w *workload) makeSecret() string {
	for name := w.name; ; name += "x" {
		arn := *made(w.secretsManager().CreateSecret(w.ctx, &secretsmanager.CreateSecretInput{
			Name:         &name,
			SecretString: aws.String("x"),
		}))(w.t).ARN
		if suffix := arn[len(arn)-6:]; suffix != strings.ToLower(suffix) {
			return arn
		}
	}
}

// makeSecretUnder is makeSecret with a key, by its id or its ARN.
func (w *workload) makeSecretUnder(key *string) string {
	return *made(w.secretsManager().CreateSecret(w.ctx, &secretsmanager.CreateSecretInput{
		Name:         &w.name,
		SecretString: aws.String("x"),
		KmsKeyId:     key,
	}))(w.t).ARN
}

// makeParameter makes a parameter and returns its name.
func (w *workload) makeParameter(name string) string {
	made(ssm.NewFromConfig(w.Config).PutParameter(w.ctx, &ssm.PutParameterInput{
		Name:  &name,
		Value: aws.String("x"),
		Type:  ssmtypes.ParameterTypeString,
	}))(w.t)
	return name
}

func (w *workload) makeKey() *kmstypes.KeyMetadata {
	return made(w.kms().CreateKey(w.ctx, &kms.CreateKeyInput{}))(w.t).KeyMetadata
}

// wants has the task's definition name a secret or parameter. It returns what ECS says of it, up to why.
func (w *workload) wants(from string) string {
	w.container().Secrets = []types.Secret{{Name: aws.String("DB"), ValueFrom: &from}}
	const said = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval " +
		"failed: "
	if !strings.HasPrefix(from, "arn:aws:secretsmanager:") {
		return said + "unable to retrieve secrets from ssm: service call has been retried 1 time(s): "
	}
	arn := strings.Join(strings.Split(from, ":")[:7], ":")
	return said +
		"unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret " + arn +
		" from secrets manager: "
}

// secretNotFound is cut off, as ECS cuts long texts: all of it would say what there is not.
func (w *workload) secretNotFound(from string) string {
	return w.wants(from) + "ResourceNotFoundException: Secrets Manag..."
}

// versionNotFound and parameterNotFound are in words that no service uses: those would prove the cause by themselves.
func (w *workload) versionNotFound(from string) string {
	return w.wants(from) + "ResourceNotFoundException: no secret version is there"
}

func (w *workload) parameterNotFound(from string) string { return w.wants(from) + "not found" }

func (w *workload) keyRefused(from string) string {
	return w.wants(from) + "AccessDeniedException: Access to KMS is not allowed"
}
