// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package stormpage turns what package storm has found into a page, charts, and
// tables for a terminal.
package stormpage

import (
	"fmt"
	"io"
	"strings"

	"github.com/surefoot-go/surefoot/benchmarks/internal/page"
	"github.com/surefoot-go/surefoot/benchmarks/rivals"
	"github.com/surefoot-go/surefoot/benchmarks/storm"
)

// A Page is what there is to tell.
type Page struct {
	page.Origin

	Book       *storm.Book[storm.Result]
	Scenarios  []storm.Scenario
	Contenders []storm.Contender
}

// Width is that of the labels of scenarios in lists, and of the names of
// contenders.
const Width = 26

// Markdown returns the page.
func (p *Page) Markdown() string {
	var b strings.Builder
	p.Head(&b, "Storms", intro, page.Simulated)
	fmt.Fprintf(&b, "## What surefoot has to reach\n\n%s\n\n", barsText)
	p.barsTable(&b)
	p.metTable(&b)
	fmt.Fprintf(&b, "## The model\n\n%s\n\n## The columns\n\n%s\n\n", modelText, columnsText)
	fmt.Fprintf(&b, "## Who is compared\n\n%s\n\n", fieldText)
	p.fieldTable(&b)
	for _, s := range p.Scenarios {
		fmt.Fprintf(&b, "## %s\n\n%s\n\n", s.Label(), s.Text)
		if name, _ := p.chart(s); name != "" {
			fmt.Fprintf(&b, "![%s over time](%s)\n\n", s.Label(), name)
		}
		header, rows := p.rows(s)
		page.Table(&b, header, rows)
	}
	p.Tail(&b, caveats)
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

// narrow makes the cells of a table fit into a terminal.
func narrow() *strings.Replacer {
	return strings.NewReplacer("**", "", " ÷ ", "÷", "success in it", "in it", "success overall", "all", "success on other hosts", "others")
}

// Print writes the tables and the bars for a terminal.
func (p *Page) Print(out io.Writer) error {
	plain := narrow()
	for _, s := range p.Scenarios {
		header, rows := p.rows(s)
		header[0] = s.Label()
		for _, row := range append([][]string{header}, rows...) {
			for i := range row {
				row[i] = plain.Replace(row[i])
			}
		}
		if err := page.PlainTable(out, Width, header, rows); err != nil {
			return err
		}
	}
	for b, s := range p.runBars() {
		ours, ok := p.ours(b, s)
		if !ok {
			continue
		}
		for i, l := range b.limits {
			met := page.Met(!strings.Contains(ours.values[i], "**"))
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
	page.TextTable(out, []string{"name", "set-up"}, rows)
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
