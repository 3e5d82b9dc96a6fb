// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/surefoot-go/surefoot/peer"
)

// A circuit is the state of one key. While it is closed, only atomics are
// touched. The zero value is a closed circuit.
type circuit struct {
	// word is the generation and the state. The generation changes with the
	// state, so an attempt that was let through in one and ends in another is
	// known by its word and ignored: a straggler from before an outage neither
	// closes a half-open circuit nor counts against a fresh window.
	word atomic.Uint64

	// The last failures, for a host that is too slow to fill the window.
	streak      atomic.Int64 // failures in a row
	streakSince atomic.Int64 // when the first of them ended
	lastFailure atomic.Int64 // when the last failure ended; 0 for never

	recent atomic.Uint64 // the last tick that the clock gave, with busy

	openUntil atomic.Int64 // when the next probe may go; while half-open, when the last one went
	forced    atomic.Bool  // by hand, into the state that it is in
	rejected  atomic.Uint64
	rejection atomic.Pointer[OpenError] // the last one, to be used again

	window window
	told   tally     // the highest totals that were ever shown
	name   string    // immutable
	fleet  *governed // immutable; nil without a fleet

	mu   sync.Mutex
	gate *gate // guarded by mu; nil until the circuit first opens
}

// stateBits is the width of the state in a circuit's word.
const stateBits = 2

func stateOf(word uint64) State { return State(word & (1<<stateBits - 1)) }

// next is the word of the generation after this one.
func next(word uint64, s State) uint64 { return (word>>stateBits+1)<<stateBits | uint64(s) }

// sampleEvery is how many responses of a host without trouble go by for each
// whose body is watched. The first of each slot of the window is one.
const sampleEvery = 16

// succeeded credits a success to the generation of word.
func (b *Breaker) succeeded(c *circuit, word uint64, req *http.Request, resp *http.Response) {
	if c.word.Load() != word {
		return
	}
	recent := c.recent.Load()
	tick := recent &^ busy
	if recent&busy == 0 {
		tick = b.span.tick(b.now())
	}
	slot := c.window.add(tick, oneSuccess)
	if recent != tick|busy || successesOf(slot)%readEvery == 0 {
		b.readClock(c, recent, tick, slot)
	}
	if c.streak.Load() != 0 {
		c.streak.Store(0)
		b.working(c)
	}
	if resp == nil || resp.Body == nil || resp.Body == http.NoBody {
		return
	}
	if successesOf(slot)%sampleEvery == 1 || b.inTrouble(c) {
		b.watch(c, word, tick, req, resp)
	}
}

// The clock is the dearest part of a success. A busy host, one that had
// readEvery successes in one slot, has it read for one success in so many; the
// others go to the slot of the last reading. So at most readEvery-1 successes,
// the first after a pause, are dated back to before it, where they count for
// less. Failures always read the clock.
const (
	busy      = 1 << 63 // in circuit.recent, beside the tick
	readEvery = 8
)

// readClock takes the recent tick up to date after a success in the slot of
// tick.
func (b *Breaker) readClock(c *circuit, recent, tick, slot uint64) {
	switch {
	case recent&busy != 0:
		if now := b.span.tick(b.now()); now != tick {
			c.recent.Store(now)
		}
	case recent != tick:
		c.recent.Store(tick)
	case successesOf(slot) >= readEvery:
		c.recent.Store(tick | busy)
	}
}

// inTrouble reports whether there was a failure within the last window.
func (b *Breaker) inTrouble(c *circuit) bool {
	last := c.lastFailure.Load()
	return last != 0 && b.now()-last < int64(b.window)
}

// failed counts a failure in the generation of word and opens the circuit if
// that is one too many.
func (b *Breaker) failed(c *circuit, word uint64, req *http.Request, retryAfter time.Duration) {
	if c.word.Load() != word {
		return
	}
	now := b.now()
	tick := b.span.tick(now)
	c.window.add(tick, oneFailure)
	// From here on successes read the clock again, so none of them can be too
	// late for a slot that a failure has taken.
	c.recent.Store(tick)
	c.lastFailure.Store(max(now, 1))
	streak := c.lengthenStreak(now)
	switch {
	case b.tooMany(c, tick), b.tooLong(c, streak, now):
		b.open(c, word, req, retryAfter)
	case streak >= peer.Streak:
		b.failing(c, now)
	}
	b.believe(c, word, now)
}

func (c *circuit) lengthenStreak(now int64) int64 {
	// The time is there before the count says so, or a second goroutine could
	// take this streak to be as old as the one before it.
	if c.streak.Load() == 0 {
		c.streakSince.Store(now)
	}
	streak := c.streak.Add(1)
	if streak == 1 { // a success came in between
		c.streakSince.Store(now)
	}
	return streak
}

// tooMany reports whether the window holds enough outcomes and too many of them
// are failures.
func (b *Breaker) tooMany(c *circuit, tick uint64) bool {
	successes, failures := c.window.sum(b.span, tick)
	total := successes + failures
	// The division rounds to the nearest number, as the literal of the option
	// did, so 57 of 100 are 0.57; a multiplication could be off by a hair.
	return total >= uint64(b.minRequests) && float64(failures)/float64(total) >= b.ratio
}

// tooLong reports whether as many failures in a row as the window needs have
// come over more than a blip. The ratio alone would take most of the window to
// see an outage after a time without failures, and a host whose every call
// takes longer than the window to fail would never have enough of them in it.
func (b *Breaker) tooLong(c *circuit, streak, now int64) bool {
	return streak >= int64(b.minRequests) && now-c.streakSince.Load() >= int64(min(StreakTime, b.window))
}
