package lookup

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	route53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/route53profiles"
	"github.com/aws/aws-sdk-go-v2/service/route53profiles/types"
	"github.com/aws/aws-sdk-go-v2/service/route53resolver"
	resolvertypes "github.com/aws/aws-sdk-go-v2/service/route53resolver/types"

	"whystopped/evidence"
)

// readNames reads what the resolver of a VPC may lead names by: private hosted zones, resolver rules and Route 53
// Profiles.
func readNames(ctx context.Context, r *reading, vpc string) {
	n := &r.facts.Network
	together(
		func() { n.Zones = zones(ctx, r, vpc) },
		func() { n.Rules = resolverRules(ctx, r, vpc) },
		func() { n.Profiles = profiles(ctx, r, vpc) },
	)
}

func zones(ctx context.Context, r *reading, vpc string) evidence.Answer[[]evidence.Zone] {
	return ask(ctx, r, question[[]evidence.Zone]{action: "route53:ListHostedZonesByVPC", about: vpc, keep: keepNetwork,
		call: func(ctx context.Context) ([]evidence.Zone, error) {
			return every(ctx, &zonePages{r: r, input: route53.ListHostedZonesByVPCInput{VPCId: &vpc,
				VPCRegion: route53types.VPCRegion(r.cfg.Region), MaxItems: aws.Int32(100)}},
				func(o *route53.ListHostedZonesByVPCOutput) (all []evidence.Zone) {
					for _, z := range o.HostedZoneSummaries {
						zone := evidence.Zone{ID: aws.ToString(z.HostedZoneId), Name: domain(z.Name)}
						if z.Owner != nil {
							zone.Account = aws.ToString(z.Owner.OwningAccount)
						}
						all = append(all, zone)
					}
					return all
				})
		}})
}

// zonePages is the paginator that the SDK lacks for ListHostedZonesByVPC.
type zonePages struct {
	r     *reading
	input route53.ListHostedZonesByVPCInput
	begun bool
}

func (p *zonePages) HasMorePages() bool { return !p.begun || aws.ToString(p.input.NextToken) != "" }

func (p *zonePages) NextPage(ctx context.Context,
	options ...func(*route53.Options)) (*route53.ListHostedZonesByVPCOutput, error) {
	page, err := client(p.r, route53.NewFromConfig).ListHostedZonesByVPC(ctx, &p.input, options...)
	if err == nil {
		p.begun, p.input.NextToken = true, page.NextToken
	}
	return page, err
}

// domain is a DNS name without the dot at its end.
func domain(name *string) string { return strings.TrimSuffix(aws.ToString(name), ".") }

// ownRules begin the ids of the rules that every VPC has by itself, for names that nothing else leads anywhere.
const ownRules = "rslvr-autodefined-"

// resolverRules reads the rules that are associated with a VPC. What they say stands in another listing, which is left
// out where there are only those that every VPC has.
func resolverRules(ctx context.Context, r *reading, vpc string) evidence.Answer[[]evidence.ResolverRule] {
	p := route53resolver.NewListResolverRuleAssociationsPaginator(client(r, route53resolver.NewFromConfig),
		&route53resolver.ListResolverRuleAssociationsInput{MaxResults: aws.Int32(100),
			Filters: []resolvertypes.Filter{{Name: aws.String("VPCId"), Values: []string{vpc}}}})
	rules := ask(ctx, r, question[[]evidence.ResolverRule]{action: "route53resolver:ListResolverRuleAssociations",
		about: vpc, keep: keepNetwork, call: func(ctx context.Context) ([]evidence.ResolverRule, error) {
			return every(ctx, p,
				func(o *route53resolver.ListResolverRuleAssociationsOutput) (all []evidence.ResolverRule) {
					for _, a := range o.ResolverRuleAssociations {
						if id := aws.ToString(a.ResolverRuleId); !strings.HasPrefix(id, ownRules) {
							all = append(all, evidence.ResolverRule{ID: id})
						}
					}
					return all
				})
		}})
	if len(rules.Value) == 0 {
		return rules
	}
	said := ask(ctx, r, question[map[string]evidence.ResolverRule]{action: "route53resolver:ListResolverRules",
		keep: keepNetwork, call: func(ctx context.Context) (map[string]evidence.ResolverRule, error) {
			found := map[string]evidence.ResolverRule{}
			err := turn(ctx, route53resolver.NewListResolverRulesPaginator(client(r, route53resolver.NewFromConfig),
				&route53resolver.ListResolverRulesInput{MaxResults: aws.Int32(100)}),
				func(o *route53resolver.ListResolverRulesOutput) bool {
					for _, rule := range o.ResolverRules {
						found[aws.ToString(rule.Id)] = evidence.ResolverRule{ID: aws.ToString(rule.Id), Known: true,
							Domain: domain(rule.DomainName),
							Forward: rule.RuleType != resolvertypes.RuleTypeOptionSystem &&
								rule.RuleType != resolvertypes.RuleTypeOptionRecursive}
					}
					return true
				})
			return found, err
		}})
	if said.State != evidence.Known {
		return same[[]evidence.ResolverRule](said)
	}
	var all []evidence.ResolverRule
	for _, rule := range rules.Value {
		if known, found := said.Value[rule.ID]; found {
			rule = known
		}
		all = append(all, rule)
	}
	return evidence.Is(all)
}

func profiles(ctx context.Context, r *reading, vpc string) evidence.Answer[[]string] {
	p := route53profiles.NewListProfileAssociationsPaginator(client(r, route53profiles.NewFromConfig),
		&route53profiles.ListProfileAssociationsInput{ResourceId: &vpc, MaxResults: aws.Int32(100)})
	return ask(ctx, r, question[[]string]{action: "route53profiles:ListProfileAssociations", about: vpc,
		keep: keepNetwork, call: func(ctx context.Context) ([]string, error) {
			return every(ctx, p, func(o *route53profiles.ListProfileAssociationsOutput) (ids []string) {
				for _, a := range o.ProfileAssociations {
					if a.Status != types.ProfileStatusDeleted {
						ids = append(ids, aws.ToString(a.ProfileId))
					}
				}
				return ids
			})
		}})
}
