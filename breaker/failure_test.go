// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/trip"
)

// timeoutError is how net/http reports an attempt that took too long.
type timeoutError struct{}

func (timeoutError) Error() string   { return "timeout awaiting response headers" }
func (timeoutError) Timeout() bool   { return true }
func (timeoutError) Temporary() bool { return true }

// classifier makes a Classifier of a verdict.
type classifier classify.Verdict

func (c classifier) Classify(*http.Request, *http.Response, error) classify.Verdict {
	return classify.Verdict(c)
}

func TestOpening_WhatIsAFailure(t *testing.T) {
	t.Parallel()
	says := func(v classify.Verdict) breaker.Option { return breaker.WithClassifier(classifier(v)) }
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	for _, tt := range []struct {
		name   string
		reply  trip.Func
		opts   []breaker.Option
		closed bool
	}{
		{name: "500 is", reply: status(500)},
		{name: "502 is", reply: status(502)},
		{name: "503 is", reply: status(503)},
		{name: "503 with a Retry-After is", reply: status(503, "Retry-After", "1")},
		{name: "504 is", reply: status(504)},
		{name: "599 is", reply: status(599)},
		{name: "408 is, a timeout on the server's side", reply: status(408)},
		{name: "a status that is none is", reply: status(0)},
		{name: "a refused connection is", reply: fails(dial(os.NewSyscallError("connect", syscall.ECONNREFUSED)))},
		{name: "a connection that is reset is", reply: fails(&net.OpError{Op: "read", Err: syscall.ECONNRESET})},
		{name: "a connection that is closed too early is", reply: fails(io.ErrUnexpectedEOF)},
		{name: "an attempt that times out is", reply: fails(timeoutError{})},
		{name: "a dial that times out is", reply: fails(dial(os.ErrDeadlineExceeded))},
		{name: "a name server that fails is", reply: fails(dial(&net.DNSError{IsTemporary: true}))},
		{name: "an error that nobody knows is", reply: fails(errors.New("?"))},
		{name: "a throttled 500 of a classifier is", reply: status(500), opts: []breaker.Option{says(classify.Verdict{Class: classify.Retryable, Throttled: true})}},
		{name: "a throttled error of a classifier is", reply: fails(io.EOF), opts: []breaker.Option{says(classify.Verdict{Class: classify.Retryable, Throttled: true})}},
		{name: "a slow call is", reply: after(time.Second, status(200)), opts: []breaker.Option{breaker.WithSlowCall(time.Second)}},
		{name: "a slow 404 is", reply: after(time.Second, status(404)), opts: []breaker.Option{breaker.WithSlowCall(time.Second)}},

		{name: "200 is not", reply: status(200), closed: true},
		{name: "304 is not", reply: status(304), closed: true},
		{name: "400 is not", reply: status(400), closed: true},
		{name: "401 is not", reply: status(401), closed: true},
		{name: "402 is not", reply: status(402), closed: true},
		{name: "403 is not", reply: status(403), closed: true},
		{name: "404 is not", reply: status(404), closed: true},
		{name: "409 is not", reply: status(409), closed: true},
		{name: "422 is not", reply: status(422), closed: true},
		{name: "429 is not", reply: status(429), closed: true},
		{name: "429 with a Retry-After is not", reply: status(429, "Retry-After", "1"), closed: true},
		{name: "501 is not, the server works and will never do it", reply: status(501), closed: true},
		{name: "a name that does not exist is not", reply: fails(dial(&net.DNSError{IsNotFound: true})), closed: true},
		{name: "a certificate that is not trusted is not", reply: fails(x509.UnknownAuthorityError{}), closed: true},
		{name: "a scheme that nobody supports is not", reply: unsupported, closed: true},
		{name: "a cancellation is not", reply: fails(context.Canceled), closed: true},
		{name: "the rejection of another circuit is not", reply: fails(&breaker.OpenError{}), closed: true},
		{name: "a throttled 403 of a classifier is not", reply: status(403), opts: []breaker.Option{says(classify.Verdict{Class: classify.Retryable, Throttled: true})}, closed: true},
		{name: "a 500 that a classifier says nothing about is not", reply: status(500), opts: []breaker.Option{says(classify.Verdict{})}, closed: true},
		{name: "a 500 of a class that does not exist is not", reply: status(500), opts: []breaker.Option{says(classify.Verdict{Class: 77})}, closed: true},
		{name: "a slow call is not unless asked for", reply: after(time.Second, status(200)), closed: true},
		{name: "a call just short of slow is not", reply: after(time.Second-1, status(200)), opts: []breaker.Option{breaker.WithSlowCall(time.Second)}, closed: true},
		{name: "a slow cancellation is not", reply: after(time.Second, fails(context.Canceled)), opts: []breaker.Option{breaker.WithSlowCall(time.Second)}, closed: true},
		{name: "a slow 429 is not", reply: after(time.Second, status(429)), opts: []breaker.Option{breaker.WithSlowCall(time.Second)}, closed: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				b := newBreaker(t, append(tt.opts, breaker.WithMinRequests(5))...)
				sendN(b.Wrap(tt.reply), 5)
				want := breaker.Open
				if tt.closed {
					want = breaker.Closed
				}
				wantState(t, b, want)
			})
		})
	}
}

// unsupported is what a real transport says of a request that cannot be sent.
func unsupported(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.URL.Scheme = "gopher"
	return (&http.Transport{}).RoundTrip(req)
}

func TestOpening_CallersContext(t *testing.T) {
	t.Parallel()
	waits := func(req *http.Request) (*http.Response, error) {
		<-req.Context().Done()
		return nil, req.Context().Err()
	}
	for _, tt := range []struct {
		name string
		ctx  func() (context.Context, context.CancelFunc)
		want breaker.State
	}{
		{"a deadline that passes while a host is silent is a failure", func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(context.Background(), time.Second)
		}, breaker.Open},
		{"a call that its caller gives up is not", func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(context.Background())
			time.AfterFunc(time.Second, cancel)
			return ctx, cancel
		}, breaker.Closed},
		{"a call whose deadline had passed before it began is not", func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(context.Background(), -1)
		}, breaker.Closed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				h := &host{reply: waits}
				b := newBreaker(t, breaker.WithMinRequests(5))
				for range 5 {
					ctx, cancel := tt.ctx()
					_, err := b.Wrap(h).RoundTrip(get(ctx, url))
					if !errors.Is(err, ctx.Err()) {
						t.Errorf("got error %v, want %v", err, ctx.Err())
					}
					cancel()
				}
				wantState(t, b, tt.want)
				if h.requests() != 5 {
					t.Errorf("got %d requests below, want 5", h.requests())
				}
			})
		})
	}
}
