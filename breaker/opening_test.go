// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
)

// A ratio of 57 of 100 is reached by 57 of 100, whatever floating point makes
// of 0.57 times 100.
func TestOpening_ExactlyAtTheRatio(t *testing.T) {
	t.Parallel()
	const n = 100
	for k := 1; k <= n; k++ {
		ratio, err := strconv.ParseFloat(strconv.Itoa(k)+"e-2", 64)
		if err != nil {
			t.Fatal(err)
		}
		h := &host{reply: status(http.StatusOK)}
		b := newBreaker(t, breaker.WithFailureRatio(ratio), breaker.WithMinRequests(n))
		rt := b.Wrap(h)
		sendN(rt, n-k)
		h.now(status(http.StatusBadGateway))
		sendN(rt, k-1)
		if got := b.State(url); got != breaker.Closed {
			t.Errorf("ratio %v: got %s after %d failures of %d, want closed", ratio, got, k-1, n-1)
		}
		sendN(rt, 1)
		if got := b.State(url); got != breaker.Open {
			t.Errorf("ratio %v: got %s after %d failures of %d, want open", ratio, got, k, n)
		}
	}
}

func TestOpening_NotBelowTheRatio(t *testing.T) {
	t.Parallel()
	const n = 100
	for k := 2; k <= n; k++ {
		h := &host{reply: status(http.StatusOK)}
		b := newBreaker(t, breaker.WithFailureRatio(float64(k)/n), breaker.WithMinRequests(n))
		rt := b.Wrap(h)
		sendN(rt, n-k+1)
		h.now(status(http.StatusBadGateway))
		sendN(rt, k-1)
		if got := b.State(url); got != breaker.Closed {
			t.Errorf("ratio %v: got %s after %d failures of %d, want closed", float64(k)/n, got, k-1, n)
		}
	}
}

func TestOpening_NeedsEnoughOutcomes(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 3, breaker.DefaultMinRequests, 1000} {
		b := newBreaker(t, breaker.WithMinRequests(n))
		rt := b.Wrap(status(http.StatusServiceUnavailable))
		sendN(rt, n-1)
		wantState(t, b, breaker.Closed)
		sendN(rt, 1)
		wantState(t, b, breaker.Open)
	}
}

func TestOpening_Defaults(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name                string
		successes, failures int
		want                breaker.State
	}{
		{"19 failures are too few", 0, 19, breaker.Closed},
		{"20 failures are enough", 0, 20, breaker.Open},
		{"15 of 20 are under 80 %", 5, 15, breaker.Closed},
		{"16 of 20 are 80 %", 4, 16, breaker.Open},
		{"399 of 499 are under 80 %", 100, 399, breaker.Closed},
		{"400 of 500 are 80 %", 100, 400, breaker.Open},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := &host{reply: status(http.StatusOK)}
			b := newBreaker(t)
			rt := b.Wrap(h)
			sendN(rt, tt.successes)
			h.now(status(http.StatusBadGateway))
			sendN(rt, tt.failures)
			wantState(t, b, tt.want)
		})
	}
}

// Outcomes count for the length of the window, give or take one of its steps.
func TestOpening_WindowRolls(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		pause time.Duration
		want  breaker.State
	}{
		{"an outcome of 8 seconds ago still counts", 8 * time.Second, breaker.Open},
		{"an outcome of 11 seconds ago has left", 11 * time.Second, breaker.Closed},
		{"an outcome of a day ago has left", 24 * time.Hour, breaker.Closed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				h := &host{reply: status(http.StatusBadGateway)}
				b := newBreaker(t)
				rt := b.Wrap(h)
				sendN(rt, 19)
				h.now(status(http.StatusOK))
				sendN(rt, 1) // ends the streak
				h.now(status(http.StatusBadGateway))
				pass(tt.pause)
				sendN(rt, 19)
				wantState(t, b, tt.want)
			})
		})
	}
}

// The window rolls and does not jump: of failures that come evenly, as many are
// in it at any time.
func TestOpening_WindowRollsEvenly(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		b := newBreaker(t, breaker.WithFailureRatio(1), breaker.WithMinRequests(1000))
		rt := b.Wrap(h)
		for i := range 1000 { // 100 s
			h.now(status(http.StatusBadGateway))
			if i%50 == 0 {
				h.now(status(http.StatusOK))
			}
			sendN(rt, 1)
			pass(100 * time.Millisecond)
			c := circuit(t, b)
			if n := c.Successes + c.Failures; i >= 100 && (n < 90 || n > 110) {
				t.Fatalf("got %d outcomes in the window after %d, want about 100", n, i)
			}
		}
	})
}

// The numbers of the window's steps wrap around, within hours where the window
// is short. A host that was idle for any time is judged as any other.
func TestOpening_AfterALongIdleTime(t *testing.T) {
	t.Parallel()
	for idle := time.Hour; idle < 1000*time.Hour; idle += idle/3 + time.Second {
		t.Run(idle.String(), func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				h := &host{reply: status(http.StatusOK)}
				b := newBreaker(t, breaker.WithWindow(10*time.Millisecond), breaker.WithMinRequests(5))
				rt := b.Wrap(h)
				for range 20 { // every slot
					sendN(rt, 1)
					pass(time.Millisecond)
				}
				pass(idle)
				h.now(status(http.StatusBadGateway))
				sendN(rt, 4)
				wantState(t, b, breaker.Closed)
				sendN(rt, 1)
				wantState(t, b, breaker.Open)
			})
		})
	}
}
