// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package stormpage

import (
	"math"
	"slices"
	"time"

	"github.com/surefoot-go/surefoot/benchmarks/internal/page"
	"github.com/surefoot-go/surefoot/benchmarks/storm"
)

// A column is one number of a contender in a scenario.
type column struct {
	title string
	of    func(storm.Result) float64
	pick  func([]float64) float64 // of the seeds
	write func(float64) string
}

// What is measured, under the names that columns and bars share.
func success(r storm.Result) float64   { return 100 * r.Success }
func insideOK(r storm.Result) float64  { return 100 * r.InsideOK }
func othersOK(r storm.Result) float64  { return 100 * r.OthersOK }
func attempts(r storm.Result) float64  { return r.Attempts }
func each(r storm.Result) float64      { return r.AttemptsEach }
func extra(r storm.Result) float64     { return 100 * (r.AttemptsEach - 1) }
func peak(r storm.Result) float64      { return r.Peak }
func goodput(r storm.Result) float64   { return 100 * r.Goodput }
func recovery(r storm.Result) float64  { return r.Recovery }
func wasted(r storm.Result) float64    { return 100 * r.Wasted }
func rejected(r storm.Result) float64  { return 100 * r.Rejected }
func p50(r storm.Result) float64       { return milliseconds(r.P50) }
func p99(r storm.Result) float64       { return milliseconds(r.P99) }
func p999(r storm.Result) float64      { return milliseconds(r.P999) }
func largest(values []float64) float64 { return slices.Max(values) }

// milliseconds gives NaN for none.
func milliseconds(d time.Duration) float64 {
	if d == 0 {
		return math.NaN()
	}
	return float64(d) / float64(time.Millisecond)
}

// columns returns those that say something about a scenario.
func columns(s storm.Scenario) []column {
	list := []column{
		{"success in it %", insideOK, storm.Median, page.Decimals(1)},
		{"success overall %", success, storm.Median, page.Decimals(1)},
	}
	if s.Hosts > 1 {
		list = append(list, column{"success on other hosts %", othersOK, storm.Median, page.Decimals(2)})
	}
	list = append(list, column{"attempts ÷ calls", attempts, storm.Median, page.Decimals(2)})
	if s.During < s.Deadline { // elsewhere the two are all but the same
		list = append(list, column{"attempts a call", each, storm.Median, page.Decimals(2)})
	}
	list = append(list,
		column{"peak ÷ capacity", peak, storm.Median, page.Decimals(2)},
		column{"goodput %", goodput, storm.Median, page.Decimals(1)})
	if s.Ends {
		list = append(list,
			column{"recovery s", recovery, storm.Median, page.Seconds},
			column{"worst", recovery, largest, page.Seconds})
	}
	list = append(list,
		column{"p50 ms", p50, storm.Median, page.Decimals(0)},
		column{"p99 ms", p99, storm.Median, page.Decimals(0)})
	if s.SlowShare > 0 {
		list = append(list,
			column{"p99.9 ms", p999, storm.Median, page.Decimals(0)},
			column{"extra attempts %", extra, storm.Median, page.Decimals(1)})
	}
	return append(list,
		column{"wasted %", wasted, storm.Median, page.Decimals(1)},
		column{"rejected %", rejected, storm.Median, page.Decimals(1)})
}
