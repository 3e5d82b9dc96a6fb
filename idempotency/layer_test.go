// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package idempotency_test

import (
	"errors"
	"net/http"
	"sync"
	"testing"

	"github.com/surefoot-go/surefoot/trip"
)

func TestRoundTrip_GivesEachCallOneKeyForAllItsAttempts(t *testing.T) {
	t.Parallel()
	var keys []string
	base := trip.Func(func(req *http.Request) (*http.Response, error) {
		keys = append(keys, req.Header.Get("Idempotency-Key"))
		return nil, errors.New("broken")
	})
	retrying := func(next http.RoundTripper) http.RoundTripper {
		return trip.Func(func(req *http.Request) (*http.Response, error) {
			_, _ = next.RoundTrip(req)
			return next.RoundTrip(req)
		})
	}
	rt := trip.Chain(newKeys(t).Wrap, retrying)(base)
	for range 2 {
		resp, err := rt.RoundTrip(request(t.Context(), t, http.MethodPost, http.Header{}))
		if resp != nil || err == nil || err.Error() != "broken" {
			t.Errorf("got %v, %v, want the base's error", resp, err)
		}
	}
	if len(keys) != 4 || len(keys[0]) != 26 || keys[0] != keys[1] || keys[2] != keys[3] || keys[0] == keys[2] {
		t.Errorf("got keys %q, want one for each of two calls", keys)
	}
}

func TestRoundTrip_KeepsAResponseRequestOfTheBase(t *testing.T) {
	t.Parallel()
	other := request(t.Context(), t, http.MethodPost, http.Header{})
	resp, err := newKeys(t).Wrap(trip.Func(func(*http.Request) (*http.Response, error) {
		return &http.Response{Request: other, Body: http.NoBody}, nil
	})).RoundTrip(request(t.Context(), t, http.MethodPost, http.Header{}))
	if err != nil || resp.Request != other {
		t.Errorf("got %v, %v, want the Response.Request that the base set", resp, err)
	}
}

func TestRoundTrip_IsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	var seen sync.Map
	rt := newKeys(t).Wrap(trip.Func(func(req *http.Request) (*http.Response, error) {
		if _, twice := seen.LoadOrStore(req.Header.Get("Idempotency-Key"), true); twice {
			t.Error("got a key twice, want each once")
		}
		return &http.Response{Body: http.NoBody}, nil
	}))
	shared := http.Header{"A": {"b"}}
	var calls sync.WaitGroup
	for range 8 {
		calls.Go(func() {
			for range 100 {
				if _, err := rt.RoundTrip(request(t.Context(), t, http.MethodPost, shared)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	calls.Wait()
}

func TestWrap_IsALayer(t *testing.T) {
	t.Parallel()
	keys := newKeys(t)
	if got := trip.Unwrap(keys.Wrap(nil)); got != http.DefaultTransport {
		t.Errorf("got %v, want http.DefaultTransport", got)
	}
	base := &idleCounter{}
	(&http.Client{Transport: keys.Wrap(base)}).CloseIdleConnections()
	if base.calls != 1 {
		t.Errorf("got %d calls of CloseIdleConnections, want 1", base.calls)
	}
}

type idleCounter struct {
	http.RoundTripper
	calls int
}

func (c *idleCounter) CloseIdleConnections() { c.calls++ }

func TestRoundTrip_AllocatesNothingForAGet(t *testing.T) { //nolint:paralleltest // counts allocations
	resp := &http.Response{Body: http.NoBody}
	rt := newKeys(t).Wrap(trip.Func(func(*http.Request) (*http.Response, error) { return resp, nil }))
	for name, req := range map[string]*http.Request{
		"a GET":             request(t.Context(), t, http.MethodGet, http.Header{"A": {"b"}}),
		"a POST with a key": request(t.Context(), t, http.MethodPost, http.Header{"Idempotency-Key": {"mine"}}),
	} {
		if got := testing.AllocsPerRun(100, func() {
			_, _ = rt.RoundTrip(req)
		}); got != 0 {
			t.Errorf("%s: got %v allocations, want none", name, got)
		}
	}
}
