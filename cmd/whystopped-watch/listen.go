package main

import (
	"log"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// What whoever reaches the health check's port may take of the sidecar's memory and time. Load balancers and container
// agents send a few hundred bytes and read the answer at once.
const (
	maxConnections = 64
	maxHeader      = 4 << 10
	maxWait        = 5 * time.Second
)

// newServer returns a server of the health check that nobody can fill up: of more than maxConnections the oldest is
// closed, so that a new request is always answered.
func newServer(health http.Handler, l *log.Logger) *http.Server {
	open := &connections{}
	return &http.Server{
		Handler:        health,
		ReadTimeout:    maxWait,
		WriteTimeout:   maxWait,
		IdleTimeout:    maxWait,
		MaxHeaderBytes: maxHeader,
		ErrorLog:       l,
		ConnState:      open.changed,
	}
}

// connections are those that are open, the oldest first.
type connections struct {
	mu   sync.Mutex
	open []net.Conn
}

// changed is the ConnState hook of a server.
func (c *connections) changed(conn net.Conn, state http.ConnState) {
	if state != http.StateNew && state != http.StateClosed {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if state == http.StateClosed {
		c.open = slices.DeleteFunc(c.open, func(other net.Conn) bool { return other == conn })
		return
	}
	c.open = append(c.open, conn)
	if len(c.open) > maxConnections {
		c.open[0].Close()
		c.open = slices.Delete(c.open, 0, 1)
	}
}
