package classifier

import (
	"slices"
	"strings"

	"whystopped/events"
	"whystopped/events/awsname"
)

// domainOf says who owns the fix of a fault where the stage does not say otherwise.
var domainOf = map[Fault]Domain{
	Unreachable: DomainNetwork, DNS: DomainNetwork, TLS: DomainNetwork,
	Denied: DomainPermissions, NotFound: DomainConfiguration, Invalid: DomainConfiguration, Mismatch: DomainImage,
	Conflict:    DomainConfiguration,
	RateLimited: DomainResources, Exhausted: DomainResources, Corrupt: DomainImage, OOM: DomainResources,
	Killed: DomainApplication, Crashed: DomainApplication, Exited: DomainApplication, Unhealthy: DomainApplication,
	Timeout: DomainPlatform, Interrupted: DomainPlatform, Retired: DomainPlatform, Lost: DomainPlatform,
	Replaced: DomainScheduler, ScaledIn: DomainScheduler, RolledBack: DomainScheduler, Requested: DomainOperator,
	Waiting:  DomainOperator,
	Internal: DomainPlatform, UnknownFault: DomainUnknown,
}

// domainAt holds the classes whose owner is another than their fault's.
var domainAt = map[Stage]map[Fault]Domain{
	Image:      {NotFound: DomainImage},
	Start:      {NotFound: DomainImage, Denied: DomainImage},
	Runtime:    {Timeout: DomainApplication},
	Dependency: {Timeout: DomainApplication},
	Network:    {NotFound: DomainPlatform, Mismatch: DomainConfiguration},
	Placement:  {Mismatch: DomainConfiguration},
	Logging:    {Mismatch: DomainConfiguration},
	Create:     {Mismatch: DomainConfiguration},
	Volume:     {Mismatch: DomainConfiguration},
}

// domain is who owns the fix.
func (v *view) domain() Domain {
	switch {
	case (v.Stage == Image || v.Stage == RegistryAuth) && awsname.MisspeltECR(v.Facts.Registry):
		return DomainConfiguration
	case v.Stage == Start && v.Fault == NotFound && oddExecutable(v):
		return DomainConfiguration
	case v.faultRow != nil && v.faultRow.Domain != "":
		return v.faultRow.Domain
	case v.Stage == Agent, v.StageRule == "stage/container-network" && !v.has(Denied, Exhausted, UnknownFault):
		return DomainPlatform
	}
	if d, ok := domainAt[v.Stage][v.Fault]; ok {
		return d
	}
	return domainOf[v.Fault]
}

// inTrouble reports whether the name of a service's or deployment's event, or what it says, is no good news: ECS sends
// such with the type INFO too.
func (v *view) inTrouble() bool {
	words := []string{"_FAILED", "_FAILURE", "_IMPAIRED", "_UNHEALTHY", "_VIOLATED", "_THROTTLED", "_ROLLBACK_",
		"HOOK_AWAITING_ACTION", "HOOK_TIMED_OUT"}
	return v.says("rolling back") ||
		slices.ContainsFunc(words, func(w string) bool { return strings.Contains(v.EventName, w) })
}

// verdict decides whether anybody must act.
func (v *view) verdict() Verdict {
	if v.EventType == "INFO" && !v.inTrouble() || v.EventType == "" && v.stageRow != nil && v.stageRow.Routine {
		return Expected
	}
	service := v.Service != ""
	job := !service &&
		(v.Group != "" || v.Launcher == events.LauncherBatch || v.Launcher == events.LauncherStepFunctions ||
			v.Launcher == events.LauncherSchedule)
	switch v.Stage {
	case UnknownStage:
		if v.EventType == "ERROR" || v.StageRule == "stage/start-impaired" {
			return Failure
		}
		said := v.reason.folded
		if v.StopCode == "TaskFailedToStart" || said.has("failed to start") || said.has("taskfailedtostart") {
			return Failure
		}
		return Review
	case User:
		return Expected
	case Runtime:
		switch {
		case v.Kind == events.KindContainer && v.Fault == Exited && v.MeantToEnd:
			return Expected
		case v.Fault == UnknownFault, v.Fault == Exited && (!service && !job || v.Kind == events.KindContainer):
			return Review
		case v.Fault == Exited && job:
			return Expected
		}
	case Host:
		if v.Kind == events.KindInstance {
			return v.ofInstance()
		}
		if (v.Fault == Interrupted || v.Fault == Retired) && service {
			return Expected
		}
		return Review
	case Scheduler:
		switch v.Fault {
		case ScaledIn, Replaced:
			return Expected
		case RolledBack, Invalid:
			return Failure
		}
		return Review
	case HealthCheck:
		if v.Fault == UnknownFault && v.StageRule != "stage/target-registration" {
			return Review
		}
	}
	return Failure
}

// ofInstance is the verdict on the health of a container instance.
func (v *view) ofInstance() Verdict {
	switch {
	case v.Fault != UnknownFault:
		return Failure
	case v.StageRule == "stage/instance-well":
		return Expected
	}
	return Review
}
