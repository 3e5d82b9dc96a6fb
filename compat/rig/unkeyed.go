// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package rig

// Unkeyed is what must come of an op whose first request is a POST or PATCH without
// an idempotency key: it is sent once, and the SDK tells what happened. An SDK that says it in other words
// puts Failures of its own before these; the first that fits counts.
func Unkeyed(op string) []Failure {
	const why = "a write without an idempotency key is sent once"
	return []Failure{
		{Op: op, At: 1, Faults: []Fault{Unavailable, UnavailableWait}, Err: "503", Why: why},
		{Op: op, At: 1, Faults: []Fault{TooMany}, Err: "429", Why: why},
		{Op: op, At: 1, Faults: []Fault{ServerError}, Err: "500", Why: why},
		{Op: op, At: 1, Faults: []Fault{CutBefore, CutAfter}, Err: "EOF", Why: why},
	}
}

// Gone is what must come of a DELETE whose first answer was lost: the second one
// finds nothing, and the SDK says so with err.
func Gone(op, err string) Failure {
	return Failure{Op: op, At: 1, Faults: []Fault{CutAfter}, Err: err, Why: "the first DELETE did its work, so the second finds nothing"}
}
