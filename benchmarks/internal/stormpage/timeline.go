// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package stormpage

import (
	"fmt"
	"slices"

	"github.com/surefoot-go/surefoot/benchmarks/internal/page"
	"github.com/surefoot-go/surefoot/benchmarks/storm"
)

// charted names the scenarios that have a chart.
func charted() []string { return []string{"outage503", "hang", "retry-after", "overload"} }

// Charts returns the charts by the names of their files.
func (p *Page) Charts() map[string]string {
	files := map[string]string{}
	for _, s := range p.Scenarios {
		if name, svg := p.chart(s); name != "" {
			files[name] = svg
		}
	}
	return files
}

const (
	tickSeconds = 15
	maxLines    = 6
)

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

// chart draws a scenario over time, with its first seed: what ends well, and
// what arrives at the server. It has no name where there is nothing to draw.
func (p *Page) chart(s storm.Scenario) (name, svg string) {
	lines := p.lines(s)
	if len(lines) == 0 || !slices.Contains(charted(), s.Label()) {
		return "", ""
	}
	chart := page.Timeline{
		Title: s.Label() + ", over time", Note: s.Text + " Seed 0.",
		Step: 1, From: lines[0].result.From.Seconds(), To: lines[0].result.To.Seconds(), Tick: tickSeconds,
	}
	good := page.TimelinePanel{Title: "Calls that end well, a second", Level: int(s.Capacity())}
	sent := page.TimelinePanel{Title: "Attempts that arrive at the server, a second", Level: int(s.Capacity())}
	for _, l := range lines {
		chart.Lines = append(chart.Lines, page.TimelineLine{Who: l.who, Class: l.class})
		good.Values = append(good.Values, l.result.Good)
		sent.Values = append(sent.Values, l.result.Sent)
	}
	chart.Panels = []page.TimelinePanel{good, sent}
	return "storm-" + s.Name + ".svg", chart.SVG()
}
