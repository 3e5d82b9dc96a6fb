// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify

import "reflect"

// The error codes of RFC 9113 §7 that stand out.
const (
	inadequateSecurity = 0xc
	http11Required     = 0xd
)

// http2Facts knows the errors of HTTP/2 by their shape. Net/http has its own
// copy of golang.org/x/net/http2 with unexported types, so there is no type to
// name; errors.As works by the shape there too, and not at all in the original.
func http2Facts(err error) fact {
	v := reflect.ValueOf(err)
	switch v.Kind() { //nolint:exhaustive // errors of HTTP/2 have these two
	case reflect.Struct:
		if v.NumField() != 3 {
			return 0
		}
	case reflect.Uint32:
		if v.Type().Name() == "http2ConnectionError" || v.Type().Name() == "ConnectionError" {
			return factProtocol
		}
		return 0
	default:
		return 0
	}
	switch {
	case hasUint32(v, 0, "StreamID") && hasUint32(v, 1, "Code"):
		return streamFacts(v.Field(1).Uint())
	case hasUint32(v, 0, "LastStreamID") && hasUint32(v, 1, "ErrCode"):
		// The server sent GOAWAY and closed the connection. Streams above the
		// last one end with another error (see text.go); this one comes to
		// those that the server may have seen.
		return factProtocol
	}
	return 0
}

func hasUint32(v reflect.Value, i int, name string) bool {
	return v.Type().Field(i).Name == name && v.Field(i).Kind() == reflect.Uint32
}

// streamFacts sorts the code with which a stream was reset. PROTOCOL_ERROR is
// retryable as in net/http, which repeats such a request on a new connection
// (https://go.dev/issue/47635).
//
// REFUSED_STREAM should prove that nothing was done ("prior to any processing
// having occurred", RFC 9113 §8.7), and is no proof here: HAProxy 2.6 sends it
// when the server behind it did the work and hung up without an answer
// (compat/servers shows it). What is safe anyway is sent again all the same.
func streamFacts(code uint64) fact {
	switch code {
	case inadequateSecurity, http11Required:
		return factHTTP1 // net/http would use HTTP/2 again
	}
	return factProtocol
}
