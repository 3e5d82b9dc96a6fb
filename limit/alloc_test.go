// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/trip"
)

//nolint:paralleltest // what others allocate must not be counted
func TestAllocations(t *testing.T) {
	resp := &http.Response{}
	var body io.ReadCloser
	base := trip.Func(func(*http.Request) (*http.Response, error) {
		resp.Body = body
		return resp, nil
	})
	req := get(t.Context(), url+"/")
	text := io.NopCloser(strings.NewReader(""))
	quiet := limit.WithObserver(observe.Func(func(observe.Event) {}))
	for _, tt := range []struct {
		name   string
		status int
		body   io.ReadCloser
		before trip.Func // what the host answered once before
		opts   []limit.Option
		want   float64
	}{
		{name: "asleep", status: 200, body: text},
		{name: "asleep, with an observer", status: 200, body: text, opts: []limit.Option{quiet}},
		{name: "asleep, a 404", status: 404, body: text},
		{name: "asleep, a 500", status: 500, body: text},
		{name: "awake", status: 200, body: text, before: status(503)},
		{name: "awake by 503s", status: 503, body: text},
		{name: "a fixed limit, without a body", status: 200, body: http.NoBody, opts: []limit.Option{limit.WithMaxInFlight(1)}},
		{name: "a fixed limit, with a body", status: 200, body: text, opts: []limit.Option{limit.WithMaxInFlight(1 << 19)}, want: 1},
		{name: "a fixed limit, with a body that can be written to", status: 200, body: duplex{}, opts: []limit.Option{limit.WithMaxInFlight(1 << 19)}, want: 1},
		{name: "a cool-down", before: status(429, "Retry-After", "60"), want: 1},
		{name: "a cool-down, with an observer", before: status(429, "Retry-After", "60"), opts: []limit.Option{quiet}, want: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newLimiter(t, append(tt.opts, limit.WithMaxWait(time.Millisecond))...)
			if tt.before != nil {
				_, _ = send(l.Wrap(tt.before), t.Context())
			}
			rt := l.Wrap(base)
			resp.StatusCode, body = tt.status, tt.body
			if got := testing.AllocsPerRun(2000, func() { _, _ = rt.RoundTrip(req) }); got > tt.want {
				t.Errorf("got %v allocations, want %v", got, tt.want)
			}
		})
	}
}

func BenchmarkRoundTrip(b *testing.B) {
	resp := &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}
	base := trip.Func(func(*http.Request) (*http.Response, error) { return resp, nil })
	req := get(b.Context(), url+"/")
	for _, bench := range []struct {
		name string
		wrap func(*testing.B) http.RoundTripper
	}{
		{"bare", func(*testing.B) http.RoundTripper { return base }},
		{"asleep", func(b *testing.B) http.RoundTripper { return mustNew(b).Wrap(base) }},
		{"asleep beside a key that is awake", func(b *testing.B) http.RoundTripper {
			l := mustNew(b)
			_, _ = l.Wrap(status(503)).RoundTrip(get(b.Context(), "https://other.example.com"))
			return l.Wrap(base)
		}},
		{"awake", func(b *testing.B) http.RoundTripper {
			l := mustNew(b)
			_, _ = l.Wrap(status(503)).RoundTrip(req)
			return l.Wrap(base)
		}},
		{"fixed", func(b *testing.B) http.RoundTripper { return mustNew(b, limit.WithMaxInFlight(100)).Wrap(base) }},
		{"cool", func(b *testing.B) http.RoundTripper {
			l := mustNew(b)
			_, _ = l.Wrap(status(429, "Retry-After", "60")).RoundTrip(req)
			return l.Wrap(base)
		}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			rt := bench.wrap(b)
			b.ReportAllocs()
			for b.Loop() {
				_, _ = rt.RoundTrip(req)
			}
		})
		b.Run(bench.name+", parallel", func(b *testing.B) {
			rt := bench.wrap(b)
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					_, _ = rt.RoundTrip(req)
				}
			})
		})
	}
}

func mustNew(b *testing.B, opts ...limit.Option) *limit.Limiter {
	b.Helper()
	l, err := limit.New(opts...)
	if err != nil {
		b.Fatal(err)
	}
	return l
}
