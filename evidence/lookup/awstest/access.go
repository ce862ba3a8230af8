package awstest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// accessOperations tell of roles and policies.
var accessOperations = []operation{
	{name: "iam:GetRole", answer: getRole},
	{name: "iam:SimulatePrincipalPolicy", answer: simulate},
	{name: "iam:GetPolicy", answer: getPolicy},
	{name: "organizations:DescribeOrganization", answer: organization},
	{name: "ecr:GetRepositoryPolicy", answer: repositoryPolicy},
	{name: "secretsmanager:GetResourcePolicy", answer: secretPolicy},
	{name: "kms:DescribeKey", answer: describeKey},
	{name: "kms:GetKeyPolicy", answer: keyPolicy},
	{name: "kms:ListGrants", answer: listGrants},
	{name: "elasticfilesystem:DescribeFileSystemPolicy", path: "GET /2015-02-01/file-systems/{FileSystemId}/policy",
		answer: fileSystemPolicy},
	{name: "s3:GetBucketPolicy", path: "GET /{Bucket}?policy", answer: bucketPolicy},
}

// thing returns the first thing of an operation for which all of the named members have the values of wanted.
func (s *Server) thing(operation string, wanted Object) Object {
	i := slices.IndexFunc(s.things[operation], func(thing Object) bool {
		for name, value := range wanted {
			if text(thing, name) != value {
				return false
			}
		}
		return true
	})
	if i < 0 {
		return nil
	}
	return s.things[operation][i]
}

// getRole gives a role by its name. The trust policy, which a test puts as JSON, travels with its characters
// percent-encoded (https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html).
func getRole(s *Server, in Object) (Object, *Refusal) {
	role := s.thing("iam:GetRole", Object{"RoleName": text(in, "RoleName")})
	if role == nil {
		return nil, noSuchRole(text(in, "RoleName"))
	}
	answer := Object{}
	for name, value := range role {
		answer[name] = value
	}
	answer["AssumeRolePolicyDocument"] = strings.ReplaceAll(url.QueryEscape(text(role, "AssumeRolePolicyDocument")),
		"+", "%20")
	return Object{"Role": answer}, nil
}

// getPolicy gives a managed policy by its ARN (https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html).
func getPolicy(s *Server, in Object) (Object, *Refusal) {
	arn := text(in, "PolicyArn")
	policy := s.thing("iam:GetPolicy", Object{"Arn": arn})
	if policy == nil {
		return nil, &Refusal{http.StatusNotFound, "NoSuchEntity", "Policy " + arn + " was not found."}
	}
	return Object{"Policy": policy}, nil
}

// organization gives the organization of the account
// (https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganization.html).
func organization(s *Server, _ Object) (Object, *Refusal) {
	of := s.thing("organizations:DescribeOrganization", nil)
	if of == nil {
		return nil, Refuse("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
	}
	return Object{"Organization": of}, nil
}

func noSuchRole(name string) *Refusal {
	return &Refusal{http.StatusNotFound, "NoSuchEntity", "The role with name " + name + " cannot be found."}
}

// simulate answers for each action with one result of all resources, and in it one for each resource; with none for *
// (https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html). Its things hold Role, Action
// and Resource with a Decision (implicitDeny where there is no such thing), and, where a test wants them, Missing
// condition keys, of which those that the request tells are not missing, with the decision Told where it tells all; the
// Policy that decided, and Organizations and Boundary, false for what those do not allow.
func simulate(s *Server, in Object) (Object, *Refusal) {
	role := text(in, "PolicySourceArn")
	if s.thing("iam:GetRole", Object{"Arn": role}) == nil {
		return nil, noSuchRole(role[strings.LastIndex(role, "/")+1:])
	}
	told, refused := contextKeys(in)
	if refused != nil {
		return nil, refused
	}
	resources := texts(in, "ResourceArns")
	if len(resources) == 0 {
		resources = []string{"*"}
	}
	var results []Object
	for _, action := range texts(in, "ActionNames") {
		whole := Object{"EvalActionName": action,
			"EvalResourceName": "arn:${Partition}:example:${Region}:${Account}:${Resource}", "EvalDecision": "allowed"}
		var single []Object
		for _, resource := range resources {
			said := s.thing("iam:SimulatePrincipalPolicy", Object{"Role": role, "Action": action, "Resource": resource})
			one := Object{"EvalResourceName": resource, "EvalResourceDecision": "implicitDeny"}
			if said != nil {
				one["EvalResourceDecision"] = said["Decision"]
			}
			if wanted, found := said["Missing"].([]string); found {
				missing := slices.DeleteFunc(slices.Clone(wanted),
					func(key string) bool { return slices.Contains(told, strings.ToLower(key)) })
				one["MissingContextValues"], whole["MissingContextValues"] = missing, missing
				if decision, found := said["Told"]; found && len(missing) == 0 {
					one["EvalResourceDecision"] = decision
				}
			}
			if policy, found := said["Policy"]; found {
				statements := []Object{{"SourcePolicyId": policy, "SourcePolicyType": "IAM Policy"}}
				one["MatchedStatements"], whole["MatchedStatements"] = statements, statements
			}
			if allows, found := said["Boundary"]; found {
				one["PermissionsBoundaryDecisionDetail"] = Object{"AllowedByPermissionsBoundary": allows}
			}
			if allows, found := said["Organizations"]; found {
				whole["OrganizationsDecisionDetail"] = Object{"AllowedByOrganizations": allows}
			}
			if rank(one["EvalResourceDecision"]) > rank(whole["EvalDecision"]) {
				whole["EvalDecision"] = one["EvalResourceDecision"]
			}
			single = append(single, one)
		}
		if slices.Equal(resources, []string{"*"}) {
			whole["EvalResourceName"], whole["PermissionsBoundaryDecisionDetail"] = "*",
				single[0]["PermissionsBoundaryDecisionDetail"]
		} else {
			whole["ResourceSpecificResults"] = single
		}
		results = append(results, whole)
	}
	page, next, refused := s.page(results, text(in, "Marker"), number(in, "MaxItems"))
	answer := Object{"EvaluationResults": page, "IsTruncated": next != ""}
	if next != "" {
		answer["Marker"] = next
	}
	return answer, refused
}

// contextKeys are the condition keys that a request tells, in lower case; each needs a type and a value
// (https://docs.aws.amazon.com/IAM/latest/APIReference/API_ContextEntry.html).
func contextKeys(in Object) (keys []string, refused *Refusal) {
	entries, _ := in["ContextEntries"].([]any)
	for _, each := range entries {
		entry := each.(Object)
		key := strings.ToLower(text(entry, "ContextKeyName"))
		if !strings.Contains(key, ":") || slices.Contains(keys, key) || len(texts(entry, "ContextKeyValues")) == 0 ||
			!slices.Contains([]string{"string", "boolean"}, text(entry, "ContextKeyType")) {
			return nil, Refuse("InvalidInput", "Invalid context entry: %v", entry)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// rank orders decisions by how much they restrict: a result of many resources has the most restrictive one.
func rank(decision any) int {
	return slices.Index([]string{"allowed", "implicitDeny", "explicitDeny"}, decision.(string))
}

// repositoryPolicy gives a repository's policyText. A thing without one is a repository without a policy
// (https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetRepositoryPolicy.html).
func repositoryPolicy(s *Server, in Object) (Object, *Refusal) {
	name, registry := text(in, "repositoryName"), text(in, "registryId")
	switch thing := s.thing("ecr:GetRepositoryPolicy", Object{"repositoryName": name, "registryId": registry}); {
	case thing == nil:
		return nil, Refuse("RepositoryNotFoundException",
			"The repository with name '%s' does not exist in the registry with id '%s'", name, registry)
	case thing["policyText"] == nil:
		return nil, Refuse("RepositoryPolicyNotFoundException",
			"Repository policy does not exist for the repository with name '%s' in the registry with id '%s'", name,
			registry)
	default:
		return thing, nil
	}
}

// secretPolicy gives ARN, Name and, where there is one, ResourcePolicy of a secret, which may be asked for by its name,
// its ARN, or its ARN without the seven characters at the end
// (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetResourcePolicy.html).
func secretPolicy(s *Server, in Object) (Object, *Refusal) {
	id := text(in, "SecretId")
	for _, thing := range s.things["secretsmanager:GetResourcePolicy"] {
		if arn := text(thing, "ARN"); id == arn || id == text(thing, "Name") || len(arn) > 7 && id == arn[:len(arn)-7] {
			return thing, nil
		}
	}
	return nil, Refuse("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
}

func noSuchKey(id string) *Refusal { return Refuse("NotFoundException", "Key '%s' does not exist", id) }

// describeKey gives the metadata of a key by its Arn
// (https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html).
func describeKey(s *Server, in Object) (Object, *Refusal) {
	thing := s.thing("kms:DescribeKey", Object{"Arn": text(in, "KeyId")})
	if thing == nil {
		return nil, noSuchKey(text(in, "KeyId"))
	}
	return Object{"KeyMetadata": thing}, nil
}

// keyPolicy gives the Policy of a key by its Arn
// (https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html).
func keyPolicy(s *Server, in Object) (Object, *Refusal) {
	thing := s.thing("kms:GetKeyPolicy", Object{"Arn": text(in, "KeyId")})
	if thing == nil {
		return nil, noSuchKey(text(in, "KeyId"))
	}
	return Object{"Policy": thing["Policy"], "PolicyName": "default"}, nil
}

// listGrants gives the grants of a key by its KeyId, which is an ARN
// (https://docs.aws.amazon.com/kms/latest/APIReference/API_ListGrants.html).
func listGrants(s *Server, in Object) (Object, *Refusal) {
	grants := []Object{}
	for _, thing := range s.things["kms:ListGrants"] {
		if thing["KeyId"] == in["KeyId"] {
			grants = append(grants, thing)
		}
	}
	page, next, refused := s.page(grants, text(in, "Marker"), number(in, "Limit"))
	answer := Object{"Grants": page, "Truncated": next != ""}
	if next != "" {
		answer["NextMarker"] = next
	}
	return answer, refused
}

// fileSystemPolicy gives the Policy of a file system; a thing without one is a file system without a policy
// (https://docs.aws.amazon.com/efs/latest/ug/API_DescribeFileSystemPolicy.html).
func fileSystemPolicy(s *Server, in Object) (Object, *Refusal) {
	id := text(in, "FileSystemId")
	switch thing := s.thing("elasticfilesystem:DescribeFileSystemPolicy", Object{"FileSystemId": id}); {
	case thing == nil:
		return nil, &Refusal{http.StatusNotFound, "FileSystemNotFound", "File system '" + id + "' does not exist."}
	case thing["Policy"] == nil:
		return nil, &Refusal{http.StatusNotFound, "PolicyNotFound", "Policy for FileSystem '" + id +
			"' does not exist."}
	default:
		return thing, nil
	}
}

// bucketPolicy gives the Policy of a bucket as it is; a thing without one is a bucket without a policy
// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html).
func bucketPolicy(s *Server, in Object) (Object, *Refusal) {
	switch thing := s.thing("s3:GetBucketPolicy", Object{"Bucket": text(in, "Bucket")}); {
	case thing == nil:
		return nil, &Refusal{http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist"}
	case thing["Policy"] == nil:
		return nil, &Refusal{http.StatusNotFound, "NoSuchBucketPolicy", "The bucket policy does not exist"}
	default:
		return Object{payload: thing["Policy"]}, nil
	}
}
