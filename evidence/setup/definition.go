package setup

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"whystopped/classifier"
	"whystopped/events/awsname"
	"whystopped/evidence"
)

var definitionNeeds = []evidence.Need{evidence.NeedInputs}

// definitionChecks decide what the task definition alone shows.
var definitionChecks = []evidence.Check{
	{Cause: "command-invalid", Needs: definitionNeeds, Timeless: true, Prove: proveCommand,
		Confirms: "the program that could not be started is an option or a whole command line, and it is the first " +
			"element of entryPoint or command in the task definition",
		RulesOut: "never: the text shows that the program's name is none",
		Open:     "the image itself or an override names it, or the task runs Windows, where names may have blanks"},
	{Cause: "mount-hides-program", Needs: definitionNeeds, Timeless: true, Prove: proveMountOverProgram,
		Confirms: "the runtime did not find the program at its place, and the task definition mounts a host path, an " +
			"EFS file system or another service's volume over it, which shows nothing of the image",
		RulesOut: "the container has no mounts, neither its own nor another container's",
		Open: "the volume is an empty one, into which Docker may copy what the image has there; no mount lies over " +
			"the place, and whether a link of the image leads below one is not read; or the mounts of another " +
			"container come in"},
	{Cause: "mounts-nested", Needs: definitionNeeds, Timeless: true, Prove: proveMountsNested,
		Confirms: "the runtime could not make a directory in a read-only file system, and the task definition has a " +
			"mount below one with readOnly",
		RulesOut: "never: a VOLUME of the image is a mount too, and the image is not read",
		Open:     "the outer mount is not read-only, or no two mounts of the definition are nested"},
	{Cause: "port-conflict", Needs: definitionNeeds, Timeless: true, Prove: provePorts,
		Confirms: "two containers of the task definition want the same host port of the instance",
		RulesOut: "no container of the task wants a host port: they get ports that are free, or an interface of " +
			"their own",
		Open: "a port is wanted, and no API keeps which ones were taken on the instance; host network mode"},
	{Cause: "gpu-runtime", Needs: definitionNeeds, Timeless: true, Prove: proveGPU,
		Confirms: "the instance is of a type without a GPU, so that it has neither driver nor runtime for one",
		RulesOut: "never: driver and runtime are seen only on the instance",
		Open:     "the instance's type has a GPU, or may have one, or is not known"},
	{Cause: "container-memory-too-small", Needs: definitionNeeds, Timeless: true, Prove: proveSmallMemory,
		Confirms: "the container's limit is below the 6 MiB that Docker asks for, or its reservation is above its " +
			"limit",
		RulesOut: "neither the container nor the task has a limit of memory; of Windows on an instance the task's " +
			"does not count",
		Open: "what the container's runtime and program need to start is not told by any API"},
	{Cause: "launch-type-mismatch", Needs: definitionNeeds, Timeless: true, Prove: proveLaunchType,
		Confirms: "ECS tells which launch types the task definition fits, and that of the task is not among them; or " +
			"it is of Windows, for Fargate, and asks for less than 1 vCPU",
		RulesOut: "never: it may not fit for another reason",
		Open:     "the launch type is among them, or the event does not tell it"},
	{Cause: "image-registry-host-missing", Needs: imageNeeds, Prove: proveHostMissing,
		Confirms: "Docker Hub was asked for a name without a host, and ECR of the task's own account and Region has " +
			"a repository and image of that name",
		RulesOut: "the task definition names Docker Hub as the image's registry",
		Open: "that registry has no such image, or had not at the stop: it may be meant for another account, Region " +
			"or registry; or the container has a login for Docker Hub"},
}

// unread is the proof that a task definition which could not be read leads to.
func unread(c *evidence.Case) classifier.Proof {
	return evidence.Silent(c, c.Facts.Task.TaskDefinition, "", "%s could not be read", evidence.Definition(c))
}

func proveCommand(c *evidence.Case) classifier.Proof {
	container, d := c.CulpritContainer()
	program := c.Finding.Facts.Path
	switch {
	case c.Facts.Task.TaskDefinition.State != evidence.Known:
		return unread(c)
	case d == nil || program == "":
		return evidence.Unsaid("which program of which container was to be started is not told")
	case evidence.OperatingSystem(c) == evidence.Windows:
		return evidence.Unsaid("%q may be a name with a blank, as Windows has them", program)
	}
	for _, place := range []struct {
		name  string
		words []string
	}{{"entryPoint", d.EntryPoint}, {"command", d.Command}} {
		if len(place.words) == 0 || place.words[0] != program ||
			place.name == "command" && (container.Command != "" || len(d.EntryPoint) > 0) {
			continue
		}
		return evidence.Confirmed(
			fmt.Sprintf("write each word as an element of its own in %s of %s: %s", place.name, container.Name,
				elements(program)),
			"%s of %s in %s begins with %q, which is taken for the name of one program", place.name, container.Name,
			evidence.Definition(c), program)
	}
	return evidence.Unsaid("%s does not name %q for %s: the image itself or an override does", evidence.Definition(c),
		program, container.Name)
}

// elements is a command line as the list that a task definition wants.
func elements(line string) string {
	var quoted []string
	for word := range strings.FieldsSeq(line) {
		quoted = append(quoted, fmt.Sprintf("%q", word))
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// over reports whether a mount lies over a path: at it, or at a directory above it.
func over(m evidence.Mount, path string) bool {
	at := strings.TrimRight(m.Path, "/")
	return path == at || strings.HasPrefix(path, at+"/")
}

// contents says what a mount shows in place of what the image has there; ok is false for a volume that may be filled
// from the image.
func contents(c *evidence.Case, m evidence.Mount) (what string, ok bool) {
	volumes := c.Facts.Task.TaskDefinition.Value.Volumes
	i := slices.IndexFunc(volumes, func(v evidence.Volume) bool { return v.Name == m.Volume })
	switch {
	case i < 0:
		return "", false
	case volumes[i].FileSystem != "":
		return "EFS file system " + volumes[i].FileSystem, true
	case volumes[i].HostPath != "":
		return volumes[i].HostPath + " of the host", true
	case volumes[i].Service != "":
		return "an " + volumes[i].Service + " volume", true
	}
	return "", false
}

func proveMountOverProgram(c *evidence.Case) classifier.Proof {
	container, d := c.CulpritContainer()
	program := c.Finding.Facts.Path
	switch {
	case c.Facts.Task.TaskDefinition.State != evidence.Known:
		return unread(c)
	case d == nil:
		return evidence.Unsaid("which container could not start is not told, or %s does not have it",
			evidence.Definition(c))
	case len(d.Mounts) == 0 && len(d.MountsFrom) == 0:
		return evidence.RuledOut("%s mounts nothing into %s", evidence.Definition(c), container.Name)
	}
	var covering []evidence.Mount
	for _, m := range d.Mounts {
		if over(m, program) {
			covering = append(covering, m)
		}
	}
	if len(covering) == 0 {
		said := fmt.Sprintf("no mount of %s in %s lies over %s", container.Name, evidence.Definition(c), program)
		if len(d.MountsFrom) > 0 {
			said += "; it has those of " + strings.Join(d.MountsFrom, ", ") + " too"
		}
		return evidence.Unsaid("%s", said)
	}
	// the deepest one is what the program is seen through
	m := slices.MaxFunc(covering, func(a, b evidence.Mount) int { return cmp.Compare(len(a.Path), len(b.Path)) })
	if what, known := contents(c, m); known {
		return evidence.Confirmed(
			fmt.Sprintf("mount volume %s of %s beside %s and not over it, or put the program into the volume", m.Volume,
				container.Name, m.Path),
			"%s mounts %s at %s of %s, so what the image has there is hidden, and %s is not in it",
			evidence.Definition(c), what, m.Path, container.Name, program)
	}
	return evidence.Inconclusive(classifier.ReasonPartial,
		"%s mounts empty volume %s at %s of %s; whether it is filled with what the image has there depends on the "+
			"runtime and on VOLUME lines of the image", evidence.Definition(c), m.Volume, m.Path, container.Name)
}

func proveMountsNested(c *evidence.Case) classifier.Proof {
	container, d := c.CulpritContainer()
	switch {
	case c.Facts.Task.TaskDefinition.State != evidence.Known:
		return unread(c)
	case d == nil:
		return evidence.Unsaid("which container could not start is not told, or %s does not have it",
			evidence.Definition(c))
	}
	nested := ""
	for _, outer := range d.Mounts {
		for _, inner := range d.Mounts {
			if inner.Path == outer.Path || !over(outer, inner.Path) {
				continue
			}
			nested = fmt.Sprintf("%s mounts %s at %s of %s, below %s", evidence.Definition(c), inner.Volume, inner.Path,
				container.Name, outer.Path)
			if outer.ReadOnly && c.Stop.Texts().Say("read-only file system") {
				return evidence.Confirmed(
					fmt.Sprintf("mount %s outside of %s, or make the directory in volume %s before it is mounted",
						inner.Volume, outer.Path, outer.Volume),
					"%s, which is read-only, so the directory cannot be made there", nested)
			}
		}
	}
	if nested != "" {
		return evidence.Inconclusive(classifier.ReasonPartial,
			"%s; that fails where the directory is not there and cannot be made", nested)
	}
	return evidence.Unsaid("no mounts of %s in %s are nested; VOLUME lines of the image are not read", container.Name,
		evidence.Definition(c))
}

func provePorts(c *evidence.Case) classifier.Proof {
	td := c.Facts.Task.TaskDefinition
	switch {
	case td.State != evidence.Known:
		return unread(c)
	case td.Value.NetworkMode == "awsvpc":
		return evidence.RuledOut("%s runs in network mode awsvpc, so its ports are its own", evidence.Definition(c))
	case td.Value.NetworkMode == "host":
		return evidence.Unsaid("%s runs in network mode host, where whatever its containers open is a port of the "+
			"instance", evidence.Definition(c))
	}
	takenBy := map[evidence.HostPort]string{}
	var wanted []string
	for _, d := range td.Value.Containers {
		for _, port := range d.HostPorts {
			if other := takenBy[port]; other != "" && other != d.Name {
				return evidence.Confirmed(
					fmt.Sprintf("set hostPort of %s to 0 in %s, or to another port", d.Name, evidence.Definition(c)),
					"%s and %s of %s both want host port %d", other, d.Name, evidence.Definition(c), port.Number)
			}
			takenBy[port] = d.Name
			wanted = append(wanted, fmt.Sprint(port.Number))
		}
	}
	if len(wanted) == 0 {
		return evidence.RuledOut("%s fixes no host port", evidence.Definition(c))
	}
	return evidence.Unsaid("%s fixes host port %s; which ports were taken on the instance is not read",
		evidence.Definition(c), strings.Join(slices.Compact(wanted), ", "))
}

// noGPU is how the names of instance types begin that have no GPU, by their family's letter
// (https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html).
const noGPU = "acdhimrtxz"

func proveGPU(c *evidence.Case) classifier.Proof {
	machine := c.Facts.Task.Instance
	asked := ""
	if _, d := c.CulpritContainer(); d != nil && d.GPUs == 0 {
		asked = fmt.Sprintf("; %s reserves no GPU in %s", d.Name, evidence.Definition(c))
	}
	switch {
	case !c.Stop.OnInstance():
		return evidence.Unsaid("the task did not run on an instance that can be asked about%s", asked)
	case machine.State != evidence.Known:
		return evidence.WithEvidence(machine.Gap(), "which instance it was is not known"+asked)
	case machine.Value.EC2.State != evidence.Known:
		return evidence.WithEvidence(machine.Value.EC2.Gap(), "the type of the instance is not known"+asked)
	}
	i := machine.Value.EC2.Value
	family, _, _ := strings.Cut(i.Type, ".")
	if len(family) > 1 && strings.ContainsRune(noGPU, rune(family[0])) && family[1] >= '0' && family[1] <= '9' {
		return evidence.Confirmed(
			fmt.Sprintf("run %s on instances with a GPU and the ECS GPU-optimized AMI, and reserve the GPU in "+
				"resourceRequirements", evidence.Definition(c)),
			"instance %s is a %s, which has no GPU%s", i.ID, i.Type, asked)
	}
	return evidence.Unsaid("instance %s is a %s; its driver and runtime are seen only there%s", i.ID, i.Type, asked)
}

// dockerMinimum is the least limit of memory that Docker takes, in MiB
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html).
const dockerMinimum = 6

func proveSmallMemory(c *evidence.Case) classifier.Proof {
	container, d := c.CulpritContainer()
	td := c.Facts.Task.TaskDefinition
	switch {
	case td.State != evidence.Known:
		return unread(c)
	case d == nil:
		return evidence.Unsaid("which container could not start is not told, or %s does not have it",
			evidence.Definition(c))
	}
	limit, reserved, all := c.MemoryLimit(container), d.MemoryReservation, td.Value.Memory
	if evidence.OperatingSystem(c) == evidence.Windows && c.Stop.OnInstance() {
		all = 0 // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
	}
	if container.MemoryReservation != nil {
		reserved = *container.MemoryReservation
	}
	switch {
	case limit > 0 && limit < dockerMinimum:
		return evidence.Confirmed(fmt.Sprintf("give %s what its program needs, in MiB", container.Name),
			"memory of %s is %d MiB, and Docker takes no less than %d", container.Name, limit, dockerMinimum)
	case limit > 0 && reserved > limit:
		return evidence.Confirmed(fmt.Sprintf("set memory of %s above its reservation", container.Name),
			"memoryReservation of %s is %d MiB, above its memory of %d MiB", container.Name, reserved, limit)
	case limit == 0 && all == 0:
		return evidence.RuledOut("neither %s nor its task has a limit of memory", container.Name)
	case limit == 0:
		return evidence.Unsaid("%s has no limit but the task's %d MiB", container.Name, all)
	}
	return evidence.Unsaid("memory of %s is %d MiB", container.Name, limit)
}

// windowsOnFargate is the least that tasks of Windows may ask for on Fargate, in CPU units
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html).
const windowsOnFargate = 1024

func proveLaunchType(c *evidence.Case) classifier.Proof {
	td := c.Facts.Task.TaskDefinition
	switch {
	case td.State != evidence.Known:
		return unread(c)
	case c.Stop.LaunchType == "FARGATE" && evidence.OperatingSystem(c) == evidence.Windows && td.Value.CPU > 0 &&
		td.Value.CPU < windowsOnFargate:
		return evidence.Confirmed(fmt.Sprintf("register a revision of %s with at least %d CPU units", c.Stop.Family,
			windowsOnFargate), "%s asks for %d CPU units, and Windows on Fargate needs %d", evidence.Definition(c),
			td.Value.CPU, windowsOnFargate)
	case c.Stop.LaunchType == "" || len(td.Value.RunsOn) == 0:
		return evidence.Unsaid("the launch type of the task, or those that its definition fits, are not told")
	}
	fits := strings.Join(td.Value.RunsOn, ", ")
	if slices.Contains(td.Value.RunsOn, c.Stop.LaunchType) {
		return evidence.Unsaid("%s fits launch types %s", evidence.Definition(c), fits)
	}
	return evidence.Confirmed(
		fmt.Sprintf("register a revision of %s that requires compatibility with %s, or start it on %s", c.Stop.Family,
			c.Stop.LaunchType, fits),
		"%s fits launch types %s, and the task was for %s", evidence.Definition(c), fits, c.Stop.LaunchType)
}

// HostlessImage is what an image of Docker Hub that is named without a host would be in ECR of the task's own account
// and Region; ok is false where the task definition names the host.
func HostlessImage(c *evidence.Case) (ref ImageRef, ok bool) {
	written := c.Culprit().Image
	if _, d := c.CulpritContainer(); d != nil && d.Image != "" {
		written = d.Image
	}
	i := awsname.ParseImage(cmp.Or(written, c.Finding.Facts.Image))
	if written != "" && strings.HasPrefix(written, i.Registry+"/") && i.Registry != "" {
		return ref, false
	}
	repository := strings.TrimPrefix(i.Repository, "library/")
	if repository == "" || c.Stop.Account == "" || c.Stop.Region == "" {
		return ref, false
	}
	ref = ImageRef{Account: c.Stop.Account, Region: c.Stop.Region, Repository: repository, Tag: i.Tag, Digest: i.Digest}
	if ref.Tag == "" && ref.Digest == "" {
		ref.Tag = "latest"
	}
	ref.Text = "ecr " + ref.Registry() + " " + ref.name()
	return ref, true
}

func proveHostMissing(c *evidence.Case) classifier.Proof {
	if td := c.Facts.Task.TaskDefinition; td.State != evidence.Known {
		return unread(c)
	}
	ref, ok := HostlessImage(c)
	image := c.Facts.Setup.Images[ref.Text]
	_, d := c.CulpritContainer()
	switch {
	case d == nil:
		return evidence.Unsaid("which container's image it was is not told")
	case !ok && strings.HasPrefix(d.Image, "docker.io/"):
		return evidence.RuledOut("%s names Docker Hub: %s", evidence.Definition(c), d.Image)
	case !ok:
		return evidence.Unsaid("%s names the host of its registry: %s", evidence.Definition(c), d.Image)
	case d.Credentials != "":
		return evidence.Unsaid("%s of %s has repositoryCredentials, so Docker Hub may be meant", d.Name,
			evidence.Definition(c))
	case image.State == evidence.Known && !image.Value.Missing &&
		!image.Value.PushedAt.Before(c.Stop.StoppedAt):
		return evidence.Inconclusive(classifier.ReasonLater, "%s has %s, pushed %s, after the stop", ref.place(),
			ref.name(), stamp(image.Value.PushedAt))
	case image.State == evidence.Known && !image.Value.Missing:
		return evidence.Confirmed(
			fmt.Sprintf("write %s/%s as image of %s in %s", ref.host(), ref.name(), d.Name, evidence.Definition(c)),
			"%s asks Docker Hub for %s, and %s has %s", evidence.Definition(c), d.Image, ref.place(), ref.name())
	case image.State == evidence.Absent:
		return evidence.Unsaid("%s", noRepository(ref))
	case image.State == evidence.Known:
		return evidence.Unsaid("%s has a repository %s, and in it no %s", ref.place(), ref.Repository, ref.name())
	}
	return evidence.Silent(c, image, ref.Account, "whether %s has %s could not be looked up", ref.place(), ref.name())
}
