// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package compat tries SDKs on top of surefoot: each against a real server, or a
// faithful copy of one, through a proxy that makes trouble. It is a module of
// its own, so that none of them reaches the go.mod of a user.
//
//	go test .               # every SDK, each op under each fault
//	go run ./cmd/table      # more of it, for minutes: RESULTS.md
//
// Package rig tells how a case is written, and package cases lists them.
package compat
