// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package report

import (
	"strings"

	"github.com/surefoot-go/surefoot/benchmarks/internal/page"
	"github.com/surefoot-go/surefoot/benchmarks/internal/suite"
)

func (r *Report) featuresTable(out *strings.Builder) {
	header := []string{"ns added (÷ default stack); allocations, bytes"}
	cases := []string{}
	for _, c := range suite.FeatureCases() {
		name := suite.FeatureCase(c)
		if len(r.Book.Contenders(name)) == 0 {
			continue
		}
		cases = append(cases, name)
		header = append(header, strings.Replace(c.String(), ", 1 host, serial", "", 1))
	}
	rows := [][]string{}
	for _, who := range r.contenders(cases) {
		if who == suite.Bare || who == suite.Control {
			continue
		}
		row := []string{bold(who)}
		for _, name := range cases {
			k := suite.Key{Case: name, Contender: who, Metric: suite.AddedNS}
			if !r.Book.Has(k) {
				row = append(row, page.None)
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
	page.Table(out, header, rows)
}

func (r *Report) ingredientsTable(out *strings.Builder) {
	rows := [][]string{}
	for i, who := range r.Book.Contenders(suite.IngredientCase) {
		if i == 0 {
			continue // the empty loop, which is taken off the others
		}
		k := suite.Key{Case: suite.IngredientCase, Contender: who, Metric: suite.NS}
		ns := decimals(1)(r.Book.Median(k))
		k.Metric = suite.Allocs
		rows = append(rows, []string{who, ns, r.allocsCell(k, suite.TotalBytes)})
	}
	page.Table(out, []string{"ingredient", "ns", "allocations, bytes"}, rows)
}
