package watcher

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
)

// Lines is a Reporter that writes each end as one line of JSON, the event as EventBridge would hand it on.
type Lines struct{ W io.Writer }

// Report writes one line per end.
func (l Lines) Report(_ context.Context, ends []Event) error {
	encoder := json.NewEncoder(l.W)
	encoder.SetEscapeHTML(false)
	for _, e := range ends {
		if err := encoder.Encode(e); err != nil {
			return fmt.Errorf("write the end of container %s: %w", e.Detail.Containers[0].Name, err)
		}
	}
	return nil
}
