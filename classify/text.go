// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify

import (
	"io"
	"reflect"
	"strings"
)

// This file is the only one that looks at the text of an error. Each text is
// that of a plain error of net/http or of its copy of golang.org/x/net/http2,
// which has no type, no exported variable, and no method to tell it by. The
// tests provoke every one of them.

// knownTexts are compared with the whole text, or with its beginning where
// that is all that is constant.
var knownTexts = [...]struct { //nolint:gochecknoglobals // a constant table
	text  string
	begin bool
	fact  fact
}{
	// A request that cannot be sent, found before anything is sent.
	{"http: nil Request.URL", false, factRequest},
	{"http: nil Request.Header", false, factRequest},
	{"http: no Host in request URL", false, factRequest},
	{"http: Request.RequestURI can't be set in client requests", false, factRequest},
	{"unsupported protocol scheme ", true, factRequest},
	{"net/http: invalid method ", true, factRequest},
	{"net/http: invalid header field ", true, factRequest},
	{"net/http: invalid trailer field ", true, factRequest},
	{"invalid Trailer key ", true, factRequest},
	{"net/http: can't write control character in Request.URL", false, factRequest},
	{"http: invalid Host header", false, factRequest},
	{"http: Request.ContentLength=", true, factRequest},
	{"request header list larger than peer's advertised limit", false, factRequest},
	// The same, found while the body was sent.
	{"http: ContentLength=", true, factRequest},
	{"http2: request body larger than specified content length", false, factRequest},
	// The redirect policy of an http.Client beneath.
	{"stopped after 10 redirects", false, factRequest},

	// Request.Cancel and Transport.CancelRequest, both deprecated.
	{"net/http: request canceled", false, factCanceled},
	{"net/http: request canceled while waiting for connection", false, factCanceled},

	// The connection was lost.
	{"http: server closed idle connection", false, factReset},
	{"http2: client connection lost", false, factReset},

	// A new connection that broke before the first stream was opened.
	{"http2: client conn could not be established", false, factConnect | factNotSent},

	// GOAWAY with a last stream below this one: the server has not processed
	// this request and will not (RFC 9113 §6.8). The second is for the first
	// stream of a connection; http.Transport repeats the request where it gets
	// the first, but http.ClientConn and golang.org/x/net/http2 return it.
	{"http2: Transport received Server's graceful shutdown GOAWAY", false, factProtocol | factNotSent},
	{"http2: Transport received GOAWAY from server ErrCode:", true, factProtocol | factNotSent},
	// Here the proof is lost: the error may also be a PROTOCOL_ERROR.
	{"http2: Transport: cannot retry err [", true, factProtocol},

	// An answer that is not HTTP, or that was cut within its first line.
	{"malformed HTTP ", true, factProtocol},
}

// textFacts knows plain errors, those made by errors.New or by fmt.Errorf. An
// error of any other type that happens to have the same text is not meant.
func textFacts(err error) fact {
	if reflect.TypeOf(err) != reflect.TypeOf(io.EOF) {
		return 0
	}
	text := err.Error()
	for i := range knownTexts {
		known := &knownTexts[i]
		if text == known.text || known.begin && strings.HasPrefix(text, known.text) {
			return known.fact
		}
	}
	return 0
}

// timeoutFacts tells the timeout of a TLS handshake, which proves that nothing
// was sent, from the others. Its type is an empty struct, as few are.
func timeoutFacts(err error) fact {
	if v := reflect.ValueOf(err); v.Kind() != reflect.Struct || v.NumField() != 0 {
		return 0
	}
	if err.Error() == "net/http: TLS handshake timeout" {
		return factNotSent
	}
	return 0
}
