package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/sns"
)

const topicARN = "arn:aws:sns:eu-west-1:123456789012:whystopped"

// snsServer answers Publish as SNS does for one standard topic: the AWS Query protocol
// (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html) with its limits.
type snsServer struct {
	*httptest.Server

	mu        sync.Mutex
	published []published
	refusals  []refusal // answers to the next calls, in order
	calls     int
	silent    bool // gives no answer
}

type published struct {
	Subject string
	Message map[string]string // by protocol
}

type refusal struct {
	status        int
	code, message string
}

var (
	denied = refusal{http.StatusForbidden, "AuthorizationError",
		"User: arn:aws:sts::123456789012:assumed-role/whystopped/whystopped is not authorized to perform: " +
			"SNS:Publish on resource: " +
			topicARN + " because no identity-based policy allows the SNS:Publish action"}
	throttled = refusal{http.StatusBadRequest, "Throttling", "Rate exceeded"}
	broken    = refusal{http.StatusInternalServerError, "InternalError", "An internal error occurred"}
)

func newServer(t *testing.T) (*Topic, *snsServer) {
	t.Helper()
	s := &snsServer{}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return New(s.client(), topicARN), s
}

func (s *snsServer) client() *sns.Client {
	return sns.New(sns.Options{
		Region:       "eu-west-1",
		BaseEndpoint: aws.String(s.URL),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "example"}, nil
		}),
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) {
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) {
				return time.Millisecond,
					nil
			})
		}),
	})
}

func (s *snsServer) refuse(refusals ...refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusals = append(s.refusals, refusals...)
}

// messages are those published so far.
func (s *snsServer) messages() []published {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.published)
}

func (s *snsServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p, refused := read(r)
	if s.silent {
		<-r.Context().Done()
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	if len(s.refusals) > 0 && refused == nil {
		refused, s.refusals = &s.refusals[0], s.refusals[1:]
	}
	w.Header().Set("Content-Type", "text/xml")
	if refused != nil {
		kind := "Sender"
		if refused.status >= 500 {
			kind = "Receiver"
		}
		w.WriteHeader(refused.status)
		fmt.Fprintf(w,
			`<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>%s</Type><Code>%s</Code><Message>%s</Message></Error>`+
				`<RequestId>9d4b8f7e-0000-5000-8000-000000000000</RequestId></ErrorResponse>`, kind, refused.code,
			refused.message)
		return
	}
	s.published = append(s.published, p)
	fmt.Fprintf(w,
		`<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>%08d-0000-5000-8000-000000000000</MessageId>`+
			`</PublishResult><ResponseMetadata><RequestId>9d4b8f7e-0000-5000-8000-000000000001</RequestId></ResponseMetadata></PublishResponse>`,
		len(s.published))
}

func read(r *http.Request) (published, *refusal) {
	invalid := func(what string) *refusal {
		return &refusal{http.StatusBadRequest, "InvalidParameter", "Invalid parameter: " + what}
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/x-www-form-urlencoded" {
		return published{}, &refusal{http.StatusNotFound, "UnknownOperationException", "content type " + kind}
	}
	form := func(name string) string { return r.PostFormValue(name) }
	if form("Action") != "Publish" || form("Version") != "2010-03-31" {
		return published{},
			&refusal{http.StatusBadRequest, "InvalidAction", "The action " + form("Action") +
				" is not valid for this web service."}
	}
	subject, message := form("Subject"), form("Message")
	switch {
	case form("TopicArn") != topicARN:
		return published{}, &refusal{http.StatusNotFound, "NotFound", "Topic does not exist"}
	case r.PostForm.Has("Subject") && !validSubject(subject):
		return published{}, invalid("Subject")
	case len(message) > 262_144:
		return published{}, invalid("Message too long")
	case form("MessageStructure") != "json":
		return published{}, invalid("MessageStructure")
	}
	byProtocol := map[string]string{}
	d := json.NewDecoder(strings.NewReader(message))
	d.DisallowUnknownFields()
	if err := d.Decode(&byProtocol); err != nil || d.More() {
		return published{}, invalid("Message Structure - JSON message body failed to parse")
	}
	if _, ok := byProtocol["default"]; !ok {
		return published{}, invalid("Message Structure - No default entry in JSON message body")
	}
	return published{subject, byProtocol}, nil
}

// validSubject takes what every form of the documentation takes: ASCII that begins with a letter, number or punctuation
// mark, no line breaks or control characters, less than 100 characters.
func validSubject(s string) bool {
	return s != "" && len(s) < 100 && s[0] != ' ' &&
		!strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

// The stand-in must refuse what SNS refuses, or the limits below prove nothing.
func TestServerRefuses(t *testing.T) {
	_, s := newServer(t)
	ok := `{"default":"x"}`
	tests := []struct {
		name                        string
		topic, subject, message, as string
		want                        string
	}{
		{"long subject", topicARN, strings.Repeat("s", 100), ok, "json",
			"InvalidParameter: Invalid parameter: Subject"},
		{"two lines in the subject", topicARN, "a\nb", ok, "json", "InvalidParameter: Invalid parameter: Subject"},
		{"long message", topicARN, "a", `{"default":"` + strings.Repeat("x", 262_144) + `"}`, "json",
			"InvalidParameter: Invalid parameter: Message too long"},
		{"no default", topicARN, "a", `{"email":"x"}`, "json", "No default entry"},
		{"not JSON", topicARN, "a", `x`, "json", "failed to parse"},
		{"other topic", topicARN + "2", "a", ok, "json", "NotFound: Topic does not exist"},
	}
	for _, test := range tests {
		_, err := s.client().Publish(t.Context(),
			&sns.PublishInput{TopicArn: &test.topic, Subject: &test.subject, Message: &test.message,
				MessageStructure: &test.as})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %s", test.name, err, test.want)
		}
	}
	if n := len(s.messages()); n != 0 {
		t.Errorf("%d published", n)
	}
}

// indented is a JSON text as a person reads it.
func indented(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(text), "", "  "); err != nil {
		t.Fatal(err)
	}
	return b.String() + "\n"
}
