// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package transport_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/hedge"
	"github.com/surefoot-go/surefoot/idempotency"
	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/timeout"
	"github.com/surefoot-go/surefoot/triptest"
)

// part is one layer, what it promises, and where it stands.
type part struct {
	name    string
	wrap    func(next http.RoundTripper) (http.RoundTripper, error)
	promise []triptest.Option
}

const attemptLimit, totalLimit = 10 * time.Second, 30 * time.Second

// parts are the layers, outermost first.
func parts() []part {
	return []part{
		{"total timeout", func(next http.RoundTripper) (http.RoundTripper, error) {
			l, err := timeout.New(totalLimit, timeout.WithTotal())
			return l.Wrap(next), err
		}, []triptest.Option{triptest.TimesOut(totalLimit)}},
		{"idempotency", func(next http.RoundTripper) (http.RoundTripper, error) {
			l, err := idempotency.New()
			return l.Wrap(next), err
		}, []triptest.Option{triptest.AddsKeys(idempotency.DefaultHeader)}},
		{"retry", func(next http.RoundTripper) (http.RoundTripper, error) {
			l, err := retry.New()
			return l.Wrap(next), err
		}, []triptest.Option{triptest.Retries(retry.DefaultMaxAttempts), triptest.RetriesKeyed()}},
		{"hedge", func(next http.RoundTripper) (http.RoundTripper, error) {
			l, err := hedge.New(hedge.WithDelay(50 * time.Millisecond))
			return l.Wrap(next), err
		}, []triptest.Option{triptest.Hedges()}},
		{"limit", func(next http.RoundTripper) (http.RoundTripper, error) {
			l, err := limit.New(limit.WithMaxInFlight(1000))
			return l.Wrap(next), err
		}, nil},
		{"breaker", func(next http.RoundTripper) (http.RoundTripper, error) {
			l, err := breaker.New()
			return l.Wrap(next), err
		}, []triptest.Option{triptest.Circuit(breaker.ErrOpen), triptest.CircuitPerHost()}},
		{"attempt timeout", func(next http.RoundTripper) (http.RoundTripper, error) {
			l, err := timeout.New(attemptLimit)
			return l.Wrap(next), err
		}, []triptest.Option{triptest.TimesOut(attemptLimit)}},
	}
}

// Every pair of layers keeps the contract, in the order of the stack.
func TestConformance_Pairs(t *testing.T) {
	t.Parallel()
	all := parts()
	for i, outer := range all {
		for _, inner := range all[i+1:] {
			t.Run(outer.name+" around "+inner.name, func(t *testing.T) {
				t.Parallel()
				wrap := func(next http.RoundTripper) http.RoundTripper {
					within, err := inner.wrap(next)
					if err != nil {
						t.Error(err)
						return next
					}
					around, err := outer.wrap(within)
					if err != nil {
						t.Error(err)
						return next
					}
					return around
				}
				// Of two timeouts the inner one, which is shorter, counts.
				triptest.Run(t, wrap, append(append([]triptest.Option(nil), outer.promise...), inner.promise...)...)
			})
		}
	}
}
