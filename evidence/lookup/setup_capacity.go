package lookup

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	autoscalingtypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/servicequotas"

	"whystopped/classifier"
	"whystopped/events/awsname"
	"whystopped/evidence"
	"whystopped/evidence/setup"
)

// readQuotas reads the quota of vCPUs that a Fargate task counts against, and how many the account used
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/monitoring-fargate-usage.html).
func readQuotas(ctx context.Context, r *reading) {
	code := setup.Quota(r.known())
	if code == "" {
		return
	}
	found := quota(ctx, r, code)
	r.facts.Setup.Quotas = map[string]evidence.Answer[float64]{code: found}
	at := r.known().Failed().Truncate(time.Minute)
	class, fargate := usageClasses[code]
	if found.State != evidence.Known || !fargate || at.IsZero() {
		return
	}
	r.facts.Setup.VCPUs = metric(ctx, r, Metric{Namespace: "AWS/Usage", Name: "ResourceCount", Statistic: "Maximum",
		Dimensions: map[string]string{"Service": "Fargate", "Type": "Resource", "Resource": "vCPU", "Class": class},
		Period:     time.Minute, From: at.Add(-usageBefore), To: at.Add(time.Minute)})
}

// usageBefore is how long before a stop the use of a quota is of interest: its metric comes every few minutes.
const usageBefore = 10 * time.Minute

// usageClasses are the classes of the metrics that count against the quotas of Fargate.
var usageClasses = map[string]string{evidence.QuotaFargate: "Standard/OnDemand",
	evidence.QuotaFargateSpot: "Standard/Spot"}

// readInterfaces reads the quota of network interfaces and counts them, or, where the task was for container instances,
// those of each.
func readInterfaces(ctx context.Context, r *reading) {
	if setup.OnMachines(r.known()) {
		readContainerInstances(ctx, r)
		r.facts.Setup.Slots = slotsOf(ctx, r, r.facts.Setup.Machines)
		return
	}
	readQuotas(ctx, r)
	if r.facts.Setup.Quotas[evidence.QuotaInterfaces].State == evidence.Known {
		r.facts.Setup.Interfaces = interfaceCount(ctx, r)
	}
}

// slotsOf counts the network interfaces of the machines that EC2 runs.
func slotsOf(ctx context.Context, r *reading,
	machines evidence.Answer[[]evidence.Machine]) evidence.Answer[[]evidence.Slots] {
	if machines.State != evidence.Known {
		return same[[]evidence.Slots](machines)
	}
	trunks := map[string]bool{} // by instance
	for _, m := range machines.Value {
		if m.Connected && strings.HasPrefix(m.ID, "i-") {
			_, trunks[m.ID] = m.Attributes["ecs.awsvpc-trunk-id"]
		}
	}
	if len(trunks) == 0 {
		return evidence.Is([]evidence.Slots{})
	}
	instances := instancesOf(ctx, r, slices.Sorted(maps.Keys(trunks)))
	if instances.State != evidence.Known {
		return same[[]evidence.Slots](instances)
	}
	var types []string
	for _, i := range instances.Value {
		types = append(types, i.Type)
	}
	slices.Sort(types)
	types = slices.Compact(types)
	most := ask(ctx, r, question[map[string]int]{action: typeLookup, about: strings.Join(types, " "), keep: forever,
		call: func(ctx context.Context) (map[string]int, error) { return r.InstanceTypes(ctx, r.cfg, types) }})
	if most.State != evidence.Known {
		return same[[]evidence.Slots](most)
	}
	var slots []evidence.Slots
	for _, i := range instances.Value {
		if most.Value[i.Type] == 0 {
			return evidence.Unanswered[[]evidence.Slots](classifier.ReasonNotRead, typeLookup)
		}
		slots = append(slots, evidence.Slots{Machine: i.ID, Type: i.Type, Used: i.NetworkInterfaces,
			Most: most.Value[i.Type], Trunk: trunks[i.ID]})
	}
	return evidence.Is(slots)
}

func quota(ctx context.Context, r *reading, code string) evidence.Answer[float64] {
	service, id, _ := strings.Cut(code, " ")
	return ask(ctx, r,
		question[float64]{action: "servicequotas:GetServiceQuota", about: code, keep: keepRole,
			absent: []string{"NoSuchResourceException"},
			call: func(ctx context.Context) (float64, error) {
				answer, err := client(r, servicequotas.NewFromConfig).GetServiceQuota(ctx,
					&servicequotas.GetServiceQuotaInput{ServiceCode: &service, QuotaCode: &id})
				switch {
				case err != nil:
					return 0, err
				case answer.Quota == nil || answer.Quota.Value == nil:
					return 0, errAbsent
				}
				return *answer.Quota.Value, nil
			}})
}

func interfaceCount(ctx context.Context, r *reading) evidence.Answer[int] {
	return ask(ctx, r, question[int]{action: "ec2:DescribeNetworkInterfaces", about: "all", keep: keepNetwork,
		call: func(ctx context.Context) (int, error) {
			all, err := every(ctx,
				ec2.NewDescribeNetworkInterfacesPaginator(client(r, ec2.NewFromConfig),
					&ec2.DescribeNetworkInterfacesInput{MaxResults: most}),
				func(o *ec2.DescribeNetworkInterfacesOutput) (ids []string) {
					for _, i := range o.NetworkInterfaces {
						ids = append(ids, aws.ToString(i.NetworkInterfaceId))
					}
					return ids
				})
			return len(all), err
		}})
}

// describedAtOnce is how many container instances DescribeContainerInstances takes.
const describedAtOnce = 100

// readMachines reads what the active container instances of the cluster have left. Of a cluster with more than are
// described at once nothing is told, because those that are left out may have room.
func readMachines(ctx context.Context, r *reading) {
	together(func() { readContainerInstances(ctx, r) }, func() { readScaling(ctx, r) })
}

func readContainerInstances(ctx context.Context, r *reading) {
	cluster := r.stop.ClusterARN
	if cluster == "" {
		return
	}
	arns := ask(ctx, r, question[[]string]{action: "ecs:ListContainerInstances", about: cluster, keep: keepService,
		call: func(ctx context.Context) ([]string, error) {
			return every(ctx, ecs.NewListContainerInstancesPaginator(client(r, ecs.NewFromConfig),
				&ecs.ListContainerInstancesInput{Cluster: &cluster, Status: types.ContainerInstanceStatusActive,
					MaxResults: aws.Int32(describedAtOnce)}),
				func(o *ecs.ListContainerInstancesOutput) []string { return o.ContainerInstanceArns })
		}})
	machines := &r.facts.Setup.Machines
	switch {
	case arns.State != evidence.Known:
		*machines = same[[]evidence.Machine](arns)
	case len(arns.Value) == 0:
		*machines = evidence.Is([]evidence.Machine{})
	case len(arns.Value) > describedAtOnce:
		*machines = evidence.Unanswered[[]evidence.Machine](classifier.ReasonBudget, "ecs:DescribeContainerInstances")
	default:
		*machines = machinesOf(ctx, r, cluster, arns.Value)
	}
}

func machinesOf(ctx context.Context, r *reading, cluster string, arns []string) evidence.Answer[[]evidence.Machine] {
	return ask(ctx, r,
		question[[]evidence.Machine]{action: "ecs:DescribeContainerInstances", about: cluster + " " +
			strings.Join(arns, " "), keep: keepService,
			call: func(ctx context.Context) ([]evidence.Machine, error) {
				answer, err := client(r, ecs.NewFromConfig).DescribeContainerInstances(ctx,
					&ecs.DescribeContainerInstancesInput{Cluster: &cluster, ContainerInstances: arns})
				if err != nil {
					return nil, err
				}
				if len(answer.Failures) > 0 {
					return nil, fmt.Errorf("%d container instances are not described", len(answer.Failures))
				}
				var all []evidence.Machine
				for _, i := range answer.ContainerInstances {
					m := evidence.Machine{ID: aws.ToString(i.Ec2InstanceId), Connected: i.AgentConnected,
						CPU: remaining(i, "CPU"), Memory: remaining(i, "MEMORY"), GPUs: remainingGPUs(i)}
					if len(i.Attributes) > 0 {
						m.Attributes = map[string]string{}
					}
					for _, a := range i.Attributes {
						m.Attributes[aws.ToString(a.Name)] = aws.ToString(a.Value)
					}
					all = append(all, m)
				}
				return all, nil
			}})
}

func remaining(i types.ContainerInstance, name string) int64 {
	at := slices.IndexFunc(i.RemainingResources, func(r types.Resource) bool { return aws.ToString(r.Name) == name })
	if at < 0 {
		return 0
	}
	return int64(i.RemainingResources[at].IntegerValue)
}

// remainingGPUs counts the ids of GPUs that no task has.
func remainingGPUs(i types.ContainerInstance) int {
	at := slices.IndexFunc(i.RemainingResources, func(r types.Resource) bool { return aws.ToString(r.Name) == "GPU" })
	if at < 0 {
		return 0
	}
	return len(i.RemainingResources[at].StringSetValue)
}

// readScaling reads the Auto Scaling group of the capacity provider that the task was for, where it is known which.
func readScaling(ctx context.Context, r *reading) {
	name := r.stop.CapacityProvider
	if of := r.facts.Task.Service.Value.Providers; name == "" && len(of) == 1 {
		name = of[0]
	}
	if name == "" || strings.HasPrefix(name, "FARGATE") {
		return
	}
	group := scalingGroupOf(ctx, r, name)
	if group.State != evidence.Known {
		r.facts.Setup.Scaling = same[evidence.ScalingGroup](group)
		return
	}
	r.facts.Setup.Scaling = scalingGroup(ctx, r, group.Value)
	if r.facts.Setup.Scaling.State == evidence.Known {
		r.facts.Setup.Scaling.Value.Launches = activities(ctx, r, group.Value)
	}
}

// scalingGroupOf is the name of the Auto Scaling group of a capacity provider.
func scalingGroupOf(ctx context.Context, r *reading, provider string) evidence.Answer[string] {
	return ask(ctx, r, question[string]{action: "ecs:DescribeCapacityProviders", about: "group of " + provider,
		keep: keepService,
		call: func(ctx context.Context) (string, error) {
			answer, err := client(r, ecs.NewFromConfig).DescribeCapacityProviders(ctx,
				&ecs.DescribeCapacityProvidersInput{CapacityProviders: []string{provider}})
			if err != nil {
				return "", err
			}
			for _, p := range answer.CapacityProviders {
				if g := p.AutoScalingGroupProvider; g != nil {
					return awsname.LastPart(aws.ToString(g.AutoScalingGroupArn)), nil
				}
			}
			return "", errAbsent
		}})
}

func scalingGroup(ctx context.Context, r *reading, name string) evidence.Answer[evidence.ScalingGroup] {
	return ask(ctx, r, question[evidence.ScalingGroup]{action: "autoscaling:DescribeAutoScalingGroups", about: name,
		keep: keepService,
		call: func(ctx context.Context) (evidence.ScalingGroup, error) {
			answer, err := client(r, autoscaling.NewFromConfig).DescribeAutoScalingGroups(ctx,
				&autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{name}})
			if err == nil && len(answer.AutoScalingGroups) == 0 {
				err = errAbsent
			}
			if err != nil {
				return evidence.ScalingGroup{}, err
			}
			g := answer.AutoScalingGroups[0]
			e := evidence.ScalingGroup{Name: name, Max: int64(aws.ToInt32(g.MaxSize)),
				Desired: int64(aws.ToInt32(g.DesiredCapacity))}
			for _, i := range g.Instances {
				if i.LifecycleState == autoscalingtypes.LifecycleStateInService {
					e.InService = append(e.InService, aws.ToString(i.InstanceId))
				}
			}
			for _, p := range g.SuspendedProcesses {
				e.Suspended = append(e.Suspended, aws.ToString(p.ProcessName))
			}
			return e, nil
		}})
}
