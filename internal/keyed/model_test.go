// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package keyed_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/surefoot-go/surefoot/internal/keyed"
)

// model is the map in its plainest form: a slice in the order of the sweep,
// searched from end to end.
type model struct {
	limit int
	hand  int
	ring  []*modelEntry
}

type modelEntry struct {
	key    keyed.Key
	used   bool
	pinned bool
	entry  *keyed.Entry[state] // the real one, to see that it stays the same
}

func (m *model) peek(k keyed.Key) *modelEntry {
	for _, e := range m.ring {
		if e.key == k {
			e.used = true
			return e
		}
	}
	return nil
}

func (m *model) get(k keyed.Key) *modelEntry {
	if e := m.peek(k); e != nil {
		return e
	}
	e := &modelEntry{key: k, used: true}
	if len(m.ring) < m.limit {
		m.ring = append(m.ring, e)
		return e
	}
	if !slices.ContainsFunc(m.ring, func(e *modelEntry) bool { return !e.pinned }) {
		return nil
	}
	for {
		at := m.hand
		m.hand = (m.hand + 1) % len(m.ring)
		switch old := m.ring[at]; {
		case old.pinned:
		case old.used:
			old.used = false
		default:
			m.ring[at] = e
			return e
		}
	}
}

func TestMap_DoesWhatItsModelDoes(t *testing.T) {
	t.Parallel()
	for seed := range uint64(30) {
		random := rand.New(rand.NewPCG(seed, 1))
		limit := 1 + random.IntN(20)
		real, plain := newMap(limit), &model{limit: limit}
		for step := range 2000 {
			key := numbered(random.IntN(3 * limit))
			var got *keyed.Entry[state]
			var want *modelEntry
			if random.IntN(3) == 0 {
				got, want = real.Peek(key), plain.peek(key)
			} else {
				got, want = real.Get(key), plain.get(key)
			}
			if (got == nil) != (want == nil) {
				t.Fatalf("seed %d, step %d, %v: got %v, want %v", seed, step, key, got, want)
			}
			if got == nil {
				continue
			}
			if want.entry == nil {
				want.entry = got
			}
			if got != want.entry || got.Name != key.String() {
				t.Fatalf("seed %d, step %d: got another entry of %v, want the same", seed, step, key)
			}
			if random.IntN(4) == 0 {
				want.pinned = random.IntN(2) == 0
				got.Value.held.Store(want.pinned)
			}
			sameEntries(t, real, plain)
		}
	}
}

func sameEntries(t *testing.T, real *keyed.Map[state], plain *model) {
	t.Helper()
	entries := real.Entries()
	if len(entries) != len(plain.ring) || real.Len() != len(plain.ring) {
		t.Fatalf("got %d keys, want %d", len(entries), len(plain.ring))
	}
	for i, e := range entries {
		if e.Name != plain.ring[i].key.String() {
			t.Fatalf("got %s at %d, want %s", e.Name, i, plain.ring[i].key)
		}
	}
}
