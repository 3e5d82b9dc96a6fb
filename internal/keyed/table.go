// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package keyed

import (
	"sync/atomic"
)

// table has a power of two of slots; a slot is the head of an immutable chain.
type table[V any] struct {
	slots []atomic.Pointer[link[V]]
	mask  uint64
}

type link[V any] struct {
	entry *Entry[V]
	next  *link[V]
}

const minSlots = 8

func newTable[V any](slots int) *table[V] {
	return &table[V]{slots: make([]atomic.Pointer[link[V]], slots), mask: uint64(slots - 1)}
}

func (m *Map[V]) linkLocked(e *Entry[V]) {
	slot := m.table.Load().slot(e.hash)
	slot.Store(&link[V]{entry: e, next: slot.Load()})
}

// unlinkLocked rebuilds the chain without e. Readers that are inside the old
// chain finish on it unharmed.
func (m *Map[V]) unlinkLocked(e *Entry[V]) {
	slot := m.table.Load().slot(e.hash)
	var kept *link[V]
	for l := slot.Load(); l != nil; l = l.next {
		if l.entry != e {
			kept = &link[V]{entry: l.entry, next: kept}
		}
	}
	slot.Store(kept)
}

// growLocked doubles the table when there are more keys than slots. The old
// table stays as it is for readers that hold it; one that misses in it comes
// to insert, which looks again under the lock.
func (m *Map[V]) growLocked() {
	old := m.table.Load()
	if len(m.ring) <= len(old.slots) {
		return
	}
	grown := newTable[V](2 * len(old.slots))
	for i := range old.slots {
		for l := old.slots[i].Load(); l != nil; l = l.next {
			slot := grown.slot(l.entry.hash)
			slot.Store(&link[V]{entry: l.entry, next: slot.Load()})
		}
	}
	m.table.Store(grown)
}

func (t *table[V]) slot(hash uint64) *atomic.Pointer[link[V]] {
	return &t.slots[hash&t.mask]
}
