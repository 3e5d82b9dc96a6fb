// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package storm

import (
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
	"sync"
	"testing" //nolint:depguard // see Main
	"time"
)

// A Tournament is every scenario with every contender that takes part in it,
// and some seeds.
type Tournament struct {
	Scenarios  []Scenario
	Contenders []Contender
	Seeds      int
	// Workers is how many bubbles there are at a time.
	Workers int
	// Log is told how it goes.
	Log io.Writer
}

// A Book holds what the runs gave.
type Book struct {
	results map[entry][]Result // by seed
}

type entry struct{ label, contender string }

// Results returns those of all seeds, and none of who did not take part.
func (b *Book) Results(s Scenario, contender string) []Result {
	return b.results[entry{s.Label(), contender}]
}

// Values returns a number of each seed.
func (b *Book) Values(s Scenario, contender string, of func(Result) float64) []float64 {
	values := []float64{}
	for _, r := range b.Results(s, contender) {
		values = append(values, of(r))
	}
	return values
}

// Median is the middle of the values, or the mean of the two in the middle. NaN
// are left out; where there is nothing else it is NaN.
func Median(values []float64) float64 {
	sorted := slices.DeleteFunc(slices.Clone(values), math.IsNaN)
	slices.Sort(sorted)
	n := len(sorted)
	switch {
	case n == 0:
		return math.NaN()
	case n%2 == 1 || sorted[n/2-1] == sorted[n/2]: // never and never is never
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}

// Run makes all runs, spread over bubbles in parallel. It gives the first error
// of any.
func (c Tournament) Run(t *testing.T) (*Book, error) {
	t.Helper()
	book := &Book{results: map[entry][]Result{}}
	began := time.Now()
	err := parallel(c.Workers, func(yield func(func() error) bool) {
		for _, s := range c.Scenarios {
			logf(c.Log, "%s: after %s\n", s.Label(), time.Since(began).Round(100*time.Millisecond))
			for _, who := range c.Contenders {
				if !who.In(s) {
					continue
				}
				results := make([]Result, c.Seeds)
				book.results[entry{s.Label(), who.Name}] = results
				for seed := range results {
					job := func() error {
						return named(t, s.Label(), who.Name, seed, func(t *testing.T) (err error) {
							results[seed], err = Run(t, s, seed, who.Build)
							return err
						})
					}
					if !yield(job) {
						return
					}
				}
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return book, nil
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

func logf(out io.Writer, format string, args ...any) {
	if out != nil {
		fmt.Fprintf(out, format, args...)
	}
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
