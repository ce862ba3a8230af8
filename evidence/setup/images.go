package setup

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"whystopped/classifier"
	"whystopped/events/awsname"
	"whystopped/evidence"
)

// ImageRef is an image of a private ECR registry.
type ImageRef struct {
	Text       string // as it was written
	Account    string
	Region     string
	Repository string
	Tag        string
	Digest     string // "sha256:…"; where it is set the tag does not matter
}

// Registry names the registry of an image.
func (r ImageRef) Registry() string { return evidence.In(r.Region, r.Account) }

// name is the image without its registry.
func (r ImageRef) name() string {
	if r.Digest != "" {
		return r.Repository + "@" + r.Digest
	}
	return r.Repository + ":" + r.Tag
}

func (r ImageRef) place() string { return fmt.Sprintf("registry %s in %s", r.Account, r.Region) }

// id is the image as the command line takes it.
func (r ImageRef) id() string {
	if r.Digest != "" {
		return "imageDigest=" + r.Digest
	}
	return "imageTag=" + r.Tag
}

// covers reports whether a rule fills a repository
// (https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private-wildcards.html).
func covers(r evidence.CacheRule, repository string) bool {
	return r.Prefix == "ROOT" || strings.HasPrefix(repository, strings.TrimSuffix(r.Prefix, "/")+"/")
}

// ECRImage reads an image reference; ok is false for images of other registries.
func ECRImage(reference string) (ref ImageRef, ok bool) {
	i := awsname.ParseImage(reference)
	account, region, ok := awsname.ECRRegistry(i.Registry)
	if !ok || i.Repository == "" {
		return ImageRef{}, false
	}
	ref = ImageRef{Text: reference, Account: account, Region: region, Repository: i.Repository, Tag: i.Tag,
		Digest: i.Digest}
	if ref.Tag == "" && ref.Digest == "" {
		ref.Tag = "latest"
	}
	return ref, true
}

// ImageHere is an image in the registry of the task's Region, where its reference names another Region; ok is false for
// all others.
func ImageHere(c *evidence.Case, ref ImageRef) (here ImageRef, ok bool) {
	here = ref
	here.Region = c.Stop.Region
	here.Text = "ecr " + here.Registry() + " " + here.name()
	own := !evidence.OthersAccount(c, ref.Account)
	return here, own && c.Stop.Region != "" && ref.Region != c.Stop.Region
}

// host is that of a registry.
func (r ImageRef) host() string { return r.Account + ".dkr." + awsname.ServiceHost("ecr", r.Region) }

// inTaskRegion completes the proof that an image is missing where it is in the registry of the task's Region: then
// nothing has to be created.
func inTaskRegion(c *evidence.Case, ref ImageRef, p classifier.Proof) classifier.Proof {
	here, asked := ImageHere(c, ref)
	found := c.Facts.Setup.Images[here.Text]
	if p.Result != classifier.Confirmed || !asked || found.State != evidence.Known || found.Value.Missing {
		return p
	}
	p.Next = fmt.Sprintf("write %s/%s as the image in %s", here.host(), here.name(), evidence.Definition(c))
	p.Evidence += fmt.Sprintf("; %s has it, pushed %s", here.place(), stamp(found.Value.PushedAt))
	return p
}

// tagged is by which name the image is pushed anew.
func (r ImageRef) tagged() string {
	name, _, _ := strings.Cut(r.Text, "@")
	return name
}

// manifestDigest is how texts name the digest of an image, as against that of a layer.
var manifestDigest = evidence.Compiled(`(?:@|/manifests/)(sha256:[0-9a-f]{64})`)

// FailedImage is the image that could not be pulled, or that does not start: the one that the text names with tag or
// digest, else the culprit's. ok is false when it is not known or lies elsewhere than in ECR.
func FailedImage(c *evidence.Case) (ref ImageRef, ok bool) {
	culprit := c.Culprit()
	reference := c.Finding.Facts.Image
	named := awsname.ParseImage(reference)
	whole := named.Tag != "" || named.Digest != ""
	if culprit.Image != "" && !whole &&
		(reference == "" || named.Repository == awsname.ParseImage(culprit.Image).Repository) {
		reference = culprit.Image
	}
	ref, ok = ECRImage(reference)
	if !ok {
		return ref, false
	}
	switch started := c.Finding.Stage == classifier.Start || c.Finding.Stage == classifier.Create; {
	case started && strings.HasPrefix(culprit.ImageDigest, "sha256:"):
		ref.Digest = culprit.ImageDigest
	case !started && ref.Digest == "":
		for _, text := range c.Stop.Texts() {
			if found := manifestDigest().FindStringSubmatch(text.Plain); found != nil && ref.Digest == "" {
				ref.Digest = found[1]
			}
		}
	}
	return ref, true
}

var imageNeeds = []evidence.Need{evidence.NeedInputs, evidence.NeedImages}

var imageChecks = []evidence.Check{
	{Cause: "image-tag-missing", Needs: imageNeeds, Revisit: true, Prove: imageMissing,
		Confirms: "ECR has the repository and not the image, and no pull-through cache rule fills the repository; " +
			"where the rules cannot be read, its name has no slash",
		RulesOut: "layers of the image were already being read; that the tag is there now does not, because ECR does " +
			"not tell when an image got it",
		Open: "it is there by now (fixed_since); a pull-through cache should have fetched it; the registry is not " +
			"ECR or another account's"},
	{Cause: "image-digest-missing", Needs: imageNeeds, Revisit: true, Prove: imageMissing,
		Confirms: "ECR has the repository and no image of that digest, and no pull-through cache rule fills the " +
			"repository; where the rules cannot be read, its name has no slash",
		RulesOut: "ECR has the image, and it was pushed before the task was created",
		Open: "it was pushed later; a pull-through cache should have fetched it; the registry is not ECR or " +
			"another account's"},
	{Cause: "image-repository-missing", Needs: imageNeeds, Revisit: true, Prove: repositoryMissing,
		Confirms: "the registry of that account and Region has no such repository, and no pull-through cache rule " +
			"would make it; where the rules cannot be read, its name has no slash",
		RulesOut: "the repository exists, or layers of the image were already being read",
		Open:     "a pull-through cache should have made it; the registry is not ECR or another account's"},
	{Cause: "image-expired-by-lifecycle", Needs: imageNeeds, Prove: imageExpired,
		Confirms: "CloudTrail, which --verify asks, has the run of the repository's lifecycle policy that removed " +
			"the image before the failure",
		RulesOut: "ECR has the image, and it was pushed before the task was created; or it has not, and the " +
			"repository has no lifecycle policy with a rule that can select the tag",
		Open: "the image is not there and a rule may select it, or it is archived; the policy could not be read"},
	{Cause: "image-archived", Needs: imageNeeds, Prove: imageArchived,
		Confirms: "ECR tells that the image is archived, or is still being restored",
		RulesOut: "ECR tells that it is active, and it was not restored after the task was created",
		Open:     "it was archived after the stop or restored after the task was created; ECR has no such image"},
	{Cause: "pull-through-cache", Needs: imageNeeds, Prove: pullThroughCache,
		Confirms: "a pull-through cache rule that is older than the failure covers the repository, the registry " +
			"said that the image is not found, and it is not in the cache",
		RulesOut: "no rule of the registry covers the repository, or the cache had the image of that digest before " +
			"the task was created",
		Open: "a denial, which may be about the cache or about the repository; the rules are not visible"},
	{Cause: "image-platform-mismatch", Needs: imageNeeds,
		Prove: func(c *evidence.Case) classifier.Proof { return imagePlatform(c, false) },
		Confirms: "the image is an index that lists no image for the task's operating system and CPU architecture, " +
			"or its configuration says that it is built for another",
		RulesOut: "the index lists one, or the image is built for it",
		Open: "the image's configuration was not read, or says nothing; the tag was pushed again after the task was " +
			"created"},
	{Cause: "binary-architecture", Needs: imageNeeds,
		Prove: func(c *evidence.Case) classifier.Proof { return imagePlatform(c, true) },
		Confirms: "the image is an index that lists no image for the task's operating system and CPU architecture, " +
			"or its configuration says that it is built for another",
		RulesOut: "never: what an image says it is built for does not tell what its program is built for",
		Open:     "the image is built for it, too, or what it is built for was not read"},
	{Cause: "image-too-large", Needs: imageNeeds, Prove: imageTooLarge,
		Confirms: "never: only the text can say that the disk was full",
		RulesOut: "never: registries tell the compressed size",
		Open:     "the size of the image against the task's ephemeral storage"},
}

// failedImage is the failed image as ECR tells of it. gap says why nothing is known.
func failedImage(c *evidence.Case) (ref ImageRef, image evidence.Answer[evidence.Image], gap classifier.Proof) {
	ref, ok := FailedImage(c)
	if !ok {
		reference := cmp.Or(c.Finding.Facts.Image, "the image")
		return ref, image,
			evidence.Inconclusive(classifier.ReasonNotVisible,
				"%s is not known to be in ECR, and no other registry is asked", reference)
	}
	image = c.Facts.Setup.Images[ref.Text]
	if image.State != evidence.Known && image.State != evidence.Absent {
		gap = evidence.Silent(c, image, ref.Account, "%s of %s could not be looked up", ref.name(), ref.place())
	}
	return ref, image, gap
}

// rule is the pull-through cache rule that covers a repository. gap says why that is not known.
func rule(c *evidence.Case, ref ImageRef) (found evidence.CacheRule, gap classifier.Proof) {
	rules := c.Facts.Setup.CacheRules[ref.Registry()]
	if rules.State != evidence.Known {
		return found,
			evidence.Silent(c, rules, ref.Account, "whether a pull-through cache fills %s of %s is not known",
				ref.Repository, ref.place())
	}
	for _, r := range rules.Value {
		if covers(r, ref.Repository) &&
			(found.Prefix == "" || found.Prefix == "ROOT" || r.Prefix != "ROOT" && len(r.Prefix) > len(found.Prefix)) {
			found = r
		}
	}
	return found, classifier.Proof{}
}

// uncached returns the proof, unless what is missing may be a pull-through cache's to fetch. Caches fill repositories
// below a prefix; only one for all repositories, which would be odd in a registry with images of one's own, fills one
// without a slash in its name.
func uncached(c *evidence.Case, ref ImageRef, p classifier.Proof) classifier.Proof {
	r, gap := rule(c, ref)
	switch {
	case gap.Exists() && !strings.Contains(ref.Repository, "/") && !evidence.OthersAccount(c, ref.Account):
		p.Evidence += "; pull-through cache rules could not be read, and its name is none of a cache's"
		return p
	case gap.Exists():
		gap.Evidence = p.Evidence + "; " + gap.Evidence
		return gap
	case r.Prefix != "":
		return evidence.Inconclusive(classifier.ReasonNotCausal,
			"%s; pull-through cache rule %s should have fetched it from %s", p.Evidence, r.Prefix, r.Upstream)
	}
	return p
}

func noRepository(ref ImageRef) string {
	return fmt.Sprintf("%s has no repository %s", ref.place(), ref.Repository)
}

// layersRead is the proof that the registry had an image whose layers were being read: ECR gives out their links. None
// where they were not.
func layersRead(c *evidence.Case) classifier.Proof {
	if host := c.Finding.Facts.Endpoint; awsname.IsLayerBucket(host) {
		return evidence.RuledOut("layers were read from %s, and ECR gives links to them for images that it has", host)
	}
	return classifier.Proof{}
}

func imageMissing(c *evidence.Case) classifier.Proof {
	ref, image, gap := failedImage(c)
	read := layersRead(c)
	switch {
	case read.Exists():
		return read
	case gap.Exists():
		return gap
	case image.State == evidence.Absent:
		return evidence.Inconclusive(classifier.ReasonNotCausal, "%s at all", noRepository(ref))
	case image.Value.Missing:
		what := "tag " + ref.Tag
		if ref.Digest != "" {
			what = "image " + ref.Digest
		}
		return inTaskRegion(c, ref, uncached(c, ref,
			evidence.Confirmed(fmt.Sprintf("push %s to %s of %s, or give %s an image that exists", ref.name(),
				ref.Repository, ref.place(), evidence.Definition(c)),
				"repository %s of %s has no %s", ref.Repository, ref.place(), what)))
	case archived(image.Value):
		return evidence.Inconclusive(classifier.ReasonNotCausal, "%s is there, and is %s", ref.name(),
			image.Value.Status)
	}
	return pushedInTime(c, ref, image.Value)
}

// pushedInTime judges an image that is there. A digest has been there since it was pushed. A tag may have been put on
// an image that is older than the tag, and ECR does not tell when: where the registry did not find it, it came later.
func pushedInTime(c *evidence.Case, ref ImageRef, i evidence.Image) classifier.Proof {
	p := inTime(i.PushedAt, "%s is in %s, pushed %s", ref.name(), ref.place(), stamp(i.PushedAt))
	switch {
	case ref.Digest != "":
	case c.Finding.Fault == classifier.NotFound && p.Result == classifier.RuledOut && !p.Since.After(c.Failed()):
		p.Result, p.Reason = classifier.Inconclusive, classifier.ReasonFixedSince
		p.Next = evidence.StartAgain
		p.Evidence += "; the registry did not find it at " + evidence.Moment(c.Failed()) +
			", so that its tag is younger than the image"
	default:
		p.Dated = false
	}
	return p
}

func repositoryMissing(c *evidence.Case) classifier.Proof {
	ref, image, gap := failedImage(c)
	read := layersRead(c)
	switch {
	case read.Exists():
		return read
	case gap.Exists():
		return gap
	case image.State == evidence.Absent:
		return inTaskRegion(c, ref, uncached(c, ref,
			evidence.Confirmed(
				fmt.Sprintf("create repository %s in account %s, %s, and push the image, or correct the image in %s",
					ref.Repository, ref.Account, ref.Region, evidence.Definition(c)),
				"%s", noRepository(ref))))
	}
	return evidence.At(evidence.RuledOut("repository %s exists in %s", ref.Repository, ref.place()),
		image.Value.PushedAt)
}

func imageExpired(c *evidence.Case) classifier.Proof {
	ref, image, gap := failedImage(c)
	switch {
	case gap.Exists():
		return gap
	case image.State == evidence.Absent:
		return evidence.Inconclusive(classifier.ReasonNotCausal, "%s at all", noRepository(ref))
	case image.Value.Missing:
		return notExpired(c, ref)
	case archived(image.Value):
		return evidence.Inconclusive(classifier.ReasonNotRead, "%s is %s, and ECR does not tell who archived it",
			ref.name(), image.Value.Status)
	}
	return pushedInTime(c, ref, image.Value)
}

// notExpired judges by the lifecycle policy whether it can have removed an image that is not there.
func notExpired(c *evidence.Case, ref ImageRef) classifier.Proof {
	rules := c.Facts.Setup.Lifecycles[ref.Text]
	gone := fmt.Sprintf("%s is not in %s", ref.name(), ref.place())
	switch {
	case rules.State == evidence.Absent:
		return evidence.RuledOut("%s, and repository %s has no lifecycle policy", gone, ref.Repository)
	case rules.State != evidence.Known:
		return evidence.Silent(c, rules, ref.Account, "%s; the lifecycle policy of %s could not be read", gone,
			ref.Repository)
	}
	for _, run := range c.Facts.Setup.Expirations[ref.Text].Value {
		return evidence.At(evidence.Confirmed(
			fmt.Sprintf("push %s to %s again, and let the lifecycle policy of repository %s keep what tasks use",
				ref.name(), ref.place(), ref.Repository),
			"the lifecycle policy of repository %s removed %s at %s", ref.Repository, ref.name(), stamp(run.At)),
			run.At)
	}
	for i, rule := range rules.Value {
		if selects(rule, ref.Tag) {
			return evidence.Inconclusive(classifier.ReasonNotRead, "%s, and rule %d of the lifecycle policy of %s may "+
				"have removed it; ECR does not tell who did, or whether it ever was there", gone, i+1, ref.Repository)
		}
	}
	return evidence.RuledOut("%s, and no rule of the lifecycle policy of %s selects tag %s", gone, ref.Repository,
		ref.Tag)
}

// selects reports whether a rule may remove an image with a tag; of one that is known by its digest alone nobody knows
// the tags. A rule wants all of its prefixes or patterns, each met by a tag of the image, of which only one is known
// (https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html).
func selects(rule evidence.LifecycleRule, tag string) bool {
	if tag == "" || rule.Tags == "any" {
		return true
	}
	fits := func(pattern string) bool {
		matched, err := path.Match(strings.NewReplacer("[", "\\[", "?", "\\?").Replace(pattern), tag)
		return matched || err != nil
	}
	return rule.Tags == "tagged" && (slices.ContainsFunc(rule.Prefixes,
		func(prefix string) bool { return strings.HasPrefix(tag, prefix) }) || slices.ContainsFunc(rule.Patterns, fits))
}

// archived reports whether an image is there and cannot be pulled.
func archived(i evidence.Image) bool { return i.Status == "ARCHIVED" || i.Status == "ACTIVATING" }

func imageArchived(c *evidence.Case) classifier.Proof {
	ref, image, gap := failedImage(c)
	i := image.Value
	switch {
	case gap.Exists():
		return gap
	case image.State == evidence.Absent || i.Missing:
		return evidence.RuledOut("%s has no %s, neither active nor archived", ref.place(), ref.name())
	case i.Status == "ACTIVATING":
		return evidence.Confirmed(fmt.Sprintf("wait until %s is restored, then start the task again", ref.name()),
			"%s of %s is still being restored from the archive", ref.name(), ref.place())
	case i.Status == "ARCHIVED":
		return evidence.At(evidence.Confirmed(
			"restore it: "+evidence.Command("aws", "ecr", "update-image-storage-class", "--registry-id", ref.Account,
				"--repository-name", ref.Repository, "--image-id", ref.id(), "--target-storage-class", "STANDARD",
				"--region", ref.Region), "%s of %s is archived since %s", ref.name(),
			ref.place(), stamp(i.ArchivedAt)), i.ArchivedAt)
	case i.ActivatedAt.IsZero():
		return evidence.RuledOut("%s of %s is not archived", ref.name(), ref.place())
	}
	return inTime(i.ActivatedAt, "%s of %s is not archived; it was restored %s", ref.name(), ref.place(),
		stamp(i.ActivatedAt))
}

func pullThroughCache(c *evidence.Case) classifier.Proof {
	ref, image, gap := failedImage(c)
	if gap.Exists() {
		return gap
	}
	r, gap := rule(c, ref)
	switch {
	case gap.Exists():
		return gap
	case r.Prefix == "":
		return evidence.RuledOut("no pull-through cache rule of %s covers %s", ref.place(), ref.Repository)
	case image.State == evidence.Known && !image.Value.Missing:
		return pushedInTime(c, ref, image.Value)
	}
	covered := fmt.Sprintf("pull-through cache rule %s of %s fills %s from %s, and %s is not in it", r.Prefix,
		ref.place(), ref.Repository, r.Upstream, ref.name())
	if c.Finding.Fault != classifier.NotFound {
		return evidence.Inconclusive(classifier.ReasonPartial,
			"%s; the denial may be about the cache or about the repository", covered)
	}
	return evidence.NotBefore(evidence.Confirmed(
		fmt.Sprintf("see that %s has the image, and check the rule's credentials: %s", r.Upstream,
			evidence.Command("aws", "ecr", "validate-pull-through-cache-rule", "--registry-id", ref.Account,
				"--ecr-repository-prefix", r.Prefix, "--region", ref.Region)), "%s", covered), r.CreatedAt)
}

// platform is what an image must be built for to run as the task: "linux/arm64".
func platform(c *evidence.Case) (string, classifier.Proof) {
	if said := strings.Split(c.Finding.Facts.Platform, "/"); len(said) > 1 {
		return said[0] + "/" + said[1], classifier.Proof{}
	}
	td := c.Facts.Task.TaskDefinition
	machine := map[string]string{"x86_64": "amd64", "amd64": "amd64", "arm64": "arm64", "aarch64": "arm64"}
	written := cmp.Or(c.Stop.Attributes["ecs.cpu-architecture"], td.Value.Architecture)
	if written == "" && td.State == evidence.Known && !c.Stop.OnInstance() {
		written = "x86_64" // Fargate's, where the task definition does not say otherwise
	}
	architecture, system := machine[strings.ToLower(written)], evidence.OperatingSystem(c)
	switch {
	case architecture != "" && system != "":
		return strings.ToLower(system) + "/" + architecture, classifier.Proof{}
	case td.State != evidence.Known:
		return "", evidence.Silent(c, td, "", "%s could not be read", evidence.Definition(c))
	}
	return "", evidence.Inconclusive(classifier.ReasonNotRead,
		"the CPU architecture or the operating system of the task's host is not known")
}

// runsToo are platforms whose programs another platform runs as well, on some machines: a container runtime may choose
// them.
var runsToo = map[string]string{"linux/amd64": "linux/386", "linux/arm64": "linux/arm"}

// imagePlatform judges what an image is built for. What runs is inside of it: then that the image fits proves nothing.
func imagePlatform(c *evidence.Case, inside bool) classifier.Proof {
	ref, image, gap := failedImage(c)
	wanted, unknown := platform(c)
	listed := c.Facts.Setup.Platforms[ref.Text]
	switch {
	case ref.Text == "":
		return gap
	case unknown.Exists():
		return unknown
	case listed.State == evidence.Absent:
		return evidence.Inconclusive(classifier.ReasonNotCausal, "%s has no %s", ref.place(), ref.name())
	case listed.State != evidence.Known:
		return evidence.Silent(c, listed, ref.Account, "what %s of %s is built for could not be looked up", ref.name(),
			ref.place())
	case len(listed.Value) == 0:
		return evidence.Inconclusive(classifier.ReasonNotRead,
			"%s is built for one platform, which its configuration does not tell; the task needs %s", ref.name(),
			wanted)
	}
	lists := fmt.Sprintf("%s is built for %s", ref.name(), strings.Join(listed.Value, ", "))
	switch {
	case slices.Contains(listed.Value, wanted) && strings.HasPrefix(wanted, "windows/"):
		return evidence.Inconclusive(classifier.ReasonPartial, "%s; whether the Windows version fits is not compared",
			lists)
	case slices.Contains(listed.Value, wanted) && inside:
		return evidence.Inconclusive(classifier.ReasonNotRead,
			"%s, so the image fits; its program, or the first line of its script, does not", lists)
	case slices.Contains(listed.Value, wanted) && ref.Digest == "":
		return evidence.NotBefore(evidence.RuledOut("%s", lists), image.Value.PushedAt)
	case slices.Contains(listed.Value, wanted):
		return evidence.RuledOut("%s", lists)
	case slices.Contains(listed.Value, runsToo[wanted]):
		return evidence.Inconclusive(classifier.ReasonPartial, "%s, and not %s", lists, wanted)
	}
	if ref.Digest == "" { // a tag may have moved
		if gap.Exists() {
			return gap
		}
		if pushed := image.Value.PushedAt; !pushed.Before(c.Stop.CreatedAt) || pushed.IsZero() {
			return evidence.Inconclusive(classifier.ReasonLater,
				"%s, and its tag was pushed %s: what the task pulled may have been another image", lists, stamp(pushed))
		}
	}
	return evidence.Confirmed(
		fmt.Sprintf("build %s for %s as well, `%s`, or set runtimePlatform of %s to what the image has", ref.Repository,
			wanted, classifier.CommandLine("docker", "buildx", "build", "--platform",
				strings.Join(append([]string{wanted}, listed.Value...), ","), "--tag", ref.tagged(), "--push", "."),
			evidence.Definition(c)),
		"%s, and not %s, which the task needs", lists, wanted)
}

// fargateStorage is the ephemeral storage of a Fargate task in GiB where the task definition does not ask for more
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html).
const fargateStorage = 20

func imageTooLarge(c *evidence.Case) classifier.Proof {
	ref, image, gap := failedImage(c)
	switch {
	case gap.Exists():
		return gap
	case image.State == evidence.Absent || image.Value.Missing:
		return evidence.Inconclusive(classifier.ReasonNotCausal, "%s is not in %s", ref.name(), ref.place())
	}
	size := fmt.Sprintf("%s has %.1f GiB compressed, and needs more unpacked", ref.name(),
		float64(image.Value.Bytes)/(1<<30))
	td := c.Facts.Task.TaskDefinition
	if td.State != evidence.Known || c.Stop.OnInstance() {
		return evidence.Inconclusive(classifier.ReasonNotRead, "%s; the disk is not known", size)
	}
	return evidence.Inconclusive(classifier.ReasonNotRead, "%s; the task has %d GiB of ephemeral storage", size,
		max(fargateStorage, td.Value.EphemeralGiB))
}
