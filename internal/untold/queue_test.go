// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package untold_test

import (
	"runtime"
	"slices"
	"sync"
	"testing"

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
	var o owner
	var got []int // guarded by the queue alone, which the race detector checks
	next := 0     // guarded by o.mu
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 500 {
				o.mu.Lock()
				o.queue.AddLocked(next)
				next++
				o.mu.Unlock()
				o.queue.Tell(&o.mu, func(n int) { got = append(got, n) })
			}
		})
	}
	wg.Wait()
	if len(got) != 4000 || !slices.IsSorted(got) {
		t.Errorf("got %d, sorted: %v, want 4000 in their order", len(got), slices.IsSorted(got))
	}
}
