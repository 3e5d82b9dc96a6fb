// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/trip"
)

func benchmark(b *testing.B, status int, opts ...breaker.Option) (http.RoundTripper, *http.Request) {
	b.Helper()
	br, err := breaker.New(opts...)
	if err != nil {
		b.Fatal(err)
	}
	resp := &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody}
	rt := br.Wrap(trip.Func(func(*http.Request) (*http.Response, error) { return resp, nil }))
	b.ReportAllocs()
	return rt, httptest.NewRequest(http.MethodGet, "https://api.example.com/", http.NoBody)
}

func BenchmarkClosed(b *testing.B) {
	rt, req := benchmark(b, http.StatusOK)
	for b.Loop() {
		_, _ = rt.RoundTrip(req)
	}
}

func BenchmarkClosedParallel(b *testing.B) {
	rt, req := benchmark(b, http.StatusOK)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			_, _ = rt.RoundTrip(req)
		}
	})
}

// A failing call costs a look at the whole window.
func BenchmarkFailing(b *testing.B) {
	rt, req := benchmark(b, http.StatusBadGateway, breaker.WithMinRequests(100_000), breaker.WithClassifier(alternating{new(int)}))
	for b.Loop() {
		_, _ = rt.RoundTrip(req)
	}
}

// alternating is a Classifier that calls one attempt in four a success, which is
// enough to keep a circuit closed.
type alternating struct{ calls *int }

func (a alternating) Classify(*http.Request, *http.Response, error) classify.Verdict {
	if *a.calls++; *a.calls%4 == 0 {
		return classify.Verdict{Class: classify.Success}
	}
	return classify.Verdict{Class: classify.Retryable}
}

func BenchmarkRejected(b *testing.B) {
	rt, req := benchmark(b, http.StatusBadGateway, breaker.WithMinRequests(1), breaker.WithOpenFor(breaker.MaxRetryAfter, breaker.MaxRetryAfter))
	for b.Loop() {
		_, _ = rt.RoundTrip(req)
	}
}
