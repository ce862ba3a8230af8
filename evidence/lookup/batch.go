package lookup

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"whystopped/evidence"
)

// Batch asks AWS Batch with a configuration, by one call each. What is not there is the zero value.
type Batch interface {
	// Job is by DescribeJobs; Batch tells of a job for seven days after its end.
	Job(ctx context.Context, cfg aws.Config, id string) (Job, error)
	// Environments are the ARNs of the compute environments of a queue, by DescribeJobQueues.
	Environments(ctx context.Context, cfg aws.Config, queue string) ([]string, error)
	// OnFargate are those of compute environments that run on Fargate, by DescribeComputeEnvironments.
	OnFargate(ctx context.Context, cfg aws.Config, arns []string) ([]Environment, error)
}

// Job is what a job of AWS Batch says of its tasks.
type Job struct {
	Queue          string // ARN
	AssignPublicIP string
}

// Environment is a compute environment of AWS Batch, which has a cluster of its own.
type Environment struct {
	Cluster         string // ARN
	Subnets, Groups []string
}

// byJob asks AWS Batch where the tasks of the stop's job run: the job, its queue, and of that queue's compute
// environments the one whose cluster is the stop's.
func byJob(ctx context.Context, r *reading) evidence.Answer[evidence.NetworkSettings] {
	told := batchAsk(ctx, r, "batch:DescribeJobs", r.stop.JobID, func(ctx context.Context) (any, bool, error) {
		of, err := r.Batch.Job(ctx, r.cfg, r.stop.JobID)
		return of, of.Queue != "", err
	})
	of, _ := told.Value.(Job)
	if told.State == evidence.Known {
		told = batchAsk(ctx, r, "batch:DescribeJobQueues", of.Queue, func(ctx context.Context) (any, bool, error) {
			arns, err := r.Batch.Environments(ctx, r.cfg, of.Queue)
			return arns, len(arns) > 0, err
		})
	}
	if arns, _ := told.Value.([]string); told.State == evidence.Known {
		told = batchAsk(ctx, r, "batch:DescribeComputeEnvironments", strings.Join(arns, " "),
			func(ctx context.Context) (any, bool, error) {
				all, err := r.Batch.OnFargate(ctx, r.cfg, arns)
				return all, len(all) > 0, err
			})
	}
	if told.State != evidence.Known {
		return same[evidence.NetworkSettings](told)
	}
	all := told.Value.([]Environment)
	i := slices.IndexFunc(all, func(e Environment) bool {
		return e.Cluster == r.stop.ClusterARN ||
			r.stop.ClusterARN == "" && strings.HasSuffix(e.Cluster, "/"+r.stop.Cluster)
	})
	if i < 0 {
		return evidence.None[evidence.NetworkSettings]()
	}
	return evidence.Is(evidence.NetworkSettings{Subnets: all[i].Subnets, Groups: all[i].Groups,
		AssignPublicIP: of.AssignPublicIP})
}

// batchAsk asks one thing of AWS Batch, whose answers for what is not there are empty.
func batchAsk(ctx context.Context, r *reading, action, about string,
	call func(context.Context) (value any, found bool, err error)) evidence.Answer[any] {
	return r.ask(ctx, question[any]{action: action, about: about, keep: keepThing,
		call: func(ctx context.Context) (any, error) {
			value, found, err := call(ctx)
			if err == nil && !found {
				err = errAbsent
			}
			return value, err
		}})
}
