// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/trip"
)

//nolint:paralleltest // what others allocate must not be counted
func TestAllocations(t *testing.T) {
	resp := &http.Response{Header: http.Header{}}
	var body io.ReadCloser
	var err error
	base := trip.Func(func(*http.Request) (*http.Response, error) {
		if err != nil {
			return nil, err
		}
		resp.Body = body
		return resp, nil
	})
	req := get(t.Context(), url+"/")
	quiet := breaker.WithObserver(observe.Func(func(observe.Event) {}))
	for _, tt := range []struct {
		name   string
		status int
		body   io.ReadCloser
		err    error
		opts   []breaker.Option
		want   float64
	}{
		{name: "a success without a body", status: 200, body: http.NoBody},
		{name: "a success that is timed", status: 200, body: http.NoBody, opts: []breaker.Option{breaker.WithSlowCall(1 << 60)}},
		{name: "a success with an observer", status: 200, body: http.NoBody, opts: []breaker.Option{quiet}},
		{name: "a success with a body, of which one in sixteen costs two", status: 200, body: io.NopCloser(strings.NewReader(""))},
		{name: "a 404", status: 404, body: http.NoBody},
		{name: "a failure that does not open", status: 500, body: http.NoBody, opts: []breaker.Option{breaker.WithMinRequests(100_000)}},
		{name: "an error that does not open", err: io.ErrUnexpectedEOF, opts: []breaker.Option{breaker.WithMinRequests(100_000)}},
		{name: "a rejection", status: 500, body: http.NoBody, opts: []breaker.Option{breaker.WithMinRequests(1), breaker.WithOpenFor(1<<40, 1<<40)}},
		{name: "a rejection with an observer", status: 500, body: http.NoBody, opts: []breaker.Option{quiet, breaker.WithMinRequests(1), breaker.WithOpenFor(1<<40, 1<<40)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rt := newBreaker(t, tt.opts...).Wrap(base)
			resp.StatusCode, body, err = tt.status, tt.body, tt.err
			if got := testing.AllocsPerRun(2000, func() { _, _ = rt.RoundTrip(req) }); got > tt.want {
				t.Errorf("got %v allocations, want %v", got, tt.want)
			}
		})
	}
}
