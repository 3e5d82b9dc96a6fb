// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"math"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/observe"
)

// openTimes returns for how long a circuit is open at first and after each of
// n-1 failed probes.
func openTimes(t *testing.T, n int, opts ...breaker.Option) (times []time.Duration) {
	t.Helper()
	h := &host{}
	seen := &log{}
	_, rt := tripped(t, h, append(opts, breaker.WithObserver(seen))...)
	h.now(status(http.StatusBadGateway))
	for i := range n {
		e := seen.of(observe.CircuitOpened)[i]
		times = append(times, e.Wait)
		if got := rejected(t, rt).RetryAfter; got != e.Wait {
			t.Errorf("got %s to wait, want %s", got, e.Wait)
		}
		pass(e.Wait - 1)
		if got := rejected(t, rt).RetryAfter; got < 1 || got > time.Millisecond {
			t.Errorf("got %s to wait at the end, want 1ns and less than 1ms more", got)
		}
		pass(1)
		wantSent(t, rt)
	}
	return times
}

// Gobreaker's open time is fixed. Ours grows, and is spread, where it is asked
// to.
func TestOpenFor_FixedWhereBothAreEqual(t *testing.T) {
	t.Parallel()
	for _, openFor := range []time.Duration{time.Millisecond, breaker.DefaultOpenFor, 24 * time.Hour} {
		t.Run(openFor.String(), func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				for _, got := range openTimes(t, 5, breaker.WithOpenFor(openFor, openFor)) {
					if got != openFor {
						t.Errorf("got open for %s, want %s", got, openFor)
					}
				}
			})
		})
	}
}

func TestOpenFor_GrowsAndIsSpread(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		distinct := map[time.Duration]bool{}
		longest := 0.0
		for range 50 {
			times := openTimes(t, 7, breaker.WithOpenFor(time.Second, 10*time.Second))
			for i, seconds := range []int64{1, 2, 4, 8, 10, 10, 10} {
				base := time.Duration(seconds * int64(time.Second))
				if got := times[i]; got < base || got > base+base/10 {
					t.Errorf("got open for %s after %d failed probes, want %s and up to 10 %% more", got, i, base)
				}
				distinct[times[i]] = true
				longest = max(longest, float64(times[i])/float64(base))
			}
		}
		if len(distinct) < 300 || longest < 1.09 {
			t.Errorf("got %d distinct times of 350, the longest %.3f of its base, want them spread up to 1.1", len(distinct), longest)
		}
	})
}

func TestOpenFor_StartsAnewAfterClosing(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		seen := &log{}
		b, rt := tripped(t, h, breaker.WithOpenFor(time.Second, time.Hour), breaker.WithObserver(seen))
		h.now(status(http.StatusBadGateway))
		for range 3 {
			pass(time.Hour)
			sendN(rt, 1)
		}
		pass(time.Hour)
		h.now(status(http.StatusOK))
		sendN(rt, breaker.DefaultProbes)
		wantState(t, b, breaker.Closed)
		h.now(status(http.StatusBadGateway))
		sendN(rt, 1)
		opened := seen.of(observe.CircuitOpened)
		if got := opened[len(opened)-1].Wait; got > 1100*time.Millisecond {
			t.Errorf("got open for %s, want about 1s again", got)
		}
	})
}

func TestOpenFor_RetryAfter(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name       string
		retryAfter string
		openFor    time.Duration
		of503      time.Duration
		of429      time.Duration
	}{
		{"a longer Retry-After is honoured", "5", time.Second, time.Second, 5 * time.Second},
		{"a much longer one of a host that fails, in part", "20", time.Second, 4 * time.Second, 20 * time.Second},
		{"a shorter one is not", "1", 2 * time.Second, 2 * time.Second, 2 * time.Second},
		{"one of zero is not", "0", time.Second, time.Second, time.Second},
		{"one of a minute is", "60", time.Second, 12 * time.Second, breaker.MaxRetryAfter},
		{"one of over a minute is one of a minute", "301", time.Second, breaker.MaxRetryAfter, breaker.MaxRetryAfter},
		{"one of ages is one of a minute", strconv.FormatInt(math.MaxInt64, 10), time.Second, breaker.MaxRetryAfter, breaker.MaxRetryAfter},
		{"one that makes no sense is none", "soon", time.Second, time.Second, time.Second},
		{"an open time of over a minute stays", "120", 90 * time.Second, 90 * time.Second, 90 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for code, want := range map[int]time.Duration{http.StatusServiceUnavailable: tt.of503, http.StatusTooManyRequests: tt.of429} {
				bubble(t, func(t *testing.T) {
					h := &host{}
					_, rt := tripped(t, h, breaker.WithOpenFor(tt.openFor, tt.openFor))
					pass(tt.openFor)
					h.now(status(code, "Retry-After", tt.retryAfter))
					wantSent(t, rt) // a probe, which fails
					if got := rejected(t, rt).RetryAfter; got != want {
						t.Errorf("%d: got %s to wait, want %s", code, got, want)
					}
				})
			}
		})
	}
}

func TestOpenFor_RetryAfterOfWhatTrips(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		b := newBreaker(t, breaker.WithMinRequests(3))
		rt := b.Wrap(status(http.StatusServiceUnavailable, "Retry-After", "35"))
		sendN(rt, 3)
		if got := rejected(t, rt).RetryAfter; got != 7*time.Second {
			t.Errorf("got %s to wait, want 7s", got)
		}
	})
}

// Gobreaker does not tell the remaining time. Ours is never too short, and too
// long by less than a millisecond.
func TestOpenFor_RemainingTime(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		b, rt := tripped(t, h)
		for left := time.Second; left > 0; left -= 370 * time.Microsecond {
			late := rejected(t, rt).RetryAfter - left
			if late < 0 || late >= time.Millisecond {
				t.Fatalf("got %s too much with %s left, want from 0 to 1ms", late, left)
			}
			if got := circuit(t, b).RetryAfter; got != left {
				t.Fatalf("got %s in the snapshot, want %s", got, left)
			}
			pass(min(370*time.Microsecond, left))
		}
		if c := circuit(t, b); c.State != breaker.Open || c.RetryAfter != 0 {
			t.Errorf("got %s with %s left, want open with none", c.State, c.RetryAfter)
		}
		wantSent(t, rt)
		if c := circuit(t, b); c.State != breaker.HalfOpen || c.RetryAfter != 0 {
			t.Errorf("got %s with %s left, want half-open with none", c.State, c.RetryAfter)
		}
	})
}
