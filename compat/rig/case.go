// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package rig runs an SDK against a real server through a proxy that makes
// trouble, once as the SDK comes out of the box and once with surefoot.
//
// # How to write a case
//
// A case is a small package compat/<sdk> with one exported function,
//
//	func Case() rig.Case
//
// and a region of about ten lines between "// docs:begin install" and
// "// docs:end install", used by Install, which the documents show.
//
// Start makes a fresh server for each run, most easily by [Serve]. Install
// builds the SDK's client as its users would; it must send everything to
// Env.URL, which is the proxy. The ops of the session then run one after
// another, each many times: without trouble for the reference, and with each
// [Fault] on its first request (or a later one). Therefore
//
//   - an op must not need another op: what it needs is made by its Before, which
//     the proxy lets through and does not record;
//   - an op must work any number of times (use Before to clean up, or new names
//     that do not show in the result);
//   - its result is a canonical text of what the SDK returned, without random
//     ids, dates and addresses, the same each time;
//   - a write is an op whose POST or PATCH changes something on the server. Only
//     of these are doubled ones counted. An op that is a POST and only reads has
//     Write unset.
//
// With surefoot every op must complete under every fault and give the reference
// result, except for what Case.Failures names: there it must fail, and with
// that error. Typical ones:
//
//   - a POST without an idempotency key: it fails under all of [Faults], for it may
//     not be sent again ("503", "429", "500", "EOF");
//   - a DELETE under CutAfter: the second one meets a 404.
//
// [CutBody] is beyond any RoundTripper: the response was handed over already. An
// op may complete (with the reference result) or fail; it must complete only if
// Op.Resumes says that the SDK takes a download up again by itself.
//
// # What hangs, and what is left
//
// The same ops meet [Hangs] with surefoot and an attempt timeout. A [Hang] is a
// [CutAfter] that nobody notices until the timeout: the same ops fail, with the same
// error where a second attempt finds the work done, and with the timeout's where
// there is none. [HangBody] comes after the answer was handed over, where only the
// caller's own deadline ends it.
//
// After every run with surefoot no connection may be left at the proxy but those
// that a pool holds idle, and no goroutine that the run has started but theirs; and
// none at all when the proxy is gone. What the SDK leaves by itself is its own.
package rig

import (
	"context"
	"net/http"
	"time"

	"github.com/surefoot-go/surefoot/transport"
)

// A Case is one SDK with what it is run against.
type Case struct {
	// Name is the SDK's, as its users say it: "stripe-go".
	Name string
	// Module is its module path; the version is read from the build.
	Module string
	// Page is the name of its page without directory and suffix:
	// "sdk-payments-and-rest".
	Page string
	// Server says what it is run against: "stripe-mock 0.197.0".
	Server string
	// Installed says in a few words how surefoot gets in: "Backends.HTTPClient".
	Installed string
	// OwnRetries says which retries the SDK brings and how they are switched off:
	// "2; MaxNetworkRetries = 0". It is "none" where there are none.
	OwnRetries string
	// OptIn says that the SDK has retries that are off unless asked for, which Env.Eager
	// does.
	OptIn bool

	// H2C makes the proxy speak HTTP/2 without TLS to both sides, besides HTTP/1.
	H2C bool
	// Faults are those that the case is run with. Nil means all of [Faults].
	Faults []Fault
	// Answer gives the body that this service would send with a status, and what
	// headers go with it. Nil, or a nil header, means a line of plain text, as load
	// balancers send; the server that is dead always answers like that.
	Answer func(status int) (http.Header, string)

	// Start makes a fresh server.
	Start func() (Server, error)
	// Install makes a client of the SDK, and what is done with it.
	Install func(Env) (Session, error)
	// Failures are the ops that are to fail although surefoot is there.
	Failures []Failure
}

// A Server is what the proxy stands in front of.
type Server struct {
	URL   string // such as http://127.0.0.1:1234, without a slash at the end
	Close func() // may be nil
}

// Env says what Install is to build.
type Env struct {
	// URL is the proxy's, http://127.0.0.1:port. Nothing may go elsewhere.
	URL string
	// Surefoot asks for surefoot beneath the SDK, transport.New with its defaults.
	// Without it the SDK is left with the client that it brings.
	Surefoot bool
	// OwnRetries leaves the SDK's own retries as they come. Without it they are
	// switched off as the SDK documents it.
	OwnRetries bool
	// Eager asks for retries that are off unless asked for, as the SDK's documents
	// show it. It comes with OwnRetries: with Surefoot, to see what becomes of
	// somebody who has both; without it, where Case.OptIn says that there are any.
	Eager bool
	// AttemptTimeout is the one that is among Options; 0 means none.
	AttemptTimeout time.Duration
	// Options are for transport.New besides what the case gives it, where there is
	// Surefoot: an attempt timeout in the run with [Hangs]. Without them it has its
	// defaults.
	Options []transport.Option
}

// A Session is a client of the SDK in use.
type Session struct {
	Ops   []Op
	Close func() error // may be nil; its error is a problem
}

// An Op is one thing that is done with the SDK.
type Op struct {
	Name string
	// Write marks an op whose POST or PATCH changes something.
	Write bool
	// Resumes marks one that must complete under [CutBody].
	Resumes bool
	// Deaf says why its requests do not end with the context that Do is given: such
	// an op does not meet [HangBody], which only that ends.
	Deaf string
	// Nested says that its first request is made within an attempt at the second,
	// whose timeout runs at the same time.
	Nested bool
	// Before makes what Do needs. The proxy lets it through. It may be nil.
	Before func(context.Context) error
	// Do returns a canonical text of the SDK's answer.
	Do func(context.Context) (string, error)
}

// A Failure is an op that is to fail with surefoot under some faults.
type Failure struct {
	Op     string
	Faults []Fault // nil means all of [Faults] but [CutBody]; CutAfter means [Hang] too
	At     int     // only if request number At of the op is struck; 0 means any
	Err    string  // what the error's text contains
	Hang   string  // and under [Hang], where the call is not sent again; empty for the timeout's own text
	Why    string
}
