// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/observe"
)

// valid is how long words of the fleet hold in tests that are not about it.
const valid = time.Minute

// heldOpen returns a breaker whose circuit of url the fleet holds open, with the
// wait for the next probe over.
func heldOpen(t *testing.T, h *host, opts ...breaker.Option) (*fleet, *breaker.Breaker, http.RoundTripper) {
	t.Helper()
	f, b, rt := shared(t, h, opts...)
	f.open(time.Second, valid)
	pass(time.Second)
	return f, b, rt
}

func wantHeld(t *testing.T, b *breaker.Breaker, s breaker.State, fleet bool) {
	t.Helper()
	if got := circuit(t, b); got.State != s || got.Fleet != fleet {
		t.Fatalf("got %s, by the fleet: %v, want %s, %v", got.State, got.Fleet, s, fleet)
	}
}

func TestGoverned_OpensInTheFleetsName(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		seen := &log{}
		f, b, rt := shared(t, h, breaker.WithObserver(seen))
		f.open(3*time.Second, valid)
		if got := rejected(t, rt); got.State != breaker.Open || got.RetryAfter != 3*time.Second {
			t.Errorf("got %+v, want it open for as long as the fleet says", got)
		}
		pass(time.Second)
		if got := circuit(t, b); got.State != breaker.Open || !got.Fleet || got.Forced || got.RetryAfter != 2*time.Second {
			t.Errorf("got %+v, want it open by the fleet for two more seconds", got)
		}
		opened := seen.of(observe.CircuitOpened)
		if len(opened) != 1 || opened[0].Context != nil || opened[0].Detail != "by the fleet" || !opened[0].Fleet ||
			opened[0].Wait != 3*time.Second || opened[0].Key != url {
			t.Errorf("got %+v, want one event that belongs to no call", opened)
		}
		f.open(5*time.Second, valid) // again, and longer
		pass(5*time.Second - 1)
		rejected(t, rt)
		if got := circuit(t, b).RetryAfter; got != 1 {
			t.Errorf("got %v left, want 1ns", got)
		}
		if h.requests() != 1 || len(seen.of(observe.CircuitOpened)) != 1 {
			t.Errorf("got %d requests and %d openings, want one of each", h.requests(), len(seen.of(observe.CircuitOpened)))
		}
		f.want(t) // nothing of it is told back
	})
}

// Attempts that were under way when the fleet spoke count for nothing.
func TestGoverned_IgnoresWhatBeganBefore(t *testing.T) {
	t.Parallel()
	for _, code := range []int{200, 502} {
		bubble(t, func(t *testing.T) {
			h := &host{}
			f, b, rt := shared(t, h)
			h.now(after(time.Second, status(code)))
			for range 30 {
				go sendN(rt, 1)
			}
			synctest.Wait()
			f.open(10*time.Second, valid)
			pass(2 * time.Second)
			wantHeld(t, b, breaker.Open, true)
			f.want(t)
		})
	}
}

func TestGoverned_TakesOverWhatIsOpenAlready(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		state breaker.State
		wait  time.Duration // before the fleet speaks
	}{
		{"open", breaker.Open, 0},
		{"half-open, with a probe of its own", breaker.HalfOpen, time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				h := &host{}
				seen := &log{}
				f, b, rt := shared(t, h, breaker.WithMinRequests(1), breaker.WithFailureRatio(0.1), breaker.WithProbes(1), breaker.WithObserver(seen))
				h.now(status(502))
				sendN(rt, 1)
				f.want(t, "opened for 1s")
				pass(tt.wait)
				h.now(after(time.Second, status(200)))
				go sendN(rt, 1)
				synctest.Wait()
				wantHeld(t, b, tt.state, false)
				f.open(5*time.Second, valid)
				wantHeld(t, b, breaker.Open, true)
				pass(5*time.Second - 1)
				wantHeld(t, b, breaker.Open, true)
				rejected(t, rt)
				f.want(t)
				pass(1)
				rejected(t, rt)
				f.want(t, "wanted")
				f.lend(time.Second)
				h.now(status(200))
				sendN(rt, 1)
				f.want(t, "closed")
				wantHeld(t, b, breaker.Closed, false)
				wantAlternating(t, seen.changes())
			})
		})
	}
}

// Where the fleet falls silent, a circuit goes on by itself.
func TestGoverned_GoesOnAlone(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name        string
		wait, valid time.Duration
	}{
		{"after the wait", time.Second, 5 * time.Second},
		{"in the middle of the wait", 5 * time.Second, time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				h := &host{}
				f, b, rt := shared(t, h)
				f.open(tt.wait, tt.valid)
				pass(5*time.Second - 1)
				rejected(t, rt)
				pass(1)
				f.said = nil
				wantHeld(t, b, breaker.Open, false)
				f.lend(time.Second) // of no use to anybody
				f.shut()
				h.now(status(502))
				sendN(rt, 1)
				f.want(t, "probe failed, next in 1s")
				pass(time.Second)
				h.now(status(200))
				sendN(rt, breaker.DefaultProbes)
				f.want(t, foundAgain...)
				wantHeld(t, b, breaker.Closed, false)
			})
		})
	}
}

func TestGoverned_ClosesWithTheFleet(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		act  func(f *fleet, h *host, rt http.RoundTripper)
		told []string
	}{
		{"while it waits", func(*fleet, *host, http.RoundTripper) {}, nil},
		{"while it probes", func(f *fleet, h *host, rt http.RoundTripper) {
			f.lend(time.Minute)
			h.now(after(time.Second, status(502)))
			go sendN(rt, 1)
			synctest.Wait()
		}, nil},
		{"between two probes", func(f *fleet, _ *host, rt http.RoundTripper) {
			f.lend(time.Minute)
			sendN(rt, 2)
		}, []string{"probe worked", "probe worked"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				h := &host{}
				seen := &log{}
				f, b, rt := heldOpen(t, h, breaker.WithMinRequests(2), breaker.WithObserver(seen))
				tt.act(f, h, rt)
				f.shut()
				wantHeld(t, b, breaker.Closed, false)
				closed := seen.of(observe.CircuitClosed)
				if len(closed) != 1 || closed[0].Context != nil || closed[0].Detail != "by the fleet" || !closed[0].Fleet {
					t.Errorf("got %+v, want one event that belongs to no call", closed)
				}
				pass(2 * time.Second) // a probe that was under way is back
				wantHeld(t, b, breaker.Closed, false)
				if got := circuit(t, b); got.Successes != 0 || got.Failures != 0 {
					t.Errorf("got %+v, want an empty window", got)
				}
				f.want(t, tt.told...)
				f.shut() // it is not the fleet's any more
				f.lend(time.Minute)
				h.now(status(502)) // its own master
				sendN(rt, 2)
				f.want(t, "opened for 1s")
				f.shut() // nor is this
				wantHeld(t, b, breaker.Open, false)
				pass(time.Second)
				h.now(status(200))
				sendN(rt, breaker.DefaultProbes)
				f.want(t, foundAgain...)
			})
		})
	}
}

// What somebody has forced does not listen, and what was the fleet's is not any
// more.
func TestGoverned_ForcedCircuitsDoNotListen(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		force func(b *breaker.Breaker) bool
		want  breaker.State
	}{
		{"open", func(b *breaker.Breaker) bool { return b.ForceOpen(url) }, breaker.Open},
		{"closed", func(b *breaker.Breaker) bool { return b.ForceClosed(url) }, breaker.Closed},
	} {
		for _, before := range []bool{false, true} {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				bubble(t, func(t *testing.T) {
					h := &host{}
					f, b, rt := shared(t, h)
					if before {
						f.open(time.Second, valid)
					}
					wantTrue(t, tt.force(b))
					f.open(time.Second, valid)
					f.lend(valid)
					pass(2 * time.Second)
					wantHeld(t, b, tt.want, false)
					f.lend(0)
					sendN(rt, 5)
					f.want(t)
					f.shut()
					wantHeld(t, b, tt.want, false)
					if f.wants() {
						t.Error("got that a lease is wanted, want not")
					}
					wantTrue(t, b.Reset(url))
					h.now(status(502)) // or it would doubt what it hears
					wantSent(t, rt)
					f.want(t)
					f.open(time.Second, valid) // and it listens again
					wantHeld(t, b, breaker.Open, true)
					wantTrue(t, b.Reset(url))
					wantHeld(t, b, breaker.Closed, false)
					f.want(t)
				})
			})
		}
	}
}
