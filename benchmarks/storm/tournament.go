// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package storm

import (
	"io"
	"testing" //nolint:depguard // see Main
)

// A Tournament is every scenario with every contender that takes part in it,
// and some seeds.
type Tournament struct {
	Scenarios  []Scenario
	Contenders []Contender
	Seeds      int
	// Workers is how many bubbles there are at a time.
	Workers int
	// Log is told how it goes. It may be nil.
	Log io.Writer
}

// Run makes all runs, spread over bubbles in parallel. It gives the first error
// of any.
func (c Tournament) Run(t *testing.T) (*Book[Result], error) {
	t.Helper()
	return series[Scenario, Contender, Result]{
		storms: c.Scenarios, field: c.Contenders, seeds: c.Seeds, workers: c.Workers, log: c.Log,
		name: func(who Contender) string { return who.Name },
		run: func(t *testing.T, s Scenario, seed int, who Contender) (Result, error) {
			t.Helper()
			return Run(t, s, seed, who.Build)
		},
	}.play(t)
}
