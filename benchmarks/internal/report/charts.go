// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package report

import (
	"fmt"
	"strings"

	"github.com/surefoot-go/surefoot/benchmarks/internal/suite"
	"github.com/surefoot-go/surefoot/benchmarks/internal/workload"
)

// charted are the contenders of the charts: all libraries, none of the layers.
func charted() []string {
	names := []string{}
	for _, r := range suite.Everybody() {
		names = append(names, r.Name)
	}
	return names
}

// labelOf tells what a contender does, unless its name does.
func labelOf(who string) string {
	r, ok := suite.Find(who)
	switch {
	case !ok, strings.ContainsAny(who, ":+"):
		return who
	case r.Retries && r.Breaks:
		return who + ": retry + breaker"
	case r.Hedges:
		return who + ": hedges"
	}
	return who + ": retry"
}

// Charts returns the charts by the names of their files, but for those of what
// was not measured.
func (r *Report) Charts() map[string]string {
	files := map[string]string{}
	for name, c := range map[string]chart{"time.svg": r.timeChart(), "allocations.svg": r.allocsChart()} {
		if len(c.rows) > 0 {
			files[name] = c.svg()
		}
	}
	return files
}

func mainCase(k workload.Kind) string { return workload.Case{Kind: k, Hosts: 1, Workers: 1}.String() }

// timeChart has the time added to a call.
func (r *Report) timeChart() chart {
	c := chart{
		title: "Time added to a call that succeeds",
		note:  "Nanoseconds, without a network, and how many times those of hand-written around gobreaker. Less is better.",
	}
	for _, who := range charted() {
		k := suite.Key{Case: mainCase(workload.Get), Contender: who, Metric: suite.AddedNS}
		if !r.Book.Has(k) {
			continue
		}
		ns := r.Book.Median(k)
		k.Metric = suite.Ratio
		c.rows = append(c.rows, chartRow{
			label: labelOf(who), values: []float64{ns}, ours: who == suite.Surefoot,
			text: []string{fmt.Sprintf("%s ns, %s×", decimals(0)(ns), ratio(r.Book.Median(k)))},
		})
	}
	return c.sorted()
}

// allocsChart has the allocations added to a call.
func (r *Report) allocsChart() chart {
	c := chart{
		title:  "Allocations added to a call that succeeds",
		note:   "Exact counts. Less is better.",
		legend: []string{"GET", "POST 1 KiB with GetBody"},
	}
	for _, who := range charted() {
		row := chartRow{label: labelOf(who), ours: who == suite.Surefoot}
		for _, kind := range []workload.Kind{workload.Get, workload.Post} {
			k := suite.Key{Case: mainCase(kind), Contender: who, Metric: suite.AllocsAdded}
			if r.Book.Has(k) {
				row.values = append(row.values, r.Book.Median(k))
				row.text = append(row.text, count(r.Book.Median(k)))
			}
		}
		if len(row.values) == 2 {
			c.rows = append(c.rows, row)
		}
	}
	return c.sorted()
}
