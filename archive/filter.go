package archive

import "time"

// Filter is what is asked of an archive that can be asked for less than all it has; what is empty is open. More may
// come back.
type Filter struct {
	Start time.Time // of the earliest stop
	Key   string    // what the dedupKey begins with; then the fields below it are not asked for

	Cluster, Service, Family, Task, Deployment, Kind string
}
