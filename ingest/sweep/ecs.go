package sweep

import (
	"bytes"
	"context"
	"encoding/json"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// NewClient returns a client whose answers can be read as ECS sent them, by Body.
func NewClient(cfg aws.Config) *ecs.Client {
	return ecs.NewFromConfig(cfg, func(o *ecs.Options) { o.APIOptions = append(o.APIOptions, keepBody) })
}

// bodyKey is under what keepBody leaves the body in the metadata of a result.
type bodyKey struct{}

// Body returns an answer as ECS sent it: the SDK's types hold only the fields that this version of it knows.
func Body(result middleware.Metadata) []byte {
	body, _ := result.Get(bodyKey{}).([]byte)
	return body
}

func keepBody(stack *middleware.Stack) error {
	return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("KeepBody",
		func(ctx context.Context, in middleware.DeserializeInput,
			next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
			out, metadata, err := next.HandleDeserialize(ctx, in)
			response, ok := out.RawResponse.(*smithyhttp.Response)
			if err != nil || !ok {
				return out, metadata, err
			}
			body, err := io.ReadAll(response.Body)
			response.Body.Close()
			if err != nil {
				return out, metadata, &smithy.DeserializationError{Err: err}
			}
			response.Body = io.NopCloser(bytes.NewReader(body))
			metadata.Set(bodyKey{}, body)
			return out, metadata, nil
		}), middleware.After)
}

// What ECS takes or gives at once
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html, …/API_DescribeTasks.html,
// …/API_ListServices.html).
const (
	servicesAtOnce = 10
	TasksAtOnce    = 100
	listedAtOnce   = 100
)

// calls are the calls of ECS that a sweep makes, within what the limiters let it.
type calls struct {
	client          *ecs.Client
	services, tasks Limiter
}

// pages collects what a call lists, page by page.
func pages(ctx context.Context, limit Limiter, page func(token *string) (arns []string, next *string,
	err error)) (all []string, err error) {
	for token := (*string)(nil); ; {
		if err := limit.Wait(ctx); err != nil {
			return nil, err
		}
		arns, next, err := page(token)
		if err != nil {
			return nil, err
		}
		all = append(all, arns...)
		if token = next; aws.ToString(token) == "" {
			return all, nil
		}
	}
}

func (c *calls) clusters(ctx context.Context) ([]string, error) {
	return pages(ctx, c.tasks, func(token *string) ([]string, *string, error) {
		out, err := c.client.ListClusters(ctx, &ecs.ListClustersInput{NextToken: token})
		if err != nil {
			return nil, nil, err
		}
		return out.ClusterArns, out.NextToken, nil
	})
}

func (c *calls) servicesOf(ctx context.Context, cluster string) ([]string, error) {
	return pages(ctx, c.services, func(token *string) ([]string, *string, error) {
		out, err := c.client.ListServices(ctx,
			&ecs.ListServicesInput{Cluster: &cluster, MaxResults: aws.Int32(listedAtOnce), NextToken: token})
		if err != nil {
			return nil, nil, err
		}
		return out.ServiceArns, out.NextToken, nil
	})
}

// describeServices returns services as the SDK's types hold them, and each as ECS sent it.
func (c *calls) describeServices(ctx context.Context, cluster string, arns []string) ([]types.Service,
	[]json.RawMessage, error) {
	if err := c.services.Wait(ctx); err != nil {
		return nil, nil, err
	}
	out, err := c.client.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: &cluster, Services: arns})
	if err != nil {
		return nil, nil, err
	}
	var sent struct {
		Services []json.RawMessage `json:"services"`
	}
	if err := json.Unmarshal(Body(out.ResultMetadata), &sent); err != nil {
		return nil, nil, err
	}
	return out.Services, sent.Services, nil
}

// stopped returns the ARNs of the tasks of a cluster that ECS has stopped or is stopping.
func (c *calls) stopped(ctx context.Context, cluster string) ([]string, error) {
	return pages(ctx, c.tasks, func(token *string) ([]string, *string, error) {
		out, err := c.client.ListTasks(ctx,
			&ecs.ListTasksInput{Cluster: &cluster, DesiredStatus: types.DesiredStatusStopped, NextToken: token})
		if err != nil {
			return nil, nil, err
		}
		return out.TaskArns, out.NextToken, nil
	})
}

func (c *calls) describeTasks(ctx context.Context, cluster string, arns []string) ([]json.RawMessage, error) {
	if err := c.tasks.Wait(ctx); err != nil {
		return nil, err
	}
	out, err := c.client.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: &cluster, Tasks: arns})
	if err != nil {
		return nil, err
	}
	var sent struct {
		Tasks []json.RawMessage `json:"tasks"`
	}
	err = json.Unmarshal(Body(out.ResultMetadata), &sent)
	return sent.Tasks, err
}
