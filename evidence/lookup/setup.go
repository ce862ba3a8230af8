package lookup

import (
	"cmp"
	"context"
	"slices"

	"whystopped/classifier"
	"whystopped/events/awsname"
	"whystopped/evidence"
)

// undecided reports whether one of the causes is still to be decided.
func (r *reading) undecided(causes ...string) bool {
	return slices.ContainsFunc(r.finding.Causes, func(p classifier.Proof) bool {
		return p.Result == classifier.NotChecked && slices.Contains(causes, p.Cause)
	})
}

// askIn is ask for a thing in a Region that somebody wrote down. What has not the form of a Region is not asked.
func askIn[T any](ctx context.Context, r *reading, region string, q question[T]) evidence.Answer[T] {
	if !awsname.IsRegion(region) {
		return evidence.Answer[T]{}
	}
	q.region = region
	return ask(ctx, r, q)
}

// mostThings is how many things of one kind are asked about for one stop.
const mostThings = 10

// readAll asks about several things at once, each once, and returns the answers by their keys.
func readAll[Ref, T any](refs []Ref, key func(Ref) string,
	read func(Ref) evidence.Answer[T]) map[string]evidence.Answer[T] {
	var keys []string
	chosen := map[string]Ref{}
	for _, ref := range refs {
		if k := key(ref); !slices.Contains(keys, k) && len(keys) < mostThings {
			keys, chosen[k] = append(keys, k), ref
		}
	}
	return each(keys, func(k string) evidence.Answer[T] { return read(chosen[k]) })
}

// search returns the first item of a listing that fits, and errAbsent when none does to its end.
func search[Output, Options, T any](ctx context.Context, p pages[Output, Options], items func(*Output) []T,
	fits func(T) bool) (T, error) {
	var found T
	err := errAbsent
	failure := turn(ctx, p, func(page *Output) bool {
		all := items(page)
		i := slices.IndexFunc(all, fits)
		if i >= 0 {
			found, err = all[i], nil
		}
		return i < 0
	})
	return found, cmp.Or(failure, err)
}
