// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package classify says what the outcome of one attempt means: a usable
// answer, trouble that may pass, or a definite no. The layers of surefoot act
// on that and on nothing else, so whoever disagrees with a status code or an
// error code changes it here, once, for all of them.
//
//	v := classify.Default().Classify(req, resp, err)
//	if v.Class == classify.Retryable && v.NotSent {
//		// Any request may be sent again, a POST too.
//	}
//
// # Status codes
//
//	1XX 2XX 3XX           Success
//	408 421 425 429       Retryable (429 also Throttled)
//	every other 4XX       Terminal
//	501 505               Terminal
//	every other 5XX       Retryable (503 with a Retry-After also Throttled)
//	below 100, above 599  Retryable, as a 5XX
//
// The sources are RFC 9110 §15 and, for 425 and 429, RFC 8470 §5.2 and RFC
// 6585 §4. 501 and 505 say that the server will never do it. A number outside
// of 100 to 599 is not a status code, and RFC 9110 §15 asks clients to take it
// for a 5XX. [WithStatus] and [WithBodyCode] change the table.
//
// # Errors
//
// The first line that fits decides.
//
//	a layer that refused to send          Unknown    ReasonRejected
//	the caller gave up                    Unknown    ReasonCanceled
//	the caller's deadline has passed      Retryable  ReasonDeadline
//	the request's body could not be read  Terminal   ReasonRequest
//	any other timeout                     Retryable  ReasonTimeout
//	no such host                          Terminal   ReasonNoSuchHost
//	any other failed look-up              Retryable  ReasonDNS
//	a certificate that is not trusted     Terminal   ReasonCertificate
//	a bad request or a refused redirect   Terminal   ReasonRequest
//	TLS that the two sides disagree on    Terminal   ReasonTLS
//	any other broken handshake            Retryable  ReasonTLS
//	a connection that was refused         Retryable  ReasonRefused
//	any other failure to connect          Retryable  ReasonConnect
//	HTTP/2 not allowed by the server      Terminal   ReasonProtocol
//	an HTTP/2 stream or connection ended  Retryable  ReasonProtocol
//	a reset, or an end too early          Retryable  ReasonReset
//	anything else                         Retryable  ReasonOther
//
// An error is known by its type. Where net/http makes plain errors that have
// none, it is known by its text, and a test that provokes the real error
// notices when the text changes.
//
// That the request's body could not be read says nothing of the server: who uploads
// through a proxy could otherwise take a healthy one away from everybody else. Net/http
// returns the error of the body's reader as that of the attempt. An
// [http.MaxBytesError] can be nobody else's; the others are known for the reader's
// where a layer of this module has watched it read, which package breaker does with
// bodies that have no GetBody.
//
// NotSent is claimed with proof only: the connection was never made, or an HTTP/2
// connection that is going away said that it will not look at the request. A
// stream that was refused is no proof, because proxies refuse streams whose
// request has been carried out. An error that
// went through an [http.Client] (a [url.Error]) or that joins several proves
// nothing, because the client may have followed a redirect, and because one of
// several attempts may have arrived.
//
// # Error codes
//
// [ErrorFrom] makes a typed error of a response, so that a program can tell a
// declined card from a wrong number. It reads at most 64 KiB and puts them
// back.
//
// # What it never does
//
// It never changes a request, never consumes a body, never reads one unless
// asked for ([ErrorFrom], [WithBodyCode]), starts no goroutine and keeps no
// state. For a status code, and for the errors of a connection, it allocates
// nothing.
package classify
