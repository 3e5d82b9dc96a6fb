// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package peer is the seam between the layers of a stack and a fleet: other
// processes that call the same hosts. It holds interfaces only. Whoever wants
// to share circuits through Redis or Valkey uses the module
// github.com/surefoot-go/surefoot/fleet; whoever has another way of carrying a
// few messages a second implements [Fleet].
//
// A call never waits for a fleet. What it tells goes into a queue, what it
// hears has come before it, into the atomics that it reads anyway.
package peer
