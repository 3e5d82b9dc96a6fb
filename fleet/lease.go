// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet

import (
	"math/rand/v2"
	"slices"
	"time"
)

// leasing is an instance's part in the probes of one host. One instance at a time
// has the lease and probes; the others reject, unless they are asked for help. The zero value has no lease and has
// not asked for one.
type leasing struct {
	try   time.Time     // when to ask, if it is wanted then; zero for when it is wanted
	asked bool          // and there is no answer yet
	ends  time.Time     // of the lease that this instance has; zero for none
	help  time.Time     // when to ask others to probe, too; zero for never
	hope  time.Duration // how long to keep the next one; zero for firstHope, of which none was in vain
	after bool          // the others may ask first: the last probe that failed was this instance's
}

const (
	// firstHope is how long an instance keeps a lease in which nothing becomes of
	// its probes. Then another may try: this one may have no calls.
	firstHope = time.Second
	// lastHope bounds it. It doubles each time that it was in vain, so that a host
	// that is called rarely, or answers slowly, has its probes, too.
	lastHope = 8 * time.Second
	// leaseMargin is how much longer a lease lasts at the engine, so that two
	// instances do not have it.
	leaseMargin = time.Second
	// helpAfter is how long an instance with a lease waits for something to become
	// of it before it asks others to probe, too, and helpers how many should: it may
	// have no calls just now.
	helpAfter = 200 * time.Millisecond
	helpers   = 4
	// lendAll is for how long all may probe after a probe that has succeeded.
	lendAll = 2 * time.Second
	// early is how much later than it was due a probe may be, so that the wait after
	// it is shorter by as much. Hosts are found sooner where calls are rare.
	early = time.Second
	// spread is over what time instances ask for a lease that is free.
	spread = 100 * time.Millisecond
	// yield is how much later an instance asks whose probe has just failed. One
	// with a bad network must not be the only one who probes.
	yield = 150 * time.Millisecond
	// scanEvery is how often leases are looked after at most: each time all keys are
	// walked.
	scanEvery = 20 * time.Millisecond
	// never is a wait without a purpose.
	never = time.Hour
)

func (l *leasing) hopes() time.Duration { return max(l.hope, firstHope) }

// mayAsk reports whether a lease is there to be had, and not asked for.
func (h *host) mayAsk(now time.Time) bool {
	return h.holds(now) && !h.unsure && !h.wait.After(now) &&
		!h.lease.asked && h.lease.ends.IsZero() && h.lease.try.IsZero()
}

// tryAt sees to it that the lease is asked for then. The lock must be held.
func (f *Fleet) tryAt(h *host, at time.Time) {
	h.lease.try = at
	f.wakeAt(at)
}

// askAgain asks a little later, because what asked was not sent. The lock must be
// held.
func (f *Fleet) askAgain(h *host) {
	h.lease.asked = false
	f.tryAt(h, time.Now().Add(again+jitter(again)))
}

// tryAfter sees to it that the lease is asked for a little after then, and later by
// those who should let others go first. The lock must be held.
func (f *Fleet) tryAfter(h *host, at time.Time) {
	if h.lease.after {
		at = at.Add(yield)
	}
	f.tryAt(h, at.Add(jitter(spread)))
}

// volunteers reports whether this instance is one of the few that should help. The
// lock must be held.
func (f *Fleet) volunteers() bool {
	return rand.IntN(max(f.instances, 1)) < helpers //nolint:gosec // nobody gains by guessing it
}

// next returns the wait after a probe of h that has failed, counted from when it was
// due, and never less than a quarter of what the circuit asks for.
func (h *host) next(wait time.Duration, now time.Time) time.Duration {
	behind := min(max(now.Sub(h.wait), 0), early)
	return max(wait-behind, wait/4)
}

// wakeAt sees to it that leases are looked after then. The lock must be held.
func (f *Fleet) wakeAt(at time.Time) {
	if f.due.IsZero() || at.Before(f.due) {
		f.due = at
		poke(f.wake)
	}
}

// untilDue returns how long it is until a lease has to be looked after, if that was
// done last at a time.
func (f *Fleet) untilDue(last time.Time) time.Duration {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if f.due.IsZero() {
		return never
	}
	return max(time.Until(f.due), time.Until(last.Add(scanEvery)), 0)
}

// lookAfterLeases gives back those that were in vain, and asks for those that are
// due and wanted.
func (f *Fleet) lookAfterLeases() {
	var wanted []*host
	for _, h := range f.dueLeases(time.Now()) {
		if f.wants(h.id.key) {
			wanted = append(wanted, h)
		}
	}
	now := time.Now()
	f.turns(len(wanted), func(i int) {
		if h := wanted[i]; h.mayAsk(now) {
			h.lease.asked = true
			f.order(h, asking)
		}
	})
}

// dueLeases returns the hosts whose leases to ask for now, and finds out when to
// look again.
func (f *Fleet) dueLeases(now time.Time) (due []*host) {
	f.mu.Lock()
	idle := f.due.IsZero() || f.due.After(now)
	if !idle {
		f.due = time.Time{} // and whoever changes what was looked at already sets it
	}
	f.mu.Unlock()
	if idle {
		return nil
	}
	f.walk(func(h *host) {
		if h.open && h.id.subject == Circuit && f.look(h, now) {
			due = append(due, h)
		}
	}, func() { due = slices.Grow(due, turn) })
	return due
}

// look looks after the lease of a host, and reports whether to ask for it now. The
// lock must be held.
func (f *Fleet) look(h *host, now time.Time) (due bool) {
	l := &h.lease
	if !l.ends.IsZero() && !l.ends.After(now) {
		l.ends = time.Time{}
		l.hope = min(2*l.hopes(), lastHope)
		l.try = now.Add(spread + yield) // the others first
		f.order(h, releasing)
	}
	if !l.help.IsZero() && !l.help.After(now) {
		l.help = time.Time{}
		if !l.ends.IsZero() {
			f.order(h, helping)
		}
	}
	if !l.try.IsZero() && !l.try.After(now) {
		l.try = time.Time{}
		due = l.hope == 0 // or calls are so rare that it asks when one comes
	}
	for _, at := range []time.Time{l.try, l.ends, l.help} {
		if !at.IsZero() && (f.due.IsZero() || at.Before(f.due)) {
			f.due = at
		}
	}
	return due
}

// settleLease takes the answer to a lease that was asked for at a time.
func (f *Fleet) settleLease(h *host, l Lease, at time.Time) {
	f.telling.Lock()
	defer f.telling.Unlock()
	now := time.Now()
	f.mu.Lock()
	if f.closed {
		f.mu.Unlock()
		return
	}
	h.lease.asked = false
	// The engine has counted from some time after it was asked.
	left := at.Add(h.lease.hopes()).Sub(now)
	lend := l.Granted && h.open && left > 0
	switch {
	case lend:
		h.lease.ends, h.lease.help = now.Add(left), now.Add(helpAfter)
		f.wakeAt(h.lease.help)
	case l.Granted: // too late
		f.order(h, releasing)
	case l.Open:
		f.tryAfter(h, now.Add(l.Left))
	case h.open: // it closed, or ended, and the message was lost: the list will tell
		h.unsure = true
		poke(f.resync)
	}
	f.mu.Unlock()
	if lend {
		f.lend(h.id.key, left)
	}
}
