// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/surefoot-go/surefoot/trip"
)

func lifecycleClauses() []Clause {
	return []Clause{
		{
			Name:   "lifecycle/quiet-construction",
			Source: "house style of net/http: a Transport does nothing until it is asked",
			Doc:    "Building the wrapper sends nothing.",
			run:    quietConstruction,
		},
		{
			Name:   "lifecycle/instances-apart",
			Source: complaints + "go-chi/transport (two clients built from one base become the same)",
			Doc:    "Two wrappers built from one middleware keep their bases apart.",
			run:    instancesApart,
		},
		{
			Name:   "lifecycle/built-once",
			Source: complaints + "go-chi/transport (middleware is constructed for every request, and forgets everything)",
			Doc:    "A wrapper that is made of middleware builds it once, and not for every request.",
			Needs:  "Composes", run: builtOnce,
		},
		{
			Name:   "lifecycle/close-idle-connections",
			Source: "net/http, Client.CloseIdleConnections asks the outermost RoundTripper only; " + complaints + "all six rivals that were probed",
			Doc:    "CloseIdleConnections of the client reaches the base.",
			run:    closeIdle,
		},
		{
			Name:   "lifecycle/panic-propagates",
			Source: "net/http, ErrAbortHandler and recover in servers; gobreaker re-panics",
			Doc:    "A panic of the base reaches the caller with its value.",
			run:    panicPropagates,
		},
		{
			Name:   "lifecycle/usable-after-panic",
			Source: complaints + "failsafe-go (permits that are never returned)",
			Doc:    "A wrapper whose base has panicked goes on working: nothing stays locked or used up.",
			run:    usableAfterPanic,
		},
		{
			Name:   "lifecycle/no-goroutine-left",
			Source: complaints + "failsafe-go (one goroutine for every request, for ever), golang/go#75052",
			Doc:    "No goroutine outlives the calls for which it was started.",
			run:    noGoroutineLeft,
		},
		{
			Name:   "lifecycle/context-released",
			Source: "context: failing to call the CancelFunc leaks the child; asecurityteam/transport#53 (out of memory in nine hours)",
			Doc:    "Contexts that are derived from the caller's are released when the call and its body have ended.",
			run:    contextReleased,
		},
		{
			Name:   "lifecycle/parallel",
			Source: roundTripper + `"RoundTrip must be safe for concurrent use by multiple goroutines"`,
			Doc:    "Calls do not wait for each other.",
			run:    parallel,
		},
		{
			Name:   "lifecycle/answers-not-mixed-up",
			Source: roundTripper + `"safe for concurrent use"; failsafe-go#136 (contexts mixed up between calls)`,
			Doc:    "Each of many calls at a time gets the answer to its own request.",
			run:    answersNotMixedUp,
		},
	}
}

func quietConstruction(p *probe) {
	base := p.script(Respond(200))
	p.wrapped(base)
	p.aWhile()
	p.attempts(base, 0, "a wrapper that was built and not used")
}

func instancesApart(p *probe) {
	one, two := p.script(Respond(200).Body("one")), p.script(Respond(200).Body("two"))
	first, second := p.wrapped(one), p.wrapped(two)
	p.same(p.drain(p.respond(first, p.get(), 200)), "one", "the answer to the first wrapper")
	p.same(p.drain(p.respond(second, p.get(), 200)), "two", "the answer to the second wrapper")
	p.same(p.drain(p.respond(first, p.get(), 200)), "one", "the answer to the first wrapper")
}

func builtOnce(p *probe) {
	var built, used atomic.Int64
	rt := p.cfg.compose(func(next http.RoundTripper) http.RoundTripper {
		built.Add(1)
		return trip.Func(func(req *http.Request) (*http.Response, error) {
			used.Add(1)
			return next.RoundTrip(req)
		})
	})(p.script(Respond(200)))
	for range 5 {
		p.respond(rt, p.get(), 200)
	}
	if n := built.Load(); n != 1 {
		p.errorf("after 5 calls: got the middleware built %d times, want once", n)
	}
	if n := used.Load(); n != 5 {
		p.errorf("after 5 calls: got the middleware used %d times, want 5", n)
	}
}

func closeIdle(p *probe) {
	base := p.script(Respond(200))
	client := http.Client{Transport: p.wrapped(base)}
	client.CloseIdleConnections()
	if base.IdleCloses() == 0 {
		p.errorf("after Client.CloseIdleConnections: got no call at the base, want one")
	}
}

func panicPropagates(p *probe) {
	c := p.circuit(Respond(200))
	p.panics(c.handle)
	o := p.try(c.rt, c.request(p.ctx))
	p.panicked()
	if o.panicked != panicValue {
		p.errorf("the base panics with %q: got %v, want that panic", panicValue, o)
	}
}

func usableAfterPanic(p *probe) {
	times := 100
	if p.cfg.has("Circuit") {
		times = 3 // more may open it, and rightly
	}
	c := p.circuit(Respond(200))
	p.panics(c.handle)
	for range times {
		p.try(c.rt, c.request(p.ctx))
		p.panicked()
	}
	c.set(Respond(200).Body("done"))
	call := p.start(c.rt, c.request(p.ctx))
	o := call.within(time.Minute, fmt.Sprintf("after %d panics of the base", times))
	p.same(p.drain(p.want(o, 200)), "done", "the answer after the panics")
}

// noise makes calls that end in every way, and returns how many.
func (c *circuit) noise(ctx context.Context) int {
	calls := 0
	for i, reply := range []Reply{
		Respond(200).Body("content"), Respond(404).Body("content"), Fail(&baseError{code: 1}), Respond(503).Body("busy"),
		Respond(200).Stream(echoOnce),
	} {
		c.set(reply)
		for _, method := range []string{http.MethodGet, http.MethodPut} {
			calls++
			req, _ := c.p.upload(method, "content")
			o := c.p.call(c.rt, req.WithContext(ctx))
			if o.resp == nil {
				continue
			}
			if i > 0 { // the first is closed unread
				c.p.drain(answer{o.resp})
			}
			_ = o.resp.Body.Close()
		}
	}
	c.set(Block())
	short, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	c.p.call(c.rt, c.p.request(short, http.MethodGet))
	return calls + 1
}

func noGoroutineLeft(p *probe) {
	c := p.circuit(Respond(200))
	p.settle()
	before, calls := len(p.ledger.Leaks()), c.noise(p.ctx)
	for range 4 {
		if p.bubbled { // or else it takes too long
			calls += c.noise(p.ctx)
		}
	}
	if p.eventually(func() bool { return len(p.ledger.Leaks()) <= before }) {
		return
	}
	leaks := p.ledger.Leaks()
	p.errorf("after %d calls that have ended: got %d goroutines more than before, want none, as %s",
		calls, len(leaks)-before, leaks[len(leaks)-1])
}

func contextReleased(p *probe) {
	var ledger Ledger
	c := p.circuit(Respond(200))
	calls := c.noise(ledger.Context(p.ctx))
	if !p.eventually(func() bool { return len(ledger.Leaks()) == 0 }) {
		leaks := ledger.Leaks()
		p.errorf("after %d calls that have ended, and whose bodies are closed: got %d contexts not released, want none, as %s",
			calls, len(leaks), leaks[0])
	}
}

func parallel(p *probe) {
	const calls = 4
	var arrived atomic.Int64
	all := make(chan struct{})
	c := p.circuit(Respond(200))
	c.handle(func(*http.Request) Reply {
		if arrived.Add(1) == calls {
			close(all)
		}
		<-all
		return Respond(200)
	})
	pendings := make([]*pending, 0, calls)
	for range calls {
		pendings = append(pendings, p.start(c.rt, c.request(p.ctx)))
	}
	for _, call := range pendings {
		o := call.within(time.Minute, fmt.Sprintf("%d calls, each answered when all have arrived", calls))
		p.want(o, 200)
	}
}

func answersNotMixedUp(p *probe) {
	const calls = 50
	base := p.scriptFunc(func(_ int, req *http.Request) Reply {
		return Respond(200).Body(req.Header.Get("X-Call")).After(time.Millisecond)
	})
	rt := p.wrapped(base)
	pendings := make([]*pending, 0, calls)
	for n := range calls {
		req, _ := p.upload(http.MethodPost, strconv.Itoa(n))
		req.Header.Set("X-Call", strconv.Itoa(n))
		pendings = append(pendings, p.start(rt, req))
	}
	for n, call := range pendings {
		resp := p.want(call.within(time.Minute, "one of many calls"), 200)
		p.same(p.drain(resp), strconv.Itoa(n), fmt.Sprintf("the answer to call %d", n))
	}
	for _, a := range base.Attempts() {
		p.same(string(a.Body), a.Header.Get("X-Call"), "the body at the base")
	}
}
