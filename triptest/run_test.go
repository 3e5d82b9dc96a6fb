// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/trip"
	"github.com/surefoot-go/surefoot/triptest"
)

func identity(next http.RoundTripper) http.RoundTripper { return next }

func TestRun_Identity(t *testing.T) {
	t.Parallel()
	triptest.Run(t, identity)
}

func TestRun_Logging(t *testing.T) {
	t.Parallel()
	triptest.Run(t, logging(func(string) {}))
}

func TestRun_Retrying(t *testing.T) {
	t.Parallel()
	triptest.Run(t, retrying(4), triptest.Retries(4), triptest.RetriesKeyed())
}

func TestRun_Breaking(t *testing.T) {
	t.Parallel()
	triptest.Run(t, breaking, triptest.Circuit(errOpen), triptest.CircuitPerHost())
}

func TestRun_Timing(t *testing.T) {
	t.Parallel()
	triptest.Run(t, timing(10*time.Second), triptest.TimesOut(10*time.Second))
}

func TestRun_Keying(t *testing.T) {
	t.Parallel()
	triptest.Run(t, keying, triptest.AddsKeys("Idempotency-Key"))
}

func TestRun_Hedging(t *testing.T) {
	t.Parallel()
	triptest.Run(t, hedging, triptest.Hedges())
}

// everything declares a stack of all layers.
func everything() []triptest.Option {
	return []triptest.Option{
		triptest.AddsKeys("Idempotency-Key"), triptest.Retries(4), triptest.RetriesKeyed(),
		triptest.Circuit(errOpen), triptest.CircuitPerHost(), triptest.TimesOut(10 * time.Second),
		triptest.Composes(func(inner trip.Middleware) trip.Middleware { return trip.Chain(keying, inner) }),
	}
}

func TestRun_Stack(t *testing.T) {
	t.Parallel()
	triptest.Run(t, trip.Chain(keying, retrying(4), breaking, timing(10*time.Second)), everything()...)
}

func TestRun_Buffering(t *testing.T) {
	t.Parallel()
	triptest.Run(t, trip.Chain(buffering, retrying(4)), triptest.Retries(4), triptest.RetriesKeyed(), triptest.Buffers())
}

func TestRun_RealClock(t *testing.T) {
	t.Parallel()
	triptest.Run(t, logging(func(string) {}), triptest.RealClock())
}

func TestRun_RealClockRetrying(t *testing.T) {
	t.Parallel()
	quick := retryingWith(4, func(r *retrier) { r.backoff = func(int) time.Duration { return 2 * time.Millisecond } })
	triptest.Run(t, quick, triptest.RealClock(), triptest.Retries(4), triptest.RetriesKeyed())
}
