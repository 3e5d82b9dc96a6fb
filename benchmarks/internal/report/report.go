// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package report turns what package suite has measured into RESULTS.md and two
// charts.
package report

import (
	"fmt"
	"strings"

	"github.com/surefoot-go/surefoot/benchmarks/internal/page"
	"github.com/surefoot-go/surefoot/benchmarks/internal/suite"
	"github.com/surefoot-go/surefoot/benchmarks/internal/workload"
	"github.com/surefoot-go/surefoot/benchmarks/rivals"
)

// A Report is what there is to tell.
type Report struct {
	page.Origin

	Book *suite.Book
}

// A section has a title, something to say, and a table.
type section struct {
	title, text string
	table       func(*strings.Builder)
}

// Markdown returns the page. Sections without numbers are left out.
func (r *Report) Markdown() string {
	var b strings.Builder
	r.Head(&b, "Results", intro, "")
	for _, s := range r.sections() {
		var body strings.Builder
		if s.table(&body); strings.Count(body.String(), "\n") <= 3 {
			continue // no rows
		}
		fmt.Fprintf(&b, "## %s\n\n%s\n\n%s", s.title, s.text, &body)
	}
	r.Tail(&b, caveats)
	return b.String()
}

func (r *Report) sections() []section {
	return []section{
		{"What surefoot has to reach", barsText, r.barsTable},
		{"Who is compared", fieldText, r.fieldTable},
		{"Time added by a call that succeeds", successText, r.times(workload.Success)},
		{"Time added by a call whose answer is read", bodyText, r.times(workload.BodyRead)},
		{"Time added by a call with one retry", retryText, r.times(workload.OneRetry, workload.OneRetryBody)},
		{"Time added by a rejection", rejectedText, r.times(workload.Rejected)},
		{"Allocations", allocsText, r.allocsTable},
		{"What features add when they are used", featuresText, r.featuresTable},
		{"Ingredients", ingredientsText, r.ingredientsTable},
		{"Over loopback sockets", loopbackText, r.loopbackTable},
		{"Connections", connectionsText, r.connectionsTable},
		{"Memory", memoryText, r.memoryTable},
	}
}

// fieldTable lists the contenders.
func (r *Report) fieldTable(out *strings.Builder) {
	rows := [][]string{}
	for _, c := range suite.Everybody() {
		version := c.Version()
		if version == "" {
			version = page.None
		}
		module := page.None
		if c.Module != "" {
			module = "`" + c.Module + "`"
		}
		rows = append(rows, []string{c.Name, module, version, c.Notes})
	}
	page.TextTable(out, []string{"name", "module", "version", "set-up"}, rows)
	fmt.Fprintf(out, "Beneath them: cenkalti/backoff/v4 %s, sony/gobreaker/v2 %s, zap %s.\n\n",
		rivals.ModuleVersion("github.com/cenkalti/backoff/v4"),
		rivals.ModuleVersion("github.com/sony/gobreaker/v2"),
		rivals.ModuleVersion("go.uber.org/zap"))
}
