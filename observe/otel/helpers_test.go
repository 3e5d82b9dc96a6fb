// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefoototel_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	surefoototel "github.com/surefoot-go/surefoot/observe/otel"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
	"github.com/surefoot-go/surefoot/trip"
)

const things = "https://api.example.com/things"

// atOnce takes the waits out.
var atOnce = transport.WithRetry(retry.WithBackoff(1, 1))

// spans keeps spans in the order in which they ended.
type spans struct {
	provider *sdktrace.TracerProvider
	memory   *tracetest.InMemoryExporter
}

func newSpans() *spans {
	memory := tracetest.NewInMemoryExporter()
	return &spans{sdktrace.NewTracerProvider(sdktrace.WithSyncer(memory)), memory}
}

// options returns those of a Middleware that writes to s.
func (s *spans) options(more ...surefoototel.MiddlewareOption) []surefoototel.MiddlewareOption {
	return append([]surefoototel.MiddlewareOption{
		surefoototel.WithTracerProvider(s.provider), surefoototel.WithPropagator(propagation.TraceContext{}),
	}, more...)
}

// around wraps base.
func (s *spans) around(base http.RoundTripper, more ...surefoototel.MiddlewareOption) http.RoundTripper {
	return surefoototel.Middleware(s.options(more...)...)(base)
}

// only returns the span that there is.
func (s *spans) only(t *testing.T) tracetest.SpanStub {
	t.Helper()
	all := s.memory.GetSpans()
	if len(all) != 1 {
		t.Fatalf("got %d spans, want 1", len(all))
	}
	return all[0]
}

// told returns the attributes of a span.
func told(s tracetest.SpanStub) map[string]any { return asMap(s.Attributes) }

func asMap(list []attribute.KeyValue) map[string]any {
	m := map[string]any{}
	for _, kv := range list {
		m[string(kv.Key)] = kv.Value.AsInterface()
	}
	return m
}

// numbers reads metrics.
type numbers struct {
	provider *metric.MeterProvider
	reader   *metric.ManualReader
}

func newNumbers() *numbers {
	reader := metric.NewManualReader()
	return &numbers{metric.NewMeterProvider(metric.WithReader(reader)), reader}
}

// collect returns all metrics by name.
func (n *numbers) collect(t *testing.T) map[string]metricdata.Metrics {
	t.Helper()
	var data metricdata.ResourceMetrics
	if err := n.reader.Collect(context.Background(), &data); err != nil {
		t.Fatal(err)
	}
	all := map[string]metricdata.Metrics{}
	for _, scope := range data.ScopeMetrics {
		for _, m := range scope.Metrics {
			all[m.Name] = m
		}
	}
	return all
}

// A point is one series.
type point struct {
	attributes map[string]any
	value      float64 // of a sum or a gauge, and the sum of a histogram
	count      uint64  // of a histogram
}

// points returns the series of a metric.
func points(t *testing.T, m metricdata.Metrics) (list []point) {
	t.Helper()
	add := func(set attribute.Set, value float64, count uint64) {
		list = append(list, point{asMap(set.ToSlice()), value, count})
	}
	switch data := m.Data.(type) {
	case metricdata.Sum[int64]:
		for _, p := range data.DataPoints {
			add(p.Attributes, float64(p.Value), 0)
		}
	case metricdata.Gauge[int64]:
		for _, p := range data.DataPoints {
			add(p.Attributes, float64(p.Value), 0)
		}
	case metricdata.Gauge[float64]:
		for _, p := range data.DataPoints {
			add(p.Attributes, p.Value, 0)
		}
	case metricdata.Histogram[float64]:
		for _, p := range data.DataPoints {
			add(p.Attributes, p.Sum, p.Count)
		}
	case nil:
	default:
		t.Fatalf("got %T, want a kind of data that this package makes", data)
	}
	return list
}

// A host answers with the statuses in turn, and with the last one from then on.
// It keeps the requests that it got.
type host struct {
	statuses []int

	mu  sync.Mutex
	got []*http.Request // guarded by mu
}

func answers(statuses ...int) *host { return &host{statuses: statuses} }

func (h *host) RoundTrip(req *http.Request) (*http.Response, error) {
	trip.CloseBody(req)
	h.mu.Lock()
	defer h.mu.Unlock()
	status := h.statuses[min(len(h.got), len(h.statuses)-1)]
	h.got = append(h.got, req)
	return &http.Response{
		StatusCode: status, ProtoMajor: 1, ProtoMinor: 1, Request: req,
		Header: http.Header{}, Body: io.NopCloser(strings.NewReader("answer")),
	}, nil
}

// fails returns a base that gives an error.
func fails(err error) http.RoundTripper {
	return trip.Func(func(req *http.Request) (*http.Response, error) {
		trip.CloseBody(req)
		return nil, err
	})
}

func newRequest(t *testing.T, url string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// send makes a call and reads its body.
func send(t *testing.T, rt http.RoundTripper, req *http.Request) (status int, err error) {
	t.Helper()
	resp, err := rt.RoundTrip(req)
	if err != nil {
		return 0, err
	}
	if resp.Body != nil {
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
	return resp.StatusCode, nil
}

func newStack(t *testing.T, base http.RoundTripper, opts ...transport.Option) *transport.Transport {
	t.Helper()
	stack, err := transport.New(base, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return stack
}

// unexported returns a provider whose spans are recorded and go nowhere.
func unexported() *sdktrace.TracerProvider { return sdktrace.NewTracerProvider() }
