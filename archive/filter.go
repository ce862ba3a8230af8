package archive

import "time"

// Directory is where an archive on disk is, unless it is said otherwise.
const Directory = "./stops"

// Filter is what is asked of an archive that can be asked for less than all it has; what is empty is open. More may
// come back.
type Filter struct {
	Start  time.Time // of the earliest stop
	End    time.Time // of the latest stop
	Before time.Time // of the latest log event; a record may be written long after its stop

	Key string // what the dedupKey begins with; then the fields below it are not asked for

	Cluster, Service, Family, Task, Deployment, Kind string
}
