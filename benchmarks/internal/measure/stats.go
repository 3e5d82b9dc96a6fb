// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package measure

import (
	"math"
	"slices"
)

// Median returns the middle of the values: the mean of the two in the middle
// where their number is even, and NaN where there are none.
func Median(values []float64) float64 { return Quantile(values, 0.5) }

// Quantile returns the value under which the share q of the values lies, with
// linear interpolation between neighbours.
func Quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	at := q * float64(len(sorted)-1)
	below := int(math.Floor(at))
	above := min(below+1, len(sorted)-1)
	return sorted[below] + (at-float64(below))*(sorted[above]-sorted[below])
}

// Added returns, by round, what a subject takes longer than the base.
func Added(subject, base []float64) []float64 {
	added := make([]float64, min(len(subject), len(base)))
	for i := range added {
		added[i] = subject[i] - base[i]
	}
	return added
}

// Ratios returns, by round, a divided by b. Rounds in which b is not positive
// say nothing and are left out.
func Ratios(a, b []float64) []float64 {
	var ratios []float64
	for i := range min(len(a), len(b)) {
		if b[i] > 0 {
			ratios = append(ratios, a[i]/b[i])
		}
	}
	return ratios
}

func mean(values []float64) float64 {
	var sum float64
	for _, v := range values {
		sum += v
	}
	return sum / float64(max(len(values), 1))
}
