package network

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"whystopped/classifier"
	"whystopped/events/awsname"
	"whystopped/evidence"
)

// EFSVolumes are the EFS volumes of the task: those of the file system that the text names, where one has it.
func EFSVolumes(c *evidence.Case) evidence.Answer[[]evidence.Volume] {
	td := c.Facts.Task.TaskDefinition
	if td.State != evidence.Known {
		return evidence.Answer[[]evidence.Volume]{State: td.State, Reason: td.Reason, Action: td.Action}
	}
	var all, said []evidence.Volume
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
		return evidence.Is(said)
	}
	return evidence.Is(all)
}

var mountNeeds = []evidence.Need{evidence.NeedInputs, evidence.NeedNetwork, evidence.NeedVolumes}

var MountChecks = []evidence.Check{
	{Cause: "efs-mount-target-missing", Needs: mountNeeds, Prove: ofMounts(mountTargetMissing),
		Confirms: "the file system is being deleted or has no mount target at all; or its name did not resolve and " +
			"there is no such file system, or no available mount target in the task's Availability Zone, or mount " +
			"targets only in other VPCs and no private hosted zone, resolver rule or Route 53 Profile leads the name",
		RulesOut: "it has an available mount target in the task's VPC and Availability Zone",
		Open: "its mount targets are in another VPC, where something may lead the name; it is a One Zone file " +
			"system of another zone; its name did resolve; the task's zone is not known"},
	{Cause: "mount-target-new", Needs: mountNeeds, Prove: ofMounts(mountTargetNew), Timeless: true,
		Confirms: "CloudTrail tells that a mount target of the file system was created in the 90 seconds before the " +
			"task failed, which EFS asks to wait for its name",
		RulesOut: "the last was created ten minutes before the task or earlier, or none since CloudTrail was asked for",
		Open: "it was created in between; CloudTrail is not asked, as by a deployment; there is no available mount " +
			"target in the task's zone"},
	{Cause: "efs-sg-closed", Needs: mountNeeds, Prove: ofMounts(mountTargetClosed), Instead: "route-missing",
		Confirms: "no security group of the mount target in the task's Availability Zone has an inbound rule for TCP " +
			"2049 from the task",
		RulesOut: "they have one",
		Open: "a group, or the task's own, could not be read; the mount was refused and not dropped; there is no " +
			"such mount target"},
	{Cause: "efs-access-point", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedVolumes},
		Prove: anyAccessPoint,
		Confirms: "the access point is gone, not available or of another file system, or the volume, of EFS or of S3 " +
			"Files, sets a root directory or, of EFS, no transit encryption beside it",
		RulesOut: "the volume names no access point, or one that fits, and nobody was denied",
		Open: "it fits, and the mount was denied: whether its user, or that of the container, may use its directory " +
			"is said as EFS makes it, and not what became of it since"},
	{Cause: "efs-path-missing", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedVolumes},
		Prove: ofMounts(mountedPath), Timeless: true,
		Confirms: "never: what is in a file system cannot be listed; only the text can say it",
		RulesOut: "the volume, or its access point, leads to the root of the file system, which is always there, or " +
			"the access point says how EFS makes its directory",
		Open: "it leads to another directory, or the access point could not be read"},
}

// ofMounts judges each EFS volume that the failed mount may be about.
func ofMounts(judge func(*evidence.Case, evidence.Volume) classifier.Proof) func(*evidence.Case) classifier.Proof {
	return func(c *evidence.Case) classifier.Proof {
		volumes := EFSVolumes(c)
		if volumes.State != evidence.Known {
			return evidence.Silent(c, volumes, "", "%s could not be read", evidence.Definition(c))
		}
		none := evidence.Inconclusive(classifier.ReasonNotRead, "%s has no EFS volume", evidence.Definition(c))
		p := evidence.OfAll(volumes.Value, none, func(v evidence.Volume) classifier.Proof { return judge(c, v) })
		return BesideS3Files(c, p)
	}
}

// BesideS3Files leaves a proof about EFS volumes open where the failed mount may be that of a volume of S3 Files, whose
// texts are the same.
func BesideS3Files(c *evidence.Case, p classifier.Proof) classifier.Proof {
	var unread string
	for _, v := range c.Facts.Task.TaskDefinition.Value.Volumes {
		switch {
		case v.FileSystem != "" && v.FileSystem == c.Finding.Facts.FileSystem:
			return p
		case v.Service == evidence.S3Files:
			unread = fmt.Sprintf("volume %s of %s is one of S3 Files, whose file systems, mount targets, policies and "+
				"access points are not read", v.Name, evidence.Definition(c))
		}
	}
	if unread == "" || p.Result == classifier.Confirmed {
		return p
	}
	return evidence.Inconclusive(classifier.ReasonNotRead, "%s", unread)
}

// NearTargets are the mount targets in question that are in the VPC and the Availability Zone of the task. The network
// and the mount targets must have been read.
func NearTargets(c *evidence.Case) []evidence.MountTarget {
	var all []evidence.MountTarget
	for _, v := range EFSVolumes(c).Value {
		near, _, _ := mountTargets(c, v)
		all = append(all, near...)
	}
	return all
}

// awayTargets are the addresses of the mount targets in question where all of them are in other VPCs than the task.
func (w *walk) awayTargets() (ips []netip.Addr) {
	for _, v := range EFSVolumes(w.c).Value {
		for _, t := range w.c.Facts.Setup.MountTargets[v.FileSystem].Value {
			if t.VPC == w.subnet.VPC || !t.IP.IsValid() {
				return nil
			}
			ips = append(ips, t.IP)
		}
	}
	return ips
}

// mountTargets are the mount targets of a volume that are in the VPC and the zone of the task. gap says why they are
// not known.
func mountTargets(c *evidence.Case, v evidence.Volume) (near []evidence.MountTarget, w *walk, gap classifier.Proof) {
	w = begin(c)
	targets := c.Facts.Setup.MountTargets[v.FileSystem]
	switch {
	case targets.State != evidence.Known && targets.State != evidence.Absent:
		return nil, w, evidence.Silent(c, targets, "", "the mount targets of %s could not be looked up", v.FileSystem)
	case w.subnet.ID == "":
		gap = w.gap
		gap.Evidence = cmp.Or(gap.Evidence, "the subnet of the task is not known")
		return nil, w, gap
	}
	for _, t := range targets.Value {
		if t.VPC == w.subnet.VPC &&
			(t.ZoneID != "" && t.ZoneID == w.subnet.ZoneID || t.ZoneID == "" && t.Zone == w.subnet.Zone) {
			near = append(near, t)
		}
	}
	return near, w, classifier.Proof{}
}

func mountTargetMissing(c *evidence.Case, v evidence.Volume) classifier.Proof {
	system, targets := c.Facts.Setup.FileSystems[v.FileSystem], c.Facts.Setup.MountTargets[v.FileSystem]
	resolved := c.Finding.Fault == classifier.Unreachable // something answered the name, or was asked for by it
	switch {
	case system.State == evidence.Absent && resolved:
		return evidence.Inconclusive(classifier.ReasonNotVisible,
			"account %s has no file system %s in %s; its name led somewhere, so that it may be another account's",
			c.Stop.Account, v.FileSystem, c.Stop.Region)
	case system.State == evidence.Absent:
		return evidence.Confirmed(fmt.Sprintf("name a file system that exists in volume %s of %s", v.Name,
			evidence.Definition(c)),
			"account %s has no file system %s in %s", c.Stop.Account, v.FileSystem, c.Stop.Region)
	case system.State != evidence.Known:
		return evidence.Silent(c, system, "", "file system %s could not be looked up", v.FileSystem)
	case system.Value.State == "deleting" || system.Value.State == "deleted":
		return evidence.Confirmed(fmt.Sprintf("name a file system that exists in volume %s of %s", v.Name,
			evidence.Definition(c)), "file system %s is %s", v.FileSystem, system.Value.State)
	case targets.State == evidence.Known && len(targets.Value) == 0:
		return evidence.Confirmed(fmt.Sprintf("create mount targets of %s in the subnets of the task", v.FileSystem),
			"file system %s has no mount target", v.FileSystem)
	}
	near, w, gap := mountTargets(c, v)
	if gap.Exists() {
		return gap
	}
	zone := cmp.Or(w.subnet.Zone, w.subnet.ZoneID)
	for _, t := range near {
		if t.State == "available" {
			return evidence.NotBefore(evidence.RuledOut("mount target %s of %s is available in %s", t.ID, v.FileSystem,
				zone), system.Value.CreatedAt)
		}
	}
	others := fmt.Sprintf("file system %s has no available mount target in %s of %s", v.FileSystem, zone, w.subnet.VPC)
	inVPC := slices.ContainsFunc(targets.Value, func(t evidence.MountTarget) bool { return t.VPC == w.subnet.VPC })
	switch {
	case !inVPC:
		return w.mountedElsewhere(v, others+", only in other VPCs")
	case system.Value.Zone != "":
		return evidence.Inconclusive(classifier.ReasonPartial, "%s; it is a One Zone file system of %s", others,
			system.Value.Zone)
	case c.Finding.Fault != classifier.DNS:
		return evidence.Inconclusive(classifier.ReasonPartial, "%s, yet it is not its name that failed", others)
	}
	return evidence.Confirmed(fmt.Sprintf("create a mount target of %s in %s, for example in %s", v.FileSystem, zone,
		w.subnet.ID), "%s, where the task ran", others)
}

// nameFollows is how long EFS asks to wait for the name of a new mount target
// (https://docs.aws.amazon.com/efs/latest/ug/troubleshooting-efs-mounting.html).
const nameFollows = 90 * time.Second

// mountTargetNew judges whether the mount targets are old enough for their names, which only CloudTrail tells.
func mountTargetNew(c *evidence.Case, v evidence.Volume) classifier.Proof {
	near, _, gap := mountTargets(c, v)
	if gap.Exists() {
		return gap
	}
	if !slices.ContainsFunc(near, func(t evidence.MountTarget) bool { return t.State == "available" }) {
		return evidence.Unsaid("file system %s has no available mount target in the task's zone", v.FileSystem)
	}
	created := c.Facts.Changes[evidence.MountTargetCreated(v.FileSystem).Key()]
	if created.State != evidence.Known {
		return evidence.WithEvidence(created.Gap(), fmt.Sprintf("mount targets of %s are available; since when only "+
			"CloudTrail tells", v.FileSystem))
	}
	var last time.Time
	for _, e := range created.Value {
		if e.At.After(last) && !e.At.After(c.Failed()) {
			last = e.At
		}
	}
	switch said := fmt.Sprintf("the last mount target of %s was created at %s", v.FileSystem,
		last.UTC().Format(time.RFC3339)); {
	case last.IsZero():
		return evidence.RuledOut("CloudTrail tells of no mount target of %s that was created shortly before",
			v.FileSystem)
	case c.Failed().Sub(last) <= nameFollows:
		return evidence.Confirmed(evidence.StartAgain, "%s, %s before the failure; EFS asks to wait %s for its name",
			said,
			classifier.Span(c.Failed().Sub(last)), classifier.Span(nameFollows))
	case !c.Stop.CreatedAt.IsZero() && last.Before(c.Stop.CreatedAt.Add(-nameSettles)):
		return evidence.RuledOut("%s", said)
	default:
		return evidence.Unsaid("%s, %s before the failure", said, classifier.Span(c.Failed().Sub(last)))
	}
}

// mountedElsewhere judges a file system whose mount targets are all in other VPCs. Its name resolves in those; here
// only where a private hosted zone, a resolver rule or a profile leads it.
func (w *walk) mountedElsewhere(v evidence.Volume, said string) classifier.Proof {
	here := *w
	here.to.Host = mountName(w.c, v.FileSystem)
	led := here.ledElsewhere(said)
	switch {
	case w.c.Finding.Fault != classifier.DNS:
		return evidence.Inconclusive(classifier.ReasonPartial, "%s: whether the task's leads there is not followed",
			said)
	case w.n.DHCP.State != evidence.Known && w.n.DHCP.State != evidence.Absent:
		return w.n.DHCP.Gap()
	case w.customDNS() != "":
		return evidence.Inconclusive(classifier.ReasonCustomDNS, "%s, and names are resolved by %s", said,
			w.customDNS())
	case led.Exists():
		return led
	}
	return evidence.Confirmed(fmt.Sprintf("run the task in the VPC of the mount targets, or give %s a private hosted "+
		"zone that leads %s to one of them", w.vpc.ID, here.to.Host),
		"%s, and nothing in %s leads %s there", said, w.vpc.ID, here.to.Host)
}

func mountTargetClosed(c *evidence.Case, v evidence.Volume) classifier.Proof {
	if c.Finding.FaultRule == "fault/refused" || c.Stop.Texts().Say("connection refused") {
		return evidence.RuledOut("the mount was refused; a security group drops without an answer")
	}
	near, w, gap := mountTargets(c, v)
	if gap.Exists() {
		return gap
	}
	for _, t := range near {
		if w.to.IP.IsValid() && w.to.IP != t.IP && w.to.IP != t.IPv6 {
			continue
		}
		adapter := c.Facts.Setup.Adapters[t.Adapter]
		if adapter.State != evidence.Known {
			return evidence.Silent(c, adapter, "", "the security groups of mount target %s could not be read", t.ID)
		}
		return reach(c, tcp(nfs), "mount target "+t.ID, "efs-sg-closed", adapter.Value)["efs-sg-closed"]
	}
	return evidence.Inconclusive(classifier.ReasonNotCausal,
		"file system %s has no mount target in %s of %s that the mount could have gone to", v.FileSystem, w.subnet.Zone,
		w.subnet.VPC)
}

// accessPoint judges a volume's access point
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSVolumeConfiguration.html).
// anyAccessPoint judges the access points of EFS, and of S3 Files what the task definition alone shows.
func anyAccessPoint(c *evidence.Case) classifier.Proof {
	for _, v := range c.Facts.Task.TaskDefinition.Value.Volumes {
		if v.Service == evidence.S3Files && v.AccessPoint != "" && strings.Trim(v.RootDirectory, "/") != "" {
			volume := fmt.Sprintf("volume %s of %s", v.Name, evidence.Definition(c))
			return evidence.Confirmed("leave rootDirectory out of "+volume,
				"%s, one of S3 Files, sets root directory %s beside access point %s", volume, v.RootDirectory,
				v.AccessPoint)
		}
	}
	return ofMounts(accessPoint)(c)
}

func accessPoint(c *evidence.Case, v evidence.Volume) classifier.Proof {
	point := c.Facts.Setup.AccessPoints[v.AccessPoint]
	volume := fmt.Sprintf("volume %s of %s", v.Name, evidence.Definition(c))
	switch {
	case v.AccessPoint == "":
		return evidence.RuledOut("%s names no access point", volume)
	case strings.Trim(v.RootDirectory, "/") != "":
		return evidence.Confirmed("leave rootDirectory out of "+volume,
			"%s sets root directory %s beside access point %s", volume, v.RootDirectory, v.AccessPoint)
	case !v.Encrypted:
		return evidence.Confirmed("set transitEncryption of "+volume+" to ENABLED",
			"%s names access point %s without transit encryption", volume, v.AccessPoint)
	case point.State == evidence.Absent && c.Facts.Setup.FileSystems[v.FileSystem].State == evidence.Absent:
		return evidence.Inconclusive(classifier.ReasonNotVisible,
			"account %s has neither file system %s nor access point %s in %s; they may be another account's",
			c.Stop.Account, v.FileSystem, v.AccessPoint, c.Stop.Region)
	case point.State == evidence.Absent:
		return evidence.Confirmed(fmt.Sprintf("name an access point of %s in %s", v.FileSystem, volume),
			"there is no access point %s in %s", v.AccessPoint, c.Stop.Region)
	case point.State != evidence.Known:
		return evidence.Silent(c, point, "", "access point %s could not be looked up", v.AccessPoint)
	case point.Value.FileSystem != v.FileSystem:
		return evidence.Confirmed(fmt.Sprintf("name an access point of %s in %s", v.FileSystem, volume),
			"access point %s belongs to %s, and %s mounts %s", v.AccessPoint, point.Value.FileSystem, volume,
			v.FileSystem)
	case point.Value.State != "available":
		return evidence.Confirmed(fmt.Sprintf("wait for access point %s, or name another one in %s", v.AccessPoint,
			volume), "access point %s is %s", v.AccessPoint, point.Value.State)
	case c.Finding.Fault == classifier.Denied:
		return pointDenies(c, v, point.Value)
	}
	return evidence.RuledOut("access point %s of %s is available", v.AccessPoint, v.FileSystem)
}

// pointDenies says whether who acts through an access point may use its directory as EFS makes it. Whether the
// directory was there before, or was changed since, no API tells.
func pointDenies(c *evidence.Case, v evidence.Volume, point evidence.AccessPoint) classifier.Proof {
	said := fmt.Sprintf("access point %s of %s is available", v.AccessPoint, v.FileSystem)
	if point.Makes == nil {
		return evidence.Inconclusive(classifier.ReasonNotRead,
			"%s; whether its user may use its directory is not told", said)
	}
	made := fmt.Sprintf("EFS makes %s for %d:%d with permissions %04o", point.Path, point.Makes.UID, point.Makes.GID,
		point.Makes.Mode)
	for _, actor := range actors(c, v, point) {
		switch may := permitted(actor.user, *point.Makes); {
		case may&enter == 0:
			return evidence.Inconclusive(classifier.ReasonPartial, "%s; %s, where %s may not enter", said, made,
				actor.name)
		case may&write == 0:
			return evidence.Inconclusive(classifier.ReasonPartial, "%s; %s, where %s may not write", said, made,
				actor.name)
		}
	}
	return evidence.Inconclusive(classifier.ReasonNotRead,
		"%s; %s, and whether it was there before or was changed since is not told", said, made)
}

// actor is who acts in a file system, with words for it.
type actor struct {
	name string
	user evidence.POSIXUser
}

// actors are the user of an access point, or those of the containers that mount the volume, as far as the task
// definition tells them by number: a name is one of the image's.
func actors(c *evidence.Case, v evidence.Volume, point evidence.AccessPoint) (all []actor) {
	if u := point.User; u != nil {
		return []actor{{fmt.Sprintf("its user %d:%d", u.UID, u.GID), *u}}
	}
	for _, d := range c.Facts.Task.TaskDefinition.Value.Containers {
		mounts := slices.ContainsFunc(d.Mounts, func(m evidence.Mount) bool { return m.Volume == v.Name })
		name, group, _ := strings.Cut(d.User, ":")
		uid, err := strconv.ParseInt(name, 10, 64)
		gid, errOfGroup := strconv.ParseInt(group, 10, 64)
		if mounts && err == nil && errOfGroup == nil {
			all = append(all, actor{"container " + d.Name + ", which runs as " + d.User + ",",
				evidence.POSIXUser{UID: uid, GID: gid}})
		}
	}
	return all
}

// What the permissions of a directory let somebody do.
const (
	enter = 1
	write = 2
)

// permitted are the permissions that somebody has: the owner's, the group's or those of all others. Root has them all.
func permitted(u evidence.POSIXUser, d evidence.Directory) int64 {
	switch {
	case u.UID == 0:
		return enter | write
	case u.UID == d.UID:
		return d.Mode >> 6
	case u.GID == d.GID || slices.Contains(u.Groups, d.GID):
		return d.Mode >> 3
	}
	return d.Mode
}

func mountedPath(c *evidence.Case, v evidence.Volume) classifier.Proof {
	volume := fmt.Sprintf("volume %s of %s", v.Name, evidence.Definition(c))
	point := c.Facts.Setup.AccessPoints[v.AccessPoint]
	switch directory := strings.Trim(v.RootDirectory, "/"); {
	case v.AccessPoint != "" && point.State == evidence.Known && point.Value.Path == "/":
		return evidence.RuledOut("access point %s leads to the root of %s", v.AccessPoint, v.FileSystem)
	case v.AccessPoint != "" && point.State == evidence.Known && point.Value.Makes != nil:
		return evidence.RuledOut("EFS makes %s of %s where access point %s does not find it", point.Value.Path,
			v.FileSystem, v.AccessPoint)
	case v.AccessPoint != "" && point.State == evidence.Known && point.Value.Path != "":
		return evidence.Inconclusive(classifier.ReasonNotRead,
			"access point %s leads to %s of %s, which cannot be listed, and says nothing that EFS could make it by",
			v.AccessPoint, point.Value.Path, v.FileSystem)
	case v.AccessPoint != "":
		return evidence.Inconclusive(classifier.ReasonNotRead, "%s mounts what access point %s says", volume,
			v.AccessPoint)
	case directory != "":
		return evidence.Inconclusive(classifier.ReasonNotRead, "%s mounts directory %s of %s, which cannot be listed",
			volume, v.RootDirectory, v.FileSystem)
	}
	return evidence.RuledOut("%s mounts the root of %s", volume, v.FileSystem)
}

// mountName is the name under which a file system is mounted.
func mountName(c *evidence.Case, fileSystem string) string {
	return fileSystem + "." + awsname.ServiceHost("efs", c.Stop.Region)
}
