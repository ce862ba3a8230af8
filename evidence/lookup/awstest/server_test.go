package awstest

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// send sends a request that is signed for a service and returns the status and the body of the answer.
func send(t *testing.T, s *Server, service, method, path, body string, headers ...string) (int, string) {
	t.Helper()
	request, err := http.NewRequest(method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization",
		"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260304/eu-west-1/"+service+
			"/aws4_request, SignedHeaders=host, Signature=0")
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

const form = "application/x-www-form-urlencoded"

// TestProtocols has the answers in the forms that the documentation of each protocol shows
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html, https://smithy.io/2.0/aws/protocols/).
func TestProtocols(t *testing.T) {
	s := NewServer("111122223333")
	defer s.Close()
	s.Put(
		"ec2:DescribeSubnets",
		Object{"subnetId": "subnet-1", "ipv6Native": false, "tagSet": []Object{{"key": "a", "value": "<b>"}}},
		Object{"subnetId": "subnet-2"},
		Object{"subnetId": "subnet-3"},
	)
	operations = append(
		operations,
		operation{
			name:   "elasticfilesystem:DescribeThing",
			path:   "GET /2015-02-01/things/{ThingId}",
			answer: func(_ *Server, in Object) (Object, *Refusal) { return in, nil },
		},
		operation{
			name: "s3:ListObjectsV2",
			path: "GET /{Bucket}?list-type=2",
			answer: func(_ *Server, in Object) (Object, *Refusal) {
				return Object{"Name": in["Bucket"], "Contents": []Object{{"Key": "a"}, {"Key": "b"}}}, nil
			},
		},
	)
	defer func() { operations = operations[:len(operations)-2] }()
	for _, o := range operations[len(operations)-2:] {
		s.Handle(o.name, func(in Object) (Object, *Refusal) { return o.answer(s, in) })
	}
	for _, test := range []struct {
		name                        string
		service, method, path, body string
		headers                     []string
		status                      int
		contains                    string
	}{
		{
			name:    "EC2",
			service: "ec2",
			method:  "POST",
			path:    "/",
			body:    "Action=DescribeSubnets&Version=2016-11-15&Filter.1.Name=subnet-id&Filter.1.Value.1=subnet-1",
			headers: []string{"Content-Type", form},
			status:  200,
			contains: `<DescribeSubnetsResponse><requestId>` + requestID +
				`</requestId><subnetSet><item><ipv6Native>false</ipv6Native><subnetId>subnet-1</subnetId>` +
				`<tagSet><item><key>a</key><value>&lt;b&gt;</value></item></tagSet></item></subnetSet>` +
				`</DescribeSubnetsResponse>`,
		},
		{
			name:     "EC2, a page",
			service:  "ec2",
			method:   "POST",
			path:     "/",
			body:     "Action=DescribeSubnets&MaxResults=2",
			headers:  []string{"Content-Type", form},
			status:   200,
			contains: "<nextToken>page-2</nextToken>",
		},
		{
			name:     "EC2, the next page",
			service:  "ec2",
			method:   "POST",
			path:     "/",
			body:     "Action=DescribeSubnets&MaxResults=2&NextToken=page-2",
			headers:  []string{"Content-Type", form},
			status:   200,
			contains: "<subnetSet><item><subnetId>subnet-3</subnetId></item></subnetSet></Desc",
		},
		{
			name:    "EC2, a filter that does not exist",
			service: "ec2",
			method:  "POST",
			path:    "/",
			body:    "Action=DescribeSubnets&Filter.1.Name=colour&Filter.1.Value.1=red",
			headers: []string{"Content-Type", form},
			status:  400,
			contains: `<Response><Errors><Error><Code>InvalidParameterValue</Code><Message>The filter ` +
				`&#39;colour&#39; is invalid</Message></Error></Errors>`,
		},
		{
			name:     "EC2, an action that does not exist",
			service:  "ec2",
			method:   "POST",
			path:     "/",
			body:     "Action=DescribeColours",
			headers:  []string{"Content-Type", form},
			status:   400,
			contains: "<Code>InvalidAction</Code>",
		},
		{
			name:     "query",
			service:  "sts",
			method:   "POST",
			path:     "/",
			body:     "Action=GetCallerIdentity&Version=2011-06-15",
			headers:  []string{"Content-Type", form},
			status:   200,
			contains: `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account>`,
		},
		{
			name:     "query, an action that does not exist",
			service:  "iam",
			method:   "POST",
			path:     "/",
			body:     "Action=GetColour",
			headers:  []string{"Content-Type", form},
			status:   400,
			contains: `<ErrorResponse><Error><Code>InvalidAction</Code>`,
		},
		{
			name:     "JSON",
			service:  "ecs",
			method:   "POST",
			path:     "/",
			body:     `{"services":["web"],"cluster":"prod"}`,
			headers:  []string{"X-Amz-Target", "AmazonEC2ContainerServiceV20141113.DescribeServices"},
			status:   200,
			contains: `{"failures":[{"arn":"web","reason":"MISSING"}],"services":[]}`,
		},
		{
			name:     "JSON, an error",
			service:  "ecs",
			method:   "POST",
			path:     "/",
			body:     `{"taskDefinition":"web:1"}`,
			headers:  []string{"X-Amz-Target", "AmazonEC2ContainerServiceV20141113.DescribeTaskDefinition"},
			status:   400,
			contains: `{"__type":"ClientException","message":"Unable to describe task definition."}`,
		},
		{
			name:     "REST with JSON",
			service:  "elasticfilesystem",
			method:   "GET",
			path:     "/2015-02-01/things/one?MaxItems=5",
			status:   200,
			contains: `{"MaxItems":"5","ThingId":"one",`,
		},
		{
			name:     "REST with JSON, a place that does not exist",
			service:  "elasticfilesystem",
			method:   "GET",
			path:     "/2015-02-01/other/one",
			status:   400,
			contains: `"__type":"UnknownOperationException"`,
		},
		{
			name:    "REST with XML",
			service: "s3",
			method:  "GET",
			path:    "/bucket?list-type=2&prefix=a",
			status:  200,
			contains: `<ListObjectsV2Result><Contents><Key>a</Key></Contents>` +
				`<Contents><Key>b</Key></Contents></ListObjectsV2Result>`,
		},
		{
			name:     "REST with XML, an error",
			service:  "s3",
			method:   "PUT",
			path:     "/bucket",
			status:   400,
			contains: `<Error><Code>MethodNotAllowed</Code>`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if status, body := send(t, s, test.service, test.method, test.path, test.body,
				test.headers...); status != test.status || !strings.Contains(body, test.contains) {
				t.Errorf("answered %d %s", status, body)
			}
		})
	}
	if s.Count("ec2") != 5 || s.Count("ec2:DescribeSubnets") != 4 || s.Count("sts:GetCallerIdentity") != 1 {
		t.Errorf("noted %q", s.Requests())
	}
}

func TestFaults(t *testing.T) {
	s := NewServer("111122223333")
	defer s.Close()
	who := func() (int, string) {
		return send(t, s, "sts", "POST", "/", "Action=GetCallerIdentity", "Content-Type", form)
	}
	s.Inject(Fault{Operation: "ec2", Denied: true})
	s.Inject(Fault{Operation: "sts:GetCallerIdentity", Throttled: true, Times: 2})
	s.Inject(Fault{Operation: "sts", Denied: true, Times: 1})
	s.Inject(Fault{Times: 1, Delay: 50 * time.Millisecond})
	for i, want := range []string{"<Code>Throttling</Code>", "<Code>Throttling</Code>",
		"is not authorized to perform: sts:GetCallerIdentity because no identity-based policy allows the " +
			"sts:GetCallerIdentity action"} {
		if status, body := who(); status == 200 || !strings.Contains(body, want) {
			t.Errorf("request %d: answered %d %s, want %s", i, status, body, want)
		}
	}
	begin := time.Now()
	if status, _ := who(); status != 200 || time.Since(begin) < 50*time.Millisecond {
		t.Errorf("answered %d after %s", status, time.Since(begin))
	}
	if status, body := send(t, s, "ec2", "POST", "/", "Action=DescribeVpcs", "Content-Type", form); status != 403 ||
		!strings.Contains(body, "<Code>UnauthorizedOperation</Code>") {
		t.Errorf("answered %d %s", status, body)
	}
	s.Heal()
	s.Inject(Fault{Silent: true})
	client := http.Client{Timeout: 50 * time.Millisecond}
	request, _ := http.NewRequest("POST", s.URL, strings.NewReader("Action=GetCallerIdentity"))
	request.Header.Set("Content-Type", form)
	request.Header.Set("Authorization", "Credential=A/20260304/eu-west-1/sts/aws4_request")
	var late interface{ Timeout() bool }
	if _, err := client.Do(request); !errors.As(err, &late) || !late.Timeout() {
		t.Errorf("a silent service says %v", err)
	}
}

func TestAnUnsignedRequestIsRefused(t *testing.T) {
	s := NewServer("111122223333")
	defer s.Close()
	response, err := http.Post(s.URL, form, strings.NewReader("Action=GetCallerIdentity"))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusForbidden || s.Count("") != 0 {
		t.Errorf("answered %d", response.StatusCode)
	}
}
