package redact

import (
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// example is a token of a form, made up.
func (t *token) example(r *rand.Rand, start string) (whole, secret string) {
	body := make([]byte, t.Least+r.IntN(8))
	may := t.Body
	if may == inPath {
		may = "A-Za-z0-9/"
	}
	in := bytesIn(may)
	var among []byte
	for _, c := range []byte(alnum) {
		if in[c] {
			among = append(among, c)
		}
	}
	for i := range body {
		body[i] = among[r.IntN(len(among))]
	}
	return start + string(body), string(body)
}

// TestTokens: every form is masked with no name beside it, and what has the beginning alone is not.
func TestTokens(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 3))
	seen := map[string]bool{}
	for _, form := range tokens {
		if form.Source == "" || form.ID == "" || seen[form.ID] {
			t.Errorf("%s: an id of its own and a source must be given", form.ID)
		}
		seen[form.ID] = true
		for _, start := range form.Starts {
			if len(start) < 3 {
				t.Errorf("%s: %s is too short to be looked for", form.ID, start)
			}
			whole, secret := form.example(r, start)
			for _, around := range []string{"%s", "pull failed with %s here", `{"a":"%s"}`, "a=%s, b", "(%s)",
				`x\n%s\ny`} {
				got := Text(strings.ReplaceAll(around, "%s", whole))
				if shows(got, secret) {
					t.Errorf("%s: %s", form.ID, got)
				}
				if form.Keep && !strings.Contains(got, start) {
					t.Errorf("%s: the address is lost: %s", form.ID, got)
				}
			}
			if bare := "a " + start + " b"; Text(bare) != bare {
				t.Errorf("%s: %q became %q", form.ID, bare, Text(bare))
			}
		}
	}
}

// TestSecretlint: what each rule of secretlint's recommended preset finds is masked, or left for a reason.
func TestSecretlint(t *testing.T) {
	file, err := os.ReadFile("testdata/secretlint-11.7.1.txt")
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(15, 4))
	body := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = alnum[r.IntN(len(alnum))]
		}
		return string(b)
	}
	row := func(id string) string {
		i := slices.IndexFunc(tokens, func(t token) bool { return t.ID == id })
		if i < 0 {
			t.Fatalf("%s is no row of the table", id)
		}
		whole, _ := tokens[i].example(r, tokens[i].Starts[0])
		return whole
	}
	rules := map[string]struct {
		text    string // with the secret of it behind the last mark
		refused string // why it is left
	}{
		"1password/OPS_TOKEN":         {text: "^" + row("1password-service-account")},
		"anthropic/ANTHROPIC_API_KEY": {text: "^" + row("anthropic")},
		"aws/AWSAccessKeyID":          {text: "^" + row("aws-access-key-id")},
		"aws/AWSAccountID": {
			refused: "an account's number is a name: it stands in every ARN"},
		"aws/AWSSecretAccessKey":                       {text: "aws_secret_access_key = ^" + body(40)},
		"basicauth/BasicAuth":                          {text: "https://app:^" + body(12) + "@host.example.com"},
		"database-connection-string/MongoDBConnection": {text: "mongodb://app:^" + body(12) + "@host/db"},
		"database-connection-string/MySQLConnection":   {text: "jdbc:mysql://app:^" + body(12) + "@host/db"},
		"database-connection-string/PostgreSQLConnection": {
			text: "postgresql://app:^" + body(12) + "@host/db"},
		"filter-comments/IGNORE_MESSAGE": {refused: "a comment that switches its rules off, and no secret"},
		"gcp/PrivateKeyJSON":             {text: `{"private_key": "^` + body(40) + `"}`},
		"gcp/PrivateKeyP12":              {refused: "a file of bytes, known by its name; no text"},
		"github/GITHUB_TOKEN":            {text: "^" + row("github")},
		"linear/LINEAR_API_TOKEN":        {text: "^" + row("linear")},
		"npm/NPM_ACCESS_TOKEN":           {text: "^" + row("npm")},
		"npm/Npmrc_authToken":            {text: "//registry.example.com/:_authToken=^" + body(36)},
		"npm/PackageJSON_xOauthToken":    {text: "git+https://^" + body(36) + ":x-oauth-basic@github.com/a/b"},
		"openai/OPENAI_TOKEN":            {text: "^" + row("openai")},
		"privatekey/PrivateKey": {text: "^" + "-----BEGIN " + "PRIVATE KEY-----\n" + body(64) + "\n-----END " +
			"PRIVATE KEY-----"},
		"sendgrid/SENDGRID_KEY": {text: "^" + row("sendgrid")},
		"shopify/SHOPIFY_KEY":   {text: "^" + row("shopify")},
		"slack/IncomingWebhook": {text: "https://hooks.slack.com/services/^T0AB" + "/B0AB/" + body(24)},
		"slack/SLACK_TOKEN":     {text: "^" + row("slack")},
	}
	ids := strings.Fields(string(file))
	for _, id := range ids {
		rule, known := rules[id]
		if !known || (rule.text == "") == (rule.refused == "") {
			t.Errorf("%s is neither masked nor refused", id)
			continue
		}
		before, secret, _ := strings.Cut(rule.text, "^")
		if rule.text != "" && shows(Text(before+secret), secret[:min(len(secret), 12)]) {
			t.Errorf("%s: %s", id, Text(before+secret))
		}
	}
	if len(ids) != len(rules) {
		t.Errorf("%d ids are listed, %d are known", len(ids), len(rules))
	}
}
