package redact

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The test of leaks writes texts in which a secret stands in a form that people and programs use, at every place of an
// event where a text can stand, and looks for what is left of it.

// leakForm is a form, with %n for a credential's name and %s for the secret.
type leakForm struct {
	class      string
	texts      []string
	documented bool // it stands in what redact promises: none may leak
	charset    string
	names      []string
}

const (
	alnum  = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	signs  = alnum + "!#$%^*+-_=~?@/"
	digits = "0123456789"
)

var (
	variables = []string{"DB_PASSWORD", "API_TOKEN", "CLIENT_SECRET", "STRIPE_API_KEY", "REDIS_PASS", "JWT_SECRET",
		"GITHUB_TOKEN",
		"MYSQL_PWD", "AWS_SECRET_ACCESS_KEY", "PGPASSWORD", "SESSION_TOKEN", "AZURE_CLIENT_SECRET", "ENCRYPTION_KEY",
		"GITLAB_PAT"}
	fields = []string{"password", "client_secret", "apiKey", "accessToken", "dbPassword", "private_key", "api_key",
		"authToken",
		"secretKey", "refresh_token", "signing_key"}
	headers = []string{"X-Api-Key", "X-Auth-Token", "X-Vault-Token", "Private-Token", "X-Amz-Security-Token", "Api-Key"}
)

var leakForms = []leakForm{
	{class: "name=value", names: slices.Concat(variables, fields), documented: true, charset: signs, texts: []string{
		"%n=%s", "start failed with %n=%s in the environment", "export %n=%s", "%n='%s'", `%n="%s"`, "%n = %s",
		"docker run -e %n=%s app",
		"LOG=debug %n=%s PORT=80", "%n=%s\nLOG=debug", "LOG='debug' %n='%s'", "Config(%n='%s', user='app')",
		"set %n=%s", "%n := \"%s\"",
		"$env:%n = \"%s\"", "os.environ['%n'] = '%s'"}},
	{class: "name: value", names: slices.Concat(variables, fields), charset: alnum, documented: true, texts: []string{
		"%n: %s", "loaded %n: %s from disk", "user: app\n%n: %s\nport: 80", "  %n: '%s'", "  %n: \"%s\"\n", "- %n: %s",
		"{%n: %s, port: 80}",
		"%n : %s"}},
	{class: "name value", names: []string{"password", "DB_PASSWORD", "passphrase", "pwd"}, charset: alnum,
		texts: []string{
			"connect with %n %s failed", "the %n is %s", "%n %s was rejected", "using %n '%s'", `using %n "%s" for app`,
			"set %n to %s", "ENV %n %s"}},
	{class: "token value", names: []string{"token", "secret", "API key", "access token", "apikey", "api_key"},
		charset: alnum, texts: []string{
			"login with %n %s failed", "the %n: %s expired", "%n %s was rejected", "bad %n: %s"}},
	{class: "JSON", names: slices.Concat(variables, fields), charset: signs, documented: true, texts: []string{
		`{"%n":"%s"}`, `{"%n": "%s", "user": "app"}`, `failed: {"a":{"%n":"%s"}}`, `{\"%n\":\"%s\"}`,
		`{"name":"%n","value":"%s"}`,
		`{"Name": "%n", "Value": "%s"}`, `{"value":"%s","name":"%n"}`, `body: {"%n":"%s`, `[["%n","%s"]]`,
		`["%n","%s"]`, `["%n", "%s"]`}},
	{class: "YAML", names: slices.Concat(variables, fields), charset: alnum, texts: []string{
		"env:\n  - name: %n\n    value: %s\n", "env:\n  - name: %n\n    value: \"%s\"\n",
		"app:\n  %n: |\n    %s\n  port: 80\n",
		"app:\n  %n: >-\n    %s\n", "{name: %n, value: %s}", "- {name: %n, value: '%s'}", "name: %n\nvalue: %s",
		"{value: %s, name: %n}"}},
	{class: "XML", names: slices.Concat(fields, []string{"Password"}), charset: alnum, texts: []string{
		"<%n>%s</%n>", "<%n type=\"x\">%s</%n>", `<add key="%n" value="%s"/>`, `<entry key="%n">%s</entry>`,
		`<property name="%n" value="%s"/>`,
		`<property name="%n">%s</property>`, `<db %n="%s" user="a"/>`, "<%n><![CDATA[%s]]></%n>", "<c:%n>%s</c:%n>"}},
	{class: "Go and Python", names: slices.Concat(variables, fields), charset: alnum, texts: []string{
		"map[%n:%s]", "map[LOG:debug %n:%s PORT:80]", "map[%n:%s x y PORT:80]", "{'%n': '%s'}",
		"{'%n': '%s', 'user': 'app'}", "{Name:%n Value:%s}", "&{User:app %n:%s Port:80}",
		"[{%n %s} {LOG debug}]", "('%n', '%s')", "[('%n', '%s')]", `map[string]string{"%n":"%s"}`, `Config{%n:"%s"}`,
		"{%n:%s}", "{Name: %n, Value: %s}", "{'%n': b'%s'}",
		"Name=%n,Value=%s", "ParameterKey=%n,ParameterValue=%s", `os.Setenv("%n", "%s")`}},
	{class: "headers", names: headers, charset: alnum, texts: []string{
		"%n: %s", "curl -H '%n: %s' https://a.example", `curl -H "%n: %s"`, "> %n: %s", "map[%n:[%s]]",
		"GET / HTTP/1.1\nHost: a\n%n: %s\n", "headers: {'%n': '%s'}",
		"{ %n: '%s' }", `"%n": ["%s"]`}},
	{class: "Authorization", charset: alnum, documented: true, texts: []string{
		"Authorization: Bearer %s", "Authorization: Basic %s", "authorization: Token %s", "Authorization: ApiKey %s",
		"Authorization: %s",
		"curl -H 'Authorization: Bearer %s' https://a", `curl -H "Authorization: Negotiate %s"`,
		"Proxy-Authorization: Basic %s", "Authorization: SSWS %s", "Authorization: Custom %s",
		"Authorization: Digest username=\"u\", realm=\"r\", response=\"%s\"",
		"Authorization: AWS4-HMAC-SHA256 Credential=AB/2026/s3, SignedHeaders=host, Signature=%s",
		"map[Authorization:[Bearer %s] Accept:[a]]", "Authorization: OAuth oauth_token=\"%s\"",
		"Authorization: GoogleLogin auth=%s", "Authorization=Bearer %s",
		"{'Authorization': 'Bearer %s'}", "sent bearer %s"}},
	{class: "cookies", charset: alnum, texts: []string{
		"Cookie: sid=%s", "Cookie: a=b; session=%s; c=d", "Set-Cookie: sid=%s; Path=/; HttpOnly",
		"curl -H 'Cookie: a=%s'", "map[Cookie:[a=b; sid=%s]]", "{'Cookie': 'sid=%s; a=b'}",
		"set-cookie: x=%s", "cookie: %s"}},
	{class: "command lines", charset: alnum, texts: []string{
		"docker login -u app -p %s registry.example.com", "sshpass -p %s ssh host", "sshpass -p%s ssh host",
		"redis-cli -h cache -a %s ping", "curl -u app:%s https://a.example",
		"curl -s --user app:%s https://a.example", "curl -uapp:%s https://a", "mysql -h db -u app -p%s shop",
		"mysqldump -uapp -p'%s' shop", "PGPASSWORD=%s psql -h db", "sqlcmd -S db -U sa -P %s -Q x",
		"sqlcmd -S db -U sa -P '%s'",
		"ldapsearch -x -D cn=admin -w %s -b dc=x", "mongosh --host db -u root -p %s admin",
		"mongosh -u root --password %s", "aws configure set aws_secret_access_key %s",
		"aws configure set aws_session_token %s --profile x", "git clone https://app:%s@git.example.com/a.git",
		"helm install app --set db.password=%s", "helm upgrade app --set a=b,db.password=%s,c=d",
		"kubectl create secret generic app --from-literal=key=%s",
		"kubectl create secret generic app --from-literal key=%s",
		"az login --service-principal -u app -p %s --tenant t", "vault login %s", "vault kv put kv/app value=%s",
		"rabbitmqctl add_user app %s", "htpasswd -b file app %s", "sqlplus app/%s@db", "smbclient //h/s -U app%%s",
		"openssl enc -aes-256-cbc -k %s", "openssl rsa -passin pass:%s", "mosquitto_pub -u app -P %s",
		"wget --password=%s https://a", "unzip -P %s a.zip", "7z x -p%s a.7z",
		"java -Dspring.datasource.password=%s -jar app.jar",
		"keytool -storepass %s -list", "gpg --passphrase %s -d x", "helm registry login -u a -p %s r",
		"bcp db in f -U sa -P %s", `["redis-cli","-a","%s"]`, `["docker","login","-p","%s"]`,
		`exec: "sqlcmd", "-P", "%s"`, "cqlsh -u a -p %s", "influx --password %s", "restore --api-key %s --verbose",
		`["restore","--token","%s"]`,
		"mariadb -p%s -u root", "lftp -u app,%s ftp.example.com", "plink -pw %s host", "useradd -p %s app",
		"ipmitool -U a -P %s"}},
	{class: "SQL", charset: alnum, texts: []string{
		"CREATE USER 'app'@'%' IDENTIFIED BY '%s'", "ALTER USER app IDENTIFIED WITH mysql_native_password BY '%s'",
		"CREATE USER app PASSWORD '%s'", "CREATE ROLE app WITH LOGIN ENCRYPTED PASSWORD '%s';",
		"SET PASSWORD FOR app = PASSWORD('%s')",
		"ALTER LOGIN sa WITH PASSWORD = N'%s'", "CREATE LOGIN a WITH PASSWORD='%s'",
		"GRANT ALL ON x TO a IDENTIFIED BY \"%s\"", "alter user app identified by %s",
		"CREATE USER a WITH PASSWORD '%s' CREATEDB"}},
	{class: "connection strings", charset: alnum + "!#%*", documented: true, texts: []string{
		"Server=db;Database=x;User Id=sa;Password=%s;Encrypt=true", "Server=db;Uid=a;Pwd=%s;",
		"jdbc:sqlserver://db:1433;user=a;password=%s;encrypt=true",
		"host=db user=a password=%s dbname=x", "Driver={ODBC};Pwd={%s};", "app:%s@tcp(db:3306)/x",
		"jdbc:oracle:thin:scott/%s@db:1521:x"}},
	{class: "account keys", charset: alnum + "+/", texts: []string{
		"DefaultEndpointsProtocol=https;AccountName=a;AccountKey=%s;EndpointSuffix=core.windows.net",
		"Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=%s",
		"HostName=a;SharedAccessKey=%s",
		"BlobEndpoint=https://a/;SharedAccessSignature=sv=2020&sig=%s"}},
	{class: "URLs", charset: alnum, documented: true, texts: []string{
		"https://app:%s@host.example/x", "Get \"https://host/x?token=%s\": EOF", "postgres://app:%s@db:5432/x",
		"redis://:%s@cache:6379", "mongodb+srv://a:%s@h1,h2/x?y=z", "amqp://a:%s@mq/", "https://%s@github.com/a/b",
		"https://host/x?X-Amz-Signature=%s&a=b", "jdbc:mysql://db/x?user=a&password=%s"}},
	{class: "URL fragments and webhooks", charset: alnum, texts: []string{
		"https://host/cb#access_token=%s&token_type=bearer", "https://hooks.slack.com/services/T0/B0/%s",
		"https://discord.com/api/webhooks/123/%s", "https://acme.webhook.office.com/webhookb2/a@b/IncomingWebhook/%s/x",
		"https://api.telegram.org/bot123456789:AA%s/send", "https://hooks.zapier.com/hooks/catch/1/%s",
		"https://host/cb#id_token=%s", "https://outlook.office.com/webhook/%s"}},
	{class: "others", charset: alnum, texts: []string{
		`Password: %s`,
		`pass=%s`,
		`PASS: %s`,
		`db.password=%s`,
		`spring.datasource.password=%s`,
		`--db-password=%s`,
		`-Dpassword=%s`,
		`"password"="%s"`,
		`password:%s`,
		`"password" : "%s"`,
		`DB_PASSWORD="%s"`,
		`export TOKEN='%s'; run`,
		`env DB_PASSWORD=%s ./run`,
		`password = "%s"`,
		`{"db":{"password":"%s"}}`,
		`{"env":[{"name":"X","value":"%s"}]}`,
		`{"Env":["DB_PASSWORD=%s"]}`,
		`secret: %s`,
		`client_secret: "%s"`,
		`apiKey: '%s'`,
		`token: "%s"`,
		`auth_token=%s`,
		`access_token=%s&x=y`,
		`refresh_token: %s`,
		`"token":"%s"`,
		`token=%s,user=x`,
		`{token: "%s"}`,
		`{ password: '%s', user: 'x' }`,
		`X-Api-Key: %s`,
		`x-api-key=%s`,
		`X-Auth-Token: %s`,
		`Api-Key %s`,
		`Authorization: Token token=%s`,
		`Authorization: AWS AKID:%s`,
		`authorization=Basic %s`,
		`"Authorization":"Bearer %s"`,
		`Authorization: Bearer "%s"`,
		`-H "X-Api-Key: %s"`,
		`-H X-Api-Key:%s`,
		`Cookie: JSESSIONID=%s`,
		`Set-Cookie: sid=%s; Secure`,
		`docker login --username u --password %s`,
		`docker login -u u -p%s`,
		`echo %s | docker login -u u --password-stdin r`,
		`podman login -p %s`,
		`sshpass -p '%s' ssh u@h`,
		`redis-cli -a '%s'`,
		`redis-cli -u redis://:%s@h`,
		`curl -u 'a:%s' h`,
		`curl --user "a:%s" h`,
		`curl -ua:%s h`,
		`curl -H "Authorization: Basic %s"`,
		`mysql --password=%s`,
		`mysql -u root -p%s -h db`,
		`mysql -uroot -p"%s"`,
		`mysqladmin -u root password '%s'`,
		`PGPASSWORD='%s' pg_dump`,
		`psql postgresql://u:%s@h/d`,
		`psql "host=h password=%s"`,
		`sqlcmd -S h -U u -P"%s"`,
		`sqlcmd -P%s`,
		`ldapsearch -D x -w '%s' -H h`,
		`ldapsearch -w%s`,
		`mongosh "mongodb://u:%s@h"`,
		`mongo -u u -p '%s'`,
		`mongodump --password=%s`,
		`aws configure set aws_access_key_secret %s`,
		`AWS_SECRET_ACCESS_KEY=%s aws s3 ls`,
		`git clone https://%s@github.com/x`,
		`git remote add o https://u:%s@g/x.git`,
		`helm install --set-string auth.password=%s`,
		`helm install --set 'a.password=%s'`,
		`helm upgrade x y --set secret.token=%s`,
		`kubectl create secret generic s --from-literal=password=%s --from-literal=u=a`,
		`kubectl create secret generic s --from-literal='k=%s'`,
		`kubectl config set-credentials u --token=%s`,
		`kubectl create secret docker-registry r --docker-password=%s`,
		`az login -u u -p '%s'`,
		`az storage blob list --account-key %s`,
		`openssl pkcs12 -passout pass:%s`,
		`openssl rsa -passin 'pass:%s'`,
		`ssh-keygen -N '%s'`,
		`zip -P '%s' a`,
		`gpg --batch --passphrase '%s'`,
		`ansible-playbook -e ansible_password=%s`,
		`java -jar a.jar --spring.datasource.password=%s`,
		`terraform apply -var db_password=%s`,
		`terraform apply -var 'db_password=%s'`,
		`vault kv put secret/a password=%s`,
		`consul kv get -token=%s x`,
		`rabbitmqctl change_password u %s`,
		`htpasswd -bc f u %s`,
		`curl -d 'password=%s' h`,
		`curl -d '{"password":"%s"}' h`,
		`curl --data "client_secret=%s" h`,
		`wget --header="Authorization: Bearer %s"`,
		`http -a u:%s GET h`,
		`mount -o username=u,password=%s //h/s /m`,
		`mount -t cifs -o user=u,pass=%s`,
		`CREATE USER u IDENTIFIED BY '%s'`,
		`CREATE USER u WITH PASSWORD '%s'`,
		`ALTER ROLE u PASSWORD '%s'`,
		`ALTER USER u IDENTIFIED BY "%s"`,
		`SET PASSWORD = '%s'`,
		`SET PASSWORD FOR 'u'@'h' = '%s'`,
		`CREATE LOGIN l WITH PASSWORD = '%s'`,
		`IDENTIFIED BY PASSWORD '%s'`,
		`CREATE USER u PASSWORD "%s"`,
		`COPY x CREDENTIALS 'aws_secret_access_key=%s'`,
		`CREATE DATABASE LINK l CONNECT TO u IDENTIFIED BY %s USING 'x'`,
		`GRANT ALL TO u IDENTIFIED BY '%s' WITH GRANT`,
		`UPDATE users SET password='%s'`,
		`Data Source=h;Password=%s`,
		`Server=h;User ID=u;PWD=%s;`,
		`AccountKey=%s==;`,
		`SharedAccessKey=%s=`,
		`SharedAccessKeyName=R;SharedAccessKey=%s=;EntityPath=x`,
		`Password="%s;x";User=u`,
		`jdbc:postgresql://h/d?user=u&password=%s`,
		`jdbc:oracle:thin:u/%s@//h:1521/s`,
		`jdbc:sqlserver://h;user=u;password={%s}`,
		`u:%s@tcp(h:3306)/d`,
		`host=h port=5432 user=u password='%s'`,
		`https://u:%s@h/p`,
		`ftp://u:%s@h`,
		`https://h/p?api_key=%s`,
		`https://h/p#token=%s`,
		`https://h/p?x=1&sig=%s`,
		`http://h/%%3Fx#access_token=%s`,
		`https://discordapp.com/api/webhooks/1/%s`,
		`https://hooks.slack.com/services/T1/B1/%s`,
		`https://x.webhook.office.com/webhookb2/%s`,
		`https://api.telegram.org/bot1:%s/getMe`,
		`/callback?token=%s`,
		`GET /x?api_key=%s HTTP/1.1`,
		`POST /login?password=%s`,
		`url=/a?access_token=%s&b=1`,
		`<password>%s</password>`,
		`<Password>%s</Password>`,
		`<add key="ApiKey" value="%s" />`,
		`<add name="x" connectionString="Server=h;Password=%s" />`,
		`<setting name="Token"><value>%s</value></setting>`,
		`<token value="%s"/>`,
		`<wsse:Password Type="x">%s</wsse:Password>`,
		`&lt;password&gt;%s&lt;/password&gt;`,
		`<string name="api_key">%s</string>`,
		`<apiKey xmlns="x">%s</apiKey>`,
		`password: >
  %s`,
		`password: |-
  %s`,
		`- name: PASSWORD
  value: '%s'`,
		`stringData:
  password: %s`,
		`data:
  token: %s`,
		`{"name": "PASSWORD",
 "value": "%s"}`,
		`"name": "API_TOKEN",
"value": "%s"`,
		`map[password:%s]`,
		`map[string]interface {}{"password":"%s"}`,
		`&main.Config{Password:"%s"}`,
		`{Password:%s}`,
		`{User:u Password:%s}`,
		`[PASSWORD=%s]`,
		`[]string{"PASSWORD=%s"}`,
		`map[PASSWORD:%s USER:u]`,
		`environ({'PASSWORD': '%s'})`,
		`{'password': "%s"}`,
		`dict(password='%s')`,
		`Namespace(password='%s', u='x')`,
		`Config(token='%s')`,
		`{"password": u'%s'}`,
		`OrderedDict([('password', '%s')])`,
		`{b'password': b'%s'}`,
		`:password=>"%s"`,
		`"password"=>"%s"`,
		`{:password=>"%s"}`,
		`password=>%s`,
		`{password: "%s"}`,
		`Some("password", "%s")`,
		`["password", "%s"]`,
		`KeyValue { key: "password", value: "%s" }`,
		`EnvVar { name: "TOKEN", value: Some("%s") }`,
		`{ name: 'TOKEN', value: '%s' }`,
		`{"key":"password","value":"%s"}`,
		`Name: PASSWORD, Value: %s`,
		`{Name: aws.String("TOKEN"), Value: aws.String("%s")}`,
		`password -> %s`,
		`password => '%s'`,
		`array('password' => '%s')`,
		`[password] => %s`,
		`my password is %s`,
		`Your password: %s`,
		`the secret is %s`,
		`token is %s`,
		`token '%s' is invalid`,
		`invalid api key %s`,
		`Incorrect API key provided: %s`,
		`bad password "%s"`,
		`using password %s`,
		`with token %s`,
		`secret=%s`,
		`pwd %s`,
		`passwd: %s`,
		`credentials u:%s`,
		`username=u&password=%s`,
		`user u password %s`,
		`AUTH %s`,
		`auth=%s`,
		`auth: %s`,
		`PASSWORD %s`,
		`token	%s`,
		`PASSWORD	%s`,
	}},
}

// secretOf is a secret of a charset; it has a letter and a digit, as what people and programs make up does.
func secretOf(r *rand.Rand, charset string) string {
	n := 12 + r.IntN(28)
	b := make([]byte, n)
	for i := range b {
		b[i] = charset[r.IntN(len(charset))]
	}
	b[0], b[n/2], b[n/2+1], b[n-1] = alnum[r.IntN(52)], digits[r.IntN(10)], alnum[r.IntN(52)], alnum[r.IntN(52)]
	return string(b)
}

// places are where a text stands in what is read.
var places = []struct {
	name string
	put  func(string) string
}{
	{"log line", func(s string) string { return strings.Join(Lines(strings.Split(s, "\n")), "\n") }},
	{"error", Text},
	{"stopped reason", func(s string) string { return JSON(jsonOf("detail", "stoppedReason", s)) }},
	{"container reason", func(s string) string {
		return JSON([]byte(`{"detail":{"containers":[{"name":"app","reason":` + string(quote(s)) + `}]}}`))
	}},
	{"environment", func(s string) string {
		return JSON([]byte(`{"overrides":{"containerOverrides":[{"environment":[{"name":"A","value":` +
			string(quote(s)) + `}]}]}}`))
	}},
	{"unknown event", func(s string) string { return JSON(jsonOf("payload", "message", s)) }},
	{"broken event", func(s string) string { doc := jsonOf("payload", "message", s); return JSON(doc[:len(doc)-2]) }},
}

func jsonOf(outer, key, text string) []byte {
	return []byte(`{"` + outer + `":{"` + key + `":` + string(quote(text)) + `}}`)
}

// leaks writes n documents of a form and returns those that show a part of their secret.
func (form leakForm) leaks(r *rand.Rand, written func(string)) (documents int, leaked []string) {
	names := form.names
	if names == nil {
		names = []string{""}
	}
	for _, text := range form.texts {
		for _, name := range names {
			for _, place := range places {
				secret := secretOf(r, form.charset)
				in := strings.ReplaceAll(strings.ReplaceAll(text, "%n", name), "%s", secret)
				out := place.put(in)
				documents++
				written(out)
				if shows(out, secret) {
					leaked = append(leaked, fmt.Sprintf("%s: %s\n\t-> %s", place.name, in, out))
				}
			}
		}
	}
	return documents, leaked
}

// shows reports whether a text has eight bytes of a secret that follow one another.
func shows(text, secret string) bool {
	const least = 8
	for i := 0; i+least <= len(secret); i++ {
		if strings.Contains(text, secret[i:i+least]) {
			return true
		}
	}
	return false
}

// writtenTo is the environment variable that names a directory in which tests keep all that was written, for another
// scanner to look through.
const writtenTo = "WHYSTOPPED_LEAK_TEST_WRITES"

// keep writes a file into that directory, if there is one.
func keep(t *testing.T, name, text string) {
	t.Helper()
	if dir := os.Getenv(writtenTo); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Error(err)
		}
	}
}

func TestLeaks(t *testing.T) {
	all, leaking := 0, 0
	var kept strings.Builder
	for _, form := range leakForms {
		documents, leaked := 0, []string(nil)
		for seed := range uint64(3) {
			n, l := form.leaks(rand.New(rand.NewPCG(15, seed)), func(out string) { fmt.Fprintln(&kept, out) })
			documents, leaked = documents+n, append(leaked, l...)
		}
		all, leaking = all+documents, leaking+len(leaked)
		allowed := documents / 100
		if form.documented {
			allowed = 0
		}
		t.Logf("%-28s %5d documents, %5d leak", form.class, documents, len(leaked))
		if len(leaked) > allowed {
			t.Errorf("%s: %d of %d leak, such as\n%s", form.class, len(leaked), documents,
				strings.Join(leaked[:min(len(leaked), 12)], "\n"))
		}
	}
	t.Logf("%-28s %5d documents, %5d leak", "all", all, leaking)
	keep(t, "forms.txt", kept.String())
	if all < 5_000 {
		t.Errorf("%d documents prove little", all)
	}
}

// TestKeyLeaks: no line of a private key is seen, whole or in pieces.
func TestKeyLeaks(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 2))
	for range 200 {
		var lines []string
		for range 6 + r.IntN(20) {
			b := make([]byte, 64)
			for i := range b {
				b[i] = (alnum + "+/")[r.IntN(64)]
			}
			lines = append(lines, string(b))
		}
		whole := slices.Concat([]string{"-----BEGIN RSA " + "PRIVATE KEY-----"}, lines,
			[]string{"-----END RSA " + "PRIVATE KEY-----"})
		from := r.IntN(len(whole))
		piece := whole[from : from+1+r.IntN(len(whole)-from)]
		for name, got := range map[string]string{
			"lines":   strings.Join(Lines(piece), "\n"),
			"text":    Text("read " + strings.Join(piece, "\n")),
			"escaped": Text(`"key":"` + strings.Join(piece, `\n`)),
			"JSON":    JSON(jsonOf("a", "b", strings.Join(piece, "\n"))),
		} {
			for _, line := range lines {
				if shows(got, line) {
					t.Fatalf("%s: %q of %q", name, got, piece)
				}
			}
		}
	}
}
