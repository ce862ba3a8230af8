package evidence

// Aftermath is what was read about a task that had started: health checks, memory, logs, its deployment, its host.
type Aftermath struct{}

// aftermathChecks decide what happened after the start.
var aftermathChecks = []Check{}
