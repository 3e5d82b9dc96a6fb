// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package report

import (
	"fmt"
	"slices"
	"strings"

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
func (r *Report) contenders(cases []workload.Case) []string {
	names := []string{}
	for _, c := range cases {
		for _, name := range r.Book.Contenders(c.String()) {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
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
		for _, who := range r.contenders(cases) {
			row := []string{bold(who)}
			for _, c := range cases {
				key := suite.Key{Case: c.String(), Contender: who, Metric: suite.AddedNS}
				row = append(row, r.timeCell(key))
			}
			rows = append(rows, row)
		}
		table(out, header, rows)
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
	for _, who := range r.contenders(cases) {
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
	table(out, header, rows)
}

// allocsCell writes a count, and the bytes where there are any.
func (r *Report) allocsCell(k suite.Key, bytesMetric string) string {
	allocs := count(r.Book.Median(k))
	k.Metric = bytesMetric
	if size := bytes(r.Book.Median(k)); allocs != "0" && allocs != none {
		return allocs + ", " + size
	}
	return allocs
}

func (r *Report) featuresTable(out *strings.Builder) {
	header := []string{"ns added (÷ default stack); allocations, bytes"}
	cases := []string{}
	names := []string{}
	for _, c := range suite.FeatureCases() {
		name := suite.FeatureCase(c)
		if len(r.Book.Contenders(name)) == 0 {
			continue
		}
		cases = append(cases, name)
		header = append(header, strings.Replace(c.String(), ", 1 host, serial", "", 1))
		for _, who := range r.Book.Contenders(name) {
			if !slices.Contains(names, who) && who != suite.Bare && who != suite.Control {
				names = append(names, who)
			}
		}
	}
	rows := [][]string{}
	for _, who := range names {
		row := []string{bold(who)}
		for _, name := range cases {
			k := suite.Key{Case: name, Contender: who, Metric: suite.AddedNS}
			if !r.Book.Has(k) {
				row = append(row, none)
				continue
			}
			cell := nanoseconds(r.Book.Median(k))
			k.Metric = suite.RatioDefault
			cell += " (" + ratio(r.Book.Median(k)) + ")"
			k.Metric = suite.AllocsAdded
			row = append(row, cell+"; "+r.allocsCell(k, suite.BytesAdded))
		}
		rows = append(rows, row)
	}
	table(out, header, rows)
}

func (r *Report) ingredientsTable(out *strings.Builder) {
	rows := [][]string{}
	for _, who := range r.Book.Contenders(suite.IngredientCase)[min(1, len(r.Book.Contenders(suite.IngredientCase))):] {
		k := suite.Key{Case: suite.IngredientCase, Contender: who, Metric: suite.NS}
		ns := decimals(1)(r.Book.Median(k))
		k.Metric = suite.Allocs
		rows = append(rows, []string{who, ns, r.allocsCell(k, suite.TotalBytes)})
	}
	table(out, []string{"ingredient", "ns", "allocations, bytes"}, rows)
}

func (r *Report) loopbackTable(out *strings.Builder) {
	header := []string{"÷ bare `http.Transport`"}
	wires := slices.DeleteFunc(suite.Wires(), func(w string) bool { return len(r.Book.Contenders(w)) == 0 })
	names := []string{}
	for _, w := range wires {
		name := strings.TrimPrefix(w, "loopback, ")
		us := r.Book.Median(suite.Key{Case: w, Contender: suite.Control, Metric: suite.P50US})
		header = append(header, fmt.Sprintf("%s: p50 (bare: %.0f µs)", name, us), "p99", "throughput")
		for _, who := range r.Book.Contenders(w) {
			if !slices.Contains(names, who) {
				names = append(names, who)
			}
		}
	}
	rows := [][]string{}
	for _, who := range names {
		row := []string{bold(who)}
		for _, w := range wires {
			for metric, write := range ordered(suite.P50, decimals(3), suite.P99, decimals(2), suite.Throughput, decimals(2)) {
				row = append(row, write(r.Book.Median(suite.Key{Case: w, Contender: who, Metric: metric})))
			}
		}
		rows = append(rows, row)
	}
	table(out, header, rows)
}

// ordered yields metrics and their formats, given in turn.
func ordered(pairs ...any) func(yield func(string, format) bool) {
	return func(yield func(string, format) bool) {
		for i := 0; i+1 < len(pairs); i += 2 {
			if !yield(pairs[i].(string), pairs[i+1].(format)) { //nolint:errcheck // written two lines up
				return
			}
		}
	}
}
