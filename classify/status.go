// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify

import "net/http"

// The range of status codes that a program can meet. RFC 9110 §15 defines 100
// to 599, and notes that 600 to 999 are used for errors of other kinds.
const (
	minStatus = 100
	maxStatus = 999
)

// statusTable holds the class of every status code up to maxStatus.
type statusTable [maxStatus + 1]Class

// of returns the class of a status, whatever its value. Numbers that are no
// status code are in the same class as a 5XX (RFC 9110 §15, last paragraph).
func (t *statusTable) of(status int) Class {
	if status < 0 || status >= len(t) {
		return Retryable
	}
	return t[status]
}

// defaultStatuses returns the table of the package documentation. An unknown
// code has the meaning of the x00 of its class (RFC 9110 §15), so whole classes
// are filled and the exceptions named.
func defaultStatuses() statusTable {
	var t statusTable
	for status := range t {
		switch status / 100 {
		case 1, 2, 3:
			t[status] = Success
		case 4:
			t[status] = Terminal
		default:
			t[status] = Retryable
		}
	}
	// The client may repeat the request (RFC 9110 §15.5.9), on another
	// connection (§15.5.20), out of early data (RFC 8470 §5.2), or later (RFC
	// 6585 §4).
	t[http.StatusRequestTimeout] = Retryable
	t[http.StatusMisdirectedRequest] = Retryable
	t[http.StatusTooEarly] = Retryable
	t[http.StatusTooManyRequests] = Retryable
	// The server does not know the method or the version (RFC 9110 §15.6.2,
	// §15.6.6), and will not have learned it by the next attempt.
	t[http.StatusNotImplemented] = Terminal
	t[http.StatusHTTPVersionNotSupported] = Terminal
	return t
}
