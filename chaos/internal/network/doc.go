// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package network leads from clients to a server over real sockets on the
// loopback interface, and spoils the way. A [Path] is a proxy of toxiproxy with
// a server behind it. Three kinds of toxics can be on it:
//
//   - those of toxiproxy itself, for good: latency, bandwidth, slicer,
//     slow_close;
//   - a script, which follows the requests of HTTP/1.1 through the proxy and
//     cuts or swallows those that a plan names, at the byte that it names;
//   - weather: outages that a [Gate] lets happen one after the other, by
//     toxiproxy's reset_peer, limit_data and timeout, by closing the proxy, by
//     restarting the server, and by cutting HTTP/2 at a frame.
//
// Toxiproxy v2.5.0 can hang when a toxic is removed from a live connection
// (its issue 558), so nothing here ever adds or removes one: what changes is
// inside of toxics that stay.
package network
