// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package hedge

import (
	"io"
	"net/http"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/internal/keyed"
	"github.com/surefoot-go/surefoot/observe"
)

// A race is a call whose answer may be late: one attempt, and then maybe
// another beside it. All decisions are made on the caller's goroutine; the
// attempts have goroutines of their own, so that neither the first has to
// return before the second's answer is handed over, nor the other way around.
type race struct {
	t       *tripper
	req     *http.Request // the caller's, never written to
	key     keyed.Key
	state   *state
	delay   time.Duration
	started time.Time

	first, hedge *attempt // hedge is nil until it is sent
	winner       *attempt // nil until there is one

	told chan *attempt // by attempts, of their end
	over chan struct{} // closed when nobody listens to them any more
}

// run makes the call.
func (r *race) run() (*http.Response, error) {
	defer r.end()
	r.told, r.over = make(chan *attempt), make(chan struct{})
	r.started = time.Now()
	timer := time.NewTimer(r.delay)
	defer timer.Stop()
	r.first = r.start(r.req.Context(), r.req.Body)
	for r.winner == nil {
		select {
		case <-timer.C:
			r.late()
		case a := <-r.told:
			r.judge(a)
		}
	}
	return r.handOver(r.winner)
}

// late sends the hedge, or tells why not. What it needs is taken in the order
// of what it costs.
func (r *race) late() {
	h := r.t.hedger
	if reason := r.hopeless(); reason != "" {
		r.suppress(reason)
		return
	}
	if !h.pay(r.key) {
		r.suppress(observe.ReasonBudget)
		return
	}
	body, ok := r.body()
	if !ok {
		h.pool.Refund(r.key)
		r.suppress(observe.ReasonBody)
		return
	}
	r.hedge = r.start(mark(r.req.Context(), markHedge), body)
	r.state.hedges.Add(1)
	r.observe(observe.Hedged, "", r.delay)
}

// hopeless returns the reason for which a hedge would come too late, or none:
// the caller is gone, or the deadline is nearer than the time that half of the
// answers take.
func (r *race) hopeless() observe.Reason {
	ctx := r.req.Context()
	deadline, limited := ctx.Deadline()
	switch {
	case limited && time.Until(deadline) <= r.t.hedger.typical(r.state):
		return observe.ReasonDeadline
	case ctx.Err() != nil:
		return observe.ReasonCanceled
	}
	return ""
}

// body returns the body of the hedge.
func (r *race) body() (io.ReadCloser, bool) {
	if r.req.Body == nil || r.req.Body == http.NoBody {
		return r.req.Body, true
	}
	body, err := r.req.GetBody()
	if err != nil {
		closeBody(body)
		return nil, false
	}
	return body, body != nil
}

// judge takes the outcome of an attempt, and names the winner if there is one.
//
// The first answer wins. Trouble waits for the other attempt, which may do
// better; if that is in trouble too, the first attempt's is handed over: it is
// what the caller would have got without this layer. So a hedge can only help,
// and its own trouble is of no interest to anyone.
func (r *race) judge(a *attempt) {
	a.ended = true
	a.surface()
	verdict := a.settle()
	switch {
	case a.good:
		r.winner = a
	case a == r.first:
		// Once the caller has given up, so has the hedge.
		if r.hedge == nil || r.hedge.ended || r.req.Context().Err() != nil {
			r.winner = a
		}
	default:
		r.failed(verdict)
		if r.first.ended {
			r.winner = r.first
		}
	}
}

// failed deals with a hedge that gave no answer. One that a layer beneath has
// refused, such as an open circuit, was never sent and costs nothing.
func (r *race) failed(v classify.Verdict) {
	if v.Reason == classify.ReasonRejected {
		r.t.hedger.pool.Refund(r.key)
	}
	r.hedge.discard()
}

// handOver gives the winner's outcome to the caller. Its response, if it has
// one, owns the attempt's context from then on.
//
// A hedge that won does not get its token back, as a retry does that is
// answered. That it was faster is no sign that the server has work to spare:
// of one that is overloaded every second hedge wins, and with refunds it would
// get half as many more of them. A healthy one takes in three times the tokens
// that its hedges cost.
func (r *race) handOver(a *attempt) (*http.Response, error) {
	r.learn()
	if a.good {
		if a == r.hedge {
			r.state.won.Add(1)
		}
		r.t.hedger.credit(r.key)
	}
	if a.resp == nil || bodyless(a.resp) {
		a.cancel(nil)
	} else {
		a.resp.Body = a.watch(a.resp.Body)
	}
	if a.resp != nil && a.resp.Request == a.req {
		a.resp.Request = r.req // the caller knows no copies
	}
	return a.resp, a.err
}

// learn records how long the first attempt took, or has taken so far. Late is
// late, however it ends: were the slow ones that lost, failed or were given up
// left out, the quantile would sink, and a host that gets slow would be sent
// more and more. An attempt that ends early without an answer says nothing.
// Nor do hedges: those that won are the quick ones.
func (r *race) learn() {
	took := time.Since(r.started)
	if r.first.ended { // or its goroutine may be writing
		took = r.first.took
	}
	if r.first.good || took >= r.delay {
		r.t.hedger.record(r.state, took)
	}
}

// end lets go of whatever did not win. It also runs when a panic passes.
func (r *race) end() {
	close(r.over)
	for _, a := range []*attempt{r.first, r.hedge} {
		switch {
		case a == nil || a == r.winner:
		case !a.ended:
			a.cancel(ErrLost)
		default:
			a.discard()
		}
	}
}

func (r *race) suppress(reason observe.Reason) {
	r.state.suppressed.Add(1)
	r.observe(observe.HedgeSuppressed, reason, 0)
}

func (r *race) observe(kind observe.Kind, reason observe.Reason, wait time.Duration) {
	if o := r.t.hedger.observer; observe.Listening(o) {
		observe.Emit(o, observe.Event{
			Kind: kind, Context: r.req.Context(), Key: r.state.name, Method: r.req.Method,
			Reason: reason, Wait: wait,
		})
	}
}
