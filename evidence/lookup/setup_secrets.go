package lookup

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"whystopped/evidence"
	"whystopped/evidence/setup"
)

// readSecrets reads what is known about the secrets and parameters that the failed step may have asked for, and never a
// value. A secret that its ARN does not lead to is asked for by its name too, a parameter in the task's Region.
func readSecrets(ctx context.Context, r *reading) {
	c := r.known()
	var secrets, parameters []setup.SecretRef
	for _, ref := range setup.SecretRefs(c).Value {
		if ref.Parameter {
			parameters = append(parameters, ref)
		} else {
			secrets = append(secrets, ref)
		}
	}
	key := func(ref setup.SecretRef) string { return evidence.In(ref.Region, ref.Names[0]) }
	t := &r.facts.Setup
	together(
		func() {
			t.Secrets = readAll(secrets, key, func(ref setup.SecretRef) evidence.Answer[evidence.Secret] {
				return secret(ctx, r, named{ref.Region, ref.Names[0]})
			})
		},
		func() {
			t.Parameters = readAll(parameters, key,
				func(ref setup.SecretRef) evidence.Answer[evidence.Parameter] { return parameter(ctx, r, ref) })
		},
	)
	var here []setup.SecretRef
	for _, ref := range parameters {
		if other, ok := setup.Here(c, ref); ok && t.Parameters[key(ref)].State == evidence.Absent {
			here = append(here, other)
		}
	}
	for k, found := range readAll(here, key,
		func(ref setup.SecretRef) evidence.Answer[evidence.Parameter] { return parameter(ctx, r, ref) }) {
		t.Parameters[k] = found
	}
	var others []named
	for _, ref := range secrets {
		if t.Secrets[key(ref)].State != evidence.Absent {
			continue
		}
		name, regions := setup.ByName(c, ref)
		for _, region := range regions {
			others = append(others, named{region, name})
		}
	}
	for k, found := range readAll(others, named.key,
		func(p named) evidence.Answer[evidence.Secret] { return secret(ctx, r, p) }) {
		t.Secrets[k] = found
	}
}

// named is a thing by its name in a Region.
type named struct{ region, name string }

func (n named) key() string { return evidence.In(n.region, n.name) }

func secret(ctx context.Context, r *reading, n named) evidence.Answer[evidence.Secret] {
	return askIn(ctx, r, n.region,
		question[evidence.Secret]{action: "secretsmanager:DescribeSecret", about: n.key(), keep: keepThing,
			absent: []string{"ResourceNotFoundException"},
			call: func(ctx context.Context) (evidence.Secret, error) {
				answer, err := clientIn(r, n.region, secretsmanager.NewFromConfig).DescribeSecret(ctx,
					&secretsmanager.DescribeSecretInput{SecretId: &n.name})
				if err != nil {
					return evidence.Secret{}, err
				}
				var tags map[string]string
				for _, tag := range answer.Tags {
					if tags == nil {
						tags = map[string]string{}
					}
					tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
				}
				return evidence.Secret{ARN: aws.ToString(answer.ARN), CreatedAt: aws.ToTime(answer.CreatedDate),
					ChangedAt: aws.ToTime(answer.LastChangedDate),
					DeletedAt: aws.ToTime(answer.DeletedDate), Versions: answer.VersionIdsToStages,
					Key: aws.ToString(answer.KmsKeyId), Tags: tags}, nil
			}})
}

// parameter looks for a parameter by its exact name, to the end of the listing: pages may be empty before it.
func parameter(ctx context.Context, r *reading, ref setup.SecretRef) evidence.Answer[evidence.Parameter] {
	return askIn(ctx, r, ref.Region,
		question[evidence.Parameter]{action: "ssm:DescribeParameters",
			about: evidence.In(ref.Region, strings.Join(ref.Names, " ")), keep: keepThing,
			call: func(ctx context.Context) (evidence.Parameter, error) {
				p := ssm.NewDescribeParametersPaginator(clientIn(r, ref.Region, ssm.NewFromConfig),
					&ssm.DescribeParametersInput{MaxResults: aws.Int32(50),
						ParameterFilters: []types.ParameterStringFilter{{Key: aws.String("Name"),
							Option: aws.String("Equals"),
							Values: ref.Names}}})
				found, err := search(ctx, p,
					func(o *ssm.DescribeParametersOutput) []types.ParameterMetadata { return o.Parameters },
					func(types.ParameterMetadata) bool { return true })
				return evidence.Parameter{Name: aws.ToString(found.Name),
					ModifiedAt: aws.ToTime(found.LastModifiedDate),
					Key:        aws.ToString(found.KeyId)}, err
			}})
}
