// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/surefoot-go/surefoot/trip"
)

// ErrOpen is matched by every rejection of a circuit:
//
//	errors.Is(err, breaker.ErrOpen)
//
// also through the [net/url.Error] that an http.Client puts around it. The
// rejection itself is an [*OpenError].
var ErrOpen = errors.New("breaker: circuit is open")

// An OpenError is the error of an attempt that a circuit rejected. Nothing of
// the attempt was sent. A retry layer outside hands over what an earlier attempt
// of the same call gave, if there was one. It matches [ErrOpen], and also
// gobreaker's ErrOpenState or ErrTooManyRequests, by errors.Is. It may be shared
// by several calls and must not be changed.
type OpenError struct {
	// Key names the circuit, by default as scheme, host and port.
	Key string

	// State is [Open], or [HalfOpen] where a probe is under way.
	State State

	// RetryAfter is the time until the circuit lets the next probe through, at
	// the moment of the rejection. While a probe is under way it is a guess,
	// and so it is where the circuit was forced to be open: the initial open
	// time, after which asking again makes sense.
	RetryAfter time.Duration
}

// Error tells the key, the state and the wait.
func (e *OpenError) Error() string {
	return fmt.Sprintf("breaker: circuit of %s is %s, try again in %s",
		e.Key, e.State, e.RetryAfter.Round(time.Millisecond))
}

// Is reports whether target is [ErrOpen] or gobreaker's sentinel for the state.
func (e *OpenError) Is(target error) bool {
	if target == ErrOpen {
		return true
	}
	if e.State == HalfOpen {
		return target == gobreaker.ErrTooManyRequests
	}
	return target == gobreaker.ErrOpenState
}

// Rejected reports true: the layer refused the attempt and nothing was sent.
// Package classify looks for this method, so that a rejection is neither
// retried nor counted.
func (e *OpenError) Rejected() bool { return true }

// RejectedWait returns RetryAfter, for layers outside that do not know this package.
func (e *OpenError) RejectedWait() time.Duration { return e.RetryAfter }

// A State is the state of a circuit. The zero value is [Closed].
type State uint8

const (
	// Closed lets everything through.
	Closed State = iota
	// HalfOpen lets one probe at a time through.
	HalfOpen
	// Open lets nothing through.
	Open
)

// String returns "closed", "half-open" or "open".
func (s State) String() string {
	switch s {
	case Closed:
		return "closed"
	case HalfOpen:
		return "half-open"
	case Open:
		return "open"
	}
	return "state(" + strconv.Itoa(int(s)) + ")"
}

// A ConfigError is a mistake in an option given to [New]. It is the same type
// in all packages of this module.
type ConfigError = trip.ConfigError
