// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/surefoot-go/surefoot/trip"
)

// prompt is how long something may take that should take no time. On the real
// clock that leaves time for a busy machine.
func (p *probe) prompt() time.Duration {
	if p.bubbled {
		return 50 * time.Millisecond
	}
	return 5 * time.Second
}

func contextClauses() []Clause {
	return []Clause{
		{
			Name:   "context/cancel",
			Source: "net/http, Request.Context; " + complaints + `rehttp, whose "request canceled" does not match context.Canceled`,
			Doc:    "A call that is canceled in flight returns at once, with an error that matches context.Canceled.",
			run:    cancelInFlight,
		},
		{
			Name:   "context/cause",
			Source: "net/http, Transport returns context.Cause since Go 1.23; context.WithCancelCause",
			Doc:    "The cause that the caller gave for a cancellation comes back.",
			run:    cancelCause,
		},
		{
			Name:   "context/deadline",
			Source: "net/http, Request.Context; errors.Is(err, context.DeadlineExceeded) is how callers tell a timeout",
			Doc:    "A call whose deadline passes in flight returns then, with an error that matches context.DeadlineExceeded.",
			run:    deadlineInFlight,
		},
		{
			Name:   "context/done-before",
			Source: "net/http, Transport; " + complaints + "stripe-go#1184 (retries of canceled calls)",
			Doc:    "A call with a context that is done returns its error after one attempt at the most.",
			run:    doneBefore,
		},
		{
			Name:   "context/no-attempt-after-cancel",
			Source: complaints + "go-chi/transport (two more sends after expiry), gax-go#420",
			Doc:    "No attempt is begun after the context is done.",
			run:    noAttemptAfterCancel,
		},
		{
			Name:   "context/values",
			Source: "net/http/httptrace and every tracer: values travel in the context",
			Doc:    "The values of the caller's context reach the base.",
			run:    contextValues,
		},
		{
			Name:   "context/deadline-reaches-base",
			Source: "net/http, Client.Timeout is a deadline of the request's context",
			Doc:    "The context of an attempt ends no later than that of the call.",
			run:    deadlineReachesBase,
		},
		{
			Name:   "context/cancel-reaches-base",
			Source: "net/http, Request.Context; a server goes on with work that nobody wants otherwise",
			Doc:    "When the call is canceled, so is its attempt.",
			run:    cancelReachesBase,
		},
		{
			Name:   "context/cancel-reaches-body",
			Source: "net/http, Request.Context controls the reading of the response's body too",
			Doc:    "A body that is being read ends when the call is canceled.",
			run:    cancelReachesBody,
		},
		{
			Name:   "context/late-answer-closed",
			Source: complaints + "heimdall (its hystrix client never closes a late response)",
			Doc:    "An answer that arrives after the call was canceled is closed, if it was not returned.",
			run:    lateAnswerClosed,
		},
	}
}

// inFlight starts a call and waits until it has reached the base.
func (p *probe) inFlight(base *Script, req *http.Request) *pending {
	call := p.start(p.wrapped(base), req)
	if !p.eventually(func() bool { return base.Len() > 0 || call.ended() }) {
		p.fatalf("the call has not reached the base")
	}
	return call
}

func cancelInFlight(p *probe) {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		ctx, cancel := context.WithCancel(p.ctx)
		call := p.inFlight(p.script(Block()), p.request(ctx, method))
		cancel()
		p.wantErr(call.within(p.prompt(), "canceled in flight"), context.Canceled)
	}
}

func cancelCause(p *probe) {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		ctx, cancel := context.WithCancelCause(p.ctx)
		call := p.inFlight(p.script(Block()), p.request(ctx, method))
		cancel(errCause)
		p.wantErr(call.within(p.prompt(), "canceled with a cause"), errCause)
	}
}

func deadlineInFlight(p *probe) {
	const timeout = 20 * time.Millisecond
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		ctx, cancel := context.WithTimeout(p.ctx, timeout)
		defer cancel()
		call := p.start(p.wrapped(p.script(Block())), p.request(ctx, method))
		p.wantErr(call.within(timeout+p.prompt(), "past its deadline"), context.DeadlineExceeded)
	}
}

func doneBefore(p *probe) {
	ctx, cancel := context.WithCancel(p.ctx)
	cancel()
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		base := p.script(Respond(200))
		req, _ := p.upload(method, "content")
		p.fail(p.wrapped(base), req.WithContext(ctx), context.Canceled)
		if got := base.Len(); got > 1 {
			p.errorf("%s with a context that is done: got %d attempts, want 1 at the most", method, got)
		}
	}
}

// aWhile is long enough for anything that was going to happen.
func (p *probe) aWhile() {
	if p.bubbled {
		pause(time.Hour)
	} else {
		pause(20 * time.Millisecond)
	}
}

func noAttemptAfterCancel(p *probe) {
	for _, scene := range append(failures(), scene{"canceled", []Reply{Fail(context.Canceled)}}) {
		ctx, cancel := context.WithCancel(p.ctx)
		base := p.scriptFunc(func(int, *http.Request) Reply {
			cancel()
			return scene.replies[0]
		})
		p.call(p.wrapped(base), p.request(ctx, http.MethodGet))
		p.aWhile()
		p.attempts(base, 1, scene.name+" while the call was being canceled")
	}
}

type contextKey struct{}

func contextValues(p *probe) {
	for _, scene := range endings() {
		base := p.script(scene.replies...)
		ctx := context.WithValue(p.ctx, contextKey{}, "value")
		p.call(p.wrapped(base), p.request(ctx, http.MethodGet))
		for i, a := range base.Attempts() {
			if got := a.Context.Value(contextKey{}); got != "value" {
				p.errorf("%s, attempt %d: got the value %v from its context, want the caller's", scene.name, i+1, got)
			}
		}
	}
}

func deadlineReachesBase(p *probe) {
	ctx, cancel := context.WithTimeout(p.ctx, time.Minute)
	defer cancel()
	want, _ := ctx.Deadline()
	base := p.script(Respond(200))
	p.call(p.wrapped(base), p.request(ctx, http.MethodGet))
	for _, a := range base.Attempts() {
		if got, ok := a.Context.Deadline(); !ok || got.After(want) {
			p.errorf("deadline of the attempt: got %v (set: %t), want %v or earlier", got, ok, want)
		}
	}
}

func cancelReachesBase(p *probe) {
	ctx, cancel := context.WithCancel(p.ctx)
	base := p.script(Block())
	call := p.inFlight(base, p.request(ctx, http.MethodGet))
	cancel()
	if !p.eventually(func() bool {
		for _, a := range base.Attempts() {
			if a.Context.Err() == nil || a.End.IsZero() {
				return false
			}
		}
		return true
	}) {
		p.errorf("after the call was canceled: got an attempt that goes on, want it canceled")
	}
	call.within(p.prompt(), "canceled in flight")
}

func cancelReachesBody(p *probe) {
	ctx, cancel := context.WithCancel(p.ctx)
	resp := p.respond(p.wrapped(p.script(Respond(200).Body("begun").Stall())), p.request(ctx, http.MethodGet), 200)
	p.step("reading what there is of a body that stalls")
	if _, err := io.ReadFull(resp.Body, make([]byte, len("begun"))); err != nil {
		p.fatalf("reading what there is of the body: %v", err)
	}
	read := make(chan error, 1)
	go func() {
		_, err := resp.Body.Read(make([]byte, 1))
		read <- err
	}()
	p.settle()
	cancel()
	timer := time.NewTimer(p.prompt())
	defer timer.Stop()
	select {
	case err := <-read:
		if !errors.Is(err, context.Canceled) {
			p.errorf("reading the body of a canceled call: got %v, want an error that matches context.Canceled", err)
		}
	case <-timer.C:
		p.errorf("reading the body of a canceled call: still waiting after %v", p.prompt())
	}
}

func lateAnswerClosed(p *probe) {
	release := make(chan struct{})
	script := p.script(Respond(200).Body("late"))
	deaf := trip.Func(func(req *http.Request) (*http.Response, error) {
		<-release // this base does not hear of the cancellation
		return script.RoundTrip(req.WithContext(context.WithoutCancel(req.Context())))
	})
	ctx, cancel := context.WithCancel(p.ctx)
	call := p.start(p.wrapped(deaf), p.request(ctx, http.MethodGet))
	p.settle()
	cancel()
	p.settle()
	close(release)
	if o := call.within(time.Minute, "canceled, then answered"); o.resp != nil {
		_ = o.resp.Body.Close()
	}
	if !p.eventually(func() bool { return len(script.ledger.Leaks()) == 0 }) {
		p.errorf("an answer after the call was canceled: got its body open, want it closed or returned")
	}
}
