package lookup

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/efs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"whystopped/classifier"
	"whystopped/events/awsname"
	"whystopped/evidence"
	"whystopped/evidence/access"
)

// readAccess reads roles first, because a role's ARN is known by them, then the policies of what was asked for, which
// tell the whole ARNs of secrets, then keys, and simulates last.
func readAccess(ctx context.Context, r *reading) {
	a := &r.facts.Access
	a.Roles = each(access.RoleNames(r.known()),
		func(name string) evidence.Answer[evidence.Role] { return role(ctx, r, name) })
	keys := access.KeyARNs(r.known())
	a.Policies = each(append(access.PolicyARNs(r.known()), keys...),
		func(arn string) evidence.Answer[evidence.Policy] { return policy(ctx, r, arn) })
	if name := access.TaggedRole(r.known()); name != "" && a.Roles[name].State == evidence.NotAsked {
		a.Roles[name] = role(ctx, r, name)
	}
	if access.NamesOrganization(r.known()) {
		a.Organization = ask(ctx, r, question[string]{action: organizationLookup, keep: forever,
			absent: []string{"AWSOrganizationsNotInUseException"},
			call:   func(ctx context.Context) (string, error) { return r.Gatherer.Organization(ctx, r.cfg) }})
	}
	a.Keys = each(keys, func(arn string) evidence.Answer[evidence.Key] { return key(ctx, r, arn) })
	for _, arn := range keys {
		if replica := access.Replica(r.known(), arn); replica != "" && a.Keys[arn].State == evidence.Absent {
			a.Keys[replica] = key(ctx, r, replica)
		}
	}
	a.Grants = each(keys, func(arn string) evidence.Answer[[]evidence.KeyGrant] { return grants(ctx, r, arn) })
	a.Simulations = simulations(ctx, r, access.Calls(r.known()))
	a.Versions = each(access.Deciders(r.known()),
		func(arn string) evidence.Answer[time.Time] { return newestVersion(ctx, r, arn) })
}

// newestVersion asks when a managed policy was changed last, or made.
func newestVersion(ctx context.Context, r *reading, arn string) evidence.Answer[time.Time] {
	return ask(ctx, r, question[time.Time]{action: "iam:GetPolicy", about: arn, keep: keepRole,
		absent: []string{"NoSuchEntity"}, call: func(ctx context.Context) (time.Time, error) {
			answer, err := client(r, iam.NewFromConfig).GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &arn})
			if err != nil {
				return time.Time{}, err
			}
			return aws.ToTime(answer.Policy.UpdateDate), nil
		}})
}

// each asks about every name at the same time.
func each[T any](names []string, about func(string) T) map[string]T {
	var mu sync.Mutex
	answers := map[string]T{}
	var steps []func()
	for _, name := range names {
		steps = append(steps, func() {
			answer := about(name)
			mu.Lock()
			defer mu.Unlock()
			answers[name] = answer
		})
	}
	together(steps...)
	return answers
}

func role(ctx context.Context, r *reading, name string) evidence.Answer[evidence.Role] {
	return ask(ctx, r,
		question[evidence.Role]{action: "iam:GetRole", about: name, keep: keepRole, absent: []string{"NoSuchEntity"},
			call: func(ctx context.Context) (evidence.Role, error) {
				answer, err := client(r, iam.NewFromConfig).GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
				if err != nil {
					return evidence.Role{}, err
				}
				trust, err := url.PathUnescape(aws.ToString(answer.Role.AssumeRolePolicyDocument)) // RFC 3986, says IAM
				if err != nil {
					return evidence.Role{}, fmt.Errorf("read the trust policy of role %s: %w", name, err)
				}
				found := evidence.Role{ARN: aws.ToString(answer.Role.Arn),
					CreatedAt: aws.ToTime(answer.Role.CreateDate),
					Trust:     trust}
				if b := answer.Role.PermissionsBoundary; b != nil {
					found.Boundary = aws.ToString(b.PermissionsBoundaryArn)
				}
				for _, tag := range answer.Role.Tags {
					if found.Tags == nil {
						found.Tags = map[string]string{}
					}
					found.Tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
				}
				return found, nil
			}})
}

// policy asks for the policy of a repository, secret, key, file system or bucket. That a thing has none is an answer
// too.
func policy(ctx context.Context, r *reading, arn string) evidence.Answer[evidence.Policy] {
	named, _ := awsname.ParseARN(arn)
	account, name := named.Account, named.Resource
	region := cmp.Or(named.Region, r.cfg.Region) // the ARN of a bucket names none
	ask := func(action, none string, absent []string,
		call func(context.Context) (evidence.Policy, error)) evidence.Answer[evidence.Policy] {
		return askIn(ctx, r, region,
			question[evidence.Policy]{action: action, about: arn, keep: keepThing, absent: absent,
				call: func(ctx context.Context) (evidence.Policy, error) {
					found, err := call(ctx)
					if none != "" && code(err) == none {
						return evidence.Policy{}, nil
					}
					return found, err
				}})
	}
	switch named.Service {
	case "ecr":
		repository := strings.TrimPrefix(name, "repository/")
		return ask("ecr:GetRepositoryPolicy", "RepositoryPolicyNotFoundException",
			[]string{"RepositoryNotFoundException"}, func(ctx context.Context) (p evidence.Policy, err error) {
				answer, err := clientIn(r, region, ecr.NewFromConfig).GetRepositoryPolicy(ctx,
					&ecr.GetRepositoryPolicyInput{RegistryId: &account, RepositoryName: &repository})
				if err == nil {
					p.Document = aws.ToString(answer.PolicyText)
				}
				return p, err
			})
	case "secretsmanager":
		return ask("secretsmanager:GetResourcePolicy", "", []string{"ResourceNotFoundException"},
			func(ctx context.Context) (p evidence.Policy, err error) {
				answer, err := clientIn(r, region, secretsmanager.NewFromConfig).GetResourcePolicy(ctx,
					&secretsmanager.GetResourcePolicyInput{SecretId: &arn})
				if err == nil {
					p = evidence.Policy{ARN: aws.ToString(answer.ARN), Document: aws.ToString(answer.ResourcePolicy)}
				}
				return p, err
			})
	case "kms":
		if account != r.stop.Account {
			// GetKeyPolicy works only within the key's account
			return evidence.Unanswered[evidence.Policy](classifier.ReasonNotVisible, "")
		}
		return ask("kms:GetKeyPolicy", "", []string{"NotFoundException"},
			func(ctx context.Context) (p evidence.Policy, err error) {
				answer, err := clientIn(r, region, kms.NewFromConfig).GetKeyPolicy(ctx,
					&kms.GetKeyPolicyInput{KeyId: &arn, PolicyName: aws.String("default")})
				if err == nil {
					p.Document = aws.ToString(answer.Policy)
				}
				return p, err
			})
	case "elasticfilesystem":
		id := strings.TrimPrefix(name, "file-system/")
		return ask("elasticfilesystem:DescribeFileSystemPolicy", "PolicyNotFound", []string{"FileSystemNotFound"},
			func(ctx context.Context) (p evidence.Policy, err error) {
				answer, err := clientIn(r, region, efs.NewFromConfig).DescribeFileSystemPolicy(ctx,
					&efs.DescribeFileSystemPolicyInput{FileSystemId: &id})
				if err == nil {
					p.Document = aws.ToString(answer.Policy)
				}
				return p, err
			})
	case "s3":
		return ask("s3:GetBucketPolicy", "NoSuchBucketPolicy", []string{"NoSuchBucket"},
			func(ctx context.Context) (p evidence.Policy, err error) {
				answer, err := clientIn(r, region, s3.NewFromConfig).GetBucketPolicy(ctx,
					&s3.GetBucketPolicyInput{Bucket: &name})
				if err == nil {
					p.Document = aws.ToString(answer.Policy)
				}
				return p, err
			})
	}
	return evidence.Answer[evidence.Policy]{}
}

// key asks about a key by its ARN, never by an alias: asking for alias/aws/… makes the key if there is none.
func key(ctx context.Context, r *reading, arn string) evidence.Answer[evidence.Key] {
	return askIn(ctx, r, regionOf(arn),
		question[evidence.Key]{action: "kms:DescribeKey", about: arn, keep: keepThing,
			absent: []string{"NotFoundException"},
			call: func(ctx context.Context) (evidence.Key, error) {
				answer, err := clientIn(r, regionOf(arn), kms.NewFromConfig).DescribeKey(ctx,
					&kms.DescribeKeyInput{KeyId: &arn})
				if err != nil {
					return evidence.Key{}, err
				}
				k := answer.KeyMetadata
				return evidence.Key{ARN: aws.ToString(k.Arn), State: string(k.KeyState), Manager: string(k.KeyManager),
					CreatedAt: aws.ToTime(k.CreationDate), DeletedAt: aws.ToTime(k.DeletionDate)}, nil
			}})
}

func grants(ctx context.Context, r *reading, arn string) evidence.Answer[[]evidence.KeyGrant] {
	return askIn(ctx, r, regionOf(arn),
		question[[]evidence.KeyGrant]{action: "kms:ListGrants", about: arn, keep: keepThing,
			absent: []string{"NotFoundException"},
			call: func(ctx context.Context) ([]evidence.KeyGrant, error) {
				p := kms.NewListGrantsPaginator(clientIn(r, regionOf(arn), kms.NewFromConfig),
					&kms.ListGrantsInput{KeyId: &arn, Limit: aws.Int32(100)})
				return every(ctx, p, func(o *kms.ListGrantsOutput) []evidence.KeyGrant { return grantsFrom(o.Grants) })
			}})
}

func grantsFrom(list []kmstypes.GrantListEntry) []evidence.KeyGrant {
	var all []evidence.KeyGrant
	for _, g := range list {
		grant := evidence.KeyGrant{Grantee: cmp.Or(aws.ToString(g.GranteePrincipal),
			aws.ToString(g.GranteeServicePrincipal))}
		for _, o := range g.Operations {
			grant.Operations = append(grant.Operations, string(o))
		}
		if c := g.Constraints; c != nil {
			grant.Constrained = len(c.EncryptionContextEquals)+len(c.EncryptionContextSubset) > 0 || c.SourceArn != nil
		}
		all = append(all, grant)
	}
	return all
}

func regionOf(arn string) string {
	named, _ := awsname.ParseARN(arn)
	return named.Region
}

// simulatedAtOnce is how many resources one simulation is asked about.
const simulatedAtOnce = 20

// simulations asks about calls: about as many resources of one role and action together as may be, and about several
// actions on the same resources.
func simulations(ctx context.Context, r *reading,
	calls []evidence.Call) map[evidence.Call]evidence.Answer[evidence.Simulation] {
	var mu sync.Mutex
	all := map[evidence.Call]evidence.Answer[evidence.Simulation]{}
	var steps []func()
	for _, b := range batches(calls) {
		steps = append(steps, func() {
			answer := simulation(ctx, r, b, contextOf(r, b))
			mu.Lock()
			defer mu.Unlock()
			for _, call := range b.calls() {
				one := same[evidence.Simulation](answer)
				if answer.State == evidence.Known {
					// unless the answer tells of it
					one = evidence.Unanswered[evidence.Simulation](classifier.ReasonFailed,
						"iam:SimulatePrincipalPolicy")
				}
				if s, told := answer.Value[call]; told {
					one = evidence.Is(s)
				}
				all[call] = one
			}
		})
	}
	together(steps...)
	return all
}

// batch is what one simulation is asked about: each of the actions on each of the resources.
type batch struct {
	role               string
	actions, resources []string
}

func (b batch) calls() []evidence.Call {
	var calls []evidence.Call
	for _, action := range b.actions {
		for _, resource := range b.resources {
			calls = append(calls, evidence.Call{Role: b.role, Action: action, Resource: resource})
		}
	}
	return calls
}

func batches(calls []evidence.Call) []batch {
	var byAction []batch
	for _, c := range calls {
		i := slices.IndexFunc(byAction, func(b batch) bool {
			return b.role == c.Role && b.actions[0] == c.Action &&
				(len(b.resources) < simulatedAtOnce || slices.Contains(b.resources, c.Resource))
		})
		switch {
		case i < 0:
			byAction = append(byAction, batch{c.Role, []string{c.Action}, []string{c.Resource}})
		case !slices.Contains(byAction[i].resources, c.Resource):
			byAction[i].resources = append(byAction[i].resources, c.Resource)
		}
	}
	var all []batch
	for _, b := range byAction {
		i := slices.IndexFunc(all,
			func(a batch) bool { return a.role == b.role && slices.Equal(a.resources, b.resources) })
		if i < 0 {
			all = append(all, b)
		} else {
			all[i].actions = append(all[i].actions, b.actions...)
		}
	}
	return all
}

// contextOf tells a simulation the condition keys that are known of all its calls alike.
func contextOf(r *reading, b batch) []iamtypes.ContextEntry {
	var common map[string]string
	for _, call := range b.calls() {
		known := map[string]string{}
		for key, value := range access.Context(r.known(), call) {
			if common == nil || common[key] == value.Text {
				known[key] = value.Text
			}
		}
		common = known
	}
	var entries []iamtypes.ContextEntry
	for _, key := range slices.Sorted(maps.Keys(common)) {
		kind := iamtypes.ContextKeyTypeEnumString
		if common[key] == "true" || common[key] == "false" {
			kind = iamtypes.ContextKeyTypeEnumBoolean
		}
		entries = append(entries, iamtypes.ContextEntry{ContextKeyName: &key, ContextKeyType: kind,
			ContextKeyValues: []string{common[key]}})
	}
	return entries
}

func simulation(ctx context.Context, r *reading, b batch,
	told []iamtypes.ContextEntry) evidence.Answer[map[evidence.Call]evidence.Simulation] {
	about := fmt.Sprint(b.role, b.actions, b.resources)
	for _, entry := range told {
		about += fmt.Sprintf(" %s=%s", *entry.ContextKeyName, entry.ContextKeyValues[0])
	}
	return ask(ctx, r,
		question[map[evidence.Call]evidence.Simulation]{action: "iam:SimulatePrincipalPolicy", about: about,
			keep: keepRole, absent: []string{"NoSuchEntity"},
			call: func(ctx context.Context) (map[evidence.Call]evidence.Simulation, error) {
				p := iam.NewSimulatePrincipalPolicyPaginator(client(r, iam.NewFromConfig),
					&iam.SimulatePrincipalPolicyInput{
						PolicySourceArn: &b.role, ActionNames: b.actions, ResourceArns: b.resources,
						ContextEntries: told,
					})
				results, err := every(ctx, p,
					func(o *iam.SimulatePrincipalPolicyOutput) []iamtypes.EvaluationResult {
						return o.EvaluationResults
					})
				if err != nil {
					return nil, err
				}
				said := map[evidence.Call]evidence.Simulation{}
				for _, result := range results {
					for resource, s := range simulated(result, b.resources) {
						said[evidence.Call{Role: b.role, Action: aws.ToString(result.EvalActionName),
							Resource: resource}] = s
					}
				}
				return said, nil
			}})
}

// simulated is what a result says, by resource. What is said of a single resource stands in ResourceSpecificResults;
// the result around it is of all resources together, and its EvalResourceName may be a template of an ARN. Only where
// one resource, or *, was asked about do the two mean the same.
func simulated(result iamtypes.EvaluationResult, asked []string) map[string]evidence.Simulation {
	whole := evidence.Simulation{Decision: string(result.EvalDecision), Missing: result.MissingContextValues,
		Statements: policiesOf(result.MatchedStatements)}
	if o := result.OrganizationsDecisionDetail; o != nil {
		whole.Organizations = &o.AllowedByOrganizations
	}
	if b := result.PermissionsBoundaryDecisionDetail; b != nil {
		whole.Boundary = &b.AllowedByPermissionsBoundary
	}
	if len(result.ResourceSpecificResults) == 0 && len(asked) == 1 {
		return map[string]evidence.Simulation{asked[0]: whole}
	}
	said := map[string]evidence.Simulation{}
	for _, one := range result.ResourceSpecificResults {
		s := whole
		s.Decision, s.Missing, s.Statements = string(one.EvalResourceDecision), one.MissingContextValues,
			policiesOf(one.MatchedStatements)
		if b := one.PermissionsBoundaryDecisionDetail; b != nil {
			s.Boundary = &b.AllowedByPermissionsBoundary
		}
		said[aws.ToString(one.EvalResourceName)] = s
	}
	return said
}

// policiesOf names the policies of statements, each once.
func policiesOf(statements []iamtypes.Statement) []string {
	var names []string
	for _, s := range statements {
		if name := aws.ToString(s.SourcePolicyId); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
