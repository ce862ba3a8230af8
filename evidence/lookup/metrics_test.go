package lookup

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence"
	"whystopped/evidence/lookup/awstest"
)

// cloudWatch asks the stand-in for metrics, in JSON: the client of the command line speaks another protocol.
func cloudWatch(s *awstest.Server) func(context.Context, aws.Config, Metric) ([]evidence.Point, error) {
	return func(ctx context.Context, cfg aws.Config, m Metric) ([]evidence.Point, error) {
		in, err := json.Marshal(object{"Namespace": m.Namespace, "MetricName": m.Name, "Statistic": m.Statistic,
			"Dimensions": m.Dimensions, "Period": m.Period.Seconds(), "StartTime": m.From.Unix(),
			"EndTime": m.To.Unix()})
		if err != nil {
			return nil, err
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, bytes.NewReader(in))
		if err != nil {
			return nil, err
		}
		request.Header.Set("X-Amz-Target", "GraniteServiceVersion20100801.GetMetricStatistics")
		request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260304/"+cfg.Region+
			"/cloudwatch/aws4_request")
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return nil, err
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return nil, errors.New(answer.Status)
		}
		var out struct {
			Datapoints []struct{ Timestamp, Value float64 }
		}
		if err := json.NewDecoder(answer.Body).Decode(&out); err != nil {
			return nil, err
		}
		var points []evidence.Point
		for _, p := range out.Datapoints {
			points = append(points, evidence.Point{At: time.Unix(int64(p.Timestamp), 0).UTC(), Value: p.Value})
		}
		return points, nil
	}
}

// natInUse is the account of fargate whose NAT gateway is there, and had no port left.
func natInUse(s *awstest.Server) {
	fargate(s)
	s.Clear("ec2:DescribeRouteTables")
	route := func(id, subnet, key, target string) object {
		return object{"routeTableId": id, "vpcId": "vpc-0a1", "associationSet": []object{{"subnetId": subnet}},
			"routeSet": []object{{"destinationCidrBlock": "0.0.0.0/0", key: target, "state": "active"}}}
	}
	s.Put("ec2:DescribeRouteTables", route("rtb-private", "subnet-0a1", "natGatewayId", "nat-0a1"),
		route("rtb-public", "subnet-nat", "gatewayId", "igw-0a1"))
	for i, sum := range []float64{3, 0, 40, 17, 60, 5} {
		s.Put("cloudwatch:GetMetricStatistics", object{"Namespace": "AWS/NATGateway",
			"MetricName": "ErrorPortAllocation", "NatGatewayId": "nat-0a1",
			"Timestamp": created.Add(time.Duration(i-3) * time.Minute), "Sum": sum})
	}
}

// natStop is a task that did not reach a public address.
func natStop() events.Stop {
	s := fargateStop()
	s.StoppedReason = "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve ecr " +
		`registry auth: Post "https://registry-1.docker.io/": dial tcp 44.205.64.79:443: i/o timeout`
	return s
}

// natFinding is what the text of natStop tells.
func natFinding() classifier.Finding {
	f := classifier.Classify(natStop())
	f.Causes = open("nat-ports-exhausted").Causes
	return f
}

func TestTheMetricOfTheNATGatewayOnTheWay(t *testing.T) {
	for _, test := range []struct {
		name  string
		with  func(*Options)
		fault *awstest.Fault
		want  evidence.Answer[[]evidence.Point]
	}{
		{name: "asked", want: evidence.Is([]evidence.Point{{At: created.Add(-time.Minute), Value: 40},
			{At: created, Value: 17}, {At: created.Add(time.Minute), Value: 60}})},
		{name: "without a client", with: func(o *Options) { o.Metrics = nil },
			want: evidence.Answer[[]evidence.Point]{Reason: classifier.ReasonDeferred, Action: metricLookup}},
		{name: "of a deployment", with: func(o *Options) { o.Tier = evidence.TierDeep },
			want: evidence.Answer[[]evidence.Point]{Reason: classifier.ReasonDeferred, Action: metricLookup}},
		{name: "no answer",
			fault: &awstest.Fault{Operation: metricLookup, Refusal: awstest.Refuse("InternalError", "")},
			want:  evidence.Unanswered[[]evidence.Point](classifier.ReasonFailed, metricLookup)},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			natInUse(s)
			if test.fault != nil {
				s.Inject(*test.fault)
			}
			g, _ := newGatherer(s)
			if test.with != nil {
				test.with(&g.Options)
			}
			r := &reading{Gatherer: g, stop: natStop(), finding: natFinding()}
			readInputs(t.Context(), r)
			readNetwork(t.Context(), r)
			if diff := cmp.Diff(test.want, r.facts.Network.PortErrors); diff != "" {
				t.Errorf("-want +got:\n%s\n%s", diff, fmt.Sprint(s.Requests()))
			}
		})
	}
	t.Run("no cause that needs it", func(t *testing.T) {
		s := newServer(t)
		natInUse(s)
		if r := readingOf(t, s, natStop()); r.facts.Network.PortErrors.State != evidence.NotAsked ||
			s.Count("cloudwatch") != 0 {
			t.Errorf("%+v", r.facts.Network.PortErrors)
		}
	})
}
