package main

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/watcher"
)

// asWatcher is the variable with which the test binary is the watcher itself.
const asWatcher = "WHYSTOPPED_TEST_AS_WATCHER"

// metadata is a stand-in of the task metadata endpoint with two containers; a container is running while its exit code
// is -1.
type metadata struct {
	*httptest.Server
	app, sidecar atomic.Int64
	restarts     atomic.Int64 // of the sidecar
	readings     atomic.Int64
}

func newMetadata(t testing.TB) *metadata {
	t.Helper()
	m := &metadata{}
	m.app.Store(-1)
	m.sidecar.Store(-1)
	m.Server = httptest.NewServer(m)
	t.Cleanup(m.Close)
	return m
}

const taskARN = "arn:aws:ecs:eu-north-1:445566778899:task/edge/2f6b1d9c0a7e4c5d8b3f4a6e7c8d9e01"

func (m *metadata) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/v4/2f6b1d9c/task" {
		http.NotFound(w, r)
		return
	}
	m.readings.Add(1)
	container := func(name string, code, restarts int64) string {
		state := `"KnownStatus":"RUNNING"`
		if code >= 0 {
			state = fmt.Sprintf(`"KnownStatus":"STOPPED","ExitCode":%d,"FinishedAt":"2026-06-01T10:00:00.5Z"`, code)
		}
		return fmt.Sprintf(`{"DockerId":"2f6b1d9c-%s","Name":%q,"Image":"edge/%s:1","Type":"NORMAL",`+
			`"RestartCount":%d,"Labels":{"k":%q},%s}`,
			name, name, name, restarts, strings.Repeat("v", 500), state)
	}
	fmt.Fprintf(w,
		`{"Cluster":"edge","TaskARN":%q,"Family":"edge","Revision":"4","DesiredStatus":"RUNNING",`+
			`"KnownStatus":"RUNNING","LaunchType":"EC2","Containers":[%s,%s]}`,
		taskARN, container("app", m.app.Load(), 0), container("sidecar", m.sidecar.Load(), m.restarts.Load()))
}

// bus is a stand-in of EventBridge that takes everything, or nothing.
type bus struct {
	*httptest.Server
	mu      sync.Mutex
	details []watcher.Detail
	broken  bool
}

func newBusServer(t testing.TB) *bus {
	t.Helper()
	b := &bus{}
	b.Server = httptest.NewServer(b)
	t.Cleanup(b.Close)
	return b
}

func (b *bus) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var in struct {
		Entries []struct{ Source, DetailType, Detail, EventBusName string }
	}
	err := json.NewDecoder(r.Body).Decode(&in)
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	if err != nil || b.broken || r.Header.Get("X-Amz-Target") != "AWSEvents.PutEvents" ||
		!strings.Contains(r.Header.Get("Authorization"), "/eu-north-1/events/") {
		w.WriteHeader(http.StatusServiceUnavailable)
		io.WriteString(w, `{"__type":"InternalException"}`)
		return
	}
	var results []string
	for _, e := range in.Entries {
		var d watcher.Detail
		if json.Unmarshal([]byte(e.Detail), &d) != nil || e.Source != watcher.Source ||
			e.DetailType != watcher.DetailType || e.EventBusName != "" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		b.details = append(b.details, d)
		results = append(results, `{"EventId":"c1f0a2b3-0000-5000-8000-000000000000"}`)
	}
	fmt.Fprintf(w, `{"FailedEntryCount":0,"Entries":[%s]}`, strings.Join(results, ","))
}

func (b *bus) setBroken(broken bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.broken = broken
}

// took are "name exit code" of what arrived.
func (b *bus) took() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []string
	for _, d := range b.details {
		all = append(all, strings.TrimSpace(fmt.Sprint(d.Containers[0].Name, " ", exitCode(d.Containers[0]))))
	}
	return all
}

func exitCode(c watcher.Container) string {
	if c.ExitCode == nil {
		return ""
	}
	return strconv.FormatInt(*c.ExitCode, 10)
}

// process is a process of the program.
type process struct {
	*exec.Cmd
	stdout, stderr output
}

// output is a buffer that is written while it is read.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

func start(t testing.TB, m *metadata, b *bus, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(program, args...)}
	p.Env = []string{
		asWatcher + "=1",
		watcher.EnvEndpoint + "=" + m.URL + "/v4/2f6b1d9c",
		"AWS_ACCESS_KEY_ID=AKIDEXAMPLE",
		"AWS_SECRET_ACCESS_KEY=do-not-leak-key",
		"AWS_EC2_METADATA_DISABLED=true",
	}
	if roots := os.Getenv("SSL_CERT_FILE"); roots != "" {
		p.Env = append(p.Env, "SSL_CERT_FILE="+roots)
	}
	if b != nil {
		p.Env = append(p.Env, "AWS_ENDPOINT_URL="+b.URL)
	}
	p.Stdout, p.Stderr = &p.stdout, &p.stderr
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Process.Kill(); p.Wait() })
	return p
}

// terminate sends SIGTERM and wants exit code 0 in less time than ECS gives by default, 30 s, by far.
func (p *process) terminate(t testing.TB) {
	t.Helper()
	begin := time.Now()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		t.Errorf("ended with %v\n%s", err, &p.stderr)
	}
	if took := time.Since(begin); took > 8*time.Second {
		t.Errorf("ended %s after SIGTERM", took)
	}
}

// eventually waits for a condition, at most a minute: the machine may be busy.
func eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("after a minute: not yet %s", what)
		}
	}
}

func get(t testing.TB, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestEndsArriveOnTheBus(t *testing.T) {
	t.Parallel()
	m, b := newMetadata(t), newBusServer(t)
	p := start(t, m, b, "--interval", "20ms")
	eventually(t, "reading", func() bool { return m.readings.Load() > 2 })
	m.sidecar.Store(137)
	eventually(t, "told", func() bool { return len(b.took()) > 0 })
	before := m.readings.Load()
	eventually(t, "reading on", func() bool { return m.readings.Load() > before+5 })
	p.terminate(t)
	if diff := cmp.Diff([]string{"sidecar 137"}, b.took()); diff != "" {
		t.Errorf("arrived (-want +got):\n%s", diff)
	}
	if p.stdout.String() != "" || p.stderr.String() != "" {
		t.Errorf("wrote %q and %q", &p.stdout, &p.stderr)
	}
}

// What dies last, and what waits because the bus was away, is sent before the process ends.
func TestSIGTERMReadsOnceMoreAndEmptiesTheSpool(t *testing.T) {
	t.Parallel()
	m, b := newMetadata(t), newBusServer(t)
	b.setBroken(true)
	m.sidecar.Store(1)
	p := start(t, m, b, "--interval", "1h")
	eventually(t, "complaining", func() bool {
		return strings.Contains(p.stderr.String(), "1 ends of containers wait to be sent")
	})
	b.setBroken(false)
	m.app.Store(3)
	p.terminate(t)
	if strings.Contains(p.stderr.String(), "LOST") {
		t.Errorf("said %s", &p.stderr)
	}
	if diff := cmp.Diff([]string{"sidecar 1", "app 3"}, b.took()); diff != "" {
		t.Errorf("arrived (-want +got):\n%s", diff)
	}
	if strings.Contains(p.stderr.String(), "do-not-leak") {
		t.Errorf("said %s", &p.stderr)
	}
}

func TestSIGTERMEndsThoughNothingAnswers(t *testing.T) {
	t.Parallel()
	m, b := newMetadata(t), newBusServer(t)
	b.setBroken(true)
	m.sidecar.Store(1)
	p := start(t, m, b, "--interval", "1h")
	eventually(t, "complaining", func() bool { return strings.Contains(p.stderr.String(), "wait to be sent") })
	p.terminate(t)
	if !strings.Contains(p.stderr.String(),
		"whystopped-watch: LOST at the end: 1 ends of containers wait to be sent: ") {
		t.Errorf("said %q", &p.stderr)
	}
}

func TestLinesOnStdout(t *testing.T) {
	t.Parallel()
	m := newMetadata(t)
	p := start(t, m, nil, "--to", "stdout", "--interval", "20ms", "--ignore", "app")
	m.app.Store(0)
	m.sidecar.Store(2)
	eventually(t, "told", func() bool { return strings.Contains(p.stdout.String(), "\n") })
	p.terminate(t)
	var e watcher.Event
	if err := json.Unmarshal([]byte(p.stdout.String()), &e); err != nil {
		t.Fatalf("%v in %q", err, &p.stdout)
	}
	if e.Source != watcher.Source || e.Detail.TaskARN != taskARN || e.Detail.Containers[0].Name != "sidecar" ||
		e.Account != "445566778899" || e.Region != "eu-north-1" {
		t.Errorf("wrote %+v", e)
	}
}

func TestTheHealthCheckIsServed(t *testing.T) {
	t.Parallel()
	m := newMetadata(t)
	p := start(t, m, nil, "--to", "stdout", "--interval", "20ms", "--listen", "127.0.0.1:0", "--critical", "app")
	served := regexp.MustCompile(`http://\S+`)
	eventually(t, "serving", func() bool { return served.MatchString(p.stderr.String()) })
	status := func() int {
		response, err := http.Get(served.FindString(p.stderr.String()))
		if err != nil {
			return 0
		}
		response.Body.Close()
		return response.StatusCode
	}
	if got := status(); got != 200 {
		t.Errorf("answered %d", got)
	}
	m.sidecar.Store(1)
	eventually(t, "told", func() bool { return strings.Contains(p.stdout.String(), "sidecar") })
	if got := status(); got != 200 {
		t.Errorf("with the sidecar dead answered %d", got)
	}
	m.app.Store(1)
	eventually(t, "503", func() bool { return status() == 503 })
	p.terminate(t)
}

// A task without a role is told at once, not at the first death.
func TestAMissingRoleIsSaidAtTheStart(t *testing.T) {
	t.Parallel()
	m := newMetadata(t)
	p := &process{Cmd: exec.Command(program)}
	p.Env = []string{
		asWatcher + "=1",
		watcher.EnvEndpoint + "=" + m.URL + "/v4/2f6b1d9c",
		"AWS_EC2_METADATA_DISABLED=true",
		"HOME=" + t.TempDir(),
	}
	p.Stdout, p.Stderr = &p.stdout, &p.stderr
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Process.Kill(); p.Wait() })
	eventually(t, "reading", func() bool { return m.readings.Load() > 0 })
	p.terminate(t)
	if !strings.HasPrefix(p.stderr.String(),
		"whystopped-watch: no AWS credentials, nothing will reach the archive: give the task a task role that may "+
			"events:PutEvents: ") {
		t.Errorf("said %q", &p.stderr)
	}
}

// coreLimit is the part of a core that the sidecar may take of its task at the default interval.
const coreLimit = 0.001

// Thousands of readings, ends that are sent over TLS, a bus that is away until the spool is full, and a health check.
func TestWhatItTakes(t *testing.T) {
	if testing.Short() {
		t.Skip("thousands of readings")
	}
	m, b := newMetadata(t), &bus{}
	b.Server = httptest.NewTLSServer(b)
	t.Cleanup(b.Close)
	roots := filepath.Join(t.TempDir(), "roots.pem")
	// as many as the image has, where this machine has them
	system, _ := os.ReadFile("/etc/ssl/certs/ca-certificates.crt")
	ours := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: b.Certificate().Raw})
	if err := os.WriteFile(roots, append(system, ours...), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SSL_CERT_FILE", roots)
	p := start(t, m, b, "--interval", "1ms", "--listen", "127.0.0.1:0")
	m.app.Store(1)
	eventually(t, "told", func() bool { return len(b.took()) > 0 })
	b.setBroken(true)
	m.restarts.Store(1000)
	eventually(t, "complaining", func() bool {
		return strings.Contains(p.stderr.String(), "1000 ends of containers wait to be sent")
	})
	b.setBroken(false)
	eventually(t, "all told", func() bool { return len(b.took()) == 1001 })
	first, before := m.readings.Load(), cpu(t, p.Process.Pid)
	eventually(t, "2,000 readings", func() bool { return m.readings.Load() > first+2000 })
	each := (cpu(t, p.Process.Pid) - before) / time.Duration(m.readings.Load()-first)
	now, peak := resident(t, p.Process.Pid)
	t.Logf("%d KiB resident, at most %d; %s of a core for one reading", now, peak, each)
	if peak >= residentLimit {
		t.Errorf("%d KiB resident, want below %d", peak, residentLimit)
	}
	if part := each.Seconds() / watcher.DefaultInterval.Seconds(); part >= coreLimit {
		t.Errorf("%f of a core, want below %f", part, coreLimit)
	}
	p.terminate(t)
}

// resident returns VmRSS and VmHWM of a process, in KiB.
func resident(t testing.TB, pid int) (now, peak int) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skipf("no /proc on this system: %v", err)
	}
	kib := func(field string) int {
		n, err := strconv.Atoi(regexp.MustCompile(field + `:\s+(\d+) kB`).FindStringSubmatch(string(status))[1])
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return kib("VmRSS"), kib("VmHWM")
}

// BenchmarkReading measures what one reading takes of a core, and what that is at the default interval.
func BenchmarkReading(b *testing.B) {
	m := newMetadata(b)
	p := start(b, m, nil, "--to", "stdout", "--interval", "100us")
	for m.readings.Load() < 100 {
		time.Sleep(time.Millisecond)
	}
	first, before := m.readings.Load(), cpu(b, p.Process.Pid)
	for b.Loop() {
		for n := m.readings.Load(); m.readings.Load() == n; {
			time.Sleep(50 * time.Microsecond)
		}
	}
	readings := float64(m.readings.Load() - first)
	each := (cpu(b, p.Process.Pid) - before).Seconds() / readings
	b.ReportMetric(each*1e6, "cpu-us/reading")
	b.ReportMetric(100*each/watcher.DefaultInterval.Seconds(), "%core-at-15s")
}

// cpu is the time that a process has spent so far, in ticks of 10 ms.
func cpu(t testing.TB, pid int) time.Duration {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Skipf("no /proc on this system: %v", err)
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:])) // from the third field on
	var ticks time.Duration
	for _, field := range fields[11:13] { // utime, stime
		n, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		ticks += time.Duration(n)
	}
	return ticks * 10 * time.Millisecond
}
