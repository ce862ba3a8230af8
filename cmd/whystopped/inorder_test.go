package main

import (
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

func TestInOrderKeepsTheOrder(t *testing.T) {
	odd := errors.New("odd")
	values := func(yield func(int, error) bool) {
		for n := range 500 {
			var err error
			if n%7 == 3 {
				err = odd
			}
			if !yield(n, err) {
				return
			}
		}
	}
	var got, want []int
	for n := range 500 {
		if n%7 == 3 {
			want = append(want, -1)
		} else {
			want = append(want, n*n)
		}
	}
	for made, err := range inOrder(4, values, func(n int) int {
		time.Sleep(time.Duration(n%5) * 100 * time.Microsecond)
		return n * n
	}) {
		if err != nil {
			made = -1
		}
		got = append(got, made)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

// TestInOrderYieldsWhileItWaits has a second value that never comes, and values that nobody asks for any more.
func TestInOrderYieldsWhileItWaits(t *testing.T) {
	never := make(chan int)
	for made := range inOrder(2, func(yield func(int, error) bool) {
		if yield(1, nil) {
			yield(<-never, nil)
		}
	}, func(n int) int { return n + 1 }) {
		if made != 2 {
			t.Errorf("got %d", made)
		}
		break
	}
	close(never)

	var read atomic.Int64
	for range inOrder(2, func(yield func(int, error) bool) {
		for read.Add(1) < 1_000_000 && yield(0, nil) {
		}
	}, func(n int) int { return n }) {
		break
	}
	time.Sleep(10 * time.Millisecond)
	if n := read.Load(); n > 10_000 {
		t.Errorf("%d values are read ahead", n)
	}
}
