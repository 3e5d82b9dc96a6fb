// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker

import (
	"time"

	"github.com/surefoot-go/surefoot/peer"
)

// This file is what a breaker tells its fleet; governed.go is what it hears.

// join joins the fleet with the first Wrap and not earlier, so that a Breaker
// which is made and never used is not kept by the fleet for ever.
func (b *Breaker) join() {
	b.joining.Do(func() {
		if b.fleet != nil {
			b.link = b.fleet.ShareCircuits(circuits{b})
		}
	})
}

// news is a change that own attempts have made.
type news struct {
	what what
	wait time.Duration // to the next probe
}

type what uint8

const (
	opened what = iota
	probeFailed
	probeWorked
	closed
)

func (n news) tell(link peer.CircuitLink, key string) {
	switch n.what {
	case opened:
		link.Opened(key, n.wait)
	case probeFailed:
		link.ProbeFailed(key, n.wait)
	case probeWorked:
		link.ProbeWorked(key)
	case closed:
		link.Closed(key)
	}
}

// newsLocked notes a change for the fleet. Whoever calls it calls announce when
// the lock is released.
func (b *Breaker) newsLocked(c *circuit, n news) {
	if b.link != nil {
		c.gate.news.AddLocked(n)
	}
}

// failing tells of a streak of failures that does not open the circuit yet. A
// circuit that is held closed by hand takes no part: whoever did that does not
// believe its failures.
func (b *Breaker) failing(c *circuit, now int64) {
	f := c.fleet
	if f == nil || c.forced.Load() {
		return
	}
	b.link.Failing(c.name, max(time.Duration(now-c.streakSince.Load()), 0))
	// Only then: a success that sees the flag takes back what has been told. One
	// that came before it has not seen it, but has ended the streak.
	f.failing.Store(true)
	if c.streak.Load() == 0 {
		b.working(c)
	}
}

// working takes back what failing has told.
func (b *Breaker) working(c *circuit) {
	if f := c.fleet; f != nil && f.failing.Load() && f.failing.CompareAndSwap(true, false) {
		b.link.Working(c.name)
	}
}

// wantedEvery is how often the fleet hears that a lease is wanted for one key.
// Rejections can come at any rate, and the first one says it all.
const wantedEvery = 10 * time.Millisecond

// missed notes the time of a rejection, and tells the fleet if the call could
// have been a probe. While a probe is under way it could not.
func (b *Breaker) missed(c *circuit, e *OpenError, now int64) {
	f := c.fleet
	f.rejectedAt.Store(max(now, 1))
	if e.State != Open || now < c.openUntil.Load() || !f.needsLease(now) {
		return
	}
	last := f.wantedAt.Load()
	if last != 0 && now-last < int64(wantedEvery) || !f.wantedAt.CompareAndSwap(last, max(now, 1)) {
		return
	}
	b.link.Wanted(c.name)
}
