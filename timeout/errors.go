// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package timeout

import (
	"context"
	"net"
	"time"

	"github.com/surefoot-go/surefoot/trip"
)

// An Error reports that a limit passed before the headers of a response
// arrived. To [errors.Is] it is [context.DeadlineExceeded], and it is a
// [net.Error] whose Timeout is true, so that [url.Error.Timeout] is true of
// the error that [http.Client] makes of it. The request may have reached the
// server, and the server may still be working on it. An Error must not be
// changed; it is then safe for concurrent use.
type Error struct {
	// Limit is the time that was given.
	Limit time.Duration

	// Total says that the limit was for a whole call; see [WithTotal].
	Total bool

	// Err is what the next layer returned when the limit ended its context. It
	// is nil where that says no more than that the context ended.
	Err error
}

var _ net.Error = (*Error)(nil)

// Error returns a text like "timeout: no response headers within 2s". The text
// leaves out Err, because it may hold a URL.
func (e *Error) Error() string {
	if e.Total {
		return "timeout: no response headers within " + e.Limit.String() + ", all attempts together"
	}
	return "timeout: no response headers within " + e.Limit.String()
}

// Timeout returns true.
func (e *Error) Timeout() bool { return true }

// Temporary returns true: another attempt may be in time. The method is there
// for [net.Error].
func (e *Error) Temporary() bool { return true }

// Is reports whether target is [context.DeadlineExceeded].
func (e *Error) Is(target error) bool { return target == context.DeadlineExceeded }

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// A ConfigError is a mistake in what [New] was given. It is the
// [trip.ConfigError] of all packages.
type ConfigError = trip.ConfigError
