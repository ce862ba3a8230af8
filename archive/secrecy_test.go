package archive_test

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"whystopped/archive"
	"whystopped/ingest"
)

// kept is a store that keeps what a store would write.
type kept [][]byte

func (k *kept) Put(_ context.Context, r archive.Record) error {
	line, err := r.Encode()
	*k = append(*k, line)
	return err
}

// plant puts a canary at every place of a task that is marked secret, wherever in a document the task stands.
func plant(value any, canary string) any {
	switch v := value.(type) {
	case []any:
		for i := range v {
			v[i] = plant(v[i], canary)
		}
	case map[string]any:
		for key, inner := range v {
			v[key] = plant(inner, canary)
			if s, ok := inner.(string); ok && strings.EqualFold(key, "stoppedReason") {
				v[key] = s + " https://robot:" + canary + "@registry.example.com/v2/?X-Amz-Signature=" + canary +
					"&X-Amz-Security-Token=" + canary +
					` bad config "environment": [{"name":"A","value":"` + canary +
					`"}] no such file or directory, password: ` + canary
			}
		}
		if v["containers"] != nil || v["Containers"] != nil {
			v["overrides"] = map[string]any{"containerOverrides": []any{map[string]any{
				"name":    "app",
				"command": []any{"serve", "--password", canary, "--token=" + canary},
				"environment": []any{
					map[string]any{"name": "DB", "value": canary},
					map[string]any{"name": "MODE", "value": canary},
				},
			}}}
			v["Environment"] = map[string]any{"SMTP": canary}
		}
	}
	return value
}

// TestNothingMarkedSecretLeaves plants canaries in every sample, whole, inside a string of another document and cut off
// at random places, and looks for them in every record.
func TestNothingMarkedSecretLeaves(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	files, _ := filepath.Glob("../events/samples/*.json")
	if len(files) == 0 {
		t.Fatal("no samples")
	}
	const canary = "canary-4711"
	records := 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var document any
		if err := json.Unmarshal(raw, &document); err != nil {
			t.Fatal(err)
		}
		planted, err := json.Marshal(plant(document, canary))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(planted, []byte(canary)) {
			continue // the task stands inside a string; redact_test covers these
		}
		quoted, _ := json.Marshal(map[string]any{"Error": "States.TaskFailed", "Cause": string(planted)})
		inputs := [][]byte{planted, quoted}
		for range 20 {
			inputs = append(inputs, planted[:random.IntN(len(planted))], quoted[:random.IntN(len(quoted))])
		}
		for _, input := range inputs {
			var store kept
			pipeline := ingest.Pipeline{Store: &store, Source: archive.SourceEvent, Now: time.Now}
			if _, err := pipeline.Ingest(context.Background(), input); err != nil {
				t.Fatal(err)
			}
			for _, line := range store {
				records++
				if i := bytes.Index(line, []byte("canary")); i >= 0 {
					t.Fatalf("%s: a secret is in the record, near\n%s", file, line[max(0, i-200):min(len(line), i+60)])
				}
			}
		}
	}
	if records < 3000 {
		t.Errorf("only %d records were looked at", records)
	}
}
