package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// TestThings makes, or does not make, what the task of a stop needs, with real calls of moto, and asks the real binary.
func TestThings(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes; run without -short")
	}
	if _, err := exec.LookPath("moto_server"); err != nil {
		t.Skip("moto_server is not on this machine; evidence/lookup shows the same without it")
	}
	endpoint := startMoto(t)
	binary := filepath.Join(t.TempDir(), "whystopped")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cfg := motoConfig(endpoint)
	ctx := t.Context()

	images := ecr.NewFromConfig(cfg)
	made(images.CreateRepository(ctx, &ecr.CreateRepositoryInput{RepositoryName: aws.String("web")}))(t)
	key := made(kms.NewFromConfig(cfg).CreateKey(ctx, &kms.CreateKeyInput{}))(t).KeyMetadata
	made(kms.NewFromConfig(cfg).DisableKey(ctx, &kms.DisableKeyInput{KeyId: key.KeyId}))(t)
	secrets := secretsmanager.NewFromConfig(cfg)
	locked := *made(secrets.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: aws.String("locked"), SecretString: aws.String("x"), KmsKeyId: key.Arn}))(t).ARN
	made(cloudwatchlogs.NewFromConfig(cfg).CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("/ecs/there")}))(t)

	const asm = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret {SECRET} from secrets manager: "
	const stream = "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: "
	for _, test := range []struct {
		name, reason, secret, group, cause, want string
	}{
		{"a tag that nobody pushed", "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 123456789012.dkr.ecr.us-east-1.amazonaws.com/web:7: 123456789012.dkr.ecr.us-east-1.amazonaws.com/web:7: not found", "", "", "image-tag-missing", "confirmed"},
		{"a repository that nobody made", "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 123456789012.dkr.ecr.us-east-1.amazonaws.com/gone:7: 123456789012.dkr.ecr.us-east-1.amazonaws.com/gone:7: not found", "", "", "image-repository-missing", "confirmed"},
		{"a disabled key", asm + "AccessDeniedException: Access to KMS is not allowed", locked, "", "kms-key-disabled", "confirmed"},
		{"a log group that is there", stream + "the stream could not be made", "", "/ecs/there", "log-group-missing", "inconclusive"},
		{"a log group that is missing", stream + "the stream could not be made", "", "/ecs/gone", "log-group-missing", "confirmed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			container := types.ContainerDefinition{Name: aws.String("web"), Image: aws.String("123456789012.dkr.ecr.us-east-1.amazonaws.com/web:7"), Memory: aws.Int32(256)}
			if test.secret != "" {
				container.Secrets = []types.Secret{{Name: aws.String("DB"), ValueFrom: &test.secret}}
			}
			if test.group != "" {
				container.LogConfiguration = &types.LogConfiguration{LogDriver: types.LogDriverAwslogs, Options: map[string]string{"awslogs-group": test.group, "awslogs-region": "us-east-1", "awslogs-stream-prefix": "web"}}
			}
			defined := made(ecs.NewFromConfig(cfg).RegisterTaskDefinition(ctx, &ecs.RegisterTaskDefinitionInput{Family: aws.String("web"), ExecutionRoleArn: aws.String("arn:aws:iam::123456789012:role/web-exec"), ContainerDefinitions: []types.ContainerDefinition{container}}))(t)
			v := newVPC(t, ec2.NewFromConfig(cfg))
			v.attachTask()
			event := strings.Replace(string(v.stop(strings.ReplaceAll(test.reason, "{SECRET}", test.secret))), "arn:aws:ecs:us-east-1:123456789012:task-definition/web:7", *defined.TaskDefinition.TaskDefinitionArn, 1)
			told := verified(t, binary, endpoint, []byte(event))
			got := ""
			for _, c := range told.Causes {
				if c.ID == test.cause {
					got = c.Verdict
				}
				t.Logf("%-26s %-12s %-14s %s", c.ID, c.Verdict, c.Reason, c.Evidence)
			}
			if got != test.want {
				t.Errorf("%s is %q, want %s\n%s", test.cause, got, test.want, told.Summary)
			}
		})
	}
}
