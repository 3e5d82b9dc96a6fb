// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefoototel_test

import (
	"testing"
	"testing/synctest"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	surefoototel "github.com/surefoot-go/surefoot/observe/otel"
	"github.com/surefoot-go/surefoot/transport"
)

// As the base, otelhttp makes a span of each attempt, and Middleware is not
// needed. The Observer adds what otelhttp does not measure. The span of a
// discarded answer ends when its body has been drained, in the background.
func TestOtelhttp_Beneath(t *testing.T) {
	t.Parallel()
	synctest.Test(t, testOtelhttpBeneath)
}

func testOtelhttpBeneath(t *testing.T) {
	t.Helper()
	s, n := newSpans(), newNumbers()
	base := otelhttp.NewTransport(answers(503, 200), otelhttp.WithTracerProvider(s.provider), otelhttp.WithMeterProvider(n.provider))
	stack := newStack(t, base, atOnce, transport.WithObserver(newObserver(t, n)))
	if status, err := send(t, stack, newRequest(t, things)); status != 200 || err != nil {
		t.Fatalf("got %d, %v, want 200", status, err)
	}
	synctest.Wait()
	if got := s.memory.GetSpans(); len(got) != 2 {
		t.Errorf("got %q, want one of each attempt", names(got))
	}
	all, total := n.collect(t), uint64(0)
	for _, p := range points(t, all["http.client.request.duration"]) {
		total += p.count
	}
	if retries := points(t, all["surefoot.retries"]); total != 2 || len(retries) != 1 {
		t.Errorf("got %d durations and retries %v, want each attempt measured once, and the retry", total, retries)
	}
}

// Around the stack it makes a span of each call, with those of the attempts
// beneath it.
func TestOtelhttp_Above(t *testing.T) {
	t.Parallel()
	s, n := newSpans(), newNumbers()
	stack := newStack(t, answers(503, 200), atOnce, transport.WithPerAttempt(
		surefoototel.Middleware(s.options(surefoototel.WithMeterProvider(n.provider))...)))
	rt := otelhttp.NewTransport(stack, otelhttp.WithTracerProvider(s.provider),
		otelhttp.WithSpanOptions(trace.WithSpanKind(trace.SpanKindInternal)),
		otelhttp.WithMeterProvider(noop.NewMeterProvider()))
	if status, err := send(t, rt, newRequest(t, things)); status != 200 || err != nil {
		t.Fatalf("got %d, %v, want 200", status, err)
	}
	byKind := map[trace.SpanKind]tracetest.SpanStubs{}
	for _, span := range s.memory.GetSpans() {
		byKind[span.SpanKind] = append(byKind[span.SpanKind], span)
	}
	calls, attempts := byKind[trace.SpanKindInternal], byKind[trace.SpanKindClient]
	if len(calls) != 1 || len(attempts) != 2 {
		t.Fatalf("got %q and %q, want one call and two attempts", names(calls), names(attempts))
	}
	for _, a := range attempts {
		if a.Parent.SpanID() != calls[0].SpanContext.SpanID() {
			t.Errorf("got an attempt beneath %s, want it beneath the call", a.Parent.SpanID())
		}
	}
	var total uint64
	for _, p := range points(t, n.collect(t)["http.client.request.duration"]) {
		total += p.count
	}
	if total != 2 {
		t.Errorf("got %d durations, want one of each attempt", total)
	}
}
