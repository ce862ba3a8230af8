package lookup

import (
	"context"
	"slices"
	"sync"

	"whystopped/classifier"
	"whystopped/evidence"
)

// open tells that one of the causes is still to be decided.
func (r *reading) open(causes ...string) bool {
	return slices.ContainsFunc(r.finding.Causes, func(p classifier.Proof) bool {
		return p.Result == classifier.NotChecked && slices.Contains(causes, p.Cause)
	})
}

// askIn is ask for a thing in a Region that somebody wrote down. What has not the form of a Region is not asked.
func askIn[T any](ctx context.Context, r *reading, region string, q question[T]) evidence.Answer[T] {
	if !evidence.IsRegion(region) {
		return evidence.Answer[T]{}
	}
	q.region = region
	return ask(ctx, r, q)
}

// mostThings is how many things of one kind are asked about for one stop.
const mostThings = 10

// readAll asks about several things at once, each once, and returns the answers by their keys.
func readAll[Ref, T any](refs []Ref, key func(Ref) string, read func(Ref) evidence.Answer[T]) map[string]evidence.Answer[T] {
	answers := map[string]evidence.Answer[T]{}
	var mu sync.Mutex
	var steps []func()
	for _, ref := range refs {
		k := key(ref)
		if _, asked := answers[k]; asked || len(answers) == mostThings {
			continue
		}
		answers[k] = evidence.Answer[T]{}
		steps = append(steps, func() {
			answer := read(ref)
			mu.Lock()
			defer mu.Unlock()
			answers[k] = answer
		})
	}
	together(steps...)
	return answers
}

// search returns the first item of a listing that fits, and errAbsent when none does to its end.
func search[Output, Options, T any](ctx context.Context, p pages[Output, Options], items func(*Output) []T, fits func(T) bool) (T, error) {
	var none T
	for n := 0; p.HasMorePages(); n++ {
		if n == pageLimit {
			return none, refused(evidence.ReasonBudget)
		}
		page, err := p.NextPage(ctx)
		if err != nil {
			return none, err
		}
		for _, item := range items(page) {
			if fits(item) {
				return item, nil
			}
		}
	}
	return none, errAbsent
}
