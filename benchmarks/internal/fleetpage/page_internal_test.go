// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleetpage

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/benchmarks/internal/page"
	"github.com/surefoot-go/surefoot/benchmarks/internal/page/pagetest"
	"github.com/surefoot-go/surefoot/benchmarks/storm"
)

func TestLimit_IsMetByWhatRoundsToIt(t *testing.T) {
	t.Parallel()
	share := share("", late)
	seconds := plain("", recovery, storm.Median, page.Seconds)
	rows := []struct {
		name         string
		limit        limit
		value, bound float64
		want         bool
	}{
		{"under", atMost(share, 0.05), 0.03, 0.05, true},
		{"rounds to it", atMost(share, 0.05), 0.0504, 0.05, true},
		{"over", atMost(share, 0.05), 0.051, 0.05, false},
		{"at least", atLeast(share, 1), 1.1, 1, true},
		{"too little", atLeast(share, 1), 0.99, 1, false},
		{"as alone", noMore(seconds), 1, 1, true},
		{"sooner than alone", noMore(seconds), 1, 4, true},
		{"later than alone", noMore(seconds), 2, 1, false},
		{"never", noMore(seconds), math.Inf(1), 4, false},
		{"never, nor alone", noMore(seconds), math.Inf(1), math.Inf(1), true},
		{"nothing to tell", atMost(share, 0.05), math.NaN(), 0.05, false},
		{"nothing to compare with", noMore(seconds), 1, math.NaN(), false},
	}
	for _, row := range rows {
		if got := row.limit.met(row.value, row.bound); got != row.want {
			t.Errorf("%s: got %t, want %t", row.name, got, row.want)
		}
	}
}

func TestBars_AreOfDrillsThatExist(t *testing.T) {
	t.Parallel()
	labels := map[string]bool{}
	for _, d := range storm.Drills() {
		labels[d.Label()] = true
	}
	for _, b := range bars() {
		if !labels[b.drill] || len(b.limits) == 0 {
			t.Errorf("got a bar for %q with %d limits", b.drill, len(b.limits))
		}
	}
	for _, name := range append(charted(), closeUps()...) {
		if !labels[name] {
			t.Errorf("got a chart of %q, which does not exist", name)
		}
	}
}

func small(t *testing.T) *Page {
	t.Helper()
	p := &Page{Origin: page.Origin{Command: "go run", Settings: "1 seed"}, Crews: storm.Crews()}
	for _, d := range storm.Drills() {
		switch d.Label() {
		case "outage503, 200 instances", "retry-after, 20 instances", "one-cut-off, 20 instances", "steady, 20 instances", "rolling, 20 instances":
			d.Before, d.After = 2*time.Second, 5*time.Second
			d.During = min(d.During, 4*time.Second)
			p.Drills = append(p.Drills, d)
		}
	}
	var err error
	p.Book, err = storm.Campaign{Drills: p.Drills, Crews: p.Crews, Seeds: 1, Workers: 2}.Run(t)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPage_TellsAll(t *testing.T) {
	t.Parallel()
	p := small(t)
	text := p.Markdown()
	for _, want := range []string{
		"# Fleets", "## What sharing has to reach", "## The columns", "## The model", "## How to read this",
		"## outage503, 200 instances", "## steady, 20 instances", "| alone |", "| shared |", "| shared+limit |",
		"outage503, 200 instances: attempts after 1 s, of alone % ≤ 5.0; recovery s ≤ alone",
		"![outage503, 200 instances, over time](fleet-outage503.svg)", "(fleet-outage503-closeup.svg)",
		"success of others %", "attempts of a new one",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, no := range []string{"NaN", "Inf"} {
		if strings.Contains(text, no) {
			t.Errorf("got a page with %s:\n%s", no, text)
		}
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "|") && !strings.HasSuffix(line, "|\n") {
			t.Errorf("got a row without an end: %s", line)
		}
	}
	var out strings.Builder
	if err := p.Print(&out); err != nil {
		t.Fatal(err)
	}
	if plain := out.String(); !strings.Contains(plain, "wrong openings ≤ 0") || strings.Contains(plain, "**") {
		t.Errorf("got for a terminal:\n%s", plain)
	}
}

// A bar without numbers to judge by is left out, and not met.
func TestPage_LeavesOutWhatWasNotRun(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	(&Page{Book: &storm.Book[storm.FleetResult]{}, Drills: storm.Drills(), Crews: storm.Crews()}).barsTable(&out)
	if rows := strings.Count(out.String(), "\n"); rows != 3 { // header, rule, empty line
		t.Errorf("got %d lines:\n%s", rows, out.String())
	}
}

func TestCharts_AreWellFormedAndHaveEverybody(t *testing.T) {
	t.Parallel()
	charts := small(t).Charts()
	if len(charts) != 2 {
		t.Fatalf("got %d charts, want two of outage503", len(charts))
	}
	for name, svg := range charts {
		lines := pagetest.Elements(t, svg)["polyline"]
		if lines != 4 { // two crews, twice
			t.Errorf("%s: got %d lines, want 4", name, lines)
		}
		if ours, alone := strings.Index(svg, ">shared<"), strings.Index(svg, ">alone<"); ours > alone {
			t.Errorf("%s: what the bars are for does not come first", name)
		}
		for _, want := range []string{">alone<", ">shared<", "line l0", "prefers-color-scheme: dark"} {
			if !strings.Contains(svg, want) {
				t.Errorf("%s: got no %q", name, want)
			}
		}
	}
}

func TestSums_AndLasts(t *testing.T) {
	t.Parallel()
	values := []int{1, 2, 3, 4, 5, 6}
	if got := sums(values, 3); !slices.Equal(got, []int{6, 15}) {
		t.Errorf("got %v", got)
	}
	if got := lasts(values, 3); !slices.Equal(got, []int{3, 6}) {
		t.Errorf("got %v", got)
	}
}
