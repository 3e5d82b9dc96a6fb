// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefoototel_test

import (
	"net/http"
	"testing"
	"time"

	"go.opentelemetry.io/otel/propagation"

	"github.com/surefoot-go/surefoot/breaker"
	surefoototel "github.com/surefoot-go/surefoot/observe/otel"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
	"github.com/surefoot-go/surefoot/trip"
	"github.com/surefoot-go/surefoot/triptest"
)

// patience is for machines that are busy: the uploads take seconds of work.
var patience = triptest.Limit(time.Minute)

func middlewareUnderCheck() trip.Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		n := newNumbers()
		return newSpans().around(next, surefoototel.WithMeterProvider(n.provider))
	}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	triptest.Run(t, middlewareUnderCheck(), triptest.MayChangeRequest("Traceparent"), patience)
}

// Without a propagator the middleware has to be transparent, to the last
// header.
func TestConformance_Silent(t *testing.T) {
	t.Parallel()
	triptest.Run(t, surefoototel.Middleware(surefoototel.WithPropagator(propagation.NewCompositeTextMapPropagator())), patience)
}

func TestConformance_Stack(t *testing.T) {
	t.Parallel()
	triptest.Run(t, func(next http.RoundTripper) http.RoundTripper {
		n := newNumbers()
		o := newObserver(t, n)
		stack, err := transport.New(next, transport.WithPerAttempt(middlewareUnderCheck()), transport.WithObserver(o))
		if err != nil {
			t.Error(err)
			return next
		}
		if _, err := o.Watch(stack); err != nil {
			t.Error(err)
		}
		return stack
	},
		triptest.MayChangeRequest("Traceparent"), triptest.Retries(retry.DefaultMaxAttempts), triptest.RetriesKeyed(),
		triptest.Circuit(breaker.ErrOpen), triptest.CircuitPerHost(), patience)
}
