// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package trip

import (
	"fmt"
	"strconv"
)

// A ConfigError is a mistake in an option. All packages of surefoot use this
// type, under their own name for it, so one errors.As finds the mistakes of
// any layer. A constructor joins all mistakes into one error.
type ConfigError struct {
	// Package is the name of the package whose option it is.
	Package string
	// Option is the name of the option, or of the constructor for an argument
	// of its own.
	Option string
	// Value is what it was given.
	Value any
	// Reason says what is wrong with it.
	Reason string
}

// Error tells the package, the option, the value and the reason. A string is
// in quotes, so that an empty one shows.
func (e *ConfigError) Error() string {
	value := e.Value
	if s, ok := value.(string); ok {
		value = strconv.Quote(s)
	}
	return fmt.Sprintf("%s: %s: %v: %s", e.Package, e.Option, value, e.Reason)
}
