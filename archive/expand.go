package archive

import (
	"strconv"
	"strings"

	"whystopped/classifier"
)

// Expand fills a template of the catalogue with what the record states.
func (r Record) Expand(template string) string {
	return classifier.Expand(template, r.fact)
}

// fact returns what the record states under a name that templates use.
func (r Record) fact(name string) string {
	switch name {
	case "endpoint":
		return r.Endpoint
	case "remoteIp":
		return r.RemoteIP
	case "action":
		return r.AWSAction
	case "resource":
		return r.AWSResource
	case "deniedBy":
		return r.DeniedBy
	case "role":
		return r.Role
	case "registry":
		return r.Registry
	case "image":
		return r.Image
	case "platform":
		return r.Platform
	case "secret":
		return r.Secret
	case "jsonKey":
		return r.JSONKey
	case "fileSystem":
		return r.FileSystem
	case "path":
		return r.Path
	case "targetGroup":
		return classifier.TargetGroupName(r.TargetGroup)
	case "deployment":
		return firstText(r.Deployment, r.DeploymentID)
	case "instanceId":
		return r.InstanceID
	case "subnet":
		return r.Subnet
	case "port":
		return r.Port
	case "cluster":
		return r.Cluster
	case "service":
		return r.Service
	case "taskId":
		return r.TaskID
	case "taskDefinition":
		return r.TaskDefinition
	case "family":
		return r.Family
	case "region":
		return r.Region
	case "account":
		return r.Account
	case "culprit":
		return r.Culprit
	case "exitCode":
		if r.CulpritExitCode != nil {
			return strconv.FormatInt(*r.CulpritExitCode, 10)
		}
	}
	return ""
}

func firstText(texts ...string) string {
	for _, t := range texts {
		if strings.TrimSpace(t) != "" {
			return t
		}
	}
	return ""
}
