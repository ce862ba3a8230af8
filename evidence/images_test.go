package evidence

import (
	"strings"
	"testing"
	"time"

	"whystopped/classifier"
)

var imageTrials = []setupTrials{
	{
		cause: "image-tag-missing",
		stage: classifier.Image,
		fault: classifier.NotFound,
		trials: []setupTrial{
			{
				when:  "the tag is there",
				want:  "ruled_out",
				tells: "shop/orders:7",
			},
			{
				when:   "the tag is missing",
				change: (*Case).noImage,
				want:   "confirmed",
				tells:  "shop/orders",
			},
			{
				when:   "pushed after the failure",
				change: func(c *Case) { c.setImage(Image{PushedAt: after}) },
				want:   "later",
				tells:  "after the task was created",
			},
			{
				when:   "pushed at the moment of creation",
				change: func(c *Case) { c.setImage(Image{PushedAt: launched}) },
				want:   "later",
			},
			{
				when:   "when it was pushed is not told",
				change: func(c *Case) { c.setImage(Image{}) },
				want:   "later",
				tells:  "not told",
			},
			{
				when:   "when the task was created is not told",
				change: func(c *Case) { c.Stop.CreatedAt = time.Time{} },
				want:   "later",
			},
			{
				when:   "no repository",
				change: (*Case).noRepository,
				want:   "not_causal",
				tells:  "no repository shop/orders",
			},
			{
				when:   "a cache should have fetched it",
				change: func(c *Case) { c.noImage(); c.rules(CacheRule{"shop", "public.ecr.aws"}) },
				want:   "not_causal",
				tells:  "public.ecr.aws",
			},
			{
				when:   "a cache for everything",
				change: func(c *Case) { c.noImage(); c.rules(CacheRule{"ROOT", "quay.io"}) },
				want:   "not_causal",
				tells:  "quay.io",
			},
			{
				when:   "a cache for another prefix",
				change: func(c *Case) { c.noImage(); c.rules(CacheRule{"sho", "quay.io"}) },
				want:   "confirmed",
				tells:  "shop/orders",
			},
			{
				when:   "the cache's rules are not visible",
				change: func(c *Case) { c.noImage(); c.noRules() },
				want:   "no_permission",
				tells:  "pull-through",
			},
			{
				when: "the rules are not visible, and the name is none of a cache's",
				change: func(c *Case) {
					flat := ours + ".dkr.ecr.eu-west-1.amazonaws.com/orders:7"
					c.culpritIs(flat, "")
					c.Facts.Things.Images[flat] = Is(Image{Missing: true})
					c.noRules()
				},
				want:  "confirmed",
				tells: "could not be read",
			},
			{
				when: "another account's, and the name is none of a cache's",
				change: func(c *Case) {
					flat := theirs + ".dkr.ecr.eu-west-1.amazonaws.com/orders:7"
					c.culpritIs(flat, "")
					c.Facts.Things.Images[flat] = Is(Image{Missing: true})
					c.Facts.Things.CacheRules[In("eu-west-1", theirs)] = Open[[]CacheRule](classifier.ReasonNotVisible,
						"")
				},
				want: "not_visible",
			},
			{
				when:   "archived",
				change: func(c *Case) { c.setImage(Image{PushedAt: before, Status: "ARCHIVED"}) },
				want:   "not_causal",
				tells:  "ARCHIVED",
			},
			{
				when:   "Docker Hub",
				change: func(c *Case) { c.culpritIs("shop/orders:7", "") },
				want:   "not_visible",
				tells:  "no other registry",
			},
			{
				when:   "public ECR",
				change: func(c *Case) { c.culpritIs("public.ecr.aws/shop/orders:7", "") },
				want:   "not_visible",
			},
			{
				when:   "another account's, denied to us",
				change: func(c *Case) { c.elsewhere(Open[Image](classifier.ReasonNoPermission, "ecr:DescribeImages")) },
				want:   "not_visible",
				tells:  theirs,
			},
			{
				when:   "another account's, whose cache is not visible",
				change: func(c *Case) { c.elsewhere(Is(Image{Missing: true})) },
				want:   "not_read",
			},
			{
				when:   "another account's, which lets us see it",
				change: func(c *Case) { c.elsewhere(Is(Image{PushedAt: before})) },
				want:   "ruled_out",
				tells:  theirs,
			},
			{
				when: "throttled",
				change: func(c *Case) {
					c.Facts.Things.Images[ecrOrders] = Open[Image](classifier.ReasonThrottled, "ecr:DescribeImages")
				},
				want: "throttled",
			},
			{
				when:   "no culprit, the text names the image",
				change: func(c *Case) { c.Finding.Culprit, c.Finding.Facts.Image = -1, ecrOrders; c.noImage() },
				want:   "confirmed",
			},
			{
				when: "the text names the repository alone",
				change: func(c *Case) {
					c.Finding.Facts.Image = strings.TrimSuffix(ecrOrders, ":7")
					c.noImage()
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
				when:   "the digest is there",
				change: func(c *Case) { c.Stop.StoppedReason = "… /v2/shop/orders/manifests/" + ordersHash + ": 404" },
				want:   "ruled_out",
				tells:  ordersHash,
			},
			{
				when: "the digest is missing",
				change: func(c *Case) {
					c.noImage()
					c.Stop.Containers[0].Reason = "failed to resolve ref " + strings.TrimSuffix(ecrOrders, ":7") + "@" +
						ordersHash + ": not found"
				},
				want:  "confirmed",
				tells: ordersHash,
			},
			{
				when:   "a layer's digest is none of an image",
				change: func(c *Case) { c.noImage(); c.Stop.StoppedReason = "… /blobs/" + ordersHash },
				want:   "confirmed",
				tells:  "tag 7",
			},
			{
				when:   "a cache should have fetched it",
				change: func(c *Case) { c.noImage(); c.rules(CacheRule{"shop/", "quay.io"}) },
				want:   "not_causal",
			},
		},
	},
	{
		cause: "image-repository-missing",
		stage: classifier.Image,
		fault: classifier.NotFound,
		trials: []setupTrial{
			{
				when:   "it exists, though the tag does not",
				change: (*Case).noImage,
				want:   "ruled_out",
				tells:  "shop/orders",
			},
			{
				when:   "it does not",
				change: (*Case).noRepository,
				want:   "confirmed",
				tells:  "shop/orders",
			},
			{
				when:   "a cache should have made it",
				change: func(c *Case) { c.noRepository(); c.rules(CacheRule{"shop", "quay.io"}) },
				want:   "not_causal",
				tells:  "quay.io",
			},
			{
				when:   "another account's",
				change: func(c *Case) { c.elsewhere(Open[Image](classifier.ReasonNoPermission, "ecr:DescribeImages")) },
				want:   "not_visible",
			},
		},
	},
	{
		cause: "image-expired-by-lifecycle",
		stage: classifier.Image,
		fault: classifier.NotFound,
		trials: []setupTrial{
			{
				when: "it is there",
				want: "ruled_out",
			},
			{
				when:   "it is not",
				change: (*Case).noImage,
				want:   "not_read",
				tells:  "who removed it",
			},
			{
				when:   "it is archived",
				change: func(c *Case) { c.setImage(Image{PushedAt: before, Status: "ARCHIVED"}) },
				want:   "not_read",
				tells:  "who archived it",
			},
			{
				when:   "no repository",
				change: (*Case).noRepository,
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
				when:   "it is archived",
				change: func(c *Case) { c.setImage(Image{PushedAt: before, Status: "ARCHIVED", ArchivedAt: before}) },
				want:   "confirmed",
				tells:  "shop/orders",
			},
			{
				when:   "it is being restored",
				change: func(c *Case) { c.setImage(Image{PushedAt: before, Status: "ACTIVATING"}) },
				want:   "confirmed",
				tells:  "shop/orders:7",
			},
			{
				when:   "archived after the stop",
				change: func(c *Case) { c.setImage(Image{PushedAt: before, Status: "ARCHIVED", ArchivedAt: after}) },
				want:   "later",
			},
			{
				when:   "restored after the failure",
				change: func(c *Case) { c.setImage(Image{PushedAt: before, Status: "ACTIVE", ActivatedAt: after}) },
				want:   "later",
			},
			{
				when:   "restored long before",
				change: func(c *Case) { c.setImage(Image{PushedAt: before, Status: "ACTIVE", ActivatedAt: before}) },
				want:   "ruled_out",
			},
			{
				when:   "it is not there at all",
				change: (*Case).noImage,
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
				change: func(c *Case) { c.noImage(); c.rules() },
				want:   "ruled_out",
			},
			{
				when: "a rule for the repository, and no image",
				change: func(c *Case) {
					c.noImage()
					c.rules(CacheRule{"ROOT", "quay.io"}, CacheRule{"shop", "ghcr.io"})
				},
				want:  "confirmed",
				tells: "ghcr.io",
			},
			{
				when:   "a rule, and not even a repository",
				change: func(c *Case) { c.noRepository(); c.rules(CacheRule{"shop", "ghcr.io"}) },
				want:   "confirmed",
				tells:  "ghcr.io",
			},
			{
				when:   "the cache has it",
				change: func(c *Case) { c.rules(CacheRule{"shop", "ghcr.io"}) },
				want:   "ruled_out",
			},
			{
				when:   "the cache has it now",
				change: func(c *Case) { c.setImage(Image{PushedAt: after}); c.rules(CacheRule{"shop", "ghcr.io"}) },
				want:   "later",
			},
			{
				when:   "the rules are not visible",
				change: (*Case).noRules,
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
				when:   "a rule, and a denial",
				change: func(c *Case) { c.noImage(); c.rules(CacheRule{"shop", "ghcr.io"}) },
				want:   "partial",
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
				when:   "the index lacks it",
				change: func(c *Case) { c.Facts.Things.Platforms[ecrOrders] = Is([]string{"linux/amd64"}) },
				want:   "confirmed",
				tells:  "linux/arm64",
			},
			{
				when:   "the text names the platform",
				change: func(c *Case) { c.Finding.Facts.Platform = "linux/s390x" },
				want:   "confirmed",
				tells:  "linux/s390x",
			},
			{
				when: "the event names the architecture",
				change: func(c *Case) {
					c.Stop.Attributes = map[string]string{"ecs.cpu-architecture": "x86_64"}
					c.Facts.Things.Platforms[ecrOrders] = Is([]string{"linux/arm64"})
				},
				want:  "confirmed",
				tells: "linux/amd64",
			},
			{
				when: "Fargate's own architecture",
				change: func(c *Case) {
					c.task().Architecture = ""
					c.Facts.Things.Platforms[ecrOrders] = Is([]string{"linux/arm64"})
				},
				want:  "confirmed",
				tells: "linux/amd64",
			},
			{
				when:   "on EC2 the architecture is the instance's",
				change: func(c *Case) { c.task().Architecture = ""; c.Stop.LaunchType = "EC2" },
				want:   "not_read",
				tells:  "not known",
			},
			{
				when: "a tag that was pushed again",
				change: func(c *Case) {
					c.Facts.Things.Platforms[ecrOrders] = Is([]string{"linux/amd64"})
					c.setImage(Image{PushedAt: after})
				},
				want: "later",
			},
			{
				when: "a digest is never pushed again",
				change: func(c *Case) {
					reference := strings.TrimSuffix(ecrOrders, ":7") + "@" + ordersHash
					c.culpritIs(reference, "")
					c.Facts.Things.Images[reference] = Is(Image{PushedAt: after})
					c.Facts.Things.Platforms[reference] = Is([]string{"linux/amd64"})
				},
				want:  "confirmed",
				tells: "linux/arm64",
			},
			{
				when:   "a single manifest",
				change: func(c *Case) { c.Facts.Things.Platforms[ecrOrders] = Is([]string(nil)) },
				want:   "not_read",
				tells:  "one platform",
			},
			{
				when:   "an older program that arm64 may run",
				change: func(c *Case) { c.Facts.Things.Platforms[ecrOrders] = Is([]string{"linux/arm"}) },
				want:   "partial",
			},
			{
				when: "Windows versions are not compared",
				change: func(c *Case) {
					c.task().OperatingSystem, c.task().Architecture = "WINDOWS_SERVER_2022_CORE", "X86_64"
					c.Facts.Things.Platforms[ecrOrders] = Is([]string{"windows/amd64"})
				},
				want: "partial",
			},
			{
				when: "the tier does not read manifests",
				change: func(c *Case) {
					c.Facts.Things.Platforms[ecrOrders] = Answer[[]string]{
						Reason: classifier.ReasonTier,
						Action: "ecr:BatchGetImage",
					}
				},
				want: "tier",
			},
			{
				when:   "the image is not there",
				change: func(c *Case) { c.Facts.Things.Platforms[ecrOrders] = None[[]string]() },
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
				change: func(c *Case) {
					c.culpritIs(ecrOrders, ordersHash)
					c.setImage(Image{PushedAt: after})
					c.Facts.Things.Platforms[ecrOrders] = Is([]string{"linux/amd64"})
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
				change: (*Case).noImage,
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
