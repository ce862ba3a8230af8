package lookup

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"whystopped/events/awsname"
	"whystopped/evidence"
	"whystopped/evidence/setup"
)

// readFiles looks for the environment files in question by listing their buckets.
func readFiles(ctx context.Context, r *reading) {
	r.facts.Setup.Files = readAll(setup.FileRefs(r.known()).Value, func(ref setup.FileRef) string { return ref.ARN },
		func(ref setup.FileRef) evidence.Answer[evidence.File] {
			bucket, key, ok := ref.Object()
			if !ok {
				return evidence.Answer[evidence.File]{}
			}
			return file(ctx, r, bucket, key)
		})
}

// file lists the objects that begin with a key. A bucket of another Region says which, and is asked there.
func file(ctx context.Context, r *reading, bucket, key string) evidence.Answer[evidence.File] {
	return ask(ctx, r,
		question[evidence.File]{action: "s3:ListBucket", about: bucket + "/" + key, keep: keepThing,
			absent: []string{"NoSuchBucket"},
			call: func(ctx context.Context) (evidence.File, error) {
				var other string
				found, err := listedObject(ctx, r, r.cfg.Region, bucket, key)
				if region := regionSaid(err); region != "" && region != r.cfg.Region && awsname.IsRegion(region) {
					other = region
					found, err = listedObject(ctx, r, region, bucket, key)
				}
				if errors.Is(err, errAbsent) {
					return evidence.File{Missing: true, Region: other}, nil
				}
				return evidence.File{ModifiedAt: aws.ToTime(found.LastModified), Region: other}, err
			}})
}

func listedObject(ctx context.Context, r *reading, region, bucket, key string) (types.Object, error) {
	p := s3.NewListObjectsV2Paginator(clientIn(r, region, s3.NewFromConfig),
		&s3.ListObjectsV2Input{Bucket: &bucket, Prefix: &key})
	return search(ctx, p, func(o *s3.ListObjectsV2Output) []types.Object { return o.Contents },
		func(o types.Object) bool { return aws.ToString(o.Key) == key })
}

// regionSaid is the Region that S3 names when it is asked about a bucket in another one
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingBucket.html).
func regionSaid(err error) string {
	var answer *smithyhttp.ResponseError
	if !errors.As(err, &answer) || answer.Response == nil {
		return ""
	}
	return answer.Response.Header.Get("X-Amz-Bucket-Region")
}
