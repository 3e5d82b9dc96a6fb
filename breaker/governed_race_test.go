// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/peer"
	"github.com/surefoot-go/surefoot/trip"
)

// A fleet may say anything at any time, beside calls and somebody at the
// controls. What is told stays in order, and at the end the circuit works.
func TestGoverned_BesideCalls(t *testing.T) {
	t.Parallel()
	for _, byHand := range []bool{false, true} {
		t.Run(strconv.FormatBool(byHand), func(t *testing.T) {
			t.Parallel()
			seen := &log{}
			f := &keeper{}
			b := newBreaker(t, breaker.WithFleet(f), breaker.WithMinRequests(3), breaker.WithProbes(2),
				breaker.WithOpenFor(time.Millisecond, time.Millisecond), breaker.WithObserver(seen), breaker.WithMaxKeys(2))
			var down atomic.Bool
			rt := b.Wrap(trip.Func(func(req *http.Request) (*http.Response, error) {
				if down.Load() && rand.IntN(4) > 0 {
					return status(502)(req)
				}
				return status(200)(req)
			}))
			sendN(rt, 1)
			var calls, says sync.WaitGroup
			done := make(chan struct{})
			repeat := func(act func()) {
				says.Go(func() {
					for {
						select {
						case <-done:
							return
						default:
							act()
						}
					}
				})
			}
			for range 3 {
				calls.Go(func() {
					for i := range 4000 {
						down.Store(i/500%2 == 1)
						sendN(rt, 1)
						if i%16 == 0 { // and others come and go
							_, _ = send(rt, "https://other"+strconv.Itoa(i%4))
						}
					}
				})
			}
			repeat(func() {
				f.circuits.Open(url, peer.Verdict{Wait: rand.N(2 * time.Millisecond), Valid: rand.N(4 * time.Millisecond)})
				pass(rand.N(3 * time.Millisecond)) // the circuit has to close now and then
			})
			repeat(func() { f.circuits.Lend(url, rand.N(time.Millisecond)) })
			repeat(func() { f.circuits.Close(url) })
			repeat(func() {
				_ = f.circuits.Wants(url)
				for range f.circuits.Active() {
					_ = b.Snapshot()
				}
			})
			if byHand {
				repeat(func() { b.ForceOpen(url) })
				repeat(func() { b.ForceClosed(url) })
				repeat(func() { b.Reset(url) })
			}
			calls.Wait()
			close(done)
			says.Wait()
			f.circuits.Open(url, peer.Verdict{Valid: time.Minute})
			b.Reset(url)
			f.circuits.Open(url, peer.Verdict{Wait: time.Minute, Valid: time.Minute})
			rejected(t, rt)
			f.circuits.Close(url)
			wantSent(t, rt)
			down.Store(false)
			sendN(rt, 100)
			wantState(t, b, breaker.Closed)
			if byHand {
				return // by hand, a circuit closes without probes
			}
			last := observe.CircuitClosed
			for i, e := range seen.of(observe.CircuitOpened, observe.CircuitHalfOpened, observe.CircuitClosed) {
				if e.Key == url && e.Kind == last {
					t.Fatalf("change %d: got %s twice", i, e.Kind)
				}
				if e.Key == url {
					last = e.Kind
				}
			}
		})
	}
}

// Whichever comes first, a verdict and a failure open the circuit: the verdict
// finds the failure, or the failure the verdict.
func TestGoverned_DoubtMissesNoFailure(t *testing.T) {
	t.Parallel()
	h := &host{reply: status(200)}
	f := &keeper{}
	b := newBreaker(t, breaker.WithFleet(f))
	rt := b.Wrap(h)
	for range 2000 {
		h.now(status(200))
		sendN(rt, 1)
		h.now(status(502))
		var both sync.WaitGroup
		both.Go(func() { sendN(rt, 1) })
		both.Go(func() { f.circuits.Open(url, peer.Verdict{Wait: valid, Valid: valid}) })
		both.Wait()
		wantHeld(t, b, breaker.Open, true)
		b.Reset(url)
	}
}
