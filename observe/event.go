// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package observe

import (
	"context"
	"strconv"
	"time"

	"github.com/surefoot-go/surefoot/classify"
)

// A Kind says what happened. Kinds are in the past tense: an event reports,
// it does not ask.
type Kind uint8

const (
	// KindNone is the kind of the zero [Event]. No layer emits it.
	KindNone Kind = iota

	// AttemptFinished says that an attempt returned from the layers below, or that
	// one of them refused to send it. Attempt, Status or Err, Verdict and Duration
	// are set.
	AttemptFinished

	// RetryScheduled says that an attempt failed and another will be made
	// after Wait. Attempt is the number of the one that failed; Status or Err
	// and Verdict are its outcome.
	RetryScheduled

	// RetrySuppressed says that an attempt failed in a way worth another try,
	// and that none will be made, for the given Reason. Attempt, Status or Err
	// and Verdict are those of the attempt. It takes a RetryScheduled back where
	// the wait, or the attempt after it, came to nothing.
	RetrySuppressed

	// CallFinished says that the outcome of a call was handed over. Attempt is
	// the number of attempts that were made, Status or Err and Verdict are what was
	// handed over, mostly the outcome of the last, and Duration is that of all of them and of the waits
	// between, up to the response's headers.
	CallFinished

	// CircuitOpened says that a circuit went from closed or half-open to open,
	// for at least Wait. Context and Method are those of the call that did it.
	// Where it was done by hand, which lasts and has no Wait, or by a fleet,
	// Context is nil and Detail says so.
	CircuitOpened

	// CircuitHalfOpened says that an open circuit let its first probe through, the
	// call of which has Context and Method. The probes after it have no event.
	CircuitHalfOpened

	// CircuitClosed says that a circuit closed: enough probes succeeded, and Context
	// and Method are those of the last, or it was done by hand or by a fleet, as
	// with CircuitOpened.
	CircuitClosed

	// Rejected says that a layer refused an attempt, for the given Reason, and
	// that nothing was sent. Wait tells for how long it will go on refusing,
	// if it knows; Err is what it returned, and Limit the limit that was reached.
	Rejected

	// Hedged says that the answer to an attempt is late and that a hedge, a
	// second attempt beside it, was sent. Wait is how long it was waited for.
	Hedged

	// HedgeSuppressed says that the answer to an attempt is late and that no
	// hedge was sent, for the given Reason.
	HedgeSuppressed

	// LimitChanged says that the limit of attempts in flight to a key is Limit
	// from now on, or that there is none, which is 0. It belongs to no call.
	LimitChanged

	// CoolDownStarted says that a server asked everybody to wait, and that
	// attempts to the key wait or are refused from now on, for Wait. It comes again
	// where an answer makes that clearly longer. Context and Method are those of the call;
	// Context is nil where a fleet has told of it.
	CoolDownStarted

	// FleetLost says that a fleet, which shares circuits with other processes,
	// cannot be reached, and that circuits and cool-downs go on alone. Err is what
	// came of the last attempt to. It comes once for each outage, and belongs to no
	// call.
	FleetLost

	// FleetFound says that the fleet can be reached again, after Duration.
	FleetFound

	// KeyAssigned says that a call was given an idempotency key. The key
	// itself is not told. Context and Method are set.
	KeyAssigned

	// BodyFailed says that the body of a response broke while the caller read
	// it. Status is that of the response and Err what broke it. The breaker tells
	// it of the bodies that it watches: all of a key that had a failure lately, and
	// a few of one that had none.
	BodyFailed

	// Misconfigured says that something works but is probably not meant;
	// Detail says what. Context is nil if it was seen when the stack was
	// built.
	Misconfigured
)

// String returns the kind in lower case, with underscores, fit for a label.
func (k Kind) String() string {
	if int(k) < len(kinds) {
		return kinds[k]
	}
	return "kind(" + strconv.Itoa(int(k)) + ")"
}

// kinds is read-only.
var kinds = [...]string{ //nolint:gochecknoglobals // a constant table
	KindNone: "none", AttemptFinished: "attempt_finished",
	RetryScheduled: "retry_scheduled", RetrySuppressed: "retry_suppressed",
	CallFinished: "call_finished", CircuitOpened: "circuit_opened",
	CircuitHalfOpened: "circuit_half_opened", CircuitClosed: "circuit_closed",
	Rejected: "rejected", Hedged: "hedged", HedgeSuppressed: "hedge_suppressed",
	LimitChanged: "limit_changed", CoolDownStarted: "cool_down_started",
	FleetLost: "fleet_lost", FleetFound: "fleet_found", KeyAssigned: "key_assigned",
	BodyFailed: "body_failed", Misconfigured: "misconfigured",
}

// A Reason says why something was not done. The values are fit for a label.
type Reason string

// Reasons of [RetrySuppressed], [HedgeSuppressed] and [Rejected].
const (
	// ReasonMaxAttempts says that the attempts are used up.
	ReasonMaxAttempts Reason = "max_attempts"
	// ReasonBudget says that the key's budget has no token left.
	ReasonBudget Reason = "budget"
	// ReasonDeadline says that the wait would pass the call's deadline, that the
	// deadline has passed, or that a hedge would hardly be answered before it.
	ReasonDeadline Reason = "deadline"
	// ReasonNotIdempotent says that to send the request twice could do its
	// work twice.
	ReasonNotIdempotent Reason = "not_idempotent"
	// ReasonNever says that the caller forbade it by retry.Never.
	ReasonNever Reason = "never"
	// ReasonBody says that the request's body cannot be sent again.
	ReasonBody Reason = "body"
	// ReasonRetryAfter says that the server asked for a longer wait than the
	// limit.
	ReasonRetryAfter Reason = "retry_after"
	// ReasonVeto says that the server forbade it by a header.
	ReasonVeto Reason = "veto"
	// ReasonOpen says that the circuit is open, or half-open with its probe
	// under way. A retry is suppressed for it, and for the next two, where the
	// layer began to refuse during the wait.
	ReasonOpen Reason = "open"
	// ReasonLimit says that as many attempts are in flight to the key as its
	// limit allows.
	ReasonLimit Reason = "limit"
	// ReasonCoolDown says that the server asked for a wait that is not over.
	ReasonCoolDown Reason = "cool_down"
	// ReasonCanceled says that the caller gave up.
	ReasonCanceled Reason = "canceled"
	// ReasonSchedule says that the schedule of waits ended.
	ReasonSchedule Reason = "schedule"
	// ReasonNested says that a retry layer further out retries this call
	// already.
	ReasonNested Reason = "nested"
)

// An Event reports one thing that a layer did, or did not do and why. It is a
// plain value. Fields that say nothing of the event's kind are zero.
//
// An Event never holds a header, a body or a query string. Err is the error as
// the caller may see it, and an error's text can hold anything: log Verdict's
// reason instead.
type Event struct {
	// Kind says what happened.
	Kind Kind

	// Context is the context of the call. It is nil for events that belong to
	// no call, which have no Method either.
	Context context.Context //nolint:containedctx // an event is a message about a call

	// Key is what circuits and budgets are kept per, by default scheme, host
	// and port. It is empty for events of a fleet, of idempotency keys and of how
	// a stack is built.
	Key string

	// Method is the request's method.
	Method string

	// Attempt counts from 1.
	Attempt int

	// Status is the response's status code, or 0 where there is none.
	Status int

	// Err is the attempt's error, or nil where there is a response.
	Err error

	// Verdict is what the classifier said.
	Verdict classify.Verdict

	// Reason says why something was not done.
	Reason Reason

	// Wait is a wait that begins now.
	Wait time.Duration

	// Limit is the number of attempts that may be in flight at once.
	Limit int

	// Duration is the time that the attempt or call took, up to the response's
	// headers, or that the fleet was out of reach.
	Duration time.Duration

	// Detail is a sentence for people.
	Detail string

	// Fleet says that no call of this process has opened or closed the circuit, or
	// begun the cool-down, but the fleet that shares them.
	Fleet bool
}

// An Observer is told of events. Observe is called on the goroutine that the
// event happened on, which is that of the call or, for [BodyFailed], the one
// that reads the body; for what is done by hand it is that of whoever does it, and
// for what a fleet does one of the fleet's. The changes of a circuit or a limit can
// come on the goroutine that is busy with the change before. No lock is held: Observe
// may call back into the layer that emits the event, and it delays the call for as
// long as it runs. It must be safe for concurrent use. A panic in it is caught and
// dropped.
type Observer interface {
	Observe(e Event)
}

// Func adapts a function to an [Observer]. It is safe for concurrent use if
// the function is. The zero value, nil, is no Observer: [Join] leaves it out
// and [Emit] drops its panic.
type Func func(Event)

var _ Observer = Func(nil)

// Observe calls f.
func (f Func) Observe(e Event) { f(e) }

// Emit hands e to o. A nil o is fine, and so is one that panics: watching a
// call must not break it. Layers call Emit only after checking that o is not
// nil, so that an event nobody listens to is never built. Emit is safe for
// concurrent use.
func Emit(o Observer, e Event) {
	if o == nil {
		return
	}
	defer func() { _ = recover() }()
	o.Observe(e)
}
