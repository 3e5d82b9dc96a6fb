// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package page

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// None stands where there is no number.
const None = "–"

// Table writes a Markdown table. The first column is text and the others are
// numbers.
func Table(b *strings.Builder, header []string, rows [][]string) {
	table(b, "---:", header, rows)
}

// TextTable writes a Markdown table that has no numbers.
func TextTable(b *strings.Builder, header []string, rows [][]string) {
	table(b, "---", header, rows)
}

// table writes one whose columns have that rule, but for the first.
func table(b *strings.Builder, others string, header []string, rows [][]string) {
	line := func(cells []string) { fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | ")) }
	line(header)
	rule := make([]string, len(header))
	for i := range rule {
		rule[i] = others
	}
	rule[0] = "---"
	line(rule)
	for _, row := range rows {
		line(row)
	}
	b.WriteByte('\n')
}

// PlainTable writes a table for a terminal, with a first column of that width or
// more.
func PlainTable(out io.Writer, width int, header []string, rows [][]string) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, row := range append([][]string{header}, rows...) {
		// The first column is padded by hand, because the others are aligned right.
		fmt.Fprintf(w, "%-*s\t%s\t\n", width, row[0], strings.Join(row[1:], "\t"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out)
	return err
}

// Met is how a terminal is told whether a limit is.
func Met(met bool) string {
	if met {
		return "met"
	}
	return "MISSED"
}
