// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package report

import (
	"math"
	"strings"

	"github.com/surefoot-go/surefoot/benchmarks/internal/measure"
	"github.com/surefoot-go/surefoot/benchmarks/internal/page"
	"github.com/surefoot-go/surefoot/benchmarks/internal/suite"
	"github.com/surefoot-go/surefoot/benchmarks/internal/workload"
)

// A bar is one number that surefoot has to reach.
type bar struct {
	what   string
	limit  float64
	key    suite.Key
	write  format
	digits int // in which the limit is given; what rounds to the limit meets it
}

func bars() []bar {
	one := workload.Case{Hosts: 1, Workers: 1}
	get, post := one, one
	post.Kind = workload.Post
	hundred, contended := get, get
	hundred.Hosts, contended.Workers = 100, 2
	retry, rejected, put, putTwice := get, get, one, one
	retry.Outcome, rejected.Outcome = workload.OneRetry, workload.Rejected
	ending := retry
	ending.Cancellable = true
	put.Kind, putTwice.Kind, putTwice.Outcome = workload.Put, workload.Put, workload.OneRetry
	of := func(c workload.Case, metric string) suite.Key { return named(c.String(), metric) }
	list := []bar{
		{"GET, 200: allocations added", 0, of(get, suite.AllocsAdded), count, 2},
		{"POST with GetBody, 200: allocations added", 0, of(post, suite.AllocsAdded), count, 2},
		{"GET, 200, 1 host: time added ÷ hand-written", 0.35, of(get, suite.Ratio), ratio, 2},
		{"GET, 200, 1 host: time added ÷ one gobreaker `Execute`", 1.0 / 3, of(get, suite.RatioExecute), ratio, 2},
		{"POST, 200, 1 host: time added ÷ hand-written", 0.35, of(post, suite.Ratio), ratio, 2},
		{"GET, 200, 100 hosts: time added ÷ hand-written", 0.35, of(hundred, suite.Ratio), ratio, 2},
		{"two cores on one host: time added ÷ hand-written", 0.35, of(contended, suite.Ratio), ratio, 2},
		{"one retry: time added ÷ hand-written", 0.65, of(retry, suite.Ratio), ratio, 2},
		{"one retry: allocations added", 3, of(retry, suite.AllocsAdded), count, 2},
		{"one retry, of a call with a context that can end: time added ÷ hand-written", 0.65, of(ending, suite.Ratio), ratio, 2},
		{"one retry, of a call with a context that can end: allocations added", 3, of(ending, suite.AllocsAdded), count, 2},
		{"one rejection: time added ÷ hand-written", 0.5, of(rejected, suite.Ratio), ratio, 2},
		{"one rejection: allocations added", 1, of(rejected, suite.AllocsAdded), count, 2},
		{"PUT 1 MiB: bytes allocated", 1024, of(put, suite.BytesAdded), bytes, 0},
		{"PUT 1 MiB, sent twice: bytes allocated", 1024, of(putTwice, suite.BytesAdded), bytes, 0},
	}
	for _, wire := range suite.Wires() {
		list = append(list, bar{wire + ": p50 ÷ bare", 1.01, named(wire, suite.P50), decimals(3), 2})
	}
	for _, size := range suite.ConnectionSizes() {
		name := suite.ConnectionCase(size)
		if size > 8<<10 {
			break // told, but no bar
		}
		list = append(list,
			bar{name + ": opened", 9, named(name, suite.Opened), count, 0},
			bar{name + ": left open", 0, named(name, suite.LeftOpen), count, 0})
	}
	return list
}

func named(name, metric string) suite.Key {
	return suite.Key{Case: name, Contender: suite.Surefoot, Metric: metric}
}

// met reports whether the median reaches the bar.
func (b bar) met(median float64) bool {
	unit := math.Pow(10, -float64(b.digits))
	return math.Round(median/unit)*unit <= b.limit+unit/1000
}

// of is the same number of another contender.
func (b bar) of(contender string) suite.Key {
	k := b.key
	k.Contender = contender
	return k
}

func (r *Report) barsTable(out *strings.Builder) {
	rivals := []string{"go-retryablehttp", "failsafe: retry + breaker"}
	header := []string{"what", "bar", "surefoot, each run", "median", "met"}
	header = append(header, rivals...)
	rows := [][]string{}
	for _, b := range bars() {
		passes := r.Book.Passes(b.key)
		if len(passes) == 0 {
			continue
		}
		each := make([]string, len(passes))
		for i, v := range passes {
			each[i] = b.write(v)
		}
		median := measure.Median(passes)
		verdict := "**no**"
		if b.met(median) {
			verdict = "yes"
		}
		row := []string{b.what, "≤ " + b.write(b.limit), strings.Join(each, " · "), b.write(median), verdict}
		for _, rival := range rivals {
			row = append(row, b.write(r.Book.Median(b.of(rival))))
		}
		rows = append(rows, row)
	}
	page.Table(out, header, rows)
}
