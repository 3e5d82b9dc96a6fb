// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package storm

import (
	"fmt"
	"io"
	"iter"
	"sync"
	"testing" //nolint:depguard // see Main
	"time"
)

// A series is every storm with everybody of a field who takes part in it, and
// some seeds.
type series[S Labelled, F entrant[S], R any] struct {
	storms  []S
	field   []F
	seeds   int
	workers int // bubbles at a time
	log     io.Writer

	name func(F) string
	run  func(t *testing.T, s S, seed int, who F) (R, error)
}

type entrant[S any] interface {
	// In reports whether it takes part in a storm.
	In(S) bool
}

// play makes all runs, and gives the first error of any.
func (c series[S, F, R]) play(t *testing.T) (*Book[R], error) {
	t.Helper()
	book := &Book[R]{results: map[entry][]R{}}
	if err := parallel(c.workers, c.jobs(t, book)); err != nil {
		return nil, err
	}
	return book, nil
}

// jobs yields the runs. Each writes its result to its own place in the book.
func (c series[S, F, R]) jobs(t *testing.T, book *Book[R]) iter.Seq[func() error] {
	t.Helper()
	began := time.Now()
	return func(yield func(func() error) bool) {
		for _, s := range c.storms {
			c.logf("%s: after %s\n", s.Label(), time.Since(began).Round(100*time.Millisecond))
			for _, who := range c.field {
				if !who.In(s) {
					continue
				}
				results := make([]R, c.seeds)
				book.results[entry{s.Label(), c.name(who)}] = results
				for seed := range results {
					job := func() error {
						return named(t, s.Label(), c.name(who), seed, func(t *testing.T) (err error) {
							results[seed], err = c.run(t, s, seed, who)
							return err
						})
					}
					if !yield(job) {
						return
					}
				}
			}
		}
	}
}

func (c series[S, F, R]) logf(format string, args ...any) {
	if c.log != nil {
		fmt.Fprintf(c.log, format, args...)
	}
}

// parallel does all jobs, so many at a time, and returns the first error of
// those that came first to a worker. What comes after an error is not begun.
func parallel(workers int, jobs iter.Seq[func() error]) error {
	queue := make(chan func() error)
	var (
		wg     sync.WaitGroup
		mu     sync.Mutex
		failed error
	)
	fail := func(err error) error {
		mu.Lock()
		defer mu.Unlock()
		if failed == nil {
			failed = err
		}
		return failed
	}
	for range max(workers, 1) {
		wg.Go(func() {
			for job := range queue {
				if fail(nil) == nil {
					_ = fail(job())
				}
			}
		})
	}
	for job := range jobs {
		queue <- job
	}
	close(queue)
	wg.Wait()
	return failed
}

// named gives a run a subtest of its own, so that a failure tells where.
func named(t *testing.T, label, who string, seed int, run func(*testing.T) error) error {
	t.Helper()
	name := fmt.Sprintf("%s/%s/%d", label, who, seed)
	var err error
	if !t.Run(name, func(t *testing.T) { err = run(t) }) && err == nil {
		return fmt.Errorf("%s failed", name)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
