// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/trip"
)

func TestProbe_OneAtATime(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		b, rt := tripped(t, h)
		pass(time.Second)
		var now, most, sent atomic.Int32
		h.now(func(req *http.Request) (*http.Response, error) {
			most.Store(max(most.Load(), now.Add(1)))
			defer now.Add(-1)
			sent.Add(1)
			return after(100*time.Millisecond, status(http.StatusOK))(req)
		})
		for range breaker.DefaultProbes {
			for range 50 {
				go func() {
					_, err := send(rt, url)
					if err != nil && (!errors.Is(err, breaker.ErrOpen) || !errors.Is(err, gobreaker.ErrTooManyRequests)) {
						t.Errorf("got error %v, want a rejection for too many requests", err)
					}
				}()
			}
			synctest.Wait()
			wantState(t, b, breaker.HalfOpen)
			pass(100 * time.Millisecond)
			synctest.Wait()
		}
		if most.Load() != 1 || sent.Load() != breaker.DefaultProbes {
			t.Errorf("got %d probes, %d of them at a time, want 3 and 1", sent.Load(), most.Load())
		}
		wantState(t, b, breaker.Closed)
		if c := circuit(t, b); c.Rejected != 3*49 {
			t.Errorf("got %d rejected, want %d", c.Rejected, 3*49)
		}
	})
}

func TestProbe_NSuccessesClose(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, breaker.DefaultProbes, 1000} {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				h := &host{}
				b, rt := tripped(t, h, breaker.WithProbes(n))
				pass(time.Second)
				sendN(rt, n-1)
				if n > 1 {
					wantState(t, b, breaker.HalfOpen)
				}
				sendN(rt, 1)
				wantState(t, b, breaker.Closed)
				if c := circuit(t, b); c.Successes != 0 || c.Failures != 0 {
					t.Errorf("got %d successes and %d failures, want a fresh window", c.Successes, c.Failures)
				}
			})
		})
	}
}

func TestProbe_WhatItSays(t *testing.T) {
	t.Parallel()
	const good, bad, nothing = breaker.Closed, breaker.Open, breaker.HalfOpen
	for _, tt := range []struct {
		name  string
		reply trip.Func
		want  breaker.State // with WithProbes(1)
	}{
		{"200 is good", status(200), good},
		{"404 is good, the server works", status(404), good},
		{"501 is good, the server works", status(501), good},
		{"500 is bad", status(500), bad},
		{"503 with a Retry-After is bad", status(503, "Retry-After", "1"), bad},
		{"429 is bad, although it counts for nothing otherwise", status(429), bad},
		{"a connection that is reset is bad", fails(http.ErrServerClosed), bad},
		{"an attempt that times out is bad", fails(timeoutError{}), bad},
		{"a slow 200 is bad", after(2*time.Second, status(200)), bad},
		{"a probe that its caller gives up says nothing", fails(context.Canceled), nothing},
		{"a malformed request says nothing", unsupported, nothing},
		{"a rejection by a layer below says nothing", fails(&breaker.OpenError{}), nothing},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				h := &host{}
				b, rt := tripped(t, h, breaker.WithProbes(1), breaker.WithSlowCall(2*time.Second))
				pass(time.Second)
				h.now(tt.reply)
				sendN(rt, 1)
				wantState(t, b, tt.want)
			})
		})
	}
}

// Neither does a class that is none, which must not pass for a success.
func TestProbe_OfUnknownClassSaysNothing(t *testing.T) {
	t.Parallel()
	for _, class := range []classify.Class{classify.Unknown, 77} {
		bubble(t, func(t *testing.T) {
			verdict := classify.Verdict{Class: classify.Retryable}
			h := &host{reply: status(200)}
			b := newBreaker(t, breaker.WithMinRequests(1), breaker.WithProbes(1), breaker.WithClassifier(&verdicts{&verdict}))
			rt := b.Wrap(h)
			sendN(rt, 1)
			wantState(t, b, breaker.Open)
			pass(time.Second)
			verdict.Class = class
			sendN(rt, 3)
			wantState(t, b, breaker.HalfOpen)
		})
	}
}

// verdicts is a Classifier that can change its mind.
type verdicts struct{ now *classify.Verdict }

func (v *verdicts) Classify(*http.Request, *http.Response, error) classify.Verdict { return *v.now }

// Successes have to come in a row: one failure after two of three starts all
// over.
func TestProbe_FailureReopens(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		b, rt := tripped(t, h)
		for range 5 {
			pass(time.Second)
			h.now(status(http.StatusOK))
			sendN(rt, breaker.DefaultProbes-1)
			wantState(t, b, breaker.HalfOpen)
			h.now(status(http.StatusInternalServerError))
			sendN(rt, 1)
			wantState(t, b, breaker.Open)
		}
		pass(time.Second)
		h.now(status(http.StatusOK))
		sendN(rt, breaker.DefaultProbes)
		wantState(t, b, breaker.Closed)
	})
}

// An excluded probe says nothing, so the successes around it are in a row.
func TestProbe_ExcludedDoesNotInterrupt(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		b, rt := tripped(t, h)
		pass(time.Second)
		for range breaker.DefaultProbes {
			h.now(fails(context.Canceled))
			sendN(rt, 3)
			wantState(t, b, breaker.HalfOpen)
			h.now(status(http.StatusOK))
			sendN(rt, 1)
		}
		wantState(t, b, breaker.Closed)
	})
}

// A call whose caller is gone goes through an open circuit, for the layers
// below to say so, and is no probe of a half-open one.
func TestProbe_DeadContextIsNone(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		b, rt := tripped(t, h)
		h.now(func(req *http.Request) (*http.Response, error) { return nil, context.Cause(req.Context()) })
		dead, cancel := context.WithTimeoutCause(t.Context(), -1, errors.New("late"))
		defer cancel()
		for range 2 {
			if _, err := rt.RoundTrip(get(dead, url)); err == nil || err.Error() != "late" {
				t.Errorf("got error %v, want that of the layer below", err)
			}
			wantState(t, b, breaker.Open)
			pass(time.Second)
		}
		if c := circuit(t, b); c.Rejected != 0 {
			t.Errorf("got %d rejected, want none", c.Rejected)
		}
	})
}

// The wait that a rejection tells while a probe is under way is a guess that
// makes sense: no longer than the open time or the lease.
func TestProbe_WaitWhileUnderWay(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		_, rt := tripped(t, h)
		pass(time.Second)
		h.now(after(time.Hour, status(http.StatusOK)))
		go sendN(rt, 1)
		synctest.Wait()
		if e := rejected(t, rt); e.State != breaker.HalfOpen || e.RetryAfter != breaker.DefaultOpenFor {
			t.Errorf("got %s with %s to wait, want half-open with 1s", e.State, e.RetryAfter)
		}
		pass(breaker.DefaultWindow - 100*time.Millisecond)
		if e := rejected(t, rt); e.RetryAfter != 100*time.Millisecond {
			t.Errorf("got %s to wait, want the 100ms that the lease has left", e.RetryAfter)
		}
	})
}

// A host that comes back is found within the open time and three probes, with
// calls coming in all the time.
func TestProbe_RecoveryTime(t *testing.T) {
	t.Parallel()
	for offset := time.Duration(0); offset < time.Second; offset += 90 * time.Millisecond {
		t.Run(offset.String(), func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				const latency, every = 50 * time.Millisecond, 10 * time.Millisecond
				h := &host{}
				seen := &log{}
				b, rt := tripped(t, h, breaker.WithObserver(seen))
				h.now(after(latency, status(http.StatusBadGateway)))
				calls := func(d time.Duration) {
					for range d / every {
						go sendN(rt, 1)
						pass(every)
					}
				}
				calls(30*time.Second + offset)
				probes := h.requests() - 1
				if probes < 27 || probes > 30 {
					t.Errorf("got %d probes in 30 s, want about one a second", probes)
				}
				h.now(after(latency, status(http.StatusOK)))
				back := time.Now()
				for b.State(url) != breaker.Closed {
					calls(every)
					if time.Since(back) > time.Minute {
						t.Fatal("got a host that is never found, want it found")
					}
				}
				synctest.Wait() // the state is there before the observer is told
				// The probe under way, the open time, and three probes.
				limit := latency + breaker.DefaultOpenFor + breaker.DefaultProbes*(latency+every) + every
				if took := time.Since(back); took > limit {
					t.Errorf("got %s until the host was found, want at most %s", took, limit)
				}
				wantAlternating(t, seen.changes())
				if n := len(seen.of(observe.CircuitClosed)); n != 1 {
					t.Errorf("got %d times closed, want 1", n)
				}
			})
		})
	}
}
