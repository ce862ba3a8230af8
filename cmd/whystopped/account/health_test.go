package account

import (
	"cmp"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/smithy-go/encoding/cbor"

	"whystopped/archive/stack"
	"whystopped/cmd/whystopped/screen"
)

// cloudWatch is a stand-in of the part of CloudWatch that tells of metrics.
type cloudWatch struct {
	values map[string]float64 // of the last hour, by namespace, name and a dimension's value
	denied bool
	called func(call string)
}

func (s *cloudWatch) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	in, err := cbor.Decode(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.called("cloudwatch:GetMetricStatistics")
	asked := in.(cbor.Map)
	text := func(v cbor.Value) string { s, _ := v.(cbor.String); return string(s) }
	metric := text(asked["Namespace"]) + " " + text(asked["MetricName"])
	if dimensions, _ := asked["Dimensions"].(cbor.List); len(dimensions) == 1 {
		metric += " " + text(dimensions[0].(cbor.Map)["Value"])
	}
	w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
	w.Header().Set("Content-Type", "application/cbor")
	if s.denied {
		w.WriteHeader(http.StatusForbidden)
		w.Write(cbor.Encode(cbor.Map{"__type": cbor.String("com.amazonaws.cloudwatch#AccessDeniedException"),
			"message": cbor.String("not authorized")}))
		return
	}
	points := cbor.List{}
	if value, found := s.values[metric]; found {
		statistic := text(asked["Statistics"].(cbor.List)[0])
		points = append(points, cbor.Map{statistic: cbor.Float64(value),
			"Timestamp": &cbor.Tag{ID: 1, Value: cbor.Float64(time.Now().Add(-time.Hour).Unix())}})
	}
	w.Write(cbor.Encode(cbor.Map{"Datapoints": points}))
}

// TestDoctorSeesWhatTheAlarmsSee reads the metrics of the last day.
func TestDoctorSeesWhatTheAlarmsSee(t *testing.T) {
	every := defaults
	every.NotifyEmail, every.Remember, every.CaptureServices = "on-call@example.com", stack.On, stack.On
	reserved := every
	reserved.ReservedConcurrency = 50
	hooked := defaults
	hooked.WebhookARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:on-call-Ab1Cd2"
	prefixed := every
	prefixed.NamePrefix, prefixed.LogGroup = "blue-", "/blue-whystopped/stops"
	for _, tt := range []struct {
		name, check string
		options     stack.Options
		values      map[string]float64
		quota       int // 1,000 where nothing is said
		light       light
		says        string
	}{
		{"nothing is wrong", "lost-events", every, nil, 0, lightOK, "lost no event"},
		{"an event was lost", "lost-events", every,
			map[string]float64{"AWS/Events InvocationsFailedToBeSentToDlq whystopped-services": 2}, 0, lightWarn,
			"lost 2 events in the last 24 hours: it could hand them neither to whystopped nor to the queue " +
				"whystopped-undelivered"},
		{"nobody is to be told", "messages", defaults, map[string]float64{"Whystopped NotifyFailures": 3}, 0, lightOK,
			"name nobody"},
		{"all are told", "messages", every, nil, 0, lightOK, "every message was sent"},
		{"messages failed", "messages", every, map[string]float64{"Whystopped NotifyFailures": 3}, 0, lightWarn,
			"3 messages could not be sent"},
		{"a webhook did not take messages", "messages", hooked, map[string]float64{"Whystopped NotifyFailures": 3}, 0,
			lightWarn, "3 messages could not be sent"},
		{"messages of another deployment failed", "messages", prefixed,
			map[string]float64{"Whystopped NotifyFailures": 3}, 0, lightOK, "every message was sent"},
		{"messages of this deployment failed", "messages", prefixed,
			map[string]float64{"blue-Whystopped NotifyFailures": 3}, 0, lightWarn, "3 messages could not be sent"},
		{"there is no table", "memory-table", defaults, map[string]float64{"Whystopped MemoryFailures": 1}, 0, lightOK,
			"ask for no table"},
		{"the table answers", "memory-table", every, nil, 0, lightOK, "the table whystopped-memory answered"},
		{"the table did not answer", "memory-table", prefixed,
			map[string]float64{"blue-Whystopped MemoryFailures": 1}, 0, lightWarn,
			"the table blue-whystopped-memory could not be read or written 1 time"},
		{"there is room", "concurrency", every,
			map[string]float64{"AWS/Lambda ClaimedAccountConcurrency": 960}, 0, lightOK,
			"at most 960 were in use or reserved"},
		{"there is no room", "concurrency", every,
			map[string]float64{"AWS/Lambda ClaimedAccountConcurrency": 961}, 0, lightWarn,
			"961 were in use or reserved at once"},
		{"a small account", "concurrency", every, nil, 10, lightWarn, "of the account's 10 concurrent executions"},
		{"reserved", "concurrency", reserved, nil, 10, lightOK, "whystopped has 50 concurrent executions for itself"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := deploy(t, newAccount(t), tt.options)
			d.metrics.values = tt.values
			d.quotas.concurrency = cmp.Or(tt.quota, 1000)
			args := []string{"doctor", "--json"}
			if tt.options.NamePrefix != "" {
				d.logs.CreateGroup(tt.options.LogGroup, stack.RetentionDays)
				args = append(args, "--function", tt.options.Named(stack.Function))
			}
			for check, g := range diagnosed(t, screen.ExitOK, args[2:]...) {
				switch {
				case check == tt.check:
					if g.Light != tt.light || !strings.Contains(g.Says, tt.says) {
						t.Errorf("%+v does not say %q", g, tt.says)
					}
				case g.Light != lightOK && check != "last-record":
					t.Errorf("%s has nothing to do with it: %+v", check, g)
				}
			}
		})
	}
}

// TestDoctorOfTheReleaseBefore: its deployment has no options in a variable of their own.
func TestDoctorOfTheReleaseBefore(t *testing.T) {
	d := newDeployment(t)
	delete(d.environment(), stack.EnvAdded)
	for check, g := range diagnosed(t, screen.ExitOK) {
		if g.Light != lightOK {
			t.Errorf("%s: %+v", check, g)
		}
	}
}

// serviceQuotas is a stand-in of the part of Service Quotas that tells of one.
type serviceQuotas struct {
	awsServer
	concurrency int // of Lambda
}

func newServiceQuotas() *serviceQuotas {
	s := &serviceQuotas{concurrency: 1000}
	s.target, s.contentType = "ServiceQuotasV20190624.", "application/x-amz-json-1.1"
	s.operations = map[string]func([]byte) (any, *awsRefusal){
		"GetServiceQuota": operation(func(in struct{ ServiceCode, QuotaCode string }) (any, *awsRefusal) {
			if in.ServiceCode != "lambda" || in.QuotaCode != "L-B99A9384" {
				return nil, refuseWith("NoSuchResourceException", "%+v", in)
			}
			return map[string]any{"Quota": map[string]any{"Value": s.concurrency}}, nil
		}),
	}
	return s
}
