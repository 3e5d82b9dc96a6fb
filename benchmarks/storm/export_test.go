// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package storm

import (
	"net/http"
	"time"
)

// An Attempt is the luck of one.
type Attempt struct {
	Service time.Duration
	Fault   float64
}

// A Planned is a call of a plan, without most of its luck.
type Planned struct {
	At           time.Duration
	Client, Host int
	First        Attempt
}

// Plan draws the calls of a run.
func Plan(s Scenario, seed int) []Planned {
	var calls []Planned
	for _, a := range plan(s, seed) {
		first := a.attempts[0]
		calls = append(calls, Planned{a.at, a.client, a.host, Attempt{first.service, first.fault}})
	}
	return calls
}

// Recovery is the measure.
func Recovery(offered, good []int, from int) float64 { return recovery(offered, good, from) }

// ErrTimeout is what an attempt without an answer gives.
var ErrTimeout = errTimeout

// Find returns the contender of that name.
func Find(name string) Contender {
	for _, c := range Contenders() {
		if c.Name == name {
			return c
		}
	}
	return Contender{Build: func(http.RoundTripper) (http.RoundTripper, error) { return nil, http.ErrNotSupported }}
}

// Knew is the measure of when a share of the instances knew, of a second or more
// of outage: what each of them is given is when it came to know, or [Never], and
// whether it called.
func Knew(share float64, known []time.Duration, called []bool) float64 {
	d := Drill{}
	d.During = time.Minute
	return (&tally{drill: d, known: known, called: called}).knew(share)
}

// Never is when somebody came to know who never did.
const Never = never

// FindDrill returns the drill of that label.
func FindDrill(label string) (Drill, bool) {
	for _, d := range Drills() {
		if d.Label() == label {
			return d, true
		}
	}
	return Drill{}, false
}
