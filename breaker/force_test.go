// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/trip"
)

// healthy returns a breaker that one failure would trip, and that has seen a
// success of url.
func healthy(t *testing.T, h *host, opts ...breaker.Option) (*breaker.Breaker, http.RoundTripper) {
	t.Helper()
	h.now(status(http.StatusOK))
	b := newBreaker(t, append([]breaker.Option{breaker.WithMinRequests(1), breaker.WithFailureRatio(0.01)}, opts...)...)
	rt := b.Wrap(h)
	sendN(rt, 1)
	return b, rt
}

func wantTrue(t *testing.T, ok bool) {
	t.Helper()
	if !ok {
		t.Fatal("got false, want the circuit to be known")
	}
}

func TestForceOpen_LastsUntilReset(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		b, rt := healthy(t, h, breaker.WithOpenFor(5*time.Second, time.Minute))
		wantTrue(t, b.ForceOpen(url))
		for range 3 {
			if got := rejected(t, rt); got.State != breaker.Open || got.RetryAfter != 5*time.Second || got.Key != url {
				t.Errorf("got %+v, want the initial open time as the wait", got)
			}
			pass(time.Hour)
		}
		if got := circuit(t, b); got.State != breaker.Open || !got.Forced || got.RetryAfter != 0 || got.Rejected != 3 {
			t.Errorf("got %+v, want it open, forced, with no probe to come", got)
		}
		if h.requests() != 1 {
			t.Errorf("got %d requests, want no probe", h.requests())
		}
		wantTrue(t, b.Reset(url))
		wantSent(t, rt)
		if got := circuit(t, b); got.State != breaker.Closed || got.Forced || got.Successes != 1 || got.TotalSuccesses != 2 {
			t.Errorf("got %+v, want a new window and the old totals", got)
		}
	})
}

func TestForceOpen_TakesOverFromAnyState(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		act  func(b *breaker.Breaker, h *host, rt http.RoundTripper)
	}{
		{"closed", func(*breaker.Breaker, *host, http.RoundTripper) {}},
		{"open", func(_ *breaker.Breaker, h *host, rt http.RoundTripper) {
			h.now(status(502))
			sendN(rt, 1)
		}},
		{"half-open", func(_ *breaker.Breaker, h *host, rt http.RoundTripper) {
			h.now(status(502))
			sendN(rt, 1)
			h.now(status(200))
			pass(time.Second)
			sendN(rt, 1)
		}},
		{"forced closed", func(b *breaker.Breaker, _ *host, _ http.RoundTripper) { b.ForceClosed(url) }},
		{"forced open", func(b *breaker.Breaker, _ *host, _ http.RoundTripper) { b.ForceOpen(url) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				h := &host{}
				b, rt := healthy(t, h)
				tt.act(b, h, rt)
				wantTrue(t, b.ForceOpen(url))
				pass(time.Hour)
				rejected(t, rt)
				wantTrue(t, b.ForceClosed(url))
				h.now(status(502))
				sendN(rt, 100)
				pass(time.Hour)
				sendN(rt, 100)
				wantState(t, b, breaker.Closed)
				wantTrue(t, b.Reset(url))
				wantState(t, b, breaker.Closed)
				sendN(rt, 1)
				wantState(t, b, breaker.Open)
				h.now(status(200)) // and from here on it is its own master
				pass(time.Second)
				sendN(rt, breaker.DefaultProbes)
				wantState(t, b, breaker.Closed)
			})
		})
	}
}

func TestForceClosed_CountsAndNeverOpens(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		b, rt := healthy(t, h)
		wantTrue(t, b.ForceClosed(url))
		h.now(status(502))
		sendN(rt, 50)
		if got := circuit(t, b); got.State != breaker.Closed || !got.Forced || got.Failures != 50 || got.Successes != 1 || got.Rejected != 0 {
			t.Errorf("got %+v, want it closed with 50 failures", got)
		}
	})
}

func TestReset_EmptiesTheWindow(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{reply: status(502)}
		b := newBreaker(t, breaker.WithMinRequests(10))
		rt := b.Wrap(h)
		for range 5 { // nine are one too few, each time
			sendN(rt, 9)
			wantTrue(t, b.Reset(url))
		}
		wantState(t, b, breaker.Closed)
		if got := circuit(t, b); got.Failures != 0 || got.TotalFailures != 45 {
			t.Errorf("got %+v, want an empty window and 45 in all", got)
		}
	})
}

// What began before counts for nothing after, be it a probe or a call.
func TestForce_IgnoresWhatBeganBefore(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		b, rt := tripped(t, h, breaker.WithProbes(1))
		pass(time.Second)
		h.now(after(time.Minute, status(200)))
		go sendN(rt, 1) // a probe
		synctest.Wait()
		wantState(t, b, breaker.HalfOpen)
		wantTrue(t, b.ForceOpen(url))
		pass(time.Hour)
		wantState(t, b, breaker.Open)

		wantTrue(t, b.Reset(url))
		h.now(after(time.Minute, status(502)))
		go sendN(rt, 1) // a failure
		synctest.Wait()
		wantTrue(t, b.Reset(url))
		pass(time.Hour)
		wantState(t, b, breaker.Closed)
	})
}

func TestForce_KnowsOnlyKeysThatWereAskedFor(t *testing.T) {
	t.Parallel()
	h := &host{}
	b, _ := healthy(t, h)
	for _, key := range []string{"", "https://api.example.org", "api.example.com", url + "/"} {
		if b.ForceOpen(key) || b.ForceClosed(key) || b.Reset(key) {
			t.Errorf("%q: got true, want false", key)
		}
	}
	if got := circuit(t, b); got.State != breaker.Closed || got.Forced {
		t.Errorf("got %+v, want the one circuit as it was", got)
	}
}

func TestForce_OfKeysOfAFunction(t *testing.T) {
	t.Parallel()
	h := &host{}
	b, rt := healthy(t, h, breaker.WithKey(func(*http.Request) string { return "tenant://a" }))
	wantTrue(t, b.ForceOpen("tenant://a"))
	rejected(t, rt)
}

// A circuit that is forced is not evicted, or its host would come back by
// itself when others are called.
func TestForce_SurvivesEviction(t *testing.T) {
	t.Parallel()
	for _, force := range []func(b *breaker.Breaker) bool{
		func(b *breaker.Breaker) bool { return b.ForceOpen(url) },
		func(b *breaker.Breaker) bool { return b.ForceClosed(url) },
	} {
		bubble(t, func(t *testing.T) {
			h := &host{}
			b, rt := healthy(t, h, breaker.WithMaxKeys(4))
			wantTrue(t, force(b))
			want := b.State(url)
			for i := range 100 {
				_, _ = send(rt, "https://other"+strconv.Itoa(i))
				pass(time.Hour)
			}
			if got := b.Snapshot(); len(got) != 4 || got[0].Key != url || !got[0].Forced || got[0].State != want {
				t.Errorf("got %+v, want four circuits, and ours as it was", got)
			}
		})
	}
}

func TestForce_TellsTheObserverOfChanges(t *testing.T) {
	t.Parallel()
	seen := &log{}
	h := &host{}
	b, rt := healthy(t, h, breaker.WithObserver(seen))
	for _, act := range []func(string) bool{b.Reset, b.ForceClosed, b.ForceOpen, b.ForceOpen, b.ForceClosed, b.ForceClosed, b.ForceOpen, b.Reset} {
		wantTrue(t, act(url))
	}
	wantSent(t, rt)
	got := seen.of(observe.CircuitOpened, observe.CircuitClosed, observe.CircuitHalfOpened)
	if len(got) != 4 {
		t.Fatalf("got %d changes, want open and closed, twice", len(got))
	}
	wantAlternating(t, append([]observe.Kind{got[0].Kind}, observe.CircuitHalfOpened, got[1].Kind))
	for _, e := range got {
		if e.Key != url || e.Context != nil || e.Detail != "by hand" || e.Method != "" {
			t.Errorf("got %+v, want an event that belongs to no call", e)
		}
	}
}

func TestForce_BesideCalls(t *testing.T) {
	t.Parallel()
	b := newBreaker(t, breaker.WithMinRequests(1), breaker.WithOpenFor(time.Millisecond, time.Millisecond),
		breaker.WithObserver(&log{}))
	flip := 0
	var mu sync.Mutex
	rt := b.Wrap(trip.Func(func(req *http.Request) (*http.Response, error) {
		mu.Lock()
		flip++
		code := 200 + 302*(flip/7%2)
		mu.Unlock()
		return status(code)(req)
	}))
	sendN(rt, 1)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { sendN(rt, 3000) })
	}
	for _, act := range []func(string) bool{b.ForceOpen, b.ForceClosed, b.Reset} {
		wg.Go(func() {
			for range 1000 {
				act(url)
				_ = b.Snapshot()
			}
		})
	}
	wg.Wait()
	b.ForceOpen(url)
	rejected(t, rt)
	b.ForceClosed(url)
	wantSent(t, rt)
	if got := circuit(t, b); got.State != breaker.Closed || !got.Forced {
		t.Errorf("got %+v, want what was asked for last", got)
	}
}
