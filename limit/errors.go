// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit

import (
	"errors"
	"fmt"
	"time"

	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/trip"
)

// ErrLimited is matched by every rejection of a limit or a cool-down:
//
//	errors.Is(err, limit.ErrLimited)
//
// also through the [net/url.Error] that an http.Client puts around it. The
// rejection itself is an [*Error].
var ErrLimited = errors.New("limit: too many attempts")

// An Error is the error of an attempt that a [Limiter] rejected. Nothing of the
// attempt was sent. A retry layer outside hands over what an earlier attempt
// of the same call gave, if there was one. It matches [ErrLimited] by
// errors.Is, and must not be changed.
type Error struct {
	// Key names what the limit is kept per, by default scheme, host and port.
	Key string

	// Reason is [observe.ReasonLimit], or [observe.ReasonCoolDown] where the
	// server asked for a wait that is not over.
	Reason observe.Reason

	// RetryAfter is the rest of that wait, at the moment of the rejection. It
	// is zero for a limit, for nobody knows when a place will be free.
	RetryAfter time.Duration

	// Limit is how many attempts may be in flight. It is zero for a cool-down.
	Limit int
}

// Error tells the key, and the limit or the wait.
func (e *Error) Error() string {
	if e.Reason == observe.ReasonCoolDown {
		return fmt.Sprintf("limit: %s asked for patience, try again in %s", e.Key, e.RetryAfter.Round(time.Millisecond))
	}
	return fmt.Sprintf("limit: %s has %d attempts in flight, which is its limit", e.Key, e.Limit)
}

// Is reports whether target is [ErrLimited].
func (e *Error) Is(target error) bool { return target == ErrLimited }

// Rejected reports true: the layer refused the attempt and nothing was sent.
// Package classify looks for this method, so that a rejection is neither
// retried nor counted.
func (e *Error) Rejected() bool { return true }

// RejectedFor returns Reason, for layers that tell of the rejection without
// knowing this package.
func (e *Error) RejectedFor() observe.Reason { return e.Reason }

// A ConfigError is a mistake in an option given to [New]. It is the same type
// in all packages of this module.
type ConfigError = trip.ConfigError
