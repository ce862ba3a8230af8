package setup

import (
	"strings"
	"testing"
	"time"

	"whystopped/classifier"
	"whystopped/evidence"
)

// expiring takes the image out of its repository, which has these lifecycle rules.
func expiring(rules evidence.Answer[[]evidence.LifecycleRule]) func(*evidence.Case) {
	return func(c *evidence.Case) {
		withoutImage(c)
		c.Facts.Setup.Lifecycles = map[string]evidence.Answer[[]evidence.LifecycleRule]{ecrOrders: rules}
	}
}

// inOtherRegion names the image in another Region, whose registry answers so, as the task's does.
func inOtherRegion(there, here evidence.Answer[evidence.Image]) func(*evidence.Case) {
	return func(c *evidence.Case) {
		named := strings.Replace(ecrOrders, "eu-west-1", "us-east-1", 1)
		culpritIs(c, named, "")
		c.Facts.Setup.CacheRules[evidence.In("us-east-1", ours)] = evidence.Is([]evidence.CacheRule{})
		c.Facts.Setup.Images = map[string]evidence.Answer[evidence.Image]{named: there,
			"ecr eu-west-1 " + ours + " shop/orders:7": here}
	}
}

func expired(c *evidence.Case, at time.Time) {
	c.Facts.Setup.Expirations = map[string]evidence.Answer[[]evidence.TrailEvent]{
		ecrOrders: evidence.Is([]evidence.TrailEvent{{At: at}})}
}

var imageTrials = []setupTrials{
	{
		cause: "image-tag-missing",
		stage: classifier.Image,
		fault: classifier.NotFound,
		trials: []setupTrial{
			{
				when:  "the tag is there by now, on an image that is older",
				want:  "fixed_since",
				tells: "the registry did not find it at 07:00:00Z",
			},
			{
				when: "it is in the task's Region, and need not be pushed",
				change: inOtherRegion(evidence.Is(evidence.Image{Missing: true}),
					evidence.Is(evidence.Image{PushedAt: before})),
				want:  "confirmed",
				tells: "write " + ecrOrders + " as the image",
			},
			{
				when: "its layers were being read",
				change: func(c *evidence.Case) {
					withoutImage(c)
					c.Finding.Facts.Endpoint = "prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com"
				},
				want:  "ruled_out",
				tells: "starport-layer-bucket",
			},
			{
				when:   "the tag is missing",
				change: withoutImage,
				want:   "confirmed",
				tells:  "shop/orders",
			},
			{
				when:   "pushed after the failure",
				change: func(c *evidence.Case) { setImage(c, evidence.Image{PushedAt: after}) },
				want:   "fixed_since",
				tells:  "60 s after the failure at 07:00:00Z",
			},
			{
				when:   "pushed at the moment of creation",
				change: func(c *evidence.Case) { setImage(c, evidence.Image{PushedAt: launched}) },
				want:   "fixed_since",
			},
			{
				when:   "when it was pushed is not told",
				change: func(c *evidence.Case) { setImage(c, evidence.Image{}) },
				want:   "later",
				tells:  "not told",
			},
			{
				when:   "when the task was created is not told",
				change: func(c *evidence.Case) { c.Stop.CreatedAt = time.Time{} },
				want:   "fixed_since",
			},
			{
				when:   "no repository",
				change: withoutRepository,
				want:   "not_causal",
				tells:  "no repository shop/orders",
			},
			{
				when: "a cache should have fetched it",
				change: func(c *evidence.Case) {
					withoutImage(c)
					rules(c, evidence.CacheRule{Prefix: "shop", Upstream: "public.ecr.aws"})
				},
				want:  "not_causal",
				tells: "public.ecr.aws",
			},
			{
				when: "a cache for everything",
				change: func(c *evidence.Case) {
					withoutImage(c)
					rules(c, evidence.CacheRule{Prefix: "ROOT", Upstream: "quay.io"})
				},
				want:  "not_causal",
				tells: "quay.io",
			},
			{
				when: "a cache for another prefix",
				change: func(c *evidence.Case) {
					withoutImage(c)
					rules(c, evidence.CacheRule{Prefix: "sho", Upstream: "quay.io"})
				},
				want:  "confirmed",
				tells: "shop/orders",
			},
			{
				when:   "the cache's rules are not visible",
				change: func(c *evidence.Case) { withoutImage(c); withoutRules(c) },
				want:   "no_permission",
				tells:  "pull-through",
			},
			{
				when: "the rules are not visible, and the name is none of a cache's",
				change: func(c *evidence.Case) {
					flat := ours + ".dkr.ecr.eu-west-1.amazonaws.com/orders:7"
					culpritIs(c, flat, "")
					c.Facts.Setup.Images[flat] = evidence.Is(evidence.Image{Missing: true})
					withoutRules(c)
				},
				want:  "confirmed",
				tells: "could not be read",
			},
			{
				when: "another account's, and the name is none of a cache's",
				change: func(c *evidence.Case) {
					flat := theirs + ".dkr.ecr.eu-west-1.amazonaws.com/orders:7"
					culpritIs(c, flat, "")
					c.Facts.Setup.Images[flat] = evidence.Is(evidence.Image{Missing: true})
					c.Facts.Setup.CacheRules[evidence.In("eu-west-1", theirs)] =
						evidence.Unanswered[[]evidence.CacheRule](classifier.ReasonNotVisible, "")
				},
				want: "not_visible",
			},
			{
				when:   "archived",
				change: func(c *evidence.Case) { setImage(c, evidence.Image{PushedAt: before, Status: "ARCHIVED"}) },
				want:   "not_causal",
				tells:  "ARCHIVED",
			},
			{
				when:   "Docker Hub",
				change: func(c *evidence.Case) { culpritIs(c, "shop/orders:7", "") },
				want:   "not_visible",
				tells:  "no other registry",
			},
			{
				when:   "public ECR",
				change: func(c *evidence.Case) { culpritIs(c, "public.ecr.aws/shop/orders:7", "") },
				want:   "not_visible",
			},
			{
				when: "another account's, denied to us",
				change: func(c *evidence.Case) {
					elsewhere(c,
						evidence.Unanswered[evidence.Image](classifier.ReasonNoPermission, "ecr:DescribeImages"))
				},
				want:  "not_visible",
				tells: theirs,
			},
			{
				when:   "another account's, whose cache is not visible",
				change: func(c *evidence.Case) { elsewhere(c, evidence.Is(evidence.Image{Missing: true})) },
				want:   "not_read",
			},
			{
				when:   "another account's, which lets us see it",
				change: func(c *evidence.Case) { elsewhere(c, evidence.Is(evidence.Image{PushedAt: before})) },
				want:   "fixed_since",
				tells:  theirs,
			},
			{
				when: "throttled",
				change: func(c *evidence.Case) {
					c.Facts.Setup.Images[ecrOrders] = evidence.Unanswered[evidence.Image](classifier.ReasonThrottled,
						"ecr:DescribeImages")
				},
				want: "throttled",
			},
			{
				when: "no culprit, the text names the image",
				change: func(c *evidence.Case) {
					c.Finding.Culprit, c.Finding.Facts.Image = -1, ecrOrders
					withoutImage(c)
				},
				want: "confirmed",
			},
			{
				when: "the text names the repository alone",
				change: func(c *evidence.Case) {
					c.Finding.Facts.Image = strings.TrimSuffix(ecrOrders, ":7")
					withoutImage(c)
				},
				want:  "confirmed",
				tells: "tag 7",
			},
		},
	},
	{
		cause: "image-digest-missing",
		stage: classifier.Image,
		fault: classifier.NotFound,
		trials: []setupTrial{
			{
				when: "the digest is there",
				change: func(c *evidence.Case) {
					c.Stop.StoppedReason = "… /v2/shop/orders/manifests/" + ordersHash + ": 404"
				},
				want:  "ruled_out",
				tells: ordersHash,
			},
			{
				when: "the digest is missing",
				change: func(c *evidence.Case) {
					withoutImage(c)
					c.Stop.Containers[0].Reason = "failed to resolve ref " + strings.TrimSuffix(ecrOrders, ":7") + "@" +
						ordersHash + ": not found"
				},
				want:  "confirmed",
				tells: ordersHash,
			},
			{
				when:   "a layer's digest is none of an image",
				change: func(c *evidence.Case) { withoutImage(c); c.Stop.StoppedReason = "… /blobs/" + ordersHash },
				want:   "confirmed",
				tells:  "tag 7",
			},
			{
				when: "a cache should have fetched it",
				change: func(c *evidence.Case) {
					withoutImage(c)
					rules(c, evidence.CacheRule{Prefix: "shop/", Upstream: "quay.io"})
				},
				want: "not_causal",
			},
		},
	},
	{
		cause: "image-repository-missing",
		stage: classifier.Image,
		fault: classifier.NotFound,
		trials: []setupTrial{
			{
				when: "its layers were being read, and it was deleted since",
				change: func(c *evidence.Case) {
					withoutRepository(c)
					c.Finding.Facts.Endpoint = "prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com"
				},
				want:  "ruled_out",
				tells: "starport-layer-bucket",
			},
			{
				when:   "it exists in the task's Region, and need not be created",
				change: inOtherRegion(evidence.None[evidence.Image](), evidence.Is(evidence.Image{PushedAt: before})),
				want:   "confirmed",
				tells:  "write " + ecrOrders + " as the image",
			},
			{
				when:   "the task's Region has the repository without the image",
				change: inOtherRegion(evidence.None[evidence.Image](), evidence.Is(evidence.Image{Missing: true})),
				want:   "confirmed",
				tells:  "create repository shop/orders in account " + ours + ", us-east-1",
			},
			{
				when:   "it exists, though the tag does not",
				change: withoutImage,
				want:   "ruled_out",
				tells:  "shop/orders",
			},
			{
				when:   "it does not",
				change: withoutRepository,
				want:   "confirmed",
				tells:  "shop/orders",
			},
			{
				when: "a cache should have made it",
				change: func(c *evidence.Case) {
					withoutRepository(c)
					rules(c, evidence.CacheRule{Prefix: "shop", Upstream: "quay.io"})
				},
				want:  "not_causal",
				tells: "quay.io",
			},
			{
				when: "another account's",
				change: func(c *evidence.Case) {
					elsewhere(c,
						evidence.Unanswered[evidence.Image](classifier.ReasonNoPermission, "ecr:DescribeImages"))
				},
				want: "not_visible",
			},
		},
	},
	{
		cause: "image-expired-by-lifecycle",
		stage: classifier.Image,
		fault: classifier.NotFound,
		trials: []setupTrial{
			{
				when: "its digest is there",
				change: func(c *evidence.Case) {
					c.Stop.StoppedReason = "… /v2/shop/orders/manifests/" + ordersHash + ": 404"
				},
				want: "ruled_out",
			},
			{
				when: "its tag is there by now",
				want: "fixed_since",
			},
			{
				when:   "it is not, and the policy was not read",
				change: withoutImage,
				want:   "not_read",
				tells:  "lifecycle policy of shop/orders could not be read",
			},
			{
				when: "the policy may not be read",
				change: expiring(evidence.Unanswered[[]evidence.LifecycleRule](classifier.ReasonNoPermission,
					"ecr:GetLifecyclePolicy")),
				want: "no_permission",
			},
			{
				when:   "there is no policy",
				change: expiring(evidence.None[[]evidence.LifecycleRule]()),
				want:   "ruled_out",
				tells:  "has no lifecycle policy",
			},
			{
				when: "only untagged images and other tags are removed",
				change: expiring(evidence.Is([]evidence.LifecycleRule{
					{Tags: "untagged"},
					{Tags: "tagged", Prefixes: []string{"8", "pr-"}},
					{Tags: "tagged", Patterns: []string{"*-dev", "[7]", "?"}},
				})),
				want:  "ruled_out",
				tells: "selects tag 7",
			},
			{
				when: "a prefix fits",
				change: expiring(evidence.Is([]evidence.LifecycleRule{{Tags: "untagged"},
					{Tags: "tagged", Prefixes: []string{"8", "7"}}})),
				want:  "not_read",
				tells: "rule 2 of the lifecycle policy of shop/orders may have removed it",
			},
			{
				when: "CloudTrail has the run that removed it",
				change: func(c *evidence.Case) {
					expiring(evidence.Is([]evidence.LifecycleRule{{Tags: "any"}}))(c)
					expired(c, before)
				},
				want:  "confirmed",
				tells: "the lifecycle policy of repository shop/orders removed shop/orders:7 at 2026-03-03 06:59:00Z",
			},
			{
				when: "CloudTrail has a run that removed it after the failure",
				change: func(c *evidence.Case) {
					expiring(evidence.Is([]evidence.LifecycleRule{{Tags: "any"}}))(c)
					expired(c, after)
				},
				want: "later",
			},
			{
				when: "a pattern fits",
				change: expiring(evidence.Is([]evidence.LifecycleRule{{Tags: "tagged",
					Patterns: []string{"*"}}})),
				want: "not_read",
			},
			{
				when:   "every image may be removed",
				change: expiring(evidence.Is([]evidence.LifecycleRule{{Tags: "any"}})),
				want:   "not_read",
			},
			{
				when: "a digest, of which the tags are not known",
				change: func(c *evidence.Case) {
					named := strings.TrimSuffix(ecrOrders, ":7") + "@" + ordersHash
					culpritIs(c, named, "")
					c.Facts.Setup.Images[named] = evidence.Is(evidence.Image{Missing: true})
					c.Facts.Setup.Lifecycles = map[string]evidence.Answer[[]evidence.LifecycleRule]{
						named: evidence.Is([]evidence.LifecycleRule{{Tags: "untagged"}}),
					}
				},
				want: "not_read",
			},
			{
				when:   "it is archived",
				change: func(c *evidence.Case) { setImage(c, evidence.Image{PushedAt: before, Status: "ARCHIVED"}) },
				want:   "not_read",
				tells:  "who archived it",
			},
			{
				when:   "no repository",
				change: withoutRepository,
				want:   "not_causal",
			},
		},
	},
	{
		cause: "image-archived",
		stage: classifier.Image,
		fault: classifier.NotFound,
		trials: []setupTrial{
			{
				when: "it is active",
				want: "ruled_out",
			},
			{
				when: "it is archived",
				change: func(c *evidence.Case) {
					setImage(c, evidence.Image{PushedAt: before, Status: "ARCHIVED", ArchivedAt: before})
				},
				want:  "confirmed",
				tells: "shop/orders",
			},
			{
				when:   "it is being restored",
				change: func(c *evidence.Case) { setImage(c, evidence.Image{PushedAt: before, Status: "ACTIVATING"}) },
				want:   "confirmed",
				tells:  "shop/orders:7",
			},
			{
				when: "archived after the stop",
				change: func(c *evidence.Case) {
					setImage(c, evidence.Image{PushedAt: before, Status: "ARCHIVED", ArchivedAt: after})
				},
				want: "later",
			},
			{
				when: "restored after the failure",
				change: func(c *evidence.Case) {
					setImage(c, evidence.Image{PushedAt: before, Status: "ACTIVE", ActivatedAt: after})
				},
				want: "fixed_since",
			},
			{
				when: "restored long before",
				change: func(c *evidence.Case) {
					setImage(c, evidence.Image{PushedAt: before, Status: "ACTIVE", ActivatedAt: before})
				},
				want: "ruled_out",
			},
			{
				when:   "it is not there at all",
				change: withoutImage,
				want:   "ruled_out",
			},
		},
	},
	{
		cause: "pull-through-cache",
		stage: classifier.Image,
		fault: classifier.NotFound,
		trials: []setupTrial{
			{
				when:   "no rule",
				change: func(c *evidence.Case) { withoutImage(c); rules(c) },
				want:   "ruled_out",
			},
			{
				when: "a rule for the repository, and no image",
				change: func(c *evidence.Case) {
					withoutImage(c)
					rules(
						c,
						evidence.CacheRule{Prefix: "ROOT", Upstream: "quay.io"},
						evidence.CacheRule{Prefix: "shop", Upstream: "ghcr.io"},
					)
				},
				want:  "confirmed",
				tells: "ghcr.io",
			},
			{
				when: "a rule that was made after the failure",
				change: func(c *evidence.Case) {
					withoutImage(c)
					rules(c, evidence.CacheRule{Prefix: "shop", Upstream: "ghcr.io", CreatedAt: after})
				},
				want: "later",
			},
			{
				when: "a rule, and not even a repository",
				change: func(c *evidence.Case) {
					withoutRepository(c)
					rules(c, evidence.CacheRule{Prefix: "shop", Upstream: "ghcr.io"})
				},
				want:  "confirmed",
				tells: "ghcr.io",
			},
			{
				when:   "the cache has it by now",
				change: func(c *evidence.Case) { rules(c, evidence.CacheRule{Prefix: "shop", Upstream: "ghcr.io"}) },
				want:   "fixed_since",
			},
			{
				when: "the cache has it now",
				change: func(c *evidence.Case) {
					setImage(c, evidence.Image{PushedAt: after})
					rules(c, evidence.CacheRule{Prefix: "shop", Upstream: "ghcr.io"})
				},
				want: "fixed_since",
			},
			{
				when:   "the rules are not visible",
				change: withoutRules,
				want:   "no_permission",
			},
		},
	},
	{
		cause: "pull-through-cache",
		stage: classifier.Image,
		fault: classifier.Denied,
		trials: []setupTrial{
			{
				when: "a rule, and a denial",
				change: func(c *evidence.Case) {
					withoutImage(c)
					rules(c, evidence.CacheRule{Prefix: "shop", Upstream: "ghcr.io"})
				},
				want: "partial",
			},
		},
	},
	{
		cause: "image-platform-mismatch",
		stage: classifier.Image,
		fault: classifier.Mismatch,
		trials: []setupTrial{
			{
				when:  "the index has it",
				want:  "ruled_out",
				tells: "linux/arm64",
			},
			{
				when: "the index lacks it",
				change: func(c *evidence.Case) {
					c.Facts.Setup.Platforms[ecrOrders] = evidence.Is([]string{"linux/amd64"})
				},
				want:  "confirmed",
				tells: "linux/arm64",
			},
			{
				when:   "the text names the platform",
				change: func(c *evidence.Case) { c.Finding.Facts.Platform = "linux/s390x" },
				want:   "confirmed",
				tells:  "linux/s390x",
			},
			{
				when: "the event names the architecture",
				change: func(c *evidence.Case) {
					c.Stop.Attributes = map[string]string{"ecs.cpu-architecture": "x86_64"}
					c.Facts.Setup.Platforms[ecrOrders] = evidence.Is([]string{"linux/arm64"})
				},
				want:  "confirmed",
				tells: "linux/amd64",
			},
			{
				when: "Fargate's own architecture",
				change: func(c *evidence.Case) {
					task(c).Architecture = ""
					c.Facts.Setup.Platforms[ecrOrders] = evidence.Is([]string{"linux/arm64"})
				},
				want:  "confirmed",
				tells: "linux/amd64",
			},
			{
				when:   "on EC2 the architecture is the instance's",
				change: func(c *evidence.Case) { task(c).Architecture = ""; c.Stop.LaunchType = "EC2" },
				want:   "not_read",
				tells:  "not known",
			},
			{
				when: "a tag that was pushed again",
				change: func(c *evidence.Case) {
					c.Facts.Setup.Platforms[ecrOrders] = evidence.Is([]string{"linux/amd64"})
					setImage(c, evidence.Image{PushedAt: after})
				},
				want: "later",
			},
			{
				when: "a digest is never pushed again",
				change: func(c *evidence.Case) {
					reference := strings.TrimSuffix(ecrOrders, ":7") + "@" + ordersHash
					culpritIs(c, reference, "")
					c.Facts.Setup.Images[reference] = evidence.Is(evidence.Image{PushedAt: after})
					c.Facts.Setup.Platforms[reference] = evidence.Is([]string{"linux/amd64"})
				},
				want:  "confirmed",
				tells: "linux/arm64",
			},
			{
				when:   "a single manifest",
				change: func(c *evidence.Case) { c.Facts.Setup.Platforms[ecrOrders] = evidence.Is([]string(nil)) },
				want:   "not_read",
				tells:  "one platform",
			},
			{
				when: "an older program that arm64 may run",
				change: func(c *evidence.Case) {
					c.Facts.Setup.Platforms[ecrOrders] = evidence.Is([]string{"linux/arm"})
				},
				want: "partial",
			},
			{
				when: "Windows versions are not compared",
				change: func(c *evidence.Case) {
					task(c).OperatingSystem, task(c).Architecture = "WINDOWS_SERVER_2022_CORE", "X86_64"
					c.Facts.Setup.Platforms[ecrOrders] = evidence.Is([]string{"windows/amd64"})
				},
				want: "partial",
			},
			{
				when: "the tier does not read manifests",
				change: func(c *evidence.Case) {
					c.Facts.Setup.Platforms[ecrOrders] = evidence.Answer[[]string]{
						Reason: classifier.ReasonTier,
						Action: "ecr:BatchGetImage",
					}
				},
				want: "tier",
			},
			{
				when:   "the image is not there",
				change: func(c *evidence.Case) { c.Facts.Setup.Platforms[ecrOrders] = evidence.None[[]string]() },
				want:   "not_causal",
			},
		},
	},
	{
		cause: "binary-architecture",
		stage: classifier.Start,
		fault: classifier.Mismatch,
		trials: []setupTrial{
			{
				when:  "the image fits, its program does not",
				want:  "not_read",
				tells: "its program",
			},
			{
				when: "the image does not fit",
				change: func(c *evidence.Case) {
					culpritIs(c, ecrOrders, ordersHash)
					setImage(c, evidence.Image{PushedAt: after})
					c.Facts.Setup.Platforms[ecrOrders] = evidence.Is([]string{"linux/amd64"})
				},
				want:  "confirmed",
				tells: "linux/arm64",
			},
		},
	},
	{
		cause: "image-too-large",
		stage: classifier.Image,
		fault: classifier.Exhausted,
		trials: []setupTrial{
			{
				when:  "the sizes are told",
				want:  "not_read",
				tells: "3.0 GiB compressed, and needs more unpacked; the task has 30 GiB",
			},
			{
				when:   "the image is not there",
				change: withoutImage,
				want:   "not_causal",
			},
		},
	},
}

func TestImageReferences(t *testing.T) {
	for reference, want := range map[string]ImageRef{
		ours +
			".dkr.ecr.eu-west-1.amazonaws.com/a/b:1": {Account: ours, Region: "eu-west-1", Repository: "a/b", Tag: "1"},
		ours +
			".dkr.ecr.cn-north-1.amazonaws.com.cn/a": {
			Account:    ours,
			Region:     "cn-north-1",
			Repository: "a",
			Tag:        "latest",
		},
		ours +
			".dkr.ecr-fips.us-gov-west-1.amazonaws.com/a:1": {
			Account:    ours,
			Region:     "us-gov-west-1",
			Repository: "a",
			Tag:        "1",
		},
		ours + ".dkr-ecr.eu-west-1.on.aws/a:1@" +
			ordersHash: {Account: ours, Region: "eu-west-1", Repository: "a", Tag: "1", Digest: ordersHash},
		ours + ".dkr.ecr.eu-west-1.amazonaws.com/a@" +
			ordersHash: {Account: ours, Region: "eu-west-1", Repository: "a", Digest: ordersHash},
		ours + ".dkr.ecr.eu-west-1.amazonaws.com":   {},
		"1234.dkr.ecr.eu-west-1.amazonaws.com/a:1":  {},
		"public.ecr.aws/a/b:1":                      {},
		"nginx:1":                                   {},
		ours + ".dkr.ecr.eu-west-1.example.com/a:1": {},
		"localhost:5000/a:1":                        {},
		"":                                          {},
		ours + ".dkr.ecr.eu-west-1.amazonaws.com.attacker.example/a:1": {},
	} {
		if want != (ImageRef{}) {
			want.Text = reference
		}
		if got, ok := ECRImage(reference); got != want || ok != (want != ImageRef{}) {
			t.Errorf("%s: %+v, %t", reference, got, ok)
		}
	}
}
