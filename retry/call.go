// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/internal/budget"
	"github.com/surefoot-go/surefoot/internal/keyed"
	"github.com/surefoot-go/surefoot/observe"
)

// A call is one RoundTrip that needs more than handing the request on. It
// lives on the stack of its goroutine.
type call struct {
	t   *tripper
	req *http.Request // the caller's, never written to

	attempt int // of the outcome, from 1
	outcome

	schedule schedule
	tee      *tee
	proof    *proof
	arrived  bool    // an attempt before this one may have reached the server
	told     outcome // of the last one that may
	leftover *drain  // of its response
	fresh    bool    // a 421 was answered with a fresh connection already
	over     bool    // the outcome was handed over

	place  keyed.Key // once it is known; see key
	known  bool
	bucket *budget.Bucket // of the key, once there was a retry to pay for

	observed      bool      // whether anybody listens, all through the call
	started, sent time.Time // set only then
}

// run makes the first attempt, with whatever it takes to make a second.
func (c *call) run() (*http.Response, error) {
	c.started = now(c.observed)
	req := c.req
	if c.t.watches(req) {
		ctx, p := watch(req.Context())
		req, c.proof = req.WithContext(ctx), p
	}
	if c.t.tees(c.req) {
		if req == c.req {
			req = req.WithContext(req.Context())
		}
		c.tee = newTee(c.req.Body, c.t.retrier.bodyBuffer)
		defer func() { c.tee.finish(!c.over) }()
		req.Body, _ = c.tee.replica()
	}
	c.attempt = 1
	c.send(req)
	return c.settle()
}

// settle makes more attempts for as long as that is safe and of use, and hands
// over the last outcome.
func (c *call) settle() (*http.Response, error) {
	for {
		plan, ok := c.plan()
		if !ok {
			return c.finish()
		}
		drained := discard(c.resp)
		c.observe(observe.RetryScheduled, "", plan.wait)
		err := pause(c.req, plan.wait)
		drained.wait(c.req, plan.wait)
		drained.stop()
		if err != nil {
			c.cancel(plan, err)
			return c.finish()
		}
		last := c.outcome
		// Only now: the transport may have been looking for the end of the body
		// before when the answer came, and where GetBody rewinds one reader for
		// all attempts (as azcore's does) it would have read this one to its end.
		body, ok := c.body()
		if !ok {
			last.revive(drained)
			c.outcome = last
			c.bucket.Refund()
			c.suppress(observe.ReasonBody)
			return c.finish()
		}
		plan.body = body
		if !c.verdict.NotSent {
			c.arrived, c.told, c.leftover = true, last, drained
		}
		c.resend(plan)
		if c.rejected() {
			last.revive(drained)
			c.retract(last)
			return c.finish()
		}
		if c.answered() {
			c.bucket.Refund()
		}
	}
}

// rejected reports whether a layer beneath refused the attempt, such as a
// circuit that opened during the wait.
func (c *call) rejected() bool {
	return c.resp == nil && c.verdict.Reason == classify.ReasonRejected
}

// retract takes back an attempt that was rejected: the call ends with what the
// one before it gave. To hand over the rejection would tell the caller that
// nothing was sent, and one who believes it pays again under another key.
func (c *call) retract(last outcome) {
	reason := rejectedFor(c.err)
	c.outcome = last
	c.attempt--
	c.bucket.Refund()
	c.observe(observe.RetrySuppressed, reason, 0)
}

// rejectedFor returns the reason of a rejection: what the layer says, or that a
// circuit is open, which needs no words.
func rejectedFor(err error) observe.Reason {
	var r interface{ RejectedFor() observe.Reason }
	if errors.As(err, &r) {
		return r.RejectedFor()
	}
	return observe.ReasonOpen
}

// cancel gives up the attempt that was planned.
func (c *call) cancel(p plan, err error) {
	closeBody(p.body)
	c.bucket.Refund()
	if c.observed {
		c.observe(observe.RetrySuppressed, gone(c.req), 0)
	}
	c.resp, c.err = nil, err
	c.verdict = classify.Verdict{Reason: classify.ReasonCanceled}
}

// resend makes the next attempt.
func (c *call) resend(p plan) {
	c.fresh = c.fresh || p.fresh
	c.attempt++
	a := newResend(c.req, c.attempt, p.fresh)
	req := &a.req
	if c.proof != nil {
		ctx, proof := watch(a)
		req, c.proof = req.WithContext(ctx), proof
	}
	req.Body = p.body
	returned := false
	defer func() {
		if !returned { // a layer beneath has panicked, and this body is ours
			closeBody(p.body)
		}
	}()
	c.send(req)
	returned = true
}

// send makes one attempt and takes its outcome.
func (c *call) send(req *http.Request) {
	r := c.t.retrier
	c.sent = now(c.observed)
	resp, err := c.t.next.RoundTrip(req) //nolint:bodyclose // it is handed over or discarded
	if resp != nil && resp.Request == req {
		// The caller knows the request that it made, not our copy of it.
		resp.Request = c.req
	}
	c.verdict = r.classifier.Classify(c.req, resp, err)
	c.resp, c.err = alone(resp, err), err //nolint:bodyclose // as above
	if p := c.proof; p != nil {
		c.t.hooks.learn(p, resp != nil)
		switch {
		case p.resent():
			c.verdict.NotSent = false
		case err != nil && c.t.hooks.known && p.notSent():
			c.verdict.NotSent = true
		}
	}
	if c.observed {
		c.observe(observe.AttemptFinished, "", 0)
	}
}

// alone returns resp, unless there is an error as well. A base that returns
// both breaks the contract; the error is what net/http's client would believe.
func alone(resp *http.Response, err error) *http.Response {
	if err != nil && resp != nil {
		if resp.Body != nil {
			(&drain{body: resp.Body}).stop()
		}
		return nil
	}
	return resp
}

// finish hands over the last outcome, unless that says that nothing was sent, and
// an attempt before it was: as of a rejection, it is true of the attempt and not of
// the call.
func (c *call) finish() (*http.Response, error) {
	if c.arrived && c.resp == nil && c.verdict.NotSent && !idempotent(c.req.Method) {
		c.told.revive(c.leftover)
		c.outcome = c.told
	}
	if c.answered() {
		c.credit()
	}
	if c.observed {
		c.observe(observe.CallFinished, "", 0)
	}
	c.over = true
	return c.resp, c.err
}

// credit tells the budget of a success.
func (c *call) credit() {
	switch {
	case c.bucket != nil:
		c.bucket.Credit()
	case !c.t.retrier.pool.Idle():
		c.t.retrier.pool.Credit(c.key())
	}
}

// answered reports whether the last attempt got an answer from a server that
// works, which a 4XX is too.
func (c *call) answered() bool {
	return c.resp != nil && (c.verdict.Class == classify.Success || c.verdict.Class == classify.Terminal)
}

// key returns the key of the call. It asks the user's function once, so that a
// token goes back to where it came from whatever the function answers next.
func (c *call) key() keyed.Key {
	if !c.known {
		c.place, c.known = keyed.Of(c.t.retrier.key, c.req), true
	}
	return c.place
}

func (c *call) observe(kind observe.Kind, reason observe.Reason, wait time.Duration) {
	r := c.t.retrier
	if !c.observed {
		return
	}
	e := observe.Event{
		Kind: kind, Context: c.req.Context(), Key: r.name(c.key()), Method: c.req.Method,
		Attempt: c.attempt, Err: c.err, Verdict: c.verdict, Reason: reason, Wait: wait,
	}
	if c.resp != nil {
		e.Status = c.resp.StatusCode
	}
	switch kind { //nolint:exhaustive // the other kinds have no duration
	case observe.AttemptFinished:
		e.Duration = time.Since(c.sent)
	case observe.CallFinished:
		e.Duration = time.Since(c.started)
	}
	observe.Emit(r.observer, e)
}

// closeBody closes the body of an attempt that was not made.
func closeBody(body io.ReadCloser) {
	if body != nil {
		_ = body.Close()
	}
}
