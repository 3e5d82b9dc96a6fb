// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/surefoot-go/surefoot/benchmarks/internal/suite"
)

func (r *Report) connectionsTable(out *strings.Builder) {
	header := []string{"opened; left open; goroutines left; calls that got a 200"}
	cases, names := []string{}, []string{}
	for _, size := range suite.ConnectionSizes() {
		name := suite.ConnectionCase(size)
		if len(r.Book.Contenders(name)) == 0 {
			continue
		}
		cases = append(cases, name)
		header = append(header, fmt.Sprintf("503s of %d KiB", size>>10))
		for _, who := range r.Book.Contenders(name) {
			if !slices.Contains(names, who) {
				names = append(names, who)
			}
		}
	}
	rows := [][]string{}
	for _, who := range names {
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
	table(out, header, rows)
}

func (r *Report) memoryTable(out *strings.Builder) {
	names := []string{}
	for _, name := range []string{suite.WaitingCase, suite.UploadCase, suite.IdleCase} {
		for _, who := range r.Book.Contenders(name) {
			if !slices.Contains(names, who) {
				names = append(names, who)
			}
		}
	}
	rows := [][]string{}
	for _, who := range names {
		get := func(name, metric string) float64 {
			return r.Book.Median(suite.Key{Case: name, Contender: who, Metric: metric})
		}
		rows = append(rows, []string{
			bold(who),
			bytes(get(suite.UploadCase, suite.TotalBytes)),
			bytes(get(suite.UploadCase, suite.LiveBytes)),
			bytes(get(suite.IdleCase, suite.LiveBytes)),
			bytes(get(suite.ManyIdleCase, suite.LiveBytes)),
			bytes(get(suite.WaitingCase, suite.LiveBytes)),
			decimals(2)(get(suite.WaitingCase, suite.PerCall)),
		})
	}
	table(out, []string{
		"", "64 MiB upload, sent twice: allocated", "held at its end", "10 000 idle hosts: held", "100 000 idle hosts: held",
		"10 000 calls that wait: bytes per call", "goroutines per call",
	}, rows)
}
