// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

//go:build !go1.26

package classify_test

import (
	"errors"
	"testing"
)

// clientConnErrors cannot be provoked before Go 1.26 and its http.ClientConn.
func clientConnErrors() []provoked {
	const text = "http2: Transport received Server's graceful shutdown GOAWAY"
	return []provoked{{text, unsent, func(*testing.T) error { return errors.New(text) }}}
}
