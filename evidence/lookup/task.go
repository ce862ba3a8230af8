package lookup

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"whystopped/events"
	"whystopped/events/awsname"
	"whystopped/evidence"
	"whystopped/evidence/network"
	"whystopped/evidence/running"
)

// readInputs reads where the task's traffic came from, the surest source first, and its task definition. What the stop
// does not name is not asked for.
func readInputs(ctx context.Context, r *reading) {
	in, stop, c := &r.facts.Task, &r.stop, *r.known()
	together(
		func() {
			if !r.onlyPath() || network.AsksDefinition(&c) {
				readDefinition(ctx, r)
			}
		},
		func() {
			if id := interfaceOf(stop); id != "" {
				in.Interface = taskInterface(ctx, r, id)
			}
		},
		func() {
			if stop.Service == "" || clusterOf(stop) == "" {
				return
			}
			in.Service = service(ctx, r)
			listed := slices.ContainsFunc(in.Service.Value.Deployments,
				func(d evidence.Deployment) bool { return d.ID == deploymentOf(stop) })
			if !listed && (in.Service.State == evidence.Known || in.Service.State == evidence.Absent) {
				in.Revision = revision(ctx, r)
			}
		},
		func() {
			if stop.ContainerInstanceARN != "" && clusterOf(stop) != "" {
				in.Instance = containerInstance(ctx, r)
			}
		},
	)
	if r.wantsRun() {
		in.Run = run(ctx, r)
		if in.Run.State != evidence.Known && r.stop.JobID != "" {
			in.Job = byJob(ctx, r)
		}
	}
	if stop.LaunchType == "MANAGED_INSTANCES" && stop.CapacityProvider != "" &&
		in.Instance.Value.EC2.State != evidence.Known {
		in.Provider = provider(ctx, r)
	}
}

// wantsRun reports whether the network configuration must come from the call that started the task: one of no service,
// with an interface of its own that is gone.
func (r *reading) wantsRun() bool {
	stop := &r.stop
	return stop.Service == "" && stop.TaskID != "" && !stop.OnInstance() && !stop.CreatedAt.IsZero() &&
		r.facts.Task.Interface.State != evidence.Known &&
		(slices.Contains(r.needs, evidence.NeedNetwork) || slices.Contains(r.needs, evidence.NeedAttachment))
}

// runBetween is how far from the creation of a task the call that started it may be.
const runBetween = time.Minute

// run asks CloudTrail for the RunTask call that started the task, whoever made it: a person, a schedule, a rule of
// EventBridge, Step Functions or Batch.
func run(ctx context.Context, r *reading) evidence.Answer[evidence.NetworkSettings] {
	at := r.stop.CreatedAt
	calls := trailEvents(ctx, r, r.cfg.Region,
		TrailQuery{trailName, "RunTask", at.Add(-runBetween), at.Add(runBetween)}, nil)
	if calls.State != evidence.Known {
		return same[evidence.NetworkSettings](calls)
	}
	for _, call := range calls.Value {
		if settings, ok := call.starts(r.stop.TaskID); ok {
			return evidence.Is(settings)
		}
	}
	return evidence.None[evidence.NetworkSettings]()
}

// onlyPath reports whether nothing but the way of the failed call is looked at.
func (r *reading) onlyPath() bool {
	return len(r.needs) > 0 && !slices.ContainsFunc(r.needs, func(need evidence.Need) bool {
		return need != evidence.NeedInputs && need != evidence.NeedNetwork
	})
}

// readDefinition reads the task definition that the stop names.
func readDefinition(ctx context.Context, r *reading) {
	if arn := r.stop.TaskDefinitionARN; arn != "" {
		r.facts.Task.TaskDefinition = taskDefinition(ctx, r, arn)
	}
}

// interfaceOf returns the id of the interface that the stop's attachments name.
func interfaceOf(s *events.Stop) string {
	for _, a := range s.Attachments {
		if id := a.Details["networkInterfaceId"]; id != "" {
			return id
		}
	}
	return ""
}

// clusterOf returns the ARN of the stop's cluster, or its name where that is all the stop tells. An empty name would be
// the cluster called default.
func clusterOf(s *events.Stop) string { return cmp.Or(s.ClusterARN, s.Cluster) }

// deploymentOf returns the id of the deployment or task set that started the task.
func deploymentOf(s *events.Stop) string { return cmp.Or(s.DeploymentID, s.StartedBy) }

func taskDefinition(ctx context.Context, r *reading, arn string) evidence.Answer[evidence.TaskDefinition] {
	return ask(ctx, r,
		question[evidence.TaskDefinition]{action: "ecs:DescribeTaskDefinition", about: arn, keep: forever,
			call: func(ctx context.Context) (evidence.TaskDefinition, error) {
				answer, err := client(r, ecs.NewFromConfig).DescribeTaskDefinition(ctx,
					&ecs.DescribeTaskDefinitionInput{TaskDefinition: &arn})
				if err != nil {
					return evidence.TaskDefinition{}, err
				}
				return taskDefinitionFrom(answer.TaskDefinition), nil
			}})
}

func taskDefinitionFrom(d *types.TaskDefinition) evidence.TaskDefinition {
	td := evidence.TaskDefinition{
		ARN: aws.ToString(d.TaskDefinitionArn), NetworkMode: string(d.NetworkMode),
		ExecutionRoleARN: aws.ToString(d.ExecutionRoleArn), TaskRoleARN: aws.ToString(d.TaskRoleArn),
		CPU: number(d.Cpu), Memory: number(d.Memory),
	}
	if p := d.RuntimePlatform; p != nil {
		td.Architecture, td.OperatingSystem = string(p.CpuArchitecture), string(p.OperatingSystemFamily)
	}
	if d.EphemeralStorage != nil {
		td.EphemeralGiB = int64(d.EphemeralStorage.SizeInGiB)
	}
	for _, a := range d.RequiresAttributes {
		td.Requires = append(td.Requires, evidence.Attribute{Name: aws.ToString(a.Name), Value: aws.ToString(a.Value)})
	}
	for _, c := range d.Compatibilities {
		td.RunsOn = append(td.RunsOn, string(c))
	}
	for _, c := range d.ContainerDefinitions {
		td.Containers = append(td.Containers, containerFrom(c))
	}
	for _, v := range d.Volumes {
		volume := evidence.Volume{Name: aws.ToString(v.Name)}
		if e := v.EfsVolumeConfiguration; e != nil {
			volume.FileSystem, volume.RootDirectory = aws.ToString(e.FileSystemId), aws.ToString(e.RootDirectory)
			volume.Encrypted = e.TransitEncryption == types.EFSTransitEncryptionEnabled
			if a := e.AuthorizationConfig; a != nil {
				volume.AccessPoint, volume.IAM = aws.ToString(a.AccessPointId),
					a.Iam == types.EFSAuthorizationConfigIAMEnabled
			}
		}
		if v.Host != nil {
			volume.HostPath = aws.ToString(v.Host.SourcePath)
		}
		if d := v.DockerVolumeConfiguration; d != nil {
			volume.Unprovisioned = d.Scope == types.ScopeShared && !aws.ToBool(d.Autoprovision)
		}
		switch {
		case aws.ToBool(v.ConfiguredAtLaunch):
			volume.Service = "EBS"
		case v.FsxWindowsFileServerVolumeConfiguration != nil:
			volume.Service = "FSx"
		case v.S3filesVolumeConfiguration != nil:
			volume.Service = evidence.S3Files
			volume.RootDirectory = aws.ToString(v.S3filesVolumeConfiguration.RootDirectory)
			volume.AccessPoint = awsname.LastPart(aws.ToString(v.S3filesVolumeConfiguration.AccessPointArn))
		}
		td.Volumes = append(td.Volumes, volume)
	}
	return td
}

func containerFrom(c types.ContainerDefinition) evidence.ContainerDefinition {
	d := evidence.ContainerDefinition{
		Name: aws.ToString(c.Name), Image: aws.ToString(c.Image), Essential: c.Essential == nil || *c.Essential,
		Memory: int64(aws.ToInt32(c.Memory)), MemoryReservation: int64(aws.ToInt32(c.MemoryReservation)),
		User: aws.ToString(c.User), Command: c.Command, EntryPoint: c.EntryPoint,
		StopTimeout: int64(aws.ToInt32(c.StopTimeout)), StartTimeout: int64(aws.ToInt32(c.StartTimeout)),
		Secrets: secretsFrom(c.Secrets),
	}
	if c.RepositoryCredentials != nil {
		d.Credentials = aws.ToString(c.RepositoryCredentials.CredentialsParameter)
	}
	for _, f := range c.EnvironmentFiles {
		d.EnvironmentFiles = append(d.EnvironmentFiles, aws.ToString(f.Value))
	}
	if l := c.LogConfiguration; l != nil {
		d.LogDriver, d.LogOptions, d.LogSecrets = string(l.LogDriver), l.Options, secretsFrom(l.SecretOptions)
	}
	for _, p := range c.PortMappings {
		if p.ContainerPort != nil {
			d.Ports = append(d.Ports, int64(*p.ContainerPort))
		}
		if host := aws.ToInt32(p.HostPort); host > 0 {
			d.HostPorts = append(d.HostPorts,
				evidence.HostPort{Number: int64(host), UDP: p.Protocol == types.TransportProtocolUdp})
		}
	}
	for _, m := range c.MountPoints {
		d.Mounts = append(d.Mounts, evidence.Mount{Volume: aws.ToString(m.SourceVolume),
			Path: aws.ToString(m.ContainerPath), ReadOnly: aws.ToBool(m.ReadOnly)})
	}
	for _, v := range c.VolumesFrom {
		d.MountsFrom = append(d.MountsFrom, aws.ToString(v.SourceContainer))
	}
	for _, r := range c.ResourceRequirements {
		if r.Type == types.ResourceTypeGpu {
			d.GPUs += number(r.Value)
		}
	}
	values := map[string]string{}
	for _, v := range c.Environment {
		d.Variables = append(d.Variables, aws.ToString(v.Name))
		values[aws.ToString(v.Name)] = aws.ToString(v.Value)
	}
	d.Heaps = running.Heaps(slices.Concat(c.EntryPoint, c.Command), values)
	for _, on := range c.DependsOn {
		if d.DependsOn == nil {
			d.DependsOn = map[string]string{}
		}
		d.DependsOn[aws.ToString(on.ContainerName)] = string(on.Condition)
	}
	if h := c.HealthCheck; h != nil {
		d.HealthCheck = &evidence.ContainerHealthCheck{Command: h.Command, Interval: int64(aws.ToInt32(h.Interval)),
			Timeout: int64(aws.ToInt32(h.Timeout)), Retries: int64(aws.ToInt32(h.Retries)),
			StartPeriod: int64(aws.ToInt32(h.StartPeriod))}
	}
	return d
}

// secretsFrom returns where the values of secrets come from, by the names of their variables.
func secretsFrom(secrets []types.Secret) map[string]string {
	if len(secrets) == 0 {
		return nil
	}
	from := map[string]string{}
	for _, s := range secrets {
		from[aws.ToString(s.Name)] = aws.ToString(s.ValueFrom)
	}
	return from
}

// aboutInterface asks by a filter: an interface that is gone is then an empty list, and not an error.
func aboutInterface(r *reading, id string) question[evidence.Interface] {
	return question[evidence.Interface]{action: "ec2:DescribeNetworkInterfaces", about: id, keep: keepNetwork,
		call: func(ctx context.Context) (evidence.Interface, error) {
			found, err := networkInterfaces(ctx, r, where("network-interface-id", id))
			if err == nil && len(found) == 0 {
				err = errAbsent
			}
			if err != nil {
				return evidence.Interface{}, err
			}
			return found[0], nil
		}}
}

func networkInterface(ctx context.Context, r *reading, id string) evidence.Answer[evidence.Interface] {
	return ask(ctx, r, aboutInterface(r, id))
}

// inSubnet is every interface of a subnet at a moment.
type inSubnet struct {
	at  time.Time
	all []evidence.Interface
}

// taskInterface asks for the interface of the stop's task, or for all of its subnet where many tasks fail at once. What
// those lack was gone when they were read, if the task had stopped by then.
func taskInterface(ctx context.Context, r *reading, id string) evidence.Answer[evidence.Interface] {
	subnet, _ := r.stop.TaskInterface()
	if subnet == "" {
		return networkInterface(ctx, r, id)
	}
	all := question[inSubnet]{action: "ec2:DescribeNetworkInterfaces", about: "all of " + subnet, keep: keepNetwork,
		call: func(ctx context.Context) (inSubnet, error) {
			at := r.Now()
			found, err := networkInterfaces(ctx, r, where("subnet-id", subnet))
			return inSubnet{at, found}, err
		}}
	return oneOf(ctx, r, aboutInterface(r, id), all, func(s inSubnet) evidence.Answer[evidence.Interface] {
		i := slices.IndexFunc(s.all, func(e evidence.Interface) bool { return e.ID == id })
		switch {
		case i >= 0:
			return evidence.Is(s.all[i])
		case !r.stop.StoppedAt.IsZero() && s.at.After(r.stop.StoppedAt):
			return evidence.None[evidence.Interface]()
		}
		return evidence.Answer[evidence.Interface]{}
	})
}

func networkInterfaces(ctx context.Context, r *reading, filters []ec2types.Filter) ([]evidence.Interface, error) {
	return every(ctx,
		ec2.NewDescribeNetworkInterfacesPaginator(client(r, ec2.NewFromConfig), &ec2.DescribeNetworkInterfacesInput{
			Filters: filters, IncludeManagedResources: aws.Bool(true),
			MaxResults: aws.Int32(1000),
		}), func(o *ec2.DescribeNetworkInterfacesOutput) (all []evidence.Interface) {
			for _, i := range o.NetworkInterfaces {
				all = append(all, interfaceFrom(i))
			}
			return all
		})
}

func interfaceFrom(i ec2types.NetworkInterface) evidence.Interface {
	e := evidence.Interface{ID: aws.ToString(i.NetworkInterfaceId), Subnet: aws.ToString(i.SubnetId),
		VPC:    aws.ToString(i.VpcId),
		Groups: groupIDs(i.Groups), Description: aws.ToString(i.Description), InterfaceType: string(i.InterfaceType),
		Status: string(i.Status)}
	for _, p := range i.PrivateIpAddresses {
		e.PrivateIPs = append(e.PrivateIPs, address(p.PrivateIpAddress))
	}
	if len(e.PrivateIPs) == 0 && i.PrivateIpAddress != nil {
		e.PrivateIPs = append(e.PrivateIPs, address(i.PrivateIpAddress))
	}
	for _, p := range i.Ipv6Addresses {
		e.PrivateIPs = append(e.PrivateIPs, address(p.Ipv6Address))
	}
	if i.Association != nil {
		e.PublicIP = address(i.Association.PublicIp)
	}
	return e
}

func groupIDs(groups []ec2types.GroupIdentifier) []string {
	var ids []string
	for _, g := range groups {
		ids = append(ids, aws.ToString(g.GroupId))
	}
	return ids
}

// How many services DescribeServices takes, and the most of a cluster that are read because several are asked about.
const (
	servicesAtOnce = 10
	servicesLimit  = 100
)

// service asks for the stop's service, or for ten of its cluster where many tasks fail at once.
func service(ctx context.Context, r *reading) evidence.Answer[evidence.Service] {
	cluster, name := clusterOf(&r.stop), r.stop.Service
	one := question[evidence.Service]{action: "ecs:DescribeServices", about: cluster + " " + name, keep: keepService,
		absent: []string{"ClusterNotFoundException"},
		call: func(ctx context.Context) (evidence.Service, error) {
			found, err := services(ctx, r, cluster, []string{name})
			if err == nil && len(found) == 0 {
				err = errAbsent
			}
			if err != nil {
				return evidence.Service{}, err
			}
			return found[0], nil
		}}
	all := question[[]string]{action: "ecs:ListServices", about: cluster, keep: keepThing,
		call: func(ctx context.Context) ([]string, error) {
			answer, err := client(r, ecs.NewFromConfig).ListServices(ctx,
				&ecs.ListServicesInput{Cluster: &cluster, MaxResults: aws.Int32(servicesLimit)})
			if err != nil {
				return nil, err
			}
			slices.Sort(answer.ServiceArns)
			return answer.ServiceArns, nil
		}}
	return oneOf(ctx, r, one, all, func(arns []string) evidence.Answer[evidence.Service] {
		is := func(arn string) bool { return strings.HasSuffix(arn, "/"+name) }
		for some := range slices.Chunk(arns, servicesAtOnce) {
			if !slices.ContainsFunc(some, is) {
				continue
			}
			found := ask(ctx, r, question[[]evidence.Service]{action: "ecs:DescribeServices", keep: keepService,
				about: cluster + " " + strings.Join(some, " "),
				call: func(ctx context.Context) ([]evidence.Service, error) {
					return services(ctx, r, cluster, some)
				}})
			if i := slices.IndexFunc(found.Value, func(s evidence.Service) bool { return is(s.ARN) }); i >= 0 {
				return evidence.Is(found.Value[i])
			}
		}
		return evidence.Answer[evidence.Service]{}
	})
}

func services(ctx context.Context, r *reading, cluster string, names []string) ([]evidence.Service, error) {
	answer, err := client(r, ecs.NewFromConfig).DescribeServices(ctx,
		&ecs.DescribeServicesInput{Cluster: &cluster, Services: names})
	if err != nil {
		return nil, err
	}
	var all []evidence.Service
	for _, s := range answer.Services {
		all = append(all, serviceFrom(s))
	}
	return all, nil
}

func serviceFrom(s types.Service) evidence.Service {
	e := evidence.Service{ARN: aws.ToString(s.ServiceArn), DesiredCount: int64(s.DesiredCount),
		RunningCount:    int64(s.RunningCount),
		ZoneRebalancing: string(s.AvailabilityZoneRebalancing)}
	e.GracePeriod = widened(s.HealthCheckGracePeriodSeconds)
	if c := s.DeploymentConfiguration; c != nil {
		e.MinimumHealthy, e.Maximum = widened(c.MinimumHealthyPercent), widened(c.MaximumPercent)
		if c.Alarms != nil && c.Alarms.Enable {
			e.Alarms = c.Alarms.AlarmNames
		}
	}
	for _, p := range s.CapacityProviderStrategy {
		e.Providers = append(e.Providers, aws.ToString(p.CapacityProvider))
	}
	for _, d := range s.Deployments {
		network, told := settingsFrom(d.NetworkConfiguration)
		e.Deployments = append(e.Deployments, evidence.Deployment{
			ID: aws.ToString(d.Id), Status: aws.ToString(d.Status), RolloutState: string(d.RolloutState),
			RolloutReason:  aws.ToString(d.RolloutStateReason),
			TaskDefinition: aws.ToString(d.TaskDefinition), Network: network, HasNetwork: told,
			Desired: int64(d.DesiredCount), Running: int64(d.RunningCount), Failed: int64(d.FailedTasks),
			CreatedAt: aws.ToTime(d.CreatedAt),
		})
	}
	for _, t := range s.TaskSets {
		network, told := settingsFrom(t.NetworkConfiguration)
		e.Deployments = append(e.Deployments, evidence.Deployment{
			ID: aws.ToString(t.Id), Status: aws.ToString(t.Status), TaskDefinition: aws.ToString(t.TaskDefinition),
			Network: network, HasNetwork: told,
			Desired: int64(t.ComputedDesiredCount), Running: int64(t.RunningCount), CreatedAt: aws.ToTime(t.CreatedAt),
		})
	}
	for _, v := range s.Events {
		e.Events = append(e.Events,
			evidence.ServiceEvent{At: aws.ToTime(v.CreatedAt), Message: aws.ToString(v.Message)})
	}
	for _, l := range s.LoadBalancers {
		e.LoadBalancers = append(e.LoadBalancers, evidence.ServiceLoadBalancer{
			TargetGroupARN: aws.ToString(l.TargetGroupArn), Container: aws.ToString(l.ContainerName),
			Port: int64(aws.ToInt32(l.ContainerPort))})
	}
	return e
}

// widened keeps what is not set apart from 0.
func widened(n *int32) *int64 {
	if n == nil {
		return nil
	}
	return aws.Int64(int64(*n))
}

func settingsFrom(n *types.NetworkConfiguration) (settings evidence.NetworkSettings, told bool) {
	if n == nil || n.AwsvpcConfiguration == nil {
		return evidence.NetworkSettings{}, false
	}
	c := n.AwsvpcConfiguration
	return evidence.NetworkSettings{Subnets: c.Subnets, Groups: c.SecurityGroups,
		AssignPublicIP: string(c.AssignPublicIp)}, true
}

// How far back a task's deployment is looked for, and how many revisions DescribeServiceRevisions takes at once.
const (
	deploymentAge = 30 * 24 * time.Hour
	revisionLimit = 20
)

// revision finds the service revision that a task was started from when its service no longer lists the deployment: of
// the deployments before the task was created, the newest with the task's task definition. It is not told when there is
// none, or when several that differ in their network could be it.
func revision(ctx context.Context, r *reading) evidence.Answer[evidence.Revision] {
	deployments := serviceDeployments(ctx, r)
	if deployments.State != evidence.Known {
		return same[evidence.Revision](deployments)
	}
	var arns []string
	for _, d := range deployments.Value {
		if arn := aws.ToString(d.TargetServiceRevisionArn); arn != "" && !slices.Contains(arns, arn) &&
			len(arns) < revisionLimit {
			arns = append(arns, arn)
		}
	}
	if len(arns) == 0 {
		return evidence.Answer[evidence.Revision]{}
	}
	revisions := serviceRevisions(ctx, r, arns)
	if revisions.State != evidence.Known {
		return same[evidence.Revision](revisions)
	}
	possible := slices.DeleteFunc(slices.Clone(revisions.Value),
		func(v evidence.Revision) bool { return v.TaskDefinition != r.stop.TaskDefinitionARN })
	if len(possible) == 0 ||
		slices.ContainsFunc(possible,
			func(v evidence.Revision) bool { return !equal(v.Network, possible[0].Network) }) {
		return evidence.Answer[evidence.Revision]{}
	}
	slices.SortStableFunc(possible, func(a, b evidence.Revision) int {
		return cmp.Compare(slices.Index(arns, a.ARN), slices.Index(arns, b.ARN))
	})
	return evidence.Is(possible[0])
}

func equal(a, b evidence.NetworkSettings) bool {
	return slices.Equal(a.Subnets, b.Subnets) && slices.Equal(a.Groups, b.Groups) &&
		a.AssignPublicIP == b.AssignPublicIP
}

// serviceDeployments lists the deployments of the stop's service that were created before the task, or before the
// service reported, the newest first.
func serviceDeployments(ctx context.Context, r *reading) evidence.Answer[[]types.ServiceDeploymentBrief] {
	before := r.stop.CreatedAt
	if r.stop.Kind == events.KindService || r.stop.Kind == events.KindDeployment {
		before = r.stop.StoppedAt // when it reported
	}
	if before.IsZero() {
		return evidence.Answer[[]types.ServiceDeploymentBrief]{}
	}
	cluster := clusterOf(&r.stop)
	input := ecs.ListServiceDeploymentsInput{Cluster: &cluster, Service: &r.stop.Service, MaxResults: aws.Int32(100),
		CreatedAt: &types.CreatedAt{Before: &before, After: aws.Time(before.Add(-deploymentAge))}}
	return ask(ctx, r, question[[]types.ServiceDeploymentBrief]{action: "ecs:ListServiceDeployments", keep: keepService,
		about:  strings.Join([]string{cluster, r.stop.Service, before.String()}, " "),
		absent: []string{"ServiceNotFoundException", "ClusterNotFoundException"},
		call: func(ctx context.Context) ([]types.ServiceDeploymentBrief, error) {
			all, err := every(ctx, &deploymentPages{r: r, input: input},
				func(o *ecs.ListServiceDeploymentsOutput) []types.ServiceDeploymentBrief {
					return o.ServiceDeployments
				})
			slices.SortStableFunc(all, func(a, b types.ServiceDeploymentBrief) int {
				return aws.ToTime(b.CreatedAt).Compare(aws.ToTime(a.CreatedAt))
			})
			return all, err
		}})
}

// deploymentPages is the paginator that the SDK lacks for ListServiceDeployments.
type deploymentPages struct {
	r     *reading
	input ecs.ListServiceDeploymentsInput
	begun bool
}

func (p *deploymentPages) HasMorePages() bool {
	return !p.begun || aws.ToString(p.input.NextToken) != ""
}

func (p *deploymentPages) NextPage(ctx context.Context,
	options ...func(*ecs.Options)) (*ecs.ListServiceDeploymentsOutput, error) {
	page, err := client(p.r, ecs.NewFromConfig).ListServiceDeployments(ctx, &p.input, options...)
	if err == nil {
		p.begun, p.input.NextToken = true, page.NextToken
	}
	return page, err
}

func serviceRevisions(ctx context.Context, r *reading, arns []string) evidence.Answer[[]evidence.Revision] {
	return ask(ctx, r,
		question[[]evidence.Revision]{action: "ecs:DescribeServiceRevisions", about: strings.Join(arns, " "),
			keep: forever,
			call: func(ctx context.Context) ([]evidence.Revision, error) {
				answer, err := client(r, ecs.NewFromConfig).DescribeServiceRevisions(ctx,
					&ecs.DescribeServiceRevisionsInput{ServiceRevisionArns: arns})
				if err != nil {
					return nil, err
				}
				var all []evidence.Revision
				for _, v := range answer.ServiceRevisions {
					e := evidence.Revision{ARN: aws.ToString(v.ServiceRevisionArn),
						TaskDefinition: aws.ToString(v.TaskDefinition), LaunchType: string(v.LaunchType),
						Images: map[string]string{}}
					e.Network, _ = settingsFrom(v.NetworkConfiguration)
					for _, i := range v.ContainerImages {
						e.Images[aws.ToString(i.ContainerName)] = aws.ToString(i.ImageDigest)
					}
					all = append(all, e)
				}
				return all, nil
			}})
}

// provider asks for the network of the instances that a managed-instances capacity provider starts.
func provider(ctx context.Context, r *reading) evidence.Answer[evidence.NetworkSettings] {
	name := r.stop.CapacityProvider
	return ask(ctx, r,
		question[evidence.NetworkSettings]{action: "ecs:DescribeCapacityProviders", about: name, keep: keepService,
			call: func(ctx context.Context) (evidence.NetworkSettings, error) {
				answer, err := client(r, ecs.NewFromConfig).DescribeCapacityProviders(ctx,
					&ecs.DescribeCapacityProvidersInput{CapacityProviders: []string{name}})
				if err != nil {
					return evidence.NetworkSettings{}, err
				}
				for _, p := range answer.CapacityProviders {
					if m := p.ManagedInstancesProvider; m != nil && m.InstanceLaunchTemplate != nil &&
						m.InstanceLaunchTemplate.NetworkConfiguration != nil {
						n := m.InstanceLaunchTemplate.NetworkConfiguration
						return evidence.NetworkSettings{Subnets: n.Subnets, Groups: n.SecurityGroups}, nil
					}
				}
				return evidence.NetworkSettings{}, errAbsent
			}})
}

func containerInstance(ctx context.Context, r *reading) evidence.Answer[evidence.ContainerInstance] {
	cluster, arn := clusterOf(&r.stop), r.stop.ContainerInstanceARN
	found := ask(ctx, r,
		question[evidence.ContainerInstance]{action: "ecs:DescribeContainerInstances", about: arn, keep: keepService,
			absent: []string{"ClusterNotFoundException"},
			call: func(ctx context.Context) (evidence.ContainerInstance, error) {
				answer, err := client(r, ecs.NewFromConfig).DescribeContainerInstances(ctx,
					&ecs.DescribeContainerInstancesInput{Cluster: &cluster, ContainerInstances: []string{arn}})
				if err == nil && len(answer.ContainerInstances) == 0 {
					err = errAbsent
				}
				if err != nil {
					return evidence.ContainerInstance{}, err
				}
				c := answer.ContainerInstances[0]
				e := evidence.ContainerInstance{ARN: aws.ToString(c.ContainerInstanceArn),
					InstanceID: aws.ToString(c.Ec2InstanceId),
					Status:     aws.ToString(c.Status), AgentConnected: c.AgentConnected}
				if v := c.VersionInfo; v != nil {
					e.AgentVersion = aws.ToString(v.AgentVersion)
					e.DockerVersion = strings.TrimPrefix(aws.ToString(v.DockerVersion), "DockerVersion: ")
				}
				return e, nil
			}})
	if id := found.Value.InstanceID; strings.HasPrefix(id, "i-") { // not a machine outside of AWS, "mi-…"
		found.Value.EC2 = instance(ctx, r, id)
	}
	return found
}

// instance describes one.
func instance(ctx context.Context, r *reading, id string) evidence.Answer[evidence.Instance] {
	all := instancesOf(ctx, r, []string{id})
	answer := same[evidence.Instance](all)
	if all.State == evidence.Known {
		answer.Value = all.Value[0]
	}
	return answer
}

// instancesOf describes the instances with some ids, all of them or none. It asks by a filter, as networkInterface
// does, and for no more than one page has.
func instancesOf(ctx context.Context, r *reading, ids []string) evidence.Answer[[]evidence.Instance] {
	return ask(ctx, r, question[[]evidence.Instance]{action: "ec2:DescribeInstances", about: strings.Join(ids, " "),
		keep: keepService,
		call: func(ctx context.Context) (all []evidence.Instance, err error) {
			answer, err := client(r, ec2.NewFromConfig).DescribeInstances(ctx, &ec2.DescribeInstancesInput{
				Filters: where("instance-id", ids...), IncludeManagedResources: aws.Bool(true)})
			if err != nil {
				return nil, err
			}
			for _, reservation := range answer.Reservations {
				for _, i := range reservation.Instances {
					all = append(all, instanceFrom(i))
				}
			}
			switch {
			case len(all) == 0:
				return nil, errAbsent
			case len(all) < len(ids):
				return nil, fmt.Errorf("%d of %d instances are not described", len(ids)-len(all), len(ids))
			}
			return all, nil
		}})
}

func instanceFrom(i ec2types.Instance) evidence.Instance {
	e := evidence.Instance{ID: aws.ToString(i.InstanceId), Type: string(i.InstanceType),
		Subnet: aws.ToString(i.SubnetId), VPC: aws.ToString(i.VpcId),
		Groups: groupIDs(i.SecurityGroups), PrivateIP: address(i.PrivateIpAddress),
		PublicIP:        address(i.PublicIpAddress),
		SourceDestCheck: aws.ToBool(i.SourceDestCheck), NetworkInterfaces: len(i.NetworkInterfaces),
		Lifecycle: string(i.InstanceLifecycle)}
	if i.State != nil {
		e.State = string(i.State.Name)
	}
	if i.StateReason != nil {
		e.StateReason = aws.ToString(i.StateReason.Code)
	}
	if i.IamInstanceProfile != nil {
		e.Profile = aws.ToString(i.IamInstanceProfile.Arn)
	}
	for _, d := range i.BlockDeviceMappings {
		if d.Ebs != nil && aws.ToString(d.DeviceName) == aws.ToString(i.RootDeviceName) {
			e.RootVolume = aws.ToString(d.Ebs.VolumeId)
		}
	}
	for _, tag := range i.Tags {
		if aws.ToString(tag.Key) == "aws:autoscaling:groupName" {
			e.AutoScalingGroup = aws.ToString(tag.Value)
		}
	}
	return e
}

// same returns the answer to one question for another that cannot be asked without it.
func same[T, Other any](a evidence.Answer[Other]) evidence.Answer[T] {
	return evidence.Answer[T]{State: a.State, Reason: a.Reason, Action: a.Action}
}

// where is an EC2 filter.
func where(name string, values ...string) []ec2types.Filter {
	return []ec2types.Filter{{Name: &name, Values: values}}
}

// number reads a number that AWS writes as a text, 0 when it is none.
func number(text *string) int64 {
	n, _ := strconv.ParseInt(aws.ToString(text), 10, 64)
	return n
}

// address reads an address, invalid when it is none.
func address(text *string) netip.Addr {
	ip, _ := netip.ParseAddr(aws.ToString(text))
	return ip
}
