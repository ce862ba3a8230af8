//go:build !local

package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"whystopped/classifier"
)

// thing is what a task needs, made with real calls, broken or not made at all, and what the command line must say about
// it. No cause that is not named here may be confirmed.
type thing struct {
	name string
	make func(w *workload) string // returns what ECS says, in words that leave it open
	want verdicts
}

// verdicts are those of causes, each with its reason where it has one: "inconclusive later".
type verdicts map[string]string

// TestThings makes each thing in moto and asks the real binary about a task that stopped for want of it.
func TestThings(t *testing.T) {
	moto := startMoto(t)
	made(ecs.NewFromConfig(motoConfig(moto)).CreateCluster(
		t.Context(),
		&ecs.CreateClusterInput{ClusterName: aws.String("shop")},
	))(t)
	for i, thing := range slices.Concat(images, secrets, parameters, keys, logGroups, volumes, healthChecks) {
		t.Run(thing.name, func(t *testing.T) {
			w := newWorkload(t, motoConfig(moto), fmt.Sprintf("web-%d", i))
			said := thing.make(w)
			told := verified(t, moto, w.stopped(said))
			got := verdicts{} // of all causes, also of those that the answer tells no more of
			for text := range strings.SplitSeq(told.CauseIDs, "; ") {
				id, verdict, _ := strings.Cut(text, "=")
				got[id] = verdict
			}
			for _, c := range told.Causes {
				got[c.ID] = strings.TrimSpace(c.Verdict + " " + c.Reason)
				if c.Verdict == string(classifier.Confirmed) && thing.want[c.ID] == "" {
					t.Errorf("%s is wrongly confirmed: %s", c.ID, c.Evidence)
				}
			}
			for id, want := range thing.want {
				if got[id] != want {
					t.Errorf("%s is %q, want %q", id, got[id], want)
				}
			}
			told.log(t)
		})
	}
}

const (
	motoAccount   = "123456789012"
	executionRole = "arn:aws:iam::" + motoAccount + ":role/web-exec"
	servicePort   = 8080
	lifetime      = time.Minute // from a task's creation to its stop
)

// workload is the task of one test in a VPC of its own.
type workload struct {
	*vpc
	aws.Config
	name       string // of what is made for it: no other test has it
	definition ecs.RegisterTaskDefinitionInput
	balancer   string         // security group of the load balancer before it
	createdAt  time.Time      // when the task was created; zero for when all was made
	event      map[string]any // what differs in its event
}

func newWorkload(t *testing.T, config aws.Config, name string) *workload {
	t.Helper()
	w := &workload{vpc: newVPC(t, ec2.NewFromConfig(config)), Config: config, name: name, event: map[string]any{}}
	w.definition = ecs.RegisterTaskDefinitionInput{
		Family:           aws.String("web"),
		ExecutionRoleArn: aws.String(executionRole),
		NetworkMode:      types.NetworkModeAwsvpc,
		RuntimePlatform: &types.RuntimePlatform{
			CpuArchitecture:       types.CPUArchitectureArm64,
			OperatingSystemFamily: types.OSFamilyLinux,
		},
		ContainerDefinitions: []types.ContainerDefinition{{
			Name:         aws.String("web"),
			Image:        aws.String(w.repository() + ":7"),
			Memory:       aws.Int32(256),
			PortMappings: []types.PortMapping{{ContainerPort: aws.Int32(servicePort)}},
		}},
	}
	return w
}

// container is the one container of the task's definition.
func (w *workload) container() *types.ContainerDefinition {
	return &w.definition.ContainerDefinitions[0]
}

// began has the task created some time ago: what is made from now on came later.
func (w *workload) began(ago time.Duration) { w.createdAt = time.Now().Add(-ago) }

// stopped is the event of the task.
func (w *workload) stopped(said string) []byte {
	w.attachTask()
	definition := made(ecs.NewFromConfig(w.Config).RegisterTaskDefinition(w.ctx, &w.definition))(w.t).TaskDefinition
	if w.createdAt.IsZero() {
		w.createdAt = time.Now()
	}
	event := map[string]any{
		"taskDefinitionArn": *definition.TaskDefinitionArn,
		"createdAt":         w.at(0),
		"stoppingAt":        w.at(lifetime - time.Second),
		"stoppedAt":         w.at(lifetime),
		"containers": []any{map[string]any{
			"name":       "web",
			"image":      *w.container().Image,
			"lastStatus": "STOPPED",
		}},
	}
	maps.Copy(event, w.event)
	return w.stop(said, event)
}

// at is the time so long after the task's creation, as events write it.
func (w *workload) at(since time.Duration) string {
	return w.createdAt.Add(since).UTC().Format("2006-01-02T15:04:05.000Z")
}
