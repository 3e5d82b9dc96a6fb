// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status

import "time"

// A Report is what ?format=json answers. Names are stable; new ones may be
// added. Durations end in _ms and are whole milliseconds.
type Report struct {
	// Name is that of [WithName].
	Name string `json:"name,omitempty"`
	// At is when the report was made, and Since when the page began to listen.
	At    time.Time `json:"at"`
	Since time.Time `json:"since"`
	// Layers names the layers, outermost first, the base last.
	Layers []string `json:"layers"`
	// Totals are over all keys, whatever the filter.
	Totals Totals `json:"totals"`
	// Matching counts the keys that the filter lets through, of which Keys is
	// page Page of Pages.
	Matching int `json:"matching"`
	Page     int `json:"page"`
	Pages    int `json:"pages"`
	// SpanMS is how far back counts and histories look, and SlotMS the length
	// of one slot of a history.
	SpanMS int64 `json:"span_ms"`
	SlotMS int64 `json:"slot_ms"`
	// Keys are those in trouble first, then by name.
	Keys []Key `json:"keys"`
	// Feed is the last events, the newest first, of the keys that the filter's
	// text lets through.
	Feed []Event `json:"feed"`
}

// Totals are over all keys.
type Totals struct {
	// Keys counts the keys, and the others those in a state.
	Keys     int `json:"keys"`
	Trouble  int `json:"trouble"`
	Open     int `json:"open"`
	HalfOpen int `json:"half_open"`
	Closed   int `json:"closed"`
	Forced   int `json:"forced"`
	// Fleet counts circuits that are held open in a fleet's name.
	Fleet int `json:"fleet"`
	// Recent is the sum of what happened.
	Recent Counts `json:"recent"`
}

// Counts are over the last five minutes, in attempts.
type Counts struct {
	// Succeeded counts usable answers, which definite ones such as 404 are.
	Succeeded uint64 `json:"succeeded"`
	// Failed counts errors, and statuses that another try might change. A body
	// that breaks while it is read counts here too, after its success.
	Failed uint64 `json:"failed"`
	// Retries counts the retries that were scheduled, and Suppressed those
	// that would have been of use and were not made.
	Retries    uint64 `json:"retries"`
	Suppressed uint64 `json:"suppressed"`
	// Rejected counts attempts that a layer refused.
	Rejected uint64 `json:"rejected"`
}

// A Key is what is known of a key.
type Key struct {
	// Key names it. Bytes that are not UTF-8 are replaced.
	Key string `json:"key"`
	// ID is the key in base64url, for a POST.
	ID string `json:"id"`
	// Trouble says that the circuit is not closed, that of the last minute's
	// attempts a twentieth or more failed or were rejected, that the budget is
	// spent, or that the server asked for a wait.
	Trouble bool `json:"trouble"`
	// Circuit is its circuit.
	Circuit Circuit `json:"circuit"`
	// Budget is its budget. It is missing where there is none, or where no retry
	// was ever wanted, so that it is full.
	Budget *Budget `json:"budget,omitempty"`
	// Limit is missing where there is none.
	Limit *Limit `json:"limit,omitempty"`
	// Hedging is missing where there is none.
	Hedging *Hedging `json:"hedging,omitempty"`
	// Recent and History are missing where nothing was heard of the key.
	Recent  Counts   `json:"recent"`
	History *History `json:"history,omitempty"`
	// Errors are the last few, the newest first.
	Errors []Error `json:"errors,omitempty"`
}

// A Circuit is the state of a circuit.
type Circuit struct {
	// State is "closed", "half-open" or "open".
	State string `json:"state"`
	// Forced says that the state was set by hand, and lasts.
	Forced bool `json:"forced"`
	// Fleet says that a fleet holds the circuit open.
	Fleet bool `json:"fleet"`
	// RetryAfterMS is the time to the next probe of an open circuit.
	RetryAfterMS int64 `json:"retry_after_ms"`
	// Successes and Failures are in the circuit's own window.
	Successes uint64 `json:"successes"`
	Failures  uint64 `json:"failures"`
	// Rejected counts since the circuit was made.
	Rejected uint64 `json:"rejected"`
}

// A Budget is what is left for retries.
type Budget struct {
	// Tokens is the level.
	Tokens float64 `json:"tokens"`
	// Retries and Refused count since the budget was made.
	Retries uint64 `json:"retries"`
	Refused uint64 `json:"refused"`
}

// A Limit is the limit of attempts in flight.
type Limit struct {
	// Limit is how many may be in flight; 0 is no limit.
	Limit int `json:"limit"`
	// InFlight is how many are, and Waiting how many wait for a place.
	InFlight int `json:"in_flight"`
	Waiting  int `json:"waiting"`
	// CoolDownMS is what is left of the wait that the server asked for.
	CoolDownMS int64 `json:"cool_down_ms"`
	// Fleet says that it came from a fleet.
	Fleet bool `json:"fleet"`
}

// A Hedging is what is known for hedges.
type Hedging struct {
	// DelayMS is how long an answer is waited for before a hedge is sent; 0
	// while that is not known.
	DelayMS int64 `json:"delay_ms"`
	// Hedges counts those that were sent, Won those whose answer was handed
	// over, and Suppressed those that were not sent, since the key was first
	// seen.
	Hedges     uint64 `json:"hedges"`
	Won        uint64 `json:"won"`
	Suppressed uint64 `json:"suppressed"`
}

// A History is the counts of each slot of the last five minutes, the oldest
// first. The last slot is not over yet.
type History struct {
	Succeeded [slotCount]uint64 `json:"succeeded"`
	Failed    [slotCount]uint64 `json:"failed"`
	Retries   [slotCount]uint64 `json:"retries"`
	Rejected  [slotCount]uint64 `json:"rejected"`
}

// An Error is an attempt that failed, without the text of its error, which could
// hold anything.
type Error struct {
	At time.Time `json:"at"`
	// Kind is "attempt_finished", or "body_failed" where the body of a response
	// broke.
	Kind string `json:"kind"`
	// Method is the request's method, or "other".
	Method string `json:"method"`
	// Status is missing where there was no response.
	Status int `json:"status,omitempty"`
	// Reason is what package classify says of it.
	Reason string `json:"reason"`
}

// A Feed is the data of an event of the stream that ?format=events answers. The
// events are named "feed" and come at most once in a second. Their id, handed
// back as Last-Event-ID, resumes the stream.
type Feed struct {
	// Instance changes when the page is made anew; ids then begin anew too.
	Instance string `json:"instance"`
	// Events are new, or repeats were counted on them since, the oldest first.
	Events []Event `json:"events"`
}

// An Event is one line of the feed.
type Event struct {
	// ID counts from 1.
	ID uint64 `json:"id"`
	// At is when it happened. Repeats within two seconds are counted in Count,
	// and Last is when the last of them happened.
	At    time.Time `json:"at"`
	Last  time.Time `json:"last"`
	Count int       `json:"count"`
	// Kind is that of package observe.
	Kind string `json:"kind"`
	// Text says in words what happened, the first time.
	Text string `json:"text"`
	// The rest is missing where the event does not have it.
	Key     string `json:"key,omitempty"`
	Method  string `json:"method,omitempty"`
	Attempt int    `json:"attempt,omitempty"`
	Status  int    `json:"status,omitempty"`
	Verdict string `json:"verdict,omitempty"`
	Reason  string `json:"reason,omitempty"`
	WaitMS  int64  `json:"wait_ms,omitempty"`
	Limit   int    `json:"limit,omitempty"`
	Detail  string `json:"detail,omitempty"`
	// Fleet says that a fleet has done it, and no call of this process.
	Fleet bool `json:"fleet,omitempty"`
}
