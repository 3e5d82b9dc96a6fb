// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Command fleet simulates storms over the instances of a fleet, which share what
// they know or do not, and writes FLEET.md and time lines. Run it in the directory
// of the benchmarks module:
//
//	go run ./cmd/fleet
//	go run ./cmd/fleet -print -only 'outage503*,hang, 200*' -crew alone,shared -seeds 3
//
// Time is simulated, so the whole of it takes a few minutes.
package main

import (
	_ "embed"
	"flag"
	"fmt"
	"slices"
	"testing" //nolint:depguard // see storm.Main

	"github.com/surefoot-go/surefoot/benchmarks/internal/fleetpage"
	"github.com/surefoot-go/surefoot/benchmarks/internal/simulation"
	"github.com/surefoot-go/surefoot/benchmarks/storm"
)

// findings are what people make of the numbers.
//
//go:embed findings.md
var findings string

func main() { command().Main() }

func command() simulation.Command[storm.Drill, storm.Crew] {
	instances := 0
	return simulation.Command[storm.Drill, storm.Crew]{
		Name: "fleet", File: "FLEET.md", Findings: findings, Width: fleetpage.Width,
		Storms: simulation.Choice[storm.Drill]{
			What: "drills", Flag: "only", All: storm.Drills(),
			Tell: func(d storm.Drill) simulation.Entry {
				return simulation.Entry{Name: d.Name, Label: d.Label(), Text: d.Text}
			},
		},
		Field: simulation.Choice[storm.Crew]{
			What: "crews", Flag: "crew", All: storm.Crews(),
			Tell: func(c storm.Crew) simulation.Entry {
				return simulation.Entry{Name: c.Name, Label: c.Name, Text: c.Notes}
			},
		},
		Flags: func(flags *flag.FlagSet) {
			flags.IntVar(&instances, "instances", 0, "only drills with so many instances")
		},
		Narrow: func(list []storm.Drill) ([]storm.Drill, error) { return withInstances(list, instances) },
		Run:    run,
	}
}

// withInstances returns the drills that have so many, or all where that is 0.
func withInstances(list []storm.Drill, instances int) ([]storm.Drill, error) {
	if instances == 0 {
		return list, nil
	}
	some := slices.DeleteFunc(slices.Clone(list), func(d storm.Drill) bool { return d.Clients != instances })
	if len(some) == 0 {
		return nil, fmt.Errorf("no drill has %d instances; see -list", instances)
	}
	return some, nil
}

func run(t *testing.T, s simulation.Series[storm.Drill, storm.Crew]) (simulation.Page, error) { //nolint:ireturn // what a Command wants
	t.Helper()
	book, err := storm.Campaign{Drills: s.Storms, Crews: s.Field, Seeds: s.Seeds, Workers: s.Workers, Log: s.Log}.Run(t)
	if err != nil {
		return nil, err
	}
	return &fleetpage.Page{Origin: s.Origin, Book: book, Drills: s.Storms, Crews: s.Field}, nil
}
