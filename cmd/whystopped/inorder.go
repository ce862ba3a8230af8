package main

import "iter"

// inOrder yields what work makes of each value, in their order, and the errors between them. It works on so many values
// at once, and reads few more than that ahead; what is made is yielded while the next value is waited for. One at once
// is made when it is asked for.
func inOrder[A, B any](atOnce int, values iter.Seq2[A, error], work func(A) B) iter.Seq2[B, error] {
	type piece struct {
		value A
		err   error
		made  chan B
	}
	return func(yield func(B, error) bool) {
		if atOnce == 1 {
			for value, err := range values {
				var made B
				if err == nil {
					made = work(value)
				}
				if !yield(made, err) {
					return
				}
			}
			return
		}
		pieces, waiting, over := make(chan piece, 4*atOnce), make(chan piece, 4*atOnce), make(chan struct{})
		defer close(over)
		for range atOnce {
			go func() {
				for p := range waiting {
					p.made <- work(p.value)
				}
			}()
		}
		go func() {
			defer close(pieces)
			defer close(waiting)
			for value, err := range values {
				p := piece{value, err, make(chan B, 1)}
				select {
				case <-over:
					return
				case pieces <- p:
				}
				if err == nil {
					waiting <- p // a worker takes it, also when nobody waits for it any more
				}
			}
		}()
		for p := range pieces {
			var made B
			if p.err == nil {
				made = <-p.made
			}
			if !yield(made, p.err) {
				return
			}
		}
	}
}
