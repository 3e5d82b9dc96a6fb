// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify

import (
	"context"
	"errors"
	"net/http"
)

// A fact is what one error in a tree of wrapped errors says. Facts of the
// whole tree are joined by bits, and the first line of errorRules that fits
// decides.
type fact uint32

const (
	factRejected    fact = 1 << iota // a layer of the client refused to send
	factCanceled                     // somebody gave the attempt up
	factTimeout                      // by a type, an errno, or a resolver
	factNoHost                       // the name does not exist
	factDNS                          // the name could not be looked up
	factCertificate                  // not trusted, by either side
	factRequest                      // cannot be sent as it is
	factTLSFinal                     // the two sides do not agree on TLS
	factTLS                          // a handshake or a record that broke
	factRefused                      // ECONNREFUSED
	factConnect                      // no connection was made
	factHTTP1                        // the server does not want HTTP/2, or not like this
	factProtocol                     // HTTP/2 ended it, or it is not HTTP
	factReset                        // the connection went away
	factNotSent                      // no server has acted on the request
	factNoProof                      // and yet: not the only request, maybe
)

// errorRules are in the order in which they decide. Where several fit, the
// earlier one is the cause or the more definite: a dial that timed out is a
// timeout, and a proxy whose certificate is bad is no failure to connect.
var errorRules = [...]struct { //nolint:gochecknoglobals // a constant table
	fact   fact
	class  Class
	reason Reason
}{
	{factRejected, Unknown, ReasonRejected},
	{factCanceled, Unknown, ReasonCanceled},
	{factTimeout, Retryable, ReasonTimeout},
	{factNoHost, Terminal, ReasonNoSuchHost},
	{factDNS, Retryable, ReasonDNS},
	{factCertificate, Terminal, ReasonCertificate},
	{factRequest, Terminal, ReasonRequest},
	{factTLSFinal, Terminal, ReasonTLS},
	{factTLS, Retryable, ReasonTLS},
	{factRefused, Retryable, ReasonRefused},
	{factConnect, Retryable, ReasonConnect},
	{factHTTP1, Terminal, ReasonProtocol},
	{factProtocol, Retryable, ReasonProtocol},
	{factReset, Retryable, ReasonReset},
}

// A rejecter is the error of a layer that can refuse to send, such as an open
// circuit's.
type rejecter interface{ Rejected() bool }

// ofError returns the verdict on an attempt that ended with an error. Resp is
// nil but for one case, in which net/http returns both.
func ofError(req *http.Request, resp *http.Response, err error) Verdict {
	// A rejection comes as it is. An open circuit has to reject many, and for
	// little, so it is not looked for in a tree.
	if r, ok := err.(rejecter); ok && r.Rejected() { // wrapped ones are found below
		return Verdict{Class: Unknown, Reason: ReasonRejected, NotSent: true}
	}
	facts := factsOf(err)
	v := facts.verdict()
	if facts&factRejected != 0 {
		// Before the context: an attempt that was never made must not count
		// as a failure of the host because the time ran out meanwhile.
		return v
	}
	if req != nil {
		switch ended := req.Context().Err(); {
		case ended == nil:
		case errors.Is(ended, context.DeadlineExceeded):
			v.Class, v.Reason = Retryable, ReasonDeadline
			return v
		default:
			v.Class, v.Reason = Unknown, ReasonCanceled
			return v
		}
		if readerFailed(req) {
			return Verdict{Class: Terminal, Reason: ReasonRequest}
		}
	}
	if resp != nil && resp.StatusCode/100 == 3 {
		// http.Client.Do: "A non-nil Response with a non-nil error only occurs
		// when CheckRedirect fails". It would fail again.
		return Verdict{Class: Terminal, Reason: ReasonRequest}
	}
	return v
}

// A teller is the body of a request that knows whether its reader has failed.
// Package internal/upload makes them. Net/http returns the error of a reader as
// that of the attempt, and nothing else tells them apart.
type teller interface{ ReaderFailed() bool }

func readerFailed(req *http.Request) bool {
	body, ok := req.Body.(teller)
	return ok && body.ReaderFailed()
}

// verdict applies the rules. An error that none of them knows is retryable:
// only requests that may be repeated are tried again, so being wrong costs a
// few attempts, where not retrying would cost the call. Net/http looks no
// closer when it repeats such requests on a connection that has failed.
func (f fact) verdict() Verdict {
	v := Verdict{Class: Retryable, Reason: ReasonOther}
	for i := range errorRules {
		if rule := &errorRules[i]; f&rule.fact != 0 {
			v.Class, v.Reason = rule.class, rule.reason
			break
		}
	}
	v.NotSent = f&(factNotSent|factNoProof) == factNotSent
	return v
}

// factsOf walks the tree of an error once, which is several times cheaper than
// an errors.As for every type, and allocates nothing.
func factsOf(err error) fact {
	w := walk{left: maxErrors}
	w.visit(err)
	return w.facts
}

// maxErrors bounds the walk, in case an error wraps itself.
const maxErrors = 100

type walk struct {
	facts fact
	left  int
}

func (w *walk) visit(err error) {
	for err != nil {
		if w.left--; w.left < 0 {
			w.facts |= factNoProof
			return
		}
		facts, more := look(err)
		w.facts |= facts
		if !more {
			return
		}
		switch e := err.(type) { //nolint:errorlint // the walk unwraps
		case interface{ Unwrap() error }:
			err = e.Unwrap()
		case interface{ Unwrap() []error }:
			w.facts |= factNoProof
			for _, err := range e.Unwrap() {
				w.visit(err)
			}
			return
		default:
			w.facts |= textFacts(err)
			return
		}
	}
}
