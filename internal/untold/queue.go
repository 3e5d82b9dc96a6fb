// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package untold keeps what was decided under a lock and has to be told without
// it: an observer may take as long as it likes, and may call back.
package untold

import "sync"

// Max is how much a [Queue] holds. With the defaults a circuit that does not come to
// rest changes about twice a second, so an observer may take half a minute.
const Max = 64

// A Queue holds what has not been told yet. Those whom it is for hear of it in
// the order in which it was decided, and of one at a time: one that keeps a
// gauge would otherwise be left with the older of two. For one that hangs it
// keeps the newest [Max] and drops what is older. So where it goes on it is left
// with the state that is, having missed some on the way there; to drop the newest
// would leave it with one that was. The zero value is empty and ready to use. A
// Queue is guarded by a lock of its owner's.
type Queue[T any] struct {
	pending []T  // at most Max
	telling bool // a goroutine is at it
}

// AddLocked adds v. Whoever calls it calls [Queue.Tell] when the lock is
// released.
func (q *Queue[T]) AddLocked(v T) {
	if len(q.pending) == Max {
		copy(q.pending, q.pending[1:])
		q.pending[Max-1] = v
		return
	}
	q.pending = append(q.pending, v)
}

// Tell hands what is pending to tell, one after the other and with mu, which
// guards the queue, not held. It does nothing if another goroutine is at it, or
// this one further up its stack: that one goes on to what came meanwhile.
func (q *Queue[T]) Tell(mu sync.Locker, tell func(T)) {
	for v, ok := q.next(mu); ok; v, ok = q.next(mu) {
		q.one(mu, v, tell)
	}
}

// next takes the first out, and reports whether there is one for the caller to
// tell.
func (q *Queue[T]) next(mu sync.Locker) (first T, ok bool) {
	mu.Lock()
	defer mu.Unlock()
	if q.telling || len(q.pending) == 0 {
		return first, false
	}
	// The place is cleared, since it may hold on to the context of a request.
	first, q.pending[0] = q.pending[0], first
	q.pending = q.pending[1:]
	if len(q.pending) == 0 {
		q.pending = nil
	}
	q.telling = true
	return first, true
}

func (q *Queue[T]) one(mu sync.Locker, v T, tell func(T)) {
	defer func() { // also when tell panics or ends the goroutine
		mu.Lock()
		q.telling = false
		mu.Unlock()
	}()
	tell(v)
}
