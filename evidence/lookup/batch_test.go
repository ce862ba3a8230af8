package lookup

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence"
	"whystopped/evidence/lookup/awstest"
)

const (
	jobQueue    = "arn:aws:batch:" + region + ":" + account + ":job-queue/nightly"
	onFargate   = "arn:aws:batch:" + region + ":" + account + ":compute-environment/nightly"
	onSpot      = "arn:aws:batch:" + region + ":" + account + ":compute-environment/spot"
	jobsCluster = arn + "cluster/AWSBatch-nightly-1f4d6a90"
)

// batchIn asks the stand-in as the client of AWS Batch does, which is not linked here.
type batchIn struct{ s *awstest.Server }

// post makes a request and reads its answer.
func (b batchIn) post(ctx context.Context, path string, in object, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, b.s.URL+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260304/"+region+
		"/batch/aws4_request")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return &smithy.GenericAPIError{Code: "AccessDeniedException"}
	}
	return json.NewDecoder(answer.Body).Decode(out)
}

func (b batchIn) Job(ctx context.Context, _ aws.Config, id string) (Job, error) {
	var out struct {
		Jobs []struct{ JobQueue, Assigns string }
	}
	err := b.post(ctx, "/v1/describejobs", object{"jobs": []string{id}}, &out)
	if err != nil || len(out.Jobs) == 0 {
		return Job{}, err
	}
	return Job{Queue: out.Jobs[0].JobQueue, AssignPublicIP: out.Jobs[0].Assigns}, nil
}

func (b batchIn) Environments(ctx context.Context, _ aws.Config, queue string) ([]string, error) {
	var out struct {
		JobQueues []struct{ Environments []string }
	}
	err := b.post(ctx, "/v1/describejobqueues", object{"jobQueues": []string{queue}}, &out)
	if err != nil || len(out.JobQueues) == 0 {
		return nil, err
	}
	return out.JobQueues[0].Environments, nil
}

func (b batchIn) OnFargate(ctx context.Context, _ aws.Config, arns []string) ([]Environment, error) {
	var out struct{ ComputeEnvironments []Environment }
	return out.ComputeEnvironments, b.post(ctx, "/v1/describecomputeenvironments",
		object{"computeEnvironments": arns}, &out)
}

// nightlyJob is an account whose queue has two compute environments on Fargate.
func nightlyJob(s *awstest.Server) {
	s.Put("batch:DescribeJobs", object{"jobId": "5b92d089", "jobQueue": jobQueue, "assigns": "ENABLED"})
	s.Put("batch:DescribeJobQueues", object{"jobQueueArn": jobQueue, "environments": []string{onSpot, onFargate}})
	s.Put("batch:DescribeComputeEnvironments",
		object{"computeEnvironmentArn": onSpot, "cluster": arn + "cluster/AWSBatch-spot-7c1e",
			"subnets": []string{"subnet-spot"}, "groups": []string{"sg-spot"}},
		object{"computeEnvironmentArn": onFargate, "cluster": jobsCluster,
			"subnets": []string{"subnet-0a1", "subnet-0b1"}, "groups": []string{"sg-job"}})
}

// batchStop is a task of a job, whose environment names the job.
func batchStop() events.Stop {
	s := fargateStop()
	s.Service, s.Group, s.DeploymentID, s.StartedBy, s.TaskID = "", "family:job", "", "", "0af1"
	s.Cluster, s.ClusterARN = "AWSBatch-nightly-1f4d6a90", jobsCluster
	s.JobID, s.Launcher = "5b92d089", events.LauncherBatch
	return s
}

// TestTheComputeEnvironmentOfAJobTellsItsNetwork: where CloudTrail does not tell of the call.
func TestTheComputeEnvironmentOfAJobTellsItsNetwork(t *testing.T) {
	told := evidence.Is(evidence.NetworkSettings{Subnets: []string{"subnet-0a1", "subnet-0b1"},
		Groups: []string{"sg-job"}, AssignPublicIP: "ENABLED"})
	none := evidence.None[evidence.NetworkSettings]()
	clear := func(operation string) func(*awstest.Server, *events.Stop, *Gatherer) {
		return func(s *awstest.Server, _ *events.Stop, _ *Gatherer) { s.Clear(operation) }
	}
	for _, test := range []struct {
		name   string
		change func(*awstest.Server, *events.Stop, *Gatherer)
		want   evidence.Answer[evidence.NetworkSettings]
		asked  int
	}{
		{name: "of two compute environments that of the cluster", want: told, asked: 3},
		{name: "by the cluster's name", want: told, asked: 3,
			change: func(_ *awstest.Server, stop *events.Stop, _ *Gatherer) { stop.ClusterARN = "" }},
		{name: "a job that Batch has forgotten", change: clear("batch:DescribeJobs"), want: none, asked: 1},
		{name: "a queue that is gone", change: clear("batch:DescribeJobQueues"), want: none, asked: 2},
		{name: "environments that are gone", change: clear("batch:DescribeComputeEnvironments"), want: none, asked: 3},
		{name: "another cluster", want: none, asked: 3,
			change: func(_ *awstest.Server, stop *events.Stop, _ *Gatherer) { stop.ClusterARN = arn + "cluster/prod" }},
		{name: "no cluster", want: none, asked: 3,
			change: func(_ *awstest.Server, stop *events.Stop, _ *Gatherer) { stop.Cluster, stop.ClusterARN = "", "" }},
		{name: "no job", change: func(_ *awstest.Server, stop *events.Stop, _ *Gatherer) { stop.JobID = "" }},
		{name: "not allowed", asked: 2,
			change: func(s *awstest.Server, _ *events.Stop, _ *Gatherer) {
				s.Inject(awstest.Fault{Operation: "batch:DescribeJobQueues",
					Refusal: awstest.Refuse("AccessDeniedException", "")})
			},
			want: evidence.Unanswered[evidence.NetworkSettings](classifier.ReasonNoPermission,
				"batch:DescribeJobQueues")},
		{name: "a deployment, which asks no Batch",
			change: func(_ *awstest.Server, _ *events.Stop, g *Gatherer) { g.Batch = nil },
			want: evidence.Answer[evidence.NetworkSettings]{Reason: classifier.ReasonDeferred,
				Action: "batch:DescribeJobs"}},
		{name: "CloudTrail tells",
			change: func(s *awstest.Server, _ *events.Stop, _ *Gatherer) {
				s.Put("cloudtrail:LookupEvents", runCall("0af1", 0, object{"networkConfiguration": object{
					"awsvpcConfiguration": object{"subnets": []string{"subnet-0a1"}}}}))
			}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			nightlyJob(s)
			g, _ := newGatherer(s)
			stop := batchStop()
			if test.change != nil {
				test.change(s, &stop, g)
			}
			r := &reading{Gatherer: g, stop: stop, needs: []evidence.Need{evidence.NeedNetwork}}
			readInputs(t.Context(), r)
			if diff := cmp.Diff(test.want, r.facts.Task.Job); diff != "" {
				t.Error(diff)
			}
			if n := s.Count("batch"); n != test.asked {
				t.Errorf("Batch is asked %d times, want %d", n, test.asked)
			}
		})
	}
}
