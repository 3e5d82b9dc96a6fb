// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package hedge

import (
	"context"

	"github.com/surefoot-go/surefoot/trip"
)

// ErrLost is the cause of the context of an attempt that lost: the other one's
// answer was handed over. Layers beneath see it by [context.Cause], and as the
// error of a base that returns the cause, as [net/http.Transport] does. It
// matches [context.Canceled] ([errors.Is]), which is what the context's Err
// says. No caller gets to see it.
var ErrLost error = lostError{}

type lostError struct{}

func (lostError) Error() string { return "hedge: the other attempt was answered first" }

func (lostError) Is(target error) bool { return target == context.Canceled }

// A ConfigError is a mistake in an option given to [New]. It is the same type
// in all packages of this module.
type ConfigError = trip.ConfigError
