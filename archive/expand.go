package archive

import (
	"whystopped/classifier"
	"whystopped/events"
)

// Expand fills a template of the catalogue with what the record states.
func (r Record) Expand(template string) string {
	s, f := r.told()
	return classifier.Fill(template, &s, &f)
}

// Checks returns what to look at for a cause, as far as the record states what it concerns.
func (r Record) Checks(c classifier.Cause) []classifier.Check {
	s, f := r.told()
	s.StoppedReason = r.StoppedReason
	return c.Checks(&s, &f)
}

// LogCheck returns how the last lines of the culprit's log are read, and false where no command is known that does so.
func (r Record) LogCheck() (classifier.Check, bool) {
	s, f := r.told()
	return classifier.LogCheck(&s, &f)
}

// told is what the record states of stop and finding.
func (r Record) told() (events.Stop, classifier.Finding) {
	s, f := r.stop(), r.finding()
	if r.Culprit != "" {
		s.Containers = []events.Container{{Name: r.Culprit, Image: r.CulpritImage, ExitCode: r.CulpritExitCode,
			Reason: r.CulpritReason}}
		f.Culprit = 0
	}
	return s, f
}

// stop is what the record states of its stop, without the containers. The task's memory is left out: it may not be what
// limited the culprit.
func (r Record) stop() events.Stop {
	return events.Stop{
		Account: r.Account, Region: r.Region, Cluster: r.Cluster, Service: r.Service, Group: r.Group, TaskID: r.TaskID,
		Launcher: events.Launcher(r.Launcher), JobID: r.JobID, CalledBy: r.CalledBy, EventName: r.EventName,
		Family: r.Family, Revision: r.Revision, LaunchType: r.LaunchType, PlatformVersion: r.PlatformVersion,
		ContainerInstanceARN: r.ContainerInstance, DeploymentID: r.DeploymentID, StopCode: r.StopCode,
		StartedAt: r.StartedAt.Time, StoppingAt: r.StoppingAt.Time, ExecutionStoppedAt: r.ExecutionStoppedAt.Time,
		StoppedAt: r.StoppedAt.Time,
	}
}

// finding is what the record states of its explanation, without culprit and causes.
func (r Record) finding() classifier.Finding {
	return classifier.Finding{Stage: classifier.Stage(r.Stage), Fault: classifier.Fault(r.Fault), Culprit: -1,
		Signal: r.CulpritSignal, Facts: r.Facts, Log: classifier.Log{Group: r.LogGroup, Stream: r.LogStream}}
}
