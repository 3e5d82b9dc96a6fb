// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker

import (
	"iter"
	"sync/atomic"
	"time"

	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/peer"
)

// governed is what a fleet has to do with a circuit. A circuit that the fleet
// holds open sends probes only on a lease, so that one process of many asks a
// host that is down. Where the fleet falls silent the circuit goes on alone: what
// it has said is good until a time, and not until it says something else.
type governed struct {
	until     atomic.Int64 // it holds the circuit open; in the past for not
	lentUntil atomic.Int64 // probes may go in its name; in the past for not

	doubt doubt

	rejectedAt atomic.Int64 // when a call was rejected last; 0 for never
	wantedAt   atomic.Int64 // when it was told that a lease is wanted; 0 for never
	failing    atomic.Bool  // it was told of a streak of failures
	untold     atomic.Bool  // it has opened a new circuit and no observer knows yet

	seen uint64 // guarded by the circuit's mu; what was rejected before it opened, or before the last probe
}

// held reports whether the fleet holds the circuit open, which is then not
// closed. A nil governed, which is that of a breaker without a fleet, never does.
func (f *governed) held(now int64) bool { return f != nil && now < f.until.Load() }

// needsLease reports whether the circuit has to wait for a lease to probe.
func (f *governed) needsLease(now int64) bool { return f.held(now) && now >= f.lentUntil.Load() }

// leave takes a circuit out of the fleet's hands, and forgets a verdict that was
// not believed.
func (f *governed) leave() {
	if f != nil {
		f.until.Store(0)
		f.lentUntil.Store(0)
		f.doubt.until.Store(0)
	}
}

// maxValid bounds how long one word of a fleet holds a circuit, and lends it
// probes: it says the same again every few seconds.
const maxValid = 5 * time.Minute

func bounded(d time.Duration) int64 { return int64(max(0, min(d, maxValid))) }

// waitFor bounds how long a fleet keeps a circuit from probing.
func (b *Breaker) waitFor(v peer.Verdict) time.Duration {
	return max(minOpen, min(v.Wait, max(b.maxOpenFor, MaxRetryAfter)))
}

// circuits are the circuits of a breaker as its fleet knows them.
type circuits struct{ *Breaker }

var _ peer.Circuits = circuits{}

// Open holds a circuit open in the fleet's name.
func (b circuits) Open(key string, v peer.Verdict) {
	b.hear(key, func(c *circuit) { b.governLocked(c, v) })
}

// Close closes a circuit that the fleet holds open.
func (b circuits) Close(key string) {
	b.hear(key, func(c *circuit) {
		if c.fleet.held(b.now()) {
			b.closeLocked(c, byFleet())
		}
		c.fleet.doubt.until.Store(0)
	})
}

// Lend lets a circuit that the fleet holds open send probes.
func (b circuits) Lend(key string, d time.Duration) {
	b.hear(key, func(c *circuit) {
		if now := b.now(); c.fleet.held(now) {
			c.fleet.lentUntil.Store(now + bounded(d))
		}
	})
}

// Wants reports whether a lease would be of use.
func (b circuits) Wants(key string) (wants bool) {
	b.hear(key, func(c *circuit) {
		now := b.now()
		f, g := c.fleet, c.gate
		switch {
		case !f.held(now), c.rejected.Load() == f.seen:
			return
		case stateOf(c.word.Load()) == HalfOpen && f.needsLease(now) && g.probe != 0 && now < g.probeUntil:
			return // it has not come back: another lease would not let a second one through
		}
		wants = now-f.rejectedAt.Load() < int64(b.window)
	})
	return wants
}

// Active returns the keys that were asked for within the last window.
func (b circuits) Active() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, e := range b.circuits.Entries() {
			if b.lately(&e.Value) && !yield(e.Name) {
				return
			}
		}
	}
}

func (b *Breaker) lately(c *circuit) bool {
	now := b.now()
	if f := c.fleet; f != nil {
		if at := f.rejectedAt.Load(); at != 0 && now-at < int64(b.window) {
			return true
		}
	}
	successes, failures := c.window.sum(b.span, b.span.tick(now))
	return successes+failures > 0
}

// hear has act change the circuit of a key under its lock, unless somebody has
// forced it. One that is made just now asks by itself.
func (b *Breaker) hear(key string, act func(c *circuit)) {
	c := b.find(key)
	if c == nil || c.fleet == nil {
		return
	}
	c.mu.Lock()
	if !c.forced.Load() {
		act(c)
	}
	tell := c.gate != nil // or there is no change to tell of
	c.mu.Unlock()
	if tell {
		b.announce(c)
	}
}

// newCircuit prepares a circuit that nobody has seen yet, as the fleet knows it.
// It is called under a lock, so the observer is told later.
func (b *Breaker) newCircuit(c *circuit, name string) {
	c.name = name
	if b.link == nil {
		return
	}
	c.fleet = new(governed)
	if v, open := b.link.Known(name); open {
		b.governLocked(c, v)
		c.fleet.untold.Store(true)
	}
}

// confirm asks the fleet again about a circuit that it has opened as a new one, and
// tells the observer. What it said in between did not find the circuit: one that
// it has closed would wait for a lease that does not come.
func (b *Breaker) confirm(c *circuit) {
	c.mu.Lock()
	if !c.forced.Load() && c.fleet.held(b.now()) {
		if _, open := b.link.Known(c.name); !open { // with the lock held: what it says next waits
			b.closeLocked(c, byFleet())
		}
	}
	c.mu.Unlock()
	b.announce(c)
}

// governLocked opens a circuit in the fleet's name, or goes on holding it open.
// Nothing of it is told back.
func (b *Breaker) governLocked(c *circuit, v peer.Verdict) {
	now := b.now()
	f := c.fleet
	word := c.word.Load()
	state := stateOf(word)
	if state == Closed && b.doubtLocked(c, v, now) {
		return
	}
	held, lent := f.held(now), now < f.lentUntil.Load()
	f.until.Store(now + bounded(v.Valid))
	if state == HalfOpen && held && (lent || v.Wait <= 0) {
		// The fleet says again what it said before this probe; what it will say
		// next, the probe has to tell. One whose lease has run out counts yet, as
		// in report: it is obsolete once another has failed, which begins a wait.
		return
	}
	if state != Open {
		if c.gate == nil {
			c.gate = &gate{engine: b.newEngine()}
		}
		c.gate.tell(false)
		c.gate.openFor = b.openFor
		f.seen = c.rejected.Load()
		f.lentUntil.Store(0)
	}
	wait := b.waitFor(v)
	c.openUntil.Store(b.now() + int64(wait))
	if state != Open {
		c.word.Store(next(word, Open))
		b.changedLocked(c, observe.CircuitOpened, byFleet(), wait)
	}
}
