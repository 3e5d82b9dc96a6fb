// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package stormpage

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/benchmarks/internal/page"
	"github.com/surefoot-go/surefoot/benchmarks/internal/page/pagetest"
	"github.com/surefoot-go/surefoot/benchmarks/storm"
)

func TestLimit_IsMetByWhatRoundsToIt(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name  string
		limit limit
		value float64
		want  bool
	}{
		{"under", atMost("", attempts, 0.25, 2), 0.2, true},
		{"rounds to it", atMost("", attempts, 0.25, 2), 0.2549, true},
		{"over", atMost("", attempts, 0.25, 2), 0.256, false},
		{"never", back(1, false), math.Inf(1), false},
		{"at least", atLeast("", insideOK, 99, 1), 99.3, true},
		{"rounds to at least", atLeast("", insideOK, 99, 1), 98.96, true},
		{"too little", atLeast("", insideOK, 99, 1), 98.9, false},
		{"nothing to tell", atMost("", p99, 450, 0), math.NaN(), false},
	}
	for _, row := range rows {
		if got := row.limit.over(row.value) == 0; got != row.want {
			t.Errorf("%s: got %t, want %t", row.name, got, row.want)
		}
	}
}

func TestBars_AreOfScenariosThatExist(t *testing.T) {
	t.Parallel()
	labels := map[string]bool{}
	for _, s := range storm.Scenarios() {
		labels[s.Label()] = true
	}
	for _, b := range bars() {
		if !labels[b.scenario] || len(b.limits) == 0 {
			t.Errorf("got a bar for %q with %d limits", b.scenario, len(b.limits))
		}
	}
	for _, name := range charted() {
		if !labels[name] {
			t.Errorf("got a chart of %q, which does not exist", name)
		}
	}
}

func small(t *testing.T) *Page {
	t.Helper()
	p := &Page{Origin: page.Origin{Command: "go run", Settings: "1 seed"}}
	for _, s := range storm.Scenarios() {
		switch s.Label() {
		case "outage503", "blip", "host-down-503":
			s.Before, s.After = time.Second, 4*time.Second
			s.During = min(s.During, time.Second)
			p.Scenarios = append(p.Scenarios, s)
		}
	}
	for _, c := range storm.Contenders() {
		switch c.Name {
		case storm.Bare, storm.Surefoot, "naive loop", "failsafe: retry + breaker":
			p.Contenders = append(p.Contenders, c)
		}
	}
	var err error
	p.Book, err = storm.Tournament{Scenarios: p.Scenarios, Contenders: p.Contenders, Seeds: 1, Workers: 2}.Run(t)
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
		"# Storms", "## What surefoot has to reach", "## The columns", "## Who is compared", "## How to read this",
		"## outage503", "## blip", "## host-down-503", "| **surefoot** |", "| naive loop |",
		"outage503: attempts ÷ calls ≤ 0.25; recovery s ≤ 1", "![outage503 over time](storm-outage503.svg)",
		"success on other hosts %", "attempts a call",
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
	if plain := out.String(); !strings.Contains(plain, "success in it % ≥ 99.0") || strings.Contains(plain, "**") {
		t.Errorf("got for a terminal:\n%s", plain)
	}
}

func TestChart_IsWellFormedAndHasEverybody(t *testing.T) {
	t.Parallel()
	charts := small(t).Charts()
	svg, ok := charts["storm-outage503.svg"]
	if len(charts) != 1 || !ok {
		t.Fatalf("got %d charts, want that of outage503", len(charts))
	}
	lines := pagetest.Elements(t, svg)["polyline"]
	if lines != 6 { // three that are in charts, twice
		t.Errorf("got %d lines, want 6", lines)
	}
	for _, want := range []string{">surefoot<", ">bare<", "prefers-color-scheme: dark"} {
		if !strings.Contains(svg, want) {
			t.Errorf("got no %q", want)
		}
	}
}
