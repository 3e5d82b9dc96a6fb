// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package idempotency

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/surefoot-go/surefoot/internal/keymark"
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
	keyed := t.keys.keyed(req)
	resp, err := t.next.RoundTrip(keyed)
	if resp != nil && resp.Request == keyed {
		resp.Request = req
	}
	return resp, err
}

// keyed returns what is to be sent: req itself, where there is nothing to add. A
// nil header map is an error in net/http, and making one here would hide it.
func (k *Keys) keyed(req *http.Request) *http.Request {
	if req.Header == nil || !slices.Contains(k.cfg.methods, req.Method) {
		return req
	}
	switch name, key, declined := k.find(req.Header); {
	case key != "":
		return k.tell(req, name, key)
	case declined && !keymark.Carried(req): // or it is the mark of such a layer further out
		return req
	}
	return k.assign(req)
}

// find returns the key that the request has, with the name of its header as it
// stands in the map, and whether the caller wants none. It goes through the map,
// because a header that was put there under a name in lower case is sent like
// any other.
func (k *Keys) find(h http.Header) (name, key string, declined bool) {
	for n, values := range h {
		switch {
		case !k.served(n) && !known(n):
		case len(values) == 0:
			declined = true
		case k.served(n) && keymark.First(values) != "":
			name, key = n, keymark.First(values)
		}
	}
	return name, key, declined
}

// served reports whether the service looks for a key in a header. Where it has
// one of its own, a key in another is no key to it.
func (k *Keys) served(name string) bool {
	return strings.EqualFold(name, k.cfg.header) || !k.custom() && known(name)
}

// custom reports whether the service has a header of its own.
func (k *Keys) custom() bool { return !known(k.cfg.header) }

// known reports whether net/http and retries know a header by its name.
func known(name string) bool {
	return strings.EqualFold(name, DefaultHeader) || strings.EqualFold(name, legacyHeader)
}

// tell sees to it that the layers beneath know of a key that the caller has set.
func (k *Keys) tell(req *http.Request, name, key string) *http.Request {
	if !k.custom() || keymark.Carried(req) {
		return req
	}
	return keymark.With(req, mark(maps.Clone(req.Header)), name, key)
}

// mark says in the words of net/http that the request may be repeated. Nothing
// is sent.
func mark(h http.Header) http.Header {
	if _, there := h[DefaultHeader]; !there {
		h[DefaultHeader] = nil
	}
	return h
}

// assign returns a copy of req with a key, or req where there is no key.
func (k *Keys) assign(req *http.Request) *http.Request {
	key := k.cfg.generate()
	if !isKey(key) {
		if key != "" && observe.Listening(k.cfg.observer) {
			k.emit(req, observe.Misconfigured, "idempotency: the generator made a key that cannot be sent; "+
				"the call goes without one")
		}
		return req
	}
	header := maps.Clone(req.Header)
	maps.DeleteFunc(header, func(name string, _ []string) bool { return k.served(name) }) // blank ones
	value := k.cfg.format.write(key)
	header[k.cfg.header] = []string{value}
	if observe.Listening(k.cfg.observer) {
		k.emit(req, observe.KeyAssigned, "")
	}
	if k.custom() {
		return keymark.With(req, mark(header), k.cfg.header, value)
	}
	keyed := new(http.Request)
	*keyed = *req
	keyed.Header = header
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
