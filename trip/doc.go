// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package trip holds the small parts from which layers around an
// [http.RoundTripper] are made: an adapter for plain functions, the type of a
// middleware, and helpers for the duties that every layer has.
//
// A middleware is the plain function type
//
//	func(next http.RoundTripper) http.RoundTripper
//
// so a layer from any library fits, and a layer written for surefoot fits
// elsewhere. [Middleware] is an alias of it, there to be read in signatures.
//
// # Duties of a layer
//
// The contract is the one in the documentation of [http.RoundTripper]. In
// short: leave the request as it was; close its body on every path, also when
// nothing is sent ([CloseBody]); return exactly one of response and error;
// pass [http.Client.CloseIdleConnections] on to the next layer
// ([CloseIdle]); keep the body of a 101 response an [io.ReadWriteCloser]
// ([WatchBody] does). Package triptest checks all of this for any layer.
//
// The package imports the standard library only.
package trip
