// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/observe"
)

// looks counts how often a limiter looks for a key.
func looks(n *atomic.Int64) limit.Option {
	return limit.WithKey(func(req *http.Request) string {
		n.Add(1)
		return req.URL.Host
	})
}

// Trouble with one host makes attempts to others look for their key, for as long as
// it lasts and no longer.
func TestSleep_NobodyLooksForAKeyAgain(t *testing.T) {
	t.Parallel()
	const calls = 20_000
	for _, tt := range []struct {
		name  string
		cool  string        // what the host asks for
		lasts time.Duration // and how long that is trouble
		opts  []limit.Option
		timed int64 // how many of the calls are, at most
	}{
		{name: "after a 503", cool: "0", lasts: 10 * time.Second, timed: calls / 4},
		{name: "after a cool-down", cool: "30", lasts: 30 * time.Second, timed: calls / 4},
		{name: "after a cool-down without the adaptive limit", cool: "30", lasts: 30 * time.Second, opts: []limit.Option{limit.WithoutAdaptive()}, timed: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				var n atomic.Int64
				l := newLimiter(t, append(tt.opts, looks(&n))...)
				rt := l.Wrap(status(200))
				looked := func() int64 {
					n.Store(0)
					for range calls {
						_, _ = send(rt, t.Context())
					}
					return n.Load()
				}
				looked()
				if got := looked(); got > tt.timed {
					t.Errorf("got %d looks in %d calls before, want few", got, calls)
				}
				_, _ = l.Wrap(status(503, "Retry-After", tt.cool)).RoundTrip(get(t.Context(), "https://other.example.com"))
				pass(tt.lasts - time.Second)
				if got := looked(); got < calls {
					t.Errorf("got %d looks in %d calls, want one for each while it lasts", got, calls)
				}
				pass(3 * time.Second)
				looked() // the first that is timed finds out
				if got := looked(); got > tt.timed {
					t.Errorf("got %d looks in %d calls, want few again", got, calls)
				}
				// And it can begin again.
				_, _ = l.Wrap(status(503, "Retry-After", "5")).RoundTrip(get(t.Context(), url))
				rejected(t, rt)
			})
		})
	}
}

// inForce returns a limiter with a limit in force, and a host that is well again.
func inForce(t *testing.T, opts ...limit.Option) (*limit.Limiter, *host, http.RoundTripper) {
	t.Helper()
	l := newLimiter(t, opts...)
	h := &host{reply: status(429)}
	rt := l.Wrap(h)
	for range 50 {
		_, _ = send(rt, t.Context())
	}
	if got := key(t, l); got.Limit == 0 {
		t.Fatalf("got %+v, want a limit", got)
	}
	h.now(status(200))
	return l, h, rt
}

// Nobody has to call for a limit to be over.
func TestSnapshot_ALimitThatIsOver(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		opts []limit.Option
		want int
	}{
		{name: "alone"},
		{name: "with a fixed one", opts: []limit.Option{limit.WithMaxInFlight(7)}, want: 7},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				seen := &log{}
				l, _, rt := inForce(t, append(tt.opts, limit.WithObserver(seen))...)
				pass(10 * time.Second)
				before := len(seen.of(observe.LimitChanged))
				if got := key(t, l).Limit; got == tt.want {
					t.Errorf("got no limit after 10s, want it still in force")
				}
				pass(1)
				if got := key(t, l).Limit; got != tt.want {
					t.Errorf("got a limit of %d, want %d", got, tt.want)
				}
				_, _ = send(rt, t.Context()) // and then the observer hears of it
				if got := seen.of(observe.LimitChanged); len(got) != before+1 || got[before].Limit != 0 {
					t.Errorf("got %v, want one event more", got)
				}
			})
		})
	}
}

// What was in force before a pause is not in force after it, also where the first
// attempt after it is not looked at before it is sent.
func TestSleep_AStaleLimitDoesNotComeBack(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		l, h, rt := inForce(t)
		pass(time.Hour)
		busy := func() {
			for range 20_000 {
				_, _ = rt.RoundTrip(get(context.Background(), "https://busy.example.com"))
			}
		}
		busy() // so that few are timed, and no key is looked for
		h.now(status(503))
		_, _ = send(rt, t.Context())
		for _, k := range l.Snapshot() {
			if k.Limit != 0 {
				t.Errorf("got %+v, want no limit", k)
			}
		}
	})
}
