package lookup

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/efs"
	"github.com/aws/aws-sdk-go-v2/service/efs/types"

	"whystopped/evidence"
	"whystopped/evidence/network"
)

// readVolumes reads the EFS file systems in question with their mount targets, and the interfaces of those, which tell
// their security groups; and the access points of the volumes.
func readVolumes(ctx context.Context, r *reading) {
	volumes := network.EFSVolumes(r.known()).Value
	system := func(v evidence.Volume) string { return v.FileSystem }
	var points []evidence.Volume
	for _, v := range volumes {
		if v.AccessPoint != "" {
			points = append(points, v)
		}
	}
	t := &r.facts.Setup
	together(
		func() {
			t.FileSystems = readAll(volumes, system,
				func(v evidence.Volume) evidence.Answer[evidence.FileSystem] {
					return fileSystem(ctx, r,
						v.FileSystem)
				})
		},
		func() {
			t.AccessPoints = readAll(points, func(v evidence.Volume) string { return v.AccessPoint },
				func(v evidence.Volume) evidence.Answer[evidence.AccessPoint] {
					return accessPoint(ctx, r, v.AccessPoint)
				})
		},
		func() {
			t.MountTargets = readAll(volumes, system, func(v evidence.Volume) evidence.Answer[[]evidence.MountTarget] {
				return mountTargets(ctx, r, v.FileSystem)
			})
		},
	)
	if !r.undecided("efs-sg-closed") {
		return
	}
	t.Adapters = readAll(network.NearTargets(r.known()), func(m evidence.MountTarget) string { return m.Adapter },
		func(m evidence.MountTarget) evidence.Answer[evidence.Interface] {
			return networkInterface(ctx, r, m.Adapter)
		})
}

func fileSystem(ctx context.Context, r *reading, id string) evidence.Answer[evidence.FileSystem] {
	return ask(ctx, r,
		question[evidence.FileSystem]{action: "elasticfilesystem:DescribeFileSystems", about: id, keep: keepThing,
			absent: []string{"FileSystemNotFound"},
			call: func(ctx context.Context) (evidence.FileSystem, error) {
				answer, err := client(r, efs.NewFromConfig).DescribeFileSystems(ctx,
					&efs.DescribeFileSystemsInput{FileSystemId: &id})
				if err == nil && len(answer.FileSystems) == 0 {
					err = errAbsent
				}
				if err != nil {
					return evidence.FileSystem{}, err
				}
				f := answer.FileSystems[0]
				return evidence.FileSystem{State: string(f.LifeCycleState), Zone: aws.ToString(f.AvailabilityZoneName),
					CreatedAt: aws.ToTime(f.CreationTime)}, nil
			}})
}

func mountTargets(ctx context.Context, r *reading, id string) evidence.Answer[[]evidence.MountTarget] {
	return ask(ctx, r,
		question[[]evidence.MountTarget]{action: "elasticfilesystem:DescribeMountTargets", about: id, keep: keepThing,
			absent: []string{"FileSystemNotFound"},
			call: func(ctx context.Context) ([]evidence.MountTarget, error) {
				return every(ctx,
					efs.NewDescribeMountTargetsPaginator(client(r, efs.NewFromConfig),
						&efs.DescribeMountTargetsInput{FileSystemId: &id}),
					func(o *efs.DescribeMountTargetsOutput) (all []evidence.MountTarget) {
						for _, m := range o.MountTargets {
							all = append(all, mountTargetFrom(m))
						}
						return all
					})
			}})
}

func mountTargetFrom(m types.MountTargetDescription) evidence.MountTarget {
	return evidence.MountTarget{ID: aws.ToString(m.MountTargetId), State: string(m.LifeCycleState),
		VPC: aws.ToString(m.VpcId), Subnet: aws.ToString(m.SubnetId),
		Zone: aws.ToString(m.AvailabilityZoneName), ZoneID: aws.ToString(m.AvailabilityZoneId),
		IP: address(m.IpAddress), IPv6: address(m.Ipv6Address), Adapter: aws.ToString(m.NetworkInterfaceId)}
}

func accessPoint(ctx context.Context, r *reading, id string) evidence.Answer[evidence.AccessPoint] {
	return ask(ctx, r,
		question[evidence.AccessPoint]{action: "elasticfilesystem:DescribeAccessPoints", about: id, keep: keepThing,
			absent: []string{"AccessPointNotFound"},
			call: func(ctx context.Context) (evidence.AccessPoint, error) {
				answer, err := client(r, efs.NewFromConfig).DescribeAccessPoints(ctx,
					&efs.DescribeAccessPointsInput{AccessPointId: &id})
				if err == nil && len(answer.AccessPoints) == 0 {
					err = errAbsent
				}
				if err != nil {
					return evidence.AccessPoint{}, err
				}
				return accessPointFrom(answer.AccessPoints[0]), nil
			}})
}

func accessPointFrom(a types.AccessPointDescription) evidence.AccessPoint {
	e := evidence.AccessPoint{FileSystem: aws.ToString(a.FileSystemId), State: string(a.LifeCycleState)}
	if u := a.PosixUser; u != nil {
		e.User = &evidence.POSIXUser{UID: aws.ToInt64(u.Uid), GID: aws.ToInt64(u.Gid), Groups: u.SecondaryGids}
	}
	if d := a.RootDirectory; d != nil {
		e.Path = aws.ToString(d.Path)
		if of := d.CreationInfo; of != nil {
			mode, err := strconv.ParseInt(aws.ToString(of.Permissions), 8, 64)
			if err == nil {
				e.Makes = &evidence.Directory{UID: aws.ToInt64(of.OwnerUid), GID: aws.ToInt64(of.OwnerGid), Mode: mode}
			}
		}
	}
	return e
}
