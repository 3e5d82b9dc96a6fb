// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package triptest checks RoundTrippers, as testing/fstest checks file
// systems.
//
// The documentation of [http.RoundTripper] is short and the mistakes are many:
// bodies that nobody closes, requests that are written to, answers that become
// errors, POSTs that are sent twice. One line finds them in any wrapper, from
// any library:
//
//	func TestConformance(t *testing.T) {
//		triptest.Run(t, func(next http.RoundTripper) http.RoundTripper {
//			return mylayer.New(next)
//		})
//	}
//
// # Clauses
//
// What is checked is cut into clauses. Each has a name, which is that of its
// subtest, says in one sentence what has to hold, and names its source: the
// documentation of net/http, an RFC, or the issue of a library that broke it.
// [Clauses] lists them.
//
//	request/    the request reaches the base as it is, and its body is closed
//	response/   the response comes back as it is: streams, trailers, upgrades
//	context/    cancellation, causes, deadlines and values
//	safety/     what must not be sent twice is sent once
//	retry/      what a retry has to do, and when to end
//	retry-after/  how it heeds the server's wish
//	circuit/    what a circuit breaker has to do
//	timeout/    what a limit to an attempt's time has to do
//	hedge/      what a second attempt of a slow request has to do
//	key/        what a layer that gives idempotency keys has to do
//	lifecycle/  panics, goroutines, concurrent use, CloseIdleConnections
//	client/     beneath an http.Client: redirects, cookies, Timeout
//	wire/       over real transports: HTTP/1.1, HTTP/2, resets, early answers
//
// Every clause can fail: the tests of this package hold a wrapper that breaks
// it.
//
// # What the wrapper is meant to do
//
// Without options a wrapper has to be transparent: what it is given it sends,
// once, and what comes back it returns. That is right for one that logs or
// measures. Whatever else a wrapper does it has to declare, and is then held
// to it: [Retries], [RetriesMethods], [RetriesKeyed], [Buffers], [Circuit],
// [CircuitPerHost], [TimesOut], [Hedges], [AddsKeys], [Composes],
// [MayChangeRequest], [MayChangeResponse]. A clause that a wrapper breaks on
// purpose is left out by [Skip], with a reason.
//
// # Time
//
// Each clause runs in a bubble of [testing/synctest], over a base that is
// scripted or a server in memory. Hours of backoff take no time, and the whole
// list takes less than a second for most wrappers. A wrapper that hangs, spins
// or panics fails the clause, and the check goes on.
//
// Build the wrapper inside the function that is given to [Run]. What is built
// outside belongs to no bubble, and the Go runtime ends the program when a
// timer or a channel crosses the border. For a wrapper that cannot be built
// there, because its work is done by goroutines that were started elsewhere,
// there is [RealClock].
//
// # Results instead of failures
//
// [Check] returns the outcome of each clause, and fails no test. It is for
// tables that compare libraries.
//
// # Parts for tests of your own
//
// [Script] is a base that does as it is told, [Recorder] writes down what
// passes through it, [Ledger] keeps account of the bodies, connections,
// contexts and goroutines that have to come to an end, and [Server] is a
// server with bad manners. They work in bubbles and outside.
//
// # What is not checked
//
// Nothing is said about speed, about how long a backoff should be, or about
// when a circuit should open. A wrapper that passes keeps the contract; it may
// still be of no use.
package triptest
