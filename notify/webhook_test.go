package notify

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"whystopped/archive"
	"whystopped/notify/alerts"
)

const secretPath, routingKey = "/services/T0/B0/hunter2hunter2", "0123456789abcdef0123456789abcdef"

// hooked is a webhook whose address leads to a stand-in on this machine, which it may call, and what that was sent.
func hooked(t *testing.T, behind string, answer http.HandlerFunc) (w *Webhook, sent func() []map[string]any) {
	var mu sync.Mutex
	var posted []map[string]any
	server := httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var got map[string]any
		if json.Unmarshal(body, &got) != nil || err != nil || r.URL.Path != secretPath || r.Method != http.MethodPost {
			t.Errorf("%s %s: %s", r.Method, r.URL, body)
		}
		mu.Lock()
		posted = append(posted, got)
		mu.Unlock()
		answer(rw, r)
	}))
	t.Cleanup(server.Close)
	w = newWebhook(func(context.Context) (string, error) { return server.URL + secretPath + behind, nil })
	w.allowed = func(netip.Addr) bool { return true }
	w.client.Transport.(*http.Transport).TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig
	return w, func() []map[string]any {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(posted)
	}
}

// webFailure is a change about the service web.
func webFailure(kind alerts.Kind) alerts.Change {
	r := archive.Record{Verdict: "failure", Kind: "task", Cluster: "prod", Service: "web", Account: "111122223333",
		Region: "eu-west-1", Signature: "9f0e", Class: "registry_auth.unreachable",
		Summary: "cannot reach <api.ecr> & fails", ConsoleURL: "https://eu-west-1.console.aws.amazon.com/ecs/v2"}
	return alerts.Change{Kind: kind, Record: r, Part: "alert#prod/web", Sort: "9f0e", Stops: 3,
		Since: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC), Until: time.Date(2026, 3, 2, 10, 14, 0, 0, time.UTC),
		Summary: r.Summary}
}

func ok(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") }

func TestWebhookPostsAsSlackTakesIt(t *testing.T) {
	w, sent := hooked(t, "", ok)
	for range 2 { // the second time it is known
		if err := w.Notify(t.Context(), webFailure(alerts.New)); err != nil {
			t.Fatal(err)
		}
	}
	if len(sent()) != 1 {
		t.Fatalf("sent %v", sent())
	}
	text, _ := sent()[0]["text"].(string)
	if !strings.HasPrefix(text, "*New: prod/web: cannot reach &lt;api.ecr&gt; &amp; fails*\n") {
		t.Errorf("%s", text)
	}
}

func TestWebhookTriggersAndResolvesAtPagerDuty(t *testing.T) {
	w, sent := hooked(t, " "+routingKey+"\n", func(rw http.ResponseWriter, _ *http.Request) {
		rw.WriteHeader(http.StatusAccepted)
	})
	for _, kind := range []alerts.Kind{alerts.New, alerts.Still, alerts.Closed} {
		if err := w.Notify(t.Context(), webFailure(kind)); err != nil {
			t.Fatal(err)
		}
	}
	if len(sent()) != 3 {
		t.Fatalf("sent %v", sent())
	}
	begins := []string{"New: ", "Still: ", "prod/web is steady again after 14 min, 3 stops"}
	for i, action := range []string{"trigger", "trigger", "resolve"} {
		got := sent()[i]
		payload, _ := got["payload"].(map[string]any)
		summary, _ := payload["summary"].(string)
		if got["event_action"] != action || got["dedup_key"] != "alert#prod/web#9f0e" ||
			got["routing_key"] != routingKey ||
			payload["source"] != "prod/web" || payload["severity"] != "error" ||
			!strings.HasPrefix(summary, begins[i]) {
			t.Errorf("%v", got)
		}
	}
}

// TestWebhookErrorsSayNoAddress has what can go wrong with a webhook: each says what, and none where it is. What was
// not sent is sent the next time.
func TestWebhookErrorsSayNoAddress(t *testing.T) {
	status := func(code int) http.HandlerFunc {
		return func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Location", "http://169.254.169.254/latest/meta-data/")
			rw.WriteHeader(code)
		}
	}
	for _, test := range []struct {
		name   string
		answer http.HandlerFunc
		change func(*Webhook)
		want   string
	}{
		{"refused", status(http.StatusForbidden), nil, "the webhook answered with status 403"},
		{"broken", status(http.StatusBadGateway), nil, "the webhook answered with status 502"},
		{"leads elsewhere, where nobody goes", status(http.StatusFound), nil, "the webhook answered with status 302"},
		{"says nothing", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, nil,
			"the webhook did not answer within 3s"},
		{"a private address", ok, func(w *Webhook) { w.allowed = isPublic },
			"the webhook was not called: its name leads to a private address"},
		{"a certificate of nobody's", ok,
			func(w *Webhook) { w.client.Transport.(*http.Transport).TLSClientConfig = nil },
			"the webhook could not be called: its name does not resolve, or the connection failed"},
		{"not encrypted", ok, func(w *Webhook) {
			w.read = func(context.Context) (string, error) { return "http://hooks.example.com" + secretPath, nil }
		}, "the address of the webhook is no https:// URL"},
		{"a password in it", ok, func(w *Webhook) {
			w.read = func(context.Context) (string, error) { return "https://me:hunter2hunter2@hooks.example.com", nil }
		}, "the address of the webhook is no https:// URL"},
		{"no URL at all", ok, func(w *Webhook) {
			w.read = func(context.Context) (string, error) { return "hunter2hunter2\x00", nil }
		}, "the address of the webhook is no https:// URL"},
		{"not readable", ok, func(w *Webhook) {
			w.read = func(context.Context) (string, error) { return "", errors.New("AccessDeniedException") }
		}, "read the address of the webhook: AccessDeniedException"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w, sent := hooked(t, " "+routingKey, test.answer)
			if test.change != nil {
				test.change(w)
			}
			for range 2 {
				err := w.Notify(t.Context(), webFailure(alerts.New))
				if err == nil || !strings.HasPrefix(err.Error(), test.want) {
					t.Fatalf("%v, want %s", err, test.want)
				}
				for _, word := range []string{"hunter2", routingKey, "127.0.0.1", "hooks.", "http://"} {
					if strings.Contains(err.Error(), word) {
						t.Errorf("%s says %s", err, word)
					}
				}
			}
			if n := len(sent()); n != 0 && n != 2 {
				t.Errorf("sent %d times", n)
			}
		})
	}
}

func TestWebhookAddressIsReadAgain(t *testing.T) {
	w, _ := hooked(t, "", ok)
	now, read, from := time.Now(), 0, w.read
	w.Now = func() time.Time { return now }
	w.read = func(ctx context.Context) (string, error) { read++; return from(ctx) }
	for i, want := range []int{1, 1, 2} {
		c := webFailure(alerts.Still)
		c.Sort += string(rune('a' + i))
		if err := w.Notify(t.Context(), c); err != nil || read != want {
			t.Errorf("message %d: read %d times, want %d: %v", i, read, want, err)
		}
		now = now.Add(addressKept / 2)
		if i == 1 {
			now = now.Add(addressKept)
		}
	}
}

func TestOnlyPublicAddressesAreCalled(t *testing.T) {
	for address, want := range map[string]bool{
		"54.230.1.1": true, "2600:9000::1": true, "127.0.0.1": false, "10.0.0.1": false, "172.16.0.1": false,
		"192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false, "0.0.0.0": false, "255.255.255.255": false,
		"224.0.0.1": false, "::1": false, "::": false, "fe80::1": false, "fe80::1%eth0": false, "fd00:ec2::254": false,
		"ff02::1": false, "::ffff:10.0.0.1": false, "::ffff:54.230.1.1": true, "64:ff9b::a00:1": false,
		"2002:a00:1::": false, "::10.0.0.1": false, "198.18.0.1": false, "fec0::1": false,
	} {
		if got := isPublic(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s is public: %t", address, got)
		}
	}
}

// TestANameThatLeadsToAPrivateAddressIsNotCalled: it is the address that is looked at, and not the name.
func TestANameThatLeadsToAPrivateAddressIsNotCalled(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	w := newWebhook(func(context.Context) (string, error) { return "https://localhost:" + port, nil })
	if err := w.Notify(t.Context(), webFailure(alerts.New)); err == nil || !strings.Contains(err.Error(), "private") {
		t.Errorf("%v", err)
	}
	listener.(*net.TCPListener).SetDeadline(time.Now().Add(50 * time.Millisecond))
	if c, err := listener.Accept(); err == nil {
		c.Close()
		t.Error("it was called")
	}
}

// TestTheWebhooksAddressIsRead from a secret or a parameter, by its ARN.
func TestTheWebhooksAddressIsRead(t *testing.T) {
	const secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:hook-Ab1Cd2"
	const parameter = "arn:aws:ssm:eu-west-1:111122223333:parameter/ops/hook"
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked = append(asked, r.Header.Get("X-Amz-Target")+" "+string(body))
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		if len(asked) > 2 {
			w.WriteHeader(http.StatusBadRequest)
			io.WriteString(w, `{"__type":"AccessDeniedException","message":"no"}`)
			return
		}
		io.WriteString(w, `{"SecretString":"https://one","Parameter":{"Value":"https://two"}}`)
	}))
	t.Cleanup(server.Close)
	cfg := aws.Config{Region: "eu-west-1", BaseEndpoint: &server.URL, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "made-up", "")}
	for _, test := range []struct{ arn, want, asks string }{
		{secret, "https://one", `secretsmanager.GetSecretValue {"SecretId":"` + secret + `"}`},
		{parameter, "https://two", `AmazonSSM.GetParameter {"Name":"` + parameter + `","WithDecryption":true}`},
	} {
		got, err := stored(cfg, test.arn)(t.Context())
		if err != nil || got != test.want || asked[len(asked)-1] != test.asks {
			t.Errorf("%s: %q, %v; asked %q", test.arn, got, err, asked)
		}
	}
	for _, arn := range []string{secret, parameter} {
		if _, err := stored(cfg, arn)(t.Context()); err == nil || !strings.Contains(err.Error(), arn) {
			t.Errorf("%s: %v", arn, err)
		}
	}
}
