// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry

import "github.com/surefoot-go/surefoot/trip"

// A ConfigError is a mistake in an option given to [New]. It is the same type
// in all packages of this module.
type ConfigError = trip.ConfigError
