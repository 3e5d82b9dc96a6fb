// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// printJSON writes the report as one JSON object.
func (r *report) printJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(r) //nolint:wrapcheck // nothing to add
}

// print writes the report for people.
func (r *report) print(w io.Writer) error {
	p := &printer{}
	r.printHead(p)
	r.printOutcomes(p)
	r.printAttempts(p)
	r.printCircuit(p)
	r.printDeclined(p)
	r.printLedger(p)
	r.printEnd(p)
	_, err := io.WriteString(w, p.String())
	return err //nolint:wrapcheck // nothing to add
}

// A printer collects lines.
type printer struct{ strings.Builder }

func (p *printer) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

// row prints a number with what it counts, and why.
func (p *printer) row(n int, what, why string) {
	p.line("%s", strings.TrimRight(fmt.Sprintf("  %7d  %-18s %s", n, what, why), " "))
}

func (r *report) printHead(p *printer) {
	where := "an embedded payments service at " + r.Target
	if !r.Embedded {
		where = r.Target
	}
	p.line("cloudpayments: %d calls by %d workers to %s", r.Calls, r.Workers, where)
	p.line("  client   %s", r.Stack)
	faults := r.Faults
	if !r.Embedded {
		faults = "whatever the other server does"
	}
	p.line("  faults   %s (seed %d)", faults, r.Seed)
	m := r.Made
	p.line("  calls    %d payments, %d of them without an idempotency key; %d refunds; %d look-ups; %d mistakes",
		m.Payments, m.WithoutKey, m.Refunds, m.Lookups, m.Mistakes)
	p.line("  time     %.1f s; a call took %s at p50, %s at p99", r.Seconds, show(r.P50), show(r.P99))
	if r.Interrupted {
		p.line("  INTERRUPTED: what follows is about the calls made until then")
	}
}

func (r *report) printOutcomes(p *printer) {
	p.line("\nHow calls ended%32s", "calls  asked again")
	for _, o := range r.Outcomes {
		p.line("  %-10s %-24s %8s %12s", o.Class, o.Outcome, dash(o.Calls), dash(o.Again))
	}
	p.line("  %-35s %8d %12s", "all", r.Calls, dash(r.AskedAgain))
	some := fmt.Sprintf("%d of the", r.Made.MistakesRefused)
	if r.Made.MistakesRefused == r.Made.Mistakes {
		some = "all"
	}
	p.line("  %s %d mistakes were turned down as documented, with a typed error and the body intact", some, r.Made.Mistakes)
}

// dash prints a number, or a dash for none.
func dash(n int) string {
	if n == 0 {
		return "-"
	}
	return strconv.Itoa(n)
}

func (r *report) printAttempts(p *printer) {
	retries := sum(r.Retries)
	p.line("\nAttempts")
	p.row(r.Attempts, "attempts", fmt.Sprintf("%.2f for each call", float64(r.Attempts)/float64(max(1, r.Calls+r.AskedAgain))))
	if r.Embedded {
		p.row(r.Arrived, "arrived", "at the service; faults made: "+list(r.Struck))
	}
	p.row(retries, "retries", "after "+list(r.Retries))
	if r.Resent > 0 {
		p.row(r.Resent, "resent", "by net/http itself, within an attempt, when a kept connection was reset")
	}
	p.line("\nNot retried")
	for _, n := range r.NotRetried {
		p.row(n.Count, n.Reason, because(n))
	}
	if len(r.NotRetried) == 0 {
		p.line("        -")
	}
}

// because says in a few words why an attempt was not followed by another.
func because(n notRetried) string {
	text := map[string]string{
		reasonTerminal:   "another try would not change the answer",
		reasonOpen:       "kept away by an open circuit: nothing was sent",
		"not_idempotent": "a POST without a key may have been applied",
		"max_attempts":   "the attempts were used up",
		"budget":         "the budget for retries was used up",
		"deadline":       "the wait would have passed the caller's deadline",
		"retry_after":    "the service asked for too long a wait",
	}[n.Reason]
	if n.Reason == reasonOpen {
		return text
	}
	if text != "" {
		text += ": "
	}
	return text + list(n.After)
}

// maxTimeline bounds the timeline in the text; JSON has it all.
const maxTimeline = 16

func (r *report) printCircuit(p *printer) {
	c := r.Circuit
	p.line("\nCircuit: opened %s, kept %d attempts away from the service", times(c.Opened), c.Rejected)
	for i, m := range c.Timeline {
		if i == maxTimeline {
			p.line("           ... and %d more", len(c.Timeline)-i)
			break
		}
		p.line("  %5.2f s  %s", m.At, m.What)
	}
	if c.Recovery != nil {
		p.line("  recovered %s after the service was back", show(*c.Recovery))
	}
}

func (r *report) printDeclined(p *printer) {
	if len(r.Declined) > 0 {
		p.line("\nDeclined cards, by the code of the typed error: %s", list(r.Declined))
	}
}

func (r *report) printLedger(p *printer) {
	pay, ref := r.Ledger.Payments, r.Ledger.Refunds
	row := func(what string, of func(ledgerCount) int) { p.line("  %-46s %8d %8d", what, of(pay), of(ref)) }
	some := func(what string, of func(ledgerCount) int) {
		if of(pay)+of(ref) > 0 {
			row(what, of)
		}
	}
	p.line("\n%-48s %8s %8s", "Ledger", "payments", "refunds")
	row("asked", func(c ledgerCount) int { return c.Asked })
	row("  answered at first", func(c ledgerCount) int { return c.Answered })
	row("  error or 5XX, may have arrived", func(c ledgerCount) int { return c.UnknownAtFirst })
	row("  provably not sent", func(c ledgerCount) int { return c.NotSent })
	row("settled by asking again", func(c ledgerCount) int { return c.Settled })
	some("never sent", func(c ledgerCount) int { return c.NeverSent })
	row("unknown to the caller", func(c ledgerCount) int { return c.Unknown })
	if !r.Embedded {
		p.line("  The ledger belongs to the other server: what it applied was not checked, nor were faults made.")
		return
	}
	some("  of which applied", func(c ledgerCount) int { return c.UnknownApplied })
	row("applied", func(c ledgerCount) int { return c.Applied })
	row("applied twice", func(c ledgerCount) int { return c.AppliedTwice })
	row("not applied", func(c ledgerCount) int { return c.NotApplied })
	keyless, keyed := pay.UnknownKeyless+ref.UnknownKeyless, pay.Unknown+ref.Unknown
	keyed -= keyless
	if keyless > 0 {
		p.line("  %d of the unknown are POSTs without an idempotency key, which cannot be asked again.", keyless)
	}
	if keyed > 0 {
		p.line("  %d of the unknown were asked for %d times; one more time may do.", keyed, maxAskings)
	}
}

func (r *report) printEnd(p *printer) {
	a := r.Ledger
	p.line("")
	if r.OK && r.Embedded {
		p.line("OK: no payment was applied twice, no answer was lost.")
		return
	}
	if r.OK {
		p.line("OK: no answer was lost.")
		return
	}
	p.line("FAILED: %d applied twice, %d answers lost, %d POSTs without a key arrived twice, %d applied unasked.",
		a.Payments.AppliedTwice+a.Refunds.AppliedTwice, a.AnswersLost, a.KeylessTwice, a.Unasked)
	for _, why := range a.Broken {
		p.line("  %s", why)
	}
}

func sum(m map[string]int) (n int) {
	for _, v := range m {
		n += v
	}
	return n
}

// list prints counted things, the most frequent first.
func list(m map[string]int) string {
	if len(m) == 0 {
		return "nothing"
	}
	names := slices.SortedFunc(maps.Keys(m), func(a, b string) int {
		return cmp.Or(cmp.Compare(m[b], m[a]), cmp.Compare(a, b))
	})
	for i, name := range names {
		names[i] = fmt.Sprintf("%s ×%d", name, m[name])
	}
	return strings.Join(names, ", ")
}

// times prints a number of times.
func times(n int) string {
	switch n {
	case 0:
		return "never"
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

// show prints milliseconds as a duration.
func show(millis float64) string {
	return round(time.Duration(millis * float64(time.Millisecond))).String()
}
