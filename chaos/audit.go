// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package chaos

import (
	"fmt"
	"strings"
	"time"

	"github.com/surefoot-go/surefoot/chaos/internal/plan"
	"github.com/surefoot-go/surefoot/transport"
)

// An Audit compares what callers were told with what the ledger holds.
type Audit struct {
	Config Config
	Took   time.Duration

	// Asked is how many payments were asked for, each once.
	Asked int
	// Completed is how many calls got a whole answer.
	Completed int
	// CutShort is how many got the status of one, and a broken body.
	CutShort int
	// Unknown is how many callers were told neither yes nor no, and
	// UnknownApplied how many of their payments the ledger holds.
	Unknown, UnknownApplied int

	// Hopeless is how many calls no client could complete. Excused is how many
	// did not complete and need not have, because an outage took too long or
	// the process stood still.
	Hopeless, Excused int
	// Completable is what is left of Asked without these and CutShort.
	Completable int
	// Missed is how many of those did not complete, and MissedInOutages how
	// many of them on hosts with outages.
	Missed, MissedInOutages int
	// ByBudget and ByCircuit are how many retries were refused by the budget
	// and how many calls ended in the error of an open circuit.
	ByBudget, ByCircuit int
	// UntouchedFailed is how many calls did not complete though nothing befell
	// them, and how many answers were cut short though nothing cut them.
	UntouchedFailed int

	// Applied is how many payments the ledger holds, Twice how many of them
	// more than once, and Entries how many entries it has.
	Applied, Twice, Entries int
	// Lost is how many were answered with a success that the ledger belies.
	Lost int
	// Arrived is how many requests reached the server whole.
	Arrived int

	// Faults is how often each fault was made. Large is how many requests with
	// more headers than net/http buffers were cut in them, and Split how many
	// of these while the client was still writing. Slow is how many payments
	// took long, and Outages how often each happened.
	Faults  [plan.Faults]int
	Large   int
	Split   int
	Slow    int
	Outages map[string]int
	// Stall is how long the process stood still at most.
	Stall time.Duration
	// Told counts what callers were told where it was no success.
	Told map[string]int
	// Broken tells of promises that were broken, in detail for the first few.
	Broken []string
}

// limited is what limits refused.
type limited struct{ byBudget int }

// limits asks our own stacks what they refused.
func (r *run) limits() limited {
	var l limited
	for _, h := range r.hosts {
		t, ok := h.stack.(interface{ Snapshot() transport.Snapshot })
		if !ok {
			continue
		}
		for _, k := range t.Snapshot().Keys {
			if k.Budget != nil {
				l.byBudget += int(k.Budget.Refused) //nolint:gosec // a count
			}
		}
	}
	return l
}

// audit opens the books.
func (r *run) audit(took time.Duration, l limited) *Audit {
	a := &Audit{
		Config: r.cfg, Took: took, Asked: r.cfg.Calls, ByBudget: l.byBudget,
		Twice: r.ledger.Twice(), Entries: r.ledger.Entries(), Arrived: r.ledger.Arrived(),
		Faults: r.script.Struck(), Large: r.script.Large(), Split: r.script.Split(), Outages: r.outages, Told: r.texts,
		Stall: r.stalls.longest,
	}
	entries := 0
	for n, e := range r.ends {
		times := r.ledger.Applied(payment(n).Reference)
		entries += times
		r.auditCall(a, n, e, times)
	}
	a.Completable = a.Asked - a.Hopeless - a.Excused - a.CutShort
	if entries != a.Entries {
		a.Lost++
		a.broke("the ledger holds %d entries, and %d of them were asked for", a.Entries, entries)
	}
	if a.claimed() && a.Missed > 0 {
		a.broke("%d of %d calls that could be completed were not", a.Missed, a.Completable)
	}
	return a
}

// auditCall looks at one call.
func (r *run) auditCall(a *Audit, n int, e end, times int) {
	late := e&excused != 0 || r.stalls.lost(r.failed[n]) > tooMuch
	e &^= excused
	if times > 0 {
		a.Applied++
	}
	if times > 1 {
		a.broke("%s was applied %d times", r.describe(n, e), times)
	}
	if e == belied || (e == answered || e == cutShort) && times == 0 {
		a.Lost++
		a.broke("%s: the ledger holds %d entries of it", r.describe(n, e), times)
	}
	a.told(e, times)
	r.auditCompletion(a, n, e, late)
}

// told counts what the caller was told.
func (a *Audit) told(e end, times int) {
	switch e {
	case answered:
		a.Completed++
		return
	case cutShort:
		a.CutShort++
		return
	case belied:
		return
	case rejected:
		a.ByCircuit++
	case unknown, status, notMade, excused:
	}
	a.Unknown++
	if times > 0 {
		a.UnknownApplied++
	}
}

// auditCompletion finds out whether a call that did not complete could have.
// Late says that the machine was too busy to tell.
func (r *run) auditCompletion(a *Audit, n int, e end, late bool) {
	scripted, fate := r.scripted(n), plan.Fate{}
	if scripted {
		fate = r.plan.Of(n)
	}
	switch {
	case e == cutShort, e == belied:
	case fate.Hopeless:
		a.Hopeless++
	case e == answered:
	case late:
		a.Excused++
	default:
		a.Missed++
		if !scripted {
			a.MissedInOutages++
		}
		if a.claimed() {
			a.broke("%s, and could have completed", r.describe(n, e))
		}
	}
	if fate.Slow {
		a.Slow++
	}
	if !scripted || late {
		return
	}
	if fate.Healthy() && e != answered || e == cutShort && !fate.CutShort() {
		a.UntouchedFailed++
		a.broke("%s, though nothing befell it", r.describe(n, e))
	}
}

// claimed reports whether all must complete that can.
func (a *Audit) claimed() bool { return a.Config.Keys && a.Config.Client.Unlimited }

// maxBroken bounds what is told in detail.
const maxBroken = 20

func (a *Audit) broke(format string, args ...any) {
	if len(a.Broken) < maxBroken {
		a.Broken = append(a.Broken, fmt.Sprintf(format, args...))
	}
}

// describe tells all that is known of a call.
func (r *run) describe(n int, e end) string {
	h := r.hostOf(n)
	var s strings.Builder
	fmt.Fprintf(&s, "call %d (%s) by %q ended as %q", n, payment(n).Reference, h.path.Name, endName(e))
	if h.path.Script == nil {
		return s.String()
	}
	fate, attempts := r.plan.Of(n), r.script.Attempts(n)
	fmt.Fprintf(&s, " after %d attempts on the network", attempts)
	for attempt := 1; attempt <= attempts; attempt++ {
		fmt.Fprintf(&s, "; %d: %s", attempt, fate.Fault(attempt))
	}
	if fate.Slow {
		s.WriteString("; slow work")
	}
	if fate.Padding > 0 {
		fmt.Fprintf(&s, "; %d bytes more of headers", fate.Padding)
	}
	return s.String()
}

func endName(e end) string {
	switch e {
	case answered:
		return "answered"
	case cutShort:
		return "answered, body cut short"
	case rejected:
		return "rejected by an open circuit"
	case unknown:
		return "an error"
	case status:
		return "no success"
	case belied:
		return "another payment's receipt"
	case notMade, excused:
	}
	return "not made"
}

// OK reports whether no promise was broken: nothing applied twice or lost, and
// with keys and without other limits, all completed that could be.
func (a *Audit) OK() bool {
	return a.Twice == 0 && a.Lost == 0 && (!a.claimed() || a.Missed == 0) && (!a.Config.Client.Ours || a.UntouchedFailed == 0)
}
