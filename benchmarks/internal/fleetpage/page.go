// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package fleetpage turns what the drills of package storm have found into a
// page, charts, and tables for a terminal.
package fleetpage

import (
	"fmt"
	"io"
	"strings"

	"github.com/surefoot-go/surefoot/benchmarks/internal/page"
	"github.com/surefoot-go/surefoot/benchmarks/storm"
)

// A Page is what there is to tell.
type Page struct {
	page.Origin

	Book   *storm.Book[storm.FleetResult]
	Drills []storm.Drill
	Crews  []storm.Crew
}

// Width is that of the labels of drills in lists, and of the names of crews.
const Width = 30

// Markdown returns the page.
func (p *Page) Markdown() string {
	var b strings.Builder
	p.Head(&b, "Fleets", intro, page.Simulated)
	fmt.Fprintf(&b, "## What sharing has to reach\n\n%s\n\n", barsText)
	p.barsTable(&b)
	fmt.Fprintf(&b, "## The model\n\n%s\n", modelText)
	for _, c := range p.Crews {
		fmt.Fprintf(&b, "- *%s*: %s\n", c.Name, c.Notes)
	}
	fmt.Fprintf(&b, "\n## The columns\n\n%s\n\n", columnsText)
	for _, d := range p.Drills {
		fmt.Fprintf(&b, "## %s\n\n%s\n\n", d.Label(), d.Text)
		for _, c := range p.charts(d) {
			fmt.Fprintf(&b, "![%s](%s)\n\n", c.line.Title, c.file)
		}
		header, rows := p.rows(d)
		page.Table(&b, header, rows)
	}
	p.Tail(&b, caveats)
	return b.String()
}

// rows are those of one drill.
func (p *Page) rows(d storm.Drill) (header []string, rows [][]string) {
	cols := columns(d)
	header = []string{"instances"}
	for _, c := range cols {
		header = append(header, c.title)
	}
	for _, crew := range p.Crews {
		if len(p.Book.Results(d, crew.Name)) == 0 {
			continue
		}
		row := []string{crew.Name}
		for _, c := range cols {
			cell := page.None
			if values := c.values(p, d, crew); len(values) > 0 {
				cell = c.write(c.pick(values))
			}
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	return header, rows
}

// Print writes the tables and the bars for a terminal.
func (p *Page) Print(out io.Writer) error {
	for _, d := range p.Drills {
		header, rows := p.rows(d)
		header[0] = d.Label()
		if err := page.PlainTable(out, Width, header, rows); err != nil {
			return err
		}
	}
	for _, b := range bars() {
		v, ok := p.judge(b)
		if !ok {
			continue
		}
		for i, l := range v.limits {
			fmt.Fprintf(out, "%-44s %-40s %8s  alone %8s  %s\n", v.name(), l.text(), v.values[i], v.alone[i], page.Met(!v.missed[i]))
		}
	}
	return nil
}
