// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/surefoot-go/surefoot/benchmarks/internal/page"
	"github.com/surefoot-go/surefoot/benchmarks/internal/suite"
)

func (r *Report) loopbackTable(out *strings.Builder) {
	header := []string{"÷ bare `http.Transport`"}
	wires := slices.DeleteFunc(suite.Wires(), func(w string) bool { return len(r.Book.Contenders(w)) == 0 })
	for _, w := range wires {
		name := strings.TrimPrefix(w, "loopback, ")
		us := r.Book.Median(suite.Key{Case: w, Contender: suite.Control, Metric: suite.P50US})
		header = append(header, fmt.Sprintf("%s: p50 (bare: %.0f µs)", name, us), "p99", "throughput")
	}
	rows := [][]string{}
	for _, who := range r.contenders(wires) {
		row := []string{bold(who)}
		for _, w := range wires {
			get := func(metric string) float64 {
				return r.Book.Median(suite.Key{Case: w, Contender: who, Metric: metric})
			}
			row = append(row, decimals(3)(get(suite.P50)), decimals(2)(get(suite.P99)), decimals(2)(get(suite.Throughput)))
		}
		rows = append(rows, row)
	}
	page.Table(out, header, rows)
}

func (r *Report) connectionsTable(out *strings.Builder) {
	header := []string{"opened; left open; goroutines left; calls that got a 200"}
	cases := []string{}
	for _, size := range suite.ConnectionSizes() {
		name := suite.ConnectionCase(size)
		if len(r.Book.Contenders(name)) == 0 {
			continue
		}
		cases = append(cases, name)
		header = append(header, fmt.Sprintf("503s of %d KiB", size>>10))
	}
	rows := [][]string{}
	for _, who := range r.contenders(cases) {
		row := []string{bold(who)}
		for _, name := range cases {
			get := func(metric string) float64 {
				return r.Book.Median(suite.Key{Case: name, Contender: who, Metric: metric})
			}
			row = append(row, fmt.Sprintf("%s; %s; %s; %s %%", count(get(suite.Opened)), count(get(suite.LeftOpen)),
				count(get(suite.Goroutines)), decimals(1)(get(suite.Succeeded))))
		}
		rows = append(rows, row)
	}
	page.Table(out, header, rows)
}
