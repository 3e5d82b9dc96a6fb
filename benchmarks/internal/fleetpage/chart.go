// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleetpage

import (
	"fmt"
	"slices"
	"time"

	"github.com/surefoot-go/surefoot/benchmarks/internal/page"
	"github.com/surefoot-go/surefoot/benchmarks/storm"
)

// charted names the drills that have a chart of all of it, and closeUps those
// that have one of the first seconds.
func charted() []string {
	return []string{"outage503, 200 instances", "hang, 200 instances", "retry-after, 200 instances", "engine-late, 200 instances"}
}
func closeUps() []string { return []string{"outage503, 200 instances"} }

// A chart is a file.
type chart struct {
	file string
	line page.Timeline
}

// Charts returns the charts by the names of their files.
func (p *Page) Charts() map[string]string {
	files := map[string]string{}
	for _, d := range p.Drills {
		for _, c := range p.charts(d) {
			files[c.file] = c.line.SVG()
		}
	}
	return files
}

// charts returns those of a drill, with its first seed.
func (p *Page) charts(d storm.Drill) []chart {
	var charts []chart
	if slices.Contains(charted(), d.Label()) {
		charts = append(charts, chart{"fleet-" + d.Name + ".svg", p.timeline(d, 0, time.Hour, time.Second)})
	}
	if slices.Contains(closeUps(), d.Label()) {
		const before, after = time.Second, 5 * time.Second
		from, _ := d.Period(0)
		charts = append(charts, chart{"fleet-" + d.Name + "-closeup.svg", p.timeline(d, from-before, from+after, storm.Tick)})
	}
	return slices.DeleteFunc(charts, func(c chart) bool { return len(c.line.Lines) == 0 })
}

// timeline draws a drill from one time to another, in steps.
func (p *Page) timeline(d storm.Drill, from, to, step time.Duration) page.Timeline {
	begin, end := d.Period(0)
	t := page.Timeline{
		Title: d.Label() + ", over time", Note: d.Text + " Seed 0.",
		Begin: from.Seconds(), Step: step.Seconds(), From: begin.Seconds(), To: end.Seconds(), Tick: 15,
	}
	per := "a second"
	if step != time.Second {
		t.Title, t.Tick, per = d.Label()+", the first seconds", 1, fmt.Sprintf("in %d ms", step.Milliseconds())
	}
	calls := d.Capacity() * d.Load[1] * step.Seconds()
	sent := page.TimelinePanel{Title: "Attempts that arrive at the server, " + per, Level: int(calls)}
	open := page.TimelinePanel{Title: "Instances whose circuit is open", Level: d.Clients}
	classes := []string{"l1", "l4", "l3", "l2"}
	for _, crew := range lastOurs(p.Crews) {
		results := p.Book.Results(d, crew.Name)
		if len(results) == 0 {
			continue
		}
		class := "l0"
		if crew.Name != storm.Shared {
			class, classes = classes[len(classes)-1], classes[:len(classes)-1]
		}
		n := int(step / storm.Tick)
		first, last := int(from/storm.Tick), min(int(to/storm.Tick), len(results[0].SentBy)/n*n)
		t.Lines = append(t.Lines, page.TimelineLine{Who: crew.Name, Class: class})
		sent.Values = append(sent.Values, sums(results[0].SentBy[first:last], n))
		open.Values = append(open.Values, lasts(results[0].OpenBy[first:last], n))
	}
	t.Panels = []page.TimelinePanel{sent, open}
	return t
}

// lastOurs puts the crew that the bars are for over the others.
func lastOurs(crews []storm.Crew) []storm.Crew {
	isOurs := func(c storm.Crew) bool { return c.Name == storm.Shared }
	list := slices.DeleteFunc(slices.Clone(crews), isOurs)
	for _, c := range crews {
		if isOurs(c) {
			list = append(list, c)
		}
	}
	return list
}

// sums adds up every n values.
func sums(values []int, n int) []int {
	var list []int
	for some := range slices.Chunk(values, n) {
		sum := 0
		for _, v := range some {
			sum += v
		}
		list = append(list, sum)
	}
	return list
}

// lasts takes the last one of every n values.
func lasts(values []int, n int) []int {
	var list []int
	for some := range slices.Chunk(values, n) {
		list = append(list, some[len(some)-1])
	}
	return list
}
