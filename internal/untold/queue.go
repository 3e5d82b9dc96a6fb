// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package untold keeps what was decided under a lock and has to be told without
// it: an observer may take as long as it likes, and may call back.
package untold

import "sync"

// A Queue holds what has not been told yet. Those whom it is for hear of it in
// the order in which it was decided, and of one at a time: one that keeps a
// gauge would otherwise be left with the older of two. The zero value is empty
// and ready to use. A Queue is guarded by a lock of its owner's.
type Queue[T any] struct {
	pending []T
	telling bool // a goroutine is at it
}

// AddLocked adds v. Whoever calls it calls [Queue.Tell] when the lock is
// released.
func (q *Queue[T]) AddLocked(v T) { q.pending = append(q.pending, v) }

// Tell hands what is pending to tell, one after the other and with mu, which
// guards the queue, not held. It does nothing if another goroutine is at it, or
// this one further up its stack: that one goes on to what came meanwhile.
func (q *Queue[T]) Tell(mu sync.Locker, tell func(T)) {
	for v := q.next(mu); v != nil; v = q.next(mu) {
		q.one(mu, *v, tell)
	}
}

// next takes the first out, or returns nil where it is not for the caller to
// tell it.
func (q *Queue[T]) next(mu sync.Locker) *T {
	mu.Lock()
	defer mu.Unlock()
	if q.telling || len(q.pending) == 0 {
		return nil
	}
	v := &q.pending[0]
	q.pending = q.pending[1:]
	if len(q.pending) == 0 {
		q.pending = nil // it may hold on to the contexts of requests
	}
	q.telling = true
	return v
}

func (q *Queue[T]) one(mu sync.Locker, v T, tell func(T)) {
	defer func() { // also when tell panics or ends the goroutine
		mu.Lock()
		q.telling = false
		mu.Unlock()
	}()
	tell(v)
}
