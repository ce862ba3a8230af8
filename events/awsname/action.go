package awsname

import "strings"

// operations are the API operations whose IAM action has another name
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html).
var operations = map[string]string{
	"s3:HeadObject":                         "s3:GetObject",
	"s3:SelectObjectContent":                "s3:GetObject",
	"s3:HeadBucket":                         "s3:ListBucket",
	"s3:ListObjects":                        "s3:ListBucket",
	"s3:ListObjectsV2":                      "s3:ListBucket",
	"s3:ListObjectVersions":                 "s3:ListBucketVersions",
	"s3:ListBuckets":                        "s3:ListAllMyBuckets",
	"s3:ListMultipartUploads":               "s3:ListBucketMultipartUploads",
	"s3:ListParts":                          "s3:ListMultipartUploadParts",
	"s3:CopyObject":                         "s3:PutObject",
	"s3:CreateMultipartUpload":              "s3:PutObject",
	"s3:UploadPart":                         "s3:PutObject",
	"s3:UploadPartCopy":                     "s3:PutObject",
	"s3:CompleteMultipartUpload":            "s3:PutObject",
	"s3:DeleteObjects":                      "s3:DeleteObject",
	"s3:GetBucketAccelerateConfiguration":   "s3:GetAccelerateConfiguration",
	"s3:GetBucketCors":                      "s3:GetBucketCORS",
	"s3:GetBucketEncryption":                "s3:GetEncryptionConfiguration",
	"s3:GetBucketLifecycleConfiguration":    "s3:GetLifecycleConfiguration",
	"s3:GetBucketNotificationConfiguration": "s3:GetBucketNotification",
	"s3:GetBucketReplication":               "s3:GetReplicationConfiguration",
	"s3:GetPublicAccessBlock":               "s3:GetBucketPublicAccessBlock",
	"elasticfilesystem:NewClientConnection": "elasticfilesystem:ClientMount",
	"lambda:Invoke":                         "lambda:InvokeFunction",
}

// Permission returns the IAM action that a call takes, "s3:GetObject" for "s3:HeadObject": policies know no operation.
// Most are called like their operation, and are returned as they are.
func Permission(call string) string {
	if action, renamed := operations[call]; renamed {
		return action
	}
	return call
}

// PermissionOn returns the ARN that policies must name for an action of S3 on an object: the object's own, or that of
// its bucket for what is asked of a bucket.
func PermissionOn(action, object string) string {
	if name, ok := strings.CutPrefix(action, "s3:"); !ok || strings.Contains(name, "Object") ||
		name == "ListMultipartUploadParts" {
		return object
	}
	bucket, _, _ := strings.Cut(object, "/")
	return bucket
}
