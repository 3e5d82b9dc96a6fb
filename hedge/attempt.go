// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package hedge

import (
	"context"
	"io"
	"net/http"
	"runtime"
	"time"

	"github.com/surefoot-go/surefoot/classify"
)

// An attempt is one of the two sends of a race, and what came of it. What its
// goroutine sets is read by the caller's after it was told, or by itself.
type attempt struct {
	race   *race
	req    *http.Request
	cancel context.CancelCauseFunc

	resp     *http.Response
	err      error
	took     time.Duration
	returned bool // and did not panic, nor end its goroutine
	panicked any  // what it panicked with

	// Set by the caller's goroutine.
	ended     bool          // and was heard of
	good      bool          // an answer
	discarded bool          // what it gave
	body      io.ReadCloser // of the response that was handed over
}

// start makes an attempt on a goroutine of its own.
func (r *race) start(ctx context.Context, body io.ReadCloser) *attempt {
	a := &attempt{race: r}
	ctx, a.cancel = context.WithCancelCause(ctx)
	a.req = r.copy(ctx, body)
	go a.run() //nolint:contextcheck // its request has the context
	return a
}

// copy returns the request for an attempt. An attempt that lost may go on for a
// moment when the call is over and the caller uses the request anew, which sets
// headers in place. So nothing that can be written to is shared.
func (r *race) copy(ctx context.Context, body io.ReadCloser) *http.Request {
	req := r.req.WithContext(ctx)
	req.Body = body
	req.Header = r.req.Header.Clone()
	if r.req.URL != nil {
		u := *r.req.URL
		req.URL = &u
	}
	return req
}

// run makes the attempt and tells the race, if that still goes on.
func (a *attempt) run() {
	defer a.tell()
	started := time.Now()
	a.resp, a.err = a.race.t.next.RoundTrip(a.req) //nolint:bodyclose // it is handed over or discarded
	a.took = time.Since(started)
	a.returned = true
}

// tell is deferred, so that it is reached in any case: a panic beneath is kept
// for the caller's goroutine, which is where the caller can catch it.
func (a *attempt) tell() {
	if !a.returned {
		a.panicked = recover()
		if Is(a.req.Context()) {
			closeBody(a.req.Body) // from GetBody, so ours
		}
	}
	select {
	case a.race.told <- a:
	case <-a.race.over:
		// The caller has gone, with the other's answer. A panic goes nowhere:
		// there is nobody left who could have caught it.
		if a.resp != nil && !bodyless(a.resp) {
			quietly(a.resp.Body.Close)
		}
	}
}

// surface does on the caller's goroutine what the attempt has done on its own,
// unless that was to return.
func (a *attempt) surface() {
	switch {
	case a.returned:
	case a.panicked != nil:
		panic(a.panicked) //nolint:forbidigo // it is next's, and goes where next's caller would have seen it
	default:
		runtime.Goexit()
	}
}

// settle sorts what the attempt gave, and returns the verdict.
func (a *attempt) settle() classify.Verdict {
	h, resp := a.race.t.hedger, a.resp
	verdict := h.classifier.Classify(a.race.req, resp, a.err)
	a.good = answers(resp, a.err, verdict)
	if resp != nil && a.err != nil {
		// A base that returns both breaks the contract; the error is what
		// net/http's client would believe.
		a.resp = nil
		if !bodyless(resp) {
			go quietly(resp.Body.Close)
		}
	}
	return verdict
}

// answers reports whether an outcome is what the caller wants to hear as soon as
// it is there: a response, and none that tells of trouble. A 4XX is one: it
// would be the same from the other attempt.
func answers(resp *http.Response, err error, v classify.Verdict) bool {
	return resp != nil && err == nil && v.Class != classify.Retryable
}
