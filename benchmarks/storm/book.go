// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package storm

import (
	"math"
	"slices"
)

// A Book holds what runs gave: of each storm, of everybody who took part in it,
// a result for each seed.
type Book[R any] struct {
	results map[entry][]R
}

type entry struct{ label, who string }

// Labelled is a storm: a [Scenario] or a [Drill].
type Labelled interface {
	// Label tells it apart from all others.
	Label() string
}

// Results returns those of all seeds, and none of who did not take part.
func (b *Book[R]) Results(of Labelled, who string) []R {
	return b.results[entry{of.Label(), who}]
}

// Values returns a number of each seed.
func (b *Book[R]) Values(of Labelled, who string, number func(R) float64) []float64 {
	values := []float64{}
	for _, r := range b.Results(of, who) {
		values = append(values, number(r))
	}
	return values
}

// Ratios returns a number of each seed ÷ that of somebody else with the same
// calls and the same luck.
func (b *Book[R]) Ratios(of Labelled, who, to string, number func(R) float64) []float64 {
	values, others := b.Values(of, who, number), b.Values(of, to, number)
	n := min(len(values), len(others))
	for i := range n {
		values[i] /= others[i]
	}
	return values[:n]
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
