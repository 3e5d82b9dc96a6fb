// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package keyed_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/surefoot-go/surefoot/internal/keyed"
)

func TestHold_KeepsAnEntryUntilItIsReleased(t *testing.T) {
	t.Parallel()
	m := newMap(1)
	a := m.Get(host("a"))
	if !a.Hold() || m.Hold(host("a")) != a {
		t.Fatal("got it refused, want the entry held, twice")
	}
	for range 2 {
		if m.Get(host("b")) != nil || m.Peek(host("a")) != a {
			t.Fatal("got it evicted, want it kept while it is held")
		}
		a.Release()
	}
	if m.Get(host("b")) == nil || m.Peek(host("a")) != nil {
		t.Error("got it kept, want it evicted after the last release")
	}
}

func TestHold_ComesTooLateForAnEvictedEntry(t *testing.T) {
	t.Parallel()
	m := newMap(1)
	old := m.Get(host("a"))
	m.Get(host("b"))
	for range 2 { // the first must not help the second
		if old.Hold() {
			t.Fatal("got an evicted entry held, want it refused")
		}
	}
	anew := m.Hold(host("a"))
	if anew == nil || anew == old {
		t.Errorf("got %p, want a new entry and not %p", anew, old)
	}
	if m.Hold(host("b")) != nil {
		t.Error("got an entry, want no room beside one that is held")
	}
}

// A sweep gives up soon where all are held, as where all are pinned.
func TestHold_BoundsTheSweep(t *testing.T) {
	t.Parallel()
	asked := 0
	m := keyed.New(1000, nil, func(*int) bool {
		asked++
		return false
	})
	for i := range 1000 {
		m.Hold(numbered(i))
	}
	if e := m.Get(host("late")); e != nil || asked > 0 {
		t.Errorf("got %v after %d entries that are held were asked, want nil and none", e, asked)
	}
}

// A key may have any number of entries in the course of time, but one that is held.
func TestHold_IsOfOneEntryAtATime(t *testing.T) {
	t.Parallel()
	m := newMap(2)
	var holders [3]atomic.Pointer[keyed.Entry[state]]
	var callers sync.WaitGroup
	for w := range 3 {
		callers.Go(func() {
			for i := range 20_000 {
				at := (i*(w+1) + w) % len(holders)
				e := m.Get(numbered(at))
				if e == nil {
					continue // both are held
				}
				if !e.Hold() {
					if e = m.Hold(numbered(at)); e == nil {
						continue
					}
				}
				if other := holders[at].Swap(e); other != nil && other != e {
					t.Errorf("got two entries of %v held at once", numbered(at))
				}
				holders[at].CompareAndSwap(e, nil)
				e.Release()
			}
		})
	}
	callers.Wait()
}

// Whoever makes the state of a new key may panic.
func TestMap_KeepsItsRoomWhenAKeyCannotBeMade(t *testing.T) {
	t.Parallel()
	fails := false
	m := keyed.New(1, func(*int, string) {
		if fails {
			panic("no")
		}
	}, nil)
	m.Get(host("a"))
	fails = true
	func() {
		defer func() { _ = recover() }()
		m.Get(host("b"))
	}()
	fails = false
	if m.Peek(host("a")) != nil {
		t.Error("got the key that should have made room, want it gone: nobody could hold it")
	}
	if b := m.Get(host("b")); b == nil || m.Get(host("b")) != b || m.Len() != 1 {
		t.Errorf("got %v, want an entry in the place of the one that has gone", b)
	}
}
