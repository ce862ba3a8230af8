package stack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"whystopped/events"
)

// Sweep is what the schedule hands to the function: how often it does, and what the rules catch, so that the sweep
// looks at no more than that.
type Sweep struct {
	Minutes  int             `json:"minutes"`
	Stops    json.RawMessage `json:"stops"`              // pattern of the rule on stops of tasks
	Services json.RawMessage `json:"services,omitempty"` // and on services; absent where the names leave none
}

// Sample reports whether ECS may forget a stop between two sweeps, which it does after about an hour.
func (s Sweep) Sample() bool { return s.Minutes >= 60 }

const sweepKey = `"whystoppedSweep"`

// SweepInput is the input of the schedule, empty where the options have none.
func (o Options) SweepInput() (string, error) {
	if o.Sweep == "" || o.Sweep == Off {
		return "", nil
	}
	minutes, err := strconv.Atoi(o.Sweep)
	if err != nil {
		return "", fmt.Errorf("sweep %q must be a number of minutes or %s", o.Sweep, Off)
	}
	s := Sweep{Minutes: minutes}
	if s.Stops, err = o.CapturePattern(); err != nil {
		return "", err
	}
	if s.Services, err = events.ServicesPattern(o.selected("")); err != nil {
		s.Services = nil // the names do not fit, and the rule is off
	}
	text, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("write the input of the schedule: %w", err)
	}
	return "{" + sweepKey + ":" + string(text) + "}", nil
}

// ServicesTold is which services a sweep looks at, as a pattern of an error of theirs; named is false where the names
// of the options leave none.
func (o Options) ServicesTold() (told *events.Pattern, named bool) {
	text, err := events.ServicesPattern(o.selected(""))
	if err != nil || text == nil {
		return nil, false
	}
	told, err = events.CompilePattern(text)
	return told, err == nil
}

// ParseSweep reads the input of the schedule. No event of EventBridge begins as it does.
func ParseSweep(payload []byte) (Sweep, bool) {
	var input struct {
		Sweep *Sweep `json:"whystoppedSweep"`
	}
	if !bytes.Contains(payload[:min(len(payload), 64)], []byte(sweepKey)) ||
		json.Unmarshal(payload, &input) != nil || input.Sweep == nil {
		return Sweep{}, false
	}
	return *input.Sweep, true
}
