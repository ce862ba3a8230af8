package setup

import (
	"fmt"
	"strings"

	"whystopped/classifier"
	"whystopped/events/awsname"
	"whystopped/evidence"
)

// FileRef is an environment file of a container.
type FileRef struct {
	Container string
	ARN       string
}

// Object is the bucket and the key of the file; ok is false where its ARN is not that of an S3 object.
func (r FileRef) Object() (bucket, key string, ok bool) {
	if name, _ := awsname.ParseARN(r.ARN); name.Service != "s3" {
		return "", "", false
	}
	bucket, key = awsname.S3Object(r.ARN)
	return bucket, key, bucket != "" && key != "" && !strings.Contains(bucket, ":")
}

// FileRefs are the environment files that the failed step may have read: the one whose key the text names, or all of
// the containers in question.
func FileRefs(c *evidence.Case) evidence.Answer[[]FileRef] {
	containers := suspects(c)
	if containers.State != evidence.Known {
		return evidence.Answer[[]FileRef]{State: containers.State, Reason: containers.Reason, Action: containers.Action}
	}
	var all, said []FileRef
	for _, d := range containers.Value {
		for _, arn := range d.EnvironmentFiles {
			all = append(all, FileRef{d.Name, arn})
			if key := c.Finding.Facts.Path; key != "" && strings.HasSuffix(arn, "/"+strings.TrimPrefix(key, "/")) {
				said = append(said, FileRef{d.Name, arn})
			}
		}
	}
	if len(said) > 0 {
		return evidence.Is(said)
	}
	return evidence.Is(all)
}

var fileChecks = []evidence.Check{
	{Cause: "env-file-missing", Revisit: true, Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedFiles},
		Prove:    func(c *evidence.Case) classifier.Proof { return ofFiles(c, fileMissing) },
		Confirms: "there is no such bucket, or listing it shows no object of exactly that key",
		RulesOut: "the object is there, unchanged since before the task was created",
		Open:     "the bucket may not be listed; the object was put there or changed later"},
	{Cause: "env-file-invalid", Needs: []evidence.Need{evidence.NeedInputs},
		Prove: func(c *evidence.Case) classifier.Proof { return ofFiles(c, fileInvalid) }, Timeless: true,
		Confirms: "the ARN is none of an S3 object, or the object's name does not end in .env",
		RulesOut: "never: what the file holds is not read",
		Open:     "the ARN has the form that is needed"},
}

func ofFiles(c *evidence.Case, judge func(*evidence.Case, FileRef) classifier.Proof) classifier.Proof {
	refs := FileRefs(c)
	if refs.State != evidence.Known {
		return evidence.Silent(c, refs, "", "%s could not be read", evidence.Definition(c))
	}
	none := evidence.Inconclusive(classifier.ReasonNotRead, "no container in question has an environment file")
	return evidence.OfAll(refs.Value, none, func(r FileRef) classifier.Proof { return judge(c, r) })
}

func fileMissing(c *evidence.Case, r FileRef) classifier.Proof {
	bucket, key, ok := r.Object()
	file := c.Facts.Setup.Files[r.ARN]
	place := bucket
	if file.Value.Region != "" {
		place += " in " + file.Value.Region
	}
	switch {
	case !ok:
		return evidence.Inconclusive(classifier.ReasonNotCausal, "%s of container %s is not the ARN of an S3 object",
			r.ARN, r.Container)
	case file.State == evidence.Absent:
		return evidence.Confirmed(
			fmt.Sprintf("correct the bucket in %s of container %s in %s, or create it and upload the file", r.ARN,
				r.Container, evidence.Definition(c)),
			"there is no bucket %s", bucket)
	case file.State != evidence.Known:
		return evidence.Silent(c, file, "", "bucket %s could not be listed", bucket)
	case file.Value.Missing:
		return evidence.Confirmed(
			fmt.Sprintf("upload %s to bucket %s, or correct its key in environmentFiles of container %s in %s", key,
				bucket, r.Container, evidence.Definition(c)),
			"bucket %s has no object %s", place, key)
	}
	return inTime(file.Value.ModifiedAt, "bucket %s has %s, last changed %s", place, key,
		stamp(file.Value.ModifiedAt))
}

// fileInvalid judges the form of an ARN
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html).
func fileInvalid(c *evidence.Case, r FileRef) classifier.Proof {
	next := fmt.Sprintf("name an object arn:aws:s3:::BUCKET/NAME.env in environmentFiles of container %s in %s",
		r.Container, evidence.Definition(c))
	if _, key, ok := r.Object(); !ok {
		return evidence.Confirmed(next, "%s of container %s is not the ARN of an S3 object", r.ARN, r.Container)
	} else if !strings.HasSuffix(key, ".env") {
		return evidence.Confirmed(next, "%s of container %s does not end in .env", r.ARN, r.Container)
	}
	return evidence.Inconclusive(classifier.ReasonNotRead, "%s has the form that is needed; its lines are not read",
		r.ARN)
}
