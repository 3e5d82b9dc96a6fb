// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package storm

import (
	"fmt"
	"io"
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

// job is one run, and where its result goes.
type job struct {
	scenario  Scenario
	contender Contender
	seed      int
	result    *Result
}

// Run makes all runs, spread over bubbles in parallel. It gives the first error
// of any.
func (c Tournament) Run(t *testing.T) (*Book, error) {
	t.Helper()
	book := &Book{results: map[entry][]Result{}}
	jobs := make(chan job)
	var wg sync.WaitGroup
	errs := make(chan error, max(c.Workers, 1))
	for range max(c.Workers, 1) {
		wg.Go(func() {
			var failed error
			for j := range jobs {
				if failed == nil {
					failed = j.run(t)
				}
			}
			errs <- failed
		})
	}
	began := time.Now()
	for _, s := range c.Scenarios {
		c.logf("%s: after %s\n", s.Label(), time.Since(began).Round(100*time.Millisecond))
		for _, who := range c.Contenders {
			if !who.In(s) {
				continue
			}
			results := make([]Result, c.Seeds)
			book.results[entry{s.Label(), who.Name}] = results
			for seed := range results {
				jobs <- job{s, who, seed, &results[seed]}
			}
		}
	}
	close(jobs)
	wg.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return book, nil
}

func (c Tournament) logf(format string, args ...any) {
	if c.Log != nil {
		fmt.Fprintf(c.Log, format, args...)
	}
}

// run has a subtest of its own, so that a failure tells where.
func (j job) run(t *testing.T) error {
	t.Helper()
	name := fmt.Sprintf("%s/%s/%d", j.scenario.Label(), j.contender.Name, j.seed)
	var err error
	if !t.Run(name, func(t *testing.T) { *j.result, err = Run(t, j.scenario, j.seed, j.contender.Build) }) && err == nil {
		return fmt.Errorf("%s failed", name)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
