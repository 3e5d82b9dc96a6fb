// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v4"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/observe"
)

// jitter is how far a wait strays from the middle, as a part of it.
const jitter = 0.5

// newTemplate returns the policy that every call copies. A policy of package
// backoff changes as it is used and must not be shared, and making one
// allocates; a copy on the stack does neither.
func newTemplate(initial, limit time.Duration) backoff.ExponentialBackOff {
	// The policy bounds the middle of a wait and not the wait, and not that of
	// the first.
	middle := max(time.Duration(float64(limit)/(1+jitter)), 1)
	return backoff.ExponentialBackOff{
		InitialInterval:     min(initial, middle),
		RandomizationFactor: jitter,
		Multiplier:          2,
		MaxInterval:         middle,
		Stop:                backoff.Stop,
		Clock:               stopped{},
	}
}

// A stopped clock is all that a policy without a MaxElapsedTime needs, and it
// reads the clock twice for each wait.
type stopped struct{}

func (stopped) Now() time.Time { return time.Time{} }

// A schedule says how long one call waits. The zero value has not started.
type schedule struct {
	policy backoff.BackOff            // the user's
	own    backoff.ExponentialBackOff // or ours
	waits  int                        // so far
}

// next returns the wait before the next attempt, and whether there is one.
func (s *schedule) next(r *Retrier, v classify.Verdict) (time.Duration, bool) {
	n := s.waits
	s.waits++
	if r.schedule != nil {
		if n == 0 {
			s.policy = r.schedule()
		}
		if s.policy == nil {
			return 0, false
		}
		wait := s.policy.NextBackOff()
		return max(wait, 0), wait != backoff.Stop
	}
	if n == 0 {
		s.own = r.template
		s.own.Reset()
	}
	wait := s.own.NextBackOff()
	if v.Throttled {
		wait = nth(r.throttled, n)
	}
	return min(wait, r.limit), true
}

// nth returns a wait of a policy by its number, from 0.
func nth(policy backoff.ExponentialBackOff, n int) time.Duration {
	policy.Reset()
	for range n {
		policy.NextBackOff()
	}
	return policy.NextBackOff()
}

// Bounds of what is added to a Retry-After, so that clients that were all told
// the same time do not come back as one.
const (
	minExtra = 50 * time.Millisecond
	maxExtra = time.Second
)

// atLeast lengthens a wait to the Retry-After that the server asked for, and a
// little more. The server's time is a minimum: to come earlier is sure to
// fail.
func atLeast(wait, retryAfter time.Duration) time.Duration {
	if retryAfter <= 0 {
		return wait
	}
	extra := min(max(retryAfter/10, minExtra), maxExtra)
	asked := retryAfter + time.Duration(rand.Int64N(int64(extra)+1)) //nolint:gosec // jitter
	if asked < retryAfter {
		asked = retryAfter // a Retry-After near the end of time
	}
	return max(wait, asked)
}

// errCanceled is the error of a call whose Cancel channel was closed during a
// wait. That of net/http is not exported and cannot be told from others.
var errCanceled = fmt.Errorf("retry: request canceled: %w", context.Canceled)

// gaveUp returns the reason for which the caller has given up, or nil.
func gaveUp(req *http.Request) error {
	if ctx := req.Context(); ctx.Err() != nil {
		return context.Cause(ctx)
	}
	select {
	case <-req.Cancel: //nolint:staticcheck // callers may still use it
		return errCanceled
	default:
		return nil
	}
}

// gone says of a request that was given up what ended it.
func gone(req *http.Request) observe.Reason {
	if errors.Is(req.Context().Err(), context.DeadlineExceeded) {
		return observe.ReasonDeadline
	}
	return observe.ReasonCanceled
}

// pause waits. It returns the reason at once when the caller gives up, also in
// the very moment in which the wait ends.
func pause(req *http.Request, d time.Duration) error {
	done, cancel := req.Context().Done(), req.Cancel //nolint:staticcheck // as above
	if done == nil && cancel == nil {
		// Nothing can end the wait, so it needs no timer of its own.
		time.Sleep(d) //nolint:forbidigo // see above
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-done:
	case <-cancel:
	}
	return gaveUp(req)
}
