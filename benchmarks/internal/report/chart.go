// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/surefoot-go/surefoot/benchmarks/internal/page"
)

// A chart has horizontal bars, from zero, on one linear scale. It is written by
// hand because text stays text that way: it can be read out, copied, and shown
// in the reader's own font and in dark mode, with no library behind it.
type chart struct {
	title, note string
	rows        []chartRow
	legend      []string // names of the values of a row, if there are several
}

type chartRow struct {
	label  string
	values []float64
	text   []string
	ours   bool
}

const (
	chartWidth  = 760
	labelWidth  = 265
	valueWidth  = 125
	barHeight   = 16
	rowGap      = 10
	chartTop    = 56
	legendSpace = 18
	textDown    = 5 // from the middle of a line of text to its base
	chartBottom = 34
)

const chartStyle = `
text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: #1f2328; }
.title { font-size: 16px; font-weight: 600; }
.note, .legend { font-size: 12px; fill: #59636e; }
.ours { font-weight: 600; }
.bar { fill: #b1bac4; } .bar.second { fill: #d1d9e0; }
.bar.mine { fill: #1a7f37; } .bar.mine.second { fill: #4ac26b; }
.axis { stroke: #d1d9e0; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; } .note, .legend { fill: #9198a1; } .axis { stroke: #3d444d; }
  .bar { fill: #656c76; } .bar.second { fill: #3d444d; }
  .bar.mine { fill: #3fb950; } .bar.mine.second { fill: #238636; }
}
`

// svg draws the chart.
func (c chart) svg() string {
	var b strings.Builder
	perRow := 1
	longest := 0.0
	for _, row := range c.rows {
		perRow = max(perRow, len(row.values))
		longest = max(longest, slices.Max(row.values))
	}
	step := perRow*barHeight + rowGap
	top := chartTop
	if len(c.legend) > 0 {
		top += legendSpace
	}
	height := top + len(c.rows)*step + chartBottom - rowGap
	page.BeginSVG(&b, chartWidth, height, c.title, chartStyle)
	fmt.Fprintf(&b, "<text class=\"title\" x=\"0\" y=\"18\">%s</text>\n<text class=\"note\" x=\"0\" y=\"38\">%s</text>\n",
		page.Escape(c.title), page.Escape(c.note))
	c.drawLegend(&b)
	scale := float64(chartWidth-labelWidth-valueWidth) / max(longest, 1e-9)
	for i, row := range c.rows {
		row.draw(&b, top+i*step, perRow, scale)
	}
	fmt.Fprintf(&b, "<line class=\"axis\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>\n</svg>\n",
		labelWidth, top-4, labelWidth, height-chartBottom+4)
	return b.String()
}

func (c chart) drawLegend(b *strings.Builder) {
	x := labelWidth
	for i, name := range c.legend {
		fmt.Fprintf(b, "<rect class=\"%s\" x=\"%d\" y=\"47\" width=\"10\" height=\"10\"/><text class=\"legend\" x=\"%d\" y=\"56\">%s</text>\n",
			barClass(false, i), x, x+15, page.Escape(name))
		x += 45 + 7*len(name)
	}
}

func (r chartRow) draw(b *strings.Builder, top, perRow int, scale float64) {
	class := ""
	if r.ours {
		class = ` class="ours"`
	}
	middle := top + perRow*barHeight/2
	fmt.Fprintf(b, "<text%s x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n",
		class, labelWidth-10, middle+textDown, page.Escape(r.label))
	for i, v := range r.values {
		y := top + i*barHeight
		width := max(v, 0) * scale
		fmt.Fprintf(b, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>\n",
			barClass(r.ours, i), labelWidth, y+1, width, barHeight-2)
		fmt.Fprintf(b, "<text%s x=\"%.1f\" y=\"%d\">%s</text>\n",
			class, labelWidth+width+6, y+barHeight/2+textDown, page.Escape(r.text[i]))
	}
}

func barClass(ours bool, i int) string {
	class := "bar"
	if ours {
		class += " mine"
	}
	if i > 0 {
		class += " second"
	}
	return class
}

// sorted puts the longest bars last.
func (c chart) sorted() chart {
	last := func(r chartRow) float64 { return r.values[len(r.values)-1] }
	slices.SortStableFunc(c.rows, func(a, b chartRow) int { return cmp.Compare(last(a), last(b)) })
	return c
}
