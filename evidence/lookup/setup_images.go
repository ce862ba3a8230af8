package lookup

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/setup"
)

// readImages reads about the failed image what its registry tells, in the registry's Region: the image itself; the
// rules by which a pull-through cache might fetch it, where it is missing or the cause is in question; and what an
// index lists, where the platform is in question. An image of Docker Hub without a host is looked for in ECR.
func readImages(ctx context.Context, r *reading) {
	t, known := &r.facts.Setup, r.known() // known: what is read together is not to be looked at meanwhile
	ref, ok := setup.FailedImage(known)
	if !ok {
		if ref, ok := setup.HostlessImage(known); ok && r.undecided("image-registry-host-missing") {
			t.Images = map[string]evidence.Answer[evidence.Image]{ref.Text: image(ctx, r, ref)}
		}
		return
	}
	together(
		func() {
			found := image(ctx, r, ref)
			t.Images = map[string]evidence.Answer[evidence.Image]{ref.Text: found}
			gone := found.State == evidence.Absent || found.Value.Missing
			if here, ok := setup.ImageHere(known, ref); ok && gone {
				t.Images[here.Text] = image(ctx, r, here)
			}
			if found.Value.Missing && r.undecided("image-expired-by-lifecycle") {
				t.Lifecycles = map[string]evidence.Answer[[]evidence.LifecycleRule]{ref.Text: lifecycle(ctx, r, ref)}
				if len(t.Lifecycles[ref.Text].Value) > 0 && ref.Account == r.stop.Account {
					t.Expirations = map[string]evidence.Answer[[]evidence.TrailEvent]{
						ref.Text: expirations(ctx, r, ref, known.Failed())}
				}
			}
			if r.undecided("pull-through-cache") || gone {
				t.CacheRules = map[string]evidence.Answer[[]evidence.CacheRule]{ref.Registry(): cacheRules(ctx, r, ref)}
			}
		},
		func() {
			if r.undecided("image-platform-mismatch", "binary-architecture") {
				t.Platforms = map[string]evidence.Answer[[]string]{ref.Text: platforms(ctx, r, ref)}
			}
		},
	)
}

func imageID(ref setup.ImageRef) []types.ImageIdentifier {
	if ref.Digest != "" {
		return []types.ImageIdentifier{{ImageDigest: &ref.Digest}}
	}
	return []types.ImageIdentifier{{ImageTag: &ref.Tag}}
}

// about names an image for the cache: what it is asked by, not how it was written.
func about(ref setup.ImageRef) string {
	return fmt.Sprintf("%s %s:%s@%s", ref.Registry(), ref.Repository, ref.Tag, ref.Digest)
}

// image asks for an image in any status, because otherwise ECR leaves archived images out.
func image(ctx context.Context, r *reading, ref setup.ImageRef) evidence.Answer[evidence.Image] {
	return askIn(ctx, r, ref.Region,
		question[evidence.Image]{action: "ecr:DescribeImages", about: about(ref), keep: keepImage,
			absent: []string{"RepositoryNotFoundException"},
			call: func(ctx context.Context) (evidence.Image, error) {
				answer, err := clientIn(r, ref.Region, ecr.NewFromConfig).DescribeImages(ctx, &ecr.DescribeImagesInput{
					RegistryId: &ref.Account, RepositoryName: &ref.Repository, ImageIds: imageID(ref),
					Filter: &types.DescribeImagesFilter{ImageStatus: types.ImageStatusFilterAny}})
				switch {
				case code(err) == "ImageNotFoundException":
					return evidence.Image{Missing: true}, nil
				case err != nil:
					return evidence.Image{}, err
				case len(answer.ImageDetails) != 1:
					return evidence.Image{}, fmt.Errorf("ECR describes %d images for one", len(answer.ImageDetails))
				}
				d := answer.ImageDetails[0]
				return evidence.Image{PushedAt: aws.ToTime(d.ImagePushedAt), Status: string(d.ImageStatus),
					ArchivedAt:  aws.ToTime(d.LastArchivedAt),
					ActivatedAt: aws.ToTime(d.LastActivatedAt), Bytes: aws.ToInt64(d.ImageSizeInBytes)}, nil
			}})
}

// cacheRules asks for the rules of a registry. Those of another account's are nobody else's to see.
func cacheRules(ctx context.Context, r *reading, ref setup.ImageRef) evidence.Answer[[]evidence.CacheRule] {
	if ref.Account != r.stop.Account {
		return evidence.Unanswered[[]evidence.CacheRule](classifier.ReasonNotVisible, "")
	}
	return askIn(ctx, r, ref.Region,
		question[[]evidence.CacheRule]{action: "ecr:DescribePullThroughCacheRules", about: ref.Registry(),
			keep: keepThing,
			call: func(ctx context.Context) ([]evidence.CacheRule, error) {
				p := ecr.NewDescribePullThroughCacheRulesPaginator(clientIn(r, ref.Region, ecr.NewFromConfig),
					&ecr.DescribePullThroughCacheRulesInput{RegistryId: &ref.Account, MaxResults: aws.Int32(1000)})
				return every(ctx, p, func(o *ecr.DescribePullThroughCacheRulesOutput) (rules []evidence.CacheRule) {
					for _, rule := range o.PullThroughCacheRules {
						rules = append(rules,
							evidence.CacheRule{Prefix: aws.ToString(rule.EcrRepositoryPrefix),
								Upstream:  aws.ToString(rule.UpstreamRegistryUrl),
								CreatedAt: aws.ToTime(rule.CreatedAt)})
					}
					return rules
				})
			}})
}

// The forms in which a manifest is taken: those of indexes first. What the registry stores is not converted.
var manifestTypes = []string{"application/vnd.oci.image.index.v1+json",
	"application/vnd.docker.distribution.manifest.list.v2+json",
	"application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"}

// lifecycle asks for the lifecycle policy of a repository.
func lifecycle(ctx context.Context, r *reading, ref setup.ImageRef) evidence.Answer[[]evidence.LifecycleRule] {
	return askIn(ctx, r, ref.Region,
		question[[]evidence.LifecycleRule]{action: "ecr:GetLifecyclePolicy", about: ref.Registry() + " " +
			ref.Repository, keep: keepThing,
			absent: []string{"LifecyclePolicyNotFoundException", "RepositoryNotFoundException"},
			call: func(ctx context.Context) ([]evidence.LifecycleRule, error) {
				answer, err := clientIn(r, ref.Region, ecr.NewFromConfig).GetLifecyclePolicy(ctx,
					&ecr.GetLifecyclePolicyInput{RegistryId: &ref.Account, RepositoryName: &ref.Repository})
				if err != nil {
					return nil, err
				}
				return lifecycleRules(aws.ToString(answer.LifecyclePolicyText))
			}})
}

// expiredSince is how far back CloudTrail is asked for runs of lifecycle policies.
const expiredSince = 14 * 24 * time.Hour

// expirations asks CloudTrail for the run of a lifecycle policy that removed an image, which it has as events of ECR's
// own (https://repost.aws/knowledge-center/ecr-lifecycle-policy-events).
func expirations(ctx context.Context, r *reading, ref setup.ImageRef,
	failed time.Time) evidence.Answer[[]evidence.TrailEvent] {
	removes := func(e trailEvent) bool {
		names := e.names()
		return slices.Contains(names, ref.Repository) && slices.Contains(names, cmp.Or(ref.Digest, ref.Tag))
	}
	found := trailEvents(ctx, r, ref.Region,
		TrailQuery{trailName, "PolicyExecutionEvent", failed.Add(-expiredSince), r.Now()}, someOf)
	found.Value = slices.DeleteFunc(slices.Clone(found.Value), func(e trailEvent) bool { return !removes(e) })
	return told(found)
}

// lifecycleRules reads a lifecycle policy in the order of its priorities.
func lifecycleRules(text string) ([]evidence.LifecycleRule, error) {
	type rule struct {
		RulePriority int
		Selection    struct {
			TagStatus                     string
			TagPrefixList, TagPatternList []string
		}
	}
	var policy struct{ Rules []rule }
	if err := json.Unmarshal([]byte(text), &policy); err != nil {
		return nil, fmt.Errorf("read the lifecycle policy: %w", err)
	}
	slices.SortStableFunc(policy.Rules, func(a, b rule) int { return a.RulePriority - b.RulePriority })
	rules := []evidence.LifecycleRule{}
	for _, one := range policy.Rules {
		s := one.Selection
		rules = append(rules, evidence.LifecycleRule{Tags: s.TagStatus, Prefixes: s.TagPrefixList,
			Patterns: s.TagPatternList})
	}
	return rules, nil
}

// platforms reads the manifest of an image and returns what it lists when it is an index, else what its configuration
// says.
func platforms(ctx context.Context, r *reading, ref setup.ImageRef) evidence.Answer[[]string] {
	found := manifestOf(ctx, r, ref)
	if found.State != evidence.Known || found.Value.config == "" {
		answer := same[[]string](found)
		answer.Value = found.Value.listed
		return answer
	}
	built := builtFor(ctx, r, ref, found.Value.config)
	if built.State != evidence.Known {
		return same[[]string](built)
	}
	return evidence.Is([]string{built.Value})
}

// manifest is what the manifest of an image tells of platforms.
type manifest struct {
	listed []string // of an index
	config string   // digest of the configuration of an image that is no index
}

func manifestOf(ctx context.Context, r *reading, ref setup.ImageRef) evidence.Answer[manifest] {
	return askIn(ctx, r, ref.Region, question[manifest]{action: "ecr:BatchGetImage", about: about(ref), keep: keepImage,
		absent: []string{"RepositoryNotFoundException"},
		call: func(ctx context.Context) (manifest, error) {
			answer, err := clientIn(r, ref.Region, ecr.NewFromConfig).BatchGetImage(ctx, &ecr.BatchGetImageInput{
				RegistryId: &ref.Account, RepositoryName: &ref.Repository, ImageIds: imageID(ref),
				AcceptedMediaTypes: manifestTypes})
			switch {
			case err != nil:
				return manifest{}, err
			case len(answer.Failures) > 0 && answer.Failures[0].FailureCode == types.ImageFailureCodeImageNotFound:
				return manifest{}, errAbsent
			case len(answer.Images) == 0:
				return manifest{}, fmt.Errorf("ECR gives no manifest of %s", ref.Repository)
			}
			return platformsOf(aws.ToString(answer.Images[0].ImageManifest))
		}})
}

// builtFor reads the configuration of an image, which ECR keeps as it does layers, and of it the platform alone: it
// also holds the environment of the image.
func builtFor(ctx context.Context, r *reading, ref setup.ImageRef, config string) evidence.Answer[string] {
	return askIn(ctx, r, ref.Region, question[string]{action: "ecr:GetDownloadUrlForLayer",
		about: about(ref) + " " + config, keep: forever, absent: []string{"LayersNotFoundException"},
		call: func(ctx context.Context) (string, error) {
			answer, err := clientIn(r, ref.Region, ecr.NewFromConfig).GetDownloadUrlForLayer(ctx,
				&ecr.GetDownloadUrlForLayerInput{RegistryId: &ref.Account, RepositoryName: &ref.Repository,
					LayerDigest: &config})
			if err != nil {
				return "", err
			}
			return fetchPlatform(ctx, aws.ToString(answer.DownloadUrl))
		}})
}

// How much of a configuration is read, and how long that may take.
const (
	largestConfig = 1 << 20
	downloadTime  = 2 * time.Second
)

func fetchPlatform(ctx context.Context, url string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, downloadTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", fmt.Errorf("read the configuration of the image: %w", err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", errors.New("the configuration of the image could not be read: no answer") // the URL is signed
	}
	defer response.Body.Close()
	var config struct{ OS, Architecture string }
	err = json.NewDecoder(io.LimitReader(response.Body, largestConfig)).Decode(&config)
	if response.StatusCode != http.StatusOK || err != nil || config.OS == "" || config.Architecture == "" {
		return "", fmt.Errorf("the configuration of the image tells no platform (status %d)", response.StatusCode)
	}
	return config.OS + "/" + config.Architecture, nil
}

// platformsOf reads the manifest of an image (https://github.com/opencontainers/image-spec/blob/main/manifest.md) or an
// image index (…/image-index.md). What is for no platform, such as an attestation, is left out.
func platformsOf(text string) (m manifest, err error) {
	var index struct {
		Manifests []struct {
			Platform struct{ OS, Architecture string }
		}
		Config struct{ MediaType, Digest string }
	}
	if err := json.Unmarshal([]byte(text), &index); err != nil {
		return m, fmt.Errorf("read the manifest: %w", err)
	}
	if strings.HasSuffix(index.Config.MediaType, ".image.config.v1+json") ||
		strings.HasSuffix(index.Config.MediaType, ".container.image.v1+json") {
		m.config = index.Config.Digest
	}
	for _, one := range index.Manifests {
		if p := one.Platform.OS + "/" + one.Platform.Architecture; p != "unknown/unknown" && one.Platform.OS != "" &&
			!slices.Contains(m.listed, p) {
			m.listed = append(m.listed, p)
		}
	}
	return m, nil
}
