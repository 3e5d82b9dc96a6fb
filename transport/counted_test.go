// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package transport_test

import (
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
	"github.com/surefoot-go/surefoot/trip"
)

// However stacks lie around each other, whoever observes the outermost is told of each
// attempt once.
func TestObserve_CountsEachAttemptOnce(t *testing.T) {
	t.Parallel()
	without := transport.WithoutRetry()
	through := func(rt http.RoundTripper) http.RoundTripper { return &unwrapper{rt} }
	type stack = *transport.Transport
	tests := []struct {
		name     string
		attempts int // of three calls, the first of which fails at first
		stack    func(t *testing.T, base http.RoundTripper) stack
	}{
		{"with retries", 4, func(t *testing.T, b http.RoundTripper) stack { return build(t, b) }},
		{"without", 3, func(t *testing.T, b http.RoundTripper) stack { return build(t, b, without) }},
		{"without, and without a breaker", 3, func(t *testing.T, b http.RoundTripper) stack {
			return build(t, b, without, transport.WithoutBreaker())
		}},
		{"around one with", 4, func(t *testing.T, b http.RoundTripper) stack { return build(t, build(t, b)) }},
		{"around one without", 4, func(t *testing.T, b http.RoundTripper) stack { return build(t, build(t, b, without)) }},
		{"around one with, by middleware", 4, func(t *testing.T, b http.RoundTripper) stack {
			return build(t, through(build(t, b)))
		}},
		{"without, around one with", 4, func(t *testing.T, b http.RoundTripper) stack {
			return build(t, build(t, b), without)
		}},
		{"without, around one without", 3, func(t *testing.T, b http.RoundTripper) stack {
			return build(t, build(t, b, without), without)
		}},
		{"without, three deep", 3, func(t *testing.T, b http.RoundTripper) stack {
			return build(t, through(build(t, through(build(t, b, without)), without)), without)
		}},
		{"without, around one that took over one with", 4, func(t *testing.T, b http.RoundTripper) stack {
			return build(t, through(build(t, build(t, b))), without)
		}},
		// Nobody can listen to it.
		{"around a retry layer alone", 3, func(t *testing.T, b http.RoundTripper) stack {
			r, err := retry.New()
			if err != nil {
				t.Fatal(err)
			}
			return build(t, r.Wrap(b))
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				code := http.StatusServiceUnavailable
				stack := tt.stack(t, trip.Func(func(req *http.Request) (*http.Response, error) {
					resp := &http.Response{StatusCode: code, Header: http.Header{}, Body: http.NoBody, Request: req}
					code = http.StatusOK
					return resp, nil
				}))
				counts := map[observe.Kind]int{}
				stop := stack.Observe(observe.Func(func(e observe.Event) { counts[e.Kind]++ }))
				send := func() {
					req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://example.com", http.NoBody)
					if err != nil {
						t.Fatal(err)
					}
					resp, err := stack.RoundTrip(req)
					if err != nil {
						t.Fatal(err)
					}
					resp.Body.Close()
				}
				for range 3 {
					send()
				}
				if counts[observe.AttemptFinished] != tt.attempts || counts[observe.CallFinished] != 3 {
					t.Errorf("%s: got %v, want %d attempts and 3 calls", stack, counts, tt.attempts)
				}
				stop()
				clear(counts)
				if send(); len(counts) != 0 {
					t.Errorf("%s: got %v after the end, want nothing", stack, counts)
				}
			})
		})
	}
}
