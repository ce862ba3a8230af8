package lookup

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

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
	t := &r.facts.Setup
	ref, ok := setup.FailedImage(r.known())
	if !ok {
		if ref, ok := setup.HostlessImage(r.known()); ok && r.undecided("image-registry-host-missing") {
			t.Images = map[string]evidence.Answer[evidence.Image]{ref.Text: image(ctx, r, ref)}
		}
		return
	}
	together(
		func() {
			found := image(ctx, r, ref)
			t.Images = map[string]evidence.Answer[evidence.Image]{ref.Text: found}
			if r.undecided("pull-through-cache") || found.State == evidence.Absent || found.Value.Missing {
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
								Upstream: aws.ToString(rule.UpstreamRegistryUrl)})
					}
					return rules
				})
			}})
}

// The forms in which a manifest is taken: those of indexes first. What the registry stores is not converted.
var manifestTypes = []string{"application/vnd.oci.image.index.v1+json",
	"application/vnd.docker.distribution.manifest.list.v2+json",
	"application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"}

// platforms reads the manifest of an image and returns what it lists when it is an index.
func platforms(ctx context.Context, r *reading, ref setup.ImageRef) evidence.Answer[[]string] {
	return askIn(ctx, r, ref.Region, question[[]string]{action: "ecr:BatchGetImage", about: about(ref), keep: keepImage,
		absent: []string{"RepositoryNotFoundException"},
		call: func(ctx context.Context) ([]string, error) {
			answer, err := clientIn(r, ref.Region, ecr.NewFromConfig).BatchGetImage(ctx, &ecr.BatchGetImageInput{
				RegistryId: &ref.Account, RepositoryName: &ref.Repository, ImageIds: imageID(ref),
				AcceptedMediaTypes: manifestTypes})
			switch {
			case err != nil:
				return nil, err
			case len(answer.Failures) > 0 && answer.Failures[0].FailureCode == types.ImageFailureCodeImageNotFound:
				return nil, errAbsent
			case len(answer.Images) == 0:
				return nil, fmt.Errorf("ECR gives no manifest of %s", ref.Repository)
			}
			return listedPlatforms(aws.ToString(answer.Images[0].ImageManifest))
		}})
}

// listedPlatforms reads an image index (https://github.com/opencontainers/image-spec/blob/main/image-index.md). What is
// for no platform, such as an attestation, is left out.
func listedPlatforms(manifest string) ([]string, error) {
	var index struct {
		Manifests []struct {
			Platform struct{ OS, Architecture string }
		}
	}
	if err := json.Unmarshal([]byte(manifest), &index); err != nil {
		return nil, fmt.Errorf("read the manifest: %w", err)
	}
	var all []string
	for _, m := range index.Manifests {
		if p := m.Platform.OS + "/" + m.Platform.Architecture; p != "unknown/unknown" && m.Platform.OS != "" &&
			!slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return all, nil
}
