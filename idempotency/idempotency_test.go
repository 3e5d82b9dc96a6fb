// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package idempotency_test

import (
	"context"
	"maps"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/surefoot-go/surefoot/idempotency"
	"github.com/surefoot-go/surefoot/internal/keymark"
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
			if sent.Body != req.Body || sent.URL != req.URL || sent.GetBody == nil {
				t.Error("got another request below, want a copy that differs in its header only")
			}
			if ctx := sent.Context(); ctx.Done() != req.Context().Done() || keymark.Carried(sent) == (ctx == req.Context()) {
				t.Error("got another context below, want the caller's, or one that tells of the key")
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
		{"a POST with a key beside a blank one", http.MethodPost, http.Header{"Idempotency-Key": {"", "mine"}}, nil},
		{"a POST that declines in the header asked for", http.MethodPost, http.Header{"Request-Token": {}}, []idempotency.Option{
			idempotency.WithHeader("Request-Token"),
		}},
		{"a POST that declines, with another header asked for", http.MethodPost, http.Header{"Idempotency-Key": {}}, []idempotency.Option{
			idempotency.WithHeader("Request-Token"),
		}},
		{"a POST that declines by the older name", http.MethodPost, http.Header{"X-Idempotency-Key": nil}, []idempotency.Option{
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

// A service that knows another header does the work twice for a key that it does
// not know.
func TestRoundTrip_AKeyInAHeaderThatTheServiceDoesNotKnowIsNone(t *testing.T) {
	t.Parallel()
	for _, foreign := range []string{"Idempotency-Key", "X-Idempotency-Key"} {
		req := request(t.Context(), t, http.MethodPost, http.Header{foreign: {"mine"}})
		sent := send(t, req, idempotency.WithHeader("X-Request-ID"), idempotency.WithGenerator(fixed))
		if got := sent.Header.Get("X-Request-ID"); got != "k1" {
			t.Errorf("%s: got X-Request-ID %q, want a key", foreign, got)
		}
		if got := sent.Header.Get(foreign); got != "mine" {
			t.Errorf("got %s %q, want the caller's", foreign, got)
		}
		if _, marked := sent.Header["Idempotency-Key"]; !marked {
			t.Errorf("%s: got no mark for net/http and retries", foreign)
		}
		if len(req.Header) != 1 {
			t.Errorf("got the caller's header changed: %v", req.Header)
		}
	}
}
