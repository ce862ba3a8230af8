package running

import (
	"slices"
	"testing"

	"whystopped/evidence"
)

func TestHeaps(t *testing.T) {
	for _, tt := range []struct {
		name      string
		command   []string
		variables map[string]string
		want      []evidence.Heap
	}{
		{name: "nothing"},
		{
			name:    "java's command line",
			command: []string{"/usr/bin/java", "-Xms64m", "-Xmx2g", "-jar", "app.jar"},
			want:    []evidence.Heap{{Setting: "-Xmx in the command", MiB: 2048}},
		},
		{
			name:    "a shell that starts java",
			command: []string{"sh", "-c", "exec java -Xmx512m -jar app.jar"},
			want:    []evidence.Heap{{Setting: "-Xmx in the command", MiB: 512}},
		},
		{
			name:    "the last of two",
			command: []string{"java", "-Xmx1g", "-XX:MaxHeapSize=1048576k"},
			want:    []evidence.Heap{{Setting: "-Xmx in the command", MiB: 1024}},
		},
		{
			name:    "bytes",
			command: []string{"java", "-Xmx1073741824"},
			want:    []evidence.Heap{{Setting: "-Xmx in the command", MiB: 1024}},
		},
		{
			name:    "an option of another program",
			command: []string{"/srv/start", "-Xmx2g"},
		},
		{
			name:      "the variable that Java reads",
			command:   []string{"/srv/start"},
			variables: map[string]string{"JAVA_TOOL_OPTIONS": "-Dx=y -Xmx768M", "JAVA_OPTS": "-Xmx9g"},
			want:      []evidence.Heap{{Setting: "-Xmx in JAVA_TOOL_OPTIONS", MiB: 768}},
		},
		{
			name:      "the command line counts more than the variable",
			command:   []string{"java", "-Xmx256m"},
			variables: map[string]string{"JAVA_TOOL_OPTIONS": "-Xmx2g"},
			want:      []evidence.Heap{{Setting: "-Xmx in the command", MiB: 256}},
		},
		{
			name:      "one variable counts more than the command line",
			command:   []string{"java", "-Xmx256m"},
			variables: map[string]string{"_JAVA_OPTIONS": "-Xmx2g"},
			want:      []evidence.Heap{{Setting: "-Xmx in _JAVA_OPTIONS", MiB: 2048}},
		},
		{
			name:      "Node.js",
			variables: map[string]string{"NODE_OPTIONS": "--enable-source-maps --max_old_space_size=4096"},
			want:      []evidence.Heap{{Setting: "--max-old-space-size in NODE_OPTIONS", MiB: 4096}},
		},
		{
			name:    "Node.js with the number apart",
			command: []string{"node", "--max-old-space-size", "300", "server.js"},
			want:    []evidence.Heap{{Setting: "--max-old-space-size in the command", MiB: 300}},
		},
		{
			name: "no number, and one that is too long for one",
			variables: map[string]string{"NODE_OPTIONS": "--max-old-space-size=lots",
				"JAVA_TOOL_OPTIONS": "-Xmx12345678901234g"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Heaps(tt.command, tt.variables); !slices.Equal(got, tt.want) {
				t.Errorf("Heaps = %v, want %v", got, tt.want)
			}
		})
	}
}
