package account

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"whystopped/evidence/lookup"
)

// inBatch answers each path of AWS Batch with a text.
func inBatch(t *testing.T, answers map[string]string) aws.Config {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.WriteString(w, answers[r.URL.Path]); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	return aws.Config{Region: "eu-west-1", BaseEndpoint: &server.URL,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "example"}, nil
		})}
}

func TestJobOfBatch(t *testing.T) {
	for _, test := range []struct {
		name, said string
		want       lookup.Job
	}{
		{"of one container",
			`{"jobs":[{"jobQueue":"q","container":{"networkConfiguration":{"assignPublicIp":"ENABLED"}}}]}`,
			lookup.Job{Queue: "q", AssignPublicIP: "ENABLED"}},
		{"of several", `{"jobs":[{"jobQueue":"q","ecsProperties":{"taskProperties":[{"containers":[],` +
			`"networkConfiguration":{"assignPublicIp":"ENABLED"}}]}}]}`,
			lookup.Job{Queue: "q", AssignPublicIP: "ENABLED"}},
		{"without a word about an address", `{"jobs":[{"jobQueue":"q","container":{}}]}`,
			lookup.Job{Queue: "q", AssignPublicIP: "DISABLED"}},
		{"forgotten", `{"jobs":[]}`, lookup.Job{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			cfg := inBatch(t, map[string]string{"/v1/describejobs": test.said})
			got, err := jobs{}.Job(t.Context(), cfg, "5b92d089")
			if err != nil || got != test.want {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func TestWhereJobsOfBatchRun(t *testing.T) {
	cfg := inBatch(t, map[string]string{
		"/v1/describejobqueues": `{"jobQueues":[{"computeEnvironmentOrder":[{"order":1,"computeEnvironment":"a"},` +
			`{"order":2,"computeEnvironment":"b"}]}]}`,
		"/v1/describecomputeenvironments": `{"computeEnvironments":[{"ecsClusterArn":"on-fargate","computeResources":` +
			`{"type":"FARGATE_SPOT","subnets":["subnet-1"],"securityGroupIds":["sg-1"]}},{"ecsClusterArn":"on-ec2",` +
			`"computeResources":{"type":"EC2","subnets":["subnet-2"]}},{"ecsClusterArn":"unmanaged"}]}`,
	})
	arns, err := jobs{}.Environments(t.Context(), cfg, "q")
	if diff := cmp.Diff([]string{"a", "b"}, arns); diff != "" || err != nil {
		t.Error(diff, err)
	}
	found, err := jobs{}.OnFargate(t.Context(), cfg, arns)
	want := []lookup.Environment{{Cluster: "on-fargate", Subnets: []string{"subnet-1"}, Groups: []string{"sg-1"}}}
	if diff := cmp.Diff(want, found); diff != "" || err != nil {
		t.Error(diff, err)
	}
}
