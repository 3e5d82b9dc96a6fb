// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package idempotency

import "github.com/surefoot-go/surefoot/trip"

// A ConfigError is a mistake in an option. It is the [trip.ConfigError] of all
// packages. Where there are several mistakes, [New] joins one for each.
type ConfigError = trip.ConfigError
