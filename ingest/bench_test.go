package ingest

import (
	"encoding/json"
	"testing"
	"time"

	"whystopped/archive"
)

// event is the typical event as a program would declare it that only reads it.
type event struct {
	ID         string    `json:"id"`
	DetailType string    `json:"detail-type"`
	Source     string    `json:"source"`
	Account    string    `json:"account"`
	Time       time.Time `json:"time"`
	Region     string    `json:"region"`
	Resources  []string  `json:"resources"`
	Detail     struct {
		Attachments []struct {
			ID, Type, Status string
			Details          []struct{ Name, Value string }
		}
		Attributes       []struct{ Name, Value string }
		AvailabilityZone string
		ClusterArn       string
		Connectivity     string
		ConnectivityAt   time.Time
		Containers       []struct {
			ContainerArn, Image, LastStatus, Name, TaskArn, CPU string
			NetworkInterfaces                                   []struct{ AttachmentID, PrivateIPv4Address string }
		}
		CPU                  string
		CreatedAt            time.Time
		DesiredStatus        string
		EnableExecuteCommand bool
		EphemeralStorage     struct{ SizeInGiB int }
		Group                string
		LastStatus           string
		LaunchType           string
		Memory               string
		Overrides            struct {
			ContainerOverrides []struct {
				Name        string
				Environment []struct{ Name, Value string }
			}
		}
		PlatformVersion   string
		StartedBy         string
		StopCode          string
		StoppedAt         time.Time
		StoppedReason     string
		StoppingAt        time.Time
		TaskArn           string
		TaskDefinitionArn string
		UpdatedAt         time.Time
		Version           int
	}
}

// BenchmarkHandler measures what the function does for one event without the network, from the bytes to the encoded
// record, against its floor: the same event read by encoding/json. Both are done by turns; x-floor is the ratio of
// their times, which is to stay below 5.
func BenchmarkHandler(b *testing.B) {
	raw := []byte(typical)
	encoding, encoded := pipeline(func(r archive.Record) error {
		_, err := r.Encode()
		return err
	})
	for _, test := range []struct {
		name  string
		floor func() error
	}{
		{"floor is a map", func() error {
			var event map[string]any
			return json.Unmarshal(raw, &event)
		}},
		{"floor is structs", func() error {
			var event event
			return json.Unmarshal(raw, &event)
		}},
	} {
		b.Run(test.name, func(b *testing.B) {
			var floor, work time.Duration
			for b.Loop() {
				start := time.Now()
				if err := test.floor(); err != nil {
					b.Fatal(err)
				}
				middle := time.Now()
				*encoded = (*encoded)[:0]
				if _, err := encoding.Ingest(b.Context(), raw); err != nil {
					b.Fatal(err)
				}
				floor += middle.Sub(start)
				work += time.Since(middle)
			}
			ratio := float64(work) / float64(floor)
			b.ReportMetric(ratio, "x-floor")
			b.ReportMetric(float64(floor.Nanoseconds())/float64(b.N), "floor-ns/op")
			b.ReportMetric(float64(work.Nanoseconds())/float64(b.N), "work-ns/op")
		})
	}
}
