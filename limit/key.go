// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit

import (
	"sync"
	"sync/atomic"

	"github.com/surefoot-go/surefoot/internal/untold"
	"github.com/surefoot-go/surefoot/observe"
)

// A key is the state of one key. The zero value sleeps: it limits nothing and
// counts nothing.
type key struct {
	name string // immutable

	// active is true while the key is awake or cools down, so that attempts
	// have to be let in.
	active    atomic.Bool
	keepUntil atomic.Int64 // until when an active key must not be evicted
	coolUntil atomic.Int64 // when the cool-down after a 429 ends; in the past for none
	downUntil atomic.Int64 // when that of a server that fails does

	untold atomic.Bool // it was made in a fleet's cool-down, and no observer knows yet

	rejectedLimit, rejectedCoolDown atomic.Uint64

	mu      sync.Mutex
	held    int     // guarded by mu; attempts and bodies, for the fixed limit
	pending int     // guarded by mu; attempts before their headers, for the adaptive one
	queue   queue   // guarded by mu
	ctl     control // guarded by mu

	cooling int           // guarded by mu; attempts that wait for a cool-down's end
	again   chan struct{} // guarded by mu; closed when they have to look again; nil where none waits
	lookAt  int64         // guarded by mu; when the next probe may go to a server that fails
	every   int64         // guarded by mu; and how long after that another

	calledAt   int64 // guarded by mu; when an attempt was looked at; 0 for never
	fleetUntil int64 // guarded by mu; the end of the last cool-down that a fleet asked for
	endedUntil int64 // guarded by mu; that of the last one that a probe has ended before it

	changes untold.Queue[observe.Event] // guarded by mu; for the observer
	news    untold.Queue[cooling]       // guarded by mu; for the fleet
}

// changedLocked notes a change for the observer. Whoever calls it calls announce
// when the lock is released.
func (l *Limiter) changedLocked(k *key, e observe.Event) {
	if observe.Listening(l.observer) {
		e.Key = k.name
		k.changes.AddLocked(e)
	}
}

// announce tells the fleet and the observer what is pending for them.
func (l *Limiter) announce(k *key) {
	if l.link != nil {
		k.news.Tell(&k.mu, func(c cooling) { l.link.Cooling(k.name, c.wait, c.failing) })
	}
	if l.observer != nil {
		k.changes.Tell(&k.mu, func(e observe.Event) { observe.Emit(l.observer, e) })
	}
}

// patienceUntil returns when the key's cool-down ends.
func (k *key) patienceUntil() int64 { return max(k.coolUntil.Load(), k.downUntil.Load()) }

// roomLocked reports whether an attempt may go.
func (l *Limiter) roomLocked(k *key, p Priority) bool {
	return !l.fullLocked(k) && !k.ctl.fullLocked(k.pending, p)
}

// fullLocked reports whether the fixed limit is reached.
func (l *Limiter) fullLocked(k *key) bool { return l.maxInFlight > 0 && k.held >= l.maxInFlight }

func (k *key) enterLocked() {
	k.held++
	k.pending++
	k.ctl.peak = max(k.ctl.peak, k.pending)
}

// serveLocked lets waiters in for as long as there is room.
func (l *Limiter) serveLocked(k *key) {
	for {
		w := k.queue.nextLocked()
		if w == nil || !l.roomLocked(k, w.priority) {
			return
		}
		k.queue.removeLocked(w)
		k.enterLocked()
		w.admitted = true
		close(w.ready)
	}
}
