// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/surefoot-go/surefoot/trip"
)

// breaking keeps a circuit for each host.
func breaking(next http.RoundTripper) http.RoundTripper { return breakingWith(func(*breaker) {})(next) }

// breakingWith is breaking with parts of it replaced by worse ones.
func breakingWith(change func(*breaker)) trip.Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		b := &breaker{
			next: next, hosts: map[string]*host{}, key: func(u *url.URL) string { return u.Host },
			failed: failed, allow: (*host).allow, report: (*host).report, reject: reject,
		}
		change(b)
		return b
	}
}

var errOpen = errors.New("circuit open")

type breaker struct {
	next   http.RoundTripper
	mu     sync.Mutex
	hosts  map[string]*host
	key    func(*url.URL) string
	failed func(ctx context.Context, resp *http.Response, err error, took time.Duration) (failed, known bool)
	allow  func(*host) bool
	report func(h *host, failed bool)
	reject func(*http.Request) (*http.Response, error)
}

// host opens at the fifth failure in a row, and lets one request through for
// each five seconds since.
type host struct {
	failures int
	retryAt  time.Time
	probing  bool // for worse ones
}

func (h *host) allow() bool {
	if h.failures < 5 {
		return true
	}
	if time.Now().Before(h.retryAt) {
		return false
	}
	h.retryAt = time.Now().Add(5 * time.Second)
	return true
}

func (h *host) report(failed bool) {
	if !failed {
		h.failures = 0
		return
	}
	if h.failures++; h.failures == 5 {
		h.retryAt = time.Now().Add(5 * time.Second)
	}
}

func failed(ctx context.Context, resp *http.Response, err error, _ time.Duration) (failed, known bool) {
	return err != nil || (resp != nil && resp.StatusCode >= 500), ctx.Err() == nil
}

func reject(req *http.Request) (*http.Response, error) {
	trip.CloseBody(req)
	return nil, errOpen
}

func (b *breaker) CloseIdleConnections() { trip.CloseIdle(b.next) }

// with calls f with the host's circuit.
func (b *breaker) with(u *url.URL, f func(*host)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	h := b.hosts[b.key(u)]
	if h == nil {
		h = &host{}
		b.hosts[b.key(u)] = h
	}
	f(h)
}

func (b *breaker) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL == nil {
		return b.next.RoundTrip(req)
	}
	var allowed bool
	if b.with(req.URL, func(h *host) { allowed = b.allow(h) }); !allowed {
		return b.reject(req)
	}
	start := time.Now()
	resp, err := b.next.RoundTrip(req)
	if failed, known := b.failed(req.Context(), resp, err, time.Since(start)); known {
		b.with(req.URL, func(h *host) { b.report(h, failed) })
	}
	return resp, err
}
