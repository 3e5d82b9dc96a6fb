// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package timeout_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/timeout"
	"github.com/surefoot-go/surefoot/trip"
)

func TestRoundTrip_FailsAtTheLimit(t *testing.T) {
	t.Parallel()
	broken := &net.OpError{Op: "read", Err: errors.New("connection cut")}
	rows := []struct {
		name string
		base trip.Func
		opts []timeout.Option
		want timeout.Error
		text string
	}{
		{
			name: "when the base waits for Done and returns the cause",
			base: func(req *http.Request) (*http.Response, error) {
				<-req.Context().Done()
				return nil, context.Cause(req.Context())
			},
			want: timeout.Error{Limit: limit},
			text: "timeout: no response headers within 2s",
		},
		{
			name: "when the base returns the context's error",
			base: func(req *http.Request) (*http.Response, error) {
				<-req.Context().Done()
				return nil, req.Context().Err()
			},
			want: timeout.Error{Limit: limit},
		},
		{
			name: "when the base polls Err and never asks for Done",
			base: func(req *http.Request) (*http.Response, error) {
				for req.Context().Err() == nil {
					sleep(time.Millisecond)
				}
				return nil, req.Context().Err()
			},
			want: timeout.Error{Limit: limit},
		},
		{
			name: "when the base sees no more than a derived context that was canceled",
			base: func(req *http.Request) (*http.Response, error) {
				ctx, cancel := context.WithCancel(req.Context())
				defer cancel()
				<-ctx.Done()
				return nil, ctx.Err()
			},
			want: timeout.Error{Limit: limit},
		},
		{
			name: "when the base fails in its own way, which is kept",
			base: func(req *http.Request) (*http.Response, error) {
				<-req.Context().Done()
				return nil, broken
			},
			want: timeout.Error{Limit: limit, Err: broken},
			text: "timeout: no response headers within 2s",
		},
		{
			name: "when the base keeps the deadline by a clock of its own",
			base: func(req *http.Request) (*http.Response, error) {
				deadline, _ := req.Context().Deadline()
				sleep(time.Until(deadline))
				return nil, broken
			},
			want: timeout.Error{Limit: limit, Err: broken},
		},
		{
			name: "with a text of its own where the limit is for the whole call",
			base: func(req *http.Request) (*http.Response, error) {
				<-req.Context().Done()
				return nil, context.Cause(req.Context())
			},
			opts: []timeout.Option{timeout.WithTotal(), nil},
			want: timeout.Error{Limit: limit, Total: true},
			text: "timeout: no response headers within 2s, all attempts together",
		},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				resp, err := wrap(t, row.base, row.opts...).RoundTrip(get(t.Context(), t))
				if got := time.Since(start); got != limit {
					t.Errorf("got an end after %v, want %v", got, limit)
				}
				expired := wantExpired(t, resp, err)
				if *expired != row.want {
					t.Errorf("got %+v, want %+v", *expired, row.want)
				}
				if row.text != "" && err.Error() != row.text {
					t.Errorf("got text %q, want %q", err, row.text)
				}
				if row.want.Err != nil && !errors.Is(err, row.want.Err) {
					t.Errorf("got %v, want the base's error within reach", err)
				}
			})
		})
	}
}

func TestRoundTrip_HandsOverAResponseThatRacesTheLimit(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name    string
		notices bool
		body    io.ReadCloser
		want    bool
	}{
		{"when its context is whole, because nobody looked at the clock", false, &body{Reader: strings.NewReader("x")}, true},
		{"not when its context has ended and the body is to come", true, &body{Reader: strings.NewReader("x")}, false},
		{"when its context is whole and there is no body", false, http.NoBody, true},
		{"not when its context has ended, even if there is no body to break", true, http.NoBody, false},
		{"not when its context has ended, even if the body is nil", true, nil, false},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				resp, err := wrap(t, func(req *http.Request) (*http.Response, error) {
					if row.notices {
						<-req.Context().Done()
					}
					sleep(limit)
					return ok(req, row.body), nil
				}).RoundTrip(get(t.Context(), t))
				if row.want {
					if resp == nil || err != nil {
						t.Fatalf("got %v, %v, want the response", resp, err)
					}
					if row.body != nil {
						_, _ = io.Copy(io.Discard, resp.Body)
					}
					return
				}
				wantExpired(t, resp, err)
				if b, counted := row.body.(*body); counted && b.closed != 1 {
					t.Errorf("got %d closes of the body, want 1", b.closed)
				}
			})
		})
	}
}
