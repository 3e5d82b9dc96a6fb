// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Clause is one promise that a wrapper has to keep. It is a plain value; the
// zero value is a clause that checks nothing.
type Clause struct {
	// Name is the name of the clause and of its subtest, as "response/trailer".
	Name string

	// Source says where the promise comes from: the documentation of net/http,
	// an RFC, or the issue of a library that broke it.
	Source string

	// Doc is the promise, in one sentence.
	Doc string

	// Needs names the option without which the clause does not apply, as
	// "Retries". It is empty where the clause holds for every wrapper.
	Needs string

	// UnlessGiven names the option with which the clause does not apply.
	UnlessGiven string

	// fakeClock says that the clause waits for longer than anyone would.
	fakeClock bool
	run       func(*probe)
}

// Clauses returns every clause, in the order in which they are checked. The
// slice is the caller's.
func Clauses() []Clause {
	return slices.Concat(
		requestClauses(), requestBodyClauses(),
		responseClauses(), responseBodyClauses(), responseKindClauses(),
		contextClauses(), safetyClauses(),
		retryClauses(), retryBodyClauses(), retryAfterClauses(), retryEndClauses(),
		circuitClauses(), circuitProbeClauses(), timeoutClauses(), hedgeClauses(), keyClauses(),
		lifecycleClauses(), clientClauses(),
		wireClauses(), wireBreakClauses(), wireUploadClauses(), wireH2Clauses(),
	)
}

// A Status says how a clause went. The zero value is none of the constants.
type Status uint8

const (
	// Passed says that the wrapper keeps the promise.
	Passed Status = iota + 1
	// Failed says that it does not.
	Failed
	// Skipped says that the clause was left out, by the option of that name or because it
	// needs the fake clock.
	Skipped
	// NotApplicable says that the wrapper does not claim to do what the clause
	// is about.
	NotApplicable
)

// String returns the status in lower case.
func (s Status) String() string {
	switch s {
	case Passed:
		return "pass"
	case Failed:
		return "fail"
	case Skipped:
		return "skip"
	case NotApplicable:
		return "not applicable"
	}
	return fmt.Sprintf("status(%d)", uint8(s))
}

// A Result is what became of one clause.
type Result struct {
	// Clause is the clause that was checked.
	Clause Clause

	// Status says how it went.
	Status Status

	// Detail says what was expected and what happened instead, one finding a
	// line, or why the clause was left out. It is empty for [Passed].
	Detail string

	// Took is the time that the check took, on the real clock.
	Took time.Duration
}

// String returns the result as a few lines for people.
func (r Result) String() string {
	if r.Detail == "" {
		return r.Clause.Name + ": " + r.Status.String()
	}
	detail := strings.ReplaceAll(r.Detail, "\n", "\n\t")
	if r.Status != Failed {
		return r.Clause.Name + ": " + r.Status.String() + ": " + detail
	}
	return fmt.Sprintf("%s: %s\n\t%s\n\tthe clause: %s\n\tsource: %s",
		r.Clause.Name, r.Status, detail, r.Clause.Doc, r.Clause.Source)
}
