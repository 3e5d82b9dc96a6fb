// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/peer"
)

// A fleet is the other end of a breaker's link, in the hands of a test.
type fleet struct {
	mu     sync.Mutex
	joined []peer.Circuits
	said   []string // what it was told
	known  map[string]peer.Verdict
	once   bool              // it knows so at first only
	react  func(word string) // to what it is told, in the middle of it
}

func (f *fleet) ShareCircuits(c peer.Circuits) peer.CircuitLink { //nolint:ireturn // as the interface wants it
	f.joined = append(f.joined, c)
	return f
}

func (*fleet) ShareCoolDowns(peer.CoolDowns) peer.CoolDownLink { return nil } //nolint:ireturn // as the interface wants it

func (f *fleet) Failing(key string, since time.Duration) { f.hear(key, "failing for", since) }
func (f *fleet) Working(key string)                      { f.hear(key, "working") }
func (f *fleet) Opened(key string, wait time.Duration)   { f.hear(key, "opened for", wait) }
func (f *fleet) ProbeFailed(key string, wait time.Duration) {
	f.hear(key, "probe failed, next in", wait)
}
func (f *fleet) ProbeWorked(key string) { f.hear(key, "probe worked") }
func (f *fleet) Closed(key string)      { f.hear(key, "closed") }
func (f *fleet) Wanted(key string)      { f.hear(key, "wanted") }

func (f *fleet) Known(key string) (peer.Verdict, bool) {
	v, ok := f.known[key]
	if f.once {
		delete(f.known, key)
	}
	return v, ok
}

func (f *fleet) hear(key string, words ...any) {
	text := strings.TrimSuffix(fmt.Sprintln(words...), "\n")
	if key != url {
		text = key + " " + text
	}
	f.mu.Lock()
	f.said = append(f.said, text)
	react := f.react
	f.mu.Unlock()
	if react != nil {
		react(text)
	}
}

// open, shut, lend and wants speak to the only breaker that has joined.
func (f *fleet) open(wait, valid time.Duration) {
	f.joined[0].Open(url, peer.Verdict{Wait: wait, Valid: valid})
}
func (f *fleet) shut()                { f.joined[0].Close(url) }
func (f *fleet) lend(d time.Duration) { f.joined[0].Lend(url, d) }
func (f *fleet) wants() bool          { return f.joined[0].Wants(url) }

// foundAgain is what a fleet is told when the probes that it takes by default
// have closed a circuit.
var foundAgain = []string{"probe worked", "probe worked", "closed"}

// want checks what the fleet was told since the last check.
func (f *fleet) want(t *testing.T, want ...string) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.Equal(f.said, want) {
		t.Fatalf("the fleet was told %q, want %q", f.said, want)
	}
	f.said = nil
}

// shared returns a breaker in a fleet that knows url, and has seen neither a
// success of it nor a failure: its only call was given up.
func shared(t *testing.T, h *host, opts ...breaker.Option) (*fleet, *breaker.Breaker, http.RoundTripper) {
	t.Helper()
	f := &fleet{}
	h.now(fails(context.Canceled))
	b := newBreaker(t, append([]breaker.Option{breaker.WithFleet(f)}, opts...)...)
	rt := b.Wrap(h)
	sendN(rt, 1)
	h.now(status(http.StatusOK))
	return f, b, rt
}

func TestFleet_IsToldOfFailuresInARow(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		f, b, rt := shared(t, h)
		sendN(rt, 10)
		h.now(status(502))
		sendN(rt, peer.Streak-1)
		f.want(t)
		pass(300 * time.Millisecond)
		sendN(rt, 1)
		f.want(t, "failing for 300ms")
		pass(100 * time.Millisecond)
		sendN(rt, 2)
		f.want(t, "failing for 400ms", "failing for 400ms")
		h.now(status(200))
		sendN(rt, 3)
		f.want(t, "working")
		h.now(status(502))
		sendN(rt, peer.Streak-1)
		h.now(status(200))
		sendN(rt, 1)
		f.want(t) // nothing to take back
		wantState(t, b, breaker.Closed)
	})
}

// A success that comes while the fleet is being told of failures, or just
// before, is not lost: the fleet would take the host to be failing.
func TestFleet_IsNotLeftWithFailures(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		f, _, rt := shared(t, h)
		f.react = func(word string) {
			if strings.HasPrefix(word, "failing") {
				h.now(status(200))
				sendN(rt, 1)
			}
		}
		h.now(status(502))
		sendN(rt, peer.Streak)
		f.want(t, "failing for 0s", "working")
	})
}

func TestFleet_IsToldOfChanges(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		f, b, rt := shared(t, h, breaker.WithMinRequests(6), breaker.WithFailureRatio(0.8), breaker.WithOpenFor(2*time.Second, 2*time.Second))
		sendN(rt, 1)
		h.now(status(502))
		sendN(rt, peer.Streak-1)
		f.want(t)
		sendN(rt, 1)
		f.want(t, "failing for 0s")
		sendN(rt, 2) // five of six outcomes
		f.want(t, "failing for 0s", "opened for 2s")
		wantState(t, b, breaker.Open)
		sendN(rt, 1)
		pass(2 * time.Second)
		h.now(status(503, "Retry-After", "50"))
		sendN(rt, 1)
		f.want(t, "probe failed, next in 10s")
		pass(10 * time.Second)
		h.now(status(429, "Retry-After", "7"))
		sendN(rt, 1)
		f.want(t, "probe failed, next in 7s")
		pass(7 * time.Second)
		h.now(status(200))
		sendN(rt, 2)
		f.want(t, "probe worked", "probe worked")
		h.now(fails(context.Canceled)) // says nothing
		sendN(rt, 1)
		f.want(t)
		h.now(status(200))
		sendN(rt, 2)
		f.want(t, "closed")
	})
}

func TestFleet_IsToldOfGoodProbes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		probes int
		want   []string
	}{
		{"one", 1, []string{"closed"}},
		{"two", 2, []string{"probe worked", "closed"}},
		{"as many as by default", breaker.DefaultProbes, foundAgain},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				h := &host{}
				f, b, rt := shared(t, h, breaker.WithMinRequests(1), breaker.WithProbes(tt.probes))
				h.now(status(502))
				sendN(rt, 1)
				pass(time.Second)
				h.now(status(200))
				sendN(rt, tt.probes-1)
				h.now(status(502))
				sendN(rt, 1)
				f.want(t, append(append([]string{"opened for 1s"}, tt.want[:tt.probes-1]...), "probe failed, next in 1s")...)
				pass(time.Second)
				h.now(status(200))
				sendN(rt, tt.probes+1)
				f.want(t, tt.want...)
				wantState(t, b, breaker.Closed)
			})
		})
	}
}

func TestFleet_IsNotToldOfWhatIsDoneByHand(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		f, b, rt := shared(t, h)
		b.ForceOpen(url)
		sendN(rt, 3)
		pass(time.Minute)
		sendN(rt, 3)
		b.ForceClosed(url)
		h.now(status(502))
		sendN(rt, 50) // whoever forces it does not believe its failures
		h.now(status(200))
		sendN(rt, 1)
		b.ForceOpen(url)
		b.Reset(url)
		sendN(rt, 1)
		f.want(t)
		h.now(status(502))
		sendN(rt, peer.Streak)
		f.want(t, "failing for 0s")
		b.Reset(url)
		sendN(rt, 1)
		h.now(status(200))
		sendN(rt, 1)
		f.want(t)
	})
}

// Who observes the circuits may take its time; the fleet hears of them at once.
func TestFleet_DoesNotWaitForTheObserver(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		slow := observe.Func(func(e observe.Event) {
			if e.Kind == observe.CircuitOpened {
				pass(time.Minute)
			}
		})
		f, _, rt := shared(t, h, breaker.WithMinRequests(1), breaker.WithFailureRatio(0.1), breaker.WithProbes(1), breaker.WithObserver(slow))
		h.now(status(502))
		go sendN(rt, 1)
		pass(time.Second)
		f.want(t, "opened for 1s")
		h.now(status(200))
		go sendN(rt, 1)
		pass(time.Second)
		f.want(t, "closed")
	})
}

func TestFleet_IsJoinedOnceAndOnlyIfNeeded(t *testing.T) {
	t.Parallel()
	f := &fleet{}
	b := newBreaker(t, breaker.WithFleet(f))
	if len(f.joined) != 0 {
		t.Error("got it joined before it was wrapped, want later")
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { sendN(b.Wrap(&host{reply: status(200)}), 1) })
	}
	wg.Wait()
	if len(f.joined) != 1 {
		t.Errorf("got it joined %d times, want once", len(f.joined))
	}
	for _, none := range []breaker.Option{breaker.WithFleet(nil), breaker.WithFleet(deaf{})} {
		b := newBreaker(t, none, breaker.WithMinRequests(1))
		rt := b.Wrap(&host{reply: status(502)})
		sendN(rt, 10)
		wantState(t, b, breaker.Open)
		if got := circuit(t, b); got.Fleet {
			t.Errorf("got %+v, want it alone", got)
		}
	}
}

// deaf is a fleet without links.
type deaf struct{}

func (deaf) ShareCircuits(peer.Circuits) peer.CircuitLink    { return nil } //nolint:ireturn // as the interface wants it
func (deaf) ShareCoolDowns(peer.CoolDowns) peer.CoolDownLink { return nil } //nolint:ireturn // as the interface wants it
