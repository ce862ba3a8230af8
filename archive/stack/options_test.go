package stack

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whystopped/events"
)

func TestOptionsAreReadAsTheyWereWritten(t *testing.T) {
	for _, o := range []Options{
		{
			Capture:       events.CaptureFailures,
			LogGroup:      LogGroup,
			RetentionDays: 30,
			Architecture:  "arm64",
			Memory:        256,
			AlarmFailures: 3,
		},
		{
			Capture:             events.CaptureAll,
			Clusters:            []string{"shop"},
			Services:            []string{"web", "api"},
			Families:            []string{"job"},
			TaskDefinitions:     []string{"web:42"},
			ExcludeClusters:     []string{"dev"},
			ExcludeFamilies:     []string{"noise"},
			ExistingLogGroup:    "/kept/by/another",
			Architecture:        "x86_64",
			Memory:              512,
			ReservedConcurrency: 5,
			Evidence:            "policies",
			LogTail:             On,
			LogTailGroups:       []string{"/ecs/*", "/team/web"},
			NotifyEmail:         "on-call@example.com",
			NotifyTopicARN:      "arn:aws:sns:eu-west-3:111122223333:stops",
			AlarmTopicARN:       "arn:aws:sns:eu-west-3:111122223333:alarms",
			AlarmFailures:       1,
			CaptureContainers:   events.CaptureAll,
			CaptureServices:     On,
			CaptureRequests:     On,
			CaptureWatcher:      Off,
			Added:               Added{Remember: On, ServiceMetrics: Off},
		},
	} {
		text, err := o.Encode()
		if err != nil {
			t.Fatal(err)
		}
		added, err := o.Added.Encode()
		if err != nil {
			t.Fatal(err)
		}
		read, err := ParseOptions(text, added)
		if diff := cmp.Diff(o, read); diff != "" || err != nil {
			t.Errorf("%s is read (%v) with -want +got\n%s", text, err, diff)
		}
	}
}

// TestOptionsOfADeploymentWithoutEvidenceAreRead: they are of a stack from before the option.
func TestOptionsOfADeploymentWithoutEvidenceAreRead(t *testing.T) {
	o, err := ParseOptions(`{"capture":"failures","logGroup":"/whystopped/stops","retentionDays":30,`+
		`"architecture":"arm64","memory":256,"alarmFailures":3}`, "")
	if err != nil || o.Evidence != "" || o.LogTail != "" || o.Remember != "" || o.Unknown != nil {
		t.Errorf("%+v, %v", o, err)
	}
}

// TestOlderCommandLinesReadTheOptions: those of the release before refuse an option that they do not know, and read no
// other variable.
func TestOlderCommandLinesReadTheOptions(t *testing.T) {
	known := strings.Fields(`alarmFailures alarmTopicArn architecture capture captureContainers captureRequests
		captureServices captureWatcher clusters evidence excludeClusters excludeFamilies existingLogGroup families logGroup
		logTail logTailGroups memory notifyEmail notifyTopicArn reservedConcurrency retentionDays services taskDefinitions`)
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Options]()) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if len(f.Index) == 1 && name != "-" && !slices.Contains(known, name) {
			t.Errorf("%s stands where the command line of the release before refuses it: it belongs into Added", name)
		}
	}
}

// TestOptionsOfTheReleaseBeforeAreRead reads what a deployment of it has by default.
func TestOptionsOfTheReleaseBeforeAreRead(t *testing.T) {
	o, err := ParseOptions(`{"capture":"failures","captureContainers":"failures","captureServices":"on",`+
		`"captureRequests":"off","captureWatcher":"on","logGroup":"/whystopped/stops","retentionDays":30,`+
		`"architecture":"arm64","memory":256,"evidence":"describe","logTail":"off","alarmFailures":3}`, "")
	if err != nil || o.Unknown != nil || o.Added != (Added{}) {
		t.Fatalf("%+v (%v)", o, err)
	}
	if rules, err := o.Rules("111122223333", "eu-west-3"); err != nil || len(rules) != 4 ||
		rules[0].Name != CaptureRule || o.ArchiveGroup() != LogGroup {
		t.Errorf("%+v (%v)", rules, err)
	}
}

func TestParseOptionsRefusesWhatIsNotJSON(t *testing.T) {
	for _, tt := range []struct{ options, added, names string }{
		{"", "", EnvOptions}, {"{", "", EnvOptions}, {`{"memory":"much"}`, "", EnvOptions}, {"{}", "[]", EnvAdded},
	} {
		if o, err := ParseOptions(tt.options, tt.added); err == nil || !strings.Contains(err.Error(), tt.names+" ") ||
			!strings.Contains(err.Error(), "deploy again") {
			t.Errorf("ParseOptions(%q, %q) = %+v, %v, want an error that names %s and what to do", tt.options,
				tt.added, o, err, tt.names)
		}
	}
}

// TestOptionsOfALaterVersionAreNamed: what is known of them is read all the same.
func TestOptionsOfALaterVersionAreNamed(t *testing.T) {
	o, err := ParseOptions(`{"memory":512,"weekdays":["monday"],"-":1}`, `{"remember":"on","tides":15,"memory":1}`)
	want := Options{Memory: 512, Added: Added{Remember: On}, Unknown: []string{"-", "weekdays", "memory", "tides"}}
	if diff := cmp.Diff(want, o); diff != "" || err != nil {
		t.Errorf("%v, -want +got\n%s", err, diff)
	}
}

func TestArchiveGroup(t *testing.T) {
	if got := (Options{LogGroup: "/own"}).ArchiveGroup(); got != "/own" {
		t.Errorf("ArchiveGroup() = %q, want /own", got)
	}
	if got := (Options{ExistingLogGroup: "/theirs"}).ArchiveGroup(); got != "/theirs" {
		t.Errorf("ArchiveGroup() = %q, want /theirs", got)
	}
}

// TestOptionsGiveTheirPattern sets each option that events knows and sees that the pattern knows it.
func TestOptionsGiveTheirPattern(t *testing.T) {
	fields := reflect.TypeFor[events.Options]()
	for i := range fields.NumField() {
		name := fields.Field(i).Name
		var o Options
		var e events.Options
		for _, target := range []reflect.Value{reflect.ValueOf(&o).Elem(), reflect.ValueOf(&e).Elem()} {
			field := target.FieldByName(name)
			switch {
			case !field.IsValid():
				t.Fatalf("Options has no field %s", name)
			case name == "Capture":
				field.SetString(string(events.CaptureAll))
			case name == "TaskDefinitions":
				field.Set(reflect.ValueOf([]string{"web:42"}))
			default:
				field.Set(reflect.ValueOf([]string{"some"}))
			}
		}
		got, err := o.CapturePattern()
		if err != nil {
			t.Fatal(err)
		}
		want, err := events.CapturePattern(e)
		if string(got) != string(want) || err != nil {
			t.Errorf("%s: the pattern is %s, want %s (%v)", name, got, want, err)
		}
	}
}

func TestRules(t *testing.T) {
	every := Options{CaptureContainers: events.CaptureAll, CaptureServices: On, CaptureRequests: On, CaptureWatcher: On,
		Added: Added{CaptureHooks: On, CaptureInstances: On, CaptureJobs: On}}
	for _, c := range []struct {
		name   string
		change func(*Options)
		want   string
	}{
		{"every", func(*Options) {}, "capture containers services requests hooks instances jobs watcher"},
		{"of an older deployment", func(o *Options) { *o = Options{} }, "capture"},
		{
			"off",
			func(o *Options) {
				*o = Options{CaptureContainers: Off, CaptureServices: Off, CaptureRequests: Off, CaptureWatcher: Off,
					Added: Added{CaptureHooks: Off, CaptureInstances: Off, CaptureJobs: Off}}
			},
			"capture",
		},
		{"services alone", func(o *Options) { o.Services = []string{"web"} },
			"capture containers services hooks instances watcher"},
		{"families alone", func(o *Options) { o.Families = []string{"job"} },
			"capture containers requests instances watcher"},
		{
			"both",
			func(o *Options) { o.Services, o.Families = []string{"web"}, []string{"job"} },
			"capture containers services requests hooks instances watcher",
		},
	} {
		o := every
		c.change(&o)
		rules, err := o.Rules("111122223333", "eu-west-1")
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, r := range rules {
			names = append(names, strings.TrimPrefix(r.Name, "whystopped-"))
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	failures, err := Options{CaptureContainers: events.CaptureFailures}.Rules("111122223333", "eu-west-1")
	all, _ := every.Rules("111122223333", "eu-west-1")
	if err != nil || string(failures[1].Pattern) == string(all[1].Pattern) ||
		!strings.Contains(string(failures[1].Pattern), "exitCode") {
		t.Errorf("captureContainers makes no difference: %s", failures[1].Pattern)
	}
	every.Services = []string{"a b"}
	if _, err := every.Rules("111122223333", "eu-west-1"); err == nil || !strings.Contains(err.Error(), "services:") {
		t.Errorf("a name that is none: %v", err)
	}
}
