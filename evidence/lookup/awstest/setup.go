package awstest

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// thingOperations tell of what tasks need: images, secrets, parameters, log groups, files, file systems, quotas. Things
// with an ARN lie in its Region, images and buckets in the one that they name.
var thingOperations = []operation{
	{name: "ecr:BatchGetImage", answer: batchGetImage},
	{name: "ecr:DescribeImages", answer: describeImages},
	{name: "ecr:GetDownloadUrlForLayer", answer: downloadURL},
	{name: "ecr:GetLifecyclePolicy", answer: lifecyclePolicy},
	{name: "ecr:DescribePullThroughCacheRules", answer: cacheRules},
	{name: "elasticfilesystem:DescribeAccessPoints", path: "GET /2015-02-01/access-points", answer: accessPoints},
	{name: "elasticfilesystem:DescribeFileSystems", path: "GET /2015-02-01/file-systems", answer: fileSystems},
	{name: "elasticfilesystem:DescribeMountTargets", path: "GET /2015-02-01/mount-targets", answer: mountTargets},
	{name: "logs:DescribeLogGroups", answer: logGroups},
	{name: "s3:ListObjectsV2", path: "GET /{bucket}?list-type=2", answer: listObjects},
	{name: "secretsmanager:DescribeSecret", answer: describeSecret},
	{name: "servicequotas:GetServiceQuota", answer: serviceQuota},
	{name: "ssm:DescribeParameters", answer: describeParameters},
}

// images are the things of one repository: images with registryId, region, repositoryName, imageDigest, imageTags, and
// manifest. One without a digest is the empty repository. The account has every right in its own registry and none in
// others' (https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html).
func (s *Server) images(in Object) ([]Object, *Refusal) {
	registry := cmp.Or(text(in, "registryId"), s.Account)
	if registry != s.Account {
		return nil, &Refusal{http.StatusBadRequest, "AccessDeniedException",
			"User is not authorized to perform this action on the repository because no resource-based policy allows " +
				"it"}
	}
	var found []Object
	for _, thing := range s.things["ecr:DescribeImages"] {
		if text(thing, "region") == text(in, regionKey) && text(thing, "repositoryName") == text(in, "repositoryName") {
			found = append(found, thing)
		}
	}
	if len(found) == 0 {
		return nil, Refuse("RepositoryNotFoundException",
			"The repository with name '%s' does not exist in the registry with id '%s'", text(in, "repositoryName"),
			registry)
	}
	return found, nil
}

// named returns the image that an imageId means, nil when there is none.
func named(images []Object, id any) Object {
	wanted, _ := id.(Object)
	for _, i := range images {
		tags, _ := i["imageTags"].([]string)
		if text(wanted, "imageDigest") != "" && wanted["imageDigest"] == i["imageDigest"] ||
			slices.Contains(tags, text(wanted, "imageTag")) {
			return i
		}
	}
	return nil
}

func describeImages(s *Server, in Object) (Object, *Refusal) {
	images, refused := s.images(in)
	if refused != nil {
		return nil, refused
	}
	filter, _ := in["filter"].(Object)
	status := cmp.Or(text(filter, "imageStatus"), "ACTIVE")
	var details []Object
	ids, _ := in["imageIds"].([]any)
	for _, id := range ids {
		i := named(images, id)
		if i == nil || status != "ANY" && cmp.Or(text(i, "imageStatus"), "ACTIVE") != status {
			return nil, Refuse("ImageNotFoundException",
				"The image requested does not exist within the repository '%s'", text(in, "repositoryName"))
		}
		details = append(details, i)
	}
	return Object{"imageDetails": details}, nil
}

func batchGetImage(s *Server, in Object) (Object, *Refusal) {
	images, refused := s.images(in)
	if refused != nil {
		return nil, refused
	}
	found, failures := []Object{}, []Object{}
	ids, _ := in["imageIds"].([]any)
	for _, id := range ids {
		if i := named(images, id); i != nil {
			found = append(found,
				Object{"imageId": id, "imageManifest": i["manifest"], "repositoryName": i["repositoryName"]})
		} else {
			failures = append(failures,
				Object{"imageId": id, "failureCode": "ImageNotFound", "failureReason": "Requested image not found"})
		}
	}
	return Object{"images": found, "failures": failures}, nil
}

// layerPath is below which the stand-in serves what ECR links to.
const layerPath = "/layers/"

// downloadURL links to a blob of a repository: its things have a layerDigest and the blob's text as their layer
// (https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetDownloadUrlForLayer.html).
func downloadURL(s *Server, in Object) (Object, *Refusal) {
	if _, refused := s.images(in); refused != nil {
		return nil, refused
	}
	digest := text(in, "layerDigest")
	if s.thing("ecr:GetDownloadUrlForLayer", Object{"layerDigest": digest}) == nil {
		return nil, Refuse("LayersNotFoundException", "The layer with digest '%s' does not exist", digest)
	}
	return Object{"downloadUrl": s.URL + layerPath + digest + "?X-Amz-Signature=0", "layerDigest": digest}, nil
}

// lifecyclePolicy gives the lifecyclePolicyText of a repository
// (https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetLifecyclePolicy.html).
func lifecyclePolicy(s *Server, in Object) (Object, *Refusal) {
	if _, refused := s.images(in); refused != nil {
		return nil, refused
	}
	thing := s.thing("ecr:GetLifecyclePolicy", Object{"repositoryName": text(in, "repositoryName")})
	if thing == nil {
		return nil, Refuse("LifecyclePolicyNotFoundException",
			"Lifecycle policy does not exist for the repository with name '%s'", text(in, "repositoryName"))
	}
	return thing, nil
}

func cacheRules(s *Server, in Object) (Object, *Refusal) {
	rules := slices.DeleteFunc(slices.Clone(s.things["ecr:DescribePullThroughCacheRules"]), func(rule Object) bool {
		return text(rule, "registryId") != text(in, "registryId") || text(rule, "region") != text(in, regionKey)
	})
	page, next, refused := s.page(rules, text(in, "nextToken"), cmp.Or(number(in, "maxResults"), 100))
	return answerOf("pullThroughCacheRules", page, next), refused
}

// inRegion reports whether the ARN of a thing is of the Region of a request.
func inRegion(arn string, in Object) bool {
	parts := strings.Split(arn, ":")
	return len(parts) > 3 && parts[3] == text(in, regionKey)
}

// describeSecret finds a secret by its name, its ARN, or its ARN without the characters at the end
// (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html).
func describeSecret(s *Server, in Object) (Object, *Refusal) {
	id := text(in, "SecretId")
	for _, thing := range s.things["secretsmanager:DescribeSecret"] {
		arn := text(thing, "ARN")
		if inRegion(arn, in) &&
			(id == arn || id == text(thing, "Name") || strings.HasPrefix(id, "arn:") &&
				id == arn[:max(0, len(arn)-7)]) {
			return thing, nil
		}
	}
	return nil, Refuse("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
}

// describeParameters gives an empty page first: the service may do so at any time
// (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeParameters.html).
func describeParameters(s *Server, in Object) (Object, *Refusal) {
	if text(in, "NextToken") == "" {
		return Object{"Parameters": []Object{}, "NextToken": "page-0"}, nil
	}
	var found []Object
	filters, _ := in["ParameterFilters"].([]any)
	for _, thing := range s.things["ssm:DescribeParameters"] {
		keep := inRegion(text(thing, "ARN"), in)
		for _, each := range filters {
			filter := each.(Object)
			if text(filter, "Key") != "Name" || text(filter, "Option") != "Equals" {
				return nil, Refuse("InvalidFilterKey", "The stand-in has only the filter Name Equals")
			}
			keep = keep && slices.Contains(texts(filter, "Values"), text(thing, "Name"))
		}
		if keep {
			found = append(found, thing)
		}
	}
	page, next, refused := s.page(found, text(in, "NextToken"), cmp.Or(number(in, "MaxResults"), 10))
	answer := Object{"Parameters": page}
	if next != "" {
		answer["NextToken"] = next
	}
	return answer, refused
}

// logGroups lists by prefix, in the order of names
// (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html).
func logGroups(s *Server, in Object) (Object, *Refusal) {
	found := slices.DeleteFunc(slices.Clone(s.things["logs:DescribeLogGroups"]), func(g Object) bool {
		return !inRegion(text(g, "arn"), in) ||
			!strings.HasPrefix(text(g, "logGroupName"), text(in, "logGroupNamePrefix"))
	})
	slices.SortFunc(found,
		func(a, b Object) int { return strings.Compare(text(a, "logGroupName"), text(b, "logGroupName")) })
	page, next, refused := s.page(found, text(in, "nextToken"), cmp.Or(number(in, "limit"), 50))
	return answerOf("logGroups", page, next), refused
}

// listObjects lists a bucket. Its things have a bucket, a region and a key; one without a key is the empty bucket. A
// bucket with denied set belongs to somebody else
// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html).
func listObjects(s *Server, in Object) (Object, *Refusal) {
	var contents []Object
	exists := false
	for _, thing := range s.things["s3:ListObjectsV2"] {
		if text(thing, "bucket") != text(in, "bucket") {
			continue
		}
		exists = true
		switch {
		case thing["denied"] == true:
			return nil, &Refusal{http.StatusForbidden, "AccessDenied", "Access Denied"}
		case text(thing, "region") != text(in, regionKey):
			return Object{"X-Amz-Bucket-Region": thing["region"]},
				&Refusal{http.StatusMovedPermanently, "PermanentRedirect",
					"The bucket you are attempting to access must be addressed using the specified endpoint. Please " +
						"send " +
						"all future requests to this endpoint."}
		case text(thing, "key") != "" && strings.HasPrefix(text(thing, "key"), text(in, "prefix")):
			contents = append(contents, Object{"Key": thing["key"], "LastModified": thing["lastModified"], "Size": 1})
		}
	}
	if !exists {
		return nil, &Refusal{http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist"}
	}
	page, next, refused := s.page(contents, text(in, "continuation-token"), number(in, "max-keys"))
	answer := Object{"Name": in["bucket"], "Prefix": text(in, "prefix"), "KeyCount": len(page),
		"IsTruncated": next != "", "Contents": page}
	if next != "" {
		answer["NextContinuationToken"] = next
	}
	return answer, refused
}

// fileSystems finds one by its id (https://docs.aws.amazon.com/efs/latest/ug/API_DescribeFileSystems.html).
func fileSystems(s *Server, in Object) (Object, *Refusal) {
	for _, thing := range s.things["elasticfilesystem:DescribeFileSystems"] {
		if text(thing, "FileSystemId") == text(in, "FileSystemId") {
			return Object{"FileSystems": []Object{thing}}, nil
		}
	}
	return nil, noFileSystem(in)
}

func noFileSystem(in Object) *Refusal {
	return &Refusal{http.StatusNotFound, "FileSystemNotFound", "File system '" + text(in, "FileSystemId") +
		"' does not exist."}
}

func mountTargets(s *Server, in Object) (Object, *Refusal) {
	if _, refused := fileSystems(s, in); refused != nil {
		return nil, refused
	}
	found := slices.DeleteFunc(slices.Clone(s.things["elasticfilesystem:DescribeMountTargets"]), func(m Object) bool {
		return text(m, "FileSystemId") != text(in, "FileSystemId")
	})
	page, next, refused := s.page(found, text(in, "Marker"), 0)
	answer := Object{"MountTargets": page}
	if next != "" {
		answer["NextMarker"] = next
	}
	return answer, refused
}

func accessPoints(s *Server, in Object) (Object, *Refusal) {
	for _, thing := range s.things["elasticfilesystem:DescribeAccessPoints"] {
		if text(thing, "AccessPointId") == text(in, "AccessPointId") {
			return Object{"AccessPoints": []Object{thing}}, nil
		}
	}
	return nil, &Refusal{http.StatusNotFound, "AccessPointNotFound", "Access Point does not exist."}
}

func serviceQuota(s *Server, in Object) (Object, *Refusal) {
	for _, thing := range s.things["servicequotas:GetServiceQuota"] {
		if thing["ServiceCode"] == in["ServiceCode"] && thing["QuotaCode"] == in["QuotaCode"] {
			return Object{"Quota": thing}, nil
		}
	}
	return nil, Refuse("NoSuchResourceException", "The request failed because the specified service does not exist.")
}

// containerInstances lists the ARNs of what DescribeContainerInstances describes.
func containerInstances(s *Server, in Object) (Object, *Refusal) {
	var arns []Object
	for _, thing := range s.things["ecs:DescribeContainerInstances"] {
		if status := text(in, "status"); status == "" || status == text(thing, "status") {
			arns = append(arns, thing)
		}
	}
	page, next, refused := s.page(arns, text(in, "nextToken"), cmp.Or(number(in, "maxResults"), 100))
	if refused != nil {
		return nil, refused
	}
	names := []string{}
	for _, thing := range page {
		names = append(names, text(thing, "containerInstanceArn"))
	}
	answer := Object{"containerInstanceArns": names}
	if next != "" {
		answer["nextToken"] = next
	}
	return answer, nil
}
