// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package stormpage turns what package storm has found into a page, charts, and
// tables for a terminal.
package stormpage

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/surefoot-go/surefoot/benchmarks/internal/report"
	"github.com/surefoot-go/surefoot/benchmarks/rivals"
	"github.com/surefoot-go/surefoot/benchmarks/storm"
)

// A Page is what there is to tell.
type Page struct {
	Book       *storm.Book
	Scenarios  []storm.Scenario
	Contenders []storm.Contender
	// Command is what was run, and Settings how much of it.
	Command, Settings string
	// Findings is Markdown that people have written about the numbers. It may
	// be empty.
	Findings string
}

// Markdown returns the page.
func (p *Page) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Storms\n\n%s\n\n    %s\n\n", intro, p.Command)
	fmt.Fprintf(&b, "- The machine: %s. It does not matter: time is simulated.\n- The settings: %s.\n\n", report.Machine(), p.Settings)
	fmt.Fprintf(&b, "## What surefoot has to reach\n\n%s\n\n", barsText)
	p.barsTable(&b)
	p.metTable(&b)
	fmt.Fprintf(&b, "## The model\n\n%s\n\n## The columns\n\n%s\n\n", modelText, columnsText)
	fmt.Fprintf(&b, "## Who is compared\n\n%s\n\n", fieldText)
	p.fieldTable(&b)
	for _, s := range p.Scenarios {
		fmt.Fprintf(&b, "## %s\n\n%s\n\n", s.Label(), s.Text)
		if name := chartName(s); name != "" && p.Chart(s) != "" {
			fmt.Fprintf(&b, "![%s over time](%s)\n\n", s.Label(), name)
		}
		header, rows := p.rows(s)
		report.Table(&b, header, rows)
	}
	fmt.Fprintf(&b, "## How to read this\n\n%s\n", caveats)
	if p.Findings != "" {
		fmt.Fprintf(&b, "\n%s\n", strings.TrimSpace(p.Findings))
	}
	return b.String()
}

// rows are those of one scenario.
func (p *Page) rows(s storm.Scenario) (header []string, rows [][]string) {
	cols := columns(s)
	header = []string{"contender"}
	for _, c := range cols {
		header = append(header, c.title)
	}
	for _, who := range p.Contenders {
		if len(p.Book.Results(s, who.Name)) == 0 {
			continue
		}
		row := []string{bold(who)}
		for _, c := range cols {
			row = append(row, c.write(c.pick(p.Book.Values(s, who.Name, c.of))))
		}
		rows = append(rows, row)
	}
	return header, rows
}

// Print writes the tables and the bars for a terminal.
func (p *Page) Print(out io.Writer) error {
	plain := strings.NewReplacer("**", "", " ÷ ", "÷", "success in it", "in it", "success overall", "all", "success on other hosts", "others", "attempts÷calls", "att÷call")
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, s := range p.Scenarios {
		header, rows := p.rows(s)
		header[0] = s.Label()
		for _, row := range append([][]string{header}, rows...) {
			// The first column is padded by hand, because the others are aligned right.
			fmt.Fprintf(w, "%-26s\t%s\t\n", plain.Replace(row[0]), plain.Replace(strings.Join(row[1:], "\t")))
		}
		if err := w.Flush(); err != nil {
			return err
		}
		fmt.Fprintln(out)
	}
	for b, s := range p.runBars() {
		ours, ok := p.ours(b, s)
		if !ok {
			continue
		}
		for i, l := range b.limits {
			met := "met"
			if strings.Contains(ours.values[i], "**") {
				met = "MISSED"
			}
			fmt.Fprintf(out, "%-16s %-34s %8s  %-6s  %s\n", s.Label(), l, strings.Trim(ours.values[i], "*"), met, ours.who)
		}
	}
	return nil
}

func (p *Page) fieldTable(out *strings.Builder) {
	rows := [][]string{}
	for _, c := range p.Contenders {
		rows = append(rows, []string{bold(c), c.Notes})
	}
	var b strings.Builder
	report.Table(&b, []string{"name", "set-up"}, rows)
	out.WriteString(strings.Replace(b.String(), "| --- | ---: |", "| --- | --- |", 1))
	for _, path := range []string{
		"github.com/hashicorp/go-retryablehttp", "github.com/PuerkitoBio/rehttp",
		"github.com/failsafe-go/failsafe-go", "github.com/cenkalti/backoff/v4", "github.com/sony/gobreaker/v2",
	} {
		if version := rivals.ModuleVersion(path); version != "" {
			fmt.Fprintf(out, "- `%s` %s\n", path, version)
		}
	}
	out.WriteByte('\n')
}

func bold(c storm.Contender) string {
	if c.Name == storm.Surefoot {
		return "**" + c.Name + "**"
	}
	return c.Name
}
