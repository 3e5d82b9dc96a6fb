// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker

import (
	"sync/atomic"
	"time"

	"github.com/surefoot-go/surefoot/peer"
)

// What a process sees by itself counts for more than what it hears. A fifth of a
// fleet can lose a host that the others reach, behind a proxy or in a zone of
// their own; were the verdict of that fifth obeyed by all, sharing would make an
// outage where there was none. So a circuit whose last attempt has just
// succeeded keeps a verdict in mind and believes it at its first failure. In an
// outage that costs one attempt for each process.

// A doubt is a verdict that a circuit has not believed.
type doubt struct {
	until atomic.Int64 // the verdict is good until then; of use while closed

	// Guarded by the circuit's mu.
	wait      int64  // its probe may go then
	successes uint64 // of the circuit ever, as the fleet spoke
	since     int64  // when it first spoke with so many
}

// justNow is how long a success speaks against a verdict: longer than an outage
// has lasted when a fleet knows of it.
const justNow = 2 * time.Second

// doubtLocked keeps a verdict on a closed circuit in mind if the last attempt
// has just succeeded, and reports whether it has. A success does not note its
// time, which would cost every healthy call, so there are two signs of it: the
// slots of the window, and, where those are longer than justNow, that a fleet has
// said the same for so long and no success came. At a busy host the first few
// successes after a pause are in the slot of those before it, and may go unseen.
func (b *Breaker) doubtLocked(c *circuit, v peer.Verdict, now int64) bool {
	if !c.window.succeededWithin(b.span, b.span.tick(now), justNow) {
		return false
	}
	d := &c.fleet.doubt
	successes, _ := c.window.totals()
	if d.until.Load() <= now || d.successes != successes {
		d.successes, d.since = successes, now
	} else if now-d.since >= int64(justNow) {
		return false
	}
	d.wait = now + int64(b.waitFor(v))
	d.until.Store(now + bounded(v.Valid))
	// Last, because a failure that comes meanwhile may have found no verdict yet.
	return c.streak.Load() == 0
}

// believe opens a circuit after a failure in the generation of word, if the fleet
// has said so before.
func (b *Breaker) believe(c *circuit, word uint64, now int64) {
	f := c.fleet
	if f == nil || f.doubt.until.Load() <= now {
		return
	}
	c.mu.Lock()
	if until := f.doubt.until.Load(); until > now && c.word.Load() == word {
		b.governLocked(c, peer.Verdict{
			Wait:  time.Duration(f.doubt.wait - now),
			Valid: time.Duration(until - now),
		})
	}
	tell := c.gate != nil // or there is no change to tell of
	c.mu.Unlock()
	if tell {
		b.announce(c)
	}
}
