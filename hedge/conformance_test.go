// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package hedge_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/hedge"
	"github.com/surefoot-go/surefoot/trip"
	"github.com/surefoot-go/surefoot/triptest"
)

// layerUnderCheck returns a middleware that builds a new layer each time, as the
// clauses must not share what is learned.
func layerUnderCheck(t *testing.T, opts ...hedge.Option) trip.Middleware {
	t.Helper()
	return func(next http.RoundTripper) http.RoundTripper {
		h, err := hedge.New(opts...)
		if err != nil {
			t.Error(err)
			return next
		}
		return h.Wrap(next)
	}
}

// patience is for machines that are busy: the uploads take seconds of work.
var patience = triptest.Limit(time.Minute)

func TestConformance(t *testing.T) {
	t.Parallel()
	triptest.Run(t, layerUnderCheck(t), triptest.Hedges(), patience)
}

// From the first call on, as a race that sends no hedge.
func TestConformance_LongDelay(t *testing.T) {
	t.Parallel()
	triptest.Run(t, layerUnderCheck(t, hedge.WithDelay(time.Hour)), patience)
}

func TestConformance_ShortDelay(t *testing.T) {
	t.Parallel()
	triptest.Run(t, layerUnderCheck(t, hedge.WithDelay(50*time.Millisecond)), triptest.Hedges(), patience)
}

func TestConformance_LowQuantile(t *testing.T) {
	t.Parallel()
	triptest.Run(t, layerUnderCheck(t, hedge.WithQuantile(0.5), hedge.WithMinDelay(0)), triptest.Hedges(), patience)
}
