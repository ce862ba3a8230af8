//go:build !local

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"whystopped/archive"
	"whystopped/archive/directory"
	"whystopped/archive/redact"
	"whystopped/cmd/whystopped/account"
	"whystopped/cmd/whystopped/account/accounttest"
	"whystopped/evidence/lookup/awstest"
	"whystopped/ingest"
	"whystopped/notify"
	"whystopped/notify/alerts"
)

// writtenTo is the environment variable that names a directory in which the test keeps what was written, for another
// scanner to look through.
const writtenTo = "WHYSTOPPED_LEAK_TEST_WRITES"

// secretTexts are texts of ECS and of programs with %s for a secret.
var secretTexts = []string{
	"Essential container in task exited: DB_PASSWORD=%s",
	`CannotPullContainerError: Get "https://app:%s@registry.example.com/v2/": dial tcp 10.0.0.7:443: i/o timeout`,
	`CannotPullContainerError: Get "https://bucket.s3.eu-west-1.amazonaws.com/layer?X-Amz-Signature=%s": EOF`,
	"CannotPullContainerError: registry says Authorization: Bearer %s is expired",
	`CannotStartContainerError: {"client_id":"shop","client_secret":"%s"}`,
	`ResourceInitializationError: body={\"api_key\":\"%s\"}`,
	`CannotCreateContainerError: "environment": [{"name":"MODE","value":"%s"}] is invalid`,
	"ResourceInitializationError: failed to validate logger args: splunk-token: %s: exit status 1",
	"password authentication failed for postgres://app:%s@db.internal:5432/shop",
	"dial jdbc:sqlserver://db:1433;user=sa;password=%s;encrypt=true",
	"psycopg2.OperationalError: host=db user=app password=%s dbname=shop",
	"Traceback: connect(host='db', password='%s')",
	"&{User:app Password:%s Host:db}",
	`Config { user: "app", password: Some("%s") }`,
	"mysqldump -u root -p%s shop: exit status 2",
	`Command '['docker', 'login', '-u', 'app', '-p', '%s']' returned non-zero exit status 1`,
	"CREATE USER 'app'@'%%' IDENTIFIED BY '%s'",
	"the token ghp_%[1]s%[1]s was refused",
	"user,password\napp,%s",
	"database:\n  user: app\n  password: %s\n",
	"<add key=\"ApiKey\" value=\"%s\" />",
	"next=https%%3A%%2F%%2Fapp%%3A%s%%40git.example.com%%2Fa.git",
	"\x1b[31mpassword\x1b[0m: %s",
	"using password %s for user app",
	"Cookie: theme=dark; session=%s",
	"-----BEGIN " + "PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0%s\n-----END " + "PRIVATE KEY-----",
}

// planter makes secrets and remembers them.
type planter struct {
	random  *rand.Rand
	planted []string
}

// text is a form with a secret of its own.
func (p *planter) text(form string) string {
	const letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	secret := make([]byte, 20)
	for i := range secret {
		secret[i] = letters[p.random.IntN(len(letters))]
	}
	copy(secret[8:], fmt.Sprint(1000+p.random.IntN(9000)))
	p.planted = append(p.planted, string(secret))
	return fmt.Sprintf(form, secret)
}

// seen are the planted secrets that a text shows, whole or a half of one.
func (p *planter) seen(text string) (seen []string) {
	for _, secret := range p.planted {
		if half := len(secret) / 2; strings.Contains(text, secret[:half]) || strings.Contains(text, secret[half:]) {
			seen = append(seen, secret)
		}
	}
	return seen
}

// sampleEvent is a sample of the events, which may be changed.
func sampleEvent(t *testing.T, name string) (event, detail map[string]any) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("../../events/samples", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &event); err != nil {
		t.Fatal(err)
	}
	return event, event["detail"].(map[string]any)
}

// overrides are those of RunTask, with a secret in each value.
func (p *planter) overrides(container string) map[string]any {
	return map[string]any{"containerOverrides": []any{map[string]any{
		"name": container,
		"environment": []any{
			map[string]any{"name": "MODE", "value": p.text("%s")},
			map[string]any{"name": "DB_PASSWORD", "value": p.text("%s")},
		},
		"command": []any{"serve", "--password", p.text("%s"), p.text("--api-key=%s"), "sh", "-c",
			p.text("export TOKEN=%s && exec app"), "curl", "-u", p.text("app:%s"), "https://api.example.com"},
	}}}
}

// stopWith is a task that stopped, with a text of its form and a secret at every place that can hold one.
func (p *planter) stopWith(t *testing.T, form string, task int) map[string]any {
	event, detail := sampleEvent(t, "crashed-exit-1.json")
	id := accounttest.TaskID(task + 1)
	arn := "arn:aws:ecs:eu-west-1:" + leakAccount + ":task/apps/" + id
	event["account"], event["id"] = leakAccount, id
	maps.Copy(detail, map[string]any{
		"taskArn": arn, "clusterArn": "arn:aws:ecs:eu-west-1:" + leakAccount + ":cluster/apps",
		"taskDefinitionArn": "arn:aws:ecs:eu-west-1:" + leakAccount + ":task-definition/search-api:58",
		"stoppedReason":     p.text(form), "overrides": p.overrides("search-api"),
	})
	detail["attachments"] = append(detail["attachments"].([]any), map[string]any{"type": "sdi", "status": "FAILED",
		"details": []any{map[string]any{"name": "statusReason", "value": p.text(form)}}})
	container := detail["containers"].([]any)[0].(map[string]any)
	maps.Copy(container, map[string]any{"reason": p.text(form), "taskArn": arn,
		"image": p.text("app:%s@registry.example.com/team/search-api:58")})
	return event
}

// jobWith is a job of Batch, with a secret in each of its parameters.
func (p *planter) jobWith(t *testing.T, form string) map[string]any {
	event, detail := sampleEvent(t, "batch-job-oom.json")
	event["account"] = leakAccount
	detail["parameters"] = map[string]any{"dbPassword": p.text("%s"),
		"source": p.text("https://app:%s@git.example.com/a")}
	detail["statusReason"] = p.text(form)
	container := detail["container"].(map[string]any)
	container["command"] = []any{"solve", "--token", p.text("%s")}
	container["environment"] = []any{map[string]any{"name": "REGION_KEY", "value": p.text("%s")}}
	container["reason"] = p.text(form)
	attempt := detail["attempts"].([]any)[0].(map[string]any)
	attempt["statusReason"] = p.text(form)
	attempt["container"].(map[string]any)["reason"] = p.text(form)
	return event
}

const leakAccount = "777788889999"

// leakyAccount is a stand-in of an account whose task definitions, logs, service events and refusals have secrets.
func (p *planter) leakyAccount(t *testing.T, tasks int) {
	s := awstest.NewServer(leakAccount)
	t.Cleanup(s.Close)
	accounttest.Environment(t)
	t.Setenv("AWS_ENDPOINT_URL", s.URL)
	arn := "arn:aws:ecs:eu-west-1:" + leakAccount + ":"
	s.Put("ecs:DescribeTaskDefinition", awstest.Object{
		"taskDefinitionArn": arn + "task-definition/search-api:58", "networkMode": "awsvpc", "memory": "512",
		"executionRoleArn": "arn:aws:iam::" + leakAccount + ":role/execution",
		"containerDefinitions": []awstest.Object{{
			"name": "search-api", "image": p.text("app:%s@registry.example.com/team/search-api:58"), "essential": true,
			"environment": []awstest.Object{{"name": "SMTP", "value": p.text("%s")}},
			"command":     []string{"serve", "--password", p.text("%s")},
			"healthCheck": awstest.Object{"command": []string{"CMD-SHELL", p.text("curl -u app:%s localhost")}},
			"logConfiguration": awstest.Object{"logDriver": "awslogs", "options": awstest.Object{
				"awslogs-group": "/ecs/search-api", "awslogs-stream-prefix": "app", "awslogs-region": "eu-west-1"}},
		}},
	})
	s.Put("ecs:DescribeServices", awstest.Object{
		"serviceArn": arn + "service/apps/search-api", "serviceName": "search-api", "desiredCount": 1,
		"events": []awstest.Object{{"createdAt": 1775136757,
			"message": p.text("(service search-api) " + secretTexts[1])}},
	})
	s.Handle("iam:GetRole", func(awstest.Object) (awstest.Object, *awstest.Refusal) {
		return nil, awstest.Refuse("AccessDenied", "%s", p.text("refused with password=%s"))
	})
	for task := range tasks {
		var lines []awstest.Object
		for i := range 6 {
			for line := range strings.SplitSeq(p.text(secretTexts[(task+i)%len(secretTexts)]), "\n") {
				lines = append(lines, awstest.Object{"timestamp": 1775136700000 + i, "message": line})
			}
		}
		s.Put("logs:GetLogEvents", awstest.Object{"logGroupName": "/ecs/search-api",
			"logStreamName": "app/search-api/" + accounttest.TaskID(task+1), "events": lines})
	}
}

// topic is a stand-in of a topic that keeps what is told.
func topic(t *testing.T, told *strings.Builder) *notify.Topic {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		form, _ := url.ParseQuery(string(body))
		fmt.Fprintln(told, form.Get("Subject")+"\n"+form.Get("Message"))
		fmt.Fprint(w, `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>m`+
			`</MessageId></PublishResult></PublishResponse>`)
	}))
	t.Cleanup(server.Close)
	return notify.New(sns.New(sns.Options{Region: "eu-west-1", BaseEndpoint: &server.URL,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "example", "")}),
		"arn:aws:sns:eu-west-1:"+leakAccount+":whystopped")
}

// TestNothingThatIsWrittenShowsASecret plants secrets at every place of an event that can hold one, and in the account
// that is asked about it, and looks for them on every screen, in every record and in every message.
func TestNothingThatIsWrittenShowsASecret(t *testing.T) {
	p := &planter{random: rand.New(rand.NewPCG(15, 4))}
	dir := t.TempDir()
	var files []string
	keep := func(event any) {
		raw, err := json.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, filepath.Join(dir, fmt.Sprintf("%03d.json", len(files))))
		if err := os.WriteFile(files[len(files)-1], raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i, form := range secretTexts {
		stop := p.stopWith(t, form, i)
		keep(stop)
		cause, _ := json.Marshal(p.stopWith(t, form, i)["detail"])
		keep(map[string]any{"Error": "States.TaskFailed", "Cause": string(cause)})
		keep(p.jobWith(t, form))
	}
	request, detail := sampleEvent(t, "request-run-task-denied.json")
	detail["requestParameters"].(map[string]any)["overrides"] = p.overrides("close-books")
	detail["errorMessage"] = p.text("User: arn:aws:iam::334455667788:user/app is not authorized: secret_access_key=%s")
	keep(request)
	deployment, detail := sampleEvent(t, "deployment-failed-circuit-breaker.json")
	detail["reason"] = p.text("ECS deployment circuit breaker: password=%s")
	keep(deployment)
	if whole, err := os.ReadFile(files[0]); err != nil {
		t.Fatal(err)
	} else if err := os.WriteFile(filepath.Join(dir, "cut.json"), whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	p.leakyAccount(t, len(secretTexts))
	written := map[string]string{}

	// The records of the function, with what it asked the account, and what it tells.
	stops := filepath.Join(dir, "stops")
	store, err := directory.Open(t.Context(), stops)
	if err != nil {
		t.Fatal(err)
	}
	gatherer, err := (&account.Account{}).Verifier(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	var told strings.Builder
	sns := topic(t, &told)
	tails, proofs := 0, 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		function := ingest.Pipeline{Store: store, Gatherer: gatherer, Source: archive.SourceEvent, Now: time.Now}
		records, err := function.Ingest(context.Background(), raw)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			if err := sns.Notify(t.Context(), alerts.Change{Record: r}); err != nil {
				t.Fatal(err)
			}
			if r.LogTail != "" {
				tails++
			}
			if r.Causes != "" {
				proofs++
			}
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if tails < len(secretTexts) || proofs < len(secretTexts) || told.Len() == 0 {
		t.Errorf("%d log tails, %d records with proofs and %d bytes of messages prove little", tails, proofs,
			told.Len())
	}
	written["messages"] = told.String()
	written["records of the function"] = textOf(t, stops)

	// Every screen.
	own := filepath.Join(dir, "own")
	for _, args := range [][]string{
		slices.Concat([]string{"explain"}, files),
		slices.Concat([]string{"explain", "--table"}, files),
		slices.Concat([]string{"explain", "--json", "--raw"}, files),
		slices.Concat([]string{"explain", "--verify"}, files[:12]),
		slices.Concat([]string{"explain", "--verify", "--json", "--raw"}, files[:12]),
		slices.Concat([]string{"archive", "--all", "--to", own}, files),
		{"history", "--from", own, "--since", "all", "--limit", "0"},
		{"history", "--from", own, "--since", "all", "--each", "--json"},
		{"history", "--from", stops, "--since", "all", "--limit", "0"},
		{"history", "--from", stops, "--since", "all", "--each", "--limit", "0"},
		{"history", "--from", stops, "--since", "all", "--json"},
		{"history", "--from", stops, "--since", "all", "--each", "--json"},
		{"history", "--from", stops, accounttest.TaskID(1)},
		{"reclassify", "--from", stops},
		{"explain", filepath.Join(dir, "cut.json")},
		{"explain", "--json", p.text("https://app:%s@git.example.com/stop.json")},
		{"explain", p.text("--password=%s")},
	} {
		var stdout, stderr bytes.Buffer
		run(args, strings.NewReader(""), &stdout, &stderr)
		if stdout.Len()+stderr.Len() == 0 {
			t.Errorf("%.80q prints nothing", args)
		}
		written[fmt.Sprintf("%.200q", args)] = stdout.String() + stderr.String()
	}
	written["records of the command line"] = textOf(t, own)

	var all strings.Builder
	for name, text := range written {
		for _, secret := range p.seen(text) {
			at := max(0, strings.Index(text, secret[:len(secret)/2]))
			t.Errorf("%s shows %s:\n%s", name, secret, text[max(0, at-200):min(len(text), at+100)])
			break
		}
		if !strings.Contains(text, redact.Mask) && len(text) > 10_000 {
			t.Errorf("%s masks nothing", name)
		}
		fmt.Fprintln(&all, text)
	}
	t.Logf("%d secrets were planted; %d bytes in %d outputs show none", len(p.planted), all.Len(), len(written))
	if folder := os.Getenv(writtenTo); folder != "" {
		if err := os.WriteFile(filepath.Join(folder, "screens.txt"), []byte(all.String()), 0o600); err != nil {
			t.Error(err)
		}
	}
}
