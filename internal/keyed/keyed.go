// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package keyed keeps state per key: a map that is bounded, evicts what is
// idle, and finds a key it holds with no lock and no allocation. Circuits,
// budgets and limits all live in it.
package keyed

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
)

// A Map holds one V for each key. It is safe for concurrent use and must not
// be copied. Make one with [New].
//
// Readers walk a hash table of immutable chains that writers replace under a
// mutex. When the map is full, the first entry that was not asked for since
// the sweep last passed it goes (the clock, or second-chance, algorithm): that
// costs a reader one flag that is written only when it is down, where keeping
// the exact order would cost every hit a write.
type Map[V any] struct {
	seed   maphash.Seed
	max    int
	init   func(*V, string)
	pinned func(*V) bool

	table atomic.Pointer[table[V]]

	mu   sync.Mutex
	ring []*Entry[V] // guarded by mu; the order in which the sweep passes
	hand int         // guarded by mu
}

// An Entry is the state of one key. It stays valid for those who hold it after
// the map has evicted it, but is then no longer shared with newcomers.
type Entry[V any] struct {
	// Name is the key in a form for people, such as "https://example.com".
	Name string
	// Value is the state.
	Value V

	key     Key
	hash    uint64
	used    atomic.Bool
	holders atomic.Int64 // below zero for good once it goes
}

// New returns an empty map of at most limit keys; a limit under 1 means 1. Init
// prepares the state of a new key before anyone sees it and may be nil. Pinned
// reports whether a key must not be evicted and may be nil; it is called under
// the map's lock and must not call back.
func New[V any](limit int, init func(v *V, name string), pinned func(*V) bool) *Map[V] {
	m := &Map[V]{seed: maphash.MakeSeed(), max: max(limit, 1), init: init, pinned: pinned}
	m.table.Store(newTable[V](minSlots))
	return m
}

// Peek returns the entry of k, or nil where there is none.
func (m *Map[V]) Peek(k Key) *Entry[V] {
	return m.find(k, k.hash(m.seed))
}

// Get returns the entry of k and makes it where there is none. It returns nil
// only when the map is full of keys that are pinned or held; the caller then has
// to do without, and pays for a look at every key.
func (m *Map[V]) Get(k Key) *Entry[V] {
	h := k.hash(m.seed)
	if e := m.find(k, h); e != nil {
		return e
	}
	return m.insert(k, h)
}

func (m *Map[V]) find(k Key, h uint64) *Entry[V] {
	t := m.table.Load()
	for l := t.slots[h&t.mask].Load(); l != nil; l = l.next {
		if e := l.entry; e.hash == h && e.key == k {
			if !e.used.Load() {
				e.used.Store(true)
			}
			return e
		}
	}
	return nil
}

func (m *Map[V]) insert(k Key, h uint64) *Entry[V] {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.insertLocked(k, h)
}

func (m *Map[V]) insertLocked(k Key, h uint64) *Entry[V] {
	if e := m.find(k, h); e != nil { // another caller was faster
		return e
	}
	if len(m.ring) < m.max {
		e := m.newEntry(k, h)
		m.ring = append(m.ring, e)
		m.growLocked()
		m.linkLocked(e)
		return e
	}
	at := m.victimLocked()
	if at < 0 {
		return nil
	}
	m.unlinkLocked(m.ring[at])
	e := m.newEntry(k, h)
	m.ring[at] = e
	m.linkLocked(e)
	return e
}

// newEntry makes the entry of k, which keeps nothing of k's own memory.
func (m *Map[V]) newEntry(k Key, h uint64) *Entry[V] {
	k = k.clone()
	e := &Entry[V]{Name: k.String(), key: k, hash: h}
	if m.init != nil {
		m.init(&e.Value, e.Name)
	}
	// A newcomer counts as used, or a sweep under pressure would take it back
	// at once.
	e.used.Store(true)
	return e
}

// maxPinned bounds how many pinned entries in a row a sweep passes before it
// gives up. Where all are pinned, every call to a new key sweeps, and that is
// when a client has the most to do.
const maxPinned = 256

// victimLocked sweeps the ring twice at most: the first lap takes the second
// chances away, so the second finds a victim, unless all were used again in
// the meantime; then the last that is not pinned goes all the same. It
// returns -1 when it meets only pinned entries. The hand stays where it is, so
// the next sweep goes on from there.
func (m *Map[V]) victimLocked() int {
	candidate, pinned := -1, 0
	for range 2 * len(m.ring) {
		at := m.hand
		m.hand = (m.hand + 1) % len(m.ring)
		e := m.ring[at]
		if e.holders.Load() > 0 || m.pinned != nil && m.pinned(&e.Value) {
			if pinned++; pinned >= min(maxPinned, len(m.ring)) {
				break
			}
			continue
		}
		pinned = 0
		if !e.used.Swap(false) && e.claim() {
			return at
		}
		candidate = at
	}
	if candidate >= 0 && !m.ring[candidate].claim() {
		return -1
	}
	return candidate
}

// Len returns the number of keys.
func (m *Map[V]) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.ring)
}

// Entries returns the entries that the map holds now, in no given order. It
// does not count as asking for them.
func (m *Map[V]) Entries() []*Entry[V] {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]*Entry[V](nil), m.ring...)
}
