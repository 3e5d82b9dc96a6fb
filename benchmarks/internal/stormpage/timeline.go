// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package stormpage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/surefoot-go/surefoot/benchmarks/internal/report"
	"github.com/surefoot-go/surefoot/benchmarks/storm"
)

// charted names the scenarios that have a chart.
func charted() []string { return []string{"outage503", "hang", "retry-after", "overload"} }

// chartName is that of the file, or "" where there is none.
func chartName(s storm.Scenario) string {
	if !slices.Contains(charted(), s.Label()) {
		return ""
	}
	return "storm-" + s.Name + ".svg"
}

// Charts returns the charts by the names of their files.
func (p *Page) Charts() map[string]string {
	files := map[string]string{}
	for _, s := range p.Scenarios {
		if name := chartName(s); name != "" {
			if svg := p.Chart(s); svg != "" {
				files[name] = svg
			}
		}
	}
	return files
}

const (
	width       = 760
	left        = 52
	right       = 12
	panelHeight = 170
	firstPanel  = 84
	panelGap    = 54
	bottom      = 30
	tickSeconds = 15
	maxLines    = 6
)

// The colours tell the lines apart in light and in dark, and surefoot is the
// green one of the other charts. Dashes and the legend do without colours.
const style = `
text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: #1f2328; }
.title { font-size: 16px; font-weight: 600; }
.note, .tick { font-size: 12px; fill: #59636e; } .mine { font-weight: 600; }
.grid { stroke: #d1d9e0; } .fault { fill: #d1d9e0; opacity: 0.45; }
.line { fill: none; stroke-width: 1.5; stroke-linejoin: round; }
.l0 { stroke: #1a7f37; stroke-width: 2.5; } .l1 { stroke: #818b98; stroke-dasharray: 2 2; }
.l2 { stroke: #bc4c00; } .l3 { stroke: #0969da; } .l4 { stroke: #8250df; } .l5 { stroke: #bf3989; stroke-dasharray: 6 2; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; } .note, .tick { fill: #9198a1; } .grid { stroke: #3d444d; } .fault { fill: #3d444d; }
  .l0 { stroke: #3fb950; } .l1 { stroke: #9198a1; } .l2 { stroke: #f0883e; } .l3 { stroke: #58a6ff; } .l4 { stroke: #bc8cff; } .l5 { stroke: #f778ba; }
}
`

// A line is one contender with one seed.
type line struct {
	who    string
	class  string
	result storm.Result
}

// lines puts surefoot last, over the others, and keeps the colour of each the
// same in all charts.
func (p *Page) lines(s storm.Scenario) []line {
	var lines, ours []line
	class := 1
	for _, c := range p.Contenders {
		if !c.Charted || class >= maxLines && c.Name != storm.Surefoot {
			continue
		}
		l := line{who: c.Name, class: "l0"}
		if c.Name != storm.Surefoot {
			l.class = fmt.Sprintf("l%d", class)
			class++
		}
		results := p.Book.Results(s, c.Name)
		if len(results) == 0 {
			continue
		}
		l.result = results[0]
		if c.Name == storm.Surefoot {
			ours = append(ours, l)
		} else {
			lines = append(lines, l)
		}
	}
	return append(lines, ours...)
}

// Chart draws a scenario over time, with its first seed: what ends well, and
// what arrives at the server. It returns "" where there is nothing to draw.
func (p *Page) Chart(s storm.Scenario) string {
	lines := p.lines(s)
	if len(lines) == 0 {
		return ""
	}
	height := firstPanel + 2*panelHeight + panelGap + bottom
	title := s.Label() + ", over time"
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s">`,
		width, height, width, height, report.Escape(title))
	fmt.Fprintf(&b, "\n<title>%s</title>\n<style>%s</style>\n", report.Escape(title), style)
	fmt.Fprintf(&b, "<text class=\"title\" x=\"0\" y=\"18\">%s</text>\n<text class=\"note\" x=\"0\" y=\"36\">%s Seed 0.</text>\n",
		report.Escape(title), report.Escape(s.Text))
	legend(&b, lines)
	panel(&b, firstPanel, "Calls that end well, a second", s, lines, func(r storm.Result) []int { return r.Good })
	panel(&b, firstPanel+panelHeight+panelGap, "Attempts that arrive at the server, a second", s, lines, func(r storm.Result) []int { return r.Sent })
	b.WriteString("</svg>\n")
	return b.String()
}

func legend(b *strings.Builder, lines []line) {
	x := 0
	for i := range lines {
		l := lines[len(lines)-1-i] // surefoot first
		class := "note"
		if l.class == "l0" {
			class += " mine"
		}
		fmt.Fprintf(b, "<line class=\"line %s\" x1=\"%d\" y1=\"52\" x2=\"%d\" y2=\"52\"/><text class=\"%s\" x=\"%d\" y=\"56\">%s</text>\n",
			l.class, x, x+18, class, x+23, report.Escape(l.who))
		x += 34 + 25*len(l.who)/4
	}
}

// panel draws one value of all lines, from zero, on one linear scale.
func panel(b *strings.Builder, top int, title string, s storm.Scenario, lines []line, of func(storm.Result) []int) {
	first := lines[0].result
	most := int(s.Capacity())
	for _, l := range lines {
		most = max(most, slices.Max(of(l.result)))
	}
	span := len(first.Offered)
	x := func(second float64) float64 { return left + second/float64(span)*(width-left-right) }
	y := func(v int) float64 { return float64(top+panelHeight) - float64(v)/float64(most)*panelHeight }

	fmt.Fprintf(b, "<text class=\"note\" x=\"0\" y=\"%d\">%s</text>\n", top-8, report.Escape(title))
	fmt.Fprintf(b, "<rect class=\"fault\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>\n",
		x(first.From.Seconds()), top, x(first.To.Seconds())-x(first.From.Seconds()), panelHeight)
	levels := []int{0, int(s.Capacity()), most}
	if most < int(1.15*s.Capacity()) {
		levels = levels[:2] // no room for two
	}
	for _, v := range levels {
		fmt.Fprintf(b, "<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/><text class=\"tick\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%d</text>\n",
			left, y(v), width-right, y(v), left-6, y(v)+4, v)
	}
	for second := 0; second < span; second += tickSeconds {
		fmt.Fprintf(b, "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d s</text>\n",
			x(float64(second)), top+panelHeight+16, second)
	}
	for _, l := range lines {
		fmt.Fprintf(b, "<polyline class=\"line %s\" points=\"", l.class)
		for second, v := range of(l.result) {
			fmt.Fprintf(b, "%.1f,%.1f ", x(float64(second)+0.5), y(v))
		}
		b.WriteString("\"/>\n")
	}
}
