// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet

import (
	"math"
	"runtime"
	"time"
)

// turn is how many hosts are looked after under one hold of the lock. That is how
// long calls that fail, or are rejected, wait for it, however many hosts there are.
const turn = 64

// walk looks after all hosts, turn by turn: do has the lock, between, which may be
// nil, has not. A host that is added meanwhile may be left out, and one that is there
// from the beginning to the end is not. One walk at a time may remove hosts, and only
// the one that it is at; others may be given a host twice then.
func (f *Fleet) walk(do func(*host), between func()) {
	// From the end, so that who takes the place of one that is removed has had its
	// turn.
	for at := math.MaxInt; at > 0; {
		f.mu.Lock()
		at = min(at, len(f.all))
		for end := max(at-turn, 0); at > end; {
			at--
			do(f.all[at])
		}
		f.mu.Unlock()
		if between != nil {
			between()
		}
		runtime.Gosched() // or it would have the lock again before who waits for it
	}
}

// turns calls do with all numbers below n, in the same way.
func (f *Fleet) turns(n int, do func(i int)) {
	for i := 0; i < n; {
		f.mu.Lock()
		for end := min(i+turn, n); i < end; i++ {
			do(i)
		}
		f.mu.Unlock()
		runtime.Gosched()
	}
}

// host returns what is known of an id, with room for it to be told. The lock must
// be held. It returns nil, and counts, where there are too many.
func (f *Fleet) host(k id) *host {
	if h := f.hosts[k]; h != nil {
		return h
	}
	if !validKey(k.key) {
		f.count.key.Add(1)
		return nil
	}
	if f.closed || len(f.hosts) >= 2*f.cfg.maxKeys { // circuits and cool-downs
		f.count.queue.Add(1)
		return nil
	}
	h := &host{id: k, at: len(f.all)}
	f.hosts[k] = h
	f.all = append(f.all, h)
	return h
}

// remove forgets a host. The lock must be held.
func (f *Fleet) remove(h *host) {
	delete(f.hosts, h.id)
	end := len(f.all) - 1
	last := f.all[end]
	f.all[h.at], last.at = last, h.at
	f.all[end] = nil
	f.all = f.all[:end]
}

// sweep ends what is over, and forgets the host if that was all. The lock must be
// held.
func (f *Fleet) sweep(h *host, now time.Time) {
	if h.open && !h.expires.After(now) {
		h.leave(now) // what circuits hold in its name ends by itself
	}
	if h.outdated(now) {
		h.evidence, h.reported = nothing, false
	}
	if h.idle() {
		f.remove(h)
	}
}
