package screen

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

// TestDefaultsOfFlags: a flag counts before its variable, this before what AWS's own variables say, these before the
// file.
func TestDefaultsOfFlags(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config")
	for _, test := range []struct {
		name string
		env  map[string]string
		file string
		args []string
		want string // cluster, profile and region
		says string // the error
	}{
		{name: "none", want: "  "},
		{name: "variables", env: map[string]string{"WHYSTOPPED_CLUSTER": "prod", "WHYSTOPPED_PROFILE": "ops"},
			want: "prod ops "},
		{name: "file", file: "# mine\n\ncluster = prod\r\n profile=ops\nregion = eu-west-1\n",
			want: "prod ops eu-west-1"},
		{name: "a variable before the file", file: "cluster = prod",
			env: map[string]string{"WHYSTOPPED_CLUSTER": "dev"}, want: "dev  "},
		{name: "a flag before both", file: "cluster = prod", env: map[string]string{"WHYSTOPPED_CLUSTER": "dev"},
			args: []string{"--cluster", "qa"}, want: "qa  "},
		{name: "an empty flag is given", env: map[string]string{"WHYSTOPPED_CLUSTER": "dev"},
			args: []string{"--cluster", ""}, want: "  "},
		{name: "credentials of the environment before a profile of the file", file: "profile = ops\nregion = eu-west-1",
			env: map[string]string{"AWS_ACCESS_KEY_ID": "AKIA"}, want: "  eu-west-1"},
		{name: "a profile of the environment before the file's", file: "profile = ops",
			env: map[string]string{"AWS_PROFILE": "dev"}, want: "  "},
		{name: "a Region of the environment before the file's", file: "region = eu-west-1",
			env: map[string]string{"AWS_REGION": "us-east-1"}, want: "  "},
		{name: "what only another command has", file: "from = logs:", want: "  "},
		{name: "misspelt", file: "cluster = prod\nprofil = ops",
			says: "line 2: there is no default of \"profil\"; did you mean profile?"},
		{name: "unknown", file: "colour = red", says: `there is no default of "colour": use from, cluster, profile, region`},
		{name: "no value", file: "cluster", says: "line 1: must be a flag, = and a value, such as cluster = prod"},
		{name: "twice", file: "cluster = a\ncluster = b", says: "line 2: cluster has a default already"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, d := range defaults {
				for _, variable := range append([]string{d.variable}, d.before...) {
					t.Setenv(variable, test.env[variable])
				}
			}
			t.Setenv(defaultsFile, file)
			if err := os.WriteFile(file, []byte(test.file), 0o600); err != nil {
				t.Fatal(err)
			}
			got := ""
			c := &cobra.Command{Use: "try", RunE: func(c *cobra.Command, _ []string) error {
				var values []string
				for _, name := range []string{"cluster", "profile", "region"} {
					values = append(values, c.Flags().Lookup(name).Value.String())
					if given := c.Flags().Changed(name); given != (len(test.args) > 0 && name == "cluster") {
						t.Errorf("--%s counts as given: %t", name, given)
					}
				}
				got = strings.Join(values, " ")
				return nil
			}}
			for _, name := range []string{"cluster", "profile", "region"} {
				c.Flags().String(name, "", "the "+name)
			}
			Inherit(c, "cluster", "profile", "region")
			var stdout, stderr bytes.Buffer
			code := Run([]*cobra.Command{c}, append([]string{"try"}, test.args...), nil, &stdout, &stderr)
			if wantCode := map[bool]int{true: ExitOK, false: ExitBad}[test.says == ""]; code != wantCode ||
				!strings.Contains(stderr.String(), test.says) {
				t.Errorf("exit code %d: %s", code, &stderr)
			}
			if diff := cmp.Diff(test.want, got); test.says == "" && diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestAFileOfDefaultsThatIsNamedMustBeThere: the one in the user's configuration need not be.
func TestAFileOfDefaultsThatIsNamedMustBeThere(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	if values, err := readDefaults(); err != nil || len(values) > 0 {
		t.Errorf("%v, %v", values, err)
	}
	t.Setenv(defaultsFile, filepath.Join(t.TempDir(), "config"))
	if _, err := readDefaults(); err == nil {
		t.Error("a file that is not there is read")
	}
}

func TestThePageNamesTheDefaults(t *testing.T) {
	page, err := os.ReadFile("../../../docs/terminal.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range defaults {
		if !strings.Contains(string(page), "| `--"+d.flag+"` | `"+d.variable+"` |") {
			t.Errorf("docs/terminal.md lacks --%s and %s", d.flag, d.variable)
		}
	}
}

func FuzzParseDefaults(f *testing.F) {
	for _, text := range []string{"cluster = prod\n# a\n\nprofile=ops", "=", "cluster", "\ufefffrom = logs:"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		values, err := parseDefaults(text)
		for flag, value := range values {
			if flag == "" || value == "" || strings.ContainsAny(flag+value, "\n") {
				t.Errorf("%q reads as %q: %q", text, flag, value)
			}
		}
		if err != nil && values != nil {
			t.Errorf("%q: %v and %v", text, values, err)
		}
	})
}
