// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/surefoot-go/surefoot/trip"
)

// retrying sends idempotent requests again.
func retrying(attempts int) trip.Middleware { return retryingWith(attempts, func(*retrier) {}) }

// retryingWith is retrying with parts of it replaced by worse ones.
func retryingWith(attempts int, change func(*retrier)) trip.Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		r := &retrier{
			next: next, attempts: attempts, idempotent: idempotent, retryable: retryable, backoff: backoff,
			asked: retryAfter, fits: fits, rewind: rewind, discard: discard, sleep: sleep, finish: finish,
		}
		change(r)
		return r
	}
}

type retrier struct {
	next       http.RoundTripper
	attempts   int
	idempotent func(*http.Request) bool
	retryable  func(*http.Response, error) bool
	backoff    func(n int) time.Duration
	asked      func(http.Header) (time.Duration, bool)
	fits       func(context.Context, time.Duration) bool
	rewind     func(*http.Request, int) (*http.Request, bool)
	discard    func(*http.Response) (stop func())
	sleep      func(context.Context, time.Duration) error
	finish     func(*http.Response, error) (*http.Response, error)
}

func (r *retrier) CloseIdleConnections() { trip.CloseIdle(r.next) }

func (r *retrier) RoundTrip(req *http.Request) (*http.Response, error) {
	sent := req
	for n := 1; ; n++ {
		resp, err := r.next.RoundTrip(sent)
		if resp != nil && resp.Request == sent {
			resp.Request = req
		}
		again, wait := r.again(req, resp, err, n)
		if again == nil {
			return r.finish(resp, err)
		}
		stop := r.discard(resp)
		err = r.sleep(req.Context(), wait)
		stop()
		if err != nil {
			trip.CloseBody(again)
			return nil, err
		}
		sent = again
	}
}

// again returns the request for the next attempt, or nil.
func (r *retrier) again(req *http.Request, resp *http.Response, err error, n int) (*http.Request, time.Duration) {
	if n >= r.attempts || !r.idempotent(req) || !r.retryable(resp, err) {
		return nil, 0
	}
	wait := r.backoff(n)
	if resp != nil {
		asked, ok := r.asked(resp.Header)
		if !ok {
			return nil, 0
		}
		wait = max(wait, asked)
	}
	if !r.fits(req.Context(), wait) {
		return nil, 0
	}
	if again, ok := r.rewind(req, n); ok {
		return again, wait
	}
	return nil, 0
}

func backoff(n int) time.Duration {
	return time.Duration(float64(int(50)<<n)*(0.5+rand.Float64())) * time.Millisecond
}

// fits says whether there is time for another attempt.
func fits(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() == nil && (!ok || time.Until(deadline) > wait)
}

// rewind makes the request for attempt n+1.
func rewind(req *http.Request, _ int) (*http.Request, bool) {
	again := req.WithContext(req.Context())
	if req.Body == nil || req.Body == http.NoBody {
		return again, true
	}
	if req.GetBody == nil {
		return nil, false
	}
	body, err := req.GetBody()
	if err != nil {
		return nil, false
	}
	again.Body = body
	return again, true
}

func finish(resp *http.Response, err error) (*http.Response, error) { return resp, err }

func idempotent(req *http.Request) bool {
	_, keyed := req.Header["Idempotency-Key"]
	return req.Header != nil && req.URL != nil && (keyed || slices.Contains([]string{
		"", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, http.MethodPut, http.MethodDelete,
	}, req.Method))
}

func retryable(resp *http.Response, err error) bool {
	if err != nil {
		return !errors.Is(err, context.Canceled) && !errors.Is(err, errOpen)
	}
	return resp != nil && slices.Contains([]int{408, 425, 429, 500, 502, 503, 504}, resp.StatusCode)
}

// retryAfter returns the wait that the server asks for, and whether that is
// one to wait for.
func retryAfter(h http.Header) (time.Duration, bool) {
	value := h.Get("Retry-After")
	wait := time.Duration(0)
	if seconds, err := strconv.ParseUint(value, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		wait = time.Duration(min(seconds, 1e6)) * time.Second
	} else if date, err := http.ParseTime(value); err == nil {
		wait = time.Until(date)
	}
	return wait, wait <= time.Minute
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// discard reads a little of a body, until it is stopped, and closes it.
func discard(resp *http.Response) (stop func()) {
	if resp == nil || resp.Body == nil {
		return func() {}
	}
	var once sync.Once
	stop = func() { once.Do(func() { resp.Body.Close() }) }
	go func() {
		defer stop()
		io.CopyN(io.Discard, resp.Body, 64<<10)
	}()
	return stop
}

// buffering reads a body that cannot be had again, so that it can.
func buffering(next http.RoundTripper) http.RoundTripper { return &bufferer{next: next} }

type bufferer struct{ next http.RoundTripper }

func (b *bufferer) CloseIdleConnections() { trip.CloseIdle(b.next) }

func (b *bufferer) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body == nil || req.Body == http.NoBody || req.GetBody != nil {
		return b.next.RoundTrip(req)
	}
	content, err := io.ReadAll(req.Body)
	req.Body.Close()
	if err != nil {
		return nil, err
	}
	sent := req.WithContext(req.Context())
	sent.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
	sent.Body, _ = sent.GetBody()
	resp, err := b.next.RoundTrip(sent)
	if resp != nil && resp.Request == sent {
		resp.Request = req
	}
	return resp, err
}
