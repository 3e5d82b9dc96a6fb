// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

//go:build !windows && !plan9

package classify

import "syscall"

// errnoFacts knows the errors of the system. Its timeouts have a method.
func errnoFacts(err error) fact {
	errno, ok := err.(syscall.Errno) //nolint:errorlint // the walk unwraps
	if !ok {
		return 0
	}
	switch errno { //nolint:exhaustive // the others say nothing here
	case syscall.ECONNREFUSED:
		return factRefused
	case syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE:
		return factReset
	}
	return 0
}
