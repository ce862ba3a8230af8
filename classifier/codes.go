package classifier

import (
	"time"

	"whystopped/events"
)

// Code names stage and fault where no text decides: by stop code, exit code and clock. Codes stand in order, the first
// that holds wins.
type Code struct {
	ID         string // "code/kebab"; archived, never renamed
	Stage      Stage
	Fault      Fault
	Confidence Confidence
	When       string // the condition in words
	If         when
	Says, Do   string // what is told where it decides, before what is told of the class
}

// provisioningLimit is how long a task waits in PROVISIONING for capacity before ECS gives it up (Amazon ECS Developer
// Guide, "Amazon ECS capacity providers": tasks stay in PROVISIONING for up to 30 minutes).
const provisioningLimit = 30 * time.Minute

// Codes is the table of what is decided without words.
var Codes = []Code{
	{ID: "code/user-initiated", Stage: User, Fault: Requested, Confidence: Certain,
		When: "stopCode UserInitiated, and no container failed before the stop began",
		If:   func(v *view) bool { return v.StopCode == "UserInitiated" && !failedBeforeStop(v.Stop, v.first) }},
	{ID: "code/spot-interruption", Stage: Host, Fault: Interrupted, Confidence: Certain,
		When: "stopCode SpotInterruption",
		If:   func(v *view) bool { return v.StopCode == "SpotInterruption" }},
	{ID: "code/termination-notice", Stage: Host, Fault: UnknownFault, Confidence: Certain,
		When: "stopCode TerminationNotice",
		If:   func(v *view) bool { return v.StopCode == "TerminationNotice" }},
	{ID: "code/infrastructure-health", Stage: Host, Fault: Lost, Confidence: Certain,
		When: "stopCode InfrastructureHealth",
		If:   func(v *view) bool { return v.StopCode == "InfrastructureHealth" }},
	{ID: "code/service-scheduler", Stage: Scheduler, Fault: UnknownFault, Confidence: Certain,
		When: "stopCode ServiceSchedulerInitiated, and no container failed before the stop began",
		If: func(v *view) bool {
			return v.StopCode == "ServiceSchedulerInitiated" && !failedBeforeStop(v.Stop, v.first)
		}},
	{ID: "code/never-started", Stage: Dependency, Fault: UnknownFault, Confidence: Possible,
		When: "stopCode TaskFailedToStart, a container without exit code that never started, and every other one was " +
			"killed",
		If: neverStarted,
		Says: "{culprit|a container} was killed because another container never started; what that one waited " +
			"for did not come in time",
		Do: "compare dependsOn, startTimeout and healthCheck in {theDefinition|the task definition} with " +
			"the time that {culprit|the container} takes to become ready"},
	{ID: "code/waited-in-vain", Stage: Dependency, Fault: UnknownFault, Confidence: Possible,
		When: "stopCode TaskFailedToStart, a container without exit code that never started, and every other one was " +
			"killed or ended with 0",
		If:   waitedInVain,
		Says: "a container never started: what it waited for did not come in time",
		Do: "compare dependsOn, startTimeout and healthCheck in {theDefinition|the task definition} " +
			"with what each container did: the one without an exit code waited for another"},
	{ID: "code/exit-signal", Stage: Runtime, Fault: Killed, Confidence: Certain,
		When: "the culprit's exit code is 129, 130, 131, 137 or 143",
		If:   func(v *view) bool { return exited(v.Stop, v.first) && killedBySignal(*v.Containers[v.first].ExitCode) }},
	{ID: "code/exit-nonzero", Stage: Runtime, Fault: Crashed, Confidence: Certain,
		When: "the culprit's exit code is any other than 0",
		If:   func(v *view) bool { return exited(v.Stop, v.first) && *v.Containers[v.first].ExitCode != 0 }},
	{ID: "code/exit-zero", Stage: Runtime, Fault: Exited, Confidence: Certain, When: "the culprit's exit code is 0",
		If: func(v *view) bool { return exited(v.Stop, v.first) }},
	{ID: "code/provisioning-limit", Stage: Placement, Fault: Exhausted, Confidence: Likely,
		When: "no container, no image pull, and at least 30 minutes between creation and stop",
		If: func(v *view) bool {
			return len(v.Containers) == 0 && v.StartedAt.IsZero() && v.PullStartedAt.IsZero() &&
				!v.CreatedAt.IsZero() && v.StoppedAt.Sub(v.CreatedAt) >= provisioningLimit
		}},
	{ID: "code/pulled-not-started", Stage: Start, Fault: UnknownFault, Confidence: Possible,
		When: "stopCode TaskFailedToStart or the text \"Task failed to start\", the images were pulled, the task " +
			"never ran",
		If: func(v *view) bool {
			return (v.StopCode == "TaskFailedToStart" || v.StopCode == "" &&
				v.reason.Folded == "task failed to start") && !v.PullStoppedAt.IsZero() && v.StartedAt.IsZero()
		}},
	{ID: "code/failed-to-start", Stage: UnknownStage, Fault: UnknownFault, Confidence: Possible,
		When: "stopCode TaskFailedToStart",
		If:   func(v *view) bool { return v.StopCode == "TaskFailedToStart" }},
	{ID: "code/exit-unknown", Stage: Runtime, Fault: UnknownFault, Confidence: Possible,
		When: "stopCode EssentialContainerExited, or without a stopCode the text that ECS writes with it, or a " +
			"container that ended in a task that goes on, without any exit code",
		If: func(v *view) bool {
			return v.StopCode == "EssentialContainerExited" || v.Kind == events.KindContainer ||
				v.StopCode == "" && v.reason.Folded == "essential container in task exited"
		}},
	{ID: "code/request", Stage: Placement, Fault: UnknownFault, Confidence: Possible,
		When: "a RunTask or StartTask call that did not start a task",
		If:   func(v *view) bool { return v.Kind == events.KindRequest }},
	{ID: "code/none", Stage: UnknownStage, Fault: UnknownFault, Confidence: Possible, When: "nothing above holds",
		If: func(*view) bool { return true }},
}

// neverStarted reports whether the task did not start although nothing in it failed: one of its containers has no exit
// code, and each that has one was killed, which is what ECS does with the rest of a task that it gives up.
func neverStarted(v *view) bool {
	return waited(v, func(code int64) bool { return code == 137 || code == 143 })
}

// waitedInVain is neverStarted where other containers had done their work, as one does that the rest waits for.
func waitedInVain(v *view) bool {
	return waited(v, func(code int64) bool { return code == 0 || code == 137 || code == 143 })
}

// waited reports whether the task did not start, one of its containers never did, and each other one ended with a code
// that is innocent.
func waited(v *view, innocent func(code int64) bool) bool {
	if v.StopCode != "TaskFailedToStart" || !v.StartedAt.IsZero() {
		return false
	}
	waiting, ended := false, false
	for i, c := range v.Containers {
		switch {
		case v.Injected(i):
		case c.ExitCode == nil:
			waiting = true
		case innocent(*c.ExitCode):
			ended = true
		default:
			return false
		}
	}
	return waiting && ended
}

func exited(s *events.Stop, culprit int) bool {
	return culprit >= 0 && s.Containers[culprit].ExitCode != nil
}

// killedBySignal reports whether an exit code names a signal that somebody else sends: SIGHUP, SIGINT, SIGQUIT,
// SIGKILL, SIGTERM.
func killedBySignal(code int64) bool {
	switch code {
	case 129, 130, 131, 137, 143:
		return true
	}
	return false
}

// ExitCode is the usual meaning of an exit code.
type ExitCode struct {
	Code    int64
	Signal  string // for codes above 128
	Meaning string
}

// ExitCodes is the table of exit codes that mean something by convention: the shell's (bash manual, "Exit Status"), 128
// and a signal's number (signal(7)), and Windows status codes (NTSTATUS values).
var ExitCodes = []ExitCode{
	{0, "", "the process ended normally"},
	{1, "", "a general error of the application"},
	{2, "", "wrong use of a command, or a code of the application's own"},
	{125, "", "the container runtime could not run the command"},
	{126, "", "the command is not executable"},
	{127, "", "the command or a library it needs was not found"},
	{129, "SIGHUP", "hung up"},
	{130, "SIGINT", "interrupted"},
	{131, "SIGQUIT", "quit"},
	{132, "SIGILL", "illegal instruction, often a binary built for another CPU"},
	{133, "SIGTRAP", "trap"},
	{134, "SIGABRT", "the process aborted itself, often a failed assertion or the runtime running out of memory"},
	{135, "SIGBUS", "bus error, often a truncated mapped file or a full /dev/shm"},
	{136, "SIGFPE", "arithmetic error"},
	{137, "SIGKILL", "killed, most often by the kernel for memory or after the stop timeout"},
	{138, "SIGUSR1", "a signal that the application did not expect"},
	{139, "SIGSEGV", "segmentation fault"},
	{140, "SIGUSR2", "a signal that the application did not expect"},
	{141, "SIGPIPE", "wrote to a closed pipe"},
	{142, "SIGALRM", "a timer of the process ran out"},
	{143, "SIGTERM", "asked to terminate"},
	{152, "SIGXCPU", "the limit of processor time was reached"},
	{159, "SIGSYS", "a forbidden system call, often stopped by seccomp"},
	{255, "", "the application ended with -1 or an exit status out of range"},
	{3221225477, "", "Windows access violation (0xC0000005)"},
	{3221225725, "", "Windows stack overflow (0xC00000FD)"},
	{3221225781, "", "Windows: a DLL was not found (0xC0000135)"},
	{3221225786, "", "Windows: ended by Ctrl-C or a shutdown (0xC000013A)"},
	{3221225794, "", "Windows: a DLL failed to initialise (0xC0000142)"},
	{3221226505, "", "Windows: stack buffer overrun or fast fail (0xC0000409)"},
}

func exitCode(code int64) ExitCode {
	if code < 0 && code >= -1<<31 && code != -1 {
		code += 1 << 32 // Windows codes printed as signed numbers
	}
	for _, e := range ExitCodes {
		if e.Code == code {
			return e
		}
	}
	return ExitCode{Code: code}
}
