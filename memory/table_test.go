package memory_test

import (
	"fmt"
	"testing"
	"time"

	"whystopped/memory"
	"whystopped/memory/memorytest"
)

func TestATableWithinTheProcess(t *testing.T) {
	memorytest.Contract(t, memory.NewLocal(time.Now), "test/", time.Now)
}

// TestATableWithinTheProcessIsBounded: what expires first is forgotten first.
func TestATableWithinTheProcessIsBounded(t *testing.T) {
	now := time.Date(2026, 11, 21, 10, 5, 0, 0, time.UTC)
	table := memory.NewLocal(func() time.Time { return now })
	const many = 5000
	for i := range many {
		table.Write(t.Context(), memory.Write{Key: memory.Key{Part: "p", Sort: fmt.Sprintf("%04d", i)},
			Set: memory.Fields{"n": int64(i)}, Expires: now.Add(time.Hour + time.Duration(i)*time.Second)})
	}
	items, err := table.Query(t.Context(), "p")
	if err != nil || len(items) == many || items[len(items)-1].Fields.Number("n") != many-1 ||
		items[0].Fields.Number("n") != int64(many-len(items)) {
		t.Errorf("%d items, %v", len(items), err)
	}
}
