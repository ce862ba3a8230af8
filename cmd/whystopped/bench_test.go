package main

import (
	"bufio"
	"bytes"
	"crypto/md5"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"whystopped/archive"
	"whystopped/archive/directory"
	"whystopped/ingest"
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

func taskID(n int) string { return fmt.Sprintf("%x", md5.Sum(fmt.Append(nil, n))) }

// manyStops writes n records of the samples to an archive, of as many tasks, over 30 days until yesterday; where there
// are no days, as archives were before. It returns how long a plain json.Unmarshal of each takes.
func manyStops(b *testing.B, dir string, n int, days bool) (floor time.Duration) {
	b.Helper()
	samples, err := filepath.Glob("../../events/samples/*.json")
	if err != nil {
		b.Fatal(err)
	}
	var records []archive.Record
	for s, err := range stops(samples, strings.NewReader(""), nil) {
		if err == nil && s.TaskID != "" {
			records = append(records, ingest.Explain(s, archive.SourceFile, time.Now()))
		}
	}
	store, err := directory.Open(b.Context(), dir)
	if err != nil {
		b.Fatal(err)
	}
	var old *bufio.Writer
	if !days {
		file, err := os.Create(filepath.Join(dir, "records.jsonl"))
		if err != nil {
			b.Fatal(err)
		}
		defer file.Close()
		old = bufio.NewWriter(file)
		defer old.Flush()
	}
	first := time.Now().AddDate(0, 0, -31)
	for i := range n {
		r := records[i%len(records)]
		r.StoppedAt = archive.Time{Time: first.Add(30 * 24 * time.Hour / time.Duration(n) * time.Duration(i))}
		r.DedupKey = strings.ReplaceAll(r.DedupKey, r.TaskID, taskID(i))
		r.TaskID = taskID(i)
		line, err := r.Encode()
		if err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		if err := json.Unmarshal(line, new(archive.Record)); err != nil {
			b.Fatal(err)
		}
		floor += time.Since(start)
		if days {
			err = store.PutEncoded(b.Context(), r, line)
		} else {
			_, err = old.Write(append(line, '\n'))
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		b.Fatal(err)
	}
	return floor
}

// mostHeld runs a command and returns the most bytes of memory that it held: the rusage of a child counts what this
// process held when it began.
func mostHeld(b *testing.B, c *exec.Cmd) (bytes int64) {
	b.Helper()
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- c.Wait() }()
	for {
		select {
		case err := <-ended:
			if err != nil {
				b.Fatal(err)
			}
			return bytes
		case <-time.After(2 * time.Millisecond):
			status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.Process.Pid))
			_, most, _ := strings.Cut(string(status), "VmHWM:")
			var kB int64
			if _, err := fmt.Sscan(most, &kB); err == nil {
				bytes = max(bytes, kB<<10)
			}
		}
	}
}

var archivedStops = flag.Int("stops", 100_000, "how many stops BenchmarkHistory archives")

// BenchmarkHistory runs `whystopped history` over an archive as a process. It reports its time as a multiple of its
// floor, a plain json.Unmarshal of the same records in the same run, the most memory that the process held, and the
// time in which a task is found, with the index that the first look-up makes.
func BenchmarkHistory(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "whystopped")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	for _, layout := range []string{"days", "before-days"} {
		b.Run(layout, func(b *testing.B) {
			dir := b.TempDir()
			floor := manyStops(b, dir, *archivedStops, layout == "days")
			task := taskID(*archivedStops / 2)
			var work, found time.Duration
			var resident int64
			for b.Loop() {
				start := time.Now()
				all := exec.Command(binary, "history", "--from", dir, "--since", "all")
				var out bytes.Buffer
				all.Stdout = &out
				resident = max(resident, mostHeld(b, all))
				if !strings.Contains(out.String(), "failures of ") {
					b.Fatal(out.String())
				}
				work += time.Since(start)
				for range 2 {
					start = time.Now()
					if out, err := exec.Command(binary, "history", "--from", dir, task).CombinedOutput(); err != nil {
						b.Fatalf("%v\n%s", err, out)
					}
					found = time.Since(start)
				}
			}
			b.ReportMetric(float64(work)/float64(b.N)/float64(floor), "x-floor")
			b.ReportMetric(float64(resident)/(1<<20), "MiB-resident")
			b.ReportMetric(float64(resident-64<<20)/float64(*archivedStops), "bytes-a-stop-above-64MiB")
			b.ReportMetric(float64(found.Milliseconds()), "ms-a-task")
		})
	}
}
