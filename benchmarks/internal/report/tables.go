// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package report

import (
	"slices"
	"strings"

	"github.com/surefoot-go/surefoot/benchmarks/internal/page"
	"github.com/surefoot-go/surefoot/benchmarks/internal/suite"
	"github.com/surefoot-go/surefoot/benchmarks/internal/workload"
)

// measured returns the cases that there are numbers of, with the given
// outcomes.
func (r *Report) measured(outcomes ...workload.Outcome) []workload.Case {
	cases := []workload.Case{}
	seen := map[string]bool{}
	for _, c := range slices.Concat(suite.Cases(false), suite.Cases(true)) {
		name := c.String()
		if slices.Contains(outcomes, c.Outcome) && !seen[name] && len(r.Book.Contenders(name)) > 0 {
			seen[name] = true
			cases = append(cases, c)
		}
	}
	return cases
}

// short names a case of a table whose title tells the outcome.
func short(c workload.Case) string {
	name := strings.Replace(c.String(), ", serial", "", 1)
	name = strings.Replace(name, ", "+c.Outcome.String(), "", 1)
	if c.Outcome == workload.OneRetryBody {
		name += ", 503 of 2 KiB"
	}
	return name
}

// contenders returns all who were in any of the cases, in their order.
func (r *Report) contenders(cases []string) []string {
	names := []string{}
	for _, c := range cases {
		for _, name := range r.Book.Contenders(c) {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// names are those under which cases are noted.
func names(cases []workload.Case) []string {
	list := []string{}
	for _, c := range cases {
		list = append(list, c.String())
	}
	return list
}

// times writes a table of time added, a column for each case, with the ratio to
// hand-written.
func (r *Report) times(outcomes ...workload.Outcome) func(*strings.Builder) {
	return func(out *strings.Builder) {
		cases := r.measured(outcomes...)
		header := []string{"ns added (÷ hand-written)"}
		for _, c := range cases {
			header = append(header, short(c))
		}
		rows := [][]string{}
		for _, who := range r.contenders(names(cases)) {
			row := []string{bold(who)}
			for _, c := range cases {
				key := suite.Key{Case: c.String(), Contender: who, Metric: suite.AddedNS}
				row = append(row, r.timeCell(key))
			}
			rows = append(rows, row)
		}
		page.Table(out, header, rows)
	}
}

func (r *Report) timeCell(key suite.Key) string {
	if key.Contender == suite.Bare {
		key.Metric = suite.NS
		return "[" + nanoseconds(r.Book.Median(key)) + "]"
	}
	cell := nanoseconds(r.Book.Median(key))
	key.Metric = suite.Ratio
	if r.Book.Has(key) {
		cell += " (" + ratio(r.Book.Median(key)) + ")"
	}
	return cell
}

func bold(name string) string {
	if name == suite.Surefoot {
		return "**" + name + "**"
	}
	return name
}

// allocsTable has exact counts, so each case once, whatever the hosts.
func (r *Report) allocsTable(out *strings.Builder) {
	cases := slices.DeleteFunc(
		r.measured(workload.Success, workload.BodyRead, workload.OneRetry, workload.OneRetryBody, workload.Rejected),
		func(c workload.Case) bool {
			return c.Workers > 1 || c.Hosts > 1 || c.Cancellable && c.Outcome == workload.Success
		})
	header := []string{"allocations, bytes added"}
	for _, c := range cases {
		header = append(header, strings.Replace(c.String(), ", 1 host, serial", "", 1))
	}
	rows := [][]string{}
	for _, who := range r.contenders(names(cases)) {
		if who == suite.Bare {
			continue
		}
		row := []string{bold(who)}
		for _, c := range cases {
			k := suite.Key{Case: c.String(), Contender: who, Metric: suite.AllocsAdded}
			row = append(row, r.allocsCell(k, suite.BytesAdded))
		}
		rows = append(rows, row)
	}
	page.Table(out, header, rows)
}

// allocsCell writes a count, and the bytes where there are any.
func (r *Report) allocsCell(k suite.Key, bytesMetric string) string {
	allocs := count(r.Book.Median(k))
	k.Metric = bytesMetric
	if size := bytes(r.Book.Median(k)); allocs != "0" && allocs != page.None {
		return allocs + ", " + size
	}
	return allocs
}
