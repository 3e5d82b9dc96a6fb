// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package storm

import (
	"io"
	"testing" //nolint:depguard // see Main
	"time"
)

// A Campaign is every drill with every crew that takes part in it, and some
// seeds. It is to fleets what a [Tournament] is to libraries.
type Campaign struct {
	Drills []Drill
	Crews  []Crew
	Seeds  int
	// Workers is how many bubbles there are at a time.
	Workers int
	// Log is told how it goes.
	Log io.Writer
}

// A FleetBook holds what the runs of a campaign gave.
type FleetBook struct {
	results map[entry][]FleetResult // by seed
}

// Results returns those of all seeds, and none of who did not take part.
func (b *FleetBook) Results(d Drill, crew string) []FleetResult {
	return b.results[entry{d.Label(), crew}]
}

// Values returns a number of each seed.
func (b *FleetBook) Values(d Drill, crew string, of func(FleetResult) float64) []float64 {
	values := []float64{}
	for _, r := range b.Results(d, crew) {
		values = append(values, of(r))
	}
	return values
}

// Ratios returns a number of each seed ÷ that of another crew with the same
// calls and the same luck.
func (b *FleetBook) Ratios(d Drill, crew, to string, of func(FleetResult) float64) []float64 {
	values, others := b.Values(d, crew, of), b.Values(d, to, of)
	for i := range min(len(values), len(others)) {
		values[i] /= others[i]
	}
	return values[:min(len(values), len(others))]
}

// Run makes all runs, spread over bubbles in parallel. It gives the first error
// of any.
func (c Campaign) Run(t *testing.T) (*FleetBook, error) {
	t.Helper()
	book := &FleetBook{results: map[entry][]FleetResult{}}
	began := time.Now()
	err := parallel(c.Workers, func(yield func(func() error) bool) {
		for _, d := range c.Drills {
			logf(c.Log, "%s: after %s\n", d.Label(), time.Since(began).Round(100*time.Millisecond))
			for _, crew := range c.Crews {
				if !crew.In(d) {
					continue
				}
				results := make([]FleetResult, c.Seeds)
				book.results[entry{d.Label(), crew.Name}] = results
				for seed := range results {
					job := func() error {
						return named(t, d.Label(), crew.Name, seed, func(t *testing.T) (err error) {
							results[seed], err = Muster(t, d, seed, crew)
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
