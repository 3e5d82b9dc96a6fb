// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"io"
	"math"
	"net/http"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/trip"
)

// works returns a breaker in a fleet, whose only attempt has just succeeded.
func works(t *testing.T, h *host, opts ...breaker.Option) (*fleet, *breaker.Breaker, http.RoundTripper) {
	t.Helper()
	f, b, rt := shared(t, h, opts...)
	sendN(rt, 1)
	return f, b, rt
}

// What a process sees by itself counts for more than what it hears, until it
// sees a failure. Then all is as if it had believed the fleet at once.
func TestGoverned_DoubtsUntilAFailure(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		failure trip.Func
	}{
		{"502", status(502)},
		{"reset", fails(io.ErrUnexpectedEOF)},
		{"a body that breaks", brokenBody},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				h := &host{}
				seen := &log{}
				f, b, rt := works(t, h, breaker.WithObserver(seen))
				f.open(5*time.Second, 10*time.Second)
				f.lend(time.Minute) // it has no use for one
				wantHeld(t, b, breaker.Closed, false)
				pass(time.Second)
				wantSent(t, rt)
				h.now(status(429, "Retry-After", "1")) // is none
				wantSent(t, rt)
				if f.wants() {
					t.Error("got that a lease is wanted, want not")
				}
				if got := seen.of(observe.CircuitOpened, observe.Rejected); len(got) != 0 {
					t.Errorf("got %+v, want nothing of it to be seen", got)
				}
				pass(time.Second)
				h.now(tt.failure)
				wantSent(t, rt)
				wantHeld(t, b, breaker.Open, true)
				opened := seen.of(observe.CircuitOpened)
				if len(opened) != 1 || opened[0].Context != nil || !opened[0].Fleet || opened[0].Wait != 3*time.Second {
					t.Errorf("got %+v, want one event, by the fleet, with what is left of the wait", opened)
				}
				f.want(t) // it knows
				h.now(status(200))
				pass(3*time.Second - 1)
				rejected(t, rt)
				f.want(t)
				pass(1)
				rejected(t, rt)
				f.want(t, "wanted")
				pass(5*time.Second - 1)
				wantHeld(t, b, breaker.Open, true)
				pass(1) // what is left of the validity
				sendN(rt, breaker.DefaultProbes)
				wantHeld(t, b, breaker.Closed, false)
			})
		})
	}
}

func TestGoverned_BelievesAfterAFailure(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		f, b, rt := works(t, h)
		f.open(time.Second, valid)
		f.shut()
		h.now(status(502))
		sendN(rt, 1)
		wantHeld(t, b, breaker.Closed, false)
		f.open(time.Second, valid) // the last attempt has failed
		wantHeld(t, b, breaker.Open, true)
	})
}

func TestGoverned_DoubtIsForgotten(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		forget func(f *fleet, b *breaker.Breaker, h *host, rt http.RoundTripper)
		want   breaker.State
	}{
		{"not", func(*fleet, *breaker.Breaker, *host, http.RoundTripper) {}, breaker.Open},
		{"not yet", func(*fleet, *breaker.Breaker, *host, http.RoundTripper) { pass(5*time.Second - 1) }, breaker.Open},
		{"in time", func(*fleet, *breaker.Breaker, *host, http.RoundTripper) { pass(5 * time.Second) }, breaker.Closed},
		{"in less time", func(f *fleet, _ *breaker.Breaker, _ *host, _ http.RoundTripper) {
			f.open(time.Second, time.Second)
			pass(time.Second)
		}, breaker.Closed},
		{"closed by the fleet", func(f *fleet, _ *breaker.Breaker, _ *host, _ http.RoundTripper) { f.shut() }, breaker.Closed},
		{"reset", func(_ *fleet, b *breaker.Breaker, _ *host, _ http.RoundTripper) { b.Reset(url) }, breaker.Closed},
		{"forced closed", func(_ *fleet, b *breaker.Breaker, _ *host, _ http.RoundTripper) { b.ForceClosed(url) }, breaker.Closed},
		{"forced open and reset", func(_ *fleet, b *breaker.Breaker, _ *host, _ http.RoundTripper) {
			b.ForceOpen(url)
			b.Reset(url)
		}, breaker.Closed},
		{"opened by itself and found again", func(_ *fleet, _ *breaker.Breaker, h *host, rt http.RoundTripper) {
			h.now(status(502)) // one of two
			sendN(rt, 1)
			pass(time.Second)
			h.now(status(200))
			sendN(rt, breaker.DefaultProbes)
		}, breaker.Closed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				h := &host{}
				var opts []breaker.Option
				if tt.name == "opened by itself and found again" {
					opts = append(opts, breaker.WithMinRequests(2), breaker.WithFailureRatio(0.5))
				}
				f, b, rt := works(t, h, opts...)
				f.open(time.Second, 5*time.Second)
				tt.forget(f, b, h, rt)
				wantState(t, b, breaker.Closed)
				h.now(status(502))
				sendN(rt, 1)
				wantState(t, b, tt.want)
			})
		})
	}
}

// A verdict that was kept in mind does not undo what somebody has forced, nor
// outlive it.
func TestGoverned_DoubtEndsWhereSomebodyForces(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		f, b, rt := works(t, h)
		f.open(time.Second, valid)
		wantTrue(t, b.ForceClosed(url))
		f.open(time.Second, valid)
		h.now(status(502))
		sendN(rt, 5)
		wantHeld(t, b, breaker.Closed, false)
		wantTrue(t, b.Reset(url))
		sendN(rt, 1)
		wantHeld(t, b, breaker.Closed, false)
		f.want(t)
	})
}

// A success speaks against a verdict for two or three seconds, also where the
// window is in steps of hours, or shorter than that.
func TestGoverned_DoubtNeedsALateSuccess(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		window, until time.Duration
	}{
		{breaker.DefaultWindow, 3 << 30}, // of slots of 1.07 s
		{10 * time.Millisecond, 10 << 20},
		{time.Minute, 2 << 32},
		{24 * time.Hour, 2 << 43}, // the fleet has to say it again
	} {
		for _, late := range []bool{false, true} {
			t.Run(tt.window.String(), func(t *testing.T) {
				t.Parallel()
				bubble(t, func(t *testing.T) {
					f, b, _ := works(t, &host{}, breaker.WithWindow(tt.window))
					pass(tt.until - 1)
					want := breaker.Closed
					if late {
						pass(1)
						want = breaker.Open
					}
					f.open(time.Second, valid)
					wantHeld(t, b, want, late)
				})
			})
		}
	}
}

// Where the slots of the window are long, a fleet that goes on saying the same
// is believed once there was no success for two seconds.
func TestGoverned_DoubtEndsWithoutSuccesses(t *testing.T) {
	t.Parallel()
	for _, window := range []time.Duration{time.Minute, 24 * time.Hour} {
		t.Run(window.String(), func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				f, b, rt := works(t, &host{}, breaker.WithWindow(window))
				f.open(time.Second, valid)
				pass(time.Second)
				sendN(rt, 1)
				pass(time.Second)
				f.open(time.Second, valid) // two seconds after the first, but it works
				wantHeld(t, b, breaker.Closed, false)
				pass(time.Second)
				f.open(time.Second, valid)
				pass(time.Second - 1)
				f.open(time.Second, valid)
				wantHeld(t, b, breaker.Closed, false)
				pass(1)
				f.open(time.Second, valid)
				wantHeld(t, b, breaker.Open, true)
			})
		})
	}
}

// A word that came long ago says nothing of how long there was no success.
func TestGoverned_DoubtBeginsAnew(t *testing.T) {
	t.Parallel()
	for _, forget := range []func(f *fleet){
		func(f *fleet) { f.shut() },
		func(*fleet) { pass(5 * time.Second) },
	} {
		bubble(t, func(t *testing.T) {
			f, b, _ := works(t, &host{}, breaker.WithWindow(24*time.Hour))
			f.open(time.Second, 5*time.Second)
			forget(f)
			pass(5 * time.Second)
			f.open(time.Second, valid)
			wantHeld(t, b, breaker.Closed, false)
		})
	}
}

// At a busy host successes are counted in a slot that may be over. They speak
// against a verdict for as long as that slot does; after a longer pause eight at
// most go unseen.
func TestGoverned_DoubtAtABusyHost(t *testing.T) {
	t.Parallel()
	const slot = 1 << 30
	for _, tt := range []struct {
		name       string
		pause      time.Duration
		successes  int
		want       breaker.State
		wantInSlot uint64 // that is in the window 10 slots on, when the first is not
	}{
		{"in the next slot but one", 2 * slot, 1, breaker.Closed, 0},
		{"without more successes", 3 * slot, 0, breaker.Open, 0},
		{"after a pause, dated back", 3 * slot, 4, breaker.Open, 0},
		{"after a pause", 3 * slot, 5, breaker.Closed, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				f, b, rt := works(t, &host{})
				sendN(rt, 19) // twenty in all, and the clock is read at the 24th
				pass(tt.pause)
				sendN(rt, tt.successes)
				f.open(time.Second, valid)
				wantHeld(t, b, tt.want, tt.want == breaker.Open)
				pass(10*slot - tt.pause)
				if got := circuit(t, b).Successes; got != tt.wantInSlot {
					t.Errorf("got %d successes after the pause, want %d", got, tt.wantInSlot)
				}
			})
		})
	}
}

func TestGoverned_DoubtIsBounded(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		say  time.Duration // to wait, and valid
		pass time.Duration
		want breaker.State
		wait time.Duration
	}{
		{math.MaxInt64, 0, breaker.Open, breaker.MaxRetryAfter},
		{math.MaxInt64, 5*time.Minute - 1, breaker.Open, time.Millisecond},
		{math.MaxInt64, 5 * time.Minute, breaker.Closed, 0},
		{math.MinInt64, 0, breaker.Closed, 0},
	} {
		bubble(t, func(t *testing.T) {
			h := &host{}
			f, b, rt := works(t, h)
			f.open(tt.say, tt.say)
			pass(tt.pass)
			h.now(status(502))
			sendN(rt, 1)
			if got := circuit(t, b); got.State != tt.want || got.RetryAfter != tt.wait {
				t.Errorf("after %s: got %s for %s, want %s for %s", tt.pass, got.State, got.RetryAfter, tt.want, tt.wait)
			}
		})
	}
}
