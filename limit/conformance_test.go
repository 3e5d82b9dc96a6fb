// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit_test

import (
	"net/http"
	"testing"

	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/trip"
	"github.com/surefoot-go/surefoot/triptest"
)

// layerUnderCheck returns a middleware that builds a new layer each time, as the
// clauses must not share limits.
func layerUnderCheck(t *testing.T, opts ...limit.Option) trip.Middleware {
	t.Helper()
	return func(next http.RoundTripper) http.RoundTripper {
		l, err := limit.New(opts...)
		if err != nil {
			t.Error(err)
			return next
		}
		return l.Wrap(next)
	}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	triptest.Run(t, layerUnderCheck(t))
}

func TestConformance_MaxInFlight(t *testing.T) {
	t.Parallel()
	triptest.Run(t, layerUnderCheck(t, limit.WithMaxInFlight(1000)))
}

func TestConformance_MaxInFlightOnly(t *testing.T) {
	t.Parallel()
	triptest.Run(t, layerUnderCheck(t, limit.WithMaxInFlight(1000), limit.WithoutAdaptive(), limit.WithoutCoolDown()))
}

// A limiter that has been awake already has all of its attempts counted.
func TestConformance_Awake(t *testing.T) {
	t.Parallel()
	triptest.Run(t, func(next http.RoundTripper) http.RoundTripper {
		l, err := limit.New(limit.WithKey(func(*http.Request) string { return "all" }))
		if err != nil {
			t.Error(err)
			return next
		}
		if _, err := send(l.Wrap(status(http.StatusServiceUnavailable)), t.Context()); err != nil {
			t.Error(err)
		}
		return l.Wrap(next)
	})
}
