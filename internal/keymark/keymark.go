// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package keymark says what counts as an idempotency key, and tells the layers
// beneath of one in a header that they do not know: that of a service which has
// a name of its own for it.
package keymark

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// First returns the first of a header's values that a server can take for a key,
// or "" where there is none: it cannot know a request by a blank one.
func First(values []string) string {
	i := slices.IndexFunc(values, func(v string) bool { return strings.TrimSpace(v) != "" })
	if i < 0 {
		return ""
	}
	return values[i]
}

// Carried reports whether req carries the key that its context tells of. A
// request of its own that middleware makes with the same context, such as one
// for a new token, does not, even where it has a header of that name.
func Carried(req *http.Request) bool {
	m, _ := req.Context().Value(contextKey{}).(*marked)
	return m != nil && slices.Contains(req.Header[m.name], m.key)
}

// With returns a copy of req with another header map. Its context tells that key
// is the idempotency key, in the header of this name as it stands in the map.
func With(req *http.Request, header http.Header, name, key string) *http.Request {
	m := &marked{Context: req.Context(), name: name, key: key}
	m.req = *req.WithContext(m) //nolint:contextcheck // m is what it inherits from
	m.req.Header = header
	return &m.req
}

type contextKey struct{}

// A marked request and the context that tells of its key are one piece of memory.
type marked struct {
	context.Context //nolint:containedctx // it is a context
	name, key       string
	req             http.Request
}

// Value makes the key findable; all else is the caller's.
func (m *marked) Value(key any) any {
	if key == (contextKey{}) {
		return m
	}
	return m.Context.Value(key)
}

// String describes the context as those of the standard library do. Without it,
// to print one would print the key and the request.
func (m *marked) String() string {
	name := fmt.Sprintf("%T", m.Context)
	if s, ok := m.Context.(fmt.Stringer); ok {
		name = s.String()
	}
	return name + ".WithIdempotencyKey"
}
