// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import "fmt"

// A ledgerCount holds what the caller knows against what the ledger says, for
// payments or for refunds. Only good requests count as asked, not the
// deliberate mistakes.
type ledgerCount struct {
	// Asked is how many distinct payments the caller wanted to be made.
	Asked int `json:"asked"`
	// Answered is how many of them were answered at the first asking.
	Answered int `json:"answered_at_first"`
	// NotSent is how many had not left the caller's machine then.
	NotSent int `json:"not_sent_at_first"`
	// UnknownAtFirst is how many ended in a way that told the caller nothing.
	UnknownAtFirst int `json:"unknown_at_first"`
	// Settled is how many were answered when they were asked for again.
	Settled int `json:"settled_by_asking_again"`
	// Unknown is how many the caller cannot know of to the end.
	Unknown int `json:"unknown_to_the_caller"`
	// UnknownKeyless is how many of those had no idempotency key. The others
	// were asked for until the caller gave up.
	UnknownKeyless int `json:"unknown_without_idempotency_key"`
	// NeverSent is how many never left the caller's machine at all.
	NeverSent int `json:"never_sent"`
	// UnknownApplied is how many of those the ledger holds nevertheless.
	UnknownApplied int `json:"unknown_but_applied"`
	// Applied is how many the ledger holds, once or more often.
	Applied int `json:"applied"`
	// AppliedTwice is how many the ledger holds more than once.
	AppliedTwice int `json:"applied_twice"`
	// NotApplied is how many the ledger does not hold.
	NotApplied int `json:"not_applied"`
}

// An audit is the result of comparing all calls with the ledger.
type audit struct {
	Payments ledgerCount `json:"payments"`
	Refunds  ledgerCount `json:"refunds"`
	// AnswersLost counts calls whose answer the caller did not get as it was
	// sent, and answers that the ledger belies.
	AnswersLost int `json:"answers_lost"`
	// KeylessTwice counts POSTs without an idempotency key that arrived more
	// than once.
	KeylessTwice int `json:"keyless_posts_arrived_twice"`
	// Unasked counts ledger entries of requests that should have been turned
	// down, or that were never sent.
	Unasked int `json:"applied_unasked"`
	// Broken tells some of what is wrong.
	Broken []string `json:"broken,omitempty"`
}

// broke notes a broken promise.
func (a *audit) broke(n *int, format string, args ...any) {
	*n++
	if len(a.Broken) < maxExamples {
		a.Broken = append(a.Broken, fmt.Sprintf(format, args...))
	}
}

// ok reports whether every promise was kept.
func (a *audit) ok() bool {
	return a.Payments.AppliedTwice+a.Refunds.AppliedTwice+a.AnswersLost+a.KeylessTwice+a.Unasked == 0
}

// auditOf compares what was asked with the ledger of the service, which must
// have ended. Without a service only what the caller saw is judged.
func auditOf(all []*asked, c *counts, svc *service) audit {
	a := audit{AnswersLost: c.lost, Broken: c.lostWhy}
	var entries map[string][]object
	if svc != nil {
		entries = svc.ledger.byReference()
	}
	for _, one := range all {
		if !one.call.kind.money() {
			continue
		}
		count := &a.Payments
		if one.call.kind == kindRefund {
			count = &a.Refunds
		}
		count.add(one)
		if svc == nil {
			continue
		}
		a.compare(one, count, entries[one.call.reference])
		delete(entries, one.call.reference)
		if n := svc.injector.arrivals(one.call.reference); !one.call.keyed() && n > 1 {
			a.broke(&a.KeylessTwice, "%s: a POST without an idempotency key arrived %d times", one.call.reference, n)
		}
	}
	for reference := range entries {
		a.broke(&a.Unasked, "%s: applied, though it should have been turned down", reference)
	}
	return a
}

// add counts what the caller knows of a call.
func (n *ledgerCount) add(one *asked) {
	n.Asked++
	switch one.first {
	case endAnswered:
		n.Answered++
	case endNotSent:
		n.NotSent++
	case endUnknown:
		n.UnknownAtFirst++
	case endLost:
	}
	switch {
	case one.first != endAnswered && one.kind == endAnswered:
		n.Settled++
	case one.open() && one.unknown:
		n.Unknown++
		if !one.call.keyed() {
			n.UnknownKeyless++
		}
	case one.open():
		n.NeverSent++
	}
}

// compare holds a call against its entries in the ledger.
func (a *audit) compare(one *asked, n *ledgerCount, entries []object) {
	reference := one.call.reference
	if len(entries) > 1 {
		a.broke(&n.AppliedTwice, "%s: applied %d times", reference, len(entries))
	}
	if len(entries) == 0 {
		n.NotApplied++
		if one.kind == endAnswered {
			a.broke(&a.AnswersLost, "%s: answered with %s, which the ledger does not hold", reference, one.id)
		}
		return
	}
	n.Applied++
	switch entry := entries[0]; {
	case one.open() && one.unknown:
		n.UnknownApplied++
	case one.open():
		a.broke(&a.Unasked, "%s: applied, though it never left the caller's machine", reference)
	case one.kind == endAnswered && len(entries) == 1 && (entry.ID != one.id || entry.Amount != one.call.amount):
		a.broke(&a.AnswersLost, "%s: answered with %s, the ledger holds %s", reference, one.id, entry.ID)
	}
}
