// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefoototel_test

import (
	"net/http"
	"testing"
	"time"

	"go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	tracenoop "go.opentelemetry.io/otel/trace/noop"

	"github.com/surefoot-go/surefoot/observe"
	surefoototel "github.com/surefoot-go/surefoot/observe/otel"
	"github.com/surefoot-go/surefoot/trip"
)

var finished = observe.Event{
	Kind: observe.CallFinished, Key: "https://api.example.com", Method: http.MethodGet, Status: 200, Duration: time.Second,
}

// events are those of the hot path and of an outage.
func events() []observe.Event {
	var list []observe.Event
	for kind := range observe.Misconfigured + 1 {
		e := finished
		e.Kind, e.Reason = kind, observe.ReasonBudget
		list = append(list, e)
	}
	return list
}

// Neither this package nor the SDK allocates once a series is known.
func TestObserve_AllocatesNothing(t *testing.T) { //nolint:paralleltest // AllocsPerRun counts for all goroutines
	o := newObserver(t, newNumbers())
	for _, e := range events() {
		got := testing.AllocsPerRun(100, func() { o.Observe(e) })
		if got > 0 {
			t.Errorf("%s: got %v allocations, want none", e.Kind, got)
		}
	}
}

func BenchmarkObserve(b *testing.B) {
	n := newNumbers()
	o, err := surefoototel.NewObserver(surefoototel.WithMeterProvider(n.provider))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		o.Observe(finished)
	}
}

func BenchmarkMiddleware(b *testing.B) {
	resp := &http.Response{StatusCode: 200, Body: http.NoBody, Header: http.Header{}, ProtoMajor: 1, ProtoMinor: 1}
	base := trip.Func(func(*http.Request) (*http.Response, error) { return resp, nil })
	n := newNumbers()
	for _, row := range []struct {
		name string
		opts []surefoototel.MiddlewareOption
	}{
		{"nobody listens", []surefoototel.MiddlewareOption{
			surefoototel.WithTracerProvider(tracenoop.NewTracerProvider()), surefoototel.WithMeterProvider(noop.NewMeterProvider()),
		}},
		{"durations", []surefoototel.MiddlewareOption{
			surefoototel.WithTracerProvider(tracenoop.NewTracerProvider()), surefoototel.WithMeterProvider(n.provider),
		}},
		{"spans and durations", []surefoototel.MiddlewareOption{
			surefoototel.WithTracerProvider(unexported()), surefoototel.WithPropagator(propagation.TraceContext{}),
			surefoototel.WithMeterProvider(n.provider),
		}},
	} {
		b.Run(row.name, func(b *testing.B) {
			rt := surefoototel.Middleware(row.opts...)(base)
			req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, things, http.NoBody)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				_, _ = rt.RoundTrip(req)
			}
		})
	}
}
