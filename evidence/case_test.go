package evidence

import (
	"testing"

	"whystopped/events"
)

func TestOverridden(t *testing.T) {
	const task = `{"taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/shop/5f0e","lastStatus":"STOPPED",` +
		`"containers":[{"name":"app"}],`
	for _, tt := range []struct {
		name, raw string
		want      bool
	}{
		{name: "nobody tells", raw: `"group":"family:orders"}`, want: true},
		{name: "a task of a service", raw: `"group":"service:web"}`},
		{name: "none", raw: `"overrides":{"containerOverrides":[{"name":"app"}]}}`},
		{name: "none at all", raw: `"overrides":{}}`},
		{name: "a command", raw: `"overrides":{"containerOverrides":[{"name":"app","command":["x"]}]}}`, want: true},
		{
			name: "a variable",
			raw:  `"overrides":{"containerOverrides":[{"name":"app","environment":[{"name":"A","value":"b"}]}]}}`,
			want: true,
		},
		{name: "another container's", raw: `"overrides":{"containerOverrides":[{"name":"b","command":["x"]}]}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, document := range []string{task + tt.raw, `{"detail-type":"ECS Task State Change",` +
				`"source":"aws.ecs","detail":` + task + tt.raw + `}`} {
				stops, err := events.Parse([]byte(document))
				if err != nil || len(stops) != 1 {
					t.Fatal(err)
				}
				c := Case{Stop: stops[0]}
				if got := c.Overridden("app"); got != tt.want {
					t.Errorf("Overridden = %t, want %t: %s", got, tt.want, document)
				}
			}
		})
	}
}
