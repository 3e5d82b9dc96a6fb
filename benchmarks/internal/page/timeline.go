// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package page

import (
	"fmt"
	"slices"
	"strings"
)

// A Timeline has lines over time, in panels one below the other, with the
// period of a fault in grey. Like the bars it is written by hand.
type Timeline struct {
	Title, Note string
	// Lines are drawn in their order, and named in the opposite one: the last is
	// over the others and comes first in the legend.
	Lines  []TimelineLine
	Panels []TimelinePanel

	// Begin is the time of the first value, Step the time from one to the next,
	// and From and To are the period of the fault, all in seconds.
	Begin, Step, From, To float64
	// Tick is from one mark of the time to the next, in seconds.
	Tick int
}

// A TimelineLine is what has a value at each time. Class is l0, which is ours
// and the widest, to l5.
type TimelineLine struct{ Who, Class string }

// A TimelinePanel is one value of all lines, from zero, on one linear scale.
type TimelinePanel struct {
	Title string
	// Level is a value with a line across, which always has its place.
	Level int
	// Values holds those of each line.
	Values [][]int
}

const (
	timelineWidth       = 760
	timelineLeft        = 52
	timelineRight       = 12
	timelinePanelHeight = 170
	timelineFirstPanel  = 84
	timelinePanelGap    = 54
	timelineBottom      = 30
)

// The colours tell the lines apart in light and in dark, and surefoot is the
// green one of the other charts. Dashes and the legend do without colours.
const timelineStyle = `
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

// SVG draws it.
func (t Timeline) SVG() string {
	height := timelineFirstPanel + len(t.Panels)*timelinePanelHeight + (len(t.Panels)-1)*timelinePanelGap + timelineBottom
	var b strings.Builder
	BeginSVG(&b, timelineWidth, height, t.Title, timelineStyle)
	fmt.Fprintf(&b, "<text class=\"title\" x=\"0\" y=\"18\">%s</text>\n<text class=\"note\" x=\"0\" y=\"36\">%s</text>\n",
		Escape(t.Title), Escape(t.Note))
	t.legend(&b)
	for i, p := range t.Panels {
		t.panel(&b, timelineFirstPanel+i*(timelinePanelHeight+timelinePanelGap), p)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func (t Timeline) legend(b *strings.Builder) {
	x := 0
	for _, l := range slices.Backward(t.Lines) {
		class, wider := "note", 0
		if l.Class == "l0" {
			class, wider = class+" mine", 8
		}
		fmt.Fprintf(b, "<line class=\"line %s\" x1=\"%d\" y1=\"52\" x2=\"%d\" y2=\"52\"/><text class=\"%s\" x=\"%d\" y=\"56\">%s</text>\n",
			l.Class, x, x+18, class, x+23, Escape(l.Who))
		x += 34 + 25*len(l.Who)/4 + wider
	}
}

func (t Timeline) panel(b *strings.Builder, top int, p TimelinePanel) {
	most, count := p.Level, 0
	for _, values := range p.Values {
		most, count = max(most, slices.Max(values)), max(count, len(values))
	}
	end := t.Begin + float64(count)*t.Step
	x := func(second float64) float64 {
		return timelineLeft + (second-t.Begin)/(end-t.Begin)*(timelineWidth-timelineLeft-timelineRight)
	}
	y := func(v int) float64 {
		return float64(top+timelinePanelHeight) - float64(v)/float64(max(most, 1))*timelinePanelHeight
	}
	from, to := min(max(t.From, t.Begin), end), min(max(t.To, t.Begin), end)

	fmt.Fprintf(b, "<text class=\"note\" x=\"0\" y=\"%d\">%s</text>\n", top-8, Escape(p.Title))
	fmt.Fprintf(b, "<rect class=\"fault\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>\n",
		x(from), top, x(to)-x(from), timelinePanelHeight)
	for _, v := range p.levels(most) {
		fmt.Fprintf(b, "<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/><text class=\"tick\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%d</text>\n",
			timelineLeft, y(v), timelineWidth-timelineRight, y(v), timelineLeft-6, y(v)+4, v)
	}
	for second := int(t.Begin); float64(second) < end; second += t.Tick {
		fmt.Fprintf(b, "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d s</text>\n",
			x(float64(second)), top+timelinePanelHeight+16, second)
	}
	for i, l := range t.Lines {
		fmt.Fprintf(b, "<polyline class=\"line %s\" points=\"", l.Class)
		for n, v := range p.Values[i] {
			fmt.Fprintf(b, "%.1f,%.1f ", x(t.Begin+(float64(n)+0.5)*t.Step), y(v))
		}
		b.WriteString("\"/>\n")
	}
}

// levels are the values that have a line across.
func (p TimelinePanel) levels(most int) []int {
	if most < int(1.15*float64(p.Level)) {
		return []int{0, p.Level} // no room for two
	}
	return []int{0, p.Level, most}
}
