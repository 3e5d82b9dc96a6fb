// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/trip"
)

// The body of the first response is watched, and those of all that come after
// a failure.
func TestBody_BreaksOpenTheCircuit(t *testing.T) {
	t.Parallel()
	seen := &log{}
	b := newBreaker(t, breaker.WithObserver(seen))
	rt := b.Wrap(trip.Func(brokenBody))
	first, err := rt.RoundTrip(get(t.Context(), url))
	if err != nil {
		t.Fatal(err)
	}
	if c := circuit(t, b); c.Successes != 1 || c.TotalSuccesses != 1 {
		t.Errorf("got %+v, want a success until the body breaks", c)
	}
	_, _ = io.Copy(io.Discard, first.Body)
	if c := circuit(t, b); c.Successes != 0 || c.TotalSuccesses != 1 || c.TotalFailures != 1 {
		t.Errorf("got %+v, want a failure instead, and totals that do not go down", c)
	}
	sendN(rt, 18)
	wantState(t, b, breaker.Closed)
	if c := circuit(t, b); c.Successes != 0 || c.Failures != 19 {
		t.Errorf("got %d successes and %d failures, want 0 and 19", c.Successes, c.Failures)
	}
	sendN(rt, 1)
	wantState(t, b, breaker.Open)
	broke := seen.of(observe.BodyFailed)
	if len(broke) != 20 {
		t.Fatalf("got %d events, want 20", len(broke))
	}
	e := broke[0]
	if e.Key != url || e.Method != http.MethodGet || e.Status != http.StatusOK || !errors.Is(e.Err, io.ErrUnexpectedEOF) || e.Context == nil {
		t.Errorf("got event %+v", e)
	}
}

func TestBody_WhatIsNoFailure(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		body error // how it ends
		read func(resp *http.Response, cancel context.CancelFunc)
	}{
		{"a body read to its end", io.EOF, func(resp *http.Response, _ context.CancelFunc) {
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
		}},
		{"a body closed before its end", io.ErrUnexpectedEOF, func(resp *http.Response, _ context.CancelFunc) {
			_ = resp.Body.Close()
		}},
		{"a body read after it was closed", io.ErrUnexpectedEOF, func(resp *http.Response, _ context.CancelFunc) {
			_ = resp.Body.Close()
			_, _ = io.Copy(io.Discard, resp.Body)
		}},
		{"a body that its caller gave up", context.Canceled, func(resp *http.Response, _ context.CancelFunc) {
			_, _ = io.Copy(io.Discard, resp.Body)
		}},
		{"a body that breaks after its caller gave up", io.ErrUnexpectedEOF, func(resp *http.Response, cancel context.CancelFunc) {
			cancel()
			_, _ = io.Copy(io.Discard, resp.Body)
		}},
		{"a body that nobody reads", io.ErrUnexpectedEOF, func(*http.Response, context.CancelFunc) {}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				seen := &log{}
				b := newBreaker(t, breaker.WithMinRequests(1), breaker.WithObserver(seen))
				rt := b.Wrap(withBody(&brokenReader{err: tt.body}))
				for range 10 {
					ctx, cancel := context.WithCancel(context.Background())
					resp, err := rt.RoundTrip(get(ctx, url))
					if err != nil {
						t.Fatal(err)
					}
					tt.read(resp, cancel)
					cancel()
					pass(2 * time.Second) // so that each is the first of its slot
				}
				wantState(t, b, breaker.Closed)
				if n := len(seen.of(observe.BodyFailed)); n != 0 {
					t.Errorf("got %d events, want none", n)
				}
			})
		})
	}
}

// One body in sixteen is watched while nothing fails, and each for as long as
// the window holds a failure.
func TestBody_WhichAreWatched(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		b := newBreaker(t)
		rt := b.Wrap(h)
		watched := func(n int) (count int) {
			h.now(goodBody)
			for range n {
				body := io.NopCloser(http.NoBody)
				h.now(withBody(body))
				resp, err := rt.RoundTrip(get(t.Context(), url))
				if err != nil {
					t.Fatal(err)
				}
				if resp.Body != body {
					count++
				}
			}
			return count
		}
		if got := watched(160); got != 10 {
			t.Errorf("got %d watched of 160, want 10", got)
		}
		h.now(status(http.StatusBadGateway))
		sendN(rt, 1)
		if got := watched(100); got != 100 {
			t.Errorf("got %d watched of 100 after a failure, want all", got)
		}
		pass(breaker.DefaultWindow - 1)
		if got := watched(100); got != 100 {
			t.Errorf("got %d watched of 100 at the end of a failure's window, want all", got)
		}
		pass(2 * time.Second)
		// The first few are counted in the step before the pause.
		if got := watched(160); got < 10 || got > 11 {
			t.Errorf("got %d watched of 160 when the failure had left the window, want 10 or 11", got)
		}
	})
}

// The body of an attempt from before an outage breaks when all is well again,
// in the same step of the window: it neither fails nor takes a success back.
func TestBody_StragglerIsIgnored(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{reply: brokenBody}
		b := newBreaker(t, breaker.WithMinRequests(2), breaker.WithFailureRatio(0.1),
			breaker.WithWindow(time.Hour), breaker.WithProbes(1))
		rt := b.Wrap(h)
		straggler, err := rt.RoundTrip(get(t.Context(), url))
		if err != nil {
			t.Fatal(err)
		}
		h.now(status(http.StatusBadGateway))
		sendN(rt, 1)
		wantState(t, b, breaker.Open)
		pass(time.Second)
		h.now(status(http.StatusOK))
		sendN(rt, 1+5)
		wantState(t, b, breaker.Closed)

		_, _ = io.Copy(io.Discard, straggler.Body)
		wantState(t, b, breaker.Closed)
		if c := circuit(t, b); c.Successes != 5 || c.Failures != 0 {
			t.Errorf("got %d successes and %d failures, want 5 and 0", c.Successes, c.Failures)
		}
	})
}

func TestBody_OfAProbe(t *testing.T) {
	t.Parallel()
	probe := func(t *testing.T, rt http.RoundTripper) *http.Response {
		t.Helper()
		resp, err := rt.RoundTrip(get(t.Context(), url))
		if err != nil {
			t.Fatal(err)
		}
		return resp
	}
	t.Run("breaks while others probe, and the probe has failed", func(t *testing.T) {
		t.Parallel()
		bubble(t, func(t *testing.T) {
			h := &host{}
			b, rt := tripped(t, h)
			pass(time.Second)
			h.now(brokenBody)
			resp := probe(t, rt)
			wantState(t, b, breaker.HalfOpen)
			_, _ = io.Copy(io.Discard, resp.Body)
			wantState(t, b, breaker.Open)
			if got := rejected(t, rt).RetryAfter; got != time.Second {
				t.Errorf("got %s to wait, want 1s", got)
			}
		})
	})
	t.Run("breaks when the probes have closed the circuit, and counts as any other", func(t *testing.T) {
		t.Parallel()
		bubble(t, func(t *testing.T) {
			h := &host{}
			b, rt := tripped(t, h, breaker.WithProbes(2))
			pass(time.Second)
			h.now(brokenBody)
			first, second := probe(t, rt), probe(t, rt)
			wantState(t, b, breaker.Closed)
			_, _ = io.Copy(io.Discard, first.Body)
			wantState(t, b, breaker.Open) // one is enough for this breaker
			_, _ = io.Copy(io.Discard, second.Body)
			if c := circuit(t, b); c.TotalFailures != 2 {
				t.Errorf("got %d failures, want 2: the body of an earlier generation does not count", c.TotalFailures)
			}
		})
	})
	t.Run("breaks in a later outage, and counts for nothing", func(t *testing.T) {
		t.Parallel()
		bubble(t, func(t *testing.T) {
			h := &host{}
			b, rt := tripped(t, h, breaker.WithProbes(2))
			pass(time.Second)
			h.now(brokenBody)
			resp := probe(t, rt)
			h.now(status(http.StatusBadGateway))
			sendN(rt, 1)
			wantState(t, b, breaker.Open)
			pass(time.Second)
			h.now(status(http.StatusOK))
			sendN(rt, 1)
			_, _ = io.Copy(io.Discard, resp.Body)
			wantState(t, b, breaker.HalfOpen)
		})
	})
	t.Run("is closed early, and the probe is as good as before", func(t *testing.T) {
		t.Parallel()
		bubble(t, func(t *testing.T) {
			h := &host{}
			b, rt := tripped(t, h)
			pass(time.Second)
			h.now(brokenBody)
			for range breaker.DefaultProbes {
				_ = probe(t, rt).Body.Close()
			}
			wantState(t, b, breaker.Closed)
		})
	})
}
