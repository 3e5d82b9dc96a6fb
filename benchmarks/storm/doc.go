// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package storm simulates what many clients do to a server that is in trouble,
// and what that does to them. Every library's real code runs; only time and the
// network are simulated, so a storm of two minutes takes less than a second.
//
// # The model
//
// Calls are GETs that arrive as a Poisson process, whatever became of those
// before (open loop), spread at random over the clients. Each client has a stack
// of its own: its own circuits, its own budget. All of them stand before one
// [Server]: a queue, first come first served, and workers that take a time from
// an exponential distribution. A full queue answers 503 at once. An attempt that
// was given up stays in the queue, and the server does its work for nobody. That
// is what makes a retry storm.
//
// An attempt ends after a second without an answer, with the error that
// [http.Transport] gives for its ResponseHeaderTimeout. A call has a context
// that ends after ten. The numbers are in [Scenario].
//
// # Fair and repeatable
//
// Everything that is drawn at random is drawn before a run begins, from the seed:
// when each call arrives, at which client, how long the server takes for each of
// its attempts, and whether a fault that strikes at random hits it. So all
// contenders get the same calls, the same work and the same luck. Their own
// jitter cannot be seeded; that is what several seeds are for.
//
// The fault lasts a second longer with each seed, so that no period of a client
// meets its end by luck.
package storm
