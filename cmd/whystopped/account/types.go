package account

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// instanceTypes asks EC2 how many network interfaces instances of some types may have, on their default network card.
// The function does not: its binary is smaller without the call.
func instanceTypes(ctx context.Context, cfg aws.Config, named []string) (map[string]int, error) {
	in := &ec2.DescribeInstanceTypesInput{}
	for _, name := range named {
		in.InstanceTypes = append(in.InstanceTypes, types.InstanceType(name))
	}
	answer, err := ec2.NewFromConfig(cfg).DescribeInstanceTypes(ctx, in)
	if err != nil {
		return nil, err
	}
	most := map[string]int{}
	for _, t := range answer.InstanceTypes {
		if n := t.NetworkInfo; n != nil {
			most[string(t.InstanceType)] = int(aws.ToInt32(n.MaximumNetworkInterfaces))
		}
	}
	return most, nil
}
