package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// stream writes n sample events, each with a task id of its own, as JSON Lines.
func stream(b *testing.B, path string, n int) {
	b.Helper()
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	out := bufio.NewWriter(file)
	defer out.Flush()
	var lines [][]byte
	for _, sample := range []string{
		"image-unreachable-fargate-ecr-no-route",
		"oom-with-sidecar",
		"crashed-exit-1",
		"elb-unhealthy",
		"spot-interrupted",
	} {
		raw, err := os.ReadFile("../../events/samples/" + sample + ".json")
		if err != nil {
			b.Fatal(err)
		}
		var line bytes.Buffer
		if err := json.Compact(&line, raw); err != nil {
			b.Fatal(err)
		}
		lines = append(lines, append(line.Bytes(), '\n'))
	}
	for i := range n {
		out.Write(lines[i%len(lines)])
	}
}

// BenchmarkExplainJSON runs `whystopped explain --json` over 100,000 events as a process. It reports its time as a
// multiple of its floor, a plain json.Decoder over the same file in the same run, and the most memory that the process
// held.
func BenchmarkExplainJSON(b *testing.B) {
	dir := b.TempDir()
	binary, input := filepath.Join(dir, "whystopped"), filepath.Join(dir, "stops.jsonl")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	const events = 100_000
	stream(b, input, events)
	var floor, work time.Duration
	var resident int64
	for b.Loop() {
		start := time.Now()
		file, err := os.Open(input)
		if err != nil {
			b.Fatal(err)
		}
		for d := json.NewDecoder(file); ; {
			var event any
			if err := d.Decode(&event); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
		file.Close()
		middle := time.Now()
		explain := exec.Command(binary, "explain", "--json", input)
		var lines counter
		explain.Stdout = &lines
		if err := explain.Run(); err != nil {
			b.Fatal(err)
		}
		if lines != events {
			b.Fatalf("%d answers to %d events", lines, events)
		}
		floor += middle.Sub(start)
		work += time.Since(middle)
		resident = max(resident, explain.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
	}
	b.ReportMetric(float64(work)/float64(floor), "x-floor")
	b.ReportMetric(float64(resident)/1024, "MiB-resident") // ru_maxrss is in KiB on Linux
}

// counter counts lines.
type counter int

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(strings.Count(string(b), "\n"))
	return len(b), nil
}
