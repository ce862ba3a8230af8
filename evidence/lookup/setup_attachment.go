package lookup

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"whystopped/evidence"
	"whystopped/evidence/setup"
)

// readAttachment reads the subnets and security groups that the task's interface was to be made of. They are asked for
// by filters: what is gone is then left out, and no error.
func readAttachment(ctx context.Context, r *reading) {
	_, ids, groups := setup.Attachment(r.known())
	t := &r.facts.Setup
	together(
		func() {
			if len(ids) > 0 {
				p := ec2.NewDescribeSubnetsPaginator(client(r, ec2.NewFromConfig),
					&ec2.DescribeSubnetsInput{Filters: where("subnet-id", ids...), MaxResults: most})
				t.Subnets = listed(ctx, r, "ec2:DescribeSubnets", "attachment "+strings.Join(ids, " "), p,
					func(o *ec2.DescribeSubnetsOutput) []types.Subnet { return o.Subnets }, subnetFrom)
			}
		},
		func() {
			if len(groups) > 0 {
				p := ec2.NewDescribeSecurityGroupsPaginator(client(r, ec2.NewFromConfig),
					&ec2.DescribeSecurityGroupsInput{Filters: where("group-id", groups...), MaxResults: most})
				t.Groups = listed(ctx, r, "ec2:DescribeSecurityGroups", "attachment "+strings.Join(groups, " "), p,
					func(o *ec2.DescribeSecurityGroupsOutput) []types.SecurityGroup { return o.SecurityGroups },
					func(_ *texts, g types.SecurityGroup) evidence.SecurityGroup {
						return evidence.SecurityGroup{ID: aws.ToString(g.GroupId), Name: aws.ToString(g.GroupName),
							VPC: aws.ToString(g.VpcId)}
					})
			}
		},
	)
	elsewhere := func(g evidence.SecurityGroup) bool {
		return slices.ContainsFunc(t.Subnets.Value, func(s evidence.Subnet) bool { return s.VPC != g.VPC })
	}
	if slices.ContainsFunc(t.Groups.Value, elsewhere) {
		p := ec2.NewDescribeSecurityGroupVpcAssociationsPaginator(client(r, ec2.NewFromConfig),
			&ec2.DescribeSecurityGroupVpcAssociationsInput{Filters: where("group-id", groups...), MaxResults: most})
		t.Associations = listed(ctx, r, "ec2:DescribeSecurityGroupVpcAssociations", strings.Join(groups, " "), p,
			func(o *ec2.DescribeSecurityGroupVpcAssociationsOutput) []types.SecurityGroupVpcAssociation {
				return o.SecurityGroupVpcAssociations
			},
			func(_ *texts, a types.SecurityGroupVpcAssociation) evidence.GroupAssociation {
				return evidence.GroupAssociation{Group: aws.ToString(a.GroupId), VPC: aws.ToString(a.VpcId),
					State: string(a.State)}
			})
	}
}
