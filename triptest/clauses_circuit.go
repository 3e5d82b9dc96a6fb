// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

func circuitClauses() []Clause {
	return []Clause{
		{
			Name:   "circuit/opens",
			Source: "Nygard, Release It!, circuit breaker; " + complaints + "resty v3 (transport errors are not counted)",
			Doc:    "After enough failures in a row a request is refused without reaching the base.",
			Needs:  "Circuit", run: circuitOpens,
		},
		{
			Name:   "circuit/rejection",
			Source: roundTripper + "a response or an error; sony/gobreaker#52 and others ask for an error to branch on",
			Doc:    "A refusal comes at once, as the declared error, and without a response.",
			Needs:  "Circuit", run: circuitRejection,
		},
		{
			Name:   "circuit/rejection-closes-body",
			Source: roundTripper + `"RoundTrip must always close the body, including on errors"; ` + complaints + "failsafe-go",
			Doc:    "The body of a request that is refused is closed.",
			Needs:  "Circuit", run: circuitRejectionClosesBody,
		},
		{
			Name:   "circuit/client-errors-are-no-failures",
			Source: "RFC 9110 §15.5: the client has erred, and the server is well",
			Doc:    "Answers of 4XX do not open the circuit.",
			Needs:  "Circuit", run: clientErrorsNoFailures,
		},
		{
			Name:   "circuit/cancellations-are-no-failures",
			Source: complaints + "gobreaker and failsafe-go (six cancellations open the default breaker)",
			Doc:    "Calls that their callers cancel do not open the circuit.",
			Needs:  "Circuit", run: cancellationsNoFailures,
		},
		{
			Name:   "circuit/hosts-apart",
			Source: "the option CircuitPerHost; a single circuit takes healthy hosts down with a sick one",
			Doc:    "The failures of one host do not affect another.",
			Needs:  "CircuitPerHost", run: hostsApart,
		},
		{
			Name:   "circuit/slow-failures-count",
			Source: complaints + "gobreaker (failures slower than its window are dropped, so a hanging host never opens it)",
			Doc:    "Failures that take half a minute to show open the circuit too.",
			Needs:  "Circuit", fakeClock: true, run: slowFailuresCount,
		},
	}
}

// A circuit is a wrapper with a circuit over a base that does as it is told.
type circuit struct {
	p     *probe
	rt    http.RoundTripper
	base  *Script
	serve atomic.Pointer[func(*http.Request) Reply]
	url   *url.URL
}

// circuit builds a wrapper over a base that gives the reply until further
// notice.
func (p *probe) circuit(reply Reply) *circuit {
	c := &circuit{p: p, url: p.get().URL}
	c.set(reply)
	c.base = p.scriptFunc(func(_ int, req *http.Request) Reply { return (*c.serve.Load())(req) })
	c.rt = p.wrapped(c.base)
	return c
}

func (c *circuit) set(reply Reply) { c.handle(func(*http.Request) Reply { return reply }) }

func (c *circuit) handle(f func(*http.Request) Reply) { c.serve.Store(&f) }

// request makes a request that no retry will repeat, to the circuit's host.
func (c *circuit) request(ctx context.Context) *http.Request {
	req := c.p.request(ctx, http.MethodPost)
	req.URL = c.url
	return req
}

// call makes a call and says whether it was refused.
func (c *circuit) call() (o outcome, refused bool) {
	before := c.base.Len()
	o = c.p.call(c.rt, c.request(c.p.ctx))
	if o.resp != nil && o.resp.Body != nil {
		_ = o.resp.Body.Close()
	}
	return o, c.base.Len() == before
}

// patience is how many failures in a row open any circuit.
const patience = 300

// open lets requests fail until one is refused, and returns that outcome.
func (c *circuit) open() outcome {
	for _, reply := range []Reply{Respond(503), Fail(errReset())} {
		c.set(reply)
		for range patience {
			if o, refused := c.call(); refused {
				return o
			}
			pause(time.Millisecond)
		}
	}
	c.p.fatalf("%d answers of 503 and as many resets in a row: got every request sent, want it refused at some time", patience)
	return outcome{}
}

// accepts has requests be let through.
func (c *circuit) accepts(when string) {
	c.set(Respond(200))
	for n := range 10 {
		if o, refused := c.call(); refused {
			c.p.errorf("%s, request %d: got %v and nothing sent, want it sent", when, n+1, o)
			return
		}
	}
}

func circuitOpens(p *probe) {
	c := p.circuit(Respond(200))
	c.open()
	if _, refused := c.call(); !refused {
		p.errorf("the request after one that was refused: got it sent, want it refused too")
	}
}

func circuitRejection(p *probe) {
	o := p.circuit(Respond(200)).open()
	if (o.resp == nil) == (o.err == nil) {
		p.errorf("a refusal: got %v, want one of the two", o)
	}
	if target := p.cfg.rejection; target != nil && !errors.Is(o.err, target) {
		p.errorf("a refusal: got %v, want an error for which errors.Is(err, %q) holds", o, target)
	}
	if o.took > p.prompt() {
		p.errorf("a refusal: got it after %v, want it at once", o.took)
	}
}

func circuitRejectionClosesBody(p *probe) {
	c := p.circuit(Respond(200))
	c.open()
	req, sent := p.upload(http.MethodPost, "content")
	req.URL = c.url
	before := c.base.Len()
	p.call(c.rt, req)
	if c.base.Len() != before {
		p.fatalf("the request after one that was refused: got it sent, want it refused too")
	}
	p.closed(sent, "a request that was refused")
}

func clientErrorsNoFailures(p *probe) {
	for _, status := range []int{400, 401, 404, 409, 422} {
		c := p.circuit(Respond(status))
		for n := range patience {
			if o, refused := c.call(); refused {
				p.errorf("after %d answers of %d: got %v and nothing sent, want it sent", n, status, o)
				break
			}
		}
	}
}

func cancellationsNoFailures(p *probe) {
	c := p.circuit(Block())
	for n := range patience / 3 {
		ctx, cancel := context.WithCancel(p.ctx)
		before := c.base.Len()
		call := p.start(c.rt, c.request(ctx))
		p.eventually(func() bool { return c.base.Len() > before || call.ended() })
		if call.ended() {
			p.fatalf("after %d cancellations: got %v and nothing sent, want it sent", n, call.out)
		}
		cancel()
		call.within(p.prompt(), "canceled in flight")
	}
	c.accepts("after many cancellations")
}

func hostsApart(p *probe) {
	c := p.circuit(Respond(200))
	c.open()
	c.url = p.get().URL
	c.accepts("another host than the one that fails")
}

func slowFailuresCount(p *probe) {
	c := p.circuit(Respond(503).After(30 * time.Second))
	for range 6 {
		before := c.base.Len()
		var calls []*pending
		for range patience / 6 {
			calls = append(calls, p.start(c.rt, c.request(p.ctx)))
		}
		for _, call := range calls {
			call.within(10*time.Minute, "answered after half a minute")
		}
		if c.base.Len()-before < len(calls) {
			return // some were refused
		}
	}
	p.errorf("%d failures of half a minute each, %d at a time: got every request sent, want one refused at some time",
		patience, patience/6)
}
