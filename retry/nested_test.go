// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry_test

import (
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/trip"
)

// Two layers of four attempts would be sixteen. The inner one makes its four
// for the first attempt of the outer one, and a single one for each of the
// other three.
func TestNested_DoesNotMultiplyAttempts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		between trip.Middleware
	}{
		{"directly", nil},
		{"with middleware that copies the request", func(next http.RoundTripper) http.RoundTripper {
			return trip.Func(func(req *http.Request) (*http.Response, error) {
				req = req.Clone(req.Context())
				req.Header.Set("Authorization", "Bearer token")
				return next.RoundTrip(req)
			})
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				base, rec := play(status(http.StatusServiceUnavailable)), new(recorder)
				inner := newRetrier(t, retry.WithoutBudget(), retry.WithObserver(rec))
				outer := newRetrier(t, retry.WithoutBudget())
				stack := trip.Chain(outer.Wrap, tt.between, inner.Wrap)(base)
				wantStatus(t, stack, newRequest(t.Context(), t, http.MethodGet), http.StatusServiceUnavailable)
				wantCount(t, base, 7)
				want := []observe.Reason{observe.ReasonMaxAttempts, observe.ReasonNested, observe.ReasonNested, observe.ReasonNested}
				got := rec.reasons()
				for i := range want {
					if len(got) != len(want) || got[i] != want[i] {
						t.Fatalf("got reasons %v of the inner layer, want %v", got, want)
					}
				}
			})
		})
	}
}

func TestNested_LayersWithoutURL(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		base := play(fail(errReset))
		req := newRequest(t.Context(), t, http.MethodGet)
		req.URL = nil
		wantError(t, newRetrier(t).Wrap(newRetrier(t).Wrap(base)), req, errReset)
		wantCount(t, base, 7)
	})
}

// A request of its own that middleware makes while a call is being retried is
// no retry, and has its own attempts.
func TestNested_SubRequestKeepsItsAttempts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		edit func(*http.Request)
	}{
		{"to another address", func(req *http.Request) { req.URL.Path = "/token" }},
		{"by another method", func(req *http.Request) { req.Method = http.MethodPut }},
		{"without an address", func(req *http.Request) { req.URL = nil }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				tokens := play(fail(errReset), fail(errReset), status(http.StatusOK))
				tokenClient := newRetrier(t).Wrap(tokens)
				base := play(fail(errReset), status(http.StatusOK))
				refresh := trip.Func(func(req *http.Request) (*http.Response, error) {
					if retry.Attempt(req.Context()) > 1 {
						sub := req.Clone(req.Context())
						tt.edit(sub)
						wantStatus(t, tokenClient, sub, http.StatusOK)
					}
					return base.RoundTrip(req)
				})
				wantStatus(t, newRetrier(t).Wrap(refresh), newRequest(t.Context(), t, http.MethodGet), http.StatusOK)
				wantCount(t, tokens, 3)
				wantCount(t, base, 2)
			})
		})
	}
}

func TestWraps_FindsRetryLayer(t *testing.T) {
	t.Parallel()
	base := play(status(http.StatusOK))
	layer := newRetrier(t).Wrap(base)
	tests := []struct {
		name string
		rt   http.RoundTripper
		want bool
	}{
		{"the layer itself", layer, true},
		{"beneath another layer", &unwrapper{RoundTripper: layer}, true},
		{"not where there is none", &unwrapper{RoundTripper: base}, false},
		{"not beneath a function", trip.Func(layer.RoundTrip), false},
		{"not in nothing", nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := retry.Wraps(tt.rt); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

type unwrapper struct{ http.RoundTripper }

func (u *unwrapper) Unwrap() http.RoundTripper { return u.RoundTripper }
