// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package untold_test

import (
	"runtime"
	"slices"
	"sync"
	"testing"
	"weak"

	"github.com/surefoot-go/surefoot/internal/untold"
)

// An owner has a queue and its lock.
type owner struct {
	mu    sync.Mutex
	queue untold.Queue[int]
}

func (o *owner) add(n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.queue.AddLocked(n)
}

func TestQueue_TellsInOrder(t *testing.T) {
	t.Parallel()
	var o owner
	o.queue.Tell(&o.mu, func(int) { t.Error("got something to tell, want nothing") })
	for n := range 3 {
		o.add(n)
	}
	var got []int
	o.queue.Tell(&o.mu, func(n int) { got = append(got, n) })
	o.queue.Tell(&o.mu, func(n int) { got = append(got, n) })
	if want := []int{0, 1, 2}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v, each once", got, want)
	}
}

// Who is told may do what tells more: it hears of that after it has returned.
func TestQueue_IsNotHeldWhileItTells(t *testing.T) {
	t.Parallel()
	var o owner
	var got []int
	var tell func(int)
	tell = func(n int) {
		if n < 3 {
			o.add(n + 1)
			o.queue.Tell(&o.mu, tell)
		}
		got = append(got, n)
	}
	o.add(0)
	o.queue.Tell(&o.mu, tell)
	if want := []int{0, 1, 2, 3}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// One that panics or ends the goroutine is not told again, and those after it
// are.
func TestQueue_SurvivesWhoIsTold(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		fail func()
	}{
		{"panics", func() { panic("told") }},
		{"ends the goroutine", runtime.Goexit},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var o owner
			o.add(1)
			o.add(2)
			var wg sync.WaitGroup
			wg.Go(func() {
				defer func() { _ = recover() }()
				o.queue.Tell(&o.mu, func(int) { tt.fail() })
			})
			wg.Wait()
			var got []int
			o.queue.Tell(&o.mu, func(n int) { got = append(got, n) })
			if want := []int{2}; !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

// Of many goroutines one tells at a time, and nothing is lost or out of order.
func TestQueue_TellsOneAtATime(t *testing.T) {
	t.Parallel()
	for range 60 {
		var o owner
		var got []int // guarded by the queue alone, which the race detector checks
		next := 0     // guarded by o.mu
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range untold.Max / 8 {
					o.mu.Lock()
					o.queue.AddLocked(next)
					next++
					o.mu.Unlock()
					o.queue.Tell(&o.mu, func(n int) { got = append(got, n) })
				}
			})
		}
		wg.Wait()
		if len(got) != untold.Max || !slices.IsSorted(got) {
			t.Fatalf("got %v, want %d in their order", got, untold.Max)
		}
	}
}

// A change is too large to share a piece of memory with another, which would
// hold both.
type change struct {
	n int
	_ [64]byte
}

// A watchedQueue is a queue of changes, and knows which of them are still held.
type watchedQueue struct {
	mu      sync.Mutex
	queue   untold.Queue[*change]
	changes []weak.Pointer[change]
}

func (w *watchedQueue) add(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := &change{n: n}
	w.changes = append(w.changes, weak.Make(c))
	w.queue.AddLocked(c)
}

// held returns the numbers of the changes that are not let go of.
func (w *watchedQueue) held() []int {
	runtime.GC()
	var held []int
	for _, p := range w.changes {
		if c := p.Value(); c != nil {
			held = append(held, c.n)
		}
	}
	return held
}

// Behind one that hangs the newest are kept, in their order, and the others are
// let go.
func TestQueue_KeepsTheNewestForOneThatHangs(t *testing.T) {
	t.Parallel()
	var w watchedQueue
	var got []int
	told, goOn := make(chan struct{}), make(chan struct{})
	tell := func(c *change) {
		if got = append(got, c.n); c.n == 0 {
			close(told)
			<-goOn
		}
	}
	w.add(0)
	var wg sync.WaitGroup
	wg.Go(func() { w.queue.Tell(&w.mu, tell) })
	<-told
	var newest []int
	for n := 1; n <= 10*untold.Max; n++ {
		w.add(n)
		w.queue.Tell(&w.mu, tell)
		if n > 9*untold.Max {
			newest = append(newest, n)
		}
	}
	if held := w.held(); !slices.Equal(held, newest) {
		t.Errorf("got %v held, want the newest %d", held, untold.Max)
	}
	close(goOn)
	wg.Wait()
	if want := append([]int{0}, newest...); !slices.Equal(got, want) {
		t.Errorf("got %v, want the first and then the newest %d in their order", got, untold.Max)
	}
}

// What was told is let go of, though others are still pending.
func TestQueue_LetsGoOfWhatWasTold(t *testing.T) {
	t.Parallel()
	var w watchedQueue
	for n := range 3 {
		w.add(n)
	}
	w.queue.Tell(&w.mu, func(c *change) {
		if c.n != 1 {
			return
		}
		if held := w.held(); slices.Contains(held, 0) || !slices.Contains(held, 2) {
			t.Errorf("got %v held, want no longer 0, which was told, but 2", held)
		}
	})
}
