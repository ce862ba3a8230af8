package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"whystopped/notify/alerts"
)

const (
	webhookTimeout = 3 * time.Second
	addressKept    = 5 * time.Minute // until it is read again: somebody may have changed it
	mostOfAnswer   = 1 << 16
	maxDedupKey    = 255  // https://developer.pagerduty.com/docs/send-alert-event
	maxSummary     = 1024 // the same
)

// Webhook posts failures to one address: an incoming webhook as Slack has them, or the Events API v2 of PagerDuty. It
// may be used by several goroutines at once.
type Webhook struct {
	teller
	read    func(context.Context) (string, error)
	allowed func(netip.Addr) bool
	client  *http.Client

	mu     sync.Mutex
	kept   webhookAddress
	readAt time.Time
}

// webhookAddress is where messages go. Neither part of it is ever said.
type webhookAddress struct {
	url        string
	routingKey string // of PagerDuty; empty where the address is an incoming webhook
}

// NewWebhook returns the webhook whose address the secret or the parameter with an ARN holds: a URL that begins with
// https://, and behind a blank the routing key where it is PagerDuty's.
func NewWebhook(cfg aws.Config, arn string) *Webhook { return newWebhook(stored(cfg, arn)) }

func newWebhook(read func(context.Context) (string, error)) *Webhook {
	w := &Webhook{read: read, allowed: isPublic}
	dialer := &net.Dialer{Timeout: webhookTimeout, Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil || !w.allowed(to.Addr()) {
			return errPrivate
		}
		return nil
	}}
	w.client = &http.Client{
		Timeout: webhookTimeout,
		Transport: &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: webhookTimeout,
			ForceAttemptHTTP2: true, MaxResponseHeaderBytes: mostOfAnswer, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	w.teller = teller{Now: time.Now, publish: w.publish}
	return w
}

// stored reads the one value that the function may read: the secret or the parameter with an ARN.
func stored(cfg aws.Config, arn string) func(context.Context) (string, error) {
	if strings.Contains(arn, ":ssm:") {
		client := ssm.NewFromConfig(cfg)
		return func(ctx context.Context) (string, error) {
			answer, err := client.GetParameter(ctx, &ssm.GetParameterInput{Name: &arn, WithDecryption: aws.Bool(true)})
			if err != nil {
				return "", fmt.Errorf("parameter %s: %w", arn, err)
			}
			return aws.ToString(answer.Parameter.Value), nil
		}
	}
	client := secretsmanager.NewFromConfig(cfg)
	return func(ctx context.Context) (string, error) {
		answer, err := client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &arn})
		if err != nil {
			return "", fmt.Errorf("secret %s: %w", arn, err)
		}
		return aws.ToString(answer.SecretString), nil
	}
}

// errPrivate is the error of a connection that is not made.
var errPrivate = errors.New("a private address")

// notPublic are networks that netip does not know as such: shared and reserved ones, and those that have an address of
// IPv4 in them (https://www.iana.org/assignments/iana-ipv4-special-registry,
// https://www.iana.org/assignments/iana-ipv6-special-registry).
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("2001::/32"), netip.MustParsePrefix("fec0::/10"), netip.MustParsePrefix("::/96"),
}

// isPublic reports whether an address is one of the internet's.
func isPublic(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// address returns where messages go.
func (w *Webhook) address(ctx context.Context) (webhookAddress, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.kept.url != "" && w.Now().Sub(w.readAt) < addressKept {
		return w.kept, nil
	}
	text, err := w.read(ctx)
	if err != nil {
		return webhookAddress{}, fmt.Errorf("read the address of the webhook: %w", err)
	}
	where, key, _ := strings.Cut(strings.TrimSpace(text), " ")
	parsed, err := url.Parse(where)
	if err != nil || parsed.Scheme != "https" || parsed.Hostname() == "" || parsed.User != nil {
		return webhookAddress{}, errors.New("the address of the webhook is no https:// URL: write it into the secret " +
			"or parameter, and behind a blank the routing key where it is PagerDuty's")
	}
	w.kept, w.readAt = webhookAddress{where, strings.TrimSpace(key)}, w.Now()
	return w.kept, nil
}

// publish posts one message. Its errors do not hold the address.
func (w *Webhook) publish(ctx context.Context, m message) error {
	ctx, cancel := context.WithTimeout(ctx, webhookTimeout)
	defer cancel()
	to, err := w.address(ctx)
	if err != nil {
		return err
	}
	body := m.post()
	if to.routingKey != "" {
		body = m.event(to.routingKey)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to.url, bytes.NewReader(body))
	if err != nil {
		return errors.New("the address of the webhook cannot be called")
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := w.client.Do(request)
	switch {
	case errors.Is(err, errPrivate):
		return errors.New("the webhook was not called: its name leads to a private address")
	case err != nil && ctx.Err() != nil:
		return fmt.Errorf("the webhook did not answer within %s", webhookTimeout)
	case err != nil:
		return errors.New("the webhook could not be called: its name does not resolve, or the connection failed")
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, mostOfAnswer)) // so that the connection is used again
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		w.forget()
		return fmt.Errorf("the webhook answered with status %d", answer.StatusCode)
	}
	return nil
}

// forget has the address read again, since it may have changed.
func (w *Webhook) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.kept = webhookAddress{}
}

// post is the message as an incoming webhook of Slack takes it, and what speaks as it does
// (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks).
func (m message) post() []byte {
	var b strings.Builder
	b.WriteString("*" + slack(m.title) + "*")
	for _, r := range m.rows {
		b.WriteString("\n" + r.label + ": " + slack(r.text))
	}
	return []byte(encode(map[string]string{"text": b.String()}))
}

// slack writes a text so that nothing in it is a mention or a link.
func slack(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

// event is the message as the Events API v2 of PagerDuty takes it
// (https://developer.pagerduty.com/docs/send-alert-event): messages about one alert have one key, and the one that says
// that a service is steady again resolves it.
func (m message) event(routingKey string) []byte {
	r := m.record
	action := "trigger"
	if m.kind == alerts.Closed {
		action = "resolve"
	}
	details := map[string]string{}
	for _, row := range m.rows {
		details[row.label] = row.text
	}
	type link struct {
		Href string `json:"href"`
		Text string `json:"text"`
	}
	links := []link{}
	if strings.HasPrefix(r.ConsoleURL, "https://") {
		links = append(links, link{r.ConsoleURL, "ECS console"})
	}
	return []byte(encode(map[string]any{
		"routing_key": routingKey, "event_action": action, "dedup_key": cut(m.alert, maxDedupKey),
		"client": "whystopped", "links": links,
		"payload": map[string]any{
			"summary": cut(m.title, maxSummary), "source": who(r), "severity": "error", "component": who(r),
			"group": r.Cluster, "class": r.Class, "custom_details": details,
		},
	}))
}
