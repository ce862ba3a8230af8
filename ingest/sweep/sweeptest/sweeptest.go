// Package sweeptest stands in for the part of ECS that a sweep asks, in tests.
package sweeptest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Object is a JSON Object.
type Object = map[string]any

// Prefix is what the ARNs of the account begin with.
const Prefix = "arn:aws:ecs:eu-west-1:111122223333:"

// Server is a stand-in of ECS with clusters, their services and their stopped tasks.
type Server struct {
	*httptest.Server
	Services map[string][]Object // by name of the cluster; set all before the first call
	Tasks    map[string][]Object
	Denied   map[string]bool // operations

	mu    sync.Mutex
	calls map[string]int
}

// NewServer starts a stand-in without a cluster.
func NewServer(t testing.TB) *Server {
	r := &Server{Services: map[string][]Object{}, Tasks: map[string][]Object{}, Denied: map[string]bool{},
		calls: map[string]int{}}
	r.Server = httptest.NewServer(http.HandlerFunc(r.answer))
	t.Cleanup(r.Close)
	return r
}

func (r *Server) answer(w http.ResponseWriter, q *http.Request) {
	_, operation, _ := strings.Cut(q.Header.Get("X-Amz-Target"), ".")
	var in struct {
		Cluster, NextToken string
		Services, Tasks    []string
	}
	json.NewDecoder(q.Body).Decode(&in)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls[operation]++
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	if r.Denied[operation] {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"__type":"AccessDeniedException","message":"not authorized to perform: ecs:%s"}`, operation)
		return
	}
	cluster := strings.TrimPrefix(in.Cluster, Prefix+"cluster/")
	list := func(member string, arns []string) Object {
		from, _ := strconv.Atoi(in.NextToken)
		answer := Object{member: arns[from:min(from+100, len(arns))]}
		if from+100 < len(arns) {
			answer["nextToken"] = strconv.Itoa(from + 100)
		}
		return answer
	}
	arns := func(things []Object, member string) (all []string) {
		for _, t := range things {
			all = append(all, t[member].(string))
		}
		return append([]string{}, all...)
	}
	chosen := func(things []Object, member string, wanted []string) []Object {
		return slices.DeleteFunc(slices.Clone(things),
			func(t Object) bool { return !slices.Contains(wanted, t[member].(string)) })
	}
	var answer Object
	switch operation {
	case "ListClusters":
		var names []string
		for name := range r.Services {
			names = append(names, Prefix+"cluster/"+name)
		}
		slices.Sort(names)
		answer = list("clusterArns", names)
	case "ListServices":
		answer = list("serviceArns", arns(r.Services[cluster], "serviceArn"))
	case "DescribeServices":
		answer = Object{"services": chosen(r.Services[cluster], "serviceArn", in.Services)}
	case "ListTasks":
		answer = list("taskArns", arns(r.Tasks[cluster], "taskArn"))
	case "DescribeTasks":
		answer = Object{"tasks": chosen(r.Tasks[cluster], "taskArn", in.Tasks)}
	}
	json.NewEncoder(w).Encode(answer)
}

// Seconds is a moment as ECS writes it.
func Seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// Service is one of a cluster that runs what it shall and has said so six hours ago.
func Service(cluster, name string, now time.Time, change Object) Object {
	steady := Seconds(now.Add(-6 * time.Hour))
	s := Object{
		"serviceArn": Prefix + "service/" + cluster + "/" + name, "serviceName": name,
		"clusterArn": Prefix + "cluster/" + cluster, "status": "ACTIVE",
		"desiredCount": 1, "runningCount": 1, "pendingCount": 0, "schedulingStrategy": "REPLICA",
		"createdAt": Seconds(now.Add(-90 * 24 * time.Hour)),
		"deployments": []Object{{"id": "ecs-svc/1", "status": "PRIMARY", "rolloutState": "COMPLETED",
			"createdAt": Seconds(now.Add(-30 * 24 * time.Hour)), "updatedAt": Seconds(now.Add(-30 * 24 * time.Hour)),
			"taskDefinition": Prefix + "task-definition/" + name + ":1"}},
		"events": []Object{Message(name, "has reached a steady state.", steady)},
	}
	maps.Copy(s, change)
	return s
}

// Message is an event message of a service.
func Message(service, text string, at float64) Object {
	return Object{"id": fmt.Sprintf("%s-%.0f", service, at), "createdAt": at,
		"message": "(service " + service + ") " + text}
}

// Deployment is the one deployment of a service.
func Deployment(state string, created time.Time) []Object {
	return []Object{{"id": "ecs-svc/2", "status": "PRIMARY", "rolloutState": state, "createdAt": Seconds(created),
		"updatedAt": Seconds(created)}}
}

// Crashed is a task whose container ended with an exit code.
func Crashed(cluster, service string, n int, stopped time.Time) Object {
	return Object{
		"taskArn":    fmt.Sprintf("%stask/%s/%032x", Prefix, cluster, n),
		"clusterArn": Prefix + "cluster/" + cluster, "taskDefinitionArn": Prefix + "task-definition/" + service + ":1",
		"group": "service:" + service, "startedBy": "ecs-svc/1", "launchType": "FARGATE", "desiredStatus": "STOPPED",
		"lastStatus": "STOPPED", "stopCode": "EssentialContainerExited", "version": 5,
		"stoppedReason": "Essential container in task exited", "createdAt": Seconds(stopped.Add(-time.Minute)),
		"startedAt": Seconds(stopped.Add(-30 * time.Second)), "stoppedAt": Seconds(stopped),
		"containers": []Object{{"name": "app", "exitCode": 1, "lastStatus": "STOPPED", "image": "app:1"}},
	}
}

// Calls returns how often each operation was called.
func (r *Server) Calls() map[string]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.calls)
}
