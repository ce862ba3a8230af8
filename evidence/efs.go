package evidence

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"whystopped/classifier"
)

// EFSVolumes are the EFS volumes of the task: those of the file system that the text names, where one has it.
func EFSVolumes(c *Case) Answer[[]Volume] {
	td := c.Facts.Inputs.TaskDefinition
	if td.State != Known {
		return Answer[[]Volume]{State: td.State, Reason: td.Reason, Action: td.Action}
	}
	var all, said []Volume
	for _, v := range td.Value.Volumes {
		if v.FileSystem == "" {
			continue
		}
		all = append(all, v)
		if v.FileSystem == c.Finding.Facts.FileSystem {
			said = append(said, v)
		}
	}
	if len(said) > 0 {
		return Is(said)
	}
	return Is(all)
}

var mountNeeds = []Need{NeedInputs, NeedNetwork, NeedVolumes}

var efsChecks = []Check{
	{Cause: "efs-mount-target-missing", Needs: mountNeeds, Prove: ofMounts(mountTargetMissing),
		Confirms: "the file system is being deleted or has no mount target at all; or its name did not resolve and there is no such file system, or no available mount target in the task's Availability Zone",
		RulesOut: "it has an available mount target in the task's VPC and Availability Zone",
		Open:     "its mount targets are in another VPC; it is a One Zone file system of another zone; its name did resolve; the task's zone is not known"},
	{Cause: "efs-sg-closed", Needs: mountNeeds, Prove: ofMounts(mountTargetClosed),
		Confirms: "no security group of the mount target in the task's Availability Zone has an inbound rule for TCP 2049 from the task",
		RulesOut: "they have one",
		Open:     "a group, or the task's own, could not be read; the mount was refused and not dropped; there is no such mount target"},
	{Cause: "efs-access-point", Needs: []Need{NeedInputs, NeedVolumes}, Prove: ofMounts(accessPoint),
		Confirms: "the access point is gone, not available or of another file system, or the volume sets a root directory or no transit encryption beside it",
		RulesOut: "the volume names no access point, or one that fits, and nobody was denied",
		Open:     "it fits, and the mount was denied: whether its user may read its directory is not told"},
	{Cause: "efs-path-missing", Needs: []Need{NeedInputs}, Prove: ofMounts(mountedPath), Timeless: true,
		Confirms: "never: what is in a file system cannot be listed; only the text can say it",
		RulesOut: "the volume mounts the root of the file system, which is always there",
		Open:     "it mounts another directory, or what its access point says"},
}

// ofMounts judges each EFS volume that the failed mount may be about.
func ofMounts(judge func(*Case, Volume) classifier.Proof) func(*Case) classifier.Proof {
	return func(c *Case) classifier.Proof {
		volumes := EFSVolumes(c)
		if volumes.State != Known {
			return silent(c, volumes, "", "%s could not be read", definition(c))
		}
		none := inconclusive(classifier.ReasonNotRead, "%s has no EFS volume", definition(c))
		return ofAll(volumes.Value, none, func(v Volume) classifier.Proof { return judge(c, v) })
	}
}

// NearTargets are the mount targets in question that are in the VPC and the Availability Zone of the task. The network and the mount
// targets must have been read.
func NearTargets(c *Case) []MountTarget {
	var all []MountTarget
	for _, v := range EFSVolumes(c).Value {
		near, _, _ := mountTargets(c, v)
		all = append(all, near...)
	}
	return all
}

// mountTargets are the mount targets of a volume that are in the VPC and the zone of the task. gap says why they are not known.
func mountTargets(c *Case, v Volume) (near []MountTarget, w *walk, gap classifier.Proof) {
	w = begin(c)
	targets := c.Facts.Things.MountTargets[v.FileSystem]
	switch {
	case targets.State != Known && targets.State != Absent:
		return nil, w, silent(c, targets, "", "the mount targets of %s could not be looked up", v.FileSystem)
	case w.subnet.ID == "":
		gap = w.gap
		gap.Evidence = cmp.Or(gap.Evidence, "the subnet of the task is not known")
		return nil, w, gap
	}
	for _, t := range targets.Value {
		if t.VPC == w.subnet.VPC && (t.ZoneID != "" && t.ZoneID == w.subnet.ZoneID || t.ZoneID == "" && t.Zone == w.subnet.Zone) {
			near = append(near, t)
		}
	}
	return near, w, classifier.Proof{}
}

func mountTargetMissing(c *Case, v Volume) classifier.Proof {
	system, targets := c.Facts.Things.FileSystems[v.FileSystem], c.Facts.Things.MountTargets[v.FileSystem]
	resolved := c.Finding.Fault == classifier.Unreachable // something answered the name, or was asked for by it
	switch {
	case system.State == Absent && resolved:
		return inconclusive(classifier.ReasonNotVisible, "account %s has no file system %s in %s; its name led somewhere, so that it may be another account's", c.Stop.Account, v.FileSystem, c.Stop.Region)
	case system.State == Absent:
		return confirmed(fmt.Sprintf("name a file system that exists in volume %s of %s", v.Name, definition(c)),
			"account %s has no file system %s in %s", c.Stop.Account, v.FileSystem, c.Stop.Region)
	case system.State != Known:
		return silent(c, system, "", "file system %s could not be looked up", v.FileSystem)
	case system.Value.State == "deleting" || system.Value.State == "deleted":
		return confirmed(fmt.Sprintf("name a file system that exists in volume %s of %s", v.Name, definition(c)), "file system %s is %s", v.FileSystem, system.Value.State)
	case targets.State == Known && len(targets.Value) == 0:
		return confirmed(fmt.Sprintf("create mount targets of %s in the subnets of the task", v.FileSystem), "file system %s has no mount target", v.FileSystem)
	}
	near, w, gap := mountTargets(c, v)
	if gap.Exists() {
		return gap
	}
	zone := cmp.Or(w.subnet.Zone, w.subnet.ZoneID)
	for _, t := range near {
		if t.State == "available" {
			return ruledOut("mount target %s of %s is available in %s", t.ID, v.FileSystem, zone)
		}
	}
	others := fmt.Sprintf("file system %s has no available mount target in %s of %s", v.FileSystem, zone, w.subnet.VPC)
	inVPC := slices.ContainsFunc(targets.Value, func(t MountTarget) bool { return t.VPC == w.subnet.VPC })
	switch {
	case !inVPC:
		return inconclusive(classifier.ReasonPartial, "%s, only in other VPCs: whether the task's leads there is not followed", others)
	case system.Value.Zone != "":
		return inconclusive(classifier.ReasonPartial, "%s; it is a One Zone file system of %s", others, system.Value.Zone)
	case c.Finding.Fault != classifier.DNS:
		return inconclusive(classifier.ReasonPartial, "%s, yet it is not its name that failed", others)
	}
	return confirmed(fmt.Sprintf("create a mount target of %s in %s, for example in %s", v.FileSystem, zone, w.subnet.ID), "%s, where the task ran", others)
}

func mountTargetClosed(c *Case, v Volume) classifier.Proof {
	if c.Finding.FaultRule == "fault/refused" || c.Stop.Texts().Say("connection refused") {
		return ruledOut("the mount was refused; a security group drops without an answer")
	}
	near, w, gap := mountTargets(c, v)
	if gap.Exists() {
		return gap
	}
	for _, t := range near {
		if w.to.IP.IsValid() && w.to.IP != t.IP {
			continue
		}
		adapter := c.Facts.Things.Adapters[t.Adapter]
		if adapter.State != Known {
			return silent(c, adapter, "", "the security groups of mount target %s could not be read", t.ID)
		}
		return reach(c, tcp(nfs), "mount target "+t.ID, "efs-sg-closed", adapter.Value)["efs-sg-closed"]
	}
	return inconclusive(classifier.ReasonNotCausal, "file system %s has no mount target in %s of %s that the mount could have gone to", v.FileSystem, w.subnet.Zone, w.subnet.VPC)
}

// accessPoint judges a volume's access point
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSVolumeConfiguration.html).
func accessPoint(c *Case, v Volume) classifier.Proof {
	point := c.Facts.Things.AccessPoints[v.AccessPoint]
	volume := fmt.Sprintf("volume %s of %s", v.Name, definition(c))
	switch {
	case v.AccessPoint == "":
		return ruledOut("%s names no access point", volume)
	case strings.Trim(v.RootDirectory, "/") != "":
		return confirmed("leave rootDirectory out of "+volume, "%s sets root directory %s beside access point %s", volume, v.RootDirectory, v.AccessPoint)
	case !v.Encrypted:
		return confirmed("set transitEncryption of "+volume+" to ENABLED", "%s names access point %s without transit encryption", volume, v.AccessPoint)
	case point.State == Absent && c.Facts.Things.FileSystems[v.FileSystem].State == Absent:
		return inconclusive(classifier.ReasonNotVisible, "account %s has neither file system %s nor access point %s in %s; they may be another account's", c.Stop.Account, v.FileSystem, v.AccessPoint, c.Stop.Region)
	case point.State == Absent:
		return confirmed(fmt.Sprintf("name an access point of %s in %s", v.FileSystem, volume), "there is no access point %s in %s", v.AccessPoint, c.Stop.Region)
	case point.State != Known:
		return silent(c, point, "", "access point %s could not be looked up", v.AccessPoint)
	case point.Value.FileSystem != v.FileSystem:
		return confirmed(fmt.Sprintf("name an access point of %s in %s", v.FileSystem, volume),
			"access point %s belongs to %s, and %s mounts %s", v.AccessPoint, point.Value.FileSystem, volume, v.FileSystem)
	case point.Value.State != "available":
		return confirmed(fmt.Sprintf("wait for access point %s, or name another one in %s", v.AccessPoint, volume), "access point %s is %s", v.AccessPoint, point.Value.State)
	case c.Finding.Fault == classifier.Denied:
		return inconclusive(classifier.ReasonNotRead, "access point %s of %s is available; whether its user may use its directory is not told", v.AccessPoint, v.FileSystem)
	}
	return ruledOut("access point %s of %s is available", v.AccessPoint, v.FileSystem)
}

func mountedPath(c *Case, v Volume) classifier.Proof {
	volume := fmt.Sprintf("volume %s of %s", v.Name, definition(c))
	switch directory := strings.Trim(v.RootDirectory, "/"); {
	case v.AccessPoint != "":
		return inconclusive(classifier.ReasonNotRead, "%s mounts what access point %s says", volume, v.AccessPoint)
	case directory != "":
		return inconclusive(classifier.ReasonNotRead, "%s mounts directory %s of %s, which cannot be listed", volume, v.RootDirectory, v.FileSystem)
	}
	return ruledOut("%s mounts the root of %s", volume, v.FileSystem)
}
