package lookup

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"whystopped/classifier"
	"whystopped/evidence"
)

// hubJob is a task whose definition names an image without a host, with mounts, heaps and a GPU.
var hubJob = object{
	"taskDefinitionArn": arn + "task-definition/job:7",
	"compatibilities":   []string{"EXTERNAL", "EC2"},
	"containerDefinitions": []object{{
		"name":       "app",
		"image":      "team/job:6",
		"entryPoint": []string{"java", "-Xmx1g"},
		"command":    []string{"-jar", "app.jar"},
		"environment": []object{
			{"name": "JAVA_TOOL_OPTIONS", "value": "-Xmx2g -Dpassword=do-not-keep"},
			{"name": "NODE_OPTIONS", "value": "--max-old-space-size=300"},
		},
		"mountPoints": []object{
			{"sourceVolume": "data", "containerPath": "/srv", "readOnly": true},
			{"sourceVolume": "scratch", "containerPath": "/srv/tmp"},
		},
		"portMappings": []object{
			{"containerPort": 80, "hostPort": 8080, "protocol": "tcp"},
			{"containerPort": 53, "hostPort": 53, "protocol": "tcp"},
			{"containerPort": 53, "hostPort": 53, "protocol": "udp"},
		},
		"volumesFrom": []object{{"sourceContainer": "sidecar"}},
		"resourceRequirements": []object{
			{"type": "GPU", "value": "2"},
			{"type": "InferenceAccelerator", "value": "device_1"},
		},
	}},
}

func TestTaskDefinitionIsReadWithoutValues(t *testing.T) {
	s := newServer(t)
	s.Put("ecs:DescribeTaskDefinition", hubJob)
	g, _ := newGatherer(s)
	got := taskDefinition(t.Context(), newReading(g), arn+"task-definition/job:7")
	want := evidence.Is(evidence.TaskDefinition{
		ARN:    arn + "task-definition/job:7",
		RunsOn: []string{"EXTERNAL", "EC2"},
		Containers: []evidence.ContainerDefinition{{
			Name:       "app",
			Image:      "team/job:6",
			Essential:  true,
			EntryPoint: []string{"java", "-Xmx1g"},
			Command:    []string{"-jar", "app.jar"},
			Variables:  []string{"JAVA_TOOL_OPTIONS", "NODE_OPTIONS"},
			Heaps: []evidence.Heap{
				{Setting: "-Xmx in the command", MiB: 1024},
				{Setting: "--max-old-space-size in NODE_OPTIONS", MiB: 300},
			},
			Mounts: []evidence.Mount{
				{Volume: "data", Path: "/srv", ReadOnly: true},
				{Volume: "scratch", Path: "/srv/tmp"},
			},
			Ports:      []int64{80, 53, 53},
			HostPorts:  []evidence.HostPort{{Number: 8080}, {Number: 53}, {Number: 53, UDP: true}},
			MountsFrom: []string{"sidecar"},
			GPUs:       2,
		}},
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestAnImageWithoutAHostIsLookedForInECR: once, and only where that is in question.
func TestAnImageWithoutAHostIsLookedForInECR(t *testing.T) {
	for cause, asked := range map[string]int{"image-registry-host-missing": 1, "image-tag-missing": 0} {
		s := newServer(t)
		job(s)
		s.Clear("ecs:DescribeTaskDefinition")
		s.Put("ecs:DescribeTaskDefinition", hubJob)
		g, _ := newGatherer(s)
		stop := jobStop()
		stop.Containers[0].Image = "team/job:6"
		got := things(t, g, stop, about7(classifier.Image, classifier.NotFound, cause))
		image := got.Images["ecr "+region+" "+account+" team/job:6"]
		if s.Count("ecr:DescribeImages") != asked || (image.State == evidence.Known) != (asked > 0) {
			t.Errorf("%s: %+v after %q", cause, got.Images, s.Requests())
		}
	}
}
