// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package keyed_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/surefoot-go/surefoot/internal/keyed"
)

func TestMap_MakesOneEntryForAllWhoAskAtOnce(t *testing.T) {
	t.Parallel()
	for range 50 {
		var made atomic.Int64
		m := keyed.New(10, func(*int, string) { made.Add(1) }, nil)
		var entries [8]*keyed.Entry[int]
		var start, askers sync.WaitGroup
		start.Add(1)
		for i := range entries {
			askers.Go(func() {
				start.Wait()
				entries[i] = m.Get(host("new"))
			})
		}
		start.Done()
		askers.Wait()
		for _, e := range entries {
			if e == nil || e != entries[0] {
				t.Fatalf("got %p and %p, want one entry", e, entries[0])
			}
		}
		if made.Load() != 1 {
			t.Fatalf("got %d states made, want 1", made.Load())
		}
	}
}

// While one caller makes an entry under the lock, another has missed it already
// and waits for the lock.
func TestMap_LooksAgainUnderItsLock(t *testing.T) {
	t.Parallel()
	var m *keyed.Map[int]
	var made int
	var late *keyed.Entry[int]
	var other sync.WaitGroup
	m = keyed.New(10, func(*int, string) {
		if made++; made > 1 {
			return
		}
		other.Go(func() { late = m.Get(host("new")) })
		for range 1000 {
			runtime.Gosched() // lets the other come as far as the lock
		}
	}, nil)
	first := m.Get(host("new"))
	other.Wait()
	if made != 1 || late != first || m.Len() != 1 {
		t.Errorf("got %d entries, want one for both", made)
	}
}

// Readers hold on to old tables and old chains while one writer makes the map
// grow past its limit several times over.
func TestMap_GrowsUnderItsReaders(t *testing.T) {
	t.Parallel()
	const limit = 300
	m := newMap(limit)
	kept := m.Get(host("kept"))
	kept.Value.held.Store(true)
	var done atomic.Bool
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for i := 0; !done.Load(); i = (i + 1) % limit {
				if got := m.Get(host("kept")); got != kept {
					t.Errorf("got %p, want the pinned entry", got)
					return
				}
				if e := m.Peek(numbered(i)); e != nil && e.Value.name != numbered(i).String() {
					t.Errorf("got %q, want the entry of its own key", e.Value.name)
					return
				}
			}
		})
	}
	for i := range 4 * limit {
		m.Get(numbered(i))
		if i%100 == 0 && (m.Len() > limit || len(m.Entries()) > limit) {
			t.Errorf("got %d keys, want %d at most", m.Len(), limit)
		}
	}
	done.Store(true)
	readers.Wait()
}

func TestMap_StaysWholeUnderManyWriters(t *testing.T) {
	t.Parallel()
	const limit = 16
	m := newMap(limit)
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for i := range 2000 {
				key := numbered((i * (w + 1)) % (3 * limit))
				e := m.Get(key)
				if e == nil || e.Name != key.String() {
					t.Errorf("got %v, want the entry of %v", e, key)
					return
				}
			}
		})
	}
	writers.Wait()
	seen := map[string]bool{}
	for _, e := range m.Entries() {
		if seen[e.Name] {
			t.Errorf("got %s twice, want each key once", e.Name)
		}
		seen[e.Name] = true
	}
	for i := range 3 * limit {
		key := numbered(i)
		if found := m.Peek(key) != nil; found != seen[key.String()] {
			t.Errorf("%v: got %v by Peek, want %v as in Entries", key, found, !found)
		}
	}
}
