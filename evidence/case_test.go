package evidence

import "testing"

func TestOverridden(t *testing.T) {
	for _, tt := range []struct {
		name, raw, service string
		want               bool
	}{
		{name: "nobody tells", raw: `{"taskArn":"x"}`, want: true},
		{name: "no document", raw: ``, want: true},
		{name: "a task of a service", raw: `{"taskArn":"x"}`, service: "web"},
		{name: "none", raw: `{"overrides":{"containerOverrides":[{"name":"app"}]}}`},
		{name: "none at all", raw: `{"overrides":{}}`},
		{name: "a command", raw: `{"overrides":{"containerOverrides":[{"name":"app","command":["x"]}]}}`, want: true},
		{
			name: "a variable, in an event",
			raw: `{"detail":{"overrides":{"containerOverrides":[{"name":"app","environment":` +
				`[{"name":"A","value":"b"}]}]}}}`,
			want: true,
		},
		{name: "another container's", raw: `{"overrides":{"containerOverrides":[{"name":"b","command":["x"]}]}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := Case{}
			c.Stop.Raw, c.Stop.Service = []byte(tt.raw), tt.service
			if got := c.Overridden("app"); got != tt.want {
				t.Errorf("Overridden = %t, want %t", got, tt.want)
			}
		})
	}
}
