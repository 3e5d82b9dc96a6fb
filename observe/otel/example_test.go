// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefoototel_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"strings"

	"go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	surefoototel "github.com/surefoot-go/surefoot/observe/otel"
	"github.com/surefoot-go/surefoot/transport"
	"github.com/surefoot-go/surefoot/trip"
)

func Example() {
	observer, err := surefoototel.NewObserver()
	if err != nil {
		log.Fatal(err)
	}
	stack, err := transport.New(nil,
		transport.WithPerAttempt(surefoototel.Middleware()), // spans and durations
		transport.WithObserver(observer))                    // counters
	if err != nil {
		log.Fatal(err)
	}
	stop, err := observer.Watch(stack) // gauges
	if err != nil {
		log.Fatal(err)
	}
	defer stop()
	client := &http.Client{Transport: stack}
	fmt.Println(client.Transport)
	// Output: retry (4 attempts) → breaker → per-attempt middleware ×1 → *http.Transport
}

// attempts makes a call that is answered 503 and then 200, and prints the name
// and some attributes of each span.
func attempts(url string, attributes []string, opts ...surefoototel.MiddlewareOption) {
	memory := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(memory))
	opts = append(opts, surefoototel.WithTracerProvider(provider))
	stack, err := transport.New(answers(503, 200), atOnce, transport.WithPerAttempt(surefoototel.Middleware(opts...)))
	if err != nil {
		fmt.Println(err)
		return
	}
	get(context.Background(), stack, url)
	for _, span := range memory.GetSpans() {
		line := []string{span.Name}
		for _, name := range attributes {
			if value, ok := told(span)[name]; ok {
				line = append(line, fmt.Sprintf("%s=%v", name, value))
			}
		}
		fmt.Println(strings.Join(line, " "))
	}
}

func get(ctx context.Context, rt http.RoundTripper, url string) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		fmt.Println(err)
		return
	}
	resp, err := rt.RoundTrip(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = resp.Body.Close()
}

func ExampleMiddleware() {
	attempts("https://api.example.com/payments/7", []string{"http.response.status_code", "http.request.resend_count", "error.type"})
	// Output:
	// GET http.response.status_code=503 error.type=503
	// GET http.response.status_code=200 http.request.resend_count=1
}

func ExampleWithURLTemplate() {
	attempts("https://api.example.com/payments/7", []string{"url.template"},
		surefoototel.WithURLTemplate(func(*http.Request) string { return "/payments/{id}" }))
	// Output:
	// GET /payments/{id} url.template=/payments/{id}
	// GET /payments/{id} url.template=/payments/{id}
}

func ExampleURLTemplate() {
	memory := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(memory))
	rt := surefoototel.Middleware(surefoototel.WithTracerProvider(provider))(answers(200))
	ctx := surefoototel.URLTemplate(context.Background(), "/payments/{id}")
	get(ctx, rt, "https://api.example.com/payments/7")
	fmt.Println(memory.GetSpans()[0].Name)
	// Output: GET /payments/{id}
}

func ExampleWithURLScheme() {
	attempts("https://api.example.com/payments/7", []string{"url.scheme"}, surefoototel.WithURLScheme())
	// Output:
	// GET url.scheme=https
	// GET url.scheme=https
}

func ExampleWithRedactedQuery() {
	attempts("https://me:hunter2@api.example.com/?id=7&api_key=abc&sig=def", []string{"url.full"},
		surefoototel.WithRedactedQuery("api_key"))
	// Output:
	// GET url.full=https://REDACTED:REDACTED@api.example.com/?id=7&api_key=REDACTED&sig=REDACTED
	// GET url.full=https://REDACTED:REDACTED@api.example.com/?id=7&api_key=REDACTED&sig=REDACTED
}

func ExampleWithKnownMethods() {
	attempts("https://api.example.com/", []string{"http.request.method", "http.request.method_original"},
		surefoototel.WithKnownMethods(http.MethodPost))
	// Output:
	// HTTP http.request.method=_OTHER http.request.method_original=GET
	// HTTP http.request.method=_OTHER http.request.method_original=GET
}

func ExampleWithTracerProvider() {
	memory := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSyncer(memory))
	rt := surefoototel.Middleware(surefoototel.WithTracerProvider(provider))(answers(200))
	get(context.Background(), rt, "https://api.example.com/")
	fmt.Println(len(memory.GetSpans()))
	// Output: 1
}

func ExampleWithPropagator() {
	base := trip.Func(func(req *http.Request) (*http.Response, error) {
		fmt.Println(len(req.Header.Get("Traceparent")))
		return answers(200).RoundTrip(req)
	})
	rt := surefoototel.Middleware(surefoototel.WithTracerProvider(unexported()),
		surefoototel.WithPropagator(propagation.TraceContext{}))(base)
	get(context.Background(), rt, "https://api.example.com/")
	// Output: 55
}

// Spans without durations.
func ExampleWithMeterProvider() {
	middleware := surefoototel.Middleware(surefoototel.WithMeterProvider(noop.NewMeterProvider()))
	fmt.Println(transport.New(answers(200), transport.WithoutRetry(), transport.WithoutBreaker(), transport.WithPerAttempt(middleware)))
	// Output: per-attempt middleware ×1 → *surefoototel_test.host <nil>
}

// retries makes a call to each of three hosts, which is answered 503 and then
// 200, and prints where retries were counted.
func retries(opts ...surefoototel.ObserverOption) {
	reader := metric.NewManualReader()
	provider := metric.NewMeterProvider(metric.WithReader(reader))
	observer, err := surefoototel.NewObserver(append(opts, surefoototel.WithMeterProvider(provider))...)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, host := range []string{"a", "b", "c"} {
		stack, _ := transport.New(answers(503, 200), atOnce, transport.WithObserver(observer))
		get(context.Background(), stack, "https://"+host+".example.com/")
	}
	var data metricdata.ResourceMetrics
	_ = reader.Collect(context.Background(), &data)
	for _, m := range data.ScopeMetrics[0].Metrics {
		if sum, ok := m.Data.(metricdata.Sum[int64]); ok {
			for _, p := range sum.DataPoints {
				address, _ := p.Attributes.Value("server.address")
				fmt.Println(m.Name, address.AsString(), p.Value)
			}
		}
	}
}

func ExampleNewObserver() {
	retries()
	// Unordered output:
	// surefoot.retries a.example.com 1
	// surefoot.retries b.example.com 1
	// surefoot.retries c.example.com 1
}

func ExampleWithMaxKeys() {
	retries(surefoototel.WithMaxKeys(1))
	// Unordered output:
	// surefoot.retries a.example.com 1
	// surefoot.retries _OTHER 2
}

func ExampleNewObserver_mistakes() {
	_, err := surefoototel.NewObserver(surefoototel.WithMaxKeys(0))
	fmt.Println(err)
	// Output: surefoototel: WithMaxKeys: 0: must be positive
}

func ExampleObserver_Watch() {
	reader := metric.NewManualReader()
	observer, _ := surefoototel.NewObserver(surefoototel.WithMeterProvider(metric.NewMeterProvider(metric.WithReader(reader))))
	stack, _ := transport.New(answers(503), atOnce)
	stop, err := observer.Watch(stack)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer stop()
	get(context.Background(), stack, "https://api.example.com/")
	var data metricdata.ResourceMetrics
	_ = reader.Collect(context.Background(), &data)
	for _, m := range data.ScopeMetrics[0].Metrics {
		fmt.Println(m.Name)
	}
	// Unordered output:
	// surefoot.circuit.state
	// surefoot.budget.balance
}
