// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/surefoot-go/surefoot/observe"
)

// A report is what a run found out. It is printed as JSON or as text.
type report struct {
	Target   string `json:"target"`
	Embedded bool   `json:"embedded"`
	Seed     uint64 `json:"seed"`
	Faults   string `json:"faults"`
	Workers  int    `json:"concurrency"`
	Stack    string `json:"stack"`
	// Interrupted says that the run was stopped before its end.
	Interrupted bool    `json:"interrupted"`
	Seconds     float64 `json:"seconds"`

	// Calls is how many things were asked for, AskedAgain how many calls were
	// made afterwards to settle what was left open.
	Calls      int `json:"calls"`
	AskedAgain int `json:"asked_again"`
	Made       struct {
		Payments        int `json:"payments"`
		WithoutKey      int `json:"of_them_without_idempotency_key"`
		Refunds         int `json:"refunds"`
		Lookups         int `json:"lookups"`
		Mistakes        int `json:"mistakes"`
		MistakesRefused int `json:"mistakes_turned_down_as_documented"`
	} `json:"made_up_of"`
	P50 float64 `json:"p50_ms"`
	P99 float64 `json:"p99_ms"`

	Outcomes   []outcome      `json:"outcomes"`
	Attempts   int            `json:"attempts"`
	Resent     int            `json:"resent_by_net_http"`
	Arrived    int            `json:"requests_that_arrived"`
	Struck     map[string]int `json:"faults_that_struck"`
	Retries    map[string]int `json:"retries"`
	NotRetried []notRetried   `json:"not_retried"`
	Circuit    circuitReport  `json:"circuit"`
	Declined   map[string]int `json:"declined_cards"`
	Ledger     audit          `json:"ledger"`
	OK         bool           `json:"ok"`
}

// An outcome is one way in which calls ended at their caller.
type outcome struct {
	Class string `json:"class"`
	// Outcome is the status, or what the error was.
	Outcome string `json:"outcome"`
	Calls   int    `json:"calls"`
	Again   int    `json:"asked_again"`
}

// A notRetried says how many failed attempts were the last of their calls for
// one reason.
type notRetried struct {
	Reason string         `json:"reason"`
	Count  int            `json:"count"`
	After  map[string]int `json:"after"`
}

// A circuitReport tells of the outage and of the circuit.
type circuitReport struct {
	Opened   int `json:"opened"`
	Rejected int `json:"attempts_kept_away"`
	// Recovery is the time from the end of the outage to the first answer
	// after it, or nil where there was no outage or no answer.
	Recovery *float64      `json:"recovery_ms"`
	Timeline []timelineRow `json:"timeline"`
}

type timelineRow struct {
	At   float64 `json:"at_s"`
	What string  `json:"what"`
}

// makeReport puts a report together when everything has ended.
func makeReport(ctx context.Context, cfg config, stack string, s *shop, svc *service) *report {
	c, t := &s.counts, s.tally
	r := &report{
		Target: s.base, Embedded: svc != nil, Seed: cfg.seed,
		Workers: cfg.workers, Stack: stack, Seconds: time.Since(t.started).Seconds(),
		Calls: c.ended[firstAsking], AskedAgain: c.ended[askingAgain],
		P50: millis(c.quantile(0.5)), P99: millis(c.quantile(0.99)),
		Outcomes: c.outcomes(), Declined: c.codes, Ledger: auditOf(s.asked, c, svc),
	}
	r.Made.Payments = c.kinds[kindPayment] + c.kinds[kindPaymentNoKey]
	r.Made.WithoutKey, r.Made.Refunds = c.kinds[kindPaymentNoKey], c.kinds[kindRefund]
	r.Made.Lookups, r.Made.Mistakes, r.Made.MistakesRefused = c.kinds[kindLookup], c.mistakes, c.mistakesAnswered
	if svc != nil {
		r.Faults, r.Arrived, r.Struck = cfg.mix.String(), svc.injector.requests(), svc.injector.strikes()
	}
	r.fromTally(t)
	r.OK, r.Interrupted = r.Ledger.ok(), ctx.Err() != nil
	return r
}

func (r *report) fromTally(t *tally) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r.Attempts, r.Resent, r.Retries = t.attempts, t.resent, maps.Clone(t.retries)
	for reason, after := range t.suppressed {
		n := notRetried{Reason: string(reason), After: maps.Clone(after)}
		for _, count := range after {
			n.Count += count
		}
		r.NotRetried = append(r.NotRetried, n)
	}
	r.NotRetried = append(r.NotRetried, r.definite()...)
	slices.SortFunc(r.NotRetried, func(a, b notRetried) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason))
	})
	r.Circuit = circuitReport{Opened: t.opened, Rejected: t.rejected}
	for _, m := range t.timeline {
		r.Circuit.Timeline = append(r.Circuit.Timeline, timelineRow{m.At.Seconds(), m.What})
	}
	if !t.recovered.IsZero() {
		recovery := millis(t.recovered.Sub(t.back))
		r.Circuit.Recovery = &recovery
	}
}

// reasonTerminal and reasonOpen are the reasons of which the retry layer emits
// no event, because there is nothing to decide.
const (
	reasonTerminal = "terminal"
	reasonOpen     = string(observe.ReasonOpen)
)

// definite returns the calls that were not retried because there was nothing
// to retry: definite answers, and what an open circuit kept away.
func (r *report) definite() []notRetried {
	terminal := notRetried{Reason: reasonTerminal, After: map[string]int{}}
	open := notRetried{Reason: reasonOpen, After: map[string]int{}}
	for _, o := range r.Outcomes {
		n := &terminal
		switch {
		case o.Outcome == outcomeOpen:
			n = &open
		case o.Class != "terminal":
			continue
		}
		n.Count += o.Calls + o.Again
		n.After[o.Outcome] += o.Calls + o.Again
	}
	return slices.DeleteFunc([]notRetried{terminal, open}, func(n notRetried) bool { return n.Count == 0 })
}

// outcomes returns the rows of the table of outcomes, by class and status.
func (c *counts) outcomes() []outcome {
	c.mu.Lock()
	defer c.mu.Unlock()
	var rows []outcome
	for row, n := range c.calls {
		rows = append(rows, outcome{row.class, row.label, n[firstAsking], n[askingAgain]})
	}
	order := []string{"success", "terminal", "retryable", "unknown"}
	slices.SortFunc(rows, func(a, b outcome) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Class), slices.Index(order, b.Class)),
			cmp.Compare(a.Outcome, b.Outcome))
	})
	return rows
}

// strikes returns how often each fault struck.
func (in *injector) strikes() map[string]int {
	struck := map[string]int{}
	for f := faultNone + 1; f < faultKinds; f++ {
		if n := in.struck[f].Load(); n > 0 {
			struck[f.String()] = int(n)
		}
	}
	return struck
}

func millis(d time.Duration) float64 {
	return float64(d.Round(time.Microsecond)) / float64(time.Millisecond)
}
