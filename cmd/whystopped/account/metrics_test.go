package account

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/encoding/cbor"
	"github.com/google/go-cmp/cmp"

	"whystopped/evidence"
	"whystopped/evidence/lookup"
)

func TestMetricsOfCloudWatch(t *testing.T) {
	from := time.Date(2026, 3, 4, 7, 0, 0, 0, time.UTC)
	var asked cbor.Map
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		in, err := cbor.Decode(body)
		if err != nil {
			t.Errorf("%s: %v", r.URL, err)
		}
		asked = in.(cbor.Map)
		w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
		w.Header().Set("Content-Type", "application/cbor")
		at := func(m int) cbor.Value {
			return &cbor.Tag{ID: 1, Value: cbor.Float64(from.Add(time.Duration(m) * time.Minute).Unix())}
		}
		_, err = w.Write(cbor.Encode(cbor.Map{"Label": cbor.String("ErrorPortAllocation"), "Datapoints": cbor.List{
			cbor.Map{"Timestamp": at(1), "Sum": cbor.Float64(12), "Unit": cbor.String("Count")},
			cbor.Map{"Timestamp": at(0), "Sum": cbor.Float64(0), "Unit": cbor.String("Count")}}}))
		if err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	cfg := aws.Config{Region: "eu-west-1", BaseEndpoint: &server.URL,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "example"}, nil
		})}
	got, err := metrics(t.Context(), cfg, lookup.Metric{Namespace: "AWS/NATGateway", Name: "ErrorPortAllocation",
		Statistic: "Sum", Dimensions: map[string]string{"NatGatewayId": "nat-0a1"}, Period: time.Minute, From: from,
		To: from.Add(2 * time.Minute)})
	want := []evidence.Point{{At: from.Add(time.Minute), Value: 12}, {At: from}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v, -want +got:\n%s", err, diff)
	}
	for name, want := range map[string]cbor.Value{"Namespace": cbor.String("AWS/NATGateway"), "Period": cbor.Uint(60),
		"Statistics": cbor.List{cbor.String("Sum")}, "Dimensions": cbor.List{cbor.Map{
			"Name": cbor.String("NatGatewayId"), "Value": cbor.String("nat-0a1")}}} {
		if diff := cmp.Diff(want, asked[name]); diff != "" {
			t.Errorf("%s, -want +asked:\n%s", name, diff)
		}
	}
}
