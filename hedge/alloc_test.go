// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package hedge_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/hedge"
	"github.com/surefoot-go/surefoot/trip"
)

// What a call costs is part of what the layer promises.
func TestRoundTrip_Allocates(t *testing.T) { //nolint:paralleltest // counts allocations
	ok := &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}
	down := &http.Response{StatusCode: http.StatusServiceUnavailable, Body: http.NoBody}
	get := newRequest(t.Context(), t, http.MethodGet)
	typed := get.Clone(t.Context())
	typed.Header.Set("Accept", "application/json, text/plain;q=0.5")
	slow := hedge.WithDelay(time.Hour)
	rows := []struct {
		name string
		opts []hedge.Option
		resp *http.Response
		req  *http.Request
		want float64
	}{
		{"a POST", []hedge.Option{slow}, ok, newRequest(t.Context(), t, http.MethodPost), 0},
		{"a GET that must not be hedged", []hedge.Option{slow}, ok, newRequest(hedge.Never(context.Background()), t, http.MethodGet), 0},
		{"a GET that is learned from", []hedge.Option{hedge.WithKey(nil)}, ok, typed, 0},
		{"a GET of which nothing is learned", nil, down, get, 0},
		{"a GET that may be hedged", []hedge.Option{slow}, ok, get, 15},
	}
	for _, row := range rows { //nolint:paralleltest // as above
		t.Run(row.name, func(t *testing.T) {
			rt := newHedger(t, row.opts...).Wrap(trip.Func(func(*http.Request) (*http.Response, error) { return row.resp, nil }))
			if _, err := rt.RoundTrip(row.req); err != nil {
				t.Fatal(err)
			}
			// As many as keep the delay from being known.
			got := testing.AllocsPerRun(hedge.MinSamples-20, func() { _, _ = rt.RoundTrip(row.req) })
			if got > row.want {
				t.Errorf("got %v allocations, want at most %v", got, row.want)
			}
		})
	}
}

func BenchmarkRoundTrip(b *testing.B) {
	resp := &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}
	base := trip.Func(func(*http.Request) (*http.Response, error) { return resp, nil })
	for _, row := range []struct {
		name string
		opts []hedge.Option
		req  *http.Request
	}{
		{"not hedged", nil, newRequest(b.Context(), b, http.MethodPost)},
		{"known to be fast", nil, newRequest(b.Context(), b, http.MethodGet)},
		{"hedged after an hour", []hedge.Option{hedge.WithDelay(time.Hour)}, newRequest(b.Context(), b, http.MethodGet)},
	} {
		b.Run(row.name, func(b *testing.B) {
			h, err := hedge.New(row.opts...)
			if err != nil {
				b.Fatal(err)
			}
			rt := h.Wrap(base)
			b.ReportAllocs()
			for b.Loop() {
				_, _ = rt.RoundTrip(row.req)
			}
		})
	}
}
