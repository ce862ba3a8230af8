package dynamotest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"time"
)

// Dynalite starts dynalite, a DynamoDB that others made, which npm installed in a folder, and makes a table in it,
// whose keys are pk and sk. It returns where dynalite listens until ctx ends.
func Dynalite(ctx context.Context, folder, table string) (url string, err error) {
	cmd := exec.CommandContext(ctx, "node", "-e",
		`const server = require("dynalite")({createTableMs: 0}); `+
			`server.listen(0, "127.0.0.1", () => console.log("http://127.0.0.1:" + server.address().port))`)
	cmd.Dir = folder
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return "", errors.Join(err, cmd.Wait())
	}
	go cmd.Wait()
	url = strings.TrimSpace(line)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(fmt.Sprintf(
		`{"TableName":%q,"BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},`+
			`{"AttributeName":"sk","AttributeType":"S"}],"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},`+
			`{"AttributeName":"sk","KeyType":"RANGE"}]}`, table)))
	if err != nil {
		return "", err
	}
	day := time.Now().UTC()
	request.Header.Set("Content-Type", "application/x-amz-json-1.0")
	request.Header.Set("X-Amz-Target", "DynamoDB_20120810.CreateTable")
	request.Header.Set("X-Amz-Date", day.Format("20060102T150405Z"))
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"+day.Format("20060102")+
		"/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=none")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("dynalite makes no table: %s", answer.Status)
	}
	return url, nil
}
