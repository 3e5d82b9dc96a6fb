// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"context"
	"net/http"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
)

// Each test of this file is about a trap of gobreaker v2.4.0, in which this
// package must not be caught although gobreaker works inside of it.

// Its Counts.Requests holds calls that are under way and calls that are
// excluded, so 10 failures among 90 that hang are a tenth.
func TestTrap_UnderWayAndExcludedDoNotDilute(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{reply: fails(context.Canceled)}
		b := newBreaker(t)
		rt := b.Wrap(h)
		sendN(rt, 100)
		h.now(after(time.Hour, status(http.StatusOK)))
		for range 100 {
			go sendN(rt, 1)
		}
		synctest.Wait()
		h.now(status(http.StatusBadGateway))
		sendN(rt, breaker.DefaultMinRequests-1)
		wantState(t, b, breaker.Closed)
		sendN(rt, 1)
		wantState(t, b, breaker.Open)
	})
}

// It drops the outcomes of calls that take longer than its window, so a host
// that swallows all requests never opens.
func TestTrap_OutcomesSlowerThanTheWindow(t *testing.T) {
	t.Parallel()
	const slow = 3 * breaker.DefaultWindow
	t.Run("many at a time", func(t *testing.T) {
		t.Parallel()
		bubble(t, func(t *testing.T) {
			b := newBreaker(t)
			rt := b.Wrap(after(slow, fails(timeoutError{})))
			for range breaker.DefaultMinRequests {
				go sendN(rt, 1)
			}
			pass(slow - 1)
			wantState(t, b, breaker.Closed)
			pass(1)
			synctest.Wait()
			wantState(t, b, breaker.Open)
		})
	})
	t.Run("one after the other", func(t *testing.T) {
		t.Parallel()
		bubble(t, func(t *testing.T) {
			b := newBreaker(t)
			rt := b.Wrap(after(slow, fails(timeoutError{})))
			sendN(rt, breaker.DefaultMinRequests-1)
			wantState(t, b, breaker.Closed)
			sendN(rt, 1)
			wantState(t, b, breaker.Open)
		})
	})
	t.Run("one after the other, but not in a row", func(t *testing.T) {
		t.Parallel()
		bubble(t, func(t *testing.T) {
			h := &host{}
			b := newBreaker(t)
			rt := b.Wrap(h)
			for range 10 {
				h.now(after(slow, fails(timeoutError{})))
				sendN(rt, breaker.DefaultMinRequests-1)
				h.now(status(http.StatusOK))
				sendN(rt, 1)
			}
			wantState(t, b, breaker.Closed)
		})
	})
	t.Run("in a row, but no longer than a blip", func(t *testing.T) {
		t.Parallel()
		bubble(t, func(t *testing.T) {
			h := &host{reply: status(http.StatusOK)}
			b := newBreaker(t)
			rt := b.Wrap(h)
			sendN(rt, 1000)
			h.now(status(http.StatusBadGateway))
			sendN(rt, 100)
			pass(breaker.StreakTime - 1)
			sendN(rt, 100)
			wantState(t, b, breaker.Closed)
			pass(1)
			sendN(rt, 1)
			wantState(t, b, breaker.Open)
		})
	})
}

// Its half-open state does not expire: a probe that reports nothing wedges it
// for good.
func TestTrap_LostProbeDoesNotWedge(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		probe func(*http.Request) (*http.Response, error)
	}{
		{"a probe that ends its goroutine", func(*http.Request) (*http.Response, error) {
			runtime.Goexit()
			return nil, nil
		}},
		{"a probe that panics", func(*http.Request) (*http.Response, error) { panic("probe") }},
		{"a probe that its caller gives up", fails(context.Canceled)},
		{"a probe that never leaves", unsupported},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				h := &host{}
				b, rt := tripped(t, h)
				pass(time.Second)
				h.now(tt.probe)
				for range 10 {
					var wg sync.WaitGroup
					wg.Go(func() {
						defer func() { _ = recover() }()
						sendN(rt, 1)
					})
					wg.Wait()
					wantState(t, b, breaker.HalfOpen)
				}
				if h.requests() != 1+10 {
					t.Errorf("got %d requests, want 11: the place is free at once", h.requests())
				}
				h.now(status(http.StatusOK))
				sendN(rt, breaker.DefaultProbes)
				wantState(t, b, breaker.Closed)
			})
		})
	}
}

func TestTrap_HungProbeDoesNotWedge(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name          string
		window, lease time.Duration
	}{
		{"it keeps others out for the length of the window", breaker.DefaultWindow, breaker.DefaultWindow},
		{"but for no more than a minute", time.Hour, time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				h := &host{}
				b, rt := tripped(t, h, breaker.WithWindow(tt.window))
				pass(time.Second)
				h.now(after(24*time.Hour, status(http.StatusBadGateway)))
				go sendN(rt, 1)
				synctest.Wait()
				h.now(status(http.StatusOK))
				pass(tt.lease - 1)
				rejected(t, rt)
				pass(1)
				sendN(rt, breaker.DefaultProbes)
				wantState(t, b, breaker.Closed)
				pass(24 * time.Hour) // the probe that hung has failed by now
				wantState(t, b, breaker.Closed)
				if c := circuit(t, b); c.Failures != 0 {
					t.Errorf("got %d failures, want none", c.Failures)
				}
			})
		})
	}
}

// A host whose answers take longer than a lease can still close its circuit.
func TestTrap_LateProbeCounts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		late int
		want breaker.State
	}{
		{"late successes close", http.StatusOK, breaker.Closed},
		{"a late failure reopens", http.StatusBadGateway, breaker.Open},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				h := &host{}
				b, rt := tripped(t, h)
				pass(time.Second)
				h.now(after(35*time.Second, status(tt.late)))
				for range breaker.DefaultProbes {
					go sendN(rt, 1)
					pass(breaker.DefaultWindow)
				}
				wantState(t, b, breaker.HalfOpen)
				pass(25*time.Second + 1)
				wantState(t, b, tt.want)
			})
		})
	}
}
