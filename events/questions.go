package events

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// OnInstance reports whether the task ran on a container instance: pulls, logins, secrets and environment files then go
// over the instance's network interface, also where the task has one of its own.
func (s *Stop) OnInstance() bool {
	return s.ContainerInstanceARN != "" ||
		slices.Contains([]string{"EC2", "EXTERNAL", "MANAGED_INSTANCES"}, s.LaunchType)
}

// PlatformBefore14 reports whether the task ran on a platform version of Fargate for Linux below 1.4.0. Windows has
// versions of its own, which count from 1.0.0; only the task definition tells for sure that a task runs it.
func (s *Stop) PlatformBefore14() bool {
	major, rest, _ := strings.Cut(s.PlatformVersion, ".")
	minor, _, _ := strings.Cut(rest, ".")
	n, err := strconv.Atoi(minor)
	return major == "1" && err == nil && n < 4
}

// TaskInterface returns what the event says of the task's own network interface: its subnet, empty when it says none,
// and its addresses.
func (s *Stop) TaskInterface() (subnet string, addresses []netip.Addr) {
	for _, a := range s.Attachments {
		if subnet == "" {
			subnet = a.Details["subnetId"]
		}
		for _, key := range []string{"privateIPv4Address", "privateIPv6Address", "ipv6Address"} {
			if text := a.Details[key]; text != "" {
				if ip, err := netip.ParseAddr(text); err == nil {
					addresses = append(addresses, ip)
				}
			}
		}
	}
	return subnet, addresses
}

// Attached reports whether the task has an attachment of a type, "elb" or "eni", in any letter case.
func (s *Stop) Attached(kind string) bool {
	return slices.ContainsFunc(s.Attachments, func(a Attachment) bool { return strings.EqualFold(a.Type, kind) })
}

// Started reports whether a container of the task ran, as far as the event tells.
func (s *Stop) Started() bool {
	return !s.StartedAt.IsZero() ||
		slices.ContainsFunc(s.Containers, func(c Container) bool { return c.ExitCode != nil })
}

// StopTimeout is how long a container has between SIGTERM and SIGKILL where the task definition does not say otherwise
// (Amazon ECS Developer Guide, "stopTimeout"). The agent of an instance may be told another.
const StopTimeout = 30 * time.Second

// StopTook returns how long after the beginning of the stop the first essential container ended; known is false when
// the event does not tell. It is negative when the container ended by itself before.
func (s *Stop) StopTook() (d time.Duration, known bool) {
	if s.ExecutionStoppedAt.IsZero() || s.StoppingAt.IsZero() {
		return 0, false
	}
	return s.ExecutionStoppedAt.Sub(s.StoppingAt), true
}

// EndedBeforeStop reports whether the first essential container ended by itself, not because the task was being
// stopped.
func (s *Stop) EndedBeforeStop() bool {
	d, known := s.StopTook()
	return known && d < 0
}
