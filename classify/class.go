// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify

import (
	"net/http"
	"strconv"
	"time"
)

// A Class says what kind of answer an attempt got. The zero value is
// [Unknown].
type Class uint8

const (
	// Unknown is the class of an attempt that says nothing about the server:
	// the caller gave it up ([ReasonCanceled]), or it was never sent because a
	// layer refused it ([ReasonRejected]). It is neither a success nor a
	// failure, and it is not tried again.
	Unknown Class = iota

	// Success is a usable answer: 1XX, 2XX and 3XX.
	Success

	// Retryable is trouble on the server's side or on the way to it, which may
	// be gone at another try.
	Retryable

	// Terminal is a definite answer that another try would not change: most
	// 4XX, 501 and 505, a bad certificate, a host name that does not exist, a
	// request whose body cannot be read.
	Terminal
)

// String returns the class in lower case.
func (c Class) String() string {
	switch c {
	case Unknown:
		return "unknown"
	case Success:
		return "success"
	case Retryable:
		return "retryable"
	case Terminal:
		return "terminal"
	}
	return "class(" + strconv.Itoa(int(c)) + ")"
}

// A Verdict is what a [Classifier] says of one attempt. It is a plain value;
// the zero value says nothing ([Unknown]).
type Verdict struct {
	// Class is the kind of answer.
	Class Class

	// Throttled says that the server asked for fewer requests: 429, or 503
	// with a Retry-After. Retries of a throttled attempt wait longer, and 429
	// does not count against a circuit.
	Throttled bool

	// NotSent says that there is proof that no server has acted on the
	// request, so that even a request that must not be repeated may be sent
	// again: no byte of it has left, or HTTP/2 said that it was not processed.
	NotSent bool

	// RetryAfter is the wait that the server asked for. It is zero where the
	// server asked for none, and never negative.
	RetryAfter time.Duration

	// Reason says what the verdict rests on.
	Reason Reason
}

// A Classifier sorts the outcome of an attempt. Exactly one of resp and err is
// set. Classify must not keep or change the request, must leave the body of
// the response unread (or put back what it read), and is called on the
// goroutine of the call, several times for one attempt: once by each layer
// that wants to know. It must be safe for concurrent use.
type Classifier interface {
	Classify(req *http.Request, resp *http.Response, err error) Verdict
}

// Func makes a [Classifier] of a function, under the same rules: one that looks at
// what a table of statuses and codes cannot tell, and asks [Default] for the rest.
type Func func(req *http.Request, resp *http.Response, err error) Verdict

// Classify calls f.
func (f Func) Classify(req *http.Request, resp *http.Response, err error) Verdict {
	return f(req, resp, err)
}

// A Reason says what a verdict rests on. The zero value is [ReasonNone].
type Reason uint8

const (
	// ReasonNone is the reason of the zero [Verdict].
	ReasonNone Reason = iota
	// ReasonStatus is a status code.
	ReasonStatus
	// ReasonBodyCode is an error code in the body; see [WithBodyCode].
	ReasonBodyCode
	// ReasonCanceled is a call that its caller gave up.
	ReasonCanceled
	// ReasonDeadline is a call whose caller's deadline has passed.
	ReasonDeadline
	// ReasonTimeout is an attempt that took too long, by a limit other than
	// the caller's deadline.
	ReasonTimeout
	// ReasonRefused is a connection that was refused.
	ReasonRefused
	// ReasonReset is a connection that was reset or closed by the other side.
	ReasonReset
	// ReasonConnect is any other failure to connect, and a failure of a proxy
	// to do so.
	ReasonConnect
	// ReasonDNS is a name that could not be looked up for now.
	ReasonDNS
	// ReasonNoSuchHost is a name that does not exist.
	ReasonNoSuchHost
	// ReasonTLS is a TLS handshake or record that failed for another reason
	// than a certificate.
	ReasonTLS
	// ReasonCertificate is a certificate that is not trusted: the server's, or
	// the client's.
	ReasonCertificate
	// ReasonProtocol is an HTTP/2 stream or connection that the server ended,
	// or an answer that is not HTTP.
	ReasonProtocol
	// ReasonRequest is a request that cannot be sent as it is: no URL, a
	// scheme that is not supported, a malformed header, a redirect that the
	// client's policy refuses, a body that is too large or whose reader fails.
	ReasonRequest
	// ReasonRejected is a layer of the client that refused to send, such as an
	// open circuit.
	ReasonRejected
	// ReasonOther is an error that none of the other reasons describes.
	ReasonOther
)

// String returns the reason in lower case, with underscores, fit for a label.
func (r Reason) String() string {
	if int(r) < len(reasons) {
		return reasons[r]
	}
	return "reason(" + strconv.Itoa(int(r)) + ")"
}

// reasons is read-only.
var reasons = [...]string{ //nolint:gochecknoglobals // a constant table
	ReasonNone: "none", ReasonStatus: "status", ReasonBodyCode: "body_code",
	ReasonCanceled: "canceled", ReasonDeadline: "deadline",
	ReasonTimeout: "timeout", ReasonRefused: "refused", ReasonReset: "reset",
	ReasonConnect: "connect", ReasonDNS: "dns",
	ReasonNoSuchHost: "no_such_host", ReasonTLS: "tls",
	ReasonCertificate: "certificate", ReasonProtocol: "protocol",
	ReasonRequest: "request", ReasonRejected: "rejected",
	ReasonOther: "other",
}
