// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package fleetpage turns what the drills of package storm have found into a
// page, charts, and tables for a terminal.
package fleetpage

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/surefoot-go/surefoot/benchmarks/internal/report"
	"github.com/surefoot-go/surefoot/benchmarks/storm"
)

// A Page is what there is to tell.
type Page struct {
	Book   *storm.FleetBook
	Drills []storm.Drill
	Crews  []storm.Crew
	// Command is what was run, and Settings how much of it.
	Command, Settings string
	// Findings is Markdown that people have written about the numbers. It may
	// be empty.
	Findings string
}

// Markdown returns the page.
func (p *Page) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Fleets\n\n%s\n\n    %s\n\n", intro, p.Command)
	fmt.Fprintf(&b, "- The machine: %s. It does not matter: time is simulated.\n- The settings: %s.\n\n", report.Machine(), p.Settings)
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
		report.Table(&b, header, rows)
	}
	fmt.Fprintf(&b, "## How to read this\n\n%s\n", caveats)
	if p.Findings != "" {
		fmt.Fprintf(&b, "\n%s\n", strings.TrimSpace(p.Findings))
	}
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
			cell := report.None
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
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, d := range p.Drills {
		header, rows := p.rows(d)
		header[0] = d.Label()
		for _, row := range append([][]string{header}, rows...) {
			// The first column is padded by hand, because the others are aligned right.
			fmt.Fprintf(w, "%-30s\t%s\t\n", row[0], strings.Join(row[1:], "\t"))
		}
		if err := w.Flush(); err != nil {
			return err
		}
		fmt.Fprintln(out)
	}
	for _, b := range bars() {
		v, ok := p.judge(b)
		if !ok {
			continue
		}
		for i, l := range v.limits {
			met := "met"
			if v.missed[i] {
				met = "MISSED"
			}
			fmt.Fprintf(out, "%-44s %-40s %8s  alone %8s  %s\n", v.name(), l.text(), v.values[i], v.alone[i], met)
		}
	}
	return nil
}
