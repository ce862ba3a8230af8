package redact

import (
	"slices"
	"strings"
	"testing"
)

// TestKeepsNames: names, images, hosts, ARNs, log groups, paths and what people write about credentials stay as they
// are, at every place where a text is read.
func TestKeepsNames(t *testing.T) {
	texts := namingTexts()
	if len(texts) < 300 {
		t.Errorf("%d texts prove little", len(texts))
	}
	for _, text := range texts {
		for _, place := range places {
			switch place.name {
			case "environment":
				continue // every value of one is masked
			case "stopped reason", "container reason", "unknown event", "broken event":
				if want := string(quote(text)); !strings.Contains(place.put(text), want[:len(want)-1]) {
					t.Errorf("%s: %s\n became %s", place.name, text, place.put(text))
				}
			default:
				if got := place.put(text); got != text {
					t.Errorf("%s: %s\n became %s", place.name, text, got)
				}
			}
		}
	}
}

// namingTexts are messages about things whose names sound like secrets.
func namingTexts() []string {
	names := []string{"prod/db-password", "my-app-token", "auth-service", "DB_PASSWORD", "web-auth", "token-validator",
		"api-key-rotator",
		"my-secret-2", "app/jwt-signer", "session-tokens", "password-reset", "passkey", "oauth2-proxy", "keycloak"}
	about := []string{
		"failed to fetch secret %n from secrets manager: AccessDeniedException",
		"ResourceNotFoundException: Secrets Manager can't find the specified secret: %n",
		"pull image 111122223333.dkr.ecr.eu-west-1.amazonaws.com/%n:1.2.3 failed",
		"docker.io/acme/%n:v2@sha256:4f1b4d1d6d9b6b2d7d1f0e5f3a9c0b7e2d8c4a6f1e3b5d7c9a0b2c4d6e8f0a1b: not found",
		"log group /ecs/%n does not exist",
		"container %n: exited with code 1",
		"arn:aws:secretsmanager:eu-west-1:111122223333:secret:%n-AbCdEf",
		"arn:aws:ssm:eu-west-1:111122223333:parameter/%n is not found",
		"arn:aws:secretsmanager:eu-west-1:111122223333:secret:%n-AbCdEf:password::",
		"task definition %n:12 is inactive",
		"service %n was unable to place a task",
		"dial tcp: lookup %n.internal on 10.0.0.2:53: no such host",
		"open /run/secrets/%n: permission denied",
		"exec /usr/local/bin/%n: no such file or directory",
		"awslogs-group=/aws/ecs/%n awslogs-region=eu-west-1",
		"family:%n stopped at 12:03:04",
		"the secret %n has no value",
		"invalid value for %n provided",
		"cannot read %n",
	}
	var texts []string
	for _, name := range names {
		for _, text := range about {
			texts = append(texts, strings.ReplaceAll(text, "%n", name))
		}
	}
	return slices.Concat(texts, ordinaryTexts, phrases, tradeTexts)
}

// phrases are what people and programs say about credentials.
var phrases = []string{
	"password is required", "invalid token provided", "password: required", "token: expired", "secret: not found",
	"the token is invalid",
	"password authentication failed for user \"app\"", "FATAL: password authentication failed for user app",
	"token expired at 12:00:00",
	"no password supplied", "fe_sendauth: no password supplied", "incorrect username or password",
	"wrong password for user app", "missing password",
	"password must have 8 characters", "password has expired", "secret version AWSCURRENT is missing",
	"access key is inactive", "the API key is missing",
	"API key not found", "an API key is required", "basic auth is required", "no basic auth credentials",
	"bearer token is missing", "unauthorized: authentication required",
	"Authorization header is missing", "authorization failed", "authorization: failed to fetch the token",
	"cookie is not set", "Set-Cookie is missing", "invalid credentials",
	"credentials: not found", "credentials have expired", "the security token included in the request is expired",
	"The security token included in the request is invalid.",
	"ExpiredTokenException: The security token included in the request is expired",
	"InvalidClientTokenId: The security token included in the request is invalid",
	"UnrecognizedClientException: The security token included in the request is invalid.",
	"could not load credentials from any providers", "unable to locate credentials",
	"operation error ECR: GetAuthorizationToken, exceeded maximum number of attempts, 3",
	"GetAuthorizationToken: no such host", "GetSecretValue: AccessDenied",
	"AccessDeniedException: not authorized to perform: secretsmanager:GetSecretValue",
	"secretsmanager:GetSecretValue is denied", "kms:Decrypt on key alias/my-key",
	"key arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab is disabled", "key 12 of 20",
	"token 3 of 5", "password 1 of 3 was tried",
	"private key file /etc/ssl/private/server.key is missing",
	"open /etc/ssl/private/key.pem: no such file or directory", "secret key base is not set",
	"set DB_PASSWORD and try again",
	"environment variable DB_PASSWORD is not set", "DB_PASSWORD: not set", "DB_PASSWORD is not defined",
	"variable API_TOKEN: required", "missing required key: token", "unknown field \"password\"",
	"json: unknown field \"token\"", "key \"password\" is not in the secret", "secret \"db-creds\" not found",
	"secrets \"web-auth\" is forbidden", "configmap \"auth\" not found",
	"required: [\"password\",\"email\"]", "fields [\"token\", \"secret\"] are needed", "usage: login <user> <password>",
	"usage: app --password <password>", "--password is required", "flag needs an argument: --token",
	"unknown flag: --password-stdin", "option --token must not be empty", "run with --password to supply one",
	"Error: --api-key is missing",
	"docker login is needed", "docker run -p 8080:80 acme/web:1", "helm install -p x", "az vm list -p y",
	"curl: (6) Could not resolve host: api.example.com", "mysql: command not found",
	"redis-cli: not found", "psql: error: connection to server at \"db\" (10.0.0.1), port 5432 failed",
	"mysqld: ready for connections. Version: '8.0.36' socket: '/var/run/mysqld/mysqld.sock' port: 3306",
	"vault login is needed first", "aws configure set region eu-west-1",
	"GET /v2/token HTTP/1.1 401", "POST /oauth/token 400", "https://auth.docker.io/token: 401",
	"https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html#error-reasons",
	"https://eu-west-1.console.aws.amazon.com/cloudwatch/home#logsV2:log-groups/log-group/$252Fecs$252Fauth",
	"request id: 5f0aee2a-1f2c-4f0a-8f6b-a9f1d9d4f1c7, token bucket is empty",
	"rate limit: token bucket empty", "tokens: 512 of 4096 used", "max_tokens: 4096",
	"unexpected token < in JSON at position 0", "SyntaxError: Unexpected token } in JSON", "Unexpected token: eof",
	"csrf token mismatch", "JWT expired", "jwt malformed", "jwt must be provided",
	"passphrase is needed to open the key", "bad decrypt: wrong passphrase?", "pat: not found",
	"[auth] listening on :8080", "auth: started", "auth service listening on 0.0.0.0:8080",
	"INFO auth.TokenService - ready", "com.example.auth.TokenFilter: request rejected",
	"Name: web-auth", "name: auth, image: acme/auth:1.2", "image: acme/token-service:latest",
	"cluster=auth service=token-api", "host: secretsmanager.eu-west-1.amazonaws.com",
	"user data: http://169.254.169.254/latest/user-data",
	"sha256:0dca1b97b4183df2ade11b09bf8d6e4eb996d0a4c722ad7e736214ad33bfcce6",
	"eni-02c31a81d62e77c31 subnet-0adeafc4fb28258d3",
	"ecs-svc/4374651048025955904", "i-0a1b2c3d4e5f60718", "ip-10-96-1-83.eu-central-1.compute.internal",
	"d9b04226947351c624009d8a67fb13b8-1129575944",
	"Identified by its name", "the image was identified by digest", "rolled back: secret rotated",
	"secret rotation failed", "rotating secret", "key rotation is on", "partition key is missing",
	"primary key violation", "duplicate key value violates unique constraint \"users_pkey\"",
	"foreign key constraint fails", "routing key my.queue is unknown", "ssh key exchange failed",
	"key exchange: no matching host key type found. Their offer: ssh-rsa", "passed 12 of 14 checks", "bypass: enabled",
	"compass: north", "author: jane", "authority: root", "keyboard: us", "monkey: patched",
}
