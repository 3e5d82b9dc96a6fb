// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package suite holds what is measured. Each part writes its numbers into a
// [Book], from which package report makes tables and charts.
package suite

import (
	"math"
	"slices"

	"github.com/surefoot-go/surefoot/benchmarks/internal/measure"
)

// A Key names one number.
type Key struct {
	// Case is the situation, and Contender who was in it.
	Case, Contender string
	// Metric is what was measured: one of the constants.
	Metric string
}

// Metrics.
const (
	AddedNS      = "ns added"        // to the floor of the case
	Ratio        = "÷ hand-written"  // of what both add, in the same round
	RatioDefault = "÷ default stack" // the same, for features
	RatioExecute = "÷ one Execute"   // the same, of one gobreaker Execute
	AllocsAdded  = "allocations added"
	BytesAdded   = "bytes added"
	NS           = "ns"
	Allocs       = "allocations"
	P50          = "p50 ÷ bare"
	P99          = "p99 ÷ bare"
	P50US        = "p50, µs"
	Throughput   = "throughput ÷ bare"
	Opened       = "connections opened"
	LeftOpen     = "connections left open"
	Goroutines   = "goroutines left"
	Succeeded    = "calls that got a 200, %"
	TotalBytes   = "bytes allocated"
	LiveBytes    = "bytes held"
	PerCall      = "goroutines per call"
)

// A Book holds the numbers of all passes, in the order in which they came.
type Book struct {
	values map[Key][]float64
	cases  map[string][]string // contenders, by case
}

// NewBook returns an empty Book.
func NewBook() *Book {
	return &Book{values: map[Key][]float64{}, cases: map[string][]string{}}
}

// Add notes a number of the pass that is under way.
func (b *Book) Add(k Key, value float64) {
	contenders := b.cases[k.Case]
	if !slices.Contains(contenders, k.Contender) {
		b.cases[k.Case] = append(contenders, k.Contender)
	}
	b.values[k] = append(b.values[k], value)
}

// Passes returns the number of each pass.
func (b *Book) Passes(k Key) []float64 { return b.values[k] }

// Median returns the middle of the passes, or NaN.
func (b *Book) Median(k Key) float64 { return measure.Median(b.values[k]) }

// Has reports whether there is a number that is one.
func (b *Book) Has(k Key) bool { return !math.IsNaN(b.Median(k)) }

// Contenders returns who was in a case, in their order.
func (b *Book) Contenders(name string) []string { return b.cases[name] }
