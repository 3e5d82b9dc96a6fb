// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/peer"
)

// What the fleet says while a circuit is being made does not find it yet. One that
// it has closed would wait for a lease that nobody gives.
func TestGoverned_NewCircuitsAskTheFleetAgain(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		seen := &log{}
		f := &fleet{known: map[string]peer.Verdict{url: {Wait: time.Second, Valid: valid}}, once: true}
		b := newBreaker(t, breaker.WithFleet(f), breaker.WithObserver(seen))
		rt := b.Wrap(&host{reply: status(200)})
		if _, err := send(rt, url); err != nil {
			t.Errorf("got error %v, want the call sent", err)
		}
		wantHeld(t, b, breaker.Closed, false)
		if got := seen.changes(); !slices.Equal(got, []observe.Kind{observe.CircuitOpened, observe.CircuitClosed}) {
			t.Errorf("got %v, want that it opened and closed", got)
		}
		f.want(t) // nothing of it is told back
	})
}

// A process that has just started does not have to find out by itself.
func TestGoverned_NewCircuitsAskTheFleet(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		const other = "https://other.example.com"
		h := &host{reply: status(200)}
		seen := &log{}
		f := &fleet{known: map[string]peer.Verdict{url: {Wait: time.Second, Valid: valid}, other: {Valid: valid}}}
		b := newBreaker(t, breaker.WithFleet(f), breaker.WithObserver(seen))
		rt := b.Wrap(h)
		if got := rejected(t, rt); got.RetryAfter != time.Second {
			t.Errorf("got %+v, want a wait of a second", got)
		}
		wantHeld(t, b, breaker.Open, true)
		pass(time.Second)
		f.lend(time.Second)
		sendN(rt, breaker.DefaultProbes)
		f.want(t, foundAgain...)
		wantHeld(t, b, breaker.Closed, false)
		wantAlternating(t, seen.changes())
		if got := seen.changes(); len(got) != 3 {
			t.Errorf("got %v, want that it opened, half-opened and closed", got)
		}

		// One whose wait is over may be lent the first probe at once.
		_, err := send(rt, other)
		if err == nil {
			t.Fatal("got no error, want a rejection")
		}
		pass(time.Millisecond)
		f.joined[0].Lend(other, time.Second)
		for range breaker.DefaultProbes {
			if _, err := send(rt, other); err != nil {
				t.Errorf("got error %v, want a probe", err)
			}
		}
		f.want(t, other+" probe worked", other+" probe worked", other+" closed")
	})
}

func TestGoverned_Active(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		f, _, rt := shared(t, h)
		want := func(want ...string) {
			t.Helper()
			if got := slices.Sorted(f.joined[0].Active()); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		}
		want() // one that was given up says nothing
		sendN(rt, 1)
		want(url)
		for range f.joined[0].Active() {
			break // whoever asks need not hear all
		}
		pass(breaker.DefaultWindow + time.Second)
		want()
		const other = "https://other.example.com"
		h.now(status(502))
		_, _ = send(rt, other)
		want(other)
		f.open(time.Second, valid)
		want(other)
		rejected(t, rt)
		want(url, other)
		pass(breaker.DefaultWindow + time.Second)
		want()
	})
}

// Two breakers in one process are two to the fleet.
func TestGoverned_TwoBreakers(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{reply: status(502)}
		f := &fleet{}
		one, two := newBreaker(t, breaker.WithFleet(f)), newBreaker(t, breaker.WithFleet(f))
		sendN(one.Wrap(h), 1)
		sendN(two.Wrap(h), 1)
		if len(f.joined) != 2 {
			t.Fatalf("got %d that have joined, want 2", len(f.joined))
		}
		f.joined[1].Open(url, peer.Verdict{Wait: time.Second, Valid: valid})
		wantHeld(t, one, breaker.Closed, false)
		wantHeld(t, two, breaker.Open, true)
	})
}

func TestGoverned_KeysThatAreNotKnownAreNotMade(t *testing.T) {
	t.Parallel()
	h := &host{}
	f, b, _ := shared(t, h)
	for _, key := range []string{"", "https://api.example.org", "api.example.com", url + "/"} {
		f.joined[0].Open(key, peer.Verdict{Wait: time.Second, Valid: valid})
		f.joined[0].Lend(key, time.Second)
		f.joined[0].Close(key)
	}
	wantHeld(t, b, breaker.Closed, false)
}

// Nothing that a fleet can say keeps a host away for long.
func TestGoverned_Bounds(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]peer.Verdict{
		"for ever":   {Wait: 1<<63 - 1, Valid: 1<<63 - 1},
		"not at all": {Wait: -1 << 63, Valid: -1 << 63},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				h := &host{}
				f, b, rt := shared(t, h)
				f.joined[0].Open(url, v)
				f.lend(v.Valid)
				if got := circuit(t, b).RetryAfter; got > breaker.MaxRetryAfter || got < time.Millisecond {
					t.Errorf("got %s to wait, want a minute at most", got)
				}
				f.lend(0)
				pass(5 * time.Minute)
				sendN(rt, breaker.DefaultProbes)
				wantHeld(t, b, breaker.Closed, false)
			})
		})
	}
}

func TestGoverned_KeysOfAFunction(t *testing.T) {
	t.Parallel()
	h := &host{}
	f, b, rt := shared(t, h, breaker.WithKey(func(*http.Request) string { return "tenant://a" }))
	h.now(status(502))
	sendN(rt, 1)
	f.joined[0].Open("tenant://a", peer.Verdict{Wait: time.Second, Valid: valid})
	wantHeld(t, b, breaker.Open, true)
	got := map[string]bool{}
	for key := range f.joined[0].Active() {
		got[key] = true
	}
	if !maps.Equal(got, map[string]bool{"tenant://a": true}) {
		t.Errorf("got %v, want the key as it is", got)
	}
}
