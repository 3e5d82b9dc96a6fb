// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package rig

import "time"

// A Result is what came of a case.
type Result struct {
	Case    Case
	Version string
	Ops     int
	// Calls is how many calls met no fault.
	Calls int
	// Bare and Surefoot met the same faults.
	Bare, Surefoot Outcome
	// Eager met the same faults with the SDK's own retries asked for and without
	// surefoot, if Case.OptIn says that there are any.
	Eager Outcome
	// Refused is how many calls were to fail with surefoot, as the case says, and Cut
	// how many failed because the body of their answer broke.
	Refused, Cut int
	// DeadBare, DeadOff and DeadOn are the most requests for one request to a
	// server that is dead: without surefoot, with it and the SDK's own retries
	// off, and with both.
	DeadBare, DeadOff, DeadOn int
	// Problems are what a test must fail for.
	Problems []string
	Took     time.Duration
}

// An Outcome is what came of the calls that met a fault.
type Outcome struct {
	Calls, Faults, Completed, Doubled int
}
