// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package fleettest is for tests of programs whose circuits are shared: an engine
// in memory, whose network can be made slow, cut and silent for each instance, and
// the suite that every [fleet.Engine] has to pass.
//
//	server := fleettest.NewServer()
//	one, err := fleet.NewWith(server.Engine())
//	two, err := fleet.NewWith(server.Engine())
//
// The engine starts no goroutine and reads the time from package time only, so all
// of it works inside of a testing/synctest bubble, where hours take no time.
package fleettest
