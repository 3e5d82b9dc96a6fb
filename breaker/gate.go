// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/surefoot-go/surefoot/internal/untold"
	"github.com/surefoot-go/surefoot/observe"
)

// A gate stands in front of gobreaker while a circuit is not closed. It owns
// what gobreaker does not have: an open time that can grow, be jittered, and
// follow a Retry-After; the remaining time; and one probe at a time, each on a
// lease that runs out. Probes run outside of gobreaker, which is told of their
// outcome only: one that never comes back leaves nothing half done in it. All
// of it is guarded by the circuit's mutex.
type gate struct {
	engine *gobreaker.CircuitBreaker[struct{}]

	openFor    time.Duration // of this opening
	probe      uint64        // the probe that is under way; 0 for none
	probeUntil int64         // when its lease runs out
	probes     uint64        // numbers them

	changes untold.Queue[observe.Event] // for the observer
	news    untold.Queue[news]          // for the fleet
}

// A lease lets one probe through a half-open circuit.
type lease struct {
	word  uint64 // the circuit's, when the lease was given
	probe uint64
}

// maxLease bounds a lease where the window is longer, for the reason that
// [MaxRetryAfter] is a minute: a window of an hour must not let one probe that
// hangs hide a host for an hour.
const maxLease = time.Minute

// errProbe is what gobreaker is told of a failure. No caller ever sees it.
var errProbe = errors.New("breaker: attempt failed")

// open trips the circuit if it is still in the generation of word and not
// forced to be closed.
func (b *Breaker) open(c *circuit, word uint64, req *http.Request, retryAfter time.Duration) {
	if c.forced.Load() { // every failure comes here then; it needs no lock
		return
	}
	c.mu.Lock()
	if c.word.Load() != word || c.forced.Load() {
		c.mu.Unlock()
		return
	}
	if c.gate == nil {
		c.gate = &gate{engine: b.newEngine()}
	}
	c.gate.tell(false)
	c.gate.openFor = b.openFor
	b.newsLocked(c, news{opened, b.openLocked(c, req, retryAfter)})
	c.mu.Unlock()
	b.announce(c)
}

// newEngine makes a gobreaker that opens at the first failure it hears of. Its
// own open time has to be over when the gate's is, so it is half of the shortest
// there is, which a fleet may ask for.
func (b *Breaker) newEngine() *gobreaker.CircuitBreaker[struct{}] {
	return gobreaker.NewCircuitBreaker[struct{}](gobreaker.Settings{
		MaxRequests: uint32(b.probes), // at most maxProbes
		Timeout:     minOpen / 2,
		ReadyToTrip: func(gobreaker.Counts) bool { return true },
	})
}

// tell reports an outcome to gobreaker. It does not refuse to hear it: its open
// time is over, and all that it was told of before has an outcome.
func (g *gate) tell(good bool) {
	_, _ = g.engine.Execute(func() (struct{}, error) {
		if good {
			return struct{}{}, nil
		}
		return struct{}{}, errProbe
	})
}

// openLocked returns how long the circuit will stay open.
func (b *Breaker) openLocked(c *circuit, req *http.Request, retryAfter time.Duration) time.Duration {
	wait := c.gate.openFor
	if b.openFor != b.maxOpenFor {
		wait += time.Duration(rand.Int64N(int64(wait)/10 + 1)) //nolint:gosec // jitter: nobody gains by guessing it
	}
	wait = max(wait, min(retryAfter, MaxRetryAfter))
	c.openUntil.Store(b.now() + int64(wait))
	c.word.Store(next(c.word.Load(), Open))
	b.changedLocked(c, observe.CircuitOpened, byCall(req), wait)
	if f := c.fleet; f != nil {
		f.seen = c.rejected.Load()
		f.lentUntil.Store(0) // a lease is over with the probe that failed
	}
	return wait
}

// admit decides about an attempt on a circuit that is not closed: a lease to
// probe, or a rejection. A lease whose word is that of a closed circuit says
// that it has closed in between.
func (b *Breaker) admit(c *circuit, req *http.Request, now int64) (lease, *OpenError) {
	if stateOf(c.word.Load()) == Open {
		if wait := b.waitOf(c, now); wait > 0 {
			return lease{}, b.openError(c, Open, wait)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	word := c.word.Load()
	g := c.gate
	switch stateOf(word) {
	case Closed:
		return lease{word: word}, nil
	case Open:
		if wait := b.waitOf(c, now); wait > 0 { // opened in between
			return lease{}, b.openError(c, Open, wait)
		}
		word = next(word, HalfOpen)
		c.word.Store(word)
		b.changedLocked(c, observe.CircuitHalfOpened, byCall(req), 0)
	case HalfOpen:
		if left := g.probeUntil - now; g.probe != 0 && left > 0 {
			// When the probe will be back is not known. The open time is a wait
			// after which asking again makes sense.
			return lease{}, b.openError(c, HalfOpen, min(time.Duration(left), b.openFor))
		}
		if c.fleet.needsLease(now) {
			return lease{}, b.openError(c, Open, b.openFor)
		}
	}
	if c.fleet != nil {
		c.fleet.seen = c.rejected.Load()
	}
	c.openUntil.Store(now) // keeps it from eviction while the probe is under way
	g.probes++
	g.probe, g.probeUntil = g.probes, now+int64(min(b.window, maxLease))
	return lease{word: word, probe: g.probe}, nil
}

// report takes the outcome of a probe. The outcome of one whose lease has run
// out still counts, as long as the circuit is in the same generation: a host
// whose answers take longer than a lease must be able to close its circuit.
func (b *Breaker) report(c *circuit, l lease, req *http.Request, out outcome, retryAfter time.Duration) {
	c.mu.Lock()
	if c.word.Load() != l.word {
		c.mu.Unlock()
		return
	}
	g := c.gate
	if g.probe == l.probe {
		g.probe = 0
	}
	switch out {
	case success:
		g.tell(true)
		if g.engine.State() == gobreaker.StateClosed {
			b.closeLocked(c, byCall(req))
			b.newsLocked(c, news{what: closed})
		} else {
			b.newsLocked(c, news{what: probeWorked})
		}
	case failure, throttled:
		g.tell(false)
		g.openFor = min(2*g.openFor, b.maxOpenFor)
		b.newsLocked(c, news{probeFailed, b.openLocked(c, req, retryAfter)})
	case excluded:
	}
	c.mu.Unlock()
	b.announce(c)
}

// closeLocked closes a circuit; by says who does.
func (b *Breaker) closeLocked(c *circuit, by observe.Event) {
	c.clear()
	c.fleet.leave()
	c.word.Store(next(c.word.Load(), Closed))
	b.changedLocked(c, observe.CircuitClosed, by, 0)
}

// clear forgets all outcomes, but for the totals.
func (c *circuit) clear() {
	c.window.clear()
	c.streak.Store(0)
	c.lastFailure.Store(0)
	c.recent.Store(0)
	if c.fleet != nil {
		c.fleet.failing.Store(false)
	}
}

// openError returns a rejection with the given wait. At a high rate the same
// one serves for up to a millisecond, so that rejecting allocates next to
// nothing just when a client has the most calls to reject.
func (b *Breaker) openError(c *circuit, s State, wait time.Duration) *OpenError {
	if e := c.rejection.Load(); e != nil && e.State == s {
		if late := e.RetryAfter - wait; late >= 0 && late < time.Millisecond {
			return e
		}
	}
	e := &OpenError{Key: c.name, State: s, RetryAfter: wait}
	c.rejection.Store(e)
	return e
}
