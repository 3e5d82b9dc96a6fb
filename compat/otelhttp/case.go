// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package otelhttp is the case of otelhttp, above the stack and beneath it: a
// span for each call, and in it one for each attempt.
package otelhttp

import (
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/trace"
	api "go.opentelemetry.io/otel/trace"

	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/transport"
)

// Case is otelhttp around the stack and around the base.
func Case() rig.Case {
	return rig.Case{
		Name: "otelhttp", Module: "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp",
		Page:   "sdk-rpc-and-plumbing",
		Server: "hand-written", Installed: "both sides of `transport.New`",
		OwnRetries: "none",
		Start:      func() (rig.Server, error) { return rig.Serve(http.HandlerFunc(serve)) },
		Install:    install,
		Failures:   rig.Unkeyed("POST"),
	}
}

// docs:begin install

// newClient returns a client with an INTERNAL span for each call and, in it, a
// CLIENT span for each attempt, which is what the server gets to know. Durations
// are those of the attempts.
func newClient(base http.RoundTripper, tracing []otelhttp.Option, opts ...transport.Option) (*http.Client, error) {
	call := func(next http.RoundTripper) http.RoundTripper {
		return otelhttp.NewTransport(next, append(tracing,
			otelhttp.WithSpanOptions(api.WithSpanKind(api.SpanKindInternal)),
			otelhttp.WithMeterProvider(noop.NewMeterProvider()))...)
	}
	attempt := func(next http.RoundTripper) http.RoundTripper {
		return otelhttp.NewTransport(next, tracing...)
	}
	opts = append(opts, transport.WithPerCall(call), transport.WithPerAttempt(attempt))
	t, err := transport.New(base, opts...)
	if err != nil {
		return nil, err
	}
	return &http.Client{Transport: t}, nil
}

// docs:end install

func install(env rig.Env) (rig.Session, error) {
	spans := new(recorder)
	provider := trace.NewTracerProvider(trace.WithSpanProcessor(spans))
	opts := []otelhttp.Option{otelhttp.WithTracerProvider(provider), otelhttp.WithPropagators(propagation.TraceContext{})}
	base := &counter{next: http.DefaultTransport}
	inner := otelhttp.NewTransport(base, opts...)
	outer := otelhttp.NewTransport(inner, append(opts, otelhttp.WithSpanOptions(api.WithSpanKind(api.SpanKindInternal)))...)
	client := &http.Client{Transport: outer}
	if env.Surefoot {
		var err error
		if client, err = newClient(base, opts, env.Options...); err != nil {
			return rig.Session{}, err
		}
	}
	s := session{client: client, url: env.URL, spans: spans, base: base}
	return s.session(), nil
}
