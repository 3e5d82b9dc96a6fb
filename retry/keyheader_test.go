// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry_test

import (
	"net/http"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/surefoot-go/surefoot/idempotency"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/trip"
)

// withKeys puts a layer around rt that makes the key "k1" in X-Request-Id.
func withKeys(t *testing.T, rt http.RoundTripper, opts ...idempotency.Option) http.RoundTripper {
	t.Helper()
	keys, err := idempotency.New(append([]idempotency.Option{
		idempotency.WithHeader("X-Request-ID"),
		idempotency.WithGenerator(func() string { return "k1" }),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return keys.Wrap(rt)
}

// A service may have a header of its own for the key. What counts is what its
// server gets to see.
func TestRetry_KnowsTheKeyOfAService(t *testing.T) {
	t.Parallel()
	declines := idempotency.WithGenerator(func() string { return "" })
	tests := []struct {
		name   string
		header http.Header
		opts   []idempotency.Option
		want   []string // the keys that arrive, one for each attempt; "" for none
	}{
		{"one that is made", http.Header{}, nil, []string{"k1", "k1", "k1"}},
		{"the caller's own", http.Header{"X-Request-Id": {"mine"}}, nil, []string{"mine", "mine", "mine"}},
		{"a blank one is replaced", http.Header{"X-Request-Id": {" "}}, nil, []string{"k1", "k1", "k1"}},
		{"a blank one in another header is none", http.Header{"Idempotency-Key": {""}}, nil, []string{"k1", "k1", "k1"}},
		{"none was made", http.Header{}, []idempotency.Option{declines}, []string{""}},
		{"none was made for a blank one", http.Header{"X-Request-Id": {""}}, []idempotency.Option{declines}, []string{""}},
		{"it was declined", http.Header{"X-Request-Id": {}}, nil, []string{""}},
		// As in net/http the caller promises that the request may be repeated. The
		// 409 is final, since no server has seen a key.
		{"it was declined with a promise", http.Header{"Idempotency-Key": {}}, nil, []string{"", ""}},
		{"it was declined by the older name", http.Header{"X-Idempotency-Key": {}}, nil, []string{"", ""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				base := play(fail(errReset), status(http.StatusConflict), status(http.StatusCreated))
				req := newPost(t.Context(), t, "charge")
				req.Header = tt.header
				_, _, _ = send(t, withKeys(t, newRetrier(t).Wrap(base), tt.opts...), req)
				var got []string
				for _, a := range base.seen() {
					got = append(got, a.req.Header.Get("X-Request-Id"))
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("got attempts with keys %q, want %q", got, tt.want)
				}
			})
		})
	}
}

// A request of its own that middleware makes with the context of a call that has
// a key, such as one for a new token, has none, whatever its headers are.
func TestRetry_TakesNoOtherRequestForOneWithTheKey(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]http.Header{
		"without the header":                  {},
		"with the header of a tracing client": {"X-Request-Id": {"trace-7"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				tokens := play(status(http.StatusServiceUnavailable))
				client := newRetrier(t).Wrap(tokens)
				middleware := trip.Func(func(req *http.Request) (*http.Response, error) {
					token := newPost(req.Context(), t, "grant")
					token.Header = header
					_, _, _ = send(t, client, token)
					return status(http.StatusOK)(req)
				})
				_, _, _ = send(t, withKeys(t, middleware), newPost(t.Context(), t, "charge"))
				wantCount(t, tokens, 1)
			})
		})
	}
}

// With a key, no proof has to be sought that nothing was sent.
func TestRoundTrip_AllocatesNothingForTheKeyOfAService(t *testing.T) { //nolint:paralleltest // counts allocations
	var keyed *http.Request
	_, _ = withKeys(t, trip.Func(func(req *http.Request) (*http.Response, error) {
		keyed = req
		return &http.Response{Body: http.NoBody}, nil
	})).RoundTrip(newPost(t.Context(), t, "charge"))
	delete(keyed.Header, "Idempotency-Key") // the mark for net/http, which retries know as well
	rt := newRetrier(t, retry.WithConnTrace()).Wrap(answers(http.StatusOK))
	if got := testing.AllocsPerRun(200, func() { _, _ = rt.RoundTrip(keyed) }); got != 0 {
		t.Errorf("got %v allocations, want none", got)
	}
}
