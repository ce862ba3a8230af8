package events_test

import (
	"fmt"
	"testing"
	"time"

	"whystopped/events"
)

func TestOnInstance(t *testing.T) {
	for _, c := range []struct {
		launchType, instance string
		want                 bool
	}{
		{"FARGATE", "", false},
		{"", "", false},
		{"EC2", "", true},
		{"EXTERNAL", "", true},
		{"MANAGED_INSTANCES", "", true},
		{"", "arn:aws:ecs:eu-north-1:210987654321:container-instance/shop/9a8b", true},
	} {
		s := events.Stop{LaunchType: c.launchType, ContainerInstanceARN: c.instance}
		if got := s.OnInstance(); got != c.want {
			t.Errorf("launch type %q, instance %q: %t", c.launchType, c.instance, got)
		}
	}
}

func TestPlatformBefore14(t *testing.T) {
	for version, want := range map[string]bool{
		"1.3.0":  true,
		"1.0.0":  true,
		"1.4.0":  false,
		"1.10.0": false,
		"2.0.0":  false,
		"LATEST": false,
		"1":      false,
		"":       false,
	} {
		s := events.Stop{PlatformVersion: version}
		if got := s.PlatformBefore14(); got != want {
			t.Errorf("platform version %q: %t", version, got)
		}
	}
}

func TestTaskInterface(t *testing.T) {
	s := events.Stop{Attachments: []events.Attachment{
		{Type: "elb", Details: map[string]string{"targetGroupArn": "arn:…"}},
		{
			Type: "ElasticNetworkInterface",
			Details: map[string]string{
				"subnetId":           "subnet-0a1b2c3d",
				"privateIPv4Address": "10.0.0.7",
				"privateIPv6Address": "fd00::7",
			},
		},
		{
			Type:    "Service Connect",
			Details: map[string]string{"subnetId": "subnet-99999999", "privateIPv4Address": "cut off"},
		},
	}}
	subnet, addresses := s.TaskInterface()
	if got := fmt.Sprint(subnet, addresses); got != "subnet-0a1b2c3d[10.0.0.7 fd00::7]" {
		t.Error(got)
	}
	if !s.Attached("ELB") || !s.Attached("elasticNetworkInterface") || s.Attached("eni") {
		t.Error("an attachment is known by its type, in any letter case")
	}
	if subnet, addresses := new(events.Stop).TaskInterface(); subnet != "" || addresses != nil {
		t.Error(subnet, addresses)
	}
}

func TestStarted(t *testing.T) {
	code := int64(0)
	for name, c := range map[string]struct {
		stop events.Stop
		want bool
	}{
		"a start":      {events.Stop{StartedAt: time.Unix(1, 0)}, true},
		"an exit code": {events.Stop{Containers: []events.Container{{}, {ExitCode: &code}}}, true},
		"neither":      {events.Stop{CreatedAt: time.Unix(1, 0), Containers: []events.Container{{}}}, false},
	} {
		if got := c.stop.Started(); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestStopTook(t *testing.T) {
	began := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		began, ended time.Time
		took         time.Duration
		known        bool
	}{
		"after the stop began": {began, began.Add(31 * time.Second), 31 * time.Second, true},
		"at the same time":     {began, began, 0, true},
		"by itself":            {began, began.Add(-time.Second), -time.Second, true},
		"no stop":              {time.Time{}, began, 0, false},
		"no end":               {began, time.Time{}, 0, false},
	} {
		s := events.Stop{StoppingAt: c.began, ExecutionStoppedAt: c.ended}
		if took, known := s.StopTook(); took != c.took || known != c.known || s.EndedBeforeStop() != (c.took < 0) {
			t.Errorf("%s: %s, %t, ended before the stop: %t", name, took, known, s.EndedBeforeStop())
		}
	}
}
