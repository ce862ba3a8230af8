package watcher_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"

	"whystopped/watcher"
)

// healthCheck puts the watcher in front of the application's own health check: it fails when the log router has
// stopped. What else stops is reported. Wait for done before the process exits, and the last reports are sent.
func healthCheck(ctx context.Context, cfg aws.Config, own http.Handler) (h http.Handler, done <-chan struct{}) {
	w := watcher.New(watcher.Options{
		Endpoint: os.Getenv(watcher.EnvEndpoint),
		Critical: []string{"log_router"},
		Reporter: watcher.NewBus(eventbridge.NewFromConfig(cfg), "", log.Default()),
	})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.Run(ctx)
	}()
	return w.Handler(own), ended
}

func ExampleWatcher_Handler() {
	metadata := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w,
			`{"TaskARN":"arn:aws:ecs:eu-west-1:111122223333:task/web/0c2f","DesiredStatus":"RUNNING","Containers":[
			{"Name":"app","DockerId":"a1","KnownStatus":"RUNNING"},
			{"Name":"log_router","DockerId":"b2","KnownStatus":"STOPPED","ExitCode":1}]}`)
	}))
	defer metadata.Close()
	os.Setenv(watcher.EnvEndpoint, metadata.URL)
	defer os.Unsetenv(watcher.EnvEndpoint)
	reported := make(chan string, 1)
	bus := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}`)
		reported <- r.Header.Get("X-Amz-Target")
	}))
	defer bus.Close()
	cfg := aws.Config{BaseEndpoint: aws.String(bus.URL),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "example"}, nil
		})}

	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	own := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "well\n") })
	handler, done := healthCheck(ctx, cfg, own)
	fmt.Println(<-reported)
	response := httptest.NewRecorder()
	handler.ServeHTTP(response, httptest.NewRequest(http.MethodGet, "/healthz", nil))
	fmt.Println(response.Code)
	stop()
	<-done
	// Output:
	// AWSEvents.PutEvents
	// 503
}
