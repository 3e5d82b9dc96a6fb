// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package rig

import "net/http"

// A Fault is what the proxy does to a request.
type Fault uint8

// The faults.
const (
	Pass            Fault = iota
	Unavailable           // a 503, nothing forwarded
	UnavailableWait       // a 503 with Retry-After: 1, nothing forwarded
	TooMany               // a 429 with Retry-After: 1, nothing forwarded
	ServerError           // a 500, nothing forwarded
	CutBefore             // the connection ends, nothing forwarded
	CutAfter              // the server has done its work, then the connection ends before an answer
	CutBody               // the connection ends in the middle of the answer's body
	Hang                  // the server has done its work, and no answer comes
	HangBody              // nothing more comes from the middle of the answer's body on
)

// Faults returns all of them but [Hangs].
func Faults() []Fault {
	return []Fault{Unavailable, UnavailableWait, TooMany, ServerError, CutBefore, CutAfter, CutBody}
}

// Hangs returns those after which nothing comes until the client gives up. They
// take the client's patience each time, and have a run of their own in which it is
// short.
func Hangs() []Fault { return []Fault{Hang, HangBody} }

// String names f as the tables do.
func (f Fault) String() string {
	switch f {
	case Pass:
		return "pass"
	case Unavailable:
		return "503"
	case UnavailableWait:
		return "503 with Retry-After"
	case TooMany:
		return "429 with Retry-After"
	case ServerError:
		return "500"
	case CutBefore:
		return "cut before"
	case CutAfter:
		return "cut after"
	case CutBody:
		return "cut body"
	case Hang:
		return "hang"
	case HangBody:
		return "hang body"
	}
	return "?"
}

// status returns what f answers itself, or 0.
func (f Fault) status() int {
	switch f {
	case Unavailable, UnavailableWait:
		return http.StatusServiceUnavailable
	case TooMany:
		return http.StatusTooManyRequests
	case ServerError:
		return http.StatusInternalServerError
	case Pass, CutBefore, CutAfter, CutBody, Hang, HangBody:
	}
	return 0
}

// waits reports whether f costs a second, which the short form avoids.
func (f Fault) waits() bool { return f == UnavailableWait || f == TooMany }
