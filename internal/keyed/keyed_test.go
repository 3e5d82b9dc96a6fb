// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package keyed_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/surefoot-go/surefoot/internal/keyed"
)

func host(name string) keyed.Key { return keyed.Key{Scheme: "https", Host: name} }

func numbered(i int) keyed.Key { return host(fmt.Sprintf("h%d", i)) }

// state is what the tests keep per key.
type state struct {
	name string
	held atomic.Bool
}

func (s *state) prepare(name string) { s.name = name }
func (s *state) pinned() bool        { return s.held.Load() }

func newMap(limit int) *keyed.Map[state] { return keyed.New(limit, (*state).prepare, (*state).pinned) }

// names returns the names of the entries in order.
func names(m *keyed.Map[state]) []string {
	var list []string
	for _, e := range m.Entries() {
		list = append(list, strings.TrimPrefix(e.Name, "https://"))
	}
	slices.Sort(list)
	return list
}

func TestMap_FindsAgainWhatItMade(t *testing.T) {
	t.Parallel()
	m := newMap(10)
	if m.Peek(host("a")) != nil || m.Len() != 0 {
		t.Error("got an entry of an empty map, want none")
	}
	a := m.Get(host("a"))
	if a == nil || a.Name != "https://a" || a.Value.name != a.Name {
		t.Fatalf("got %+v, want a prepared entry with a name", a)
	}
	if m.Get(host("a")) != a || m.Peek(host("a")) != a {
		t.Error("got another entry, want the same")
	}
	if plain := m.Get(keyed.Key{Scheme: "http", Host: "a"}); plain == a || plain.Name != "http://a" {
		t.Errorf("got %q, want an entry of its own for another scheme", plain.Name)
	}
	if m.Len() != 2 || len(m.Entries()) != 2 {
		t.Errorf("got %d keys, want 2", m.Len())
	}
}

func TestMap_WorksWithoutFunctionsAndAtTheSmallestLimit(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{1, 0, -5} {
		m := keyed.New[int](limit, nil, nil)
		m.Get(host("a")).Value = 7
		if got := m.Get(host("b")).Value; got != 0 || m.Len() != 1 || m.Peek(host("a")) != nil {
			t.Errorf("limit %d: got %d and %d keys, want room for one", limit, got, m.Len())
		}
	}
}

func TestMap_KeepsNoMemoryOfTheCaller(t *testing.T) {
	t.Parallel()
	url := strings.Clone("tenant-and-a-very-long-rest")
	key := keyed.Key{Host: url[:6]}
	m := newMap(1)
	if e := m.Get(key); e.Name != "tenant" || unsafe.StringData(e.Name) == unsafe.StringData(url) {
		t.Errorf("got %q in the caller's memory, want a copy", e.Name)
	}
}

func TestMap_HoldsNoMoreThanItsLimit(t *testing.T) {
	t.Parallel()
	const limit = 50
	m := newMap(limit)
	for i := range 10 * limit {
		if m.Get(numbered(i)) == nil {
			t.Fatalf("key %d: got nil, want an entry", i)
		}
		if m.Peek(numbered(i)) == nil {
			t.Fatalf("key %d: got it evicted at once, want it kept for a while", i)
		}
		if got, want := m.Len(), min(i+1, limit); got != want {
			t.Fatalf("key %d: got %d keys, want %d", i, got, want)
		}
	}
}

func TestMap_NeverEvictsWhatIsPinned(t *testing.T) {
	t.Parallel()
	m := newMap(4)
	pinned := m.Get(host("pinned"))
	pinned.Value.held.Store(true)
	for i := range 100 {
		m.Get(numbered(i))
	}
	if m.Peek(host("pinned")) != pinned {
		t.Error("got the pinned entry evicted, want it kept")
	}
}

func TestMap_HasNoRoomWhenAllArePinned(t *testing.T) {
	t.Parallel()
	m := newMap(3)
	for i := range 3 {
		m.Get(numbered(i)).Value.held.Store(true)
	}
	if got := m.Get(host("late")); got != nil || m.Len() != 3 {
		t.Errorf("got %v and %d keys, want nil and 3", got, m.Len())
	}
	if m.Get(numbered(1)) == nil {
		t.Error("got nil for a key that is there, want its entry")
	}
	m.Peek(numbered(1)).Value.held.Store(false)
	if m.Get(host("late")) == nil || m.Peek(numbered(1)) != nil {
		t.Error("got no room, want that of the one that is not pinned")
	}
}

func TestMap_GivesASecondChanceToWhatIsUsed(t *testing.T) {
	t.Parallel()
	m := newMap(4)
	for _, name := range []string{"a", "b", "c", "d"} {
		m.Get(host(name))
	}
	m.Get(host("e")) // all were new; the sweep takes their chances and a
	m.Peek(host("b"))
	m.Get(host("c"))
	m.Get(host("f")) // takes d, the first that nobody asked for
	if got, want := names(m), []string{"b", "c", "e", "f"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// An entry that was evicted is still good for those who hold it.
func TestMap_LeavesEvictedEntriesToTheirHolders(t *testing.T) {
	t.Parallel()
	m := newMap(1)
	old := m.Get(host("a"))
	m.Get(host("b"))
	if m.Get(host("a")) == old || old.Value.name != "https://a" {
		t.Error("got the old entry, want a new one and the old one whole")
	}
}

func TestMap_AHitAllocatesNothing(t *testing.T) { //nolint:paralleltest // counts allocations
	m := newMap(100)
	for i := range 100 {
		m.Get(numbered(i))
	}
	key := numbered(42)
	if got := testing.AllocsPerRun(100, func() {
		if m.Get(key) == nil || m.Peek(key) == nil {
			t.Fatal("got nil, want the entry")
		}
	}); got != 0 {
		t.Errorf("got %v allocations, want none", got)
	}
}

// Pinned is called under the lock. A hit that needed the lock would wait for
// pinned, which waits for the hit.
func TestMap_AHitTakesNoLock(t *testing.T) {
	t.Parallel()
	hit, locked := make(chan struct{}), make(chan struct{})
	var once sync.Once
	m := keyed.New(1, nil, func(*int) bool {
		once.Do(func() {
			close(locked)
			<-hit
		})
		return true
	})
	m.Get(host("a"))
	var full sync.WaitGroup
	full.Go(func() { m.Get(host("b")) })
	<-locked
	if m.Get(host("a")) == nil || m.Peek(host("a")) == nil || m.Peek(host("b")) != nil {
		t.Error("got nil, want the entry that is there")
	}
	close(hit)
	full.Wait()
}

func BenchmarkMap_Get(b *testing.B) {
	m := newMap(1000)
	var keys []keyed.Key
	for i := range 100 {
		keys = append(keys, numbered(i))
		m.Get(keys[i])
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if m.Get(keys[i%100]) == nil {
			b.Fatal("got nil")
		}
	}
}
