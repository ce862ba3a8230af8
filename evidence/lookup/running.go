package lookup

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	autoscalingtypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"whystopped/classifier"
	"whystopped/events/awsname"
	"whystopped/evidence"
	"whystopped/evidence/access"
	"whystopped/evidence/prove"
	"whystopped/evidence/running"
)

// ---- health ----

// readHealth reads the target group whose checks the task failed, its load balancers and other targets, and what ECS
// says of the containers' own checks.
func readHealth(ctx context.Context, r *reading) {
	a, group := &r.facts.Running, running.TargetGroupOf(r.known())
	together(
		func() { a.Health = containerHealth(ctx, r) },
		func() {
			if group == "" {
				return
			}
			if a.TargetGroup = targetGroup(ctx, r, group); a.TargetGroup.State == evidence.Known {
				a.LoadBalancers = loadBalancers(ctx, r, a.TargetGroup.Value.LoadBalancers)
			}
		},
		func() {
			if group != "" {
				a.Targets = targets(ctx, r, group)
			}
		},
	)
}

func targetGroup(ctx context.Context, r *reading, arn string) evidence.Answer[evidence.TargetGroup] {
	return ask(ctx, r,
		question[evidence.TargetGroup]{action: "elasticloadbalancing:DescribeTargetGroups", about: arn,
			keep: keepService, absent: []string{"TargetGroupNotFound"},
			call: func(ctx context.Context) (evidence.TargetGroup, error) {
				answer, err := client(r, elb.NewFromConfig).DescribeTargetGroups(ctx,
					&elb.DescribeTargetGroupsInput{TargetGroupArns: []string{arn}})
				if err == nil && len(answer.TargetGroups) == 0 {
					err = errAbsent
				}
				if err != nil {
					return evidence.TargetGroup{}, err
				}
				return targetGroupFrom(answer.TargetGroups[0]), nil
			}})
}

func targetGroupFrom(g elbtypes.TargetGroup) evidence.TargetGroup {
	e := evidence.TargetGroup{ARN: aws.ToString(g.TargetGroupArn), Name: aws.ToString(g.TargetGroupName),
		Protocol:        string(g.Protocol),
		ProtocolVersion: aws.ToString(g.ProtocolVersion), TargetType: string(g.TargetType),
		IPv6:          g.IpAddressType == elbtypes.TargetGroupIpAddressTypeEnumIpv6,
		CheckProtocol: string(g.HealthCheckProtocol),
		CheckPath:     aws.ToString(g.HealthCheckPath), CheckPort: aws.ToString(g.HealthCheckPort),
		Interval:  int64(aws.ToInt32(g.HealthCheckIntervalSeconds)),
		Timeout:   int64(aws.ToInt32(g.HealthCheckTimeoutSeconds)),
		Unhealthy: int64(aws.ToInt32(g.UnhealthyThresholdCount)), LoadBalancers: g.LoadBalancerArns}
	if g.Matcher != nil {
		e.Matcher = aws.ToString(g.Matcher.HttpCode) + aws.ToString(g.Matcher.GrpcCode)
	}
	return e
}

func loadBalancers(ctx context.Context, r *reading, arns []string) evidence.Answer[[]evidence.LoadBalancer] {
	if len(arns) == 0 {
		return evidence.Is[[]evidence.LoadBalancer](nil)
	}
	return ask(ctx, r,
		question[[]evidence.LoadBalancer]{action: "elasticloadbalancing:DescribeLoadBalancers",
			about: strings.Join(arns, " "), keep: keepService,
			absent: []string{"LoadBalancerNotFound"},
			call: func(ctx context.Context) ([]evidence.LoadBalancer, error) {
				p := elb.NewDescribeLoadBalancersPaginator(client(r, elb.NewFromConfig),
					&elb.DescribeLoadBalancersInput{LoadBalancerArns: arns})
				return every(ctx, p, func(o *elb.DescribeLoadBalancersOutput) (all []evidence.LoadBalancer) {
					for _, lb := range o.LoadBalancers {
						e := evidence.LoadBalancer{Name: aws.ToString(lb.LoadBalancerName), Type: string(lb.Type),
							Groups: lb.SecurityGroups}
						for _, z := range lb.AvailabilityZones {
							e.Subnets, e.Zones = append(e.Subnets, aws.ToString(z.SubnetId)),
								append(e.Zones, aws.ToString(z.ZoneName))
						}
						all = append(all, e)
					}
					return all
				})
			}})
}

func targets(ctx context.Context, r *reading, group string) evidence.Answer[[]evidence.TargetHealth] {
	return ask(ctx, r,
		question[[]evidence.TargetHealth]{action: "elasticloadbalancing:DescribeTargetHealth", about: group,
			keep: keepService, absent: []string{"TargetGroupNotFound"},
			call: func(ctx context.Context) ([]evidence.TargetHealth, error) {
				answer, err := client(r, elb.NewFromConfig).DescribeTargetHealth(ctx,
					&elb.DescribeTargetHealthInput{TargetGroupArn: &group})
				if err != nil {
					return nil, err
				}
				var all []evidence.TargetHealth
				for _, d := range answer.TargetHealthDescriptions {
					var e evidence.TargetHealth
					if d.Target != nil {
						e.ID, e.Port = aws.ToString(d.Target.Id), int64(aws.ToInt32(d.Target.Port))
					}
					if d.TargetHealth != nil {
						e.State, e.Reason = string(d.TargetHealth.State), string(d.TargetHealth.Reason)
					}
					all = append(all, e)
				}
				return all, nil
			}})
}

// containerHealth asks for the health of the task's containers, which no event carries. ECS tells of a stopped task for
// an hour.
func containerHealth(ctx context.Context, r *reading) evidence.Answer[map[string]string] {
	return ask(ctx, r,
		question[map[string]string]{action: "ecs:DescribeTasks", about: r.stop.TaskARN, keep: keepService,
			absent: []string{"ClusterNotFoundException"},
			call: func(ctx context.Context) (map[string]string, error) {
				tasks, err := describeTasks(ctx, r, []string{r.stop.TaskARN})
				if err == nil && len(tasks) == 0 {
					err = errAbsent
				}
				if err != nil {
					return nil, err
				}
				health := map[string]string{}
				for _, c := range tasks[0].Containers {
					health[aws.ToString(c.Name)] = string(c.HealthStatus)
				}
				return health, nil
			}})
}

func describeTasks(ctx context.Context, r *reading, tasks []string) ([]types.Task, error) {
	answer, err := client(r, ecs.NewFromConfig).DescribeTasks(ctx,
		&ecs.DescribeTasksInput{Cluster: &r.stop.ClusterARN, Tasks: tasks})
	if err != nil {
		return nil, err
	}
	return answer.Tasks, nil
}

// ---- log ----

// tailPages is in how many calls lines are looked for: a page may be empty though more lines stand before it
// (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html).
const tailPages = 3

// readLog reads the last lines of the container that failed, where its log stream is known. They pass Options.Redact
// before anything else sees them.
func readLog(ctx context.Context, r *reading) {
	log := running.LogOf(r.known())
	if log.Group == "" || log.Stream == "" {
		return
	}
	r.facts.Running.Log = askIn(ctx, r, log.Region,
		question[[]evidence.LogLine]{action: logEvents, about: log.Region + " " + log.Group + " " + log.Stream,
			keep:   keepService,
			absent: []string{"ResourceNotFoundException"},
			call: func(ctx context.Context) ([]evidence.LogLine, error) {
				in := cloudwatchlogs.GetLogEventsInput{LogGroupName: &log.Group, LogStreamName: &log.Stream,
					Limit: aws.Int32(evidence.TailLines), StartFromHead: aws.Bool(false)}
				var lines []evidence.LogLine
				for n := 0; n < tailPages && len(lines) == 0; n++ {
					answer, err := clientIn(r, log.Region, cloudwatchlogs.NewFromConfig).GetLogEvents(ctx, &in)
					if err != nil {
						return nil, err
					}
					lines = linesOf(answer.Events)
					if aws.ToString(answer.NextBackwardToken) == aws.ToString(in.NextToken) {
						break
					}
					in.NextToken = answer.NextBackwardToken
				}
				return r.redacted(lines), nil
			}})
}

// linesOf takes messages apart that may have several lines.
func linesOf(events []logtypes.OutputLogEvent) (lines []evidence.LogLine) {
	for _, e := range events {
		for text := range strings.SplitSeq(strings.TrimRight(aws.ToString(e.Message), "\r\n"), "\n") {
			lines = append(lines,
				evidence.LogLine{At: time.UnixMilli(aws.ToInt64(e.Timestamp)).UTC(),
					Text: strings.TrimRight(text, "\r")})
		}
	}
	return lines
}

// redacted takes the secrets out of lines and keeps the last ones.
func (g *Gatherer) redacted(lines []evidence.LogLine) []evidence.LogLine {
	var texts []string
	for _, line := range lines {
		texts = append(texts, line.Text)
	}
	for i, text := range g.Redact(texts) {
		lines[i].Text = text
	}
	return lines[max(0, len(lines)-evidence.TailLines):]
}

// ---- deployment ----

// toldFor is how long ECS tells of a stopped task.
const toldFor = time.Hour

// readDeployment reads what became of the deployment that started the task, and which of its tasks stopped first.
func readDeployment(ctx context.Context, r *reading) {
	if r.stop.Service == "" {
		return
	}
	own := ownDeployment(ctx, r)
	if own.State != evidence.Known {
		r.facts.Running.Deployment = same[evidence.ServiceDeployment](own)
		return
	}
	together(
		func() {
			r.facts.Running.Deployment = serviceDeployment(ctx, r, aws.ToString(own.Value.ServiceDeploymentArn))
		},
		func() {
			if r.Now().Sub(aws.ToTime(own.Value.CreatedAt)) < toldFor {
				r.facts.Running.FirstFailed = firstFailed(ctx, r)
			}
		},
	)
}

// ownDeployment finds the service deployment that started the task: of those before the task was created, the newest
// with the task's task definition. For what a service or deployment reports, which names none, it is the newest: a
// service has one at a time.
func ownDeployment(ctx context.Context, r *reading) evidence.Answer[types.ServiceDeploymentBrief] {
	if r.stop.TaskDefinitionARN == "" {
		listed := serviceDeployments(ctx, r)
		switch {
		case listed.State != evidence.Known:
			return same[types.ServiceDeploymentBrief](listed)
		case len(listed.Value) == 0:
			return evidence.None[types.ServiceDeploymentBrief]()
		}
		return evidence.Is(listed.Value[0])
	}
	found, revisions := deploymentsWithRevisions(ctx, r)
	if revisions.State != evidence.Known {
		return same[types.ServiceDeploymentBrief](revisions)
	}
	for _, d := range found {
		for _, v := range revisions.Value {
			if v.ARN == aws.ToString(d.TargetServiceRevisionArn) && v.TaskDefinition == r.stop.TaskDefinitionARN {
				return evidence.Is(d)
			}
		}
	}
	return evidence.None[types.ServiceDeploymentBrief]()
}

// deploymentsWithRevisions returns the last deployments of the service before the task was created, the newest first,
// and their revisions; where one is not known, that answer says why.
func deploymentsWithRevisions(ctx context.Context, r *reading) ([]types.ServiceDeploymentBrief,
	evidence.Answer[[]evidence.Revision]) {
	listed := serviceDeployments(ctx, r)
	if listed.State != evidence.Known {
		return nil, same[[]evidence.Revision](listed)
	}
	var found []types.ServiceDeploymentBrief
	var arns []string
	for _, d := range listed.Value {
		arn := aws.ToString(d.TargetServiceRevisionArn)
		if arn == "" || len(arns) == revisionLimit {
			continue
		}
		found = append(found, d)
		if !slices.Contains(arns, arn) {
			arns = append(arns, arn)
		}
	}
	if len(arns) == 0 {
		return nil, evidence.None[[]evidence.Revision]()
	}
	return found, serviceRevisions(ctx, r, arns)
}

func serviceDeployment(ctx context.Context, r *reading, arn string) evidence.Answer[evidence.ServiceDeployment] {
	return ask(ctx, r,
		question[evidence.ServiceDeployment]{action: "ecs:DescribeServiceDeployments", about: arn, keep: keepService,
			call: func(ctx context.Context) (evidence.ServiceDeployment, error) {
				answer, err := client(r, ecs.NewFromConfig).DescribeServiceDeployments(ctx,
					&ecs.DescribeServiceDeploymentsInput{ServiceDeploymentArns: []string{arn}})
				if err == nil && len(answer.ServiceDeployments) == 0 {
					err = errAbsent
				}
				if err != nil {
					return evidence.ServiceDeployment{}, err
				}
				d := answer.ServiceDeployments[0]
				e := evidence.ServiceDeployment{ID: awsname.LastPart(arn), Status: string(d.Status),
					StatusReason: aws.ToString(d.StatusReason)}
				if b := d.DeploymentCircuitBreaker; b != nil {
					e.BreakerStatus, e.Failures, e.Threshold = string(b.Status), int64(b.FailureCount),
						int64(b.Threshold)
				}
				if d.Alarms != nil {
					e.Alarms = d.Alarms.TriggeredAlarmNames
				}
				return e, nil
			}})
}

// firstFailed finds the task of the stop's deployment that stopped first, among the first hundred stopped tasks that
// ECS tells of: of a longer list, nothing is told.
func firstFailed(ctx context.Context, r *reading) evidence.Answer[evidence.StoppedTask] {
	found := tasksOf(ctx, r, types.DesiredStatusStopped)
	switch {
	case found.State != evidence.Known:
		return same[evidence.StoppedTask](found)
	case found.Value.more:
		return evidence.Unanswered[evidence.StoppedTask](classifier.ReasonBudget, "ecs:ListTasks")
	}
	var first evidence.StoppedTask
	for _, t := range found.Value.tasks {
		at := aws.ToTime(t.StoppedAt)
		if aws.ToString(t.StartedBy) != deploymentOf(&r.stop) || at.IsZero() || !first.StoppedAt.IsZero() &&
			!at.Before(first.StoppedAt) || strings.HasPrefix(aws.ToString(t.StoppedReason), "Scaling activity") {
			continue
		}
		first = evidence.StoppedTask{ID: awsname.LastPart(aws.ToString(t.TaskArn)), StopCode: string(t.StopCode),
			StoppedAt: at}
	}
	if first.ID == "" {
		return evidence.None[evidence.StoppedTask]()
	}
	return evidence.Is(first)
}

// taskPage is what ECS tells of up to a hundred tasks.
type taskPage struct {
	tasks []types.Task
	more  bool // there are more than these
}

// tasksOf lists tasks of the stop's service, or of its family where it has none, that run or have stopped within an
// hour, and describes them: two calls.
func tasksOf(ctx context.Context, r *reading, status types.DesiredStatus) evidence.Answer[taskPage] {
	type page struct {
		arns []string
		more bool
	}
	in := &ecs.ListTasksInput{Cluster: aws.String(clusterOf(&r.stop)), DesiredStatus: status,
		MaxResults: aws.Int32(100)}
	about := strings.Join([]string{*in.Cluster, r.stop.Service, string(status)}, " ")
	if in.ServiceName = &r.stop.Service; r.stop.Service == "" {
		in.ServiceName, in.Family = nil, &r.stop.Family
		about += " " + r.stop.Family
	}
	listed := ask(ctx, r, question[page]{action: "ecs:ListTasks", about: about, keep: keepService,
		absent: []string{"ClusterNotFoundException", "ServiceNotFoundException"},
		call: func(ctx context.Context) (page, error) {
			answer, err := client(r, ecs.NewFromConfig).ListTasks(ctx, in)
			switch {
			case err != nil:
				return page{}, err
			case len(answer.TaskArns) == 0:
				return page{}, errAbsent
			}
			return page{answer.TaskArns, aws.ToString(answer.NextToken) != ""}, nil
		}})
	if listed.State != evidence.Known {
		return same[taskPage](listed)
	}
	return ask(ctx, r, question[taskPage]{action: "ecs:DescribeTasks", about: "all " + about, keep: keepService,
		call: func(ctx context.Context) (taskPage, error) {
			tasks, err := describeTasks(ctx, r, listed.Value.arns)
			return taskPage{tasks, listed.Value.more}, err
		}})
}

// ---- siblings ----

// readSiblings reads how other tasks of the stop's deployment fared: those that run where its service says that some
// do, else those that stopped.
func readSiblings(ctx context.Context, r *reading) {
	if clusterOf(&r.stop) == "" || r.stop.TaskID == "" || r.stop.Service == "" && r.stop.Family == "" {
		return
	}
	status, own := types.DesiredStatusStopped, deploymentOf(&r.stop)
	for _, d := range r.facts.Task.Service.Value.Deployments {
		if d.ID == own && d.Running > 0 {
			status = types.DesiredStatusRunning
		}
	}
	found := tasksOf(ctx, r, status)
	siblings := same[[]evidence.Sibling](found)
	if found.State == evidence.Absent {
		siblings = evidence.Is([]evidence.Sibling{})
	}
	for _, t := range found.Value.tasks {
		id := awsname.LastPart(aws.ToString(t.TaskArn))
		if id == r.stop.TaskID || r.stop.Service != "" && aws.ToString(t.StartedBy) != own ||
			aws.ToString(t.TaskDefinitionArn) != r.stop.TaskDefinitionARN {
			continue
		}
		siblings.Value = append(siblings.Value, siblingFrom(id, t))
	}
	r.facts.Running.Siblings = siblings
}

func siblingFrom(id string, t types.Task) evidence.Sibling {
	s := evidence.Sibling{ID: id, Zone: aws.ToString(t.AvailabilityZone), CreatedAt: aws.ToTime(t.CreatedAt),
		StartedAt: aws.ToTime(t.StartedAt), StoppedAt: aws.ToTime(t.StoppedAt), Reason: aws.ToString(t.StoppedReason)}
	for _, a := range t.Attachments {
		for _, d := range a.Details {
			if aws.ToString(d.Name) == "subnetId" {
				s.Subnet = aws.ToString(d.Value)
			}
		}
	}
	return s
}

// readDoubts reads how other tasks of the deployment fared where a defect is confirmed that all of them have.
func readDoubts(ctx context.Context, r *reading) {
	c := r.known()
	for _, p := range prove.Prove(*c) {
		check, _ := prove.Find(p.Cause)
		if p.Result == classifier.Confirmed && check.Shared(c) && r.facts.Running.Siblings.State == evidence.NotAsked {
			readSiblings(ctx, r)
			return
		}
	}
}

// ---- host ----

// activitiesBefore is how long before the stop activities are of interest: as long as a lifecycle hook can make an
// instance wait for its end (https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks-overview.html).
const activitiesBefore = 48 * time.Hour

// readHost reads what the Auto Scaling group of the task's instance did, back to where it may have begun to end the
// instance, and of one that runs how it is: only what an open cause is about.
func readHost(ctx context.Context, r *reading) {
	i, a := r.facts.Task.Instance.Value.EC2.Value, &r.facts.Running
	began := running.StopBegan(r.known())
	slow, disk := r.undecided("docker-unresponsive"), r.undecided("host-disk-full")
	together(
		func() {
			if i.AutoScalingGroup != "" && r.undecided("instance-terminated", "instance-scaled-in") {
				a.Activities = activities(ctx, r, i.AutoScalingGroup)
			}
		},
		func() {
			if i.State == "running" && (slow || r.undecided("host-impaired", "agent-fault")) {
				a.Impairments = impairments(ctx, r, i.ID)
			}
		},
		func() {
			if i.RootVolume != "" && (slow || disk) {
				a.Disk = rootDisk(ctx, r, i.RootVolume)
			}
		},
		func() {
			if i.RootVolume != "" && slow {
				at := began.Truncate(time.Minute)
				a.Burst = metric(ctx, r, Metric{Namespace: "AWS/EBS", Name: "BurstBalance", Statistic: "Minimum",
					Dimensions: map[string]string{"VolumeId": i.RootVolume}, Period: 5 * time.Minute,
					From: at.Add(-burstBefore), To: at.Add(5 * time.Minute)})
			}
		},
	)
}

// burstBefore is how long before a stop the burst balance of a volume is of interest.
const burstBefore = 15 * time.Minute

// impairments are the status checks of EC2 that a running instance fails. EC2 tells of no other by default
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceStatus.html).
func impairments(ctx context.Context, r *reading, id string) evidence.Answer[[]evidence.Impairment] {
	return ask(ctx, r, question[[]evidence.Impairment]{action: "ec2:DescribeInstanceStatus", about: id,
		keep: keepService, absent: []string{"InvalidInstanceID.NotFound"},
		call: func(ctx context.Context) (all []evidence.Impairment, err error) {
			answer, err := client(r, ec2.NewFromConfig).DescribeInstanceStatus(ctx,
				&ec2.DescribeInstanceStatusInput{InstanceIds: []string{id}})
			if err == nil && len(answer.InstanceStatuses) == 0 {
				err = errAbsent
			}
			if err != nil {
				return nil, err
			}
			s := answer.InstanceStatuses[0]
			for check, summary := range map[string]*ec2types.InstanceStatusSummary{"system": s.SystemStatus,
				"instance": s.InstanceStatus} {
				if summary == nil || summary.Status != ec2types.SummaryStatusImpaired {
					continue
				}
				e := evidence.Impairment{Check: check}
				for _, d := range summary.Details {
					e.Since = aws.ToTime(d.ImpairedSince)
				}
				all = append(all, e)
			}
			if s.AttachedEbsStatus != nil && s.AttachedEbsStatus.Status == ec2types.SummaryStatusImpaired {
				e := evidence.Impairment{Check: "attached EBS"}
				for _, d := range s.AttachedEbsStatus.Details {
					e.Since = aws.ToTime(d.ImpairedSince)
				}
				all = append(all, e)
			}
			slices.SortFunc(all, func(a, b evidence.Impairment) int { return a.Since.Compare(b.Since) })
			return all, nil
		}})
}

func rootDisk(ctx context.Context, r *reading, id string) evidence.Answer[evidence.Disk] {
	return ask(ctx, r, question[evidence.Disk]{action: "ec2:DescribeVolumes", about: id, keep: keepService,
		absent: []string{"InvalidVolume.NotFound"},
		call: func(ctx context.Context) (evidence.Disk, error) {
			answer, err := client(r, ec2.NewFromConfig).DescribeVolumes(ctx,
				&ec2.DescribeVolumesInput{VolumeIds: []string{id}, IncludeManagedResources: aws.Bool(true)})
			if err == nil && len(answer.Volumes) == 0 {
				err = errAbsent
			}
			if err != nil {
				return evidence.Disk{}, err
			}
			v := answer.Volumes[0]
			return evidence.Disk{ID: id, Type: string(v.VolumeType), GiB: int64(aws.ToInt32(v.Size))}, nil
		}})
}

// activities are what an Auto Scaling group did, the newest first, back to what may have to do with the stop.
func activities(ctx context.Context, r *reading, group string) evidence.Answer[[]evidence.ScalingActivity] {
	return ask(ctx, r,
		question[[]evidence.ScalingActivity]{action: "autoscaling:DescribeScalingActivities", about: group,
			keep: keepService,
			call: func(ctx context.Context) ([]evidence.ScalingActivity, error) {
				p := autoscaling.NewDescribeScalingActivitiesPaginator(client(r, autoscaling.NewFromConfig),
					&autoscaling.DescribeScalingActivitiesInput{AutoScalingGroupName: &group,
						MaxRecords: aws.Int32(100)})
				return every(ctx, &newestFirst{p, r.stop.StoppedAt.Add(-activitiesBefore), false},
					func(o *autoscaling.DescribeScalingActivitiesOutput) (all []evidence.ScalingActivity) {
						for _, a := range o.Activities {
							failed := a.StatusCode == autoscalingtypes.ScalingActivityStatusCodeFailed
							e := evidence.ScalingActivity{At: aws.ToTime(a.StartTime), Failed: failed,
								Description: aws.ToString(a.Description), Cause: aws.ToString(a.Cause)}
							if failed {
								e.Message = aws.ToString(a.StatusMessage)
							}
							all = append(all, e)
						}
						return all
					})
			}})
}

// newestFirst stops turning pages of activities, which come the newest first, when they are older than what is of
// interest.
type newestFirst struct {
	pages[autoscaling.DescribeScalingActivitiesOutput, autoscaling.Options]
	since time.Time
	done  bool
}

func (p *newestFirst) HasMorePages() bool { return !p.done && p.pages.HasMorePages() }

func (p *newestFirst) NextPage(ctx context.Context,
	options ...func(*autoscaling.Options)) (*autoscaling.DescribeScalingActivitiesOutput, error) {
	page, err := p.pages.NextPage(ctx, options...)
	if err == nil && len(page.Activities) > 0 {
		p.done = aws.ToTime(page.Activities[len(page.Activities)-1].StartTime).Before(p.since)
	}
	return page, err
}

// ---- trail ----

// readTrail asks CloudTrail who called StopTask, or, for a stop that nobody asked for, what the task's execution role
// was denied: the name of its session is the task's id.
func readTrail(ctx context.Context, r *reading) {
	c := r.known()
	if r.undecided("stopped-by-person", "stopped-by-automation") {
		from, to := running.StopCallsBetween(c)
		calls := trailEvents(ctx, r, r.cfg.Region, TrailQuery{trailName, "StopTask", from, to}, nil)
		calls.Value = slices.DeleteFunc(slices.Clone(calls.Value),
			func(e trailEvent) bool { return !e.stops(r.stop.TaskID) })
		r.facts.Running.StopCalls = told(calls)
		return
	}
	if r.stop.TaskID == "" {
		return
	}
	from, to := access.DenialsBetween(c)
	calls := trailEvents(ctx, r, r.cfg.Region, TrailQuery{trailUser, r.stop.TaskID, from, to}, nil)
	calls.Value = slices.DeleteFunc(slices.Clone(calls.Value), func(e trailEvent) bool { return !e.denied() })
	r.facts.Running.Denials = told(calls)
}

// pagesBack is how many pages of events are turned for the last one of a kind.
const pagesBack = 3

// someOf wants none of the events, so that as many pages are turned as may be. It is for answers that several things of
// a stop share.
func someOf(trailEvent) bool { return false }

// TrailKey is an attribute that events of CloudTrail are looked up by
// (https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupAttribute.html).
type TrailKey string

const (
	trailName     TrailKey = "EventName"
	trailResource TrailKey = "ResourceName"
	trailUser     TrailKey = "Username"
)

// TrailQuery asks for the events between two times by the one attribute that may be given.
type TrailQuery struct {
	Key      TrailKey
	Value    string
	From, To time.Time
}

// TrailPages turns the pages of what CloudTrail answers, the newest events first.
type TrailPages interface {
	HasMorePages() bool
	NextPage(context.Context) ([]TrailEntry, error)
}

// TrailEntry is one event as CloudTrail lists it.
type TrailEntry struct {
	At   time.Time
	JSON string // CloudTrail's own form of the event
}

// trailEvents lists events of a Region: all of them, or, where last is given, back to one that it wants, for at most
// pagesBack pages.
func trailEvents(ctx context.Context, r *reading, region string, q TrailQuery,
	last func(trailEvent) bool) evidence.Answer[[]trailEvent] {
	return askIn(ctx, r, region,
		question[[]trailEvent]{action: trailLookup, keep: keepService,
			about: strings.Join([]string{region, string(q.Key), q.Value, q.From.String(), q.To.String()}, " "),
			call: func(ctx context.Context) (all []trailEvent, err error) {
				cfg := r.cfg.Copy()
				cfg.Region = region
				pages := r.Trail(cfg, q)
				for turned := 1; pages.HasMorePages(); turned++ {
					// no faster than CloudTrail allows
					if turned > pageLimit || r.trail.Wait(ctx) != nil {
						return nil, refused(classifier.ReasonBudget)
					}
					page, err := pages.NextPage(ctx)
					if err != nil {
						return nil, err
					}
					found := trailEventsOf(page)
					all = append(all, found...)
					if last != nil && (turned == pagesBack || slices.ContainsFunc(found, last)) {
						break
					}
				}
				return all, nil
			}})
}

// trailEventsOf are the events of a page that can be read.
func trailEventsOf(page []TrailEntry) (all []trailEvent) {
	for _, e := range page {
		event := trailEvent{at: e.At}
		if json.Unmarshal([]byte(e.JSON), &event) == nil {
			all = append(all, event)
		}
	}
	return all
}

// trailEvent is what is looked at of CloudTrail's own form of an event
// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html).
type trailEvent struct {
	EventSource  string          `json:"eventSource"` // "ecs.amazonaws.com"
	EventName    string          `json:"eventName"`
	ErrorCode    string          `json:"errorCode"`
	ErrorMessage string          `json:"errorMessage"`
	SourceIP     string          `json:"sourceIPAddress"`
	UserAgent    string          `json:"userAgent"`
	VPCEndpoint  string          `json:"vpcEndpointId"`
	FromConsole  json.RawMessage `json:"sessionCredentialFromConsole"` // "true"
	UserIdentity struct {
		Type      string `json:"type"`
		ARN       string `json:"arn"`
		InvokedBy string `json:"invokedBy"`
	} `json:"userIdentity"`
	RequestParameters   json.RawMessage `json:"requestParameters"`
	ResponseElements    json.RawMessage `json:"responseElements"`
	ServiceEventDetails json.RawMessage `json:"serviceEventDetails"` // in place of parameters, of what a service did
	at                  time.Time
}

// stops reports whether the call is about a task.
func (e trailEvent) stops(task string) bool {
	var parameters struct{ Task string }
	if json.Unmarshal(e.RequestParameters, &parameters) != nil {
		return false
	}
	named := parameters.Task
	return task != "" && awsname.LastPart(named) == task
}

// starts returns the network configuration of a call that started a task; ok is false for any other call, and for one
// that named none.
func (e trailEvent) starts(task string) (settings evidence.NetworkSettings, ok bool) {
	var answer struct{ Tasks []struct{ TaskARN string } }
	var asked struct {
		NetworkConfiguration struct {
			AwsvpcConfiguration *struct {
				Subnets, SecurityGroups []string
				AssignPublicIP          string
			}
		}
	}
	if json.Unmarshal(e.ResponseElements, &answer) != nil || json.Unmarshal(e.RequestParameters, &asked) != nil {
		return settings, false
	}
	of := asked.NetworkConfiguration.AwsvpcConfiguration
	started := slices.ContainsFunc(answer.Tasks,
		func(t struct{ TaskARN string }) bool { return awsname.LastPart(t.TaskARN) == task })
	if of == nil || !started {
		return settings, false
	}
	return evidence.NetworkSettings{Subnets: of.Subnets, Groups: of.SecurityGroups,
		AssignPublicIP: of.AssignPublicIP}, true
}

// longestName is how long a name may be: policies and other documents are none.
const longestName = 2048

// names are the texts among the parameters of a call.
func (e trailEvent) names() (all []string) {
	var collect func(value any)
	collect = func(value any) {
		switch v := value.(type) {
		case string:
			if len(v) <= longestName {
				all = append(all, v)
			}
		case []any:
			for _, one := range v {
				collect(one)
			}
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(v)) {
				collect(v[key])
			}
		}
	}
	for _, part := range []json.RawMessage{e.RequestParameters, e.ServiceEventDetails} {
		var value any
		if json.Unmarshal(part, &value) == nil {
			collect(value)
		}
	}
	return all
}

// denied reports whether the caller lacked a permission.
func (e trailEvent) denied() bool {
	return slices.ContainsFunc(denials, func(d string) bool { return strings.HasPrefix(e.ErrorCode, d) })
}

// told returns what the checks look at of the events.
func told(events evidence.Answer[[]trailEvent]) evidence.Answer[[]evidence.TrailEvent] {
	answer := same[[]evidence.TrailEvent](events)
	for _, e := range events.Value {
		answer.Value = append(answer.Value, e.told())
	}
	return answer
}

func (e trailEvent) told() evidence.TrailEvent {
	service, _, _ := strings.Cut(e.EventSource, ".")
	return evidence.TrailEvent{At: e.at, Action: service + ":" + e.EventName, Error: e.ErrorCode,
		Message: e.ErrorMessage, Identity: e.UserIdentity.Type, ARN: e.UserIdentity.ARN,
		InvokedBy: e.UserIdentity.InvokedBy, Console: strings.Contains(string(e.FromConsole), "true"),
		SourceIP: e.SourceIP, Agent: e.UserAgent, Endpoint: e.VPCEndpoint}
}

// ---- what last ran well ----

// readSteady reads what ran when the service was last steady before the task was created: that of the newest deployment
// that ECS calls successful, which also tells the digests of images, else of one that the service lists as completed,
// else what an archive tells.
func readSteady(ctx context.Context, r *reading) {
	if r.stop.Service == "" || r.stop.TaskDefinitionARN == "" {
		return
	}
	found, revisions := deploymentsWithRevisions(ctx, r)
	for _, d := range found {
		i := slices.IndexFunc(revisions.Value,
			func(v evidence.Revision) bool { return v.ARN == aws.ToString(d.TargetServiceRevisionArn) })
		if i >= 0 && d.Status == types.ServiceDeploymentStatusSuccessful {
			arn := aws.ToString(d.ServiceDeploymentArn)
			r.steady(ctx, Past{Source: "last steady, service deployment " + awsname.LastPart(arn),
				StartedAt: aws.ToTime(d.CreatedAt), TaskDefinition: revisions.Value[i].TaskDefinition,
				Digests: revisions.Value[i].Images})
			return
		}
	}
	var last evidence.Deployment
	for _, d := range r.facts.Task.Service.Value.Deployments {
		if d.RolloutState == "COMPLETED" && d.CreatedAt.Before(r.stop.CreatedAt) && d.CreatedAt.After(last.CreatedAt) {
			last = d
		}
	}
	if last.ID != "" {
		r.steady(ctx, Past{Source: "last steady, deployment " + last.ID, StartedAt: last.CreatedAt,
			TaskDefinition: last.TaskDefinition})
		return
	}
	if r.Archive != nil {
		if past, found := r.Archive(ctx, r.stop); found {
			r.steady(ctx, past)
			return
		}
	}
	r.facts.Running.Steady = same[evidence.Steady](revisions)
}

// steady reads the task definition that ran well.
func (r *reading) steady(ctx context.Context, past Past) {
	td := taskDefinition(ctx, r, past.TaskDefinition)
	r.facts.Running.Steady = same[evidence.Steady](td)
	r.facts.Running.Steady.Value = evidence.Steady{Source: past.Source, StartedAt: past.StartedAt,
		TaskDefinition: td.Value, Digests: past.Digests}
}
