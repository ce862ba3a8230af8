package lookup

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	route53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/route53profiles"
	"github.com/aws/aws-sdk-go-v2/service/route53profiles/types"
	"github.com/aws/aws-sdk-go-v2/service/route53resolver"
	resolvertypes "github.com/aws/aws-sdk-go-v2/service/route53resolver/types"

	"whystopped/classifier"
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

// firewallRules reads the rules of DNS Firewall that a VPC has, in the order in which they are tried: by the priority
// of their group, and by their own.
func firewallRules(ctx context.Context, r *reading, vpc string) evidence.Answer[[]evidence.FirewallRule] {
	p := route53resolver.NewListFirewallRuleGroupAssociationsPaginator(client(r, route53resolver.NewFromConfig),
		&route53resolver.ListFirewallRuleGroupAssociationsInput{VpcId: &vpc, MaxResults: aws.Int32(100)})
	type group = resolvertypes.FirewallRuleGroupAssociation
	groups := ask(ctx, r, question[[]group]{action: "route53resolver:ListFirewallRuleGroupAssociations", about: vpc,
		keep: keepNetwork, call: func(ctx context.Context) ([]group, error) {
			return every(ctx, p, func(o *route53resolver.ListFirewallRuleGroupAssociationsOutput) []group {
				return o.FirewallRuleGroupAssociations
			})
		}})
	if groups.State != evidence.Known {
		return same[[]evidence.FirewallRule](groups)
	}
	sorted := slices.SortedStableFunc(slices.Values(groups.Value),
		func(a, b group) int { return cmp.Compare(aws.ToInt32(a.Priority), aws.ToInt32(b.Priority)) })
	var all []evidence.FirewallRule
	for _, g := range sorted {
		rules := firewallRulesOf(ctx, r, aws.ToString(g.FirewallRuleGroupId))
		if rules.State != evidence.Known {
			return same[[]evidence.FirewallRule](rules)
		}
		for _, rule := range rules.Value {
			all = append(all, firewallRuleFrom(ctx, r, rule))
		}
	}
	return evidence.Is(all)
}

func firewallRulesOf(ctx context.Context, r *reading, group string) evidence.Answer[[]resolvertypes.FirewallRule] {
	p := route53resolver.NewListFirewallRulesPaginator(client(r, route53resolver.NewFromConfig),
		&route53resolver.ListFirewallRulesInput{FirewallRuleGroupId: &group, MaxResults: aws.Int32(100)})
	return ask(ctx, r, question[[]resolvertypes.FirewallRule]{action: "route53resolver:ListFirewallRules", about: group,
		keep: keepNetwork, call: func(ctx context.Context) ([]resolvertypes.FirewallRule, error) {
			rules, err := every(ctx, p,
				func(o *route53resolver.ListFirewallRulesOutput) []resolvertypes.FirewallRule {
					return o.FirewallRules
				})
			slices.SortStableFunc(rules, func(a, b resolvertypes.FirewallRule) int {
				return cmp.Compare(aws.ToInt32(a.Priority), aws.ToInt32(b.Priority))
			})
			return rules, err
		}})
}

// firewallRuleFrom reads the list of a rule. A rule that has none, or is for some kinds of records, is for names that
// nobody tells.
func firewallRuleFrom(ctx context.Context, r *reading, rule resolvertypes.FirewallRule) evidence.FirewallRule {
	e := evidence.FirewallRule{Name: aws.ToString(rule.Name), Group: aws.ToString(rule.FirewallRuleGroupId),
		Block:    rule.Action == resolvertypes.ActionBlock,
		Override: rule.BlockResponse == resolvertypes.BlockResponseOverride}
	list := aws.ToString(rule.FirewallDomainListId)
	if list == "" || aws.ToString(rule.Qtype) != "" {
		e.Domains = evidence.Unanswered[[]string](classifier.ReasonNotVisible, "")
		return e
	}
	p := route53resolver.NewListFirewallDomainsPaginator(client(r, route53resolver.NewFromConfig),
		&route53resolver.ListFirewallDomainsInput{FirewallDomainListId: &list, MaxResults: aws.Int32(5000)})
	e.Domains = ask(ctx, r, question[[]string]{action: "route53resolver:ListFirewallDomains", about: list,
		keep: keepNetwork, call: func(ctx context.Context) ([]string, error) {
			return every(ctx, p, func(o *route53resolver.ListFirewallDomainsOutput) []string { return o.Domains })
		}})
	return e
}

// records reads the names in a private hosted zone of the account. Another account's are its own to see.
func records(ctx context.Context, r *reading, zone evidence.Zone) evidence.Answer[[]evidence.Record] {
	if zone.Account != r.stop.Account {
		return evidence.Unanswered[[]evidence.Record](classifier.ReasonNotVisible, "")
	}
	p := route53.NewListResourceRecordSetsPaginator(client(r, route53.NewFromConfig),
		&route53.ListResourceRecordSetsInput{HostedZoneId: &zone.ID, MaxItems: aws.Int32(300)})
	return ask(ctx, r, question[[]evidence.Record]{action: "route53:ListResourceRecordSets", about: zone.ID,
		keep: keepNetwork, call: func(ctx context.Context) ([]evidence.Record, error) {
			return every(ctx, p, func(o *route53.ListResourceRecordSetsOutput) (all []evidence.Record) {
				for _, set := range o.ResourceRecordSets {
					name := strings.ReplaceAll(domain(set.Name), `\052`, "*") // how the API writes it
					all = append(all, evidence.Record{Name: name, Type: string(set.Type)})
				}
				return all
			})
		}})
}
