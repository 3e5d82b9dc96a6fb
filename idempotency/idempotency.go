// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package idempotency

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/trip"
)

// legacyHeader counts as a mark in net/http, as DefaultHeader does.
const legacyHeader = "X-Idempotency-Key"

// Keys gives calls their keys. It holds no state of its calls, so one value
// may wrap any number of RoundTrippers. It is safe for concurrent use if its
// generator and observer are. The zero value is not usable; call [New].
type Keys struct {
	cfg config // read-only
}

// New returns a Keys. On a mistake it is nil, and the error holds a
// [*ConfigError] for each.
func New(opts ...Option) (*Keys, error) {
	cfg := newConfig(opts)
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	cfg.header = http.CanonicalHeaderKey(cfg.header)
	return &Keys{cfg: cfg}, nil
}

// Wrap returns a RoundTripper that sends through next, or through
// [http.DefaultTransport] where next is nil. What it returns is safe for
// concurrent use if next is.
func (k *Keys) Wrap(next http.RoundTripper) http.RoundTripper {
	return &tripper{keys: k, next: trip.OrDefault(next)}
}

type tripper struct {
	keys *Keys
	next http.RoundTripper
}

var _ http.RoundTripper = (*tripper)(nil)

// Unwrap returns the next layer.
func (t *tripper) Unwrap() http.RoundTripper { return t.next }

// CloseIdleConnections passes the call on.
func (t *tripper) CloseIdleConnections() { trip.CloseIdle(t.next) }

// RoundTrip sends req, or a copy of it with a key where it has none.
func (t *tripper) RoundTrip(req *http.Request) (*http.Response, error) {
	if !t.keys.wanted(req) {
		return t.next.RoundTrip(req)
	}
	keyed := t.keys.assign(req)
	if keyed == nil {
		return t.next.RoundTrip(req)
	}
	resp, err := t.next.RoundTrip(keyed)
	if resp != nil && resp.Request == keyed {
		resp.Request = req
	}
	return resp, err
}

// wanted reports whether req is to get a key. A nil header map is an error in
// net/http, and making one here would hide it.
func (k *Keys) wanted(req *http.Request) bool {
	return req.Header != nil && slices.Contains(k.cfg.methods, req.Method) && !k.marked(req.Header)
}

// marked goes through the map, because a header that was put there under a
// name in lower case is sent like any other. Where the service has a header of its
// own, a key in another one is no key to it.
func (k *Keys) marked(h http.Header) bool {
	for name := range h {
		if strings.EqualFold(name, k.cfg.header) ||
			!k.custom() && (strings.EqualFold(name, DefaultHeader) || strings.EqualFold(name, legacyHeader)) {
			return true
		}
	}
	return false
}

// custom reports whether the service has a header of its own.
func (k *Keys) custom() bool {
	return !strings.EqualFold(k.cfg.header, DefaultHeader) && !strings.EqualFold(k.cfg.header, legacyHeader)
}

// assign returns a copy of req with a key, or nil where there is no key.
func (k *Keys) assign(req *http.Request) *http.Request {
	key := k.cfg.generate()
	if !isKey(key) {
		if key != "" && observe.Listening(k.cfg.observer) {
			k.emit(req, observe.Misconfigured, "idempotency: the generator made a key that cannot be sent; "+
				"the call goes without one")
		}
		return nil
	}
	keyed := new(http.Request)
	*keyed = *req
	keyed.Header = maps.Clone(req.Header)
	if _, there := keyed.Header[DefaultHeader]; k.custom() && !there {
		keyed.Header[DefaultHeader] = nil // a mark for net/http and retries; nothing is sent
	}
	keyed.Header[k.cfg.header] = []string{k.cfg.format.write(key)}
	if observe.Listening(k.cfg.observer) {
		k.emit(req, observe.KeyAssigned, "")
	}
	return keyed
}

func (k *Keys) emit(req *http.Request, kind observe.Kind, detail string) {
	observe.Emit(k.cfg.observer, observe.Event{
		Kind:    kind,
		Context: req.Context(),
		Method:  req.Method,
		Detail:  detail,
	})
}
