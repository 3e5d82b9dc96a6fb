// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

func retryAfterClauses() []Clause {
	return []Clause{
		{
			Name:   "retry-after/seconds",
			Source: "RFC 9110 §10.2.3 (delay-seconds)",
			Doc:    "A retry waits for at least as many seconds as Retry-After says, after 503 and 429.",
			Needs:  "Retries", fakeClock: true, run: retryAfterSeconds,
		},
		{
			Name:   "retry-after/date",
			Source: "RFC 9110 §10.2.3 and §5.6.7 (all three forms of a date); " + complaints + "failsafe-go and stripe-go, which ignore dates",
			Doc:    "A retry waits for at least as long as a Retry-After that is a date says.",
			Needs:  "Retries", fakeClock: true, run: retryAfterDate,
		},
		{
			Name:   "retry-after/absurd",
			Source: complaints + `go-retryablehttp#247, #295 ("retrying in 484289h20m8s"; 9223372037 overflows and fires at once)`,
			Doc:    "A Retry-After beyond all measure makes the wrapper neither spin nor wait for a day.",
			Needs:  "Retries", fakeClock: true, run: retryAfterAbsurd,
		},
		{
			Name:   "retry-after/malformed",
			Source: "RFC 9110 §10.2.3: 1*DIGIT or a date, and nothing else",
			Doc:    "A Retry-After that is neither a number nor a date is ignored, and one in the past is no reason to spin.",
			Needs:  "Retries", fakeClock: true, run: retryAfterMalformed,
		},
		{
			Name:   "retry-after/beyond-the-deadline",
			Source: complaints + "go-retryablehttp#272, fern#17521 (return the response instead of DeadlineExceeded)",
			Doc:    "If Retry-After is longer than the call has left, the response is returned at once.",
			Needs:  "Retries", fakeClock: true, run: retryAfterBeyondDeadline,
		},
	}
}

// gap makes a GET that is answered with the reply and then with 200, and
// returns the time between the attempts.
func (p *probe) gap(reply Reply) (time.Duration, bool) {
	base := p.script(reply, Respond(200))
	p.call(p.wrapped(base), p.get())
	attempts := base.Attempts()
	if len(attempts) < 2 {
		return 0, false
	}
	return attempts[1].Start.Sub(attempts[0].End), true
}

func retryAfterSeconds(p *probe) {
	for _, status := range []int{503, 429} {
		for _, seconds := range []int{1, 7} {
			wait := time.Duration(seconds) * time.Second
			got, retried := p.gap(Respond(status).Header("Retry-After", strconv.Itoa(seconds)))
			switch {
			case !retried && status == 503:
				p.errorf("Retry-After: %d on a 503: got no retry, want one", seconds)
			case retried && got < wait:
				p.errorf("Retry-After: %d on a %d: got a retry after %v, want %v or more", seconds, status, got, wait)
			}
		}
	}
}

func retryAfterDate(p *probe) {
	for _, layout := range []string{http.TimeFormat, "Monday, 02-Jan-06 15:04:05 GMT", time.ANSIC} {
		now := time.Now().UTC()
		value := now.Add(7 * time.Second).Format(layout)
		got, retried := p.gap(Respond(503).Header("Date", now.Format(http.TimeFormat)).Header("Retry-After", value))
		if !retried {
			p.errorf("Retry-After: %s: got no retry, want one", value)
		} else if got < 6*time.Second { // a date has whole seconds
			p.errorf("Retry-After: %s, which is in 7s: got a retry after %v", value, got)
		}
	}
}

func retryAfterAbsurd(p *probe) {
	for _, value := range []string{
		"9223372037", "99999999999", "9223372036854775808", "18446744073709551617", "Fri, 31 Dec 9999 23:59:59 GMT",
	} {
		base := p.script(Respond(503).Header("Retry-After", value))
		call := p.start(p.wrapped(base), p.get())
		call.within(24*time.Hour, "Retry-After: "+value)
		attempts := base.Attempts()
		if len(attempts) > 1 {
			if wait := attempts[1].Start.Sub(attempts[0].End); wait < time.Second {
				p.errorf("Retry-After: %s: got a retry after %v, want none, or one after a wait", value, wait)
			}
		}
	}
}

func retryAfterMalformed(p *probe) {
	past := time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat)
	for _, value := range []string{"-1", "-9223372037", "1.5", "soon", "1e3", "0x10", " ", "Mon, 99 Foo 2026", past, "0"} {
		base := p.script(Respond(503).Header("Retry-After", value))
		call := p.start(p.wrapped(base), p.get())
		o := call.within(time.Hour, fmt.Sprintf("Retry-After: %q", value))
		if got := base.Len(); o.resp == nil || got < 2 || got > p.cfg.attempts {
			p.errorf("Retry-After: %q at every attempt: got %v after %d attempts, want a response after 2 to %d",
				value, o, got, p.cfg.attempts)
		}
	}
}

func retryAfterBeyondDeadline(p *probe) {
	const timeout = 500 * time.Millisecond
	for _, status := range []int{503, 429} {
		ctx, cancel := context.WithTimeout(p.ctx, timeout)
		base := p.script(Respond(status).Header("Retry-After", "60").Body("busy"))
		o := p.call(p.wrapped(base), p.request(ctx, http.MethodGet))
		p.same(p.drain(p.want(o, status)), "busy", "the body of the response")
		if o.took > timeout/2 {
			p.errorf("Retry-After: 60 with a deadline in %v: got the response after %v, want it at once", timeout, o.took)
		}
		cancel()
	}
}
