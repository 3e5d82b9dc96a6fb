// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package surefoototel tells OpenTelemetry what surefoot does: a span and a
// duration for each attempt, and counters and gauges for what the layers
// decide. Its name is not that of its directory, because a file that imports it
// imports package otel as well.
//
//	observer, err := surefoototel.NewObserver()
//	...
//	stack, err := transport.New(nil,
//		transport.WithPerAttempt(surefoototel.Middleware()), // spans and durations
//		transport.WithObserver(observer))                    // counters
//	...
//	stop, err := observer.Watch(stack) // gauges
//
// Providers and propagator are the global ones unless options give others.
//
// # Spans
//
// [Middleware] follows the conventions for HTTP client spans, version 1.43: a
// CLIENT span for each attempt, named "GET", or "GET /payments/{id}" where
// [URLTemplate] or [WithURLTemplate] tells. A retry, a hedge and a redirect have
// http.request.resend_count. The span is the parent of whatever happens
// beneath, and its context goes out in the headers of a copy of the request.
//
// There is no span for a call: the conventions advise against a second CLIENT
// span around those of the attempts. Start one of your own, of kind INTERNAL,
// where you want to see them together.
//
// A span ends when the response's headers have arrived, or the error has. The
// conventions ask for that wherever a response may be cleaned up later, by
// somebody else than the application, and retries and hedges do so with the
// bodies that they discard. So the body is never touched, and a caller that
// reads one slowly, or forgets it, leaves no span open. That a body broke shows
// in surefoot.body_failures, and in what the caller does with the error.
//
// # Errors
//
// A status of 400 or more sets the span's status to Error and error.type to
// the status, as text. An error sets error.type to the reason that package
// classify gives ("refused", "reset", "timeout", "dns", "certificate", …), or to
// the Go type of an error that has none. A limit of package timeout is a
// "timeout", the caller's own deadline a "deadline". An attempt that its caller
// canceled, or that lost against a hedge, has neither status nor error.type: it
// did not fail. Neither spans nor metrics ever hold the text of an error, a
// header or a body.
//
// # URLs
//
// url.full is the request's URL without its secrets: user name and password, and
// the values of those query parameters that the conventions name, are
// REDACTED. [WithRedactedQuery] names more. A secret in a path is beyond this
// package's knowledge.
//
// # Metrics
//
// Middleware records the duration of each attempt, which is that of its span:
//
//	http.client.request.duration  histogram  s
//
// An [Observer] records what the conventions have no names for:
//
//	surefoot.call.duration        histogram  s             a call, with all attempts and waits
//	surefoot.retries              counter    {retry}       by error.type of the attempt before
//	surefoot.retry.delay          histogram  s             the waits before retries
//	surefoot.suppressed_retries   counter    {retry}       by surefoot.reason
//	surefoot.rejections           counter    {attempt}     by surefoot.reason
//	surefoot.hedges               counter    {hedge}
//	surefoot.suppressed_hedges    counter    {hedge}       by surefoot.reason
//	surefoot.circuit.transitions  counter    {transition}  by surefoot.circuit.state, the new one
//	surefoot.cool_downs           counter    {cool_down}
//	surefoot.body_failures        counter    {response}    by error.type
//	surefoot.circuit.state        gauge      1             0 closed, 1 half-open, 2 open
//	surefoot.budget.balance       gauge      {token}       of keys that ever wanted a retry
//	surefoot.limit.attempts       gauge      {attempt}     of keys with a limit in force
//	surefoot.limit.in_flight      gauge      {attempt}     of keys whose attempts are counted
//
// Calls are told by the retry layer, or by the Transport where it has none. Broken bodies
// are those that the breaker watches: all of a key that had a failure lately, few of
// another's. The gauges are there once [Observer.Watch] was called. Reasons are those of
// package observe.
//
// All have server.address and server.port, taken from the key; a key that is
// not made of scheme, host and port is told as surefoot.key. At most 1000 keys
// are told apart ([WithMaxKeys]); the address of later ones is "_OTHER", and
// gauges leave them out.
//
// # With otelhttp
//
// The transport of otelhttp does what Middleware does: use one of them, or each
// attempt has two spans and is measured twice. As the base, beneath all
// layers, it makes one span per attempt; leave Middleware out then, and keep
// the Observer. It does not know of attempts, so there is no resend_count; its
// spans end with the body, that of a discarded response in the background; and
// it hides an [net/http.Transport] from the layers, which then find less proof
// that a request was not sent.
//
// Around the stack it makes one span per call, the parent of Middleware's.
// Make it an INTERNAL one, and take its durations, which have the name of those
// of the attempts, out:
//
//	otelhttp.NewTransport(stack,
//		otelhttp.WithSpanOptions(trace.WithSpanKind(trace.SpanKindInternal)),
//		otelhttp.WithMeterProvider(noop.NewMeterProvider()))
package surefoototel
