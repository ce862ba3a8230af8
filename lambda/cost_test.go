package main

import (
	"bytes"
	"math"
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"

	"whystopped/archive"
)

// TestLineIsWhatItCosts holds what docs/cost.md says that the function's line weighs to the line about a typical stop.
func TestLineIsWhatItCosts(t *testing.T) {
	page, err := os.ReadFile("../docs/cost.md")
	if err != nil {
		t.Fatal(err)
	}
	said := regexp.MustCompile(
		`(\d+) bytes are the function's line, rounded up, and\s+about (\d+) bytes of Lambda's own`).FindSubmatch(page)
	if said == nil {
		t.Fatal("the page says nothing about the function's line")
	}
	all, _ := strconv.Atoi(string(said[1]))
	platform, _ := strconv.Atoi(string(said[2]))
	const eventOverhead = 26 // bytes that CloudWatch Logs adds to an event
	if want := int(math.Ceil(float64(len(typicalLine(t))+eventOverhead)/100) * 100); all-platform != want {
		t.Errorf("the page reckons with %d bytes, the line has %d: lineBytes in docs/print/cost.go must be %d",
			all-platform, len(typicalLine(t)), want)
	}
}

// typicalLine is the function's log line about one stop.
func typicalLine(t *testing.T) string {
	t.Helper()
	var log bytes.Buffer
	report := &loggedStore{log: newLog(&log).With("requestId", "00000000-0000-4000-8000-000000000001"),
		since: time.Now()}
	report.report(archive.Record{
		DedupKey: "4f1c22aa0b7d4b51a9c1b6a1f3e2d9d2", Class: "registry_auth.unreachable", Verdict: "failure",
		Cluster: "production", Service: "payments-api",
	}, nil, 0)
	return log.String()
}
