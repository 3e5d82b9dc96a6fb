// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package keyed

import "math"

// Between a look-up and what is done with its entry, the map may evict it and make
// another of the same key. Where two at once would allow twice as much as one,
// whoever uses an entry holds it.

// Hold keeps an entry in the map until [Entry.Release] is called as often. It
// reports whether that came in time; an entry that is evicted already can be asked
// for again by [Map.Hold].
func (e *Entry[V]) Hold() bool {
	if e.holders.Add(1) > 0 {
		return true
	}
	e.holders.Add(-1)
	return false
}

// Release takes a Hold back that was in time.
func (e *Entry[V]) Release() { e.holders.Add(-1) }

// Hold returns the entry of k, as Get does, and holds it.
func (m *Map[V]) Hold(k Key) *Entry[V] {
	h := k.hash(m.seed)
	if e := m.find(k, h); e != nil && e.Hold() {
		return e
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.insertLocked(k, h)
	if e != nil {
		e.holders.Add(1) // in time: none goes without the lock
	}
	return e
}

// claim makes sure that nobody holds an entry, and that nobody will. One that was
// claimed is in the way still where the making of its successor has panicked.
func (e *Entry[V]) claim() bool {
	return e.holders.Load() < 0 || e.holders.CompareAndSwap(0, math.MinInt64/2)
}
