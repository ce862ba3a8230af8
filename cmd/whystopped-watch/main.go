// Command whystopped-watch runs beside an application in an ECS task and reports the containers that stop while the
// task goes on.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/smithy-go/logging"

	"whystopped/archive/redact"
	"whystopped/watcher"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1 // cannot run
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Getenv(watcher.EnvEndpoint), os.Stdout, os.Stderr))
}

// run watches the task whose metadata is at endpoint until ctx ends, and returns the exit code.
func run(ctx context.Context, args []string, endpoint string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitOK
	case err != nil:
		return exitUsage
	}
	l := log.New(redact.Writer{W: stderr}, "whystopped-watch: ", 0)
	if endpoint == "" {
		l.Printf("%s is not set: run me as a container of a task on Fargate platform version 1.4.0 or container "+
			"agent 1.39.0 and later", watcher.EnvEndpoint)
		return exitFailed
	}
	var reporter watcher.Reporter = watcher.Lines{W: stdout}
	if o.to == "events" {
		if reporter, err = newBus(ctx, o.bus, l); err != nil {
			l.Print(err)
			return exitFailed
		}
	}
	w := watcher.New(watcher.Options{
		Endpoint: endpoint,
		Interval: o.interval,
		Ignore:   o.ignore,
		Critical: o.critical,
		Reporter: reporter,
		Log:      l,
	})
	if o.listen != "" {
		listener, err := net.Listen("tcp", o.listen)
		if err != nil {
			l.Printf("cannot serve the health check: %v", err)
			return exitFailed
		}
		server := newServer(w, l)
		defer server.Close()
		go server.Serve(listener)
		l.Printf("the health check is at http://%s/", listener.Addr())
	}
	w.Run(ctx)
	return exitOK
}

// newBus returns the event bus in the account of the task role. A missing role is logged now and not when the first
// container has died; it does not end the watcher, which may have a health check to serve.
func newBus(ctx context.Context, name string, l *log.Logger) (*watcher.Bus, error) {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithLogger(logging.Nop{}))
	if err != nil {
		return nil, fmt.Errorf("load the AWS configuration: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		l.Printf("no AWS credentials, nothing will reach the archive: give the task a task role that may "+
			"events:PutEvents: %v", err)
	}
	return watcher.NewBus(eventbridge.NewFromConfig(cfg), name, l), nil
}
