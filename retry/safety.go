// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry

import (
	"net/http"
	"strings"

	"github.com/surefoot-go/surefoot/internal/keymark"
)

// methodQuery is RFC 10008's: safe, and it has a body.
const methodQuery = "QUERY"

// idempotent reports whether a method may be repeated by its definition: RFC
// 9110 §9.2.2, and RFC 10008 for QUERY. Methods are case-sensitive, and the
// empty one means GET in net/http.
func idempotent(method string) bool {
	switch method {
	case "", http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete,
		http.MethodOptions, http.MethodTrace, methodQuery:
		return true
	}
	return false
}

// hasKey reports whether the request carries an idempotency key. As in net/http,
// a key with an empty list of values marks the request without sending a
// header. Unlike there, a header that is sent without a value does not count:
// the server would see no key, and do the work twice.
func hasKey(req *http.Request) bool {
	return marks(req.Header, keyHeader) || marks(req.Header, keyHeaderX) || sendsKey(req)
}

// The names of the header, in the canonical form: net/http looks for no other. A
// service may have one of its own; see [sendsKey].
const (
	keyHeader  = "Idempotency-Key"
	keyHeaderX = "X-Idempotency-Key"
)

func marks(h http.Header, name string) bool {
	values, ok := h[name]
	return ok && len(values) == 0
}

// sendsKey reports whether the server gets to see an idempotency key: in a header
// of these names, or in another one that a layer further out tells of.
func sendsKey(req *http.Request) bool {
	return keymark.First(req.Header[keyHeader]) != "" || keymark.First(req.Header[keyHeaderX]) != "" ||
		keymark.Carried(req)
}

// vetoed reports whether the server forbids a retry of its own accord.
func vetoed(resp *http.Response) bool {
	return resp != nil && (isFalse(resp.Header, "X-Should-Retry") || isFalse(resp.Header, "Stripe-Should-Retry"))
}

func isFalse(h http.Header, name string) bool {
	values := h[name]
	return len(values) > 0 && strings.EqualFold(strings.TrimSpace(values[0]), "false")
}
