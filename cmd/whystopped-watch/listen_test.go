package main

import (
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// Thousands of connections that say little or far too much take no more memory than is documented, and a health check
// that comes among them is answered at once.
func TestTheHealthCheckCannotBeFilledUp(t *testing.T) {
	if testing.Short() {
		t.Skip("thousands of connections")
	}
	m := newMetadata(t)
	p := start(t, m, nil, "--to", "stdout", "--listen", "127.0.0.1:0")
	served := regexp.MustCompile(`http://(\S+)/`)
	eventually(t, "serving", func() bool { return served.MatchString(p.stderr.String()) })
	address := served.FindStringSubmatch(p.stderr.String())[1]
	client := http.Client{Timeout: 5 * time.Second} // what ECS gives a health check
	answered := func(when string) {
		t.Helper()
		response, err := client.Get("http://" + address)
		if err != nil {
			t.Fatalf("%s: %v", when, err)
		}
		response.Body.Close()
		client.CloseIdleConnections()
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s: answered %d", when, response.StatusCode)
		}
	}
	const connections = 5000
	for i := range connections {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatalf("connection %d: %v", i, err)
		}
		defer conn.Close()
		io.WriteString(conn, "GET / HTTP/1.1\r\nX-Slow: ")
		if i%500 == 0 {
			answered("among slow connections")
		}
	}
	answered("behind slow connections")
	huge := "GET / HTTP/1.1\r\nHost: x\r\nX-Huge: " + strings.Repeat("a", 1<<20) + "\r\n\r\n"
	var told sync.WaitGroup
	for range 100 {
		told.Go(func() {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(5 * time.Second))
			io.WriteString(conn, huge) // the server may hang up before all of it is sent
			if got, _ := io.ReadAll(io.LimitReader(conn, 64)); len(got) > 0 &&
				!strings.HasPrefix(string(got), "HTTP/1.1 431 ") {
				t.Errorf("a header of 1 MB was answered with %q", got)
			}
		})
	}
	told.Wait()
	answered("behind huge headers")
	now, peak := resident(t, p.Process.Pid)
	t.Logf("%d KiB resident, at most %d", now, peak)
	if peak >= residentLimit {
		t.Errorf("%d KiB resident, want below %d", peak, residentLimit)
	}
	p.terminate(t)
}
