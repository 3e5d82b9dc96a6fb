// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefoototel

import (
	"net/http"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/semconv/v1.43.0/httpconv"
	"go.opentelemetry.io/otel/trace"

	"github.com/surefoot-go/surefoot/trip"
)

// Middleware returns middleware that makes a span of each attempt and measures
// its duration. Give it to transport.WithPerAttempt, as the first of several:
// what comes after it happens within the span. It also works around any other
// RoundTripper.
//
// The request that goes on is a copy, with the span in its context and, by the
// propagator, in its headers. The response is handed on as it is. A mistake in
// an option, or a meter that does not work, is told to [otel.Handle], and the
// default is used, or nothing measured.
func Middleware(opts ...MiddlewareOption) trip.Middleware {
	c, err := middlewareConfig(opts)
	handle(err)
	duration, err := httpconv.NewClientRequestDuration(c.meter())
	handle(err)
	shared := &attempts{
		config: c, tracer: c.tracer(), duration: duration,
		targets: newTargets(c.maxKeys), options: newOptionsCache(),
	}
	return func(next http.RoundTripper) http.RoundTripper {
		return &tripper{attempts: shared, next: trip.OrDefault(next)}
	}
}

func handle(err error) {
	if err != nil {
		otel.Handle(err)
	}
}

// attempts is what all attempts share.
type attempts struct {
	*config
	tracer   trace.Tracer
	duration httpconv.ClientRequestDuration
	targets  *targets
	options  *optionsCache
}

type tripper struct {
	attempts *attempts
	next     http.RoundTripper
}

var _ http.RoundTripper = (*tripper)(nil)

// Unwrap returns the layer beneath.
func (t *tripper) Unwrap() http.RoundTripper { return t.next }

// CloseIdleConnections passes the call on.
func (t *tripper) CloseIdleConnections() { trip.CloseIdle(t.next) }

// RoundTrip makes an attempt within a span.
func (t *tripper) RoundTrip(req *http.Request) (*http.Response, error) {
	a := t.attempts.start(req)
	defer a.abandon() // where the base panics, or ends the goroutine
	t.attempts.inject(a.req)
	resp, err := t.next.RoundTrip(a.req)
	a.finish(resp, err)
	if resp != nil && resp.Request == a.req {
		resp.Request = req // the caller knows no copies
	}
	return resp, err
}

// inject writes the span to the headers of a copy. Without headers there is
// nowhere to write to, and the base will say so.
func (t *attempts) inject(req *http.Request) {
	if req.Header == nil || len(t.propagator.Fields()) == 0 {
		return
	}
	req.Header = req.Header.Clone()
	t.propagator.Inject(req.Context(), propagation.HeaderCarrier(req.Header))
}
