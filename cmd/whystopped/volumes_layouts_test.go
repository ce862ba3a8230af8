//go:build !local

package main

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/efs"
)

// What EFS's mount helper says.
const (
	mountFails = "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: "
	mountSlow  = mountFails +
		"Mount attempt 1/3 failed due to timeout after 15 sec, wait 0 sec before next attempt. b'mount.nfs4: " +
		"Connection timed out' : unsuccessful EFS utils command execution; code: 32"
	mountShut = mountFails + "b'mount.nfs4: Connection refused' : unsuccessful EFS utils command execution; code: 32"
	mountNo   = mountFails +
		"b'mount.nfs4: access denied by server while mounting 127.0.0.1:/' : unsuccessful EFS utils command " +
		"execution; code: 32"
)

func unresolved(system string) string {
	return mountFails + `Failed to resolve "` + system +
		`.efs.us-east-1.amazonaws.com" - check that your file system ID is correct, and ensure that the VPC has an ` +
		`EFS mount target for this file system ID. : unsuccessful EFS utils command execution; code: 1`
}

// moto has no file systems, mount targets or access points on their way in or out, and simulates no policies of roles.
var volumes = []thing{
	{
		name: "volume: no such file system",
		make: func(w *workload) string {
			w.mounts("fs-0a1b2c3d4e5f60718", "")
			return unresolved("fs-0a1b2c3d4e5f60718")
		},
		want: verdicts{"efs-mount-target-missing": "confirmed"},
	},
	{
		name: "volume: no such file system here, and yet its name resolved",
		make: func(w *workload) string {
			w.mounts("fs-0a1b2c3d4e5f60718", "")
			return mountSlow
		},
		want: verdicts{
			"efs-mount-target-missing": "inconclusive not_visible",
			"efs-sg-closed":            "inconclusive not_causal",
		},
	},
	{
		name: "volume: no mount target",
		make: func(w *workload) string { return unresolved(w.fileSystem()) },
		want: verdicts{"efs-mount-target-missing": "confirmed"},
	},
	{
		name: "volume: no mount target in the task's zone",
		make: func(w *workload) string {
			system := w.fileSystem()
			w.mountTarget(system, w.other, w.group)
			return unresolved(system)
		},
		want: verdicts{"efs-mount-target-missing": "confirmed"},
	},
	{
		name: "volume: no mount target in the task's zone, and yet its name resolved",
		make: func(w *workload) string {
			w.mountTarget(w.fileSystem(), w.other, w.group)
			return mountSlow
		},
		want: verdicts{"efs-mount-target-missing": "inconclusive partial", "efs-sg-closed": "inconclusive not_causal"},
	},
	{
		name: "volume: mount targets in another VPC",
		make: func(w *workload) string {
			system, there := w.fileSystem(), newVPC(w.t, w.ec2)
			w.mountTarget(system, there.subnet, there.group)
			return unresolved(system)
		},
		want: verdicts{"efs-mount-target-missing": "inconclusive failed"}, // moto has no Route 53 Profiles
	},
	{
		name: "volume: One Zone, of another zone",
		make: func(w *workload) string {
			system := *made(w.efs().CreateFileSystem(w.ctx, &efs.CreateFileSystemInput{
				CreationToken:        &w.name,
				AvailabilityZoneName: aws.String("us-east-1b"),
			}))(w.t).FileSystemId
			w.mounts(system, "")
			w.mountTarget(system, w.other, w.group)
			return unresolved(system)
		},
		want: verdicts{"efs-mount-target-missing": "inconclusive partial"},
	},
	{
		name: "volume: a mount target in the task's zone",
		make: func(w *workload) string {
			system := w.fileSystem()
			w.mountTarget(system, w.subnet, w.group)
			return unresolved(system)
		},
		want: verdicts{"efs-mount-target-missing": "ruled_out", "dns-disabled": "ruled_out"},
	},
	{
		name: "volume: a mount target in the task's zone, DNS hostnames off",
		make: func(w *workload) string {
			system := w.fileSystem()
			w.mountTarget(system, w.subnet, w.group)
			made(w.ec2.ModifyVpcAttribute(w.ctx, &ec2.ModifyVpcAttributeInput{
				VpcId:              &w.id,
				EnableDnsHostnames: value(false),
			}))(w.t)
			return unresolved(system)
		},
		// moto shows no DHCP option set
		want: verdicts{"efs-mount-target-missing": "ruled_out", "dns-disabled": "inconclusive not_visible"},
	},

	{
		name: "volume: the mount target lets nobody in",
		make: func(w *workload) string {
			w.mountTarget(w.fileSystem(), w.subnet, w.newGroup("files"))
			return mountSlow
		},
		want: verdicts{"efs-sg-closed": "confirmed", "efs-mount-target-missing": "ruled_out"},
	},
	{
		name: "volume: the mount target lets the other zone in",
		make: func(w *workload) string {
			files := w.newGroup("files")
			w.in(files, 2049, "10.0.2.0/24")
			w.mountTarget(w.fileSystem(), w.subnet, files)
			return mountSlow
		},
		want: verdicts{"efs-sg-closed": "confirmed"},
	},
	{
		name: "volume: the mount target lets the task's group in",
		make: func(w *workload) string {
			files := w.newGroup("files")
			w.inFrom(files, 2049, w.group)
			w.mountTarget(w.fileSystem(), w.subnet, files)
			return mountSlow
		},
		want: verdicts{"efs-sg-closed": "ruled_out", "efs-mount-target-missing": "ruled_out"},
	},
	{
		name: "volume: the mount target lets the task's subnet in",
		make: func(w *workload) string {
			files := w.newGroup("files")
			w.in(files, 2049, "10.0.1.0/24")
			w.mountTarget(w.fileSystem(), w.subnet, files)
			return mountSlow
		},
		want: verdicts{"efs-sg-closed": "ruled_out"},
	},
	{
		name: "volume: the mount was refused",
		make: func(w *workload) string {
			w.mountTarget(w.fileSystem(), w.subnet, w.newGroup("files"))
			return mountShut
		},
		want: verdicts{"efs-sg-closed": "ruled_out"},
	},
	{
		name: "volume: the task's group lets no mount out",
		make: func(w *workload) string {
			files := w.newGroup("files")
			w.inFrom(files, 2049, w.group)
			w.mountTarget(w.fileSystem(), w.subnet, files)
			w.closeOut(w.group)
			w.out(w.group, 443, "0.0.0.0/0")
			return mountSlow
		},
		want: verdicts{"task-sg-egress-closed": "confirmed", "efs-sg-closed": "ruled_out"},
	},

	{
		name: "volume: no such access point",
		make: func(w *workload) string {
			w.mounts(w.fileSystem(), "fsap-0a1b2c3d4e5f60718")
			return mountNo
		},
		want: verdicts{"efs-access-point": "confirmed"},
	},
	{
		name: "volume: an access point of another file system",
		make: func(w *workload) string {
			other := *made(w.efs().CreateFileSystem(w.ctx, &efs.CreateFileSystemInput{
				CreationToken: aws.String(w.name + "-other"),
			}))(w.t).FileSystemId
			w.mounts(w.fileSystem(), w.accessPoint(other))
			return mountNo
		},
		want: verdicts{"efs-access-point": "confirmed"},
	},
	{
		name: "volume: an access point of the file system",
		make: func(w *workload) string {
			system := w.fileSystem()
			w.mounts(system, w.accessPoint(system))
			return mountNo
		},
		want: verdicts{"efs-access-point": "inconclusive not_read"},
	},
	{
		name: "volume: the file system's policy denies every role",
		make: func(w *workload) string {
			system := w.fileSystem()
			w.definition.TaskRoleArn = aws.String("arn:aws:iam::" + motoAccount + ":role/web")
			w.definition.Volumes[0].EfsVolumeConfiguration.AuthorizationConfig = &types.EFSAuthorizationConfig{
				Iam: types.EFSAuthorizationConfigIAMEnabled,
			}
			made(w.efs().PutFileSystemPolicy(w.ctx, &efs.PutFileSystemPolicyInput{
				FileSystemId: &system,
				Policy: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny",` +
					`"Principal":{"AWS":"*"},"Action":"elasticfilesystem:ClientMount"}]}`),
			}))(w.t)
			return mountNo
		},
		want: verdicts{"efs-iam-denied": "confirmed"},
	},
	{
		name: "volume: no access point",
		make: func(w *workload) string {
			w.fileSystem()
			return mountNo
		},
		want: verdicts{"efs-access-point": "ruled_out"},
	},
}

func (w *workload) efs() *efs.Client { return efs.NewFromConfig(w.Config) }

// fileSystem makes a file system that the task mounts, and returns its id.
func (w *workload) fileSystem() string {
	system := *made(w.efs().CreateFileSystem(w.ctx, &efs.CreateFileSystemInput{
		CreationToken: &w.name,
	}))(w.t).FileSystemId
	w.mounts(system, "")
	return system
}

func (w *workload) mountTarget(system, subnet string, groups ...string) {
	made(w.efs().CreateMountTarget(w.ctx, &efs.CreateMountTargetInput{
		FileSystemId:   &system,
		SubnetId:       &subnet,
		SecurityGroups: groups,
	}))(w.t)
}

func (w *workload) accessPoint(system string) string {
	return *made(w.efs().CreateAccessPoint(w.ctx, &efs.CreateAccessPointInput{
		FileSystemId: &system,
		ClientToken:  &w.name,
	}))(w.t).AccessPointId
}

// mounts has the task mount a file system, through an access point where one is named.
func (w *workload) mounts(system, point string) {
	volume := &types.EFSVolumeConfiguration{FileSystemId: &system, TransitEncryption: types.EFSTransitEncryptionEnabled}
	if point != "" {
		volume.AuthorizationConfig = &types.EFSAuthorizationConfig{AccessPointId: &point}
	}
	w.definition.Volumes = []types.Volume{{Name: aws.String("data"), EfsVolumeConfiguration: volume}}
}
