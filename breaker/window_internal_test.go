// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/trip"
)

func TestSpan(t *testing.T) {
	t.Parallel()
	for _, d := range []time.Duration{
		minWindow, minWindow + 1, 15 * time.Millisecond, 100 * time.Millisecond, time.Second, DefaultWindow,
		15 << 20, 15<<20 + 1, 15<<20 - 1, time.Minute, time.Hour, maxWindow,
	} {
		s := spanOf(d)
		slot := time.Duration(1) << s.shift
		if s.slots < 8 || s.slots > slotCount-1 {
			t.Errorf("%s: got %d slots, want 8 to %d", d, s.slots, slotCount-1)
		}
		if covered := slot * time.Duration(s.slots); covered < d || covered-d >= slot {
			t.Errorf("%s: got %d slots of %s, want as many as cover it and no more", d, s.slots, slot)
		}
		// The shortest lag by which a goroutine is known to be late, and the
		// time after which ticks come back.
		if lag := slot * late; lag < time.Second {
			t.Errorf("%s: got a lag of up to %s recognised, want a second or more", d, lag)
		}
		if s.tick(int64(slot)-1) != 0 || s.tick(int64(slot)) != 1 || s.tick(int64(slot)<<tickBits) != 0 {
			t.Errorf("%s: got ticks %d, %d, %d, want 0, 1, 0", d, s.tick(int64(slot)-1), s.tick(int64(slot)), s.tick(int64(slot)<<tickBits))
		}
	}
}

func wantSum(t *testing.T, w *window, s span, tick, successes, failures uint64) {
	t.Helper()
	if x, y := w.sum(s, tick&tickMask); x != successes || y != failures {
		t.Errorf("tick %d: got %d successes and %d failures, want %d and %d", tick, x, y, successes, failures)
	}
}

func wantTotals(t *testing.T, w *window, successes, failures uint64) {
	t.Helper()
	if x, y := w.totals(); x != successes || y != failures {
		t.Errorf("got totals of %d and %d, want %d and %d", x, y, successes, failures)
	}
}

// An outcome counts in its tick and in the following ones, as many as there are
// slots, also where the ticks wrap around.
func TestWindow_Rolls(t *testing.T) {
	t.Parallel()
	s := span{slots: 10}
	for _, start := range []uint64{0, 1, 5, 15, 16, 1000, tickMask - 20, tickMask - 10, tickMask - 1, tickMask} {
		w := &window{}
		w.add(start, oneSuccess)
		w.add(start, oneFailure)
		w.add(start, oneFailure)
		for i := range s.slots {
			wantSum(t, w, s, start+i, 1, 2)
		}
		for i := s.slots; i < 1000; i++ {
			wantSum(t, w, s, start+i, 0, 0)
		}
		wantTotals(t, w, 1, 2)
	}
}

// A success is within a time for as many slots as the time takes and its own, but
// in no more than the window has; a failure is not.
func TestWindow_SucceededWithin(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		within time.Duration // of slots of 1024 ns
		slots  uint64
	}{{0, 1}, {1, 2}, {1024, 2}, {1025, 3}, {9 << 10, 10}, {9<<10 + 1, 10}, {time.Hour, 10}} {
		s := span{shift: 10, slots: 10}
		for _, start := range []uint64{0, 1, 15, 1000, tickMask - 1, tickMask} {
			w := &window{}
			w.add((start+1)&tickMask, oneFailure)
			w.add(start, oneSuccess)
			for i := range uint64(1000) {
				if got, want := w.succeededWithin(s, (start+i)&tickMask, tt.within), i < tt.slots; got != want {
					t.Fatalf("tick %d, %d later, within %s: got %v, want %v", start, i, tt.within, got, want)
				}
			}
		}
	}
}

// One outcome a tick, around the wrap and far beyond: the window holds as many
// as it has slots, and the totals hold all.
func TestWindow_RollsForever(t *testing.T) {
	t.Parallel()
	s := span{slots: 15}
	w := &window{}
	const start = tickMask - 100
	for i := range uint64(300) {
		tick := (start + i) & tickMask
		w.add(tick, oneSuccess)
		wantSum(t, w, s, tick, min(i+1, s.slots), 0)
		wantTotals(t, w, i+1, 0)
	}
}

// Whatever time a slot was last used, a new outcome takes it over; only an
// outcome that is a little older than the slot does not.
func TestWindow_TakesOver(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		old  uint64 // by how much the new outcome is behind, going backwards
		want uint64
	}{
		{"the same tick is added to", 0, 2},
		{"a goroutine a ring behind is too old", slotCount, 1},
		{"one almost too far behind to be known is too old", late - slotCount, 1},
		{"one further behind is not known", late, 1},
		{"half the range ago is the past", tickMask/2 + 1, 1},
		{"a ring ago is the past", tickMask + 1 - slotCount, 1},
		{"the most distant past is", late + slotCount, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, start := range []uint64{1 << 20, 3, tickMask - 3} {
				w := &window{}
				w.add(start, oneSuccess)
				behind := (start - tt.old) & tickMask
				word := w.add(behind, oneSuccess)
				wantTotals(t, w, 2, 0)
				if got := successesOf(w.slots[start%slotCount].Load()); got != tt.want {
					t.Errorf("got %d in the slot, want %d", got, tt.want)
				}
				holder := behind
				if tt.old < late {
					holder = start // which keeps its slot
				}
				if tickOf(word) != holder {
					t.Errorf("got the slot held by tick %d, want %d", tickOf(word), holder)
				}
			}
		})
	}
}

// A slot that is full keeps its ratio and goes on counting, and its counts do
// not run into each other.
func TestWindow_FullSlot(t *testing.T) {
	t.Parallel()
	s := span{slots: 8}
	w := &window{}
	const before, n = full - 1000, 10_000 // of which three in four succeed
	w.slots[7].Store(7<<(2*countBits) | before/3*oneFailure | before)
	for i := range n {
		if i%4 == 0 {
			w.add(7, oneFailure)
		} else {
			w.add(7, oneSuccess)
		}
	}
	successes, failures := w.sum(s, 7)
	if total := successes + failures; total < full/2 || total > full {
		t.Errorf("got %d outcomes in the slot, want about half of what is full", total)
	}
	if ratio := float64(failures) / float64(successes+failures); ratio < 0.2499 || ratio > 0.2501 {
		t.Errorf("got a ratio of %v, want 0.25", ratio)
	}
	wantTotals(t, w, before+n*3/4, before/3+n/4)
	if got := tickOf(w.slots[7].Load()); got != 7 {
		t.Errorf("got tick %d, want 7", got)
	}
}

func TestWindow_Revoke(t *testing.T) {
	t.Parallel()
	s := span{slots: 10}
	w := &window{}
	w.add(5, oneSuccess)
	w.add(5, oneSuccess)
	w.add(5, oneFailure)
	w.revoke(5)
	wantSum(t, w, s, 5, 1, 1)
	w.revoke(6)             // nothing is there
	w.revoke(5 + slotCount) // the slot is another's
	wantSum(t, w, s, 5, 1, 1)
	w.revoke(5)
	w.revoke(5) // no success is left
	wantSum(t, w, s, 5, 0, 1)
	w.add(5+slotCount, oneSuccess)
	w.revoke(5) // the slot is another's by now
	wantSum(t, w, s, 5+slotCount, 1, 0)
	wantTotals(t, w, 1, 1)
}

func TestWindow_Clear(t *testing.T) {
	t.Parallel()
	s := span{slots: 15}
	w := &window{}
	for tick := range uint64(15) {
		w.add(tick, oneSuccess)
		w.add(tick, oneFailure)
	}
	w.clear()
	wantSum(t, w, s, 14, 0, 0)
	wantTotals(t, w, 15, 15)
	w.add(14, oneFailure)
	wantSum(t, w, s, 14, 0, 1)
	wantTotals(t, w, 15, 16)
}

// With many goroutines on a clock that runs fast, some of which sleep past the
// ring, every outcome is in the totals once. The detector of races watches.
func TestWindow_Race(t *testing.T) {
	t.Parallel()
	const goroutines, outcomes = 8, 5000
	s := span{slots: 10}
	w := &window{}
	var clock atomic.Uint64
	clock.Store(tickMask - 500) // wraps on the way
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			for i := range outcomes {
				tick := clock.Load() & tickMask
				if i%7 == 0 {
					runtime.Gosched()
				}
				if i%40 == g {
					clock.Add(1)
				}
				one := uint64(oneSuccess)
				if i%2 == 0 {
					one = oneFailure
				}
				w.add(tick, one)
				if i%100 == 0 {
					w.sum(s, tick)
					w.totals()
				}
				if i%1000 == 0 {
					w.clear()
				}
			}
		})
	}
	wg.Wait()
	wantTotals(t, w, goroutines*outcomes/2, goroutines*outcomes/2)
}

func TestRaise(t *testing.T) {
	t.Parallel()
	var highest atomic.Uint64
	for _, step := range []struct{ n, want uint64 }{{3, 3}, {2, 3}, {3, 3}, {7, 7}, {0, 7}} {
		if got := raise(&highest, step.n); got != step.want {
			t.Errorf("raised to %d: got %d, want %d", step.n, got, step.want)
		}
	}
}

// A circuit that closes between the look at its state and the request to probe
// it sends as any that is closed.
func TestGuarded_ClosedInBetween(t *testing.T) {
	t.Parallel()
	b, err := New()
	if err != nil {
		t.Fatal(err)
	}
	next := trip.Func(func(req *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: req}, nil
	})
	c := &circuit{}
	resp, err := (&tripper{breaker: b, next: next}).guarded(httptest.NewRequest(http.MethodGet, "/", http.NoBody), c)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("got %v, %v, want the response", resp, err)
	}
	wantTotals(t, &c.window, 1, 0)
}

func TestCircuit_Word(t *testing.T) {
	t.Parallel()
	var word uint64
	seen := map[uint64]bool{}
	for range 10 {
		for _, s := range []State{Open, HalfOpen, Closed} {
			word = next(word, s)
			if stateOf(word) != s {
				t.Errorf("got state %s, want %s", stateOf(word), s)
			}
			if seen[word] {
				t.Errorf("got word %d again, want another for each generation", word)
			}
			seen[word] = true
		}
	}
}
