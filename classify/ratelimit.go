// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify

import (
	"net/http"
	"strings"
	"time"
)

// RateLimitWait returns how long a server has no room for requests, if the
// rate limit fields of its response say that there is none now. The status of
// the response does not matter. A nil response says nothing. [Default] makes a
// wait of it only where a 429 or a 503 has no valid Retry-After, as
// draft-ietf-httpapi-ratelimit-headers-10 asks: Retry-After goes first.
//
// The fields are, and the first kind that gives a wait holds:
//
//   - RateLimit, in the form of drafts 08 to 10, "default";r=0;t=30, and in that
//     of draft 07, limit=10, remaining=0, reset=30. Of several limits that are
//     used up, the longest wait holds;
//   - RateLimit-Remaining and RateLimit-Reset, of drafts 00 to 06;
//   - X-RateLimit-Remaining and X-RateLimit-Reset, and the same with
//     X-Rate-Limit, which no document defines.
//
// A reset is a number of seconds, or, from a billion on, a Unix time, which
// GitHub and others send; it is taken relative to the Date of the response
// where that is valid, and to the time now otherwise. What is malformed, longer
// than 1 KiB, over already, or more than 31 days away is taken for absent.
func RateLimitWait(resp *http.Response) (wait time.Duration, ok bool) {
	if resp == nil || len(resp.Header) == 0 {
		return 0, false
	}
	for _, value := range resp.Header["Ratelimit"] {
		if d, valid := parseRateLimit(value); valid {
			wait, ok = max(wait, d), true
		}
	}
	if ok {
		return wait, true
	}
	for i := range rateLimitPairs {
		pair := &rateLimitPairs[i]
		if !usedUp(resp.Header[pair.remaining]) {
			continue
		}
		if d, valid := resetOf(resp, resp.Header[pair.reset]); valid {
			return d, true
		}
	}
	return 0, false
}

// rateLimitPairs are the older fields in their canonical form.
var rateLimitPairs = [...]struct{ remaining, reset string }{ //nolint:gochecknoglobals // a constant table
	{"Ratelimit-Remaining", "Ratelimit-Reset"},
	{"X-Ratelimit-Remaining", "X-Ratelimit-Reset"},
	{"X-Rate-Limit-Remaining", "X-Rate-Limit-Reset"},
}

const (
	// maxRateLimit bounds what is read of a field.
	maxRateLimit = 1024
	// maxReset is more than the longest quota that is common, a month's.
	maxReset = 31 * 24 * time.Hour
	// minUnix tells a Unix time, this one in 2001, from a number of seconds,
	// this one 31 years.
	minUnix = 1_000_000_000
	// maxUnix is in 5138. From there on it is not in seconds.
	maxUnix = 100_000_000_000
)

// usedUp reports whether the value of a field is zero.
func usedUp(values []string) bool {
	if len(values) == 0 {
		return false
	}
	n, ok := parseSeconds(strings.Trim(values[0], " \t"))
	return ok && n == 0
}

// resetOf reads a number of seconds or a Unix time.
func resetOf(resp *http.Response, values []string) (time.Duration, bool) {
	if len(values) == 0 || len(values[0]) > maxRateLimit {
		return 0, false
	}
	d, ok := parseSeconds(strings.Trim(values[0], " \t"))
	if !ok {
		return 0, false
	}
	if seconds := int64(d / time.Second); seconds >= minUnix {
		if seconds >= maxUnix { // also what does not fit
			return 0, false
		}
		now, err := http.ParseTime(strings.Trim(resp.Header.Get("Date"), " \t"))
		if err != nil {
			now = time.Now()
		}
		d = time.Unix(seconds, 0).Sub(now)
	}
	return plausible(d)
}

// plausible returns what can be meant.
func plausible(d time.Duration) (time.Duration, bool) {
	if d <= 0 || d > maxReset {
		return 0, false
	}
	return d, true
}

// parseRateLimit reads a list of limits, or a dictionary that is one limit
// (RFC 9651 §3.1, §3.2). Of the types of its values only those that matter are
// known: a string, in which separators mean nothing, and a number of seconds.
func parseRateLimit(value string) (wait time.Duration, ok bool) {
	if len(value) > maxRateLimit {
		return 0, false
	}
	var flat limitState // of draft 07, where a limit is the whole list
	for rest := value; rest != ""; {
		var member string
		member, rest = cutUnquoted(rest, ',')
		var own limitState
		for first := true; member != ""; first = false {
			var part string
			part, member = cutUnquoted(member, ';')
			name, number, _ := strings.Cut(strings.Trim(part, " \t"), "=")
			switch {
			case first && name == "remaining":
				flat.remaining(number)
			case first && name == "reset":
				flat.reset(number)
			case !first && name == "r":
				own.remaining(number)
			case !first && name == "t":
				own.reset(number)
			}
		}
		if d, valid := own.wait(); valid {
			wait, ok = max(wait, d), true
		}
	}
	if d, valid := flat.wait(); valid {
		wait, ok = max(wait, d), true
	}
	return wait, ok
}

// cutUnquoted cuts s at the first separator that is not in a string.
func cutUnquoted(s string, separator byte) (before, after string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && c == separator:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// A limitState is what is known of one limit.
type limitState struct {
	none  bool // nothing is left of it
	after time.Duration
}

func (l *limitState) remaining(number string) {
	n, ok := parseSeconds(number)
	l.none = ok && n == 0
}

func (l *limitState) reset(number string) {
	l.after = 0
	if d, ok := parseSeconds(number); ok {
		l.after = d
	}
}

func (l *limitState) wait() (time.Duration, bool) {
	if !l.none {
		return 0, false
	}
	return plausible(l.after)
}
