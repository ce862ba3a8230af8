package lookup

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/lookup/awstest"
)

// TestAnInstanceThatRunsIsLookedAt: its status checks, its root volume and what is left of its burst credits, each only
// where an open cause is about it.
func TestAnInstanceThatRunsIsLookedAt(t *testing.T) {
	since := created.Add(-time.Hour)
	failing := evidence.Is([]evidence.Impairment{{Check: "system", Since: since}})
	disk := evidence.Is(evidence.Disk{ID: "vol-0a1", Type: "gp2", GiB: 30})
	for _, test := range []struct {
		name   string
		causes []string
		change func(*awstest.Server, *Gatherer)
		want   evidence.Running
		points int
	}{
		{name: "Docker does not answer", causes: []string{"docker-unresponsive"}, points: 1,
			want: evidence.Running{Impairments: failing, Disk: disk,
				Burst: evidence.Is([]evidence.Point{{At: created, Value: 0.5}})}},
		{
			name:   "the function, which asks for no metrics",
			causes: []string{"docker-unresponsive"},
			change: func(_ *awstest.Server, g *Gatherer) { g.Metrics = nil },
			want: evidence.Running{Impairments: failing, Disk: disk, Burst: evidence.Answer[[]evidence.Point]{
				Reason: classifier.ReasonDeferred, Action: "cloudwatch:GetMetricStatistics"}},
		},
		{name: "its host is impaired", causes: []string{"host-impaired"}, want: evidence.Running{Impairments: failing}},
		{name: "its disk is full", causes: []string{"host-disk-full"}, want: evidence.Running{Disk: disk}},
		{name: "nothing of that", causes: []string{"instance-draining"}},
		{
			name:   "it passes its checks",
			causes: []string{"host-impaired"},
			change: func(s *awstest.Server, _ *Gatherer) {
				s.Clear("ec2:DescribeInstanceStatus")
				s.Put("ec2:DescribeInstanceStatus", object{"instanceId": "i-0a1",
					"systemStatus": object{"status": "ok"}, "instanceStatus": object{"status": "ok"}})
			},
			want: evidence.Running{Impairments: evidence.Is[[]evidence.Impairment](nil)},
		},
		{
			name:   "it is gone by now",
			causes: []string{"host-impaired", "host-disk-full"},
			change: func(s *awstest.Server, _ *Gatherer) {
				s.Clear("ec2:DescribeInstanceStatus")
				s.Clear("ec2:DescribeVolumes")
			},
			want: evidence.Running{Impairments: evidence.None[[]evidence.Impairment](),
				Disk: evidence.None[evidence.Disk]()},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			failed := object{"name": "reachability", "status": "failed", "impairedSince": since.Format(time.RFC3339)}
			s.Put("ec2:DescribeInstanceStatus", object{"instanceId": "i-0a1",
				"systemStatus":   object{"status": "impaired", "details": []object{failed}},
				"instanceStatus": object{"status": "ok"}})
			s.Put("ec2:DescribeVolumes", object{"volumeId": "vol-0a1", "volumeType": "gp2", "size": 30})
			g, _ := newGatherer(s)
			asked := 0
			g.Metrics = func(_ context.Context, _ aws.Config, m Metric) ([]evidence.Point, error) {
				if asked++; m.Name != "BurstBalance" || m.Dimensions["VolumeId"] != "vol-0a1" ||
					!m.From.Before(created) || m.To.Before(created) {
					t.Errorf("%+v", m)
				}
				return []evidence.Point{{At: created, Value: 0.5}}, nil
			}
			if test.change != nil {
				test.change(s, g)
			}
			r := &reading{Gatherer: g, stop: fargateStop()}
			for _, cause := range test.causes {
				r.finding.Causes = append(r.finding.Causes,
					classifier.Proof{Cause: cause, Result: classifier.NotChecked})
			}
			r.facts.Task.Instance.Value.EC2.Value = evidence.Instance{ID: "i-0a1", State: "running",
				RootVolume: "vol-0a1"}
			readHost(t.Context(), r)
			if diff := cmp.Diff(test.want, r.facts.Running); diff != "" || asked != test.points {
				t.Errorf("metrics asked %d times, %s", asked, diff)
			}
		})
	}
}
