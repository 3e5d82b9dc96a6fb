// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify

import (
	"math"
	"net/http"
	"strings"
	"time"
)

// RetryAfter returns the wait that the Retry-After fields of a response ask
// for, and whether there is a valid one (RFC 9110 §10.2.3). The status of the
// response does not matter. A nil response asks for nothing.
//
// A value is a number of seconds, digits only, or a date in one of the three
// forms of HTTP. A date is taken relative to the Date of the response where
// that is valid, so that a client with a wrong clock waits as long as one with
// a right clock, and relative to the time now otherwise. A date that has
// passed is a wait of zero; a number too large for a [time.Duration] is the
// largest one. White space around a value is ignored, and so is any value that
// is neither. Where a response has several, the longest wait holds: it is the
// one that satisfies them all.
func RetryAfter(resp *http.Response) (wait time.Duration, ok bool) {
	if resp == nil {
		return 0, false
	}
	for _, value := range resp.Header["Retry-After"] {
		if d, valid := parseRetryAfter(value, resp); valid {
			wait, ok = max(wait, d), true
		}
	}
	return wait, ok
}

func parseRetryAfter(value string, resp *http.Response) (time.Duration, bool) {
	value = strings.Trim(value, " \t") // OWS, RFC 9110 §5.6.3
	if d, ok := parseSeconds(value); ok {
		return d, true
	}
	date, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	now, err := http.ParseTime(strings.Trim(resp.Header.Get("Date"), " \t"))
	if err != nil {
		now = time.Now()
	}
	return max(date.Sub(now), 0), true // Sub saturates
}

// parseSeconds reads 1*DIGIT. The strconv functions would allow a sign, and
// fail where the number is large instead of saying how large.
func parseSeconds(value string) (time.Duration, bool) {
	const most = math.MaxInt64 / int64(time.Second)
	var seconds int64
	for i := range len(value) {
		digit := value[i]
		if digit < '0' || digit > '9' {
			return 0, false
		}
		if seconds <= most { // beyond, it can only grow
			seconds = seconds*10 + int64(digit-'0')
		}
	}
	if seconds > most {
		return math.MaxInt64, value != ""
	}
	return time.Duration(seconds) * time.Second, value != ""
}
