// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/surefoot-go/surefoot/trip"
	"github.com/surefoot-go/surefoot/triptest"
)

// circuits is a circuit breaker with a worse part.
func circuits(change func(*breaker)) broken {
	return broken{wrap: breakingWith(change), opts: []triptest.Option{triptest.Circuit(errOpen), triptest.CircuitPerHost()}}
}

func brokenCircuits() map[string]broken {
	return map[string]broken{
		"circuit/opens": circuits(func(b *breaker) { b.report = func(*host, bool) {} }),
		"circuit/rejection": circuits(func(b *breaker) {
			b.reject = func(req *http.Request) (*http.Response, error) {
				trip.CloseBody(req)
				return nil, errors.New("go away")
			}
		}),
		"circuit/rejection-closes-body": circuits(func(b *breaker) {
			b.reject = func(*http.Request) (*http.Response, error) { return nil, errOpen }
		}),
		"circuit/client-errors-are-no-failures": circuits(func(b *breaker) {
			b.failed = func(_ context.Context, resp *http.Response, err error, _ time.Duration) (failed, known bool) {
				return err != nil || resp.StatusCode >= 400, true
			}
		}),
		"circuit/cancellations-are-no-failures": circuits(func(b *breaker) {
			b.failed = func(_ context.Context, resp *http.Response, err error, _ time.Duration) (bool, bool) {
				return err != nil || resp.StatusCode >= 500, true
			}
		}),
		"circuit/hosts-apart": circuits(func(b *breaker) { b.key = func(*url.URL) string { return "" } }),
		"circuit/slow-failures-count": circuits(func(b *breaker) {
			b.failed = func(ctx context.Context, resp *http.Response, err error, took time.Duration) (bool, bool) {
				fail, known := failed(ctx, resp, err, took)
				return fail, known && took < 10*time.Second
			}
		}),
		"circuit/recovers": circuits(func(b *breaker) {
			b.allow = func(h *host) bool { return h.failures < 5 }
		}),
		"circuit/few-probes": circuits(func(b *breaker) {
			b.allow = func(h *host) bool { return h.failures < 5 || time.Now().After(h.retryAt) }
		}),
		"circuit/hung-probe":      circuits(probing),
		"circuit/panicking-probe": circuits(probing),
	}
}

// probing lets one probe through, and waits for its report for ever.
func probing(b *breaker) {
	b.allow = func(h *host) bool {
		if h.failures < 5 {
			return true
		}
		if h.probing || time.Now().Before(h.retryAt) {
			return false
		}
		h.probing = true
		return true
	}
	b.report = func(h *host, failed bool) {
		h.probing = false
		h.report(failed)
	}
}

func brokenTimeouts() map[string]broken {
	timesOut := []triptest.Option{triptest.TimesOut(10 * time.Second)}
	hedges := []triptest.Option{triptest.Hedges()}
	keys := []triptest.Option{triptest.AddsKeys("Idempotency-Key")}
	return map[string]broken{
		"timeout/fires": {wrap: identity, opts: timesOut},
		"timeout/error": {wrap: wrapping(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
			ctx, cancel := context.WithCancel(req.Context())
			time.AfterFunc(10*time.Second, cancel)
			return next.RoundTrip(req.WithContext(ctx))
		}), opts: timesOut},
		"timeout/in-time":            {wrap: timing(time.Second), opts: timesOut},
		"timeout/late-answer-closed": {wrap: leavingLate, opts: timesOut},
		"hedge/second-wins":          {wrap: identity, opts: hedges},
		"hedge/loser-released":       {wrap: hedgingWith(func(h *hedger) { h.lost = func(context.CancelFunc, <-chan hedged) {} }), opts: hedges},
		"hedge/unsafe-once":          {wrap: hedgingWith(func(h *hedger) { h.safe = func(req *http.Request) bool { return req.URL != nil } }), opts: hedges},
		"key/added":                  {wrap: identity, opts: keys},
		"key/unique":                 {wrap: setting("Idempotency-Key", "one for all"), opts: keys},
		"key/caller-wins":            {wrap: setting("Idempotency-Key", "mine"), opts: keys},
		"key/same-on-every-attempt":  {wrap: trip.Chain(retryingWith(4, func(r *retrier) { r.idempotent = always }), keying), opts: keys},
	}
}

func hedgingWith(change func(*hedger)) trip.Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		h := hedging(next).(*hedger)
		change(h)
		return h
	}
}

func setting(key, value string) trip.Middleware {
	return sending(func(req *http.Request) {
		req.Header = req.Header.Clone()
		req.Header.Set(key, value)
	}).wrap
}

// leavingLate gives up after ten seconds, and forgets what comes later.
func leavingLate(next http.RoundTripper) http.RoundTripper {
	inner := detached(next)
	return trip.Func(func(req *http.Request) (*http.Response, error) {
		ctx, cancel := context.WithTimeoutCause(req.Context(), 10*time.Second, errTooLate)
		defer cancel()
		return inner.RoundTrip(req.WithContext(ctx))
	})
}
