package classifier

import (
	"strings"

	"whystopped/events"
)

// domainOf says who owns the fix of a fault where the stage does not say otherwise.
var domainOf = map[Fault]Domain{
	Unreachable: DomainNetwork, DNS: DomainNetwork, TLS: DomainNetwork,
	Denied: DomainPermissions, NotFound: DomainConfiguration, Invalid: DomainConfiguration, Mismatch: DomainImage, Conflict: DomainConfiguration,
	RateLimited: DomainResources, Exhausted: DomainResources, Corrupt: DomainImage, OOM: DomainResources,
	Killed: DomainApplication, Crashed: DomainApplication, Exited: DomainApplication, Unhealthy: DomainApplication,
	Timeout: DomainPlatform, Interrupted: DomainPlatform, Retired: DomainPlatform, Lost: DomainPlatform,
	Replaced: DomainScheduler, ScaledIn: DomainScheduler, RolledBack: DomainScheduler, Requested: DomainOperator,
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

func domain(f *Finding, fault *Rule) Domain {
	switch {
	case (f.Stage == Image || f.Stage == RegistryAuth) && misspeltECR(f.Facts.Registry):
		return DomainConfiguration
	case f.Stage == Start && f.Fault == NotFound && oddExecutable(f.Facts):
		return DomainConfiguration
	case fault != nil && fault.Domain != "":
		return fault.Domain
	case f.Stage == Agent, f.StageRule == "stage/container-network" && (f.Fault == Invalid || f.Fault == Conflict):
		return DomainPlatform
	}
	if d, ok := domainAt[f.Stage][f.Fault]; ok {
		return d
	}
	return domainOf[f.Fault]
}

// misspeltECR tells whether a registry's host looks like one of ECR's, ACCOUNT.dkr.ecr.REGION.amazonaws.com, but cannot be. Any
// account may have one.
func misspeltECR(host string) bool {
	signs := 0
	for _, part := range []string{"dkr", "ecr", "amazonaws.com"} {
		if strings.Contains(host, part) {
			signs++
		}
	}
	parts := strings.Split(host, ".")
	if signs < 2 || strings.Contains(host, "us-iso") || strings.Contains(host, "eu-isoe") {
		return false
	}
	rest := strings.Join(parts[1:], ".")
	for _, form := range []struct{ prefix, suffix string }{
		{"dkr.ecr.", ".amazonaws.com"}, {"dkr.ecr-fips.", ".amazonaws.com"}, {"dkr.ecr.", ".amazonaws.com.cn"},
		{"dkr-ecr.", ".on.aws"}, {"dkr-ecr-fips.", ".on.aws"}, {"dkr-ecr.", ".on.amazonwebservices.com.cn"},
	} {
		region, ok := strings.CutPrefix(rest, form.prefix)
		if region, found := strings.CutSuffix(region, form.suffix); ok && found && region != "" && !strings.Contains(region, ".") {
			return false
		}
	}
	return true
}

// verdict decides whether anybody must act; best is the text that leads, nil for none.
func verdict(s *events.Stop, f *Finding, best *reading) Verdict {
	if s.EventType == "INFO" || s.EventType == "" && best != nil && best.stage != nil && best.stage.Routine {
		return Expected
	}
	service := s.Service != ""
	job := !service && (s.Group != "" || s.Launcher == events.LauncherBatch || s.Launcher == events.LauncherStepFunctions || s.Launcher == events.LauncherSchedule)
	switch f.Stage {
	case UnknownStage:
		if s.EventType == "ERROR" || f.StageRule == "stage/start-impaired" {
			return Failure
		}
		said := fold(s.StoppedReason).folded
		if s.StopCode == "TaskFailedToStart" || said.has("failed to start") || said.has("taskfailedtostart") {
			return Failure
		}
		return Review
	case User:
		return Expected
	case Runtime:
		switch {
		case s.Kind == events.KindContainer && f.Fault == Exited && s.MeantToEnd:
			return Expected
		case f.Fault == UnknownFault, f.Fault == Exited && (!service && !job || s.Kind == events.KindContainer):
			return Review
		case f.Fault == Exited && job:
			return Expected
		}
	case Host:
		if (f.Fault == Interrupted || f.Fault == Retired) && service {
			return Expected
		}
		return Review
	case Scheduler:
		switch f.Fault {
		case ScaledIn, Replaced:
			return Expected
		case RolledBack, Invalid:
			return Failure
		}
		return Review
	case HealthCheck:
		if f.Fault == UnknownFault {
			return Review
		}
	}
	return Failure
}
