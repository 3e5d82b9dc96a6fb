// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker

import (
	"time"

	"github.com/surefoot-go/surefoot/observe"
)

// ForceOpen opens the circuit of a key and keeps it open, without probes, until
// [Breaker.ForceClosed] or [Breaker.Reset]. Attempts that are under way go on,
// and their outcomes count for nothing. A rejection tells the initial open time
// of [WithOpenFor] as its wait, because nobody knows better.
//
// The key is in the form that [Circuit].Key has. ForceOpen reports whether
// there is such a circuit; a key that was never asked for has none, so a typing
// error is told and makes nothing. A circuit that is forced is never evicted; it
// counts towards [WithMaxKeys]. It is forgotten with the Breaker: nothing is
// stored.
//
// The observer is told of the change of state, if there is one, with a nil
// Context. ForceOpen is safe for concurrent use.
func (b *Breaker) ForceOpen(key string) bool {
	return b.force(key, func(c *circuit) {
		c.forced.Store(true)
		c.fleet.leave()
		if c.gate == nil {
			c.gate = &gate{engine: b.newEngine()}
		}
		if word := c.word.Load(); stateOf(word) != Open {
			c.word.Store(next(word, Open))
			b.changedLocked(c, observe.CircuitOpened, byHand(), 0)
		}
	})
}

// ForceClosed closes the circuit of a key and keeps it closed, whatever
// happens, until [Breaker.ForceOpen] or [Breaker.Reset]. Outcomes are counted
// meanwhile. The rest is as for [Breaker.ForceOpen].
func (b *Breaker) ForceClosed(key string) bool {
	return b.force(key, func(c *circuit) {
		if stateOf(c.word.Load()) != Closed {
			b.startAnewLocked(c)
		}
		c.fleet.leave()
		c.forced.Store(true)
	})
}

// Reset closes the circuit of a key, empties its window, and leaves it to
// itself again if it was forced. It reports whether there is such a circuit. A
// fleet that holds the circuit open opens it again within seconds; to send all
// the same, use [Breaker.ForceClosed].
func (b *Breaker) Reset(key string) bool {
	return b.force(key, func(c *circuit) { b.startAnewLocked(c) })
}

// force has act change the circuit of a key under its lock.
func (b *Breaker) force(key string, act func(c *circuit)) bool {
	for {
		c := b.find(key)
		if c == nil {
			return false
		}
		c.mu.Lock()
		act(c)
		tell := c.gate != nil // or there is no change to tell of
		c.mu.Unlock()
		if tell {
			b.announce(c)
		}
		if b.find(key) == c { // or it was evicted just before
			return true
		}
	}
}

// startAnewLocked closes a circuit as if it were new, but for its totals.
func (b *Breaker) startAnewLocked(c *circuit) {
	if c.gate != nil {
		c.gate.engine, c.gate.probe = b.newEngine(), 0
	}
	if word := c.word.Load(); stateOf(word) == Closed {
		// Those that count meanwhile must not count for the new generation.
		c.word.Store(next(word, Closed))
		c.clear()
		c.fleet.leave()
	} else {
		b.closeLocked(c, byHand())
	}
	// Last, because a circuit that is open and no longer forced has an open time.
	c.forced.Store(false)
}

// waitOf returns how long an open circuit goes on rejecting.
func (b *Breaker) waitOf(c *circuit, now int64) time.Duration {
	if c.forced.Load() {
		return b.openFor
	}
	wait := time.Duration(c.openUntil.Load() - now)
	if wait <= 0 && c.fleet.needsLease(now) {
		return b.openFor // nobody knows better
	}
	return wait
}
