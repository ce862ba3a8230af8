package archive

import (
	"whystopped/classifier"
	"whystopped/events"
)

// Expand fills a template of the catalogue with what the record states.
func (r Record) Expand(template string) string {
	s, f := r.stop(), r.finding()
	if r.Culprit != "" {
		s.Containers = []events.Container{{Name: r.Culprit, Image: r.CulpritImage, ExitCode: r.CulpritExitCode}}
		f.Culprit = 0
	}
	return classifier.Fill(template, &s, &f)
}

// stop is what the record states of its stop, without the containers. The task's memory is left out: it may not be what
// limited the culprit.
func (r Record) stop() events.Stop {
	return events.Stop{
		Account: r.Account, Region: r.Region, Cluster: r.Cluster, Service: r.Service, Group: r.Group, TaskID: r.TaskID,
		CalledBy: r.CalledBy, EventName: r.EventName,
		Family: r.Family, Revision: r.Revision, LaunchType: r.LaunchType, PlatformVersion: r.PlatformVersion,
		ContainerInstanceARN: r.ContainerInstance, DeploymentID: r.DeploymentID, StopCode: r.StopCode,
		StartedAt: r.StartedAt.Time, StoppingAt: r.StoppingAt.Time, ExecutionStoppedAt: r.ExecutionStoppedAt.Time,
		StoppedAt: r.StoppedAt.Time,
	}
}

// finding is what the record states of its explanation, without culprit and causes.
func (r Record) finding() classifier.Finding {
	return classifier.Finding{Stage: classifier.Stage(r.Stage), Fault: classifier.Fault(r.Fault), Culprit: -1,
		Signal: r.CulpritSignal, Facts: r.Facts}
}
