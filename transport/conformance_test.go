// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package transport_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/hedge"
	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
	"github.com/surefoot-go/surefoot/trip"
	"github.com/surefoot-go/surefoot/triptest"
)

// stackUnderCheck returns a middleware that builds a new stack each time, as the
// clauses must not share circuits and budgets.
func stackUnderCheck(t *testing.T, opts ...transport.Option) trip.Middleware {
	t.Helper()
	return func(next http.RoundTripper) http.RoundTripper {
		tr, err := transport.New(next, opts...)
		if err != nil {
			t.Error(err)
			return next
		}
		return tr
	}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	triptest.Run(t, stackUnderCheck(t),
		triptest.Retries(retry.DefaultMaxAttempts), triptest.RetriesKeyed(),
		triptest.Circuit(breaker.ErrOpen), triptest.CircuitPerHost(),
		triptest.Composes(func(inner trip.Middleware) trip.Middleware {
			return stackUnderCheck(t, transport.WithPerAttempt(inner))
		}))
}

func TestConformance_Everything(t *testing.T) {
	t.Parallel()
	const attempt, total = 10 * time.Second, 10 * time.Minute
	triptest.Run(t, stackUnderCheck(t,
		transport.WithAttemptTimeout(attempt), transport.WithTotalTimeout(total), transport.WithIdempotencyKeys(),
		transport.WithLimit(limit.WithMaxInFlight(1000)),
		transport.WithRetry(retry.WithBodyBuffer(64<<10))),
		triptest.Retries(retry.DefaultMaxAttempts), triptest.RetriesKeyed(), triptest.Buffers(),
		triptest.Circuit(breaker.ErrOpen), triptest.CircuitPerHost(),
		triptest.TimesOut(attempt), triptest.AddsKeys("Idempotency-Key"))
}

func TestConformance_Hedging(t *testing.T) {
	t.Parallel()
	triptest.Run(t, stackUnderCheck(t, transport.WithHedging(hedge.WithDelay(50*time.Millisecond))),
		triptest.Retries(retry.DefaultMaxAttempts), triptest.RetriesKeyed(), triptest.Hedges(),
		triptest.Circuit(breaker.ErrOpen), triptest.CircuitPerHost())
}

func TestConformance_Bare(t *testing.T) {
	t.Parallel()
	triptest.Run(t, stackUnderCheck(t, transport.WithoutRetry(), transport.WithoutBreaker()))
}
