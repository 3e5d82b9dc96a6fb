// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package storm

import (
	"io"
	"testing" //nolint:depguard // see Main
)

// A Campaign is every drill with every crew that takes part in it, and some
// seeds. It is to fleets what a [Tournament] is to libraries.
type Campaign struct {
	Drills []Drill
	Crews  []Crew
	Seeds  int
	// Workers is how many bubbles there are at a time.
	Workers int
	// Log is told how it goes. It may be nil.
	Log io.Writer
}

// Run makes all runs, spread over bubbles in parallel. It gives the first error
// of any.
func (c Campaign) Run(t *testing.T) (*Book[FleetResult], error) {
	t.Helper()
	return series[Drill, Crew, FleetResult]{
		storms: c.Drills, field: c.Crews, seeds: c.Seeds, workers: c.Workers, log: c.Log,
		name: func(crew Crew) string { return crew.Name },
		run:  Muster,
	}.play(t)
}
