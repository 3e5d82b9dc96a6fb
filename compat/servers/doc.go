// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package servers runs the default stack against the proxies that stand in
// front of most services, nginx and haproxy, while they do what they do on an
// ordinary day: they are restarted, drain, say 502, 503 and 504 by themselves,
// have a full queue, and lose and find again what is behind them.
//
//	go run ./cmd/servers     # 4 minutes, on a quiet machine: SERVERS.md
//	go test ./servers        # a shorter run of every case
//
// # What is real
//
// The proxies are the programs of the distribution, each started with a
// configuration, a directory and an address of its own, and ended for good when
// its case is over. The upstream behind them is a net/http server that applies
// every POST that reaches it whole and keeps count; an idempotency key is the
// only thing that keeps it from applying one twice. Calls start at a fixed rate,
// whatever becomes of them: a GET, a POST without a key and a POST with one in
// turn. Each call is made once.
//
// # What is set, and why
//
// Neither proxy may send anything a second time, or its repeats would be taken
// for those of the client: nginx has proxy_next_upstream off (by default it
// asks the next upstream after an error or a timeout, for everything but POST,
// LOCK and PATCH), haproxy has retries 0 and no redispatch. The upstream counts
// what arrives, so that a POST sent twice shows, whoever sent it.
//
// # What haproxy says of HTTP/2
//
// Where a server hangs up without an answer, haproxy resets the client's stream
// with REFUSED_STREAM: "prior to any processing having occurred" (RFC 9113 §8.7).
// The request may have been applied all the same, and net/http sends it again,
// again and again. These payments are counted, and reported apart, because the
// bare client makes them too and no layer above net/http sees them. What layers send
// is numbered beneath them, and counted there, so that a second send of theirs is not
// taken for one of these.
//
// # Busy machines
//
// Which calls should complete can be told only where outages last as long as they
// should and calls begin when they should. Otherwise a run is made again. That
// nothing is applied twice, lost or left open is checked in every run: connections
// are counted where they are dialed, and the requests that nobody has ended where
// they are served, since many streams of HTTP/2 share a connection.
package servers
