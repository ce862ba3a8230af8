package screen

import (
	"context"
	"strings"

	"whystopped/archive"
	"whystopped/archive/stack"
)

// PlaceUsage says what --from and --to take.
const PlaceUsage = "`DIR` of the archive, or logs:GROUP for a CloudWatch Logs group (logs: alone is " + stack.LogGroup +
	")"

// LogGroup returns the log group that a place names; a place that names none is a directory.
func LogGroup(place string) (group string, ok bool) {
	group, ok = strings.CutPrefix(place, "logs:")
	if ok && group == "" {
		group = stack.LogGroup
	}
	return group, ok
}

// PlaceName names a place in a sentence.
func PlaceName(place string) string {
	if group, ok := LogGroup(place); ok {
		return "log group " + group
	}
	return place
}

// Asked is what Logs Insights answered.
type Asked struct {
	Rows    []map[string]string // by field
	Scanned int64               // bytes
	Cut     bool                // there may be more rows
}

// Writer is an archive that is being written to; Close makes what was put lasting.
type Writer interface {
	Put(ctx context.Context, r archive.Record) error
	Close() error
}
