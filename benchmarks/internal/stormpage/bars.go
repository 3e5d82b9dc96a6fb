// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package stormpage

import (
	"math"
	"slices"
	"strings"

	"github.com/surefoot-go/surefoot/benchmarks/internal/page"
	"github.com/surefoot-go/surefoot/benchmarks/storm"
)

// A bar is what surefoot has to reach in a scenario, all of its limits at once.
type bar struct {
	scenario string
	limits   []limit
	// who has to, if it is not surefoot's defaults and takes part.
	who string
}

// A limit is for one number: at most so much, or at least.
type limit struct {
	column

	least  bool
	bound  float64
	digits int // in which the bound is given; what rounds to it meets it
}

func atMost(title string, of func(storm.Result) float64, bound float64, digits int) limit {
	return limit{column{title, of, storm.Median, page.Decimals(digits)}, false, bound, digits}
}

func atLeast(title string, of func(storm.Result) float64, bound float64, digits int) limit {
	l := atMost(title, of, bound, digits)
	l.least = true
	return l
}

// back is a limit to the recovery: its median, or with every seed.
func back(bound float64, every bool) limit {
	l := atMost("recovery s", recovery, bound, 0)
	l.write = page.Seconds
	if every {
		l.title, l.pick = "worst recovery s", largest
	}
	return l
}

func bars() []bar {
	others := []limit{atLeast("success on other hosts %", othersOK, 100, 2)}
	sent := func(bound float64) limit { return atMost("attempts ÷ calls", attempts, bound, 2) }
	return []bar{
		{scenario: "outage503", limits: []limit{sent(0.25), back(1, false)}},
		{scenario: "hang", limits: []limit{sent(0.2), back(4, true)}},
		{scenario: "retry-after", limits: []limit{sent(0.25), back(1, false)}},
		{scenario: "blip", limits: []limit{atLeast("success in it %", insideOK, 99, 1), sent(2.2)}},
		{scenario: "overload", limits: []limit{atLeast("goodput %", goodput, 99, 1), atMost("p99 ms", p99, 450, 0), back(2, true)}},
		{scenario: "overload", who: "surefoot+limit", limits: []limit{atLeast("goodput %", goodput, 99, 1), atMost("p99 ms", p99, 450, 0), back(2, true)}},
		{scenario: "random503-20", limits: []limit{atLeast("success in it %", insideOK, 99.7, 1), sent(1.25)}},
		{scenario: "host-down-503", limits: others},
		{scenario: "host-down-hang", limits: others},
		{
			scenario: "tail", who: "surefoot+hedging", // which is off unless asked for
			limits: []limit{atMost("p99.9 ms", p999, 354, 0), atMost("extra attempts %", extra, 3.3, 1)},
		},
	}
}

// over tells by which share of the bound a value misses it: 0 for one that
// meets it.
func (l limit) over(value float64) float64 {
	unit := math.Pow(10, -float64(l.digits))
	rounded := math.Round(value/unit) * unit
	if math.IsInf(value, 0) {
		rounded = value
	}
	miss := rounded - l.bound
	if l.least {
		miss = -miss
	}
	switch {
	case math.IsNaN(value):
		return math.Inf(1)
	case miss <= unit/1000:
		return 0
	}
	return miss / l.bound
}

func (l limit) String() string {
	sign := "≤ "
	if l.least {
		sign = "≥ "
	}
	return l.title + " " + sign + l.write(l.bound)
}

// A standing is how a contender does at a bar.
type standing struct {
	who    string
	values []string // with those that miss it in bold
	missed int
	over   float64
}

func (p *Page) standing(b bar, s storm.Scenario, who string) standing {
	st := standing{who: who}
	for _, l := range b.limits {
		v := l.pick(p.Book.Values(s, who, l.of))
		text := l.write(v)
		if over := l.over(v); over > 0 {
			text = "**" + text + "**"
			st.missed++
			st.over += over
		}
		st.values = append(st.values, text)
	}
	return st
}

func (st standing) met() string {
	if st.missed == 0 {
		return "yes"
	}
	return "**no**"
}

// ours is how surefoot does, or that variant of it that the bar is for. It is
// not ok where neither was run.
func (p *Page) ours(b bar, s storm.Scenario) (st standing, ok bool) {
	for _, who := range []string{b.who, storm.Surefoot} {
		if who != "" && len(p.Book.Results(s, who)) > 0 {
			return p.standing(b, s, who), true
		}
	}
	return standing{}, false
}

// nearest returns the rival that misses the fewest limits, by the least.
func (p *Page) nearest(b bar, s storm.Scenario) (best standing) {
	for _, c := range p.Contenders {
		if c.Variant || c.Name == storm.Surefoot || c.Name == storm.Bare || len(p.Book.Results(s, c.Name)) == 0 {
			continue
		}
		st := p.standing(b, s, c.Name)
		if best.who == "" || st.missed < best.missed || st.missed == best.missed && st.over < best.over {
			best = st
		}
	}
	return best
}

// barsTable tells of surefoot and of the rival that comes nearest.
func (p *Page) barsTable(out *strings.Builder) {
	rows := [][]string{}
	for b, s := range p.runBars() {
		wants := []string{}
		for _, l := range b.limits {
			wants = append(wants, l.String())
		}
		row := []string{s.Label() + ": " + strings.Join(wants, "; ")}
		if ours, ok := p.ours(b, s); ok {
			if ours.who != storm.Surefoot {
				row[0] += " (" + ours.who + ")"
			}
			row = append(row, strings.Join(ours.values, "; "), ours.met())
		} else {
			row = append(row, page.None, page.None)
		}
		if best := p.nearest(b, s); best.who != "" {
			row = append(row, strings.Join(best.values, "; "), best.met(), best.who)
		} else {
			row = append(row, page.None, page.None, page.None)
		}
		rows = append(rows, row)
	}
	page.Table(out, []string{"storm and bar", "surefoot", "met", "nearest rival", "met", "which"}, rows)
}

// metTable tells who meets which bars.
func (p *Page) metTable(out *strings.Builder) {
	header := []string{"meets all of"}
	rows := [][]string{}
	for _, c := range p.Contenders {
		rows = append(rows, []string{bold(c)})
	}
	for b, s := range p.runBars() {
		header = append(header, s.Label())
		for i, c := range p.Contenders {
			cell := page.None
			if len(p.Book.Results(s, c.Name)) > 0 {
				cell = strings.Trim(p.standing(b, s, c.Name).met(), "*")
			}
			rows[i] = append(rows[i], cell)
		}
	}
	page.Table(out, header, rows)
}

// runBars yields the bars of the scenarios that were run, with the usual clients.
func (p *Page) runBars() func(yield func(bar, storm.Scenario) bool) {
	return func(yield func(bar, storm.Scenario) bool) {
		for _, b := range bars() {
			i := slices.IndexFunc(p.Scenarios, func(s storm.Scenario) bool { return s.Label() == b.scenario })
			if i >= 0 && !yield(b, p.Scenarios[i]) {
				return
			}
		}
	}
}
