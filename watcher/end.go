package watcher

import "time"

// run is what was last seen of a container: one start of its process.
type run struct {
	id        string
	restarts  int64
	startedAt time.Time
	reported  bool // its end, to the reporter
}

// ended returns the ends that t shows and no earlier reading did, as the container looked at each.
//
// Where the agent restarts a container by its restart policy the state stays RUNNING and only RestartCount moves
// (amazon-ecs-agent, agent/engine/task_manager.go), so each step of it is an end too, of which the metadata keeps the
// time but seldom the exit code. A restart that failed moves it as well; its container is STOPPED and StartedAt stays.
func (w *Watcher) ended(t task) []container {
	if t.stopping() {
		return nil
	}
	var ends []container
	for _, c := range t.Containers {
		if !w.watches(c) {
			continue
		}
		now := run{id: c.DockerID, restarts: c.RestartCount, startedAt: c.StartedAt.Time}
		if before, seen := w.runs[c.Name]; seen && before.id == now.id {
			restarted := !c.stopped() || !before.startedAt.Equal(now.startedAt)
			for r := before.restarts; restarted && r < now.restarts; r++ {
				if r > before.restarts || !before.reported {
					ends = append(ends, c.earlier(r))
				}
			}
			now.reported = before.reported && before.restarts == now.restarts
		}
		if c.stopped() && !now.reported {
			ends = append(ends, c)
			now.reported = true
		}
		w.runs[c.Name] = now
	}
	return ends
}

// earlier is the container at the end of the run that restarts came before. Of a container that runs again, exit code
// and finish are those of its last run.
func (c container) earlier(restarts int64) container {
	last := !c.stopped() && restarts == c.RestartCount-1
	if !last {
		c.ExitCode, c.FinishedAt = nil, moment{}
	}
	c.RestartCount = restarts
	return c
}
