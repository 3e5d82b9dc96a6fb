// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package trip

import "net/http"

// Middleware wraps a RoundTripper in another. It is an alias of the plain
// function type, so functions of that type need no conversion. A Middleware
// is called once for each stack that is built, never once for each request.
type Middleware = func(next http.RoundTripper) http.RoundTripper

// Func adapts a function to an [http.RoundTripper]. A nil Func panics when it
// is called, as a nil function does. A Func is safe for concurrent use if the
// function is.
type Func func(*http.Request) (*http.Response, error)

var _ http.RoundTripper = Func(nil)

// RoundTrip calls f.
func (f Func) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// Chain joins middleware into one. The first is the outermost: it sees the
// request first and the response last, so
//
//	Chain(a, b, c)(base)
//
// equals a(b(c(base))). Nil middleware are skipped, and so is one that returns
// nil; the argument slice is copied. A chain of nothing returns its base
// unchanged, and a nil base stands for [http.DefaultTransport]. The Middleware
// that Chain returns may be used many times and from many goroutines if those
// it is made of may.
func Chain(middleware ...Middleware) Middleware {
	layers := make([]Middleware, 0, len(middleware))
	for _, m := range middleware {
		if m != nil {
			layers = append(layers, m)
		}
	}
	return func(next http.RoundTripper) http.RoundTripper {
		next = OrDefault(next)
		for i := len(layers) - 1; i >= 0; i-- {
			if layer := layers[i](next); layer != nil {
				next = layer
			}
		}
		return next
	}
}

// OrDefault returns rt, or [http.DefaultTransport] where rt is nil, which is
// what [http.Client] does with a nil Transport.
func OrDefault(rt http.RoundTripper) http.RoundTripper {
	if rt == nil {
		return http.DefaultTransport
	}
	return rt
}

// Unwrap returns the RoundTripper beneath rt, if rt tells it by a method
//
//	Unwrap() http.RoundTripper
//
// as all layers of surefoot do, and nil otherwise.
func Unwrap(rt http.RoundTripper) http.RoundTripper {
	if u, ok := rt.(interface{ Unwrap() http.RoundTripper }); ok {
		return u.Unwrap()
	}
	return nil
}

// maxDepth bounds every walk down a stack, in case a stack contains itself.
const maxDepth = 64

// Walk calls visit for rt and for each RoundTripper that can be reached from it
// by [Unwrap], from the outermost to the innermost, until visit returns false.
// It goes no deeper than 64 layers.
func Walk(rt http.RoundTripper, visit func(http.RoundTripper) bool) {
	for range maxDepth {
		if rt == nil || !visit(rt) {
			return
		}
		rt = Unwrap(rt)
	}
}

// Base returns the innermost RoundTripper that [Walk] reaches from rt, which is
// rt itself where it tells nothing.
func Base(rt http.RoundTripper) http.RoundTripper {
	base := rt
	Walk(rt, func(rt http.RoundTripper) bool {
		base = rt
		return true
	})
	return base
}

// CloseIdle calls CloseIdleConnections on rt, if it has that method.
// [http.Client.CloseIdleConnections] looks for the method on the outermost
// RoundTripper only, so each layer has to pass the call on.
func CloseIdle(rt http.RoundTripper) {
	if c, ok := rt.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}
