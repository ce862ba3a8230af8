package redact

import (
	"encoding/json"
	"fmt"
	"log"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// The credentials are put together at run time, so that no scanner takes this file for a leak.
var (
	keyID      = "AKIA" + "IOSFODNN7EXAMPLE"
	sessionID  = "ASIA" + "Y34FZKBOKMUTVV7A"
	secretKey  = "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY"
	webToken   = "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0" + ".dozjgNryP4J3jVmNHl0w5N_XgL0"
	privateKey = "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n7bq+/w==\n-----END RSA " + "PRIVATE KEY-----"
)

func TestText(t *testing.T) {
	tests := []struct{ shape, in, want string }{
		{"private key", "read " + privateKey + " and", "read *** and"},
		{"private key", "cut -----BEGIN OPENSSH " + "PRIVATE KEY-----\nb3BlbnNzaC1r", "cut ***"},
		{"private key", `-----BEGIN ` + `PRIVATE KEY-----\nMIIE\n-----END ` + `PRIVATE KEY-----`, "***"},

		{
			"URL",
			`Get "https://bucket.s3.eu-west-1.amazonaws.com/a/b?X-Amz-Date=2026&X-Amz-Signature=ab12": dial tcp ` +
				`52.95.1.1:443: i/o timeout`,
			`Get "https://bucket.s3.eu-west-1.amazonaws.com/a/b?***": dial tcp 52.95.1.1:443: i/o timeout`,
		},
		{"URL", "GET request to https://ghcr.io/token?scope=repository%3Aacme&service=ghcr.io: 401 Unauthorized",
			"GET request to https://ghcr.io/token?***: 401 Unauthorized"},
		{"URL", "cut https://bucket.s3.amazonaws.com/layer?X-Amz-Alg", "cut https://bucket.s3.amazonaws.com/layer?***"},
		{
			"URL",
			"clone https://x-access-token:abc@github.com/acme/app.git",
			"clone https://***@github.com/acme/app.git",
		},
		{"URL", "https://onlyuser@example.com/", "https://***@example.com/"},
		{"URL", "postgres://app:p@ss/w?rd#1@db.internal:5432/app", "postgres://***@db.internal:5432/app"},
		{"URL", "redis://:hunter2@cache:6379/0", "redis://***@cache:6379/0"},
		{"URL", "mongodb+srv://u:p@h1,h2/db?authSource=admin", "mongodb+srv://***@h1,h2/db?***"},
		{"URL", "https://user:pa/ss@host/x", "https://***@host/x"},
		{"URL", "https://a.example/x,https://u:p@b.example/y", "https://a.example/x,https://***@b.example/y"},
		{"URL", "jdbc:mysql://db:3306/app?user=a&password=b", "jdbc:mysql://db:3306/app?***"},

		{"encoded URL", "next=https%3A%2F%2Fapp%3Ahunter2%40git.example%2Fa.git",
			"next=https%3A%2F%2F***%40git.example%2Fa.git"},
		{"encoded URL", "a=https%3A%2F%2Fhost.example%2Fa%40b", "a=https%3A%2F%2Fhost.example%2Fa%40b"},
		{"user info", "pull app:s3cret!x@registry.example/acme/app:1.4", "pull app:***@registry.example/acme/app:1.4"},
		{"user info", "pull //app:hunter@registry.example/app", "pull //app:***@registry.example/app"},
		{"user info", "mailto:jane2@example.org, email:bob7@example.org",
			"mailto:jane2@example.org, email:bob7@example.org"},
		{
			"user info",
			"arn:aws:sts::111122223333:assumed-role/admin/jane2@example.org",
			"arn:aws:sts::111122223333:assumed-role/admin/jane2@example.org",
		},
		{"table", "user,password\napp,hunter\nbob,x", "user,password\napp,***\nbob,***"},
		{
			"table",
			" name |  password\n------+---------\n app  | hunter\n(1 row)",
			" name |  password\n------+---------\n app  | ***\n(1 row)",
		},
		{"table", "| Name | Value |\n|---|---|\n| token | x |\n| port | 80 |",
			"| Name | Value |\n|---|---|\n| token | *** |\n| port | 80 |"},
		{"table", "fields: user,password\nare needed, both", "fields: user,password\nare needed, both"},
		{"database address", "db.internal:5432:shop:app:hun:ter", "db.internal:5432:shop:app:***"},
		{"database address", "0.0.0.0:5432:5432, db:5432:5432/tcp", "0.0.0.0:5432:5432, db:5432:5432/tcp"},
		{"statement", "INSERT INTO users (name, password) VALUES ('app', 'a,b)'), ('bob', 'y')",
			"INSERT INTO users (name, password) VALUES ('app', '***'), ('bob', '***')"},
		{"statement", "insert into t (a, b) values ('x', 'y')", "insert into t (a, b) values ('x', 'y')"},
		{"database address", `parse "postgres://a:b/c@h": invalid port ":b" after host`,
			`parse "postgres://***@h": invalid port "***" after host`},

		{"database address", "open app:s3cr:e@t@tcp(db:3306)/app: refused", "open ***@tcp(db:3306)/app: refused"},
		{"database address", "jdbc:oracle:thin:scott/tiger@db:1521:orcl", "jdbc:oracle:thin:***@db:1521:orcl"},

		{"token", "user " + keyID + " and " + sessionID + ".", "user *** and ***."},
		{"named value", "SecretAccessKey: " + secretKey, "SecretAccessKey: ***"},
		{"named value", "aws_secret_access_key = " + secretKey, "aws_secret_access_key = ***"},
		{"named value", "AWS_SESSION_TOKEN=" + secretKey, "AWS_SESSION_TOKEN=***"},
		{"named value", "session token: " + secretKey + " expired", "session token: *** expired"},
		{"named value", "X-Amz-Security-Token: IQoJb3JpZ2luX2Vj and", "X-Amz-Security-Token: *** and"},
		{
			"named value",
			"q=1&X-Amz-Credential=AK%2F2026%2Fs3&X-Amz-Signature=0f0f",
			"q=1&X-Amz-Credential=***&X-Amz-Signature=***",
		},

		{"token", "token " + webToken + " expired", "token *** expired"},
		{"token", "token " + webToken[:40], "token ***"},
		{"authorization", "Authorization: Bearer abc", "Authorization: Bearer ***"},
		{"authorization", "sent bearer 0af7651916cd43dd", "sent bearer ***"},
		{
			"authorization",
			"curl -H 'authorization: basic dXNlcjpwYXNzd29yZA=='",
			"curl -H 'authorization: basic ***'",
		},
		{
			"token",
			"ghp_" + strings.Repeat("a1B2", 9) + " github_pat_" + strings.Repeat("a1_B", 9),
			"*** ***",
		},
		{"token", "glpat-" + strings.Repeat("a1B2", 5), "***"},
		{"token", "xoxb-" + "123456789012-abcdefABCDEF", "***"},
		{
			"token",
			"post to hooks.slack.com/services/T00/B00/XXX failed",
			"post to hooks.slack.com/services/*** failed",
		},
		{"token", "AIza" + strings.Repeat("Sy1-_", 7), "***"},
		{"token", "sk_live_" + strings.Repeat("4eC3", 6) + " whsec_" + strings.Repeat("4eC3", 6), "*** ***"},
		{"token", "npm_" + strings.Repeat("a1B2", 9), "***"},

		{"named value", "password = []byte(\"hunter2\")", "password = ***\")"},
		{"named value", "token := []string{\"a1B2c3D4e5F6\"}", "token := ***\"}"},
		{
			"named value",
			"rotating, new db password: hunter2 until noon",
			"rotating, new db password: *** until noon",
		},
		{"named value", "the password is hunter2, the API key: abcd", "the password is ***, the API key: ***"},
		{
			"environment without quotes",
			"Overrides={Environment=[{Name=X, Value=hunter2}], Cpu=1}",
			"Overrides={Environment=[***",
		},
		{"environment without quotes", "bad task environment: {DB: hunter2}", "bad task environment: {***"},
		{
			"named value",
			"access token: a1b2c3d4 expired, secret: s3cr3t99",
			"access token: *** expired, secret: ***",
		},
		{
			"command",
			"curl -u robot:hunter2 https://a.example",
			"curl -u robot:*** https://a.example",
		},

		{"command", "exec: mysql -phunter2 failed", "exec: mysql -p*** failed"},
		{
			"command",
			"sh -c 'mysqldump -h db.internal -u app -P 3306 -phunter2 shop > /dump'",
			"sh -c 'mysqldump -h db.internal -u app -P 3306 -p*** shop > /dump'",
		},
		{
			"command",
			`/usr/bin/mariadb-admin --user=root -p"a b" ping`,
			`/usr/bin/mariadb-admin --user=root -p*** ping`,
		},
		{
			"command",
			`exec: ["mysql","-uapp","-phunter2","-e","select 1"]: not found`,
			`exec: ["mysql","-uapp","-p***","-e","select 1"]: not found`,
		},
		{"command", "sshpass -phunter2 ssh host", "sshpass -p*** ssh host"},
		{"named value", "exec restore --password hunter2 --user app", "exec restore --password *** --user app"},
		{"named value", "exec restore --db-password='a b' -token X", "exec restore --db-password='***' -token ***"},
		{"named value", `exec ["restore","--api-key","a b","--verbose"]`,
			`exec ["restore","--api-key","***","--verbose"]`},
		{"named value", `exec [\"--secret\", \"a\\\"b\", \"x\"]`, `exec [\"--secret\", \"***\", \"x\"]`},
		{"named value", "--pass=X", "--pass=***"},

		{"named value", "DB_PASSWORD=hunter2 LOG=debug", "DB_PASSWORD=*** LOG=debug"},
		{"named value", "Server=db;Uid=app;Pwd=a,b!c;Database=x", "Server=db;Uid=app;Pwd=***;Database=x"},
		{"named value", `host=db password='it is' user=app`, `host=db password='***' user=app`},
		{"named value", `cut password="it is`, `cut password="***`},
		{"named value", "(token=abc), next", "(token=***), next"},
		{"named value", `{"password"=>"x", "user"=>"y"}`, `{"password"=>"***", "user"=>"y"}`},
		{"named value", "AUTHORIZATION=Token abc def", "AUTHORIZATION=*** def"},

		{"bot token", "bot " + "123456789" + ":AA" + strings.Repeat("a1B2", 9) + " up", "bot *** up"},
		{"statement", "CREATE USER 'app'@'%' IDENTIFIED BY 'hunter2'", "CREATE USER 'app'@'%' IDENTIFIED BY '***'"},
		{"statement", "ALTER USER app IDENTIFIED WITH caching_sha2_password BY 'a b'",
			"ALTER USER app IDENTIFIED WITH caching_sha2_password BY '***'"},
		{"long run", "read " + secretKey + ".", "read ***."},

		{"quoted key", `{"auths":{"ghcr.io":{"auth":"dXNlcjpw"}}}`, `{"auths":{"ghcr.io":{"auth":"***"}}}`},
		{"quoted key", `failed: {"password": "a\"b", "user": "c"}`, `failed: {"password": "***", "user": "c"}`},
		{"quoted key", `failed: {'api_key': 'x', 'n': 1}`, `failed: {'api_key': '***', 'n': 1}`},
		{
			"quoted key",
			`got {\"client_secret\":\"a\\\"b\",\"user\":\"c\"}`,
			`got {\"client_secret\":\"***\",\"user\":\"c\"}`,
		},
		{"quoted key", `got {"pin-token": 12345, "n": 1}`, `got {"pin-token": "***", "n": 1}`},
		{
			"quoted key",
			`ran with "environment": [{"name":"A","value":"b"}], "x": 1`,
			`ran with "environment": [{"name":"A","value":"***"}], "x": 1`,
		},
		{
			"quoted key",
			`ran with {'environment': [{'name': 'A', 'value': 'b'}], 'x': 1}`,
			`ran with {'environment': '***', 'x': 1}`,
		},
		{"quoted key", `"Environment":{"A":"b","C":"d`, `"Environment":***`},
		{"quoted key", `"token":"abc`, `"token":"***`},
		{"quoted key", `{"name":"DB_PASSWORD","value":"x"`, `{"name":"DB_PASSWORD","value":"***"`},
	}
	shapesTested := map[string]bool{}
	for _, test := range tests {
		shapesTested[test.shape] = true
		got := Text(test.in)
		if got != test.want {
			t.Errorf("%s: Text(%q)\n got %q\nwant %q", test.shape, test.in, got, test.want)
		}
		if again := Text(got); again != got {
			t.Errorf("%s: Text is not idempotent: %q became %q", test.shape, got, again)
		}
	}
	for _, shape := range credentialShapes {
		if !shapesTested[shape.Name] {
			t.Errorf("shape %q has no test", shape.Name)
		}
	}
}

// ordinaryTexts are the words of ECS and its agent that must be kept, since the explanation of a stop is read from
// them.
var ordinaryTexts = []string{
	"Essential container in task exited",
	"mysql -h db.internal -u app -p shop",
	"mysql -P3306 --protocol=tcp --port=3306 -e select",
	"psql -p5432 -h db.internal",
	"the mysql client ended; run it with -port and -protocol",
	"mysqld -port 3306",
	"docker run -p3306:3306 mysql",
	"CannotStartContainerError: exec: \"mysql\": executable file not found in $PATH: -pid is no option",
	"ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: " +
		"unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request " +
		"failed caused by: Post \"https://api.ecr.eu-west-1.amazonaws.com/\": dial tcp 52.119.186.12:443: i/o " +
		"timeout. Please check your task network configuration.",
	"ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: " +
		"failed to fetch secret arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-password-AbCdEf from " +
		"secrets manager: AccessDeniedException: User: " +
		"arn:aws:sts::111122223333:assumed-role/exec/0f9de17a6465404e8b1b2356dc13c2f8 is not authorized to perform: " +
		"secretsmanager:GetSecretValue on resource: " +
		"arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-password-AbCdEf because no identity-based " +
		"policy allows the secretsmanager:GetSecretValue action status code: 400, request id: " +
		"5f0aee2a-1f2c-4f0a-8f6b-a9f1d9d4f1c7",
	"failed to fetch secret DB_PASSWORD from secrets manager: RequestCanceled: request context canceled caused by: " +
		"context deadline exceeded",
	"retrieved secret from Secrets Manager did not contain json key password",
	"CannotPullContainerError: API error (500): Get https://registry-1.docker.io/v2/library/amazonlinux/manifests/1: " +
		"unauthorized: incorrect username or password",
	"Head \"https://111122223333.dkr.ecr.eu-west-1.amazonaws.com/v2/app/manifests/1\": no basic auth credentials",
	"User: arn:aws:sts::111122223333:assumed-role/r/i-0a1b2c3d4e5f60718 is not authorized to perform: " +
		"ecr:GetAuthorizationToken on resource: * because no VPC endpoint policy allows the " +
		"ecr:GetAuthorizationToken action",
	"failed to resolve ref " +
		"docker.io/acme/app@sha256:4f1b4d1d6d9b6b2d7d1f0e5f3a9c0b7e2d8c4a6f1e3b5d7c9a0b2c4d6e8f0a1b: not found",
	"pull https://ghcr.io/acme/app:1.2@sha256:4f1b4d1d6d9b6b2d7d1f0e5f3a9c0b7e2d8c4a6f1e3b5d7c9a0b2c4d6e8f0a1b failed",
	"failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized",
	"server message: insufficient_scope: authorization failed",
	"Basic authentication is not supported; bearer authentication failed: Www-Authenticate: Bearer " +
		"realm=\"https://ghcr.io/token\"",
	"Post \"https://secretsmanager.eu-west-1.amazonaws.com/\": dial tcp: lookup " +
		"secretsmanager.eu-west-1.amazonaws.com on 10.0.0.2:53: no such host",
	"exec: \"--token-file\": executable file not found in $PATH",
	"unable to download env file with key prod/app.env from bucket my-config-bucket, error: AccessDenied: Access " +
		"Denied status code: 403, request id: ABCDEF0123456789, host id: abc/def+ghi=",
	"DockerClientConfigError: missing secret value for secret DB_PASSWORD",
	"CannotPullECRContainerError: engine ecr credentials: not found",
	"ECS was unable to assume the role 'arn:aws:iam::111122223333:role/exec' that was provided for this task. Please " +
		"verify that the role being passed has the proper trust relationship and permissions and that your IAM user " +
		"has permissions to pass this role.",
	"NoCredentialProviders: no valid providers in chain. Deprecated. For verbose messaging see " +
		"aws.Config.CredentialsChainVerboseErrors",
	"Task failed ELB health checks in (target-group " +
		"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/7a7a1fcbd0455d4b)",
	"open /etc/passwd: no such file; mount options ro,nosuid,size=64k; uid=1000",
	"failed to mount: exit status 32, b'mount.nfs4: mounting fs-0123.efs.eu-west-1.amazonaws.com:/ failed', stderr: " +
		"'access denied by server'",
	"InvalidParameterException: nextToken=abc clientToken=def " +
		"secretArn=arn:aws:secretsmanager:eu-west-1:111122223333:secret:x",
	"", "\xff broken \xc3", "勤怠集計 “quoted” – text…",
}

func TestTextKeepsOrdinaryTexts(t *testing.T) {
	for _, text := range ordinaryTexts {
		if diff := cmp.Diff(text, Text(text)); diff != "" {
			t.Errorf("an ordinary text was changed (-want +got):\n%s", diff)
		}
		doc := `{"stoppedReason":` + string(quote(text)) + "}"
		if diff := cmp.Diff(doc, JSON([]byte(doc))); diff != "" {
			t.Errorf("an ordinary text was changed in JSON (-want +got):\n%s", diff)
		}
	}
}

// TestLines: what one line says of another is seen, as with a key that begins or ends outside of the lines.
func TestLines(t *testing.T) {
	key := []string{"-----BEGIN RSA PRIVATE KEY-----"}
	for n := range 30 {
		key = append(key, fmt.Sprintf("MIIEowIBAAKCAQEA%048d", n))
	}
	whole := append(slices.Clone(key), "-----END RSA PRIVATE KEY-----", "bye")
	for name, lines := range map[string][]string{
		"a URL with a password":     {"connect postgres://web:hunter2@db/web failed"},
		"an option":                 {"exec server --password hunter2 --port 80"},
		"a variable":                {"DB_PASSWORD=hunter2", "bye"},
		"a token":                   {"Authorization: Bearer hunter2hunter2hunter2"},
		"a key":                     whole,
		"a key without its first":   whole[5:],
		"a key that goes on":        key,
		"a key in the middle of it": whole[20:],
	} {
		got := Lines(lines)
		if text := strings.Join(got, "\n"); strings.Contains(text, "hunter2") || strings.Contains(text, "MIIEow") {
			t.Errorf("%s: %q", name, text)
		}
		if len(got) != len(lines) {
			t.Errorf("%s: %d lines of %d", name, len(got), len(lines))
		}
		if last := len(lines) - 1; lines[last] == "bye" && got[last] != "bye" {
			t.Errorf("%s: what follows is masked: %q", name, got[last])
		}
	}
	if got := Lines([]string{
		"-----BEGIN CERTIFICATE-----", "MIIC", "-----END CERTIFICATE-----", "ready",
	}); got[3] != "ready" {
		t.Errorf("what follows a certificate is masked: %q", got)
	}
}

func TestJSON(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{
			"environment list",
			`{ "overrides": {"containerOverrides": [{"environment": [{"name": "A", "value": "x"}, {"value": 1.50,` +
				` "name": "B"}], "name": "app"}]} }`,
			`{"overrides":{"containerOverrides":[{"environment":[{"name":"A","value":"***"},` +
				`{"value":"***","name":"B"}],"name":"app"}]}}`,
		},
		{"environment in other letter cases",
			`{"Environment":[{"Name":"A","Value":"x"}],"ENVIRONMENT":[{"NAME":"A","VALUE":"x"}]}`,
			`{"Environment":[{"Name":"A","Value":"***"}],"ENVIRONMENT":[{"NAME":"A","VALUE":"***"}]}`},
		{
			"environment map",
			`{"Environment":{"name":"x","B":2,"C":{"D":["x",true,null]}}}`,
			`{"Environment":{"name":"***","B":"***","C":{"D":["***","***",null]}}}`,
		},
		{"environment of assignments", `{"Env":["A=x","just"]}`, `{"Env":["A=***","***"]}`},
		{"environment scalar", `{"environment":"x"}`, `{"environment":"***"}`},
		{
			"escaped key",
			`{"\u0065nvironment":[{"n\u0061me":"A","value":"x"}]}`,
			`{"\u0065nvironment":[{"n\u0061me":"A","value":"***"}]}`,
		},
		{
			"environment files are names",
			`{"environmentFiles":[{"value":"arn:aws:s3:::b/app.env","type":"s3"}]}`,
			`{"environmentFiles":[{"value":"arn:aws:s3:::b/app.env","type":"s3"}]}`,
		},
		{
			"JSON in strings",
			`{"Cause":"{\"Overrides\":{\"ContainerOverrides\":[{\"Environment\":[{\"Name\":\"A\",` +
				`\"Value\":\"x<y\"}]}]}}"}`,
			`{"Cause":"{\"Overrides\":{\"ContainerOverrides\":[{\"Environment\":[{\"Name\":\"A\",` +
				`\"Value\":\"***\"}]}]}}"}`,
		},
		{
			"cut JSON in a string",
			`{"Cause":"{\"a\":\"<b>\",\"Environment\":[{\"Name\":\"A\",\"Value\":\"x","b":1}`,
			`{"Cause":"{\"a\":\"<b>\",\"Environment\":***","b":1}`,
		},
		{"JSON in a string stays as it is", `{"body":"{ \"a\" : 1.0 }"}`, `{"body":"{ \"a\" : 1.0 }"}`},
		{
			"secrets",
			`{"secrets":[{"name":"A","valueFrom":"arn:aws:ssm:eu-west-1:111122223333:parameter/a"},` +
				`{"name":"B","value":"x"}],"secretOptions":[{"name":"splunk-token","valueFrom":"tok"}]}`,
			`{"secrets":[{"name":"A","valueFrom":"arn:aws:ssm:eu-west-1:111122223333:parameter/a"},` +
				`{"name":"B","value":"***"}],"secretOptions":[{"name":"splunk-token","valueFrom":"tok"}]}`,
		},
		{
			"credential keys",
			`{"password":"x","dbPass":1,"API-Key":true,"access_key":null,"Authorization":["x"],` +
				`"connectionString":{"a":"x","name":"n"}}`,
			`{"password":"***","dbPass":"***","API-Key":"***","access_key":null,"Authorization":["***"],` +
				`"connectionString":{"a":"***","name":"n"}}`,
		},
		{
			"keys of ECS",
			`{"secretArn":"a","valueFrom":"b","clientToken":"c","nextToken":"d",` +
				`"authorizationConfig":{"iam":"ENABLED"},"repositoryCredentials":{"credentialsParameter":"e"}}`,
			`{"secretArn":"a","valueFrom":"b","clientToken":"c","nextToken":"d",` +
				`"authorizationConfig":{"iam":"ENABLED"},"repositoryCredentials":{"credentialsParameter":"e"}}`,
		},
		{
			"a name beside its value",
			`{"parameters":[{"value":{"a":"x"},"name":"db_password"},{"Key":"token","Value":"x","n":1},` +
				`{"key":"a","value":"b"}]}`,
			`{"parameters":[{"value":"***","name":"db_password"},{"Key":"token","Value":"***","n":1},` +
				`{"key":"a","value":"b"}]}`,
		},
		{
			"command",
			`{"command":["run","--password","x","--token","--user","y","-api-key=z","--password-file","/f",1,` +
				`"sh -c 'a --pass b'"]}`,
			`{"command":["run","--password","***","--token","***","y","-api-key=***","--password-file","/f",1,` +
				`"sh -c 'a --pass ***'"]}`,
		},
		{
			"command of a database client",
			`{"command":["/usr/bin/mysql","-uapp","-phunter2","-P3306","-p"],"other":["psql","-p5432"]}`,
			`{"command":["/usr/bin/mysql","-uapp","-p***","-P3306","-p"],"other":["psql","-p5432"]}`,
		},
		{
			"texts and keys",
			`{"https://a/?b":"Get \"https://a/?b\": EOF","c":"` + keyID + `"}`,
			`{"https://a/?***":"Get \"https://a/?***\": EOF","c":"***"}`,
		},
		{
			"form stays",
			`{"z":1.0,"a":1E+2,"b":12345678901234567890,"c":"<\u00e9&>","d":[],"e":{},"f":[[],{}]}`,
			`{"z":1.0,"a":1E+2,"b":12345678901234567890,"c":"<\u00e9&>","d":[],"e":{},"f":[[],{}]}`,
		},
		{"scalar", ` "token=x" `, `"token=***"`},

		{
			"several documents",
			"{\"password\": \"x\"}\n{\"environment\": {\"A\": 1}}\n",
			"{\"password\":\"***\"}\n{\"environment\":{\"A\":\"***\"}}",
		},
		{"document and a broken one", `{"a": 1}{"password": "x", "b": `, "{\"a\":1}\n" + `{"password": "***", "b": `},
		{
			"cut in the environment",
			`{"a": "b", "environment": [{"name": "A", "value": "x"}, {"na`,
			`{"a": "b", "environment": ***`,
		},
		{
			"cut behind the environment",
			`{"environment": [{"name": "A", "value": "x"}], "b": `,
			`{"environment": [{"name":"A","value":"***"}], "b": `,
		},
		{
			"cut with the beginning",
			`", "environment": [{"name": "A", "value": "x"}], "password": "y"}`,
			`", "environment": [{"name":"A","value":"***"}], "password": "***"}`,
		},
		{
			"cut in JSON in a string",
			`{"Cause": "{\"Environment\":[{\"Name\":\"A\",\"Value\":\"x\"}],\"Password\":\"y`,
			`{"Cause": "{\"Environment\":\"***\",\"Password\":\"***`,
		},
		{
			"escapes in a broken document",
			`{"p\u0061ssword": "x", "u": "https:\/\/u:p@h\/?q", `,
			`{"password": "***", "u": "https://***@h/?***", `,
		},
		{"escaped quotes in a broken document", `{"a": "{\u0022password\u0022:\u0022x\u0022}", `, `{"a": "{***`},
		{"not JSON", "Task stopped, token=x", "Task stopped, token=***"},
		{"empty", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := JSON([]byte(test.in))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if again := JSON([]byte(got)); again != got {
				t.Errorf("not idempotent: %s became %s", got, again)
			}
		})
	}
}

// TestLongSecrets: a secret is masked to its end, however long it is.
func TestLongSecrets(t *testing.T) {
	secret := strings.Repeat("aB3x", 2_000)
	for _, form := range []string{"token: %s", "api_key: %s x", "DB_PASSWORD=%s", "name: TOKEN, value: %s", "Bearer %s",
		"Authorization: Custom %s", "Cookie: a=%s", "the password %s", "redis-cli -a %s", "<token>%s</token>",
		"token:%s"} {
		if got := Text(strings.ReplaceAll(form, "%s", secret)); strings.Contains(got, "aB3x") {
			t.Errorf("%s: %d bytes are left", form, len(got))
		}
	}
}

// TestWriter: what a logger writes stays as many lines, of the same form.
func TestWriter(t *testing.T) {
	var out strings.Builder
	log.New(Writer{&out}, "watch: ", 0).Print("cannot ask https://u:hunter2@host/")
	slog.New(slog.NewJSONHandler(Writer{&out}, nil)).Error("no", "error", "password=hunter2", "n", 1)
	lines := strings.Split(out.String(), "\n")
	if len(lines) != 3 || lines[0] != "watch: cannot ask https://***@host/" || !json.Valid([]byte(lines[1])) ||
		!strings.HasSuffix(lines[1], `"msg":"no","error":"password=***","n":1}`) {
		t.Errorf("%q", lines)
	}
}

// author writes random documents in which some values are secret and others are not; every value is its own canary.
type author struct {
	*rand.Rand
	secret, ordinary []string
}

func (a *author) canary(list *[]string) string {
	c := fmt.Sprintf("canary%dq%dz", len(a.secret)+len(a.ordinary), a.IntN(1e6))
	*list = append(*list, c)
	return c
}

// key is name as a JSON string, as it is, in upper case, in PascalCase, or with one byte escaped.
func (a *author) key(name string) string {
	switch a.IntN(5) {
	case 0:
		name = strings.ToUpper(name)
	case 1:
		name = strings.ToUpper(name[:1]) + name[1:]
	case 2:
		i := a.IntN(len(name))
		return fmt.Sprintf(`"%s\u%04x%s"`, name[:i], name[i], name[i+1:])
	}
	return `"` + name + `"`
}

func (a *author) string(s string) string {
	return string(quote(s))
}

func (a *author) space() string { return []string{"", "", " ", "\n  ", "\t"}[a.IntN(5)] }

// mark puts bytes around a canary that make it harder to delimit.
func (a *author) mark(canary string) string {
	return []string{"", "", `"`, `\`, "é]", "},", "' ", "\n"}[a.IntN(8)] + canary +
		[]string{"", "", `"`, `\`, "]", "}"}[a.IntN(6)]
}

func (a *author) secretString() string { return a.string(a.mark(a.canary(&a.secret))) }

func (a *author) join(open, close string, parts []string) string {
	return open + a.space() + strings.Join(parts, a.space()+","+a.space()) + a.space() + close
}

// member is one key and its value.
func (a *author) member(depth, strings int) string {
	pair := func(name, value string) string { return a.key(name) + a.space() + ":" + a.space() + value }
	switch a.IntN(12) {
	case 0, 1:
		var entries []string
		for range a.IntN(4) {
			parts := []string{pair("name", `"NAME`+a.canary(&a.ordinary)+`"`), pair("value", a.secretString())}
			a.Shuffle(2, func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
			entries = append(entries, a.join("{", "}", parts))
		}
		return pair("environment", a.join("[", "]", entries))
	case 2:
		return pair("environment", a.join("{", "}", []string{`"A":` + a.secretString(), `"name":` + a.secretString()}))
	case 3:
		keys := []string{
			"password", "db-password", "passwd", "clientSecret", "token", "api_key", "accessKey", "privateKey",
			"authorization", "connectionString",
		}
		return pair(keys[a.IntN(len(keys))], a.secretString())
	case 4:
		options := []string{"--password", "--api-key", "-token", "--db-secret"}
		option := options[a.IntN(len(options))]
		if a.IntN(2) == 0 {
			return pair("command", a.join("[", "]", []string{`"run"`, `"` + option + `=` + a.canary(&a.secret) + `"`}))
		}
		return pair("command",
			a.join("[", "]", []string{`"` + option + `"`, a.secretString(), `"last` + a.canary(&a.ordinary) + `"`}))
	case 5:
		forms := []string{
			"GET https://u:%s@host/path failed",
			"GET https://host/path?sig=%s",
			"DB_PASSWORD=%s x",
			"run --password %s",
			"Authorization: Bearer %s",
		}
		return pair("reason", a.string(fmt.Sprintf(forms[a.IntN(len(forms))], a.canary(&a.secret))))
	case 6:
		return pair("secrets",
			a.join("[", "]", []string{a.join("{", "}", []string{
				`"name":"x"`, `"valueFrom":"` + a.canary(&a.ordinary) + `"`,
			})}))
	case 7, 8:
		if strings > 0 {
			names := []string{"Cause", "input", "Message", "body", "requestPayload"}
			return pair(names[a.IntN(len(names))], a.string(a.object(depth-1, strings-1)))
		}
		fallthrough
	case 9:
		if depth > 0 {
			return pair("detail", a.object(depth-1, strings))
		}
		fallthrough
	case 10:
		if depth > 0 {
			return pair("list",
				a.join("[", "]", []string{a.object(depth-1, strings), "1.50", "null", a.object(depth-1, strings)}))
		}
		fallthrough
	default:
		return pair("lastStatus", a.string(a.mark(a.canary(&a.ordinary))))
	}
}

func (a *author) object(depth, strings int) string {
	var members []string
	for range 1 + a.IntN(4) {
		members = append(members, a.member(depth, strings))
	}
	return a.join("{", "}", members)
}

func TestJSONHidesCanaries(t *testing.T) {
	const documents = 4_000
	hidden, kept, broken := 0, 0, 0
	for seed := range uint64(documents) {
		a := &author{Rand: rand.New(rand.NewPCG(seed, 7))}
		doc := []byte(a.object(3, 3))
		if !json.Valid(doc) {
			t.Fatalf("the test wrote a broken document: %s", doc)
		}
		check := func(doc []byte) string {
			t.Helper()
			got := JSON(doc)
			for _, c := range a.secret {
				// A canary that was cut is searched for by its beginning, which is unique up to its q.
				if strings.Contains(got, c[:strings.IndexByte(c, 'q')+1]) {
					t.Fatalf("seed %d: %s is in the output\n in %s\nout %s", seed, c, doc, got)
				}
			}
			return got
		}

		got := check(doc)
		if !json.Valid([]byte(got)) {
			t.Fatalf("seed %d: the output is not JSON\n in %s\nout %s", seed, doc, got)
		}
		for _, c := range a.ordinary {
			if !strings.Contains(got, c) {
				t.Fatalf("seed %d: %s is lost\n in %s\nout %s", seed, c, doc, got)
			}
		}
		hidden, kept = hidden+len(a.secret), kept+len(a.ordinary)

		cut := a.IntN(len(doc))
		check(doc[:cut])
		check([]byte(strings.ReplaceAll(string(doc), "é", "\xc3")))
		check([]byte(strings.ReplaceAll(string(doc[:cut]), "é", "\xff")))
		check([]byte(string(doc) + "\n" + string(doc[:cut])))
		check([]byte(`, "x"` + string(doc)))
		check([]byte(string(doc[:len(doc)-1])))
		if cut > 0 && !utf8.RuneStart(doc[cut]) {
			broken++
		}
	}
	if hidden < documents || kept < documents || broken == 0 {
		t.Errorf("too few cases to prove anything: %d secrets, %d ordinary values, %d cuts in a character", hidden,
			kept, broken)
	}
}

func FuzzJSON(f *testing.F) {
	for seed := range uint64(30) {
		a := &author{Rand: rand.New(rand.NewPCG(seed, 1))}
		f.Add([]byte(a.object(2, 2)))
	}
	for _, text := range ordinaryTexts {
		f.Add([]byte(text))
	}
	for _, list := range []string{"documented.txt", "accidents.txt", "reported.txt", "services.txt"} {
		for _, form := range formsOf(f, list) {
			f.Add([]byte(form.text))
		}
	}
	f.Add(typicalEvent)
	f.Fuzz(func(t *testing.T, doc []byte) {
		got := JSON(doc)
		if json.Valid(doc) {
			if !json.Valid([]byte(got)) {
				t.Fatalf("valid JSON became %q", got)
			}
			if again := JSON([]byte(got)); again != got {
				t.Fatalf("not idempotent:\n %q became\n %q", got, again)
			}
		}
		const grows = 8 // a byte that is no UTF-8 is written as six
		if len(got) > grows*len(doc)+grows {
			t.Fatalf("%d bytes became %d", len(doc), len(got))
		}
		text := Text(string(doc))
		if len(text) > grows*len(doc)+grows {
			t.Fatalf("%d bytes of text became %d", len(doc), len(text))
		}
		if again := Text(text); again != text {
			t.Fatalf("Text is not idempotent:\n %q became\n %q", text, again)
		}
	})
}

// typicalEvent is an event of about 3 KB.
var typicalEvent = []byte(`{
  "version": "0", "id": "b4a2b82c-6952-f107-a1ad-df71bce244e5", "detail-type": "ECS Task State Change",
  "source": "aws.ecs",
  "account": "111122223333", "time": "2026-05-30T20:03:53Z", "region": "eu-central-1",
  "resources": ["arn:aws:ecs:eu-central-1:111122223333:task/ops/d9b04226947351c624009d8a67fb13b8"],
  "detail": {
    "attachments": [{"id": "9cfab988-ea5b-4cc7-9c6c-74e5cbea8158", "type": "eni", "status": "DELETED", "details": [
      {"name": "subnetId", "value": "subnet-0adeafc4fb28258d3"}, {"name": "networkInterfaceId",
      "value": "eni-02c31a81d62e77c31"},
      {"name": "macAddress", "value": "0e:f8:70:87:1b:e3"}, {"name": "privateDnsName",
      "value": "ip-10-96-1-83.eu-central-1.compute.internal"},
      {"name": "privateIPv4Address", "value": "10.96.1.83"}]}],
    "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}], "availabilityZone": "eu-central-1a",
    "clusterArn": "arn:aws:ecs:eu-central-1:111122223333:cluster/ops", "connectivity": "CONNECTED",
    "connectivityAt": "2026-05-30T20:02:46.806Z",
    "containers": [{"containerArn":
"arn:aws:ecs:eu-central-1:111122223333:container/ops/d9b04226947351c624009d8a67fb13b8/6bc3e112-9510-4362-85a7-3b6113f92815",
      "exitCode": 2, "lastStatus": "STOPPED", "name": "restore",
      "image": "111122223333.dkr.ecr.eu-central-1.amazonaws.com/db-restore:3",
      "imageDigest": "sha256:0dca1b97b4183df2ade11b09bf8d6e4eb996d0a4c722ad7e736214ad33bfcce6",
      "runtimeId": "d9b04226947351c624009d8a67fb13b8-1129575944",
      "taskArn": "arn:aws:ecs:eu-central-1:111122223333:task/ops/d9b04226947351c624009d8a67fb13b8",
      "networkInterfaces": [{"attachmentId": "9cfab988-ea5b-4cc7-9c6c-74e5cbea8158",
      "privateIpv4Address": "10.96.1.83"}], "cpu": "0", "memory": "2048"}],
    "cpu": "1024", "createdAt": "2026-05-30T20:02:41.707Z", "desiredStatus": "STOPPED",
    "enableExecuteCommand": false, "ephemeralStorage": {"sizeInGiB": 20},
    "executionStoppedAt": "2026-05-30T20:03:18.56Z", "group": "family:db-restore", "launchType": "FARGATE",
    "lastStatus": "STOPPED", "memory": "2048",
    "overrides": {"containerOverrides": [{"environment": [{"name": "DRY_RUN", "value": "false"},
{"name": "DB_PASSWORD", "value": "hunter2"}], "name": "restore"}]},
    "platformVersion": "1.4.0", "pullStartedAt": "2026-05-30T20:02:54.176Z",
    "pullStoppedAt": "2026-05-30T20:03:04.058Z",
    "startedAt": "2026-05-30T20:03:16.508Z", "startedBy": "ecs-svc/4374651048025955904",
    "stoppingAt": "2026-05-30T20:03:29.055Z",
    "stoppedAt": "2026-05-30T20:03:53.272Z", "stoppedReason": "Essential container in task exited",
    "stopCode": "EssentialContainerExited",
    "taskArn": "arn:aws:ecs:eu-central-1:111122223333:task/ops/d9b04226947351c624009d8a67fb13b8",
    "taskDefinitionArn": "arn:aws:ecs:eu-central-1:111122223333:task-definition/db-restore:3",
    "updatedAt": "2026-05-30T20:03:53.272Z", "version": 6
  }
}`)

func BenchmarkText(b *testing.B) {
	b.ReportAllocs()
	text := strings.Join(ordinaryTexts, " ")[:500]
	for b.Loop() {
		Text(text)
	}
}

func BenchmarkJSON(b *testing.B) {
	b.ReportAllocs()
	b.SetBytes(int64(len(typicalEvent)))
	for b.Loop() {
		JSON(typicalEvent)
	}
}

func TestNoCredentialWordIsDismissed(t *testing.T) {
	words := append([]string{}, credentialEndings...)
	for _, group := range credentialWords {
		words = append(words, group.words...)
	}
	for _, word := range words {
		if !mayBeCredential([]byte(word)) {
			t.Errorf("%s is dismissed before it is looked for", word)
		}
	}
}

func TestNoShapeIsOverlooked(t *testing.T) {
	for i, shape := range credentialShapes {
		for _, quick := range shape.quicks() {
			for _, text := range []string{quick, "x" + quick, quick + "x", "é" + strings.ToUpper(quick) + "é"} {
				if shapesIn(text)&(1<<i) == 0 {
					t.Errorf("%s is not looked for in %q", shape.Name, text)
				}
			}
		}
	}
}
