package account

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

func TestOrganizationOfTheAccount(t *testing.T) {
	for said, want := range map[string]string{
		`{"Organization":{"Id":"o-ex1a2b3c4d","MasterAccountId":"210987654321"}}`: "o-ex1a2b3c4d",
		`{"__type":"AWSOrganizationsNotInUseException"}`:                          "",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if target := r.Header.Get("X-Amz-Target"); target != "AWSOrganizationsV20161128.DescribeOrganization" {
				t.Errorf("asked for %s", target)
			}
			if want == "" {
				w.WriteHeader(http.StatusBadRequest)
			}
			if _, err := io.WriteString(w, said); err != nil {
				t.Error(err)
			}
		}))
		defer server.Close()
		cfg := aws.Config{Region: "eu-west-1", BaseEndpoint: &server.URL,
			Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "example"}, nil
			})}
		if got, err := organization(t.Context(), cfg); got != want || (err != nil) != (want == "") {
			t.Errorf("%s is read as %q, %v", said, got, err)
		}
	}
}
