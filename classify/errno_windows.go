// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify

import "syscall"

// The errors of Winsock that package syscall has no name for. Its ECONNREFUSED
// and the like are numbers made up for portable source: Windows never returns
// them.
const (
	errNetnameDeleted syscall.Errno = 64
	errBrokenPipe     syscall.Errno = 109
	wsaenetreset      syscall.Errno = 10052
	wsaeshutdown      syscall.Errno = 10058
	wsaetimedout      syscall.Errno = 10060
	wsaeconnrefused   syscall.Errno = 10061
)

// errnoFacts knows the errors of the system, those of Windows and the made up.
func errnoFacts(err error) fact {
	errno, ok := err.(syscall.Errno) //nolint:errorlint // the walk unwraps
	if !ok {
		return 0
	}
	switch errno { //nolint:exhaustive // the others say nothing here
	case syscall.ECONNREFUSED, wsaeconnrefused:
		return factRefused
	case syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE,
		syscall.WSAECONNRESET, syscall.WSAECONNABORTED,
		wsaenetreset, wsaeshutdown, errNetnameDeleted, errBrokenPipe:
		return factReset
	case wsaetimedout:
		return factTimeout
	}
	return 0
}
