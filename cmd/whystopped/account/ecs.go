package account

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"whystopped/classifier"
	"whystopped/cmd/whystopped/screen"
	"whystopped/events/awsname"
	"whystopped/ingest/sweep"
)

// ecsReader reads tasks as ECS tells them, in the form of "aws ecs describe-tasks".
type ecsReader struct {
	*ecs.Client
	region string
}

func readerIn(cfg aws.Config) *ecsReader {
	return &ecsReader{sweep.NewClient(cfg), cfg.Region}
}

// clusters returns the ARNs of all clusters of the account in the Region.
func (e *ecsReader) clusters(ctx context.Context) ([]string, error) {
	var clusters []string
	for pages := ecs.NewListClustersPaginator(e, &ecs.ListClustersInput{}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, explainRefusal("ecs:ListClusters", "all clusters in "+e.region, err)
		}
		clusters = append(clusters, page.ClusterArns...)
	}
	return clusters, nil
}

// stopped returns the ARNs of the tasks that ECS has stopped or is stopping, those that the filters of the input leave.
func (e *ecsReader) stopped(ctx context.Context, in ecs.ListTasksInput) ([]string, error) {
	var arns []string
	in.DesiredStatus = types.DesiredStatusStopped
	for pages := ecs.NewListTasksPaginator(e, &in); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, e.explain("ecs:ListTasks", aws.ToString(in.Cluster), aws.ToString(in.ServiceName), err)
		}
		arns = append(arns, page.TaskArns...)
	}
	return arns, nil
}

// describe returns the tasks as ECS tells them, and what it says of those that it does not know. The SDK's types hold
// only the fields that this version of it knows.
func (e *ecsReader) describe(ctx context.Context, cluster string, tasks []string) ([]json.RawMessage, []types.Failure,
	error) {
	out, err := e.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: &cluster, Tasks: tasks})
	if err != nil {
		return nil, nil, e.explain("ecs:DescribeTasks", cluster, "", err)
	}
	var answer struct {
		Tasks []json.RawMessage `json:"tasks"`
	}
	if err := json.Unmarshal(sweep.Body(out.ResultMetadata), &answer); err != nil {
		return nil, nil, e.explain("ecs:DescribeTasks", cluster, "", err)
	}
	return answer.Tasks, out.Failures, nil
}

// explain says what a failed call means that asked about a cluster, or a service in it.
func (e *ecsReader) explain(action, cluster, service string, err error) error {
	cluster, service = awsname.LastPart(cluster), awsname.LastPart(service)
	if _, missing := errors.AsType[*types.ClusterNotFoundException](err); missing {
		return screen.Advise(refuse(err, "no cluster %q in %s", cluster, e.region),
			classifier.CommandLine("aws", "ecs", "list-clusters", "--region", e.region), "names those that there are")
	}
	if _, missing := errors.AsType[*types.ServiceNotFoundException](err); missing {
		return noService(err, service, cluster, e.region)
	}
	return explainRefusal(action, fmt.Sprintf("the cluster %q in %s", cluster, e.region), err)
}

// noService says that ECS knows no service of that name.
func noService(err error, service, cluster, region string) error {
	return screen.Advise(refuse(err, "no service %q in the cluster %q in %s", service, cluster, region),
		classifier.CommandLine("aws", "ecs", "list-services", "--cluster", cluster, "--region", region),
		"names those that there are")
}
