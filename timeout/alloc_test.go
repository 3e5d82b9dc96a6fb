// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package timeout_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/timeout"
	"github.com/surefoot-go/surefoot/trip"
)

// The attempt is context, request, body and bookkeeping in one.
func TestRoundTrip_AllocatesOnce(t *testing.T) { //nolint:paralleltest // counts allocations
	resp := ok(nil, &body{})
	wrapped := resp.Body
	rt := wrap(t, func(*http.Request) (*http.Response, error) {
		resp.Body = wrapped
		return resp, nil
	})
	req := get(t.Context(), t)
	if got := testing.AllocsPerRun(100, func() {
		answer, err := rt.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
	}); got > 1 {
		t.Errorf("got %v allocations, want 1", got)
	}

	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	early := get(ctx, t)
	if got := testing.AllocsPerRun(100, func() {
		_, _ = rt.RoundTrip(early)
	}); got != 0 {
		t.Errorf("got %v allocations below an earlier deadline, want none", got)
	}
}

func BenchmarkRoundTrip(b *testing.B) {
	resp := ok(nil, &body{})
	wrapped := resp.Body
	layer, err := timeout.New(limit)
	if err != nil {
		b.Fatal(err)
	}
	rt := layer.Wrap(trip.Func(func(*http.Request) (*http.Response, error) {
		resp.Body = wrapped
		return resp, nil
	}))
	req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, "http://example.com/", http.NoBody)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		answer, err := rt.RoundTrip(req)
		if err != nil {
			b.Fatal(err)
		}
		_ = answer.Body.Close()
	}
}
