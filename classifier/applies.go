package classifier

import (
	"slices"
	"strings"

	"whystopped/events"
)

// The conditions that causes are chosen by. Each looks at what the event shows, never at one message.

// is tells whether the finding is of one of the stages.
func (f *Finding) is(stages ...Stage) bool { return contains(stages, f.Stage) }

// has tells whether the finding has one of the faults.
func (f *Finding) has(faults ...Fault) bool { return slices.Contains(faults, f.Fault) }

// onEC2 tells that the container instance's interface and role were used, not the task's.
func onEC2(s *events.Stop) bool {
	return s.LaunchType == "EC2" || s.LaunchType == "EXTERNAL" || s.ContainerInstanceARN != ""
}

// ecr tells that a finding is about a private ECR registry.
func (f *Finding) ecr() bool {
	return ecrHost(f.Facts.Registry) || ecrHost(f.Facts.Endpoint) || f.Facts.Registry == "" && f.is(RegistryAuth)
}

// internetRegistry tells that the image comes from a registry that no VPC endpoint serves.
func (f *Finding) internetRegistry() bool {
	return f.is(Image, RegistryAuth) && f.Facts.Registry != "" && !ecrHost(f.Facts.Registry)
}

// ecrHost tells whether a host is one of private ECR's: its API, a registry, or the bucket that layers come from.
func ecrHost(host string) bool {
	return strings.Contains(host, ".dkr.ecr") || strings.Contains(host, ".dkr-ecr") || strings.HasPrefix(host, "api.ecr") ||
		strings.HasPrefix(host, "ecr.") || strings.Contains(host, "starport-layer-bucket")
}

// layers tells that image layers, which come from S3, could not be read.
func (f *Finding) layers() bool {
	return strings.Contains(f.Facts.Endpoint, ".s3") || strings.HasPrefix(f.Facts.Endpoint, "s3.")
}

// openPath tells that a network path is in question and that the way is not yet known to lead through a VPC endpoint.
func (f *Finding) openPath() bool {
	return f.has(Unreachable) && f.Stage != Volume && f.FaultRule != "fault/refused" && !f.throughEndpoint() && !onLinkLocal(nil, f)
}

// throughEndpoint tells that a VPC endpoint answered the name.
func (f *Finding) throughEndpoint() bool { return endpointAnswered(nil, f) }

// served tells that a VPC endpoint could stand in for an internet route: the call goes to AWS.
func (f *Finding) served() bool {
	if f.internetRegistry() {
		return false
	}
	return f.Facts.Endpoint == "" || awsName(f.Facts.Endpoint)
}
