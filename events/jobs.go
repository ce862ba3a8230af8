package events

import (
	"cmp"
	"strings"

	"whystopped/events/awsname"
)

const jobQueueBlocked = "Batch Job Queue Blocked"

// isJob reports whether an object is a job of AWS Batch, as describe-jobs, list-jobs and Step Functions have it.
func isJob(o object) bool {
	ofBatch := o.has("jobName") || o.has("jobDefinition") || o.has("jobQueue") || o.has("statusReason")
	return o.has("jobId", "status") && (ofBatch || o.lists("attempts"))
}

// job reads a job of AWS Batch by itself.
func (w *walker) job(raw []byte, path string) bool {
	var d detail
	decode(raw, &d)
	return w.ofJob(&d, d, Stop{}, raw, path)
}

// ofJob reads the last attempt of a job that ended. from is what is known of the event around it, and whole what raw
// was decoded into.
func (w *walker) ofJob(d *detail, whole any, from Stop, raw []byte, path string) bool {
	switch {
	case d.Status == "FAILED", d.Status == "SUCCEEDED":
	case d.Status == "RUNNABLE" && d.StatusReason != "":
		return w.waits(d, from, raw, path)
	case d.Status == "":
		return w.lacking(path, raw, whole, "job %s is (unknown), not ended", d.JobID)
	default:
		return w.beside(path, raw, "job %s is %s, not ended%s", d.JobID, d.Status, because(d.StatusReason))
	}
	if len(d.EKSProperties) > 0 {
		return w.beside(path, raw, "job %s ran on Amazon EKS and not on ECS", d.JobID)
	}
	if strings.Contains(d.StatusReason, "Array Child Job failed") {
		region, _ := awsname.ParseARN(d.JobARN)
		return w.ask(path, raw, Ask("aws batch list-jobs --array-job-id {JOB} --job-status FAILED --region {REGION} | "+
			"whystopped explain", "tells why", map[string][]string{"JOB": {d.JobID},
			"REGION": {cmp.Or(region.Region, from.Region)}}), "job %s is an array of jobs of which one failed", d.JobID)
	}
	s := d.batch()
	s.EventID, s.Time, s.Account, s.Region, s.event = from.EventID, from.Time, from.Account, from.Region, from.event
	if s.TaskARN == "" && s.Region == "" {
		s.inRegionOf(d.JobARN)
	}
	return w.stop(s, raw, path)
}

// waits reads a job that AWS Batch says why it cannot run. Source:
// https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
func (w *walker) waits(d *detail, from Stop, raw []byte, path string) bool {
	s := d.batch()
	s.Kind, s.EventName, s.LastStatus, s.Containers = KindRequest, "Batch job RUNNABLE", "", nil
	s.EventID, s.Time, s.Account, s.Region, s.event = from.EventID, from.Time, from.Account, from.Region, from.event
	s.inRegionOf(d.JobARN)
	s.StoppedAt = from.Time
	return w.sent(s, raw, path)
}

// because is a reason at the end of a sentence.
func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + strings.TrimSuffix(reason, ".")
}
