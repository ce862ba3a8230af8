package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"whystopped/archive/stack"
)

// topic is a stand-in of Amazon SNS that takes what is published, or refuses it.
func topic(t *testing.T, refuse bool) (endpoint string, published <-chan string) {
	messages := make(chan string, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil || r.Form.Get("Action") != "Publish" ||
			r.Header.Get("Authorization") == "" {
			http.Error(w, "not a signed Publish", http.StatusBadRequest)
			return
		}
		messages <- r.Form.Get("TopicArn") + "\n" + r.Form.Get("Message")
		if refuse {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w,
				`<ErrorResponse><Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>User is not authorized to perform: SNS:Publish</Message></Error><RequestId>r</RequestId></ErrorResponse>`)
			return
		}
		fmt.Fprint(w,
			`<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishResponse>`)
	}))
	t.Cleanup(server.Close)
	return server.URL, messages
}

func TestAFailureIsPublishedByTheFunction(t *testing.T) {
	const arn = "arn:aws:sns:eu-west-1:111122223333:on-call"
	for _, refuse := range []bool{false, true} {
		logs := service(t)
		endpoint, published := topic(t, refuse)
		f := start(t, logs.URL, stack.EnvLogGroup+"="+group, stack.EnvTopic+"="+arn, "AWS_ENDPOINT_URL_SNS="+endpoint)
		f.succeeds(stopped(t, "task-one", nil))
		select {
		case message := <-published:
			if !strings.HasPrefix(message, arn+"\n") || !strings.Contains(message, "exit code 1") {
				t.Errorf("published %s", message)
			}
		case <-time.After(5 * time.Second):
			t.Fatal("nothing was published")
		}
		if n := len(records(t, logs)); n != 1 {
			t.Errorf("%d records were written, want 1", n)
		}
		if log := f.stop(); refuse != strings.Contains(log, stack.MetricNotifyFailures) {
			t.Errorf("refused %v, logged %s", refuse, log)
		}
	}
}
