// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package transport

import (
	"net/http"
	"net/url"
	"sync"

	"github.com/surefoot-go/surefoot/retry"
)

// freshConns sends the rare request that must not use a connection of the
// pool, the one after 421 Misdirected Request (RFC 9110 §15.5.20), on a
// connection of its own. [http.Transport] cannot be asked for that: the Close
// field of a request keeps its connection from being used again, not from
// having been used before. A copy of the Transport without keep-alives can. Its
// connections are not among those that MaxConnsPerHost counts. To
// empty the pool instead would take its connections from everybody else.
type freshConns struct {
	base *http.Transport

	once   sync.Once
	single *http.Transport
}

var _ http.RoundTripper = (*freshConns)(nil)

// RoundTrip sends req. All requests but those few go straight to the base.
func (f *freshConns) RoundTrip(req *http.Request) (*http.Response, error) {
	if !req.Close || !retry.FreshConn(req.Context()) || !common(req.URL) {
		return f.base.RoundTrip(req)
	}
	f.once.Do(func() {
		f.single = f.base.Clone()
		f.single.DisableKeepAlives = true
	})
	return f.single.RoundTrip(req)
}

// common reports whether a URL is not of a protocol of the user's own, which the copy
// would not know (RegisterProtocol) and which has other connections.
func common(u *url.URL) bool { return u != nil && (u.Scheme == "http" || u.Scheme == "https") }

// Unwrap returns the base.
func (f *freshConns) Unwrap() http.RoundTripper { return f.base }

// CloseIdleConnections closes those of the base; the copy keeps none.
func (f *freshConns) CloseIdleConnections() { f.base.CloseIdleConnections() }
