// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package idempotency_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/surefoot-go/surefoot/idempotency"
	"github.com/surefoot-go/surefoot/trip"
)

// fixed makes the key "k1".
func fixed() string { return "k1" }

func newKeys(t *testing.T, opts ...idempotency.Option) *idempotency.Keys {
	t.Helper()
	keys, err := idempotency.New(opts...)
	if err != nil {
		t.Fatalf("got error %v, want none", err)
	}
	return keys
}

func request(ctx context.Context, t *testing.T, method string, header http.Header) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, "http://example.com/", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header
	return req
}

// send returns the request that the base gets.
func send(t *testing.T, req *http.Request, opts ...idempotency.Option) *http.Request {
	t.Helper()
	var sent *http.Request
	resp, err := newKeys(t, opts...).Wrap(trip.Func(func(got *http.Request) (*http.Response, error) {
		sent = got
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: got}, nil
	})).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	if resp.Request != req {
		t.Error("got a copy in Response.Request, want the caller's request")
	}
	return sent
}

func TestRoundTrip_MarksWhatHasNoKey(t *testing.T) {
	t.Parallel()
	opts := func(o ...idempotency.Option) []idempotency.Option {
		return append(o, idempotency.WithGenerator(fixed), nil)
	}
	rows := []struct {
		name   string
		method string
		opts   []idempotency.Option
		want   http.Header
	}{
		{"a POST", http.MethodPost, opts(), http.Header{"A": {"b"}, "Idempotency-Key": {"k1"}}},
		{"a PATCH", http.MethodPatch, opts(), http.Header{"A": {"b"}, "Idempotency-Key": {"k1"}}},
		{
			"a method that was asked for", "LOCK",
			opts(idempotency.WithMethods("LOCK")),
			http.Header{"A": {"b"}, "Idempotency-Key": {"k1"}},
		},
		{
			"in the format of the draft", http.MethodPost,
			opts(idempotency.WithFormat(idempotency.Quoted)),
			http.Header{"A": {"b"}, "Idempotency-Key": {`"k1"`}},
		},
		{
			"in the other header that net/http knows", http.MethodPost,
			opts(idempotency.WithHeader("x-idempotency-key")),
			http.Header{"A": {"b"}, "X-Idempotency-Key": {"k1"}},
		},
		{
			"in a header of its own, with a mark for net/http", http.MethodPost,
			opts(idempotency.WithHeader("request-token")),
			http.Header{"A": {"b"}, "Request-Token": {"k1"}, "Idempotency-Key": nil},
		},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			req := request(t.Context(), t, row.method, http.Header{"A": {"b"}})
			before := *req
			header := maps.Clone(req.Header)
			sent := send(t, req, row.opts...)
			if sent == req {
				t.Fatal("got the caller's request below, want a copy")
			}
			if !reflect.DeepEqual(sent.Header, row.want) {
				t.Errorf("got header %v, want %v", sent.Header, row.want)
			}
			if !reflect.DeepEqual(req.Header, header) || req.Body != before.Body || req.URL != before.URL {
				t.Error("got a changed request, want it as it was")
			}
			if sent.Body != req.Body || sent.URL != req.URL || sent.GetBody == nil || sent.Context() != req.Context() {
				t.Error("got another request below, want a copy that differs in its header only")
			}
		})
	}
}

func TestRoundTrip_LeavesEverythingElseAlone(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name   string
		method string
		header http.Header
		opts   []idempotency.Option
	}{
		{"a GET", http.MethodGet, http.Header{}, nil},
		{"a method left empty, which is GET", "", http.Header{}, nil},
		{"a PUT", http.MethodPut, http.Header{}, nil},
		{"a POST where only PATCH is asked for", http.MethodPost, http.Header{}, []idempotency.Option{
			idempotency.WithMethods(http.MethodPatch),
		}},
		{"a POST with a key", http.MethodPost, http.Header{"Idempotency-Key": {"mine"}}, nil},
		{"a POST with a key of the older kind", http.MethodPost, http.Header{"X-Idempotency-Key": {"mine"}}, nil},
		{"a POST with a key under a name in lower case", http.MethodPost, http.Header{"idempotency-key": {"mine"}}, nil},
		{"a POST that is marked without a key", http.MethodPost, http.Header{"Idempotency-Key": {}}, nil},
		{"a POST with a key in the header asked for", http.MethodPost, http.Header{"Request-Token": {"mine"}}, []idempotency.Option{
			idempotency.WithHeader("Request-Token"),
		}},
		{"a POST without a header map, which net/http refuses", http.MethodPost, nil, nil},
		{"a POST whose key is declined", http.MethodPost, http.Header{}, []idempotency.Option{
			idempotency.WithGenerator(func() string { return "" }),
		}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			req := request(t.Context(), t, row.method, row.header)
			before := maps.Clone(row.header)
			if sent := send(t, req, row.opts...); sent != req {
				t.Error("got a copy of the request, want the caller's own")
			}
			if !reflect.DeepEqual(req.Header, before) {
				t.Errorf("got header %v, want %v", req.Header, before)
			}
		})
	}
}

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
