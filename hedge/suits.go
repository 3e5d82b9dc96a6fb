// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package hedge

import (
	"net/http"
	"strings"

	"github.com/surefoot-go/surefoot/internal/wish"
)

// suits reports whether a request may be sent twice at a time, and would gain
// by it. A hedge is not hedged again, however many layers there are.
func suits(req *http.Request) bool {
	return safe(req.Method) && replayable(req) && !upgrades(req.Header) && !streams(req.Header) &&
		marksOf(req.Context()) == 0 && wish.Of(req.Context()) != wish.Never
}

// methodQuery is RFC 10008's: safe, and it has a body.
const methodQuery = "QUERY"

// safe reports whether a method only reads: RFC 9110 §9.2.1, and RFC 10008 for
// QUERY. That it is idempotent is not enough here: of two PUTs in flight the
// loser may be carried out after a later call's. The empty method means GET in
// net/http.
func safe(method string) bool {
	switch method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, methodQuery:
		return true
	}
	return false
}

// replayable reports whether each attempt can have a body of its own. Trailers
// belong to the reading of one body, so a request that has them is sent once.
func replayable(req *http.Request) bool {
	return (req.Body == nil || req.Body == http.NoBody || req.GetBody != nil) && len(req.Trailer) == 0
}

// upgrades reports whether the request asks for another protocol. What follows
// is a conversation, and no answer.
func upgrades(h http.Header) bool {
	return len(h["Upgrade"]) > 0 || anyToken(h["Connection"], "upgrade")
}

// streams reports whether the answer is to be a stream of events, which costs
// the server for as long as it lasts.
func streams(h http.Header) bool { return anyToken(h["Accept"], "text/event-stream") }

// anyToken reports whether a header's list has the token, in any case and with
// any parameters.
func anyToken(values []string, token string) bool {
	for _, value := range values {
		for value != "" {
			var item string
			item, value, _ = strings.Cut(value, ",")
			item, _, _ = strings.Cut(item, ";")
			if strings.EqualFold(strings.TrimSpace(item), token) {
				return true
			}
		}
	}
	return false
}
