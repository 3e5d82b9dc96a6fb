// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry

import (
	"net/http"

	"github.com/surefoot-go/surefoot/internal/wish"
	"github.com/surefoot-go/surefoot/trip"
)

// IdempotentIf returns middleware that marks the requests of which f says so by
// [Idempotent], for SDKs that do not let the context of each call be chosen: a
// search that is a POST, say. It belongs outside of the retry layer, so give it to
// transport.WithPerCall. What is said of [Idempotent] has to be certain of each of
// them. A request whose context was given to [Never] is left as it is, and so are
// all of them where f is nil. F must not change the request, nor read its body,
// and must be safe for concurrent use.
func IdempotentIf(f func(req *http.Request) bool) trip.Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		next = trip.OrDefault(next)
		if f == nil {
			return next
		}
		return &marker{next: next, f: f}
	}
}

type marker struct {
	next http.RoundTripper
	f    func(*http.Request) bool
}

// Unwrap returns what is beneath.
func (m *marker) Unwrap() http.RoundTripper { return m.next }

// CloseIdleConnections passes the call on.
func (m *marker) CloseIdleConnections() { trip.CloseIdle(m.next) }

// RoundTrip marks req, if f says so.
func (m *marker) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	if wish.Of(ctx) != wish.None || !m.f(req) {
		return m.next.RoundTrip(req)
	}
	marked := req.WithContext(Idempotent(ctx))
	resp, err := m.next.RoundTrip(marked)
	if resp != nil && resp.Request == marked {
		resp.Request = req
	}
	return resp, err //nolint:wrapcheck // it is the caller's
}
