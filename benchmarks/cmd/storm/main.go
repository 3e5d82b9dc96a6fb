// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Command storm simulates storms and writes STORMS.md and time lines. Run it in
// the directory of the benchmarks module:
//
//	go run ./cmd/storm
//	go run ./cmd/storm -print -only outage503,hang -lib surefoot -seeds 3
//	go run ./cmd/storm -print -lib 'surefoot*' -clients 50
//
// Time is simulated, so the whole of it takes a few minutes, and one storm with
// one library and one seed less than a second.
package main

import (
	_ "embed"
	"flag"
	"fmt"
	"strconv"
	"strings"
	"testing" //nolint:depguard // see storm.Main

	"github.com/surefoot-go/surefoot/benchmarks/internal/simulation"
	"github.com/surefoot-go/surefoot/benchmarks/internal/stormpage"
	"github.com/surefoot-go/surefoot/benchmarks/storm"
)

// findings are what people make of the numbers.
//
//go:embed findings.md
var findings string

func main() { command().Main() }

func command() simulation.Command[storm.Scenario, storm.Contender] {
	clients := ""
	return simulation.Command[storm.Scenario, storm.Contender]{
		Name: "storm", File: "STORMS.md", Findings: findings, Width: stormpage.Width,
		Storms: simulation.Choice[storm.Scenario]{
			What: "scenarios", Flag: "only", All: storm.Scenarios(),
			Tell: func(s storm.Scenario) simulation.Entry {
				return simulation.Entry{Name: s.Name, Label: s.Label(), Text: s.Text}
			},
		},
		Field: simulation.Choice[storm.Contender]{
			What: "contenders", Flag: "lib", All: storm.Contenders(),
			Tell: func(c storm.Contender) simulation.Entry {
				return simulation.Entry{Name: c.Name, Label: c.Name, Text: c.Notes}
			},
		},
		Flags: func(flags *flag.FlagSet) {
			flags.StringVar(&clients, "clients", "", "numbers of clients, with commas between, in place of those of the scenarios")
		},
		Narrow: func(list []storm.Scenario) ([]storm.Scenario, error) { return withClients(list, clients) },
		Run:    run,
	}
}

// withClients returns each of the scenarios once with each of the numbers, or as
// they are where there are none.
func withClients(list []storm.Scenario, numbers string) ([]storm.Scenario, error) {
	if numbers == "" {
		return list, nil
	}
	var all []storm.Scenario
	for number := range strings.SplitSeq(numbers, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(number))
		if err != nil || n < 1 {
			return nil, fmt.Errorf("-clients: %q is no number of clients", number)
		}
		seen := map[string]bool{}
		for _, one := range list {
			if !seen[one.Name] {
				seen[one.Name] = true
				one.Clients = n
				all = append(all, one)
			}
		}
	}
	return all, nil
}

func run(t *testing.T, s simulation.Series[storm.Scenario, storm.Contender]) (simulation.Page, error) { //nolint:ireturn // what a Command wants
	t.Helper()
	book, err := storm.Tournament{Scenarios: s.Storms, Contenders: s.Field, Seeds: s.Seeds, Workers: s.Workers, Log: s.Log}.Run(t)
	if err != nil {
		return nil, err
	}
	return &stormpage.Page{Origin: s.Origin, Book: book, Scenarios: s.Storms, Contenders: s.Field}, nil
}
