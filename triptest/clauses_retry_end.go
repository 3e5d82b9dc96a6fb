// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

func retryEndClauses() []Clause {
	return []Clause{
		{
			Name:   "retry/last-response",
			Source: roundTripper + "a response is no error; " + complaints + "go-retryablehttp#46, #212, rekor#2796, lakeFS#8332",
			Doc:    "When attempts run out, the last response is returned with its body unread.",
			Needs:  "Retries", run: lastResponse,
		},
		{
			Name:   "retry/last-error",
			Source: "errors.Is; " + complaints + `go-retryablehttp ("giving up after 5 attempts")`,
			Doc:    "When attempts run out, the last error is returned so that errors.Is finds it.",
			Needs:  "Retries", run: lastError,
		},
		{
			Name:   "retry/no-sleep-past-the-deadline",
			Source: complaints + "go-retryablehttp#272, failsafe-go, rehttp, azcore",
			Doc:    "A wait that would outlast the deadline is not begun: the response is returned while there is time.",
			Needs:  "Retries", fakeClock: true, run: noSleepPastDeadline,
		},
		{
			Name:   "retry/cancel-in-wait",
			Source: complaints + "stripe-go and goresilience (time.Sleep), go-chi/transport",
			Doc:    "A call that is canceled while it waits for its next attempt returns at once, with an error that matches context.Canceled.",
			Needs:  "Retries", run: cancelInWait,
		},
		{
			Name:   "retry/cause-in-wait",
			Source: "net/http, Transport returns context.Cause since Go 1.23",
			Doc:    "The cause of a cancellation during a wait comes back.",
			Needs:  "Retries", run: causeInWait,
		},
	}
}

func lastResponse(p *probe) {
	for _, size := range []int{0, 4, 100 << 10} {
		base := p.scriptFunc(func(n int, _ *http.Request) Reply {
			return Respond(503).Body(fmt.Sprintf("answer %d%s", n, pattern(size)))
		})
		resp := p.respond(p.wrapped(base), p.get(), 503)
		p.same(p.drain(resp), fmt.Sprintf("answer %d%s", base.Len(), pattern(size)), "the body of the last response")
	}
}

func lastError(p *probe) {
	var last error
	base := p.scriptFunc(func(n int, _ *http.Request) Reply {
		last = fmt.Errorf("attempt %d: %w", n, errReset())
		return Fail(last)
	})
	o := p.call(p.wrapped(base), p.get())
	p.wantErr(o, last)
}

func noSleepPastDeadline(p *probe) {
	const timeout = 5 * time.Millisecond
	ctx, cancel := context.WithTimeout(p.ctx, timeout)
	defer cancel()
	base := p.script(Respond(503).Body("busy"))
	o := p.call(p.wrapped(base), p.request(ctx, http.MethodGet))
	if o.resp == nil || o.resp.StatusCode != http.StatusServiceUnavailable {
		p.fatalf("answered with 503 and a deadline in %v: got %v, want the response", timeout, o)
	}
	if o.took >= timeout {
		p.errorf("answered with 503 and a deadline in %v: got the response after %v, want it before", timeout, o.took)
	}
}

// waiting starts a call that waits for its second attempt.
func (p *probe) waiting(ctx context.Context, base *Script) *pending {
	call := p.start(p.wrapped(base), p.request(ctx, http.MethodGet))
	if !p.eventually(func() bool {
		attempts := base.Attempts()
		return call.ended() || (len(attempts) > 0 && !attempts[0].End.IsZero())
	}) {
		p.fatalf("the call has not reached the base")
	}
	p.settle()
	return call
}

// busy answers 503 and asks for a wait that a caller can interrupt.
func busy() Reply { return Respond(503).Header("Retry-After", "5").Body("busy") }

func cancelInWait(p *probe) {
	for _, scene := range []scene{{"answered with 503", []Reply{busy()}}, {"connection reset", []Reply{Fail(errReset())}}} {
		ctx, cancel := context.WithCancel(p.ctx)
		base := p.script(scene.replies...)
		call := p.waiting(ctx, base)
		cancel()
		before := base.Len()
		o := call.within(p.prompt(), scene.name+", canceled during the wait")
		if scene.replies[0].kind == replyRespond || base.Len() < p.cfg.attempts { // or else it was not waiting any more
			p.wantErr(o, context.Canceled)
		}
		p.aWhile()
		p.attempts(base, before, scene.name+", canceled during the wait")
		if !p.eventually(func() bool { return len(base.ledger.Leaks()) == 0 }) {
			p.errorf("%s, canceled during the wait: got a body open, want it closed", scene.name)
		}
	}
}

func causeInWait(p *probe) {
	ctx, cancel := context.WithCancelCause(p.ctx)
	base := p.script(busy())
	call := p.waiting(ctx, base)
	cancel(errCause)
	p.wantErr(call.within(p.prompt(), "canceled with a cause during the wait"), errCause)
}
