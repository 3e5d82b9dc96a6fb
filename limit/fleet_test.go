// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/peer"
)

// A fleet is the other end of a limiter's link, in the hands of a test.
type fleet struct {
	mu     sync.Mutex
	joined []peer.CoolDowns
	said   []string
	known  time.Duration // what is left of a cool-down of every key

	until   time.Time // the end of that of url
	failing bool
}

func (*fleet) ShareCircuits(peer.Circuits) peer.CircuitLink { return nil } //nolint:ireturn // as the interface wants it

func (f *fleet) ShareCoolDowns(c peer.CoolDowns) peer.CoolDownLink { //nolint:ireturn // as the interface wants it
	f.joined = append(f.joined, c)
	return f
}

func (f *fleet) Cooling(key string, wait time.Duration, failing bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.said = append(f.said, fmt.Sprint(key, " ", wait, " ", failing))
}

func (f *fleet) Known(key string) (time.Duration, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if key == url && f.known == 0 {
		return max(time.Until(f.until), 0), f.failing
	}
	return f.known, false
}

// cool is what a fleet does that has heard of a cool-down of url.
func (f *fleet) cool(wait time.Duration, failing bool) {
	f.mu.Lock()
	if until := time.Now().Add(wait); until.After(f.until) {
		f.until, f.failing = until, failing
	}
	f.mu.Unlock()
	f.joined[0].Cool(url, wait, failing)
}

func (f *fleet) want(t *testing.T, want ...string) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.Equal(f.said, want) {
		t.Fatalf("the fleet was told %q, want %q", f.said, want)
	}
	f.said = nil
}

// shared returns a limiter in a fleet, that waits for nothing.
func shared(t *testing.T, h *host, opts ...limit.Option) (*fleet, *limit.Limiter, http.RoundTripper) {
	t.Helper()
	f := &fleet{}
	l := newLimiter(t, append([]limit.Option{limit.WithFleet(f), limit.WithMaxWait(0)}, opts...)...)
	return f, l, l.Wrap(h)
}

func TestFleet_IsToldOfCoolDowns(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{reply: after(100*time.Millisecond, status(429, "Retry-After", "7"))}
		f, _, rt := shared(t, h)
		c := &crew{t: t, rt: rt}
		c.calls(t.Context(), 3) // they say the same
		pass(200 * time.Millisecond)
		f.want(t, url+" 7s false")
		rejected(t, rt)
		pass(7 * time.Second)
		f.want(t)
		h.now(status(503, "Retry-After", "90"))
		_, _ = send(rt, t.Context())
		f.want(t, url+" 1m0s true")
		pass(12 * time.Second)
		h.now(status(503, "Retry-After", "1"))
		_, _ = send(rt, t.Context()) // a probe, which is asked for less
		f.want(t)
	})
}

func TestFleet_BeginsCoolDowns(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		opts []limit.Option
	}{
		{"of a key that was called", nil},
		{"of a key that has left no trace", []limit.Option{limit.WithoutAdaptive()}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				h := &host{reply: status(200)}
				seen := &log{}
				f, l, rt := shared(t, h, append(tt.opts, limit.WithObserver(seen))...)
				_, _ = send(rt, t.Context())
				f.cool(5*time.Second, false)
				if got := rejected(t, rt); got.RetryAfter != 5*time.Second || got.Reason != observe.ReasonCoolDown {
					t.Errorf("got %+v, want a cool-down of 5s", got)
				}
				if got := key(t, l); got.CoolDown != 5*time.Second || !got.Fleet {
					t.Errorf("got %+v, want the cool-down to be the fleet's", got)
				}
				pass(2 * time.Second)
				f.cool(time.Second, false) // shorter
				f.cool(3100*time.Millisecond, false)
				f.cool(0, false)
				f.cool(-time.Second, false)
				if got := key(t, l).CoolDown; got != 3100*time.Millisecond {
					t.Errorf("got %s left, want the longest", got)
				}
				events := seen.of(observe.CoolDownStarted)
				if len(events) != 1 || events[0].Context != nil || events[0].Detail != "by the fleet" || !events[0].Fleet ||
					events[0].Wait != 5*time.Second || events[0].Key != url {
					t.Errorf("got %+v, want one event that belongs to no call", events)
				}
				f.cool(time.Hour, false)
				if got := key(t, l).CoolDown; got != limit.MaxCoolDown {
					t.Errorf("got %s left, want a minute at most", got)
				}
				pass(limit.MaxCoolDown)
				if _, err := send(rt, t.Context()); err != nil {
					t.Errorf("got error %v, want the call sent", err)
				}
				if got := key(t, l); got.Fleet || got.CoolDown != 0 {
					t.Errorf("got %+v, want nothing left of it", got)
				}
				f.want(t) // nothing of it is told back
			})
		})
	}
}

// The page says whose cool-down it is: that of the longest.
func TestFleet_OwnCoolDownThatIsLonger(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{reply: status(429, "Retry-After", "9")}
		f, l, rt := shared(t, h)
		c := &crew{t: t, rt: rt}
		h.now(after(time.Second, status(429, "Retry-After", "9")))
		c.calls(t.Context(), 1)
		f.cool(5*time.Second, false)
		pass(time.Second + 1)
		if got := key(t, l); got.CoolDown != 9*time.Second-1 || got.Fleet {
			t.Errorf("got %+v, want its own cool-down", got)
		}
		f.want(t, url+" 9s false")
		f.cool(20*time.Second, false)
		if got := key(t, l); got.CoolDown != 20*time.Second || !got.Fleet {
			t.Errorf("got %+v, want the fleet's cool-down", got)
		}
	})
}

// A host that fails is probed while it cools down, and one that is back is not
// taken away again by what the fleet has not heard yet.
func TestFleet_OwnProbeEndsACoolDown(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{reply: status(200)}
		f, l, rt := shared(t, h)
		_, _ = send(rt, t.Context())
		f.cool(30*time.Second, true)
		sent := time.Duration(0)
		for h.requests() == 1 {
			pass(100 * time.Millisecond)
			sent += 100 * time.Millisecond
			_, _ = send(rt, t.Context())
		}
		if sent < 6*time.Second || sent > 12*time.Second+100*time.Millisecond {
			t.Errorf("got a probe after %s, want it after a fifth to two of the wait, at random", sent)
		}
		if got := key(t, l).CoolDown; got != 0 {
			t.Errorf("got %s left, want the cool-down over", got)
		}
		f.cool(30*time.Second-sent, true)
		f.cool(30*time.Second-sent+900*time.Millisecond, true)
		if got := key(t, l).CoolDown; got != 0 {
			t.Errorf("got %s left, want no second cool-down", got)
		}
		f.cool(time.Second, false) // another matter
		if got := key(t, l).CoolDown; got != time.Second {
			t.Errorf("got %s left, want 1s", got)
		}
		pass(time.Second)
		f.cool(40*time.Second, true) // and this is a new one
		if got := key(t, l).CoolDown; got != 40*time.Second {
			t.Errorf("got %s left, want 40s", got)
		}
	})
}

// What others call takes no room here, and not the limits of what is called here.
func TestFleet_KeysThatOnlyOthersCall(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{reply: after(time.Second, status(200))}
		f, l, rt := shared(t, h, limit.WithMaxKeys(20), limit.WithMaxInFlight(1))
		for i := range 20 {
			f.joined[0].Cool(fmt.Sprint("https://other-", i), time.Minute, false)
		}
		if got := l.Snapshot(); len(got) != 0 {
			t.Errorf("got %+v, want nothing of keys that were never called", got)
		}
		var served atomic.Int64
		for range 5 {
			go func() {
				if _, err := send(rt, t.Context()); err == nil {
					served.Add(1)
				}
			}()
		}
		pass(2 * time.Second)
		if got := served.Load(); got != 1 {
			t.Errorf("got %d calls at once, want the 1 that the limit allows", got)
		}
	})
}

// A process that has just started does not have to find out by itself.
func TestFleet_NewKeysAskIt(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{reply: status(200)}
		seen := &log{}
		f, l, rt := shared(t, h, limit.WithObserver(seen))
		f.known = 3 * time.Second
		if got := rejected(t, rt); got.RetryAfter != 3*time.Second {
			t.Errorf("got %+v, want a wait of 3s", got)
		}
		if got := key(t, l); !got.Fleet {
			t.Errorf("got %+v, want it to be the fleet's", got)
		}
		if got := seen.of(observe.CoolDownStarted); len(got) != 1 || !got[0].Fleet {
			t.Errorf("got %+v, want one event", got)
		}
	})
}

func TestFleet_Active(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{reply: status(200)}
		f, _, rt := shared(t, h)
		want := func(want ...string) {
			t.Helper()
			if got := slices.Sorted(f.joined[0].Active()); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		}
		want()
		f.cool(time.Second, false)
		want() // nobody has called
		rejected(t, rt)
		pass(time.Second)
		_, _ = send(rt, t.Context()) // as the first after a cool-down
		want(url)
		for range f.joined[0].Active() {
			break // whoever asks need not hear all
		}
		pass(11 * time.Second)
		want()
		_, _ = send(rt, t.Context()) // as one of those that are timed
		want(url)
	})
	bubble(t, func(t *testing.T) {
		f, _, rt := shared(t, &host{reply: status(429, "Retry-After", "1")}, limit.WithoutAdaptive())
		_, _ = send(rt, t.Context()) // as one that was answered so
		if got := slices.Collect(f.joined[0].Active()); !slices.Equal(got, []string{url}) {
			t.Errorf("got %q, want the key", got)
		}
	})
}

func TestFleet_IsJoinedOnceAndOnlyIfNeeded(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		opts []limit.Option
		want int
	}{
		{"wrapped twice", nil, 1},
		{"with nothing to share", []limit.Option{limit.WithoutCoolDown()}, 0},
		{"nil after all", []limit.Option{limit.WithFleet(nil)}, 0},
	} {
		f := &fleet{}
		l := newLimiter(t, append([]limit.Option{limit.WithFleet(f)}, tt.opts...)...)
		if len(f.joined) != 0 {
			t.Errorf("%s: got it joined before it was wrapped, want later", tt.name)
		}
		for range 2 {
			_, _ = send(l.Wrap(status(200)), t.Context())
		}
		if len(f.joined) != tt.want {
			t.Errorf("%s: got it joined %d times, want %d", tt.name, len(f.joined), tt.want)
		}
	}
}

func TestFleet_KeysOfAFunction(t *testing.T) {
	t.Parallel()
	f, l, rt := shared(t, &host{reply: status(200)}, limit.WithKey(func(*http.Request) string { return "tenant://a" }))
	f.known = time.Minute
	f.joined[0].Cool("tenant://a", time.Minute, false)
	rejected(t, rt)
	if got := key(t, l); got.Key != "tenant://a" || !got.Fleet {
		t.Errorf("got %+v, want the key as it is", got)
	}
}

// A fleet may say anything at any time, beside calls.
func TestFleet_BesideCalls(t *testing.T) {
	t.Parallel()
	f, l, rt := shared(t, &host{reply: status(503, "Retry-After", "1")}, limit.WithObserver(&log{}), limit.WithMaxKeys(3))
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Go(func() {
			for n := range 2000 {
				_, _ = send(rt, t.Context())
				f.joined[0].Cool(fmt.Sprint("https://other", n%5), time.Nanosecond, i == 0)
				f.cool(time.Duration(n), n%2 == 0)
				for range f.joined[0].Active() {
					_ = l.Snapshot()
				}
			}
		})
	}
	wg.Wait()
	f.cool(time.Minute, false)
	if got := rejected(t, rt); got.RetryAfter < 50*time.Second {
		t.Errorf("got %+v, want what was said last", got)
	}
}

// Processes that hear of a cool-down at once do not probe at once.
func TestFleet_ProbesAreSpread(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		first := map[time.Duration]bool{}
		for range 8 {
			h := &host{reply: status(503)}
			f, _, rt := shared(t, h)
			f.cool(30*time.Second, true)
			began := time.Now()
			for h.requests() == 0 {
				pass(10 * time.Millisecond)
				_, _ = send(rt, t.Context())
			}
			first[time.Since(began)] = true
		}
		if len(first) < 4 { // of 600 times that a probe can go at
			t.Errorf("got the first probes of eight after %v, want them spread", first)
		}
	})
}

// A good probe takes back what was told of the cool-down that it ends; a bad one does not.
func TestFleet_IsToldThatAProbeHasFoundTheServerWell(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{reply: status(503, "Retry-After", "10")}
		f, _, rt := shared(t, h)
		_, _ = send(rt, t.Context())
		f.want(t, url+" 10s true")
		h.now(status(500))
		pass(3 * time.Second)
		_, _ = send(rt, t.Context())
		f.want(t)
		h.now(status(200))
		pass(3 * time.Second)
		_, _ = send(rt, t.Context())
		f.want(t, url+" 0s true")
	})
}
