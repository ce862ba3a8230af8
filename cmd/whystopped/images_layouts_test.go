//go:build !local

package main

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
)

// single is the manifest of an image for one platform.
const single = `{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json",` +
	`"config":{"digest":"sha256:c0","size":7023},"layers":[{"digest":"sha256:1a","size":32654}]}`

// index is the manifest of an image for Linux on several architectures.
func index(architectures ...string) string {
	var manifests []string
	for _, a := range architectures {
		manifests = append(manifests,
			fmt.Sprintf(`{"digest":"sha256:%s","size":7143,"platform":{"os":"linux","architecture":%q}}`,
				strings.Repeat("a1", 32), a))
	}
	return `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[` +
		strings.Join(manifests, ",") + `]}`
}

// moto has no archived images and no pull-through caches, and does not tell that it has no rules of these.
var images = []thing{
	{
		name: "image: nobody pushed the tag",
		make: func(w *workload) string {
			w.makeRepository()
			return w.imageNotFound()
		},
		want: verdicts{
			"image-tag-missing":          "confirmed",
			"image-repository-missing":   "ruled_out",
			"image-expired-by-lifecycle": "ruled_out",
		},
	},
	{
		name: "image: nobody pushed the tag, but a cache may fill the repository",
		make: func(w *workload) string {
			w.name = "team/" + w.name
			w.makeRepository()
			w.container().Image = aws.String(w.repository() + ":7")
			return w.imageNotFound()
		},
		want: verdicts{"image-tag-missing": "inconclusive failed", "image-repository-missing": "ruled_out"},
	},
	{
		name: "image: nobody made the repository",
		make: func(w *workload) string { return w.imageNotFound() },
		want: verdicts{"image-repository-missing": "confirmed", "image-tag-missing": "inconclusive not_causal"},
	},
	{
		name: "image: the tag is there",
		make: func(w *workload) string {
			w.push(single)
			return w.imageNotFound()
		},
		want: verdicts{
			"image-tag-missing":          "inconclusive fixed_since",
			"image-repository-missing":   "ruled_out",
			"image-expired-by-lifecycle": "inconclusive fixed_since",
		},
	},
	{
		name: "image: the tag came too late",
		make: func(w *workload) string {
			w.began(lifetime / 2)
			w.push(single)
			return w.imageNotFound()
		},
		want: verdicts{"image-tag-missing": "inconclusive fixed_since"},
	},
	{
		name: "image: nobody pushed the digest",
		make: func(w *workload) string {
			w.push(single)
			w.container().Image = aws.String(w.repository() + "@sha256:" + strings.Repeat("0f", 32))
			return w.imageNotFound()
		},
		want: verdicts{"image-digest-missing": "confirmed"},
	},
	{
		name: "image: the digest is there",
		make: func(w *workload) string {
			w.container().Image = aws.String(w.repository() + "@" + w.push(single))
			return w.imageNotFound()
		},
		want: verdicts{"image-digest-missing": "ruled_out"},
	},

	{
		name: "image: an index without the task's architecture",
		make: func(w *workload) string {
			w.push(index("amd64", "s390x"))
			return w.imageDoesNotFit()
		},
		want: verdicts{"image-platform-mismatch": "confirmed"},
	},
	{
		name: "image: an index with the task's architecture",
		make: func(w *workload) string {
			w.push(index("amd64", "arm64"))
			return w.imageDoesNotFit()
		},
		want: verdicts{"image-platform-mismatch": "ruled_out"},
	},
	{
		name: "image: an index that came too late",
		make: func(w *workload) string {
			w.began(lifetime / 2)
			w.push(index("amd64"))
			return w.imageDoesNotFit()
		},
		want: verdicts{"image-platform-mismatch": "inconclusive later"},
	},
	{
		name: "image: for one platform",
		make: func(w *workload) string {
			w.push(single)
			return w.imageDoesNotFit()
		},
		want: verdicts{"image-platform-mismatch": "inconclusive not_read"},
	},
	{
		name: "image: a program of another architecture, and no other in the index",
		make: func(w *workload) string {
			w.push(index("amd64"))
			return execFormat
		},
		want: verdicts{"binary-architecture": "confirmed"},
	},
	{
		name: "image: a program of another architecture than the index says",
		make: func(w *workload) string {
			w.push(index("amd64", "arm64"))
			return execFormat
		},
		want: verdicts{"binary-architecture": "inconclusive not_read"},
	},
}

const execFormat = "CannotStartContainerError: Error response from daemon: failed to create task for container: " +
	"failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: " +
	"exec /srv/web: exec format error: unknown"

func (w *workload) imageNotFound() string {
	image := *w.container().Image
	return fmt.Sprintf("CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve "+
		"ref %s: %s: not found", image, image)
}

func (w *workload) imageDoesNotFit() string {
	return fmt.Sprintf("CannotPullContainerError: Error response from daemon: image with reference %s was found but "+
		"does not match the specified platform: wanted linux/arm64, actual: linux/amd64", *w.container().Image)
}

// repository names the one of the task's image.
func (w *workload) repository() string {
	return motoAccount + ".dkr.ecr.us-east-1.amazonaws.com/" + w.name
}

func (w *workload) makeRepository() {
	made(ecr.NewFromConfig(w.Config).CreateRepository(w.ctx, &ecr.CreateRepositoryInput{RepositoryName: &w.name}))(w.t)
}

// push puts an image with the tag 7 into the task's repository and returns its digest.
func (w *workload) push(manifest string) string {
	w.makeRepository()
	return *made(ecr.NewFromConfig(w.Config).PutImage(w.ctx, &ecr.PutImageInput{
		RepositoryName: &w.name,
		ImageManifest:  &manifest,
		ImageTag:       aws.String("7"),
	}))(w.t).Image.ImageId.ImageDigest
}
