package account

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"whystopped/archive/cwlogs/cwlogstest"
	"whystopped/cmd/whystopped/screen"
	"whystopped/cmd/whystopped/screen/screentest"
)

// oneSentence fails for what is not one line in our own words: the SDK's chains hold these.
func oneSentence(t *testing.T, stderr string) {
	t.Helper()
	if len(screentest.Sentences(stderr)) != 1 {
		t.Errorf("is not one sentence:\n%s", stderr)
	}
	for _, words := range []string{"operation error", "api error", "https response", "RequestID", "get identity"} {
		if strings.Contains(stderr, words) {
			t.Errorf("tells the SDK's %q:\n%s", words, stderr)
		}
	}
}

func TestWhatAWSRefusesIsOneSentence(t *testing.T) {
	for _, test := range []struct {
		code, message string
		want          string
	}{
		{
			"ExpiredTokenException", "The security token included in the request is expired",
			"the AWS credentials have expired: log in again\n    aws sso login\n",
		},
		{
			"ExpiredToken", "The provided token has expired.",
			"the AWS credentials have expired: log in again",
		},
		{
			"UnrecognizedClientException", "The security token included in the request is invalid.",
			`AWS does not take these credentials for the cluster "prod" in eu-west-1: log in again`,
		},
		{
			"InvalidSignatureException", "Signature not yet current: 20260301T100000Z is still later than …",
			"InvalidSignatureException: Signature not yet current",
		},
		{
			"AccessDeniedException", "User: me is not authorized to perform: ecs:ListTasks with an explicit deny",
			`not allowed to call ecs:ListTasks: allow it on the cluster "prod" in eu-west-1: ` +
				"AccessDeniedException: User: me is not authorized",
		},
		{
			"ThrottlingException", "Rate exceeded",
			`AWS throttles ecs:ListTasks on the cluster "prod" in eu-west-1: wait a minute and run the command again`,
		},
		{
			"ServerException", "Service Unavailable. Please try again later.",
			`ecs:ListTasks on the cluster "prod" in eu-west-1: ServerException: Service Unavailable.`,
		},
		{
			"ClusterNotFoundException", "Cluster not found.",
			"no cluster \"prod\" in eu-west-1\n    aws ecs list-clusters --region eu-west-1\n    → names those that " +
				"there are",
		},
	} {
		t.Run(test.code, func(t *testing.T) {
			a := newAccount(t)
			a.ecs.inject(awsFault{operation: "ListTasks", refusal: *refuseWith(test.code, "%s", test.message)})
			stdout, stderr := whystopped(t, screen.ExitBad, "backfill", "--cluster", "prod", "--to", t.TempDir())
			if oneSentence(t, stderr); !strings.HasPrefix(stderr, "whystopped: ") || !strings.Contains(stderr,
				test.want) || stdout != "" {
				t.Errorf("lacks %q:\n%s%s", test.want, stdout, stderr)
			}
		})
	}
}

// TestWhatALogGroupRefusesIsOneSentence: what the store knows of group and streams is told, without the SDK's words.
func TestWhatALogGroupRefusesIsOneSentence(t *testing.T) {
	for _, test := range []struct {
		name  string
		fault cwlogstest.Fault
		want  string
	}{
		{"denied", cwlogstest.Denied("FilterLogEvents"),
			"not allowed to call logs:FilterLogEvents: allow it on the log group \"/whystopped/stops\" in eu-west-1"},
		{"expired", cwlogstest.Fault{Operation: "FilterLogEvents", Status: http.StatusBadRequest,
			Code: "ExpiredTokenException", Message: "The security token included in the request is expired"},
			"the AWS credentials have expired: log in again"},
		{"missing", cwlogstest.Fault{Operation: "FilterLogEvents", Status: http.StatusBadRequest,
			Code: "ResourceNotFoundException", Message: "The specified log group does not exist."},
			`no log group "/whystopped/stops" in eu-west-1: deploy whystopped there`},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := newAccount(t)
			a.ecs.stop("prod", crashedTasks("prod", 1))
			a.logs.Inject(test.fault)
			_, stderr := whystopped(t, screen.ExitBad, "backfill", "--cluster", "prod", "--to", "logs:", "--all")
			if oneSentence(t, stderr); !strings.Contains(stderr, test.want) {
				t.Errorf("lacks %q:\n%s", test.want, stderr)
			}
		})
	}
}

func TestWithoutCredentialsOneSentenceSaysWhatToDo(t *testing.T) {
	for _, test := range []struct {
		name    string
		profile string // of the shared configuration
		want    string
	}{
		{"nothing", "", "no AWS credentials: log in, or name a profile that has them with --profile or AWS_PROFILE\n"},
		{"SSO", "sso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\n" +
			"sso_account_id = 111122223333\nsso_role_name = oncall\n",
			"there is no AWS SSO session, or it has expired\n    aws sso login\n"},
		{"SSO session", "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = oncall\n" +
			"[sso-session corp]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\n",
			"there is no AWS SSO session, or it has expired\n    aws sso login\n"},
		{"process", "credential_process = sh -c 'exit 3'\n",
			"--profile or AWS_PROFILE: exit status 3"},
	} {
		t.Run(test.name, func(t *testing.T) {
			newAccount(t)
			t.Setenv("HOME", t.TempDir())
			for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
				t.Setenv(name, "")
			}
			if test.profile != "" {
				file := filepath.Join(t.TempDir(), "config")
				if err := os.WriteFile(file, []byte("[profile oncall]\n"+test.profile), 0o600); err != nil {
					t.Fatal(err)
				}
				t.Setenv("AWS_CONFIG_FILE", file)
				t.Setenv("AWS_PROFILE", "oncall")
			}
			_, stderr := whystopped(t, screen.ExitBad, "backfill", "--cluster", "prod", "--to", t.TempDir())
			if oneSentence(t, stderr); !strings.Contains(stderr, test.want) {
				t.Errorf("lacks %q:\n%s", test.want, stderr)
			}
		})
	}
}

func TestWhatCannotBeReachedIsOneSentence(t *testing.T) {
	newAccount(t)
	t.Setenv("AWS_ENDPOINT_URL_ECS", "http://127.0.0.1:1")
	_, stderr := whystopped(t, screen.ExitBad, "backfill", "--cluster", "prod", "--to", t.TempDir())
	want := fmt.Sprintf("no answer to ecs:ListTasks on the cluster %q in eu-west-1: check the network", "prod")
	if oneSentence(t, stderr); !strings.Contains(stderr, want) || !strings.Contains(stderr, "connection refused") {
		t.Errorf("lacks %q:\n%s", want, stderr)
	}
}

// TestTroubleshootingQuotesWhatIsSaid: people search the page for the words of an error.
func TestTroubleshootingQuotesWhatIsSaid(t *testing.T) {
	page, err := os.ReadFile("../../../docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "\n| it says |")
	table, _, _ = strings.Cut(table, "\n\n")
	var source []byte
	for _, file := range []string{"refused.go", "doctor.go"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		source = append(source, text...)
	}
	quoted := regexp.MustCompile("(?m)^\\| `([^`]+)`").FindAllStringSubmatch(table, -1)
	for _, q := range quoted {
		if !strings.Contains(string(source), q[1]) {
			t.Errorf("docs/troubleshooting.md quotes %q, which nothing says", q[1])
		}
	}
	if len(quoted) < 5 {
		t.Errorf("only %d errors are quoted", len(quoted))
	}
}
