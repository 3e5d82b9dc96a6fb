// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet

import (
	"math/rand/v2"
	"time"

	"github.com/surefoot-go/surefoot/peer"
)

// An id names what is shared.
type id struct {
	subject Subject
	key     string
}

// A host is what an instance knows of one id: what it has seen by itself, what it
// has to tell of that, and what the fleet says. The Fleet's mutex guards it.
type host struct {
	id id
	at int // its place among all

	// Seen by this process.
	evidence evidence
	since    time.Time // the first failure of the streak
	until    time.Time // the end of the circuit's wait, or of the cool-down
	flag     bool      // of a cool-down: the server fails
	word     bool      // of a streak: the server's own word is all there is
	seen     time.Time // when evidence last came
	reported bool      // the engine may hold a report of it
	sent     time.Time // when that was sent
	told     time.Time // the until that was sent with it

	// To be told.
	pending pending
	queued  bool
	ordered time.Time // when closing, holding or hoping became pending

	// Said by the fleet.
	open      bool
	wait      time.Time // the end of the wait, or of the cool-down
	expires   time.Time
	confirmed time.Time // when this was last heard or read
	touched   time.Time // when this last changed
	listed    bool      // the engine has had it in a list, or says that nothing is new since
	heard     bool      // a message has said it, which the known mark includes
	unsure    bool      // but may not have it as it is here, or any longer
	restore   bool      // it has forgotten it, and has to be told until it says it

	lease leasing
	lent  time.Time // until then all may probe
}

// evidence is what an instance has seen of a host by itself.
type evidence uint8

const (
	nothing evidence = iota
	failing          // a streak of failures
	opened           // its own circuit is open
	cooling          // a server asked it to wait
)

// pending are the ops that are to be sent for a host.
type pending uint16

const (
	closing pending = 1 << iota
	holding
	withdrawing
	reporting
	restoring
	asking    // for the lease
	releasing // it
	hoping    // a probe has succeeded
	helping   // others should probe, too
	spreading // the other breakers of this process have to hear that it closed
)

const (
	// again is how often a report is repeated at most.
	again = 250 * time.Millisecond
	// reportTime is how long a report holds that nobody repeats. A client with a
	// call a second has repeated it by then.
	reportTime = 5 * time.Second
	// lateTime is how old something that was to be told may be. What is older has
	// happened to another engine.
	lateTime = 5 * time.Second
)

// unbounded are what is told however long the queue is: it is never told again, or
// others wait for it. There are no more of them than keys.
const unbounded = closing | releasing | restoring

// order queues ops. The lock must be held.
func (f *Fleet) order(h *host, p pending) {
	h.pending |= p
	if h.queued {
		return
	}
	if p&unbounded == 0 && len(f.queue) >= f.cfg.queue {
		if h.pending&asking != 0 {
			f.askAgain(h)
		}
		h.pending = 0 // what is still true is told again
		f.count.queue.Add(1)
		return
	}
	h.queued = true
	f.queue = append(f.queue, h)
	poke(f.wake)
}

// holds reports whether the fleet says that h is open. What has expired there but
// not been swept yet is not.
func (h *host) holds(now time.Time) bool { return h.open && h.expires.After(now) }

// idle reports whether a host may be forgotten.
func (h *host) idle() bool { return h.evidence == nothing && !h.open && !h.queued }

// outdated reports whether evidence is too old to be any: as old as the engine lets
// a report of it become. It goes by when something was seen, and not by when it was
// told, so that an engine that comes back hears nothing of an outage that is over.
func (h *host) outdated(now time.Time) bool {
	switch h.evidence {
	case failing:
		return now.Sub(h.seen) >= reportTime
	case opened: // without another probe, nobody calls it
		return now.Sub(h.until) >= reportTime
	case cooling:
		return !h.until.After(now)
	case nothing:
	}
	return false
}

// verdict returns what the fleet says of a circuit. Without a word from the engine
// for three rounds nothing of it holds any longer.
func (f *Fleet) verdict(h *host, now time.Time) (peer.Verdict, bool) {
	v := peer.Verdict{
		Wait:  max(h.wait.Sub(now), 0),
		Valid: min(h.confirmed.Add(3*f.cfg.every).Sub(now), h.expires.Sub(now)),
	}
	return v, h.open && v.Valid > 0
}

// jitter returns up to d.
func jitter(d time.Duration) time.Duration {
	return time.Duration(rand.Int64N(int64(d) + 1)) //nolint:gosec // nobody gains by guessing it
}

// around returns d, a fifth more or less.
func around(d time.Duration) time.Duration { return d - d/5 + jitter(d*2/5) }
