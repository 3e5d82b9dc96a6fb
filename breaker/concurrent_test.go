// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"math/rand/v2"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/trip"
)

// Attempts that were under way when the circuit opened end at any later time
// and change nothing.
func TestStragglers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		status int
	}{
		{"successes", http.StatusOK},
		{"failures", http.StatusBadGateway},
		{"429s", http.StatusTooManyRequests},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				h := &host{}
				seen := &log{}
				b := newBreaker(t, breaker.WithMinRequests(1), breaker.WithFailureRatio(0.01), breaker.WithObserver(seen))
				rt := b.Wrap(h)
				for _, d := range []time.Duration{500 * time.Millisecond, 1500 * time.Millisecond, 2500 * time.Millisecond} {
					h.now(after(d, status(tt.status)))
					for range 10 {
						go sendN(rt, 1)
					}
					synctest.Wait()
				}
				h.now(status(http.StatusBadGateway))
				sendN(rt, 1)
				want := circuit(t, b)

				pass(600 * time.Millisecond) // open
				want.RetryAfter -= 600 * time.Millisecond
				if got := circuit(t, b); got != want {
					t.Errorf("got %+v while open, want %+v", got, want)
				}
				pass(400 * time.Millisecond)
				h.now(status(http.StatusOK))
				sendN(rt, 1)
				pass(600 * time.Millisecond) // half-open
				want.State, want.RetryAfter = breaker.HalfOpen, 0
				if got := circuit(t, b); got != want {
					t.Errorf("got %+v while half-open, want %+v", got, want)
				}
				sendN(rt, breaker.DefaultProbes-1)
				pass(time.Second) // closed
				want.State, want.Failures = breaker.Closed, 0
				if got := circuit(t, b); got != want {
					t.Errorf("got %+v when closed, want %+v", got, want)
				}
				if got := len(seen.changes()); got != 3 {
					t.Errorf("got %d changes, want 3", got)
				}
			})
		})
	}
}

func TestConcurrency_OpensOnce(t *testing.T) {
	t.Parallel()
	for range 20 {
		seen := &log{}
		b := newBreaker(t, breaker.WithObserver(seen))
		var start, done sync.WaitGroup
		start.Add(200)
		rt := b.Wrap(trip.Func(func(req *http.Request) (*http.Response, error) {
			start.Done()
			start.Wait()
			return status(http.StatusBadGateway)(req)
		}))
		for range 200 {
			done.Go(func() { sendN(rt, 1) })
		}
		done.Wait()
		if got := len(seen.changes()); got != 1 {
			t.Fatalf("got %d changes, want 1", got)
		}
	}
}

// The observer hears of every change once and in order, however slow it is, as
// long as no more wait than a queue keeps.
func TestConcurrency_ChangesAreToldInOrder(t *testing.T) {
	t.Parallel()
	seen := &log{}
	var at atomic.Int32
	b := newBreaker(t, breaker.WithMinRequests(2), breaker.WithFailureRatio(0.1), breaker.WithProbes(2), breaker.WithWindow(10*time.Millisecond),
		breaker.WithOpenFor(time.Millisecond, time.Millisecond),
		breaker.WithObserver(observe.Func(func(e observe.Event) {
			if e.Kind == observe.Rejected || e.Kind == observe.BodyFailed {
				return
			}
			if at.Add(1) != 1 {
				t.Error("got two changes told at a time, want one")
			}
			seen.Observe(e)
			for range rand.IntN(500) {
				runtime.Gosched()
			}
			at.Add(-1)
		})))
	rt := b.Wrap(trip.Func(func(req *http.Request) (*http.Response, error) {
		for range rand.IntN(3) {
			runtime.Gosched()
		}
		switch rand.IntN(10) {
		case 0:
			return status(http.StatusBadGateway)(req)
		case 1:
			return brokenBody(req)
		case 2:
			return fails(http.ErrHandlerTimeout)(req)
		}
		return status(http.StatusOK)(req)
	}))
	// In a round of 10 ms a circuit that opens for 1 ms changes some 30 times, and
	// then each caller's last call three times at most: by its probe, its answer and
	// its body. Whoever tells is one of the callers, so after a round all is told.
	const enough, callers, round = 100, 8, 10 * time.Millisecond
	end := time.Now().Add(20 * time.Second) // for a machine that is very busy
	for len(seen.changes()) < enough && time.Now().Before(end) {
		var wg sync.WaitGroup
		until := time.Now().Add(round)
		for range callers {
			wg.Go(func() {
				for time.Now().Before(until) {
					sendN(rt, 1)
				}
			})
		}
		wg.Wait()
	}
	changes := seen.changes()
	if len(changes) < enough {
		t.Fatalf("got %d changes, want more of them", len(changes))
	}
	wantAlternating(t, changes)
	want := map[observe.Kind]breaker.State{
		observe.CircuitOpened: breaker.Open, observe.CircuitHalfOpened: breaker.HalfOpen, observe.CircuitClosed: breaker.Closed,
	}[changes[len(changes)-1]]
	wantState(t, b, want)
}

// What is counted is counted once, whoever looks meanwhile.
func TestConcurrency_TotalsAddUp(t *testing.T) {
	t.Parallel()
	const callers, calls = 8, 2000
	var sent atomic.Int64
	b := newBreaker(t, breaker.WithFailureRatio(1), breaker.WithMinRequests(100_000), breaker.WithWindow(10*time.Millisecond))
	rt := b.Wrap(trip.Func(func(req *http.Request) (*http.Response, error) {
		if sent.Add(1)%4 == 0 {
			return status(http.StatusBadGateway)(req)
		}
		return status(http.StatusOK)(req)
	}))
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() { sendN(rt, calls) })
	}
	stop, looked := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(looked)
		var last breaker.Circuit
		for {
			select {
			case <-stop:
				return
			default:
			}
			for _, c := range b.Snapshot() {
				if c.TotalSuccesses < last.TotalSuccesses || c.TotalFailures < last.TotalFailures {
					t.Errorf("got totals %d, %d after %d, %d, want them never to go down",
						c.TotalSuccesses, c.TotalFailures, last.TotalSuccesses, last.TotalFailures)
				}
				last = c
			}
		}
	}()
	wg.Wait()
	close(stop)
	<-looked
	c := circuit(t, b)
	if c.TotalSuccesses != callers*calls*3/4 || c.TotalFailures != callers*calls/4 {
		t.Errorf("got %d successes and %d failures, want %d and %d",
			c.TotalSuccesses, c.TotalFailures, callers*calls*3/4, callers*calls/4)
	}
}
