package account

import (
	"cmp"
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsbatch "github.com/aws/aws-sdk-go-v2/service/batch"
	"github.com/aws/aws-sdk-go-v2/service/batch/types"

	"whystopped/evidence/lookup"
)

// jobs asks AWS Batch. The function does not: its binary is smaller without the client.
type jobs struct{}

// Job says whether tasks get a public address where the job does: without a word they get none.
func (jobs) Job(ctx context.Context, cfg aws.Config, id string) (lookup.Job, error) {
	answer, err := awsbatch.NewFromConfig(cfg).DescribeJobs(ctx, &awsbatch.DescribeJobsInput{Jobs: []string{id}})
	if err != nil || len(answer.Jobs) == 0 {
		return lookup.Job{}, err
	}
	found := answer.Jobs[0]
	var network *types.NetworkConfiguration
	if found.Container != nil {
		network = found.Container.NetworkConfiguration
	}
	if p := found.EcsProperties; p != nil && len(p.TaskProperties) > 0 {
		network = cmp.Or(network, p.TaskProperties[0].NetworkConfiguration)
	}
	assigns := types.AssignPublicIpDisabled
	if network != nil {
		assigns = cmp.Or(network.AssignPublicIp, assigns)
	}
	return lookup.Job{Queue: aws.ToString(found.JobQueue), AssignPublicIP: string(assigns)}, nil
}

func (jobs) Environments(ctx context.Context, cfg aws.Config, queue string) (arns []string, err error) {
	answer, err := awsbatch.NewFromConfig(cfg).DescribeJobQueues(ctx,
		&awsbatch.DescribeJobQueuesInput{JobQueues: []string{queue}})
	if err != nil || len(answer.JobQueues) == 0 {
		return nil, err
	}
	for _, o := range answer.JobQueues[0].ComputeEnvironmentOrder {
		arns = append(arns, aws.ToString(o.ComputeEnvironment))
	}
	return arns, nil
}

func (jobs) OnFargate(ctx context.Context, cfg aws.Config, arns []string) (found []lookup.Environment, err error) {
	answer, err := awsbatch.NewFromConfig(cfg).DescribeComputeEnvironments(ctx,
		&awsbatch.DescribeComputeEnvironmentsInput{ComputeEnvironments: arns})
	if err != nil {
		return nil, err
	}
	fargate := []types.CRType{types.CRTypeFargate, types.CRTypeFargateSpot}
	for _, e := range answer.ComputeEnvironments {
		if of := e.ComputeResources; of != nil && slices.Contains(fargate, of.Type) {
			found = append(found, lookup.Environment{Cluster: aws.ToString(e.EcsClusterArn), Subnets: of.Subnets,
				Groups: of.SecurityGroupIds})
		}
	}
	return found, nil
}
