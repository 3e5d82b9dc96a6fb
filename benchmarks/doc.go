// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package benchmarks compares surefoot with other ways to make an
// [net/http.RoundTripper] resilient. It is a module of its own, so that none of
// them reaches the go.mod of a user.
//
//	go run ./cmd/report           # everything, three times: RESULTS.md and two charts
//	go run ./cmd/report -quick    # the same in a minute, too coarse to quote
//	go run ./cmd/storm            # outages and overloads in fake time: STORMS.md and charts
//	go run ./cmd/fleet            # the same over the instances of a fleet: FLEET.md and charts
//	go test -bench . -benchmem    # one at a time, to profile
//
// The report is what counts: it measures all contenders in turn, a few
// milliseconds each, so that they share the machine's weather. The benchmarks
// of the last line run one after the other and are there for their profiles:
//
//	go test -bench 'Call/surefoot/GET,_1_host,_serial,_success' -cpuprofile cpu.out
//	go tool pprof -top cpu.out
//
// Package rivals holds the contenders, and package storm the server that they
// are let loose on when it is in trouble.
package benchmarks
