// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleetpage

import (
	"math"
	"slices"
	"strings"

	"github.com/surefoot-go/surefoot/benchmarks/internal/page"
	"github.com/surefoot-go/surefoot/benchmarks/storm"
)

// A bar is what sharing has to reach in a drill, all of its limits at once.
type bar struct {
	drill  string // its label
	crew   string
	limits []limit
}

// A limit is for one number: at most so much, or at least, or no more than what
// the crew has that shares nothing.
type limit struct {
	column

	least     bool
	bound     float64
	likeAlone bool
}

func atMost(c column, bound float64) limit  { return limit{column: c, bound: bound} }
func atLeast(c column, bound float64) limit { return limit{column: c, least: true, bound: bound} }
func noMore(c column) limit                 { return limit{column: c, likeAlone: true} }

// few is the share of the attempts that may still go to a host that is down.
const few = 0.05

func bars() []bar {
	const twenty, many = ", 20 instances", ", 200 instances"
	afterOne, afterTwo := share("attempts after 1 s, of alone %", late), share("attempts after 2 s, of alone %", later)
	back := noMore(plain("recovery s", recovery, storm.Median, page.Seconds))
	quietly := []limit{
		atMost(plain("wrong openings", wrong, largest, page.Decimals(0)), 0),
		atMost(plain("wrong rejections", denied, largest, page.Decimals(0)), 0),
	}
	unharmed := append(slices.Clip(quietly), atLeast(plain("success of others %", othersOK, least, percent), 1))
	through := append(slices.Clip(quietly), atLeast(plain("success in it %", insideOK, storm.Median, percent), 0.99))
	fewer := []limit{atMost(afterOne, few), back}
	return []bar{
		{"outage503" + many, storm.Shared, fewer},
		{"hang" + many, storm.Shared, []limit{atMost(afterOne, few)}},
		{"hang" + many, storm.Shared, []limit{atMost(afterTwo, few), back}},
		{"retry-after" + many, storm.Shared, fewer},
		{"retry-after" + many, storm.Shared + "+limit", fewer},
		{"host-down-503" + many, storm.Shared, fewer},
		{"busy" + many, storm.Shared, fewer},
		{"slow-engine" + many, storm.Shared, fewer},
		{"rolling" + many, storm.Shared, append(slices.Clip(fewer), atMost(plain("attempts of a new one", fresh, storm.Median, page.Decimals(1)), 1))},
		{"three-stay-off" + many, storm.Shared, fewer},
		{"outage503" + twenty, storm.Shared, []limit{back}},
		{"hang" + twenty, storm.Shared, []limit{back}},
		{"retry-after" + twenty, storm.Shared, []limit{back}},
		{"retry-after" + twenty, storm.Shared + "+limit", []limit{back}},
		{"host-down-503" + twenty, storm.Shared, []limit{back}},
		{"rolling" + twenty, storm.Shared, []limit{back}},
		{"engine-gone" + many, storm.Shared, []limit{
			atMost(afterOne, 1.05), atLeast(afterOne, 0.95), back,
		}},
		{"host-down-503" + twenty, storm.Shared, unharmed},
		{"host-down-503" + many, storm.Shared, unharmed},
		{"one-cut-off" + twenty, storm.Shared, unharmed},
		{"three-cut-off" + many, storm.Shared, unharmed},
		{"five-cut-off" + twenty, storm.Shared, unharmed},
		{"blip" + twenty, storm.Shared, through},
		{"blip" + many, storm.Shared, through},
		{"steady" + twenty, storm.Shared, through},
		{"steady" + many, storm.Shared, through},
	}
}

// met reports whether a value is within the bound, as far as it is written.
func (l limit) met(value, bound float64) bool {
	switch {
	case math.IsNaN(value):
		return false
	case l.write(value) == l.write(bound):
		return true
	case l.least:
		return value > bound
	}
	return value < bound
}

// text is what a limit asks for.
func (l limit) text() string {
	sign := " ≤ "
	if l.least {
		sign = " ≥ "
	}
	if l.likeAlone {
		return l.title + sign + "alone"
	}
	return l.title + sign + l.write(l.bound)
}

// A verdict is how a crew does at a bar.
type verdict struct {
	bar
	values, alone []string
	missed        []bool
}

// name is that of the drill, with the crew where it is not the usual one.
func (b bar) name() string {
	if b.crew == storm.Shared {
		return b.drill
	}
	return b.drill + " (" + b.crew + ")"
}

func (v verdict) met() bool { return !slices.Contains(v.missed, true) }

// judge tells how a crew does. It is not ok where it was not run.
func (p *Page) judge(b bar) (v verdict, ok bool) {
	at := slices.IndexFunc(p.Drills, func(d storm.Drill) bool { return d.Label() == b.drill })
	crew := slices.IndexFunc(p.Crews, func(c storm.Crew) bool { return c.Name == b.crew })
	if at < 0 || crew < 0 || len(p.Book.Results(p.Drills[at], b.crew)) == 0 {
		return verdict{}, false
	}
	d, c := p.Drills[at], p.Crews[crew]
	counterpart := storm.Crew{Name: c.Counterpart()}
	v.bar = b
	for _, l := range b.limits {
		value, alone := l.pick(l.values(p, d, c)), math.NaN()
		if others := l.values(p, d, counterpart); len(others) > 0 {
			alone = l.pick(others)
		}
		bound := l.bound
		if l.likeAlone {
			bound = alone
		}
		v.values, v.alone = append(v.values, l.write(value)), append(v.alone, l.write(alone))
		v.missed = append(v.missed, !l.met(value, bound))
	}
	return v, true
}

// barsTable tells what is met and what is not.
func (p *Page) barsTable(out *strings.Builder) {
	var rows [][]string
	for _, b := range bars() {
		v, ok := p.judge(b)
		if !ok {
			continue
		}
		var wants []string
		for i, l := range v.limits {
			wants = append(wants, l.text())
			if v.missed[i] {
				v.values[i] = "**" + v.values[i] + "**"
			}
		}
		met := "yes"
		if !v.met() {
			met = "**no**"
		}
		rows = append(rows, []string{
			v.name() + ": " + strings.Join(wants, "; "), strings.Join(v.values, "; "), strings.Join(v.alone, "; "), met,
		})
	}
	page.Table(out, []string{"drill and bar", "shared", "alone", "met"}, rows)
}
