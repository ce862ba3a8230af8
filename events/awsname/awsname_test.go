package awsname_test

import (
	"net/netip"
	"strings"
	"testing"

	"whystopped/events/awsname"
)

func TestARN(t *testing.T) {
	for name, want := range map[string]struct {
		awsname.ARN
		whole bool
	}{
		"arn:aws:ecs:eu-north-1:210987654321:task/shop/5f0e": {
			awsname.ARN{
				Partition: "aws",
				Service:   "ecs",
				Region:    "eu-north-1",
				Account:   "210987654321",
				Resource:  "task/shop/5f0e",
			},
			true,
		},
		"arn:aws-cn:s3:::bucket/key:1": {
			awsname.ARN{Partition: "aws-cn", Service: "s3", Resource: "bucket/key:1"},
			true,
		},
		"arn:aws:kms:eu-no": {awsname.ARN{Partition: "aws", Service: "kms", Region: "eu-no"}, false},
		"arn":               {awsname.ARN{}, false},
		"arn:":              {awsname.ARN{}, false},
		"urn:aws:ecs:eu-north-1:210987654321:task": {awsname.ARN{}, false},
		"orders/db/password":                       {awsname.ARN{}, false},
		"":                                         {awsname.ARN{}, false},
	} {
		got, whole := awsname.ParseARN(name)
		if got != want.ARN || whole != want.whole {
			t.Errorf("ParseARN(%q) = %+v, %t", name, got, whole)
		}
		if whole && got.String() != name {
			t.Errorf("%q is written as %q", name, got)
		}
	}
}

func TestPartsOfARNs(t *testing.T) {
	two := func(f func(string) (string, string)) func(string) string {
		return func(name string) string {
			first, second := f(name)
			return strings.TrimSpace(first + " " + second)
		}
	}
	for _, c := range []struct {
		what string
		of   func(string) string
		rows map[string]string
	}{
		{"LastPart", awsname.LastPart, map[string]string{
			"arn:aws:ecs:eu-north-1:210987654321:task/shop/5f0e":           "5f0e",
			"arn:aws:iam::210987654321:role/service-role/orders":           "orders",
			"arn:aws:ecs:eu-north-1:210987654321:task-definition/orders:7": "orders:7",
			"orders":                              "orders",
			"ecs-svc/123":                         "123",
			"":                                    "",
			"arn:aws:iam::210987654321:role/cut/": "",
		}},
		{"ClusterOf", awsname.ClusterOf, map[string]string{
			"arn:aws:ecs:eu-north-1:210987654321:task/shop/5f0e":               "shop",
			"arn:aws:ecs:eu-north-1:210987654321:container-instance/shop/9a8b": "shop",
			"arn:aws:ecs:eu-north-1:210987654321:task/5f0e":                    "",
			"": "",
		}},
		{"AssumedRole", two(awsname.AssumedRole), map[string]string{
			"arn:aws:sts::210987654321:assumed-role/orders/5f0e": "orders 5f0e",
			"arn:aws:sts::210987654321:assumed-role/orders":      "orders",
			"arn:aws:iam::210987654321:role/orders":              "",
		}},
		{"TargetGroup", awsname.TargetGroup, map[string]string{
			"arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/orders/9f8e": "orders",
			"orders": "orders",
		}},
		{"LogGroup", awsname.LogGroup, map[string]string{
			"arn:aws:logs:eu-north-1:210987654321:log-group:/ecs/orders":                  "/ecs/orders",
			"arn:aws:logs:eu-north-1:210987654321:log-group:/ecs/orders:*":                "/ecs/orders",
			"arn:aws:logs:eu-north-1:210987654321:log-group:/ecs/orders:log-stream:web/1": "/ecs/orders",
			"/ecs/orders": "",
		}},
		{"S3Object", two(awsname.S3Object), map[string]string{
			"arn:aws:s3:::env/orders/prod.env":                                    "env orders/prod.env",
			"arn:aws-cn:s3:::env":                                                 "env",
			"s3://env/orders/prod.env":                                            "env orders/prod.env",
			"arn:aws:s3:eu-north-1:210987654321:accesspoint/env/object/a.env":     "",
			"arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders-a1b2c3": "",
			"orders/prod.env":                                                     "",
		}},
		{"Permission", awsname.Permission, map[string]string{
			"s3:HeadObject":                         "s3:GetObject",
			"s3:HeadBucket":                         "s3:ListBucket",
			"s3:ListObjectsV2":                      "s3:ListBucket",
			"s3:GetObject":                          "s3:GetObject",
			"s3:GetBucketLocation":                  "s3:GetBucketLocation",
			"elasticfilesystem:NewClientConnection": "elasticfilesystem:ClientMount",
			"ecr:BatchGetImage":                     "ecr:BatchGetImage",
			"ssm:GetParameters":                     "ssm:GetParameters",
			"logs:CreateLogStream":                  "logs:CreateLogStream",
			"":                                      "",
		}},
		{"PermissionOn", func(action string) string {
			return awsname.PermissionOn(action, "arn:aws:s3:::env/orders/prod.env")
		}, map[string]string{
			"s3:GetObject":                  "arn:aws:s3:::env/orders/prod.env",
			"s3:ListMultipartUploadParts":   "arn:aws:s3:::env/orders/prod.env",
			"s3:ListBucket":                 "arn:aws:s3:::env",
			"s3:GetBucketLocation":          "arn:aws:s3:::env",
			"s3:GetEncryptionConfiguration": "arn:aws:s3:::env",
			"logs:CreateLogStream":          "arn:aws:s3:::env/orders/prod.env",
		}},
		{"Partition", awsname.Partition, map[string]string{
			"eu-north-1":     "aws",
			"cn-north-1":     "aws-cn",
			"us-gov-west-1":  "aws-us-gov",
			"us-isob-east-1": "aws-iso-b",
			"eusc-de-east-1": "aws-eusc",
			"us-iso-east-1":  "aws-iso",
			"":               "aws",
		}},
	} {
		for name, want := range c.rows {
			if got := c.of(name); got != want {
				t.Errorf("%s(%q) = %q, want %q", c.what, name, got, want)
			}
		}
	}
}

func TestForms(t *testing.T) {
	for _, c := range []struct {
		what    string
		is      func(string) bool
		yes, no []string
	}{
		{
			"an account",
			awsname.IsAccount,
			[]string{"210987654321"},
			[]string{"", "21098765432", "2109876543210", "21098765432a", "２１０９"},
		},
		{
			"a Region",
			awsname.IsRegion,
			[]string{
				"eu-north-1", "us-gov-east-1", "cn-northwest-1", "eusc-de-east-1", "us-isob-east-1", "il-central-1",
				"mx-central-1", "ap-southeast-6",
			},
			[]string{
				"", "eu-north", "eu-north-10", "eu-1", "north-eu-1", "EU-north-1", "eu--1", "eu-north-1.evil.example",
				"eu-no/rth-1", "e1-north-1", "zz-north-1", "eu-evil-1", "us-gov-1", "eu-north-0",
			},
		},
		{
			"a host of AWS",
			awsname.IsAWS,
			[]string{
				"api.ecr.eu-north-1.amazonaws.com",
				"logs.cn-north-1.amazonaws.com.cn",
				"ecr.eu-north-1.api.aws",
				"SSM.eu-north-1.amazonaws.com.",
			},
			[]string{"", "amazonaws.com", "quay.io", "public.ecr.aws", "amazonaws.com.example", "10.0.0.7"},
		},
		{
			"meant as ECR",
			awsname.IsECR,
			[]string{
				"210987654321.dkr.ecr.eu-north-1.amazonaws.com",
				"210987654321.dkr-ecr.eu-north-1.on.aws",
				"api.ecr.eu-north-1.amazonaws.com",
				"ecr.eu-north-1.api.aws",
				"prod-eu-north-1-starport-layer-bucket.s3.eu-north-1.amazonaws.com",
				"210987654321.dkr.ecr.eu-north-1.amazonaws",
			},
			[]string{"", "docker.io", "public.ecr.aws", "quay.io", "s3.eu-north-1.amazonaws.com"},
		},
		{
			"misspelt",
			awsname.MisspeltECR,
			[]string{
				"210987654321.dkr.ecr.eu-north-1.amazonaws",
				"210987654321.drk.ecr.eu-north-1.amazonaws.com",
				"210987654321.dkr.ecr.amazonaws.com",
				"210987654321.dkr.ecr.eu-north-1.on.aws",
				"210987654321.dkr-ecr.eu-north-1.amazonaws.com",
			},
			[]string{
				"", "210987654321.dkr.ecr.eu-north-1.amazonaws.com",
				"210987654321.dkr.ecr-fips.us-gov-west-1.amazonaws.com",
				"210987654321.dkr.ecr.cn-north-1.amazonaws.com.cn", "210987654321.dkr-ecr.eu-north-1.on.aws",
				"210987654321.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn",
				"210987654321.dkr.ecr.us-iso-east-1.c2s.ic.gov", "210987654321.dkr.ecr.eusc-de-east-1.amazonaws.eu",
				"api.ecr.eu-north-1.amazonaws.com", "public.ecr.aws", "docker.io", "registry.example.com",
			},
		},
	} {
		for _, word := range c.yes {
			if !c.is(word) {
				t.Errorf("%q is %s", word, c.what)
			}
		}
		for _, word := range c.no {
			if c.is(word) {
				t.Errorf("%q is not %s", word, c.what)
			}
		}
	}
}

func TestHost(t *testing.T) {
	for name, want := range map[string]awsname.Host{
		"api.ecr.eu-north-1.amazonaws.com": {Service: "ecr.api", Region: "eu-north-1"},
		"ecr.eu-north-1.api.aws": {
			Service: "ecr.api",
			Region:  "eu-north-1",
			Variant: awsname.DualStack,
		},
		"ecr-fips.us-gov-west-1.amazonaws.com": {
			Service: "ecr.api",
			Region:  "us-gov-west-1",
			Variant: awsname.FIPS,
		},
		"210987654321.dkr.ecr.eu-north-1.amazonaws.com": {Service: "ecr.dkr", Region: "eu-north-1"},
		"210987654321.dkr.ecr-fips.us-east-1.amazonaws.com": {
			Service: "ecr.dkr",
			Region:  "us-east-1",
			Variant: awsname.FIPS,
		},
		"210987654321.dkr-ecr.eu-north-1.on.aws": {
			Service: "ecr.dkr",
			Region:  "eu-north-1",
			Variant: awsname.DualStack,
		},
		"210987654321.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn": {
			Service: "ecr.dkr",
			Region:  "cn-north-1",
			Variant: awsname.DualStack,
		},
		"prod-eu-north-1-starport-layer-bucket.s3.eu-north-1.amazonaws.com": {Service: "s3", Region: "eu-north-1"},
		"env.s3.dualstack.eu-north-1.amazonaws.com": {
			Service: "s3",
			Region:  "eu-north-1",
			Variant: awsname.DualStack,
		},
		"logs.eusc-de-east-1.api.amazonwebservices.eu": {
			Service: "logs",
			Region:  "eusc-de-east-1",
			Variant: awsname.DualStack,
		},
		"s3.amazonaws.com":                           {Service: "s3"},
		"LOGS.eu-north-1.amazonaws.com.":             {Service: "logs", Region: "eu-north-1"},
		"secretsmanager.cn-north-1.amazonaws.com.cn": {Service: "secretsmanager", Region: "cn-north-1"},
		"fs-0011.efs.eu-north-1.amazonaws.com":       {Region: "eu-north-1"},
		"dualstack.eu-north-1.amazonaws.com":         {Service: "dualstack", Region: "eu-north-1"},
		"iam.amazonaws.com":                          {},
	} {
		if got, ok := awsname.ParseHost(name); got != want || !ok {
			t.Errorf("ParseHost(%q) = %+v, %t", name, got, ok)
		}
	}
	for _, name := range []string{
		"", ".", "amazonaws.com", "registry-1.docker.io", "s3.eu-north-1.amazonaws.com.example", "eu-north-1",
	} {
		if got, ok := awsname.ParseHost(name); ok {
			t.Errorf("ParseHost(%q) = %+v", name, got)
		}
	}
}

func TestServiceHostIsReadAsItsService(t *testing.T) {
	for _, service := range []string{"ecr.api", "logs", "s3", "ssm"} {
		for _, region := range []string{"eu-north-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1", "us-iso-east-1",
			"us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1"} {
			host := awsname.ServiceHost(service, region)
			if got, ok := awsname.ParseHost(host); !ok || got != (awsname.Host{Service: service, Region: region}) {
				t.Errorf("%s is read as %+v", host, got)
			}
		}
	}
	if host := awsname.LayerBucket("eu-north-1") + "." +
		awsname.ServiceHost("s3", "eu-north-1"); !awsname.IsLayerBucket(host) {
		t.Errorf("%s is the bucket of layers", host)
	}
	if awsname.IsLayerBucket("env.s3.eu-north-1.amazonaws.com") {
		t.Error("a bucket is not one of layers")
	}
}

func TestECRRegistry(t *testing.T) {
	for host, want := range map[string]string{
		"210987654321.dkr.ecr.eu-north-1.amazonaws.com":               "210987654321 eu-north-1",
		"210987654321.dkr.ecr-fips.us-gov-west-1.amazonaws.com":       "210987654321 us-gov-west-1",
		"210987654321.dkr-ecr-fips.us-east-1.on.aws":                  "210987654321 us-east-1",
		"210987654321.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn": "210987654321 cn-north-1",
		"210987654321.dkr.ecr.us-isob-east-1.sc2s.sgov.gov":           "210987654321 us-isob-east-1",
		"210987654321.dkr-ecr.eusc-de-east-1.on.amazonwebservices.eu": "210987654321 eusc-de-east-1",
		"210987654321.dkr-ecreu-north-1.on.aws":                       "",
		"21098765432.dkr.ecr.eu-north-1.amazonaws.com":                "",
		"210987654321.dkr.ecr.north.amazonaws.com":                    "",
		"210987654321.dkr.ecr.eu-north-1.amazonaws":                   "",
		"api.ecr.eu-north-1.amazonaws.com":                            "",
		"public.ecr.aws":                                              "",
		"docker.io":                                                   "",
		"":                                                            "",
	} {
		account, region, ok := awsname.ECRRegistry(host)
		if ok != (want != "") || ok && account+" "+region != want {
			t.Errorf("ECRRegistry(%q) = %q, %q, %t", host, account, region, ok)
		}
	}
}

func TestImage(t *testing.T) {
	const digest = "sha256:0f1e2d"
	for reference, want := range map[string]struct {
		awsname.Image
		name string
	}{
		"nginx": {awsname.Image{Registry: "docker.io", Repository: "nginx"}, "nginx"},
		"nginx:1.27": {
			awsname.Image{Registry: "docker.io", Repository: "nginx", Tag: "1.27"},
			"nginx",
		},
		"docker.io/library/nginx:1.27": {
			awsname.Image{Registry: "docker.io", Repository: "library/nginx", Tag: "1.27"},
			"nginx",
		},
		"acme/orders@" + digest: {
			awsname.Image{Registry: "docker.io", Repository: "acme/orders", Digest: digest},
			"acme/orders",
		},
		"localhost/orders": {
			awsname.Image{Registry: "localhost", Repository: "orders"},
			"localhost/orders",
		},
		"registry.example.com:5000/orders": {
			awsname.Image{Registry: "registry.example.com:5000", Repository: "orders"},
			"registry.example.com:5000/orders",
		},
		"registry.example.com/library/a:v1": {
			awsname.Image{Registry: "registry.example.com", Repository: "library/a", Tag: "v1"},
			"registry.example.com/library/a",
		},
		"210987654321.dkr.ecr.eu-north-1.amazonaws.com/shop/orders:7@" + digest: {
			awsname.Image{
				Registry:   "210987654321.dkr.ecr.eu-north-1.amazonaws.com",
				Repository: "shop/orders",
				Tag:        "7",
				Digest:     digest,
			},
			"210987654321.dkr.ecr.eu-north-1.amazonaws.com/shop/orders"},
		"": {},
	} {
		if got := awsname.ParseImage(reference); got != want.Image || got.Name() != want.name {
			t.Errorf("ParseImage(%q) = %+v, %q", reference, got, got.Name())
		}
	}
}

func TestIsPrivate(t *testing.T) {
	for address, want := range map[string]bool{
		"10.0.0.7":          true,
		"172.31.9.9":        true,
		"192.168.1.1":       true,
		"100.64.3.2":        true,
		"::ffff:10.0.0.7":   true,
		"::ffff:100.64.3.2": true,
		"fd00::1":           true,
		"52.46.1.1":         false,
		"100.128.0.1":       false,
		"2a05:d018::1":      false,
		"169.254.170.2":     false,
	} {
		if got := awsname.IsPrivate(netip.MustParseAddr(address)); got != want {
			t.Errorf("IsPrivate(%s) = %t", address, got)
		}
	}
	if awsname.IsPrivate(netip.Addr{}) {
		t.Error("no address is not a private one")
	}
}

func FuzzARN(f *testing.F) {
	f.Add("arn:aws:ecs:eu-north-1:210987654321:task/shop/5f0e")
	f.Add("arn:aws:kms:eu")
	f.Fuzz(func(t *testing.T, name string) {
		a, whole := awsname.ParseARN(name)
		switch {
		case whole && a.String() != name:
			t.Errorf("%q is written as %q", name, a)
		case !whole && a != (awsname.ARN{}) && !strings.HasPrefix(a.String(), name):
			t.Errorf("%q, cut off, is written as %q", name, a)
		}
		for _, part := range []string{
			awsname.LastPart(name),
			awsname.ClusterOf(name),
			awsname.TargetGroup(name),
			awsname.LogGroup(name),
		} {
			if !strings.Contains(name, part) {
				t.Errorf("%q is no part of %q", part, name)
			}
		}
		bucket, key := awsname.S3Object(name)
		role, session := awsname.AssumedRole(name)
		if !strings.Contains(name, bucket+"/"+key) && key != "" ||
			!strings.Contains(name, role+"/"+session) && session != "" {
			t.Errorf("%q: %q %q %q %q", name, bucket, key, role, session)
		}
	})
}

func FuzzHost(f *testing.F) {
	f.Add("210987654321.dkr.ecr.eu-north-1.amazonaws.com")
	f.Add("env.s3.dualstack.eu-north-1.amazonaws.com.")
	f.Fuzz(func(t *testing.T, name string) {
		h, ok := awsname.ParseHost(name)
		if !ok && h != (awsname.Host{}) || h.Region != "" && !awsname.IsRegion(h.Region) ||
			strings.ContainsAny(h.Service, "/ ") && !strings.ContainsAny(name, "/ ") {
			t.Errorf("ParseHost(%q) = %+v, %t", name, h, ok)
		}
		account, region, registry := awsname.ECRRegistry(name)
		if registry &&
			(!awsname.IsAccount(account) || !awsname.IsRegion(region) || !awsname.IsECR(name) ||
				awsname.MisspeltECR(name)) {
			t.Errorf("ECRRegistry(%q) = %q, %q", name, account, region)
		}
	})
}

func FuzzImage(f *testing.F) {
	f.Add("210987654321.dkr.ecr.eu-north-1.amazonaws.com/shop/orders:7@sha256:0f1e2d")
	f.Add("docker.io/library/nginx")
	f.Fuzz(func(t *testing.T, reference string) {
		i := awsname.ParseImage(reference)
		for _, part := range []string{i.Repository, i.Tag, i.Digest, i.Name()} {
			if !strings.Contains(reference, part) {
				t.Errorf("%q is no part of %q", part, reference)
			}
		}
		if (i.Registry == "") != (reference == "") {
			t.Errorf("ParseImage(%q) = %+v", reference, i)
		}
	})
}
