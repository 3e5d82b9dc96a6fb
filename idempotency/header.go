// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package idempotency

import (
	"net/http"
	"strings"
)

// Why a header cannot carry the key.
const (
	notAToken  = "the name of a header must be a token"
	notSent    = "net/http makes this header itself, so the key would not be sent"
	notPassed  = "it is for the next hop, so a proxy takes the key away"
	notForward = "proxies write it, so the key would be changed"
	notKept    = "tracing writes it anew for each attempt, so the key would be lost"
	notFree    = "it says something else to servers, and a key in its place breaks the request"
)

// unfit returns the reason for which a header cannot carry the key, or "". A key
// that does not arrive is worse than none: the request is repeated as if it had
// one. What is not listed is the service's to name.
func unfit(header string) string {
	if !isToken(header) {
		return notAToken
	}
	header = http.CanonicalHeaderKey(header)
	switch header {
	case "Content-Length", "Host", "Trailer", "Transfer-Encoding": // http.Request.Write
		return notSent
	case "Connection", "Http2-Settings", "Keep-Alive", "Te", "Upgrade": // RFC 9110 §7.6.1
		return notPassed
	case "Forwarded", "Max-Forwards", "Via", "X-Real-Ip":
		return notForward
	case "B3", "Baggage", "Traceparent", "Tracestate", "Uber-Trace-Id", "X-Amzn-Trace-Id", "X-Cloud-Trace-Context":
		return notKept
	case "Accept", "Authorization", "Cache-Control", "Cookie", "Date", "Digest", "Early-Data", "Expect",
		"From", "If", "Origin", "Pragma", "Prefer", "Priority", "Range", "Referer", "Signature",
		"Signature-Input", "User-Agent", "X-Http-Method-Override":
		return notFree
	}
	for _, family := range [...]struct{ prefix, reason string }{
		{"Proxy-", notPassed},
		{"X-Forwarded-", notForward},
		{"X-B3-", notKept},
		{"Accept-", notFree},
		{"Access-Control-", notFree},
		{"Content-", notFree},
		{"If-", notFree},
		{"Sec-", notFree},
	} {
		if strings.HasPrefix(header, family.prefix) {
			return family.reason
		}
	}
	return ""
}
