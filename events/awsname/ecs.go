package awsname

import (
	"net/url"
	"strings"
)

// ECS is what of ECS a name names: a cluster, a service in one, or a task. What it does not say is empty.
type ECS struct{ Region, Account, Cluster, Service, Task string }

// ParseECS reads the id of a task, in the form of today or the old one of a UUID, the ARN of a task, of a container, a
// service or a cluster, or the address of such a thing's page in the console, that of today and the old one, of any
// partition, also within the link of a portal that leads there. It reports whether the name is one of these.
func ParseECS(name string) (ECS, bool) {
	switch {
	case isTaskID(name):
		return ECS{Task: name}, true
	case strings.HasPrefix(name, "arn:"):
		return ecsOfARN(name)
	}
	return ecsOfPage(name)
}

// isTaskID reports whether a word has the form of a task's id: 32 hexadecimal digits, or 36 characters with hyphens.
func isTaskID(word string) bool {
	if len(word) == 36 && word[8] == '-' && word[13] == '-' && word[18] == '-' && word[23] == '-' {
		word = strings.ReplaceAll(word, "-", "")
	}
	return len(word) == 32 && strings.Trim(word, "0123456789abcdef") == ""
}

func ecsOfARN(name string) (ECS, bool) {
	a, whole := ParseARN(name)
	if !whole || a.Service != "ecs" || !IsRegion(a.Region) || !IsAccount(a.Account) {
		return ECS{}, false
	}
	e := ECS{Region: a.Region, Account: a.Account}
	kind, rest, _ := strings.Cut(a.Resource, "/")
	parts := strings.Split(rest, "/")
	last := len(parts) - 1
	switch {
	case kind == "cluster" && last == 0:
		e.Cluster = parts[0]
		return e, isName(e.Cluster)
	case kind == "service" && last <= 1:
		e.Service = parts[last]
		if last == 1 {
			e.Cluster = parts[0]
		}
		return e, isName(e.Service) && (e.Cluster == "" || isName(e.Cluster))
	case kind == "task" && last == 0: // of the old form
		e.Task = parts[0]
	case kind == "task" && last == 1, kind == "container" && last == 2:
		e.Cluster, e.Task = parts[0], parts[1]
	}
	return e, isTaskID(e.Task) && (e.Cluster == "" || isName(e.Cluster))
}

// ecsOfPage reads the address of a page of the ECS console, …/ecs/v2/clusters/CLUSTER/tasks/ID/… today and
// …/ecs/home?region=REGION#/clusters/CLUSTER/tasks/ID/… before. A portal has it escaped in its own address.
func ecsOfPage(address string) (ECS, bool) {
	for strings.Contains(address, "%") {
		plain, err := url.QueryUnescape(address)
		if err != nil || plain == address {
			break
		}
		address = plain
	}
	before, page := "", address
	if i := strings.LastIndex(address, "://"); i >= 0 {
		before, page = address[:i], address[i+len("://"):]
	}
	host, path, found := strings.Cut(page, "/")
	labels := strings.Split(strings.ToLower(host), ".")
	var e ECS
	console := false
	for _, label := range labels {
		switch account, _, _ := strings.Cut(label, "-"); {
		case label == "console":
			console = true
		case IsRegion(label):
			e.Region = label
		case IsAccount(account): // of a browser that is signed in to several
			e.Account = account
		}
	}
	if !found || !console || !strings.HasPrefix(path, "ecs/") {
		return ECS{}, false
	}
	words := strings.FieldsFunc(path, func(r rune) bool { return strings.ContainsRune("/?#&=", r) })
	for i, word := range words[:len(words)-1] {
		switch next := words[i+1]; {
		case word == "region" && IsRegion(next):
			e.Region = next // the console goes there, whatever its host is
		case word == "clusters" && e.Cluster == "" && isName(next):
			e.Cluster = next
		case word == "services" && e.Cluster != "" && e.Service == "" && isName(next):
			e.Service = next
		case word == "tasks" && isTaskID(next):
			e.Task = next
		}
	}
	if _, rest, found := strings.Cut(before, "account_id="); found && len(rest) >= 12 && IsAccount(rest[:12]) {
		e.Account = rest[:12]
	}
	return e, e.Cluster != "" || e.Task != ""
}

// isName reports whether a word may be the name of a cluster or a service
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html).
func isName(word string) bool {
	return word != "" && len(word) <= 255 && !strings.ContainsFunc(word, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '_')
	})
}
