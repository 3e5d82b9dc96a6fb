// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet

import (
	"time"

	"github.com/surefoot-go/surefoot/peer"
)

// A circuitLink takes what a breaker tells. Its methods run on the goroutines of
// calls: they take a lock for an instant, and send nothing.
type circuitLink struct{ f *Fleet }

var _ peer.CircuitLink = circuitLink{}

// Failing reports a streak, at once and then again from time to time.
func (l circuitLink) Failing(key string, since time.Duration) {
	now := time.Now()
	l.f.mu.Lock()
	defer l.f.mu.Unlock()
	h := l.f.host(id{Circuit, key})
	if h == nil || h.holds(now) { // all is said
		return
	}
	fresh := h.evidence != failing
	h.evidence, h.since, h.seen, h.word = failing, now.Add(-since), now, false
	if fresh || now.Sub(h.sent) >= again {
		h.pending &^= withdrawing
		l.f.order(h, reporting)
	}
}

// Working takes the report back.
func (l circuitLink) Working(key string) {
	l.f.mu.Lock()
	defer l.f.mu.Unlock()
	h := l.f.hosts[id{Circuit, key}]
	if h == nil || h.evidence != failing {
		return
	}
	h.evidence = nothing
	h.pending &^= reporting
	if h.reported {
		l.f.order(h, withdrawing)
	}
}

// Opened reports a circuit that this instance has opened by itself.
func (l circuitLink) Opened(key string, wait time.Duration) {
	now := time.Now()
	l.f.mu.Lock()
	defer l.f.mu.Unlock()
	if h := l.f.host(id{Circuit, key}); h != nil {
		h.evidence, h.until, h.seen = opened, now.Add(wait), now
		h.pending &^= withdrawing
		l.f.order(h, reporting)
	}
}

// ProbeFailed keeps the circuits of all open, or reports that of this instance.
func (l circuitLink) ProbeFailed(key string, wait time.Duration) {
	now := time.Now()
	l.f.mu.Lock()
	defer l.f.mu.Unlock()
	h := l.f.host(id{Circuit, key})
	if h == nil {
		return
	}
	held := h.holds(now)
	if held && h.lease.ends.IsZero() && h.lent.After(now) {
		// All probe, since one has succeeded. What this one finds may be its own bad
		// network, and is true for itself.
		h.evidence, h.until, h.seen = opened, now.Add(wait), now
		return
	}
	if held {
		wait = h.next(wait, now)
		h.wait, h.expires, h.touched = now.Add(wait), now.Add(KeepOf(wait)), now
		h.unsure = true // it may end there before this arrives
	} else {
		h.open = false
	}
	h.evidence, h.until, h.seen = opened, now.Add(wait), now
	h.lease = leasing{}
	h.ordered = now
	h.pending &^= withdrawing | asking | releasing | hoping | helping
	l.f.order(h, holding)
}

// ProbeWorked lets all probe.
func (l circuitLink) ProbeWorked(key string) {
	now := time.Now()
	l.f.mu.Lock()
	defer l.f.mu.Unlock()
	if h := l.f.hosts[id{Circuit, key}]; h != nil && h.holds(now) && !h.lent.After(now) {
		h.lease.help = time.Time{}
		h.ordered = now
		l.f.order(h, hoping)
	}
}

// Closed closes the circuits of all.
func (l circuitLink) Closed(key string) {
	now := time.Now()
	l.f.mu.Lock()
	defer l.f.mu.Unlock()
	h := l.f.host(id{Circuit, key})
	if h == nil {
		return
	}
	h.close(now)
	h.ordered = now
	h.pending = 0
	l.f.order(h, closing|spreading)
}

// Wanted asks for the lease.
func (l circuitLink) Wanted(key string) {
	l.f.mu.Lock()
	defer l.f.mu.Unlock()
	if h := l.f.hosts[id{Circuit, key}]; h != nil && h.mayAsk(time.Now()) {
		h.lease.asked = true
		l.f.order(h, asking)
	}
}

// Known tells of a host that is open for all already.
func (l circuitLink) Known(key string) (v peer.Verdict, open bool) {
	l.f.mu.RLock()
	defer l.f.mu.RUnlock()
	h := l.f.hosts[id{Circuit, key}]
	if h == nil {
		return peer.Verdict{}, false
	}
	if v, open = l.f.verdict(h, time.Now()); !open {
		return peer.Verdict{}, false
	}
	return v, true
}

// A coolDownLink takes what a limiter tells.
type coolDownLink struct{ f *Fleet }

var _ peer.CoolDownLink = coolDownLink{}

// Cooling reports a cool-down, and again when it has grown.
func (l coolDownLink) Cooling(key string, wait time.Duration, failing bool) {
	now := time.Now()
	l.f.mu.Lock()
	defer l.f.mu.Unlock()
	if wait <= 0 {
		l.f.well(key)
		return
	}
	h := l.f.host(id{CoolDown, key})
	if h == nil {
		return
	}
	until := now.Add(min(wait, MaxKeep))
	h.evidence, h.until, h.flag, h.seen = cooling, until, failing, now
	known := h.holds(now) && h.wait.Add(again).After(until)
	if told := h.reported && h.told.Add(again).After(until); !known && !told {
		l.f.order(h, reporting)
	}
	if failing {
		l.f.refused(key, min(wait, reportTime), now)
	}
}

// refused takes a server's own word that it cannot serve (503 with Retry-After) for as
// much as a streak of failures, for as long as it asked for and no longer than for one.
// A cool-down keeps attempts back that would be the streak, and lets each instance send
// a probe of its own; with its circuit open, one does it for all. The lock must be held.
func (f *Fleet) refused(key string, wait time.Duration, now time.Time) {
	if len(f.circuits) == 0 { // there are limiters only
		return
	}
	h := f.host(id{Circuit, key})
	if h == nil || h.holds(now) || h.evidence == opened {
		return
	}
	seen := now.Add(wait - reportTime)
	fresh := h.evidence != failing
	if fresh {
		h.evidence, h.since, h.seen, h.word = failing, seen, seen, true
	}
	if h.seen.Before(seen) {
		h.seen = seen
	}
	if began := h.seen.Add(-StreakTime); began.Before(h.since) {
		h.since, fresh = began, true // a young streak counts now
	}
	if fresh || now.Sub(h.sent) >= again {
		h.pending &^= withdrawing
		f.order(h, reporting)
	}
}

// well takes back what was told of a cool-down, which a probe has ended, and the
// server's word with it. The lock must be held.
func (f *Fleet) well(key string) {
	for _, subject := range []Subject{CoolDown, Circuit} {
		h := f.hosts[id{subject, key}]
		if h == nil || h.evidence != cooling && !(h.evidence == failing && h.word) {
			continue
		}
		h.evidence = nothing
		h.pending &^= reporting
		if h.reported {
			f.order(h, withdrawing)
		}
	}
}

// Known returns what is left of a cool-down of all.
func (l coolDownLink) Known(key string) (wait time.Duration, failing bool) {
	l.f.mu.RLock()
	defer l.f.mu.RUnlock()
	h := l.f.hosts[id{CoolDown, key}]
	if h == nil || !h.open {
		return 0, false
	}
	if wait = time.Until(h.wait); wait <= 0 {
		return 0, false
	}
	return wait, h.flag
}
