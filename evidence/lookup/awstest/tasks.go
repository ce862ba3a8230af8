package awstest

import (
	"cmp"
	"slices"
	"strings"
)

// What ECS tells of clusters and tasks. Its clusters are the things of ListClusters, each with its clusterArn; where
// there are none, every cluster is known. Clusters and tasks are of the Region in their ARNs.

// knownCluster refuses unless ECS knows the cluster of a request, by name or ARN, in its Region.
func knownCluster(s *Server, in Object) *Refusal {
	clusters := s.things["ecs:ListClusters"]
	wanted := lastPart(cmp.Or(text(in, "cluster"), "default"))
	if len(clusters) == 0 || slices.ContainsFunc(clusters, func(c Object) bool {
		return inRegion(text(c, "clusterArn"), in) && lastPart(text(c, "clusterArn")) == wanted
	}) {
		return nil
	}
	return Refuse("ClusterNotFoundException", "Cluster not found.")
}

func lastPart(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

// inCluster reports whether a task is of the cluster and the Region of a request.
func inCluster(task, in Object) bool {
	arn := text(task, "taskArn")
	of := strings.Split(arn, "/")
	return inRegion(arn, in) && (len(of) < 3 || of[1] == lastPart(cmp.Or(text(in, "cluster"), "default")))
}

func listClusters(s *Server, in Object) (Object, *Refusal) {
	return arns(s, in, "clusterArns", "clusterArn", slices.DeleteFunc(slices.Clone(s.things["ecs:ListClusters"]),
		func(c Object) bool { return !inRegion(text(c, "clusterArn"), in) }))
}

// describeTasks gives up to 100 tasks, and says of each that it does not find that it is missing
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html).
func describeTasks(s *Server, in Object) (Object, *Refusal) {
	wanted := texts(in, "tasks")
	if refused := knownCluster(s, in); refused != nil {
		return nil, refused
	}
	if len(wanted) == 0 || len(wanted) > 100 {
		return nil, Refuse("InvalidParameterException", "Tasks cannot be empty and their number cannot exceed 100.")
	}
	tasks := slices.DeleteFunc(slices.Clone(s.things["ecs:DescribeTasks"]),
		func(t Object) bool { return !inCluster(t, in) })
	found, failures := []Object{}, []Object{}
	for _, id := range wanted {
		if task := find(tasks, "taskArn", id); task != nil {
			found = append(found, task)
		} else {
			failures = append(failures, Object{"arn": id, "reason": "MISSING"})
		}
	}
	return Object{"tasks": found, "failures": failures}, nil
}

// listTasks lists the ARNs of the tasks of DescribeTasks, of one desired status and, where that is asked for, of one
// service, family or starter
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html).
func listTasks(s *Server, in Object) (Object, *Refusal) {
	if refused := knownCluster(s, in); refused != nil {
		return nil, refused
	}
	service, family, starter := lastPart(text(in, "serviceName")), text(in, "family"), text(in, "startedBy")
	services := s.things["ecs:DescribeServices"]
	switch {
	case starter != "" && (service != "" || family != ""):
		return nil, Refuse("InvalidParameterException", "Invalid combination of parameters.")
	case service != "" && len(services) > 0 && find(services, "serviceArn", service) == nil:
		return nil, Refuse("ServiceNotFoundException", "Service not found.")
	}
	return arns(s, in, "taskArns", "taskArn", slices.DeleteFunc(slices.Clone(s.things["ecs:DescribeTasks"]),
		func(t Object) bool {
			definition, _, _ := strings.Cut(lastPart(text(t, "taskDefinitionArn")), ":")
			return !inCluster(t, in) || text(t, "desiredStatus") != cmp.Or(text(in, "desiredStatus"), "RUNNING") ||
				service != "" && text(t, "group") != "service:"+service ||
				family != "" && definition != family || starter != "" && text(t, "startedBy") != starter
		}))
}

// arns gives a page of the ARNs of things.
func arns(s *Server, in Object, list, name string, things []Object) (Object, *Refusal) {
	page, next, refused := s.page(things, text(in, "nextToken"), cmp.Or(number(in, "maxResults"), 100))
	found := []string{}
	for _, thing := range page {
		found = append(found, text(thing, name))
	}
	answer := Object{list: found}
	if next != "" {
		answer["nextToken"] = next
	}
	return answer, refused
}

// listServices lists the services of a cluster, up to 100 at once
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServices.html).
func listServices(s *Server, in Object) (Object, *Refusal) {
	if number(in, "maxResults") > 100 {
		return nil, Refuse("InvalidParameterException", "maxResults cannot exceed 100.")
	}
	if refused := knownCluster(s, in); refused != nil {
		return nil, refused
	}
	cluster := lastPart(cmp.Or(text(in, "cluster"), "default"))
	return arns(s, Object{"nextToken": in["nextToken"], "maxResults": cmp.Or(number(in, "maxResults"), 10)},
		"serviceArns", "serviceArn",
		slices.DeleteFunc(slices.Clone(s.things["ecs:DescribeServices"]), func(service Object) bool {
			return !strings.Contains(text(service, "serviceArn"), ":service/"+cluster+"/")
		}))
}
