// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefootprom

import (
	"maps"
	"strings"
	"sync"
	"sync/atomic"
)

// otherKey is the name that keys share when there are too many, and what any
// label says of a value that this package does not know.
const otherKey = "other"

// keys names keys, no more than so many of them. Once a name is given it stays:
// a counter must not lose its past. It is safe for concurrent use.
type keys struct {
	limit int
	make  func(label string) *key
	other *key

	// Known is read without a lock, and may lack what all has. It is copied from
	// it after as many misses as all has keys, which spreads the cost of the copy,
	// and for the last time when all is full.
	known atomic.Pointer[map[string]*key]

	mu     sync.Mutex
	all    map[string]*key // guarded by mu; by the key as it comes
	labels map[string]*key // guarded by mu; by what its label says
	misses int             // guarded by mu
	full   atomic.Bool     // all never changes again, and known holds it
}

func newKeys(limit int, newKey func(label string) *key) *keys {
	k := &keys{limit: limit, make: newKey, other: newKey(otherKey), all: map[string]*key{}, labels: map[string]*key{}}
	k.labels[otherKey] = k.other
	k.known.Store(&map[string]*key{})
	return k
}

// of returns what is kept for a key. Keys share it whose labels are the same.
func (k *keys) of(name string) *key {
	full := k.full.Load() // before known, which is complete then
	if found := (*k.known.Load())[name]; found != nil {
		return found
	}
	if full {
		return k.other
	}
	return k.add(name)
}

func (k *keys) add(name string) *key {
	k.mu.Lock()
	defer k.mu.Unlock()
	found := k.all[name]
	if found == nil {
		if len(k.all) == k.limit {
			return k.other
		}
		found = k.namedLocked(strings.ToValidUTF8(name, "\uFFFD"))
		k.all[name] = found
	}
	if k.misses++; k.misses >= len(k.all) || len(k.all) == k.limit {
		known := maps.Clone(k.all)
		k.known.Store(&known)
		k.full.Store(len(k.all) == k.limit)
		k.misses = 0
	}
	return found
}

func (k *keys) namedLocked(label string) *key {
	found := k.labels[label]
	if found == nil {
		found = k.make(label)
		k.labels[label] = found
	}
	return found
}
