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
	// Hang is what came of the calls that hang.
	Hang HangOutcome
	// Deaf are the ops that have to do without [HangBody].
	Deaf []Op
	// RestBare and Rest are what is left without surefoot, and at the most of a run
	// with it.
	RestBare, Rest Rest
	// Problems are what a test must fail for.
	Problems []string
	Took     time.Duration
}

// An Outcome is what came of the calls that met a fault.
type Outcome struct {
	Calls, Faults, Completed, Doubled int
}

// A HangOutcome is what came of the calls that met [Hangs].
type HangOutcome struct {
	// Calls are those that hung, and that the machine was not too busy to judge.
	Calls int
	// Completed gave the reference result.
	Completed int
	// Refused were to fail, as the case says, and Cut ended by the caller's deadline
	// in the middle of their answer.
	Refused, Cut int
	// Unsure names those that could not be judged: the machine was too busy, each
	// time.
	Unsure []string
	// Doubled are writes.
	Doubled int
}
