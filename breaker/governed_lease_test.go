// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
)

func TestGoverned_ProbesOnlyOnALease(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		f, b, rt := heldOpen(t, h, breaker.WithOpenFor(2*time.Second, time.Minute))
		for range 3 {
			if got := rejected(t, rt); got.State != breaker.Open || got.RetryAfter != 2*time.Second {
				t.Errorf("got %+v, want the open time as a guess", got)
			}
		}
		if h.requests() != 1 {
			t.Errorf("got %d requests, want no probe without a lease", h.requests())
		}
		f.want(t, "wanted")
		f.lend(time.Second)
		h.now(after(500*time.Millisecond, status(200)))
		go sendN(rt, 1)
		synctest.Wait()
		wantHeld(t, b, breaker.HalfOpen, true)
		if got := rejected(t, rt); got.State != breaker.HalfOpen {
			t.Errorf("got %+v, want one probe at a time", got)
		}
		pass(500*time.Millisecond + 1)
		h.now(status(200))
		sendN(rt, 2)
		wantHeld(t, b, breaker.Closed, false)
		f.want(t, foundAgain...)
		wantSent(t, rt)
	})
}

// A lease that is lent before the wait is over lets nobody through early.
func TestGoverned_LeaseDoesNotEndTheWait(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		f, _, rt := shared(t, h)
		f.open(time.Second, valid)
		f.lend(3 * time.Second)
		pass(time.Second - 1)
		rejected(t, rt)
		pass(1)
		wantSent(t, rt)
	})
}

func TestGoverned_LeaseIsOverWithAFailure(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		f, b, rt := heldOpen(t, h)
		f.lend(time.Minute)
		h.now(status(502))
		sendN(rt, 1)
		f.want(t, "probe failed, next in 1s")
		wantHeld(t, b, breaker.Open, true)
		pass(time.Second)
		rejected(t, rt)
		f.want(t, "wanted")
		h.now(status(200))
		f.lend(time.Minute)
		sendN(rt, breaker.DefaultProbes)
		f.want(t, foundAgain...)
		wantHeld(t, b, breaker.Closed, false)
	})
}

func TestGoverned_LeaseRunsOut(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		f, b, rt := heldOpen(t, h)
		f.lend(time.Second)
		wantSent(t, rt)
		pass(time.Second)
		wantHeld(t, b, breaker.HalfOpen, true)
		if got := rejected(t, rt); got.State != breaker.Open || got.RetryAfter != breaker.DefaultOpenFor {
			t.Errorf("got %+v, want the open time as a guess", got)
		}
		f.want(t, "probe worked", "wanted")
		f.lend(time.Second)
		f.lend(0) // and takes it back
		rejected(t, rt)
		f.lend(time.Second)
		sendN(rt, 2)
		f.want(t, "probe worked", "closed")
	})
}

// A host whose answers take longer than a lease can close its circuit.
func TestGoverned_LateProbeCounts(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		f, b, rt := heldOpen(t, h, breaker.WithProbes(1))
		f.lend(time.Second)
		h.now(after(5*time.Second, status(200)))
		go sendN(rt, 1)
		for range 4 {
			pass(time.Second)
			f.open(0, valid) // the fleet knows no better
		}
		wantHeld(t, b, breaker.HalfOpen, true)
		pass(time.Second + 1)
		wantHeld(t, b, breaker.Closed, false)
		f.want(t, "closed")
	})
}

// When another process has failed after the lease ran out, probes begin anew.
func TestGoverned_ObsoleteProbeDoesNotCount(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		seen := &log{}
		f, b, rt := heldOpen(t, h, breaker.WithProbes(2), breaker.WithObserver(seen))
		f.lend(time.Second)
		sendN(rt, 1)
		h.now(after(3*time.Second, status(200)))
		go sendN(rt, 1)
		pass(2 * time.Second)
		f.open(5*time.Second, valid)
		wantHeld(t, b, breaker.Open, true)
		pass(2 * time.Second) // it is back
		wantHeld(t, b, breaker.Open, true)
		pass(3 * time.Second)
		f.lend(time.Second)
		h.now(status(200))
		sendN(rt, 1)
		wantHeld(t, b, breaker.HalfOpen, true)
		sendN(rt, 1)
		wantHeld(t, b, breaker.Closed, false)
		wantAlternating(t, seen.changes())
	})
}

// The fleet says again and again what it has said. That does not take a probe
// back that is under way on its lease.
func TestGoverned_RepeatsLeaveAProbeAlone(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		f, b, rt := heldOpen(t, h, breaker.WithProbes(1))
		f.lend(2 * time.Second)
		h.now(after(time.Second, status(200)))
		go sendN(rt, 1)
		synctest.Wait()
		f.open(300*time.Millisecond, 2*valid) // read before the lease was lent
		wantHeld(t, b, breaker.HalfOpen, true)
		pass(time.Second + 1)
		wantHeld(t, b, breaker.Closed, false)
	})
}

func TestGoverned_Wants(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		f, b, rt := shared(t, h, breaker.WithMinRequests(2))
		want := func(want bool, why string) {
			t.Helper()
			if got := f.wants(); got != want {
				t.Errorf("%s: got %v, want %v", why, got, want)
			}
		}
		want(false, "closed")
		f.open(time.Second, valid)
		want(false, "nobody has called")
		rejected(t, rt)
		want(true, "a call was rejected")
		pass(breaker.DefaultWindow + 1)
		want(false, "that was long ago")
		rejected(t, rt)
		f.lend(2 * time.Second)
		want(true, "the lease has not been used")
		h.now(after(3*time.Second, status(200)))
		go sendN(rt, 1)
		synctest.Wait()
		want(false, "a probe is under way")
		rejected(t, rt)
		want(true, "another would follow it")
		pass(2 * time.Second)
		want(false, "the lease has run out and the probe is not back")
		pass(time.Second + 1)
		want(true, "it is back")
		f.lend(time.Second)
		h.now(status(502))
		sendN(rt, 1)
		want(false, "a probe has failed and nobody has called since")
		rejected(t, rt)
		want(true, "a call was rejected since")
		f.shut()
		want(false, "closed again")
		f.open(time.Second, valid)
		want(false, "nobody has called since it opened anew")
		rejected(t, rt)
		f.shut()
		sendN(rt, 2)
		f.open(time.Second, valid)
		want(false, "nobody has called since it opened by itself")
		b.Reset(url)
		sendN(rt, 2)
		rejected(t, rt)
		want(false, "open, but not by the fleet")
		if f.joined[0].Wants("https://nobody.example.com") {
			t.Error("got that a key is wanted that there is not")
		}
	})
}

// Rejections can come at any rate, and the fleet is not to be flooded.
func TestGoverned_WantedIsToldNowAndThen(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		f, _, rt := heldOpen(t, h)
		for range 10 {
			sendN(rt, 20)
			pass(time.Millisecond)
		}
		f.want(t, "wanted")
		sendN(rt, 1)
		f.want(t, "wanted")
		pass(time.Hour)
	})
}

// A probe that hangs is no reason to leave a lease unused that was lent after
// the fleet has spoken anew.
func TestGoverned_HungProbeOfBeforeIsForgotten(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		again func(f *fleet, h *host, rt http.RoundTripper)
	}{
		{"open again", func(f *fleet, _ *host, _ http.RoundTripper) { f.open(time.Second, valid) }},
		{"closed, and open again", func(f *fleet, h *host, rt http.RoundTripper) {
			f.shut()
			h.now(status(502))
			sendN(rt, 5)
			f.open(time.Second, valid)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				h := &host{}
				f, b, rt := heldOpen(t, h, breaker.WithProbes(1), breaker.WithMinRequests(5))
				f.lend(time.Second)
				h.now(after(time.Minute, status(200)))
				go sendN(rt, 1)
				pass(time.Second)
				tt.again(f, h, rt)
				pass(time.Second)
				rejected(t, rt)
				if !f.wants() {
					t.Error("got that no lease is wanted, want one")
				}
				f.lend(time.Second)
				h.now(status(200))
				sendN(rt, 1)
				wantHeld(t, b, breaker.Closed, false)
			})
		})
	}
}

// A lease is for a circuit that the fleet holds; one that came before is none.
func TestGoverned_LeaseThatCameTooEarly(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		f, _, rt := shared(t, h, breaker.WithMinRequests(1), breaker.WithFailureRatio(0.1))
		h.now(status(502))
		f.lend(valid)
		sendN(rt, 1)
		f.lend(valid)
		f.open(time.Second, valid)
		pass(time.Second)
		rejected(t, rt)
	})
}
