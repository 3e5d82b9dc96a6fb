// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/trip"
)

// Run checks a wrapper against every clause, each in a subtest of its own name,
// and fails those that the wrapper breaks. Without options the wrapper is
// expected to be transparent: what it is given it sends, once, and what comes
// back it returns.
//
// Wrap is called anew in each clause, often several times. Build the wrapper
// inside it, state and all: a circuit that is shared by the clauses would open
// in one and reject in the next.
func Run(t *testing.T, wrap trip.Middleware, opts ...Option) {
	t.Helper()
	cfg, err := newConfig(wrap, opts)
	if err != nil {
		t.Fatal(err)
	}
	for _, cl := range Clauses() {
		if !cfg.wants(cl) {
			continue
		}
		t.Run(cl.Name, func(t *testing.T) {
			t.Helper()
			switch result := check(t, cl, wrap, cfg); result.Status {
			case Failed:
				t.Error(result)
			case Skipped, NotApplicable:
				t.Skip(result)
			case Passed:
			}
		})
	}
}

// Check is [Run] for programs that want to see the results: no clause fails t.
// A data race still does if the test runs with the race detector, whose
// findings cannot be held back.
//
// T is where the bubbles of the fake clock hang. A nil t checks on the real
// clock, as [RealClock] does; that is for use outside of tests.
//
// A wrapper that panics or hangs fails the clause in which it does. Its
// goroutines may be left behind. One thing cannot be contained: a panic on a
// goroutine that the wrapper has started ends the program.
func Check(t *testing.T, wrap trip.Middleware, opts ...Option) ([]Result, error) {
	if t != nil {
		t.Helper()
	}
	cfg, err := newConfig(wrap, opts)
	if err != nil {
		return nil, err
	}
	cfg.realClock = cfg.realClock || t == nil
	var results []Result
	for _, cl := range Clauses() {
		if cfg.wants(cl) {
			results = append(results, check(t, cl, wrap, cfg))
		}
	}
	return results, nil
}

// check checks one clause.
func check(t *testing.T, cl Clause, wrap trip.Middleware, cfg *config) Result {
	if t != nil {
		t.Helper()
	}
	if status, why := cfg.excused(cl); status != 0 {
		return Result{Clause: cl, Status: status, Detail: why}
	}
	start := time.Now()
	p := newProbe(cl, wrap, cfg)
	if cfg.realClock {
		p.runPlain()
	} else {
		p.runBubbled(t)
	}
	status, detail := p.verdict()
	return Result{Clause: cl, Status: status, Detail: detail, Took: time.Since(start)}
}
