// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package report

import (
	"strings"

	"github.com/surefoot-go/surefoot/benchmarks/internal/page"
	"github.com/surefoot-go/surefoot/benchmarks/internal/suite"
)

func (r *Report) memoryTable(out *strings.Builder) {
	rows := [][]string{}
	for _, who := range r.contenders([]string{suite.WaitingCase, suite.UploadCase, suite.IdleCase}) {
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
	page.Table(out, []string{
		"", "64 MiB upload, sent twice: allocated", "held at its end", "10 000 idle hosts: held", "100 000 idle hosts: held",
		"10 000 calls that wait: bytes per call", "goroutines per call",
	}, rows)
}
