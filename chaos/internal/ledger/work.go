// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package ledger

import (
	"sync"
	"time"
)

// patience is how long slow work goes on for when nobody asks again.
const patience = 5 * time.Second

// work makes the first request of some payments take until the second arrives,
// which a client with a key sends when its time is up, and is told with 409
// that the first is in flight.
type work struct {
	slow func(reference string) bool

	hurry chan struct{} // closed when nobody will ask again

	mu    sync.Mutex
	begun map[string]chan struct{} // closed when the payment is asked for again

	// handlers is no WaitGroup: that must not be added to while somebody
	// waits, and a server that was closed may still begin a request.
	handlers sync.RWMutex
}

func newWork(slow func(string) bool) *work {
	if slow == nil {
		slow = func(string) bool { return false }
	}
	return &work{slow: slow, hurry: make(chan struct{}), begun: map[string]chan struct{}{}}
}

// arrive notes a request, and returns the channel that its work has to wait
// for, or nil. It must be called before the key is claimed, and again after
// the answer is decided, by calling what it returns.
func (w *work) arrive(reference string) (wait chan struct{}, answered func()) {
	if !w.slow(reference) {
		return nil, func() {}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	first, ok := w.begun[reference]
	if !ok {
		wait = make(chan struct{})
		w.begun[reference] = wait
		return wait, func() {}
	}
	return nil, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.begun[reference] != nil {
			close(first)
			w.begun[reference] = nil
		}
	}
}

// do takes its time. It does not end when the client goes away: work that was
// begun is finished.
func (w *work) do(wait chan struct{}) {
	if wait == nil {
		return
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-wait:
	case <-w.hurry:
	case <-timer.C:
	}
}
