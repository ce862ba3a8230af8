package running

import (
	"slices"
	"strings"
	"testing"

	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

// TestWhatIsCompared changes one thing at a time between the revision that was steady and the task's.
func TestWhatIsCompared(t *testing.T) {
	check := evidence.ContainerHealthCheck{
		Command:     []string{"CMD", "true"},
		Interval:    30,
		Timeout:     5,
		Retries:     3,
		StartPeriod: 10,
	}
	base := func() evidence.TaskDefinition {
		own := check
		return evidence.TaskDefinition{
			CPU:              256,
			Memory:           512,
			NetworkMode:      "bridge",
			ExecutionRoleARN: "arn:aws:iam::111122223333:role/exec",
			TaskRoleARN:      "arn:aws:iam::111122223333:role/task",
			Architecture:     "X86_64",
			Containers: []evidence.ContainerDefinition{
				{
					Name:              "app",
					Image:             "web:41",
					Memory:            256,
					MemoryReservation: 128,
					EntryPoint:        []string{"/init"},
					Command:           []string{"serve", "-v"},
					StopTimeout:       30,
					StartTimeout:      60,
					Essential:         true,
					Variables:         []string{"LEVEL"},
					Secrets:           map[string]string{"DB": "arn:old"},
					EnvironmentFiles:  []string{"arn:aws:s3:::web/a.env"},
					Ports:             []int64{8080},
					LogDriver:         "awslogs",
					LogOptions:        map[string]string{"mode": "blocking"},
					DependsOn:         map[string]string{"router": "START"},
					HealthCheck:       &own,
				},
				{Name: "router", Image: "router:1"},
			},
		}
	}
	app := func(change func(*evidence.ContainerDefinition)) func(*evidence.TaskDefinition) {
		return func(td *evidence.TaskDefinition) { change(&td.Containers[0]) }
	}
	const long = 81 // of a command that is not quoted
	for _, test := range []struct {
		change func(*evidence.TaskDefinition)
		want   string
	}{
		{func(*evidence.TaskDefinition) {}, ""},
		{func(td *evidence.TaskDefinition) { td.CPU = 512 }, "cpu 256 → 512"},
		{func(td *evidence.TaskDefinition) { td.Memory = 1024 }, "memory 512 → 1024"},
		{func(td *evidence.TaskDefinition) { td.NetworkMode = "" }, "network mode bridge → none"},
		{
			func(td *evidence.TaskDefinition) { td.ExecutionRoleARN = "arn:aws:iam::111122223333:role/exec-2" },
			"execution role exec → exec-2",
		},
		{func(td *evidence.TaskDefinition) { td.TaskRoleARN = "" }, "task role task → none"},
		{func(td *evidence.TaskDefinition) { td.Architecture = "ARM64" }, "architecture X86_64 → ARM64"},
		{
			func(td *evidence.TaskDefinition) {
				td.Containers = append(td.Containers, evidence.ContainerDefinition{Name: "agent"})
			},
			"new container agent",
		},
		{func(td *evidence.TaskDefinition) { td.Containers = td.Containers[:1] }, "no container router any more"},
		{app(func(d *evidence.ContainerDefinition) { d.Image = "web:42" }), "image of app web:41 → web:42"},
		{app(func(d *evidence.ContainerDefinition) { d.Memory = 512 }), "memory of app 256 → 512"},
		{app(func(d *evidence.ContainerDefinition) { d.MemoryReservation = 0 }), "memoryReservation of app 128 → 0"},
		{app(func(d *evidence.ContainerDefinition) { d.EntryPoint = nil }), "entryPoint of app [/init] → []"},
		{
			app(func(d *evidence.ContainerDefinition) { d.Command = []string{"serve", "-q"} }),
			"command of app [serve -v] → [serve -q]",
		},
		{
			app(func(d *evidence.ContainerDefinition) { d.Command = []string{strings.Repeat("x", long-1)} }),
			"command of app [serve -v] → [" + strings.Repeat("x", long-1) + "]",
		},
		{
			app(func(d *evidence.ContainerDefinition) { d.Command = []string{strings.Repeat("x", long)} }),
			"command of app changed",
		},
		{app(func(d *evidence.ContainerDefinition) { d.StopTimeout = 0 }), "stopTimeout of app 30 → 0"},
		{app(func(d *evidence.ContainerDefinition) { d.StartTimeout = 30 }), "startTimeout of app 60 → 30"},
		{app(func(d *evidence.ContainerDefinition) { d.Essential = false }), "essential of app true → false"},
		{
			app(func(d *evidence.ContainerDefinition) { d.Variables = []string{"LEVEL", "MODE"} }),
			"variable MODE of app added",
		},
		{app(func(d *evidence.ContainerDefinition) { d.Variables = nil }), "variable LEVEL of app removed"},
		{app(func(d *evidence.ContainerDefinition) { d.Secrets = nil }), "secret DB of app removed"},
		{
			app(func(d *evidence.ContainerDefinition) { d.EnvironmentFiles = nil }),
			"environment file arn:aws:s3:::web/a.env of app removed",
		},
		{
			app(func(d *evidence.ContainerDefinition) { d.Ports = []int64{8080, 9090} }),
			"ports of app [8080] → [8080 9090]",
		},
		{app(func(d *evidence.ContainerDefinition) { d.LogDriver = "" }), "log driver of app awslogs → none"},
		{
			app(func(d *evidence.ContainerDefinition) { d.LogOptions = map[string]string{"mode": "non-blocking"} }),
			"log option mode of app changed",
		},
		{app(func(d *evidence.ContainerDefinition) { d.DependsOn = nil }), "dependsOn of app changed"},
		{app(func(d *evidence.ContainerDefinition) { d.HealthCheck = nil }), "healthCheck of app changed"},
		{
			app(func(d *evidence.ContainerDefinition) { d.HealthCheck.Command = []string{"CMD", "false"} }),
			"healthCheck of app changed",
		},
		{app(func(d *evidence.ContainerDefinition) { d.HealthCheck.Interval = 10 }), "healthCheck of app changed"},
		{app(func(d *evidence.ContainerDefinition) { d.HealthCheck.Timeout = 10 }), "healthCheck of app changed"},
		{app(func(d *evidence.ContainerDefinition) { d.HealthCheck.Retries = 10 }), "healthCheck of app changed"},
		{app(func(d *evidence.ContainerDefinition) { d.HealthCheck.StartPeriod = 0 }), "healthCheck of app changed"},
	} {
		after := base()
		test.change(&after)
		if got := strings.Join(differences(base(), after), ", "); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
	for length, want := range map[int]string{
		long - 1: "command of app [" + strings.Repeat("x", long-1) +
			"] → [serve -v], log driver of app none → awslogs, healthCheck of app changed",
		long: "command of app changed, log driver of app none → awslogs, healthCheck of app changed",
	} {
		before := base()
		before.Containers[0].Command = []string{strings.Repeat("x", length)}
		before.Containers[0].LogDriver = ""
		before.Containers[0].HealthCheck = nil
		if got := strings.Join(differences(before, base()), ", "); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestAMovedImageIsNamed(t *testing.T) {
	c := failedHealthCheck()
	for _, test := range []struct {
		was, is string
		want    []string
	}{
		{
			"sha256:aaaaaaaaaaaaaaaa",
			"sha256:bbbbbbbbbbbbbbbb",
			[]string{"digest of app sha256:aaaaaaaaaaaa → sha256:bbbbbbbbbbbb"},
		},
		{"sha256:aaaaaaaaaaaaaaaa", "sha256:aaaaaaaaaaaaaaaa", nil},
		{"", "sha256:bbbbbbbbbbbbbbbb", nil},
		{"sha256:aaaaaaaaaaaaaaaa", "", nil},
		{"sha256:aa", "sha256:bb", []string{"digest of app sha256:aa → sha256:bb"}},
	} {
		c.Stop.Containers[0].ImageDigest = test.is
		if got := movedImages(c, map[string]string{"app": test.was}); !slices.Equal(got, test.want) {
			t.Errorf("%q → %q: %q", test.was, test.is, got)
		}
	}
}

// TestNothingChanged: that is told too, and nothing where either revision was not read.
func TestNothingChanged(t *testing.T) {
	c := failedHealthCheck()
	same := c.Facts.Task.TaskDefinition.Value
	same.ARN = afterArn + "task-definition/web:41"
	c.Facts.Running.Steady = evidence.Is(evidence.Steady{Source: "service deployment 7", TaskDefinition: same})
	if got := changed(c); !strings.Contains(got, "web:41") || !strings.Contains(got, "nothing that is compared") {
		t.Errorf("%q", got)
	}
	evidencetest.NoDefinition(c)
	if got := changed(c); got != "" {
		t.Errorf("without a task definition: %q", got)
	}
}

// TestChangesNeverTellValues: what may be secret is told by its name.
func TestChangesNeverTellValues(t *testing.T) {
	before := evidence.TaskDefinition{
		Containers: []evidence.ContainerDefinition{{
			Name:       "app",
			LogOptions: map[string]string{"splunk-token": "old-token"},
			Secrets:    map[string]string{"DB": "arn:old"},
		}},
	}
	after := evidence.TaskDefinition{
		Containers: []evidence.ContainerDefinition{{
			Name:       "app",
			LogOptions: map[string]string{"splunk-token": "new-token"},
			Secrets:    map[string]string{"DB": "arn:new", "KEY": "arn:key"},
		}},
	}
	got := strings.Join(differences(before, after), ", ")
	want := "secret KEY of app added, secret DB of app changed, log option splunk-token of app changed"
	if got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
