// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/trip"
	"github.com/surefoot-go/surefoot/triptest"
)

func isSearch(req *http.Request) bool { return strings.HasSuffix(req.URL.Path, "/things") }

func TestIdempotentIf_MarksWhatTheFunctionSays(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		f    func(*http.Request) bool
		edit func(*http.Request) *http.Request
		want int
	}{
		{"one of them", isSearch, nil, 4},
		{"another", func(*http.Request) bool { return false }, nil, 1},
		{"no function", nil, nil, 1},
		{"one of them that must be sent once", isSearch, func(r *http.Request) *http.Request {
			return r.WithContext(retry.Never(r.Context()))
		}, 1},
		{"another that may be repeated", func(*http.Request) bool { return false }, func(r *http.Request) *http.Request {
			return r.WithContext(retry.Idempotent(r.Context()))
		}, 4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				base := play(status(http.StatusBadGateway))
				req := newRequest(t.Context(), t, http.MethodPost)
				req.URL.Path = "/things"
				if tt.edit != nil {
					req = tt.edit(req)
				}
				rt := trip.Chain(retry.IdempotentIf(tt.f), newRetrier(t).Wrap)(base)
				resp, err := rt.RoundTrip(req)
				if err != nil || resp.StatusCode != http.StatusBadGateway {
					t.Fatalf("got %v, %v", resp, err)
				}
				wantCount(t, base, tt.want)
			})
		})
	}
}

func TestIdempotentIf_TheResponseHasTheCallersRequest(t *testing.T) {
	t.Parallel()
	base := play(status(http.StatusOK))
	req := newRequest(t.Context(), t, http.MethodPost)
	resp, err := retry.IdempotentIf(func(*http.Request) bool { return true })(base).RoundTrip(req)
	if err != nil || resp.Request != req {
		t.Errorf("got %v, %v, want the request that was made", resp, err)
	}
}

func TestIdempotentIf_Conformance(t *testing.T) {
	t.Parallel()
	triptest.Run(t, retry.IdempotentIf(func(*http.Request) bool { return true }), triptest.Limit(time.Minute))
}
