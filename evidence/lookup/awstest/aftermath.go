package awstest

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// aftermathOperations tell of tasks that had started: load balancers, logs, deployments, Auto Scaling, CloudTrail.
var aftermathOperations = []operation{
	{name: "autoscaling:DescribeAutoScalingGroups", answer: scalingGroups},
	{name: "autoscaling:DescribeScalingActivities", answer: scalingActivities},
	{name: "cloudtrail:LookupEvents", answer: lookupEvents},
	{name: "cloudwatch:GetMetricStatistics", answer: metricStatistics},
	described("ecs:DescribeServiceDeployments", "serviceDeploymentArns", "serviceDeployments", "serviceDeploymentArn"),
	{name: "ecs:DescribeTasks", answer: describeTasks},
	{name: "ecs:ListClusters", answer: listClusters},
	{name: "ecs:ListTasks", answer: listTasks},
	{name: "elasticloadbalancing:DescribeLoadBalancers",
		answer: byARN("elasticloadbalancing:DescribeLoadBalancers", "LoadBalancers", "LoadBalancer")},
	{name: "elasticloadbalancing:DescribeTargetGroups",
		answer: byARN("elasticloadbalancing:DescribeTargetGroups", "TargetGroups", "TargetGroup")},
	{name: "elasticloadbalancing:DescribeTargetHealth", answer: targetHealth},
	{name: "logs:GetLogEvents", answer: logEvents},
}

// byARN is an operation of load balancers that gives the things that the request names, and nothing when it names one
// that does not exist
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetGroups.html).
func byARN(name, set, kind string) func(*Server, Object) (Object, *Refusal) {
	return func(s *Server, in Object) (Object, *Refusal) {
		var found []Object
		for _, arn := range texts(in, kind+"Arns") {
			thing := find(s.things[name], kind+"Arn", arn)
			if thing == nil {
				return nil, Refuse(kind+"NotFound", "%ss '[%s]' not found", kind, arn)
			}
			found = append(found, thing)
		}
		page, next, refused := s.page(found, text(in, "Marker"), number(in, "PageSize"))
		answer := Object{set: page}
		if next != "" {
			answer["NextMarker"] = next
		}
		return answer, refused
	}
}

// targetHealth gives the targets of one group. Its things are targets with the TargetGroupArn beside.
func targetHealth(s *Server, in Object) (Object, *Refusal) {
	group := text(in, "TargetGroupArn")
	if find(s.things["elasticloadbalancing:DescribeTargetGroups"], "TargetGroupArn", group) == nil {
		return nil, Refuse("TargetGroupNotFound", "Target groups '[%s]' not found", group)
	}
	found := []Object{}
	for _, thing := range s.things["elasticloadbalancing:DescribeTargetHealth"] {
		if thing["TargetGroupArn"] == group {
			found = append(found, Object{"Target": thing["Target"], "TargetHealth": thing["TargetHealth"]})
		}
	}
	return Object{"TargetHealthDescriptions": found}, nil
}

// scalingGroups gives the groups that the request names; of one that does not exist it says nothing
// (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html).
func scalingGroups(s *Server, in Object) (Object, *Refusal) {
	found := []Object{}
	for _, name := range texts(in, "AutoScalingGroupNames") {
		thing := find(s.things["autoscaling:DescribeAutoScalingGroups"], "AutoScalingGroupName", name)
		if thing != nil {
			found = append(found, thing)
		}
	}
	return Object{"AutoScalingGroups": found}, nil
}

// scalingActivities gives the activities of a group, the newest first. Of a group without any it says that there is
// none.
func scalingActivities(s *Server, in Object) (Object, *Refusal) {
	var found []Object
	for _, thing := range s.things["autoscaling:DescribeScalingActivities"] {
		if thing["AutoScalingGroupName"] == in["AutoScalingGroupName"] {
			found = append(found, thing)
		}
	}
	if len(found) == 0 {
		return nil, Refuse("ValidationError", "AutoScalingGroup name not found - AutoScalingGroup %s not found",
			text(in, "AutoScalingGroupName"))
	}
	slices.SortStableFunc(found,
		func(a, b Object) int { return strings.Compare(text(b, "StartTime"), text(a, "StartTime")) })
	page, next, refused := s.page(found, text(in, "NextToken"), cmp.Or(number(in, "MaxRecords"), 20))
	answer := Object{"Activities": page}
	if next != "" {
		answer["NextToken"] = next
	}
	return answer, refused
}

// logEvents gives the events of one stream, which are one thing: logGroupName, logStreamName, events, and empty, how
// many pages without events come before those at its end. A token that leads no further is the one that was given
// (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html).
func logEvents(s *Server, in Object) (Object, *Refusal) {
	for _, thing := range s.things["logs:GetLogEvents"] {
		if thing["logGroupName"] != in["logGroupName"] || thing["logStreamName"] != in["logStreamName"] {
			continue
		}
		given, pages := text(in, "nextToken"), []string{"b/0", "b/1", "b/2", "b/3", "b/4"}
		at := slices.Index(pages, given) + 1
		empty := number(thing, "empty")
		events, _ := thing["events"].([]Object)
		switch limit := cmp.Or(number(in, "limit"), 10000); {
		case at < empty:
			events = nil
		case at > empty:
			return Object{"events": []Object{}, "nextBackwardToken": given, "nextForwardToken": "f/0"}, nil
		case in["startFromHead"] == true:
			events = events[:min(len(events), limit)]
		default:
			events = events[max(0, len(events)-limit):]
		}
		return Object{"events": events, "nextBackwardToken": pages[at], "nextForwardToken": "f/0"}, nil
	}
	return nil, Refuse("ResourceNotFoundException", "The specified log stream does not exist.")
}

// lookupEvents gives the events of a time that have one attribute, the newest first. Its things are EventName, Username
// and EventTime, and CloudTrailEvent as an Object
// (https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html).
func lookupEvents(s *Server, in Object) (Object, *Refusal) {
	attributes, _ := in["LookupAttributes"].([]any)
	if len(attributes) != 1 {
		return nil, Refuse("InvalidLookupAttributesException", "You can only specify one lookup attribute")
	}
	attribute := attributes[0].(Object)
	from, to := in["StartTime"].(float64), in["EndTime"].(float64)
	if from > to {
		return nil, Refuse("InvalidTimeRangeException", "Start time is after end time")
	}
	var found []Object
	for _, thing := range s.things["cloudtrail:LookupEvents"] {
		at := thing["EventTime"].(time.Time)
		if text(thing, text(attribute, "AttributeKey")) != text(attribute, "AttributeValue") ||
			float64(at.Unix()) < from || float64(at.Unix()) > to {
			continue
		}
		found = append(found,
			Object{"EventName": thing["EventName"], "Username": thing["Username"], "EventTime": at.Unix(),
				"CloudTrailEvent": string(goodJSON("", thing["CloudTrailEvent"].(Object)))})
	}
	slices.SortStableFunc(found,
		func(a, b Object) int { return cmp.Compare(b["EventTime"].(int64), a["EventTime"].(int64)) })
	size := cmp.Or(number(in, "MaxResults"), 50)
	if size > 50 {
		return nil, Refuse("InvalidMaxResultsException", "MaxResults is above 50")
	}
	page, next, refused := s.page(found, text(in, "NextToken"), size)
	answer := Object{"Events": page}
	if next != "" {
		answer["NextToken"] = next
	}
	return answer, refused
}

// metricStatistics gives the points of a metric in a time, the newest first. Its things are Namespace, MetricName, each
// dimension by its name, Timestamp and each statistic by its name
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html).
func metricStatistics(s *Server, in Object) (Object, *Refusal) {
	dimensions, _ := in["Dimensions"].(Object)
	from, to := in["StartTime"].(float64), in["EndTime"].(float64)
	var points []Object
	for _, thing := range slices.Backward(s.things["cloudwatch:GetMetricStatistics"]) {
		at := float64(thing["Timestamp"].(time.Time).Unix())
		named := text(thing, "Namespace") == text(in, "Namespace") &&
			text(thing, "MetricName") == text(in, "MetricName")
		for name, value := range dimensions {
			named = named && thing[name] == value
		}
		if named && from <= at && at < to {
			points = append(points, Object{"Timestamp": at, "Value": thing[text(in, "Statistic")]})
		}
	}
	return Object{"Datapoints": points}, nil
}
