// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package hedge_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/hedge"
	"github.com/surefoot-go/surefoot/retry"
)

func TestRoundTrip_HedgesOnlyWhatMayBe(t *testing.T) {
	t.Parallel()
	header := func(name, value string) func(*http.Request) {
		return func(req *http.Request) { req.Header[name] = []string{value} }
	}
	rows := []struct {
		name   string
		method string
		edit   func(*http.Request)
		want   bool
	}{
		{"GET", "GET", nil, true},
		{"the empty method, which is GET", "", nil, true},
		{"HEAD", "HEAD", nil, true},
		{"OPTIONS", "OPTIONS", nil, true},
		{"TRACE", "TRACE", nil, true},
		{"QUERY", "QUERY", nil, true},
		{"POST", "POST", nil, false},
		{"PUT", "PUT", nil, false},
		{"DELETE", "DELETE", nil, false},
		{"PATCH", "PATCH", nil, false},
		{"CONNECT", "CONNECT", nil, false},
		{"a method of one's own", "get", nil, false},
		{"POST with a key", "POST", header("Idempotency-Key", "k1"), false},
		{"a range", "GET", header("Range", "bytes=0-99"), true},
		{"no body", "GET", func(req *http.Request) { req.Body = nil }, true},
		{"a body with GetBody", "QUERY", func(req *http.Request) {
			req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("q")), nil }
			req.Body, _ = req.GetBody()
		}, true},
		{"a body without", "QUERY", func(req *http.Request) { req.Body = io.NopCloser(strings.NewReader("q")) }, false},
		{"trailers", "GET", func(req *http.Request) { req.Trailer = http.Header{"Md5": nil} }, false},
		{"an upgrade", "GET", header("Upgrade", "websocket"), false},
		{"an upgrade by its other half", "GET", header("Connection", "keep-alive, Upgrade"), false},
		{"another connection header", "GET", header("Connection", "keep-alive"), true},
		{"a stream of events", "GET", header("Accept", "text/event-stream"), false},
		{"a stream of events, or else", "GET", header("Accept", "application/json, Text/Event-Stream;q=0.5"), false},
		{"another type", "GET", header("Accept", "application/json, */*"), true},
		{"Never of package retry", "GET", func(req *http.Request) { *req = *req.WithContext(retry.Never(req.Context())) }, false},
		{"Idempotent of package retry", "GET", func(req *http.Request) { *req = *req.WithContext(retry.Idempotent(req.Context())) }, true},
		{"Never", "GET", func(req *http.Request) { *req = *req.WithContext(hedge.Never(req.Context())) }, false},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				base := newHost(after(time.Second, status(200)))
				req := newRequest(t.Context(), t, row.method)
				req.Method = row.method
				if row.edit != nil {
					row.edit(req)
				}
				wantStatus(t, fixed(t, base), req, 200)
				want := 1
				if row.want {
					want = 2
				}
				wantAttempts(t, base, want)
			})
		})
	}
}

func TestIs_SaysItOfHedgesOnly(t *testing.T) {
	t.Parallel()
	if hedge.Is(context.Background()) || hedge.Is(hedge.Never(context.Background())) {
		t.Error("got true for a context of no hedge, want false")
	}
	bubble(t, func(t *testing.T) {
		var still bool
		base := newHost(hangs, func(a *attempt) (*http.Response, error) {
			still = hedge.Is(hedge.Never(a.ctx))
			return status(200)(a)
		})
		wantStatus(t, fixed(t, base), get(t), 200)
		if !still {
			t.Error("got false for a hedge that middleware forbids to hedge again, want true")
		}
	})
}

// Layers around each other do not square the attempts.
func TestRoundTrip_HedgesNoHedge(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		base := newHost(after(time.Second, status(200)))
		wantStatus(t, fixed(t, fixed(t, base), hedge.WithDelay(2*delay)), get(t), 200)
		wantAttempts(t, base, 3)
	})
}
