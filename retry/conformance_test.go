// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/trip"
	"github.com/surefoot-go/surefoot/triptest"
)

// layerUnderCheck returns a middleware that builds a new layer each time, as the
// clauses must not share a budget.
func layerUnderCheck(t *testing.T, opts ...retry.Option) trip.Middleware {
	t.Helper()
	return func(next http.RoundTripper) http.RoundTripper {
		r, err := retry.New(opts...)
		if err != nil {
			t.Error(err)
			return next
		}
		return r.Wrap(next)
	}
}

// patience is for machines that are busy: the uploads take seconds of work.
var patience = triptest.Limit(time.Minute)

func TestConformance(t *testing.T) {
	t.Parallel()
	triptest.Run(t, layerUnderCheck(t),
		triptest.Retries(retry.DefaultMaxAttempts), triptest.RetriesKeyed(), patience)
}

func TestConformance_BodyBuffer(t *testing.T) {
	t.Parallel()
	triptest.Run(t, layerUnderCheck(t, retry.WithBodyBuffer(64<<10)),
		triptest.Retries(retry.DefaultMaxAttempts), triptest.RetriesKeyed(), triptest.Buffers(), patience)
}

func TestConformance_Once(t *testing.T) {
	t.Parallel()
	triptest.Run(t, layerUnderCheck(t, retry.WithMaxAttempts(1)), patience)
}
