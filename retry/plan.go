// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry

import (
	"io"
	"net/http"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/internal/wish"
	"github.com/surefoot-go/surefoot/observe"
)

// A plan is another attempt that will be made, if its body can be had.
type plan struct {
	wait  time.Duration
	body  io.ReadCloser
	fresh bool // on a new connection
}

// plan decides whether there will be another attempt. Everything that the
// attempt needs is at hand when it says yes, but for its body; see
// [call.settle]. The token comes last, so that few are taken and put back.
func (c *call) plan() (plan, bool) {
	if !c.worthIt() {
		return plan{}, false
	}
	if reason := c.forbidden(); reason != "" {
		return c.suppress(reason)
	}
	wait, reason := c.wait()
	if reason != "" {
		return c.suppress(reason)
	}
	if !c.replayable() {
		return c.suppress(observe.ReasonBody)
	}
	if c.bucket == nil {
		c.bucket = c.t.retrier.pool.Bucket(c.key())
	}
	if !c.bucket.Take() {
		return c.suppress(observe.ReasonBudget)
	}
	return plan{wait: wait, fresh: c.misdirected()}, true
}

func (c *call) suppress(reason observe.Reason) (plan, bool) {
	c.observe(observe.RetrySuppressed, reason, 0)
	return plan{}, false
}

// worthIt reports whether the outcome may be another at another try.
func (c *call) worthIt() bool {
	return c.verdict.Class == classify.Retryable || c.inFlight()
}

// inFlight reports whether the server is still at work on an earlier attempt
// of this very call: 409 to a request that is sent again with its idempotency
// key (draft-ietf-httpapi-idempotency-key-header-07 §2.6). To an attempt that
// none before it can have reached the server, it is a conflict like any other.
func (c *call) inFlight() bool {
	return c.arrived && c.resp != nil && c.resp.StatusCode == http.StatusConflict && sendsKey(c.req)
}

// misdirected reports whether the server says that the connection was the
// wrong one. Then a request of any method may be sent again, on another
// connection (RFC 9110 §15.5.20).
func (c *call) misdirected() bool {
	return c.resp != nil && c.resp.StatusCode == http.StatusMisdirectedRequest
}

// forbidden returns the reason for which this request must not be sent again,
// or none.
func (c *call) forbidden() observe.Reason {
	r := c.t.retrier
	asked := wish.Of(c.req.Context())
	switch {
	case gaveUp(c.req) != nil:
		return gone(c.req)
	case asked == wish.Never:
		return observe.ReasonNever
	case vetoed(c.resp):
		return observe.ReasonVeto
	case !c.repeatable(asked):
		return observe.ReasonNotIdempotent
	case c.attempt >= r.maxAttempts, c.misdirected() && c.fresh:
		return observe.ReasonMaxAttempts
	case nested(c.req):
		return observe.ReasonNested
	}
	return ""
}

// repeatable reports whether sending the request twice cannot do its work
// twice.
func (c *call) repeatable(w wish.Wish) bool {
	return idempotent(c.req.Method) || hasKey(c.req) || w == wish.Idempotent ||
		c.verdict.NotSent || c.misdirected() || c.t.retrier.dangerous
}

// wait returns how long to wait, or the reason not to.
func (c *call) wait() (time.Duration, observe.Reason) {
	r := c.t.retrier
	asked := c.asked()
	if asked > r.retryAfterLimit {
		return 0, observe.ReasonRetryAfter
	}
	wait, ok := c.schedule.next(r, c.verdict)
	if !ok {
		return 0, observe.ReasonSchedule
	}
	wait = atLeast(wait, asked)
	// Whoever waits past the deadline has thrown the answer away for nothing.
	if deadline, ok := c.req.Context().Deadline(); ok && time.Until(deadline) <= wait {
		return 0, observe.ReasonDeadline
	}
	return wait, ""
}

// asked returns the wait that the server asked for. A classifier need not look
// for it where it saw nothing to wait for.
func (c *call) asked() time.Duration {
	if c.verdict.Class == classify.Retryable {
		return c.verdict.RetryAfter
	}
	wait, _ := classify.RetryAfter(c.resp)
	return wait
}

// replayable reports whether another attempt could have the request's body.
// It changes nothing.
func (c *call) replayable() bool {
	return c.req.Body == nil || c.req.Body == http.NoBody || c.req.GetBody != nil ||
		c.tee != nil && c.tee.replayable()
}

// body returns the body of the next attempt. Even what is replayable can fail
// here: GetBody, or a body that has outgrown its limit in the meantime.
func (c *call) body() (io.ReadCloser, bool) {
	switch body := c.req.Body; {
	case body == nil, body == http.NoBody:
		return body, true
	case c.req.GetBody != nil:
		again, err := c.req.GetBody()
		if err != nil {
			closeBody(again)
			return nil, false
		}
		return again, again != nil
	}
	again, ok := c.tee.replica()
	return again, ok
}
