// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"fmt"
	"net/http"
	"time"
)

func retryClauses() []Clause {
	return []Clause{
		{
			Name:   "retry/recovers-from-503",
			Source: "RFC 9110 §15.6.4",
			Doc:    "A GET that is answered with 503 is sent again, and the answer to that returned.",
			Needs:  "Retries", run: recoversFrom503,
		},
		{
			Name:   "retry/recovers-from-reset",
			Source: "RFC 9112 §9.3.1, RFC 9110 §9.2.2",
			Doc:    "A GET whose connection breaks is sent again, and the answer to that returned.",
			Needs:  "Retries", run: recoversFromReset,
		},
		{
			Name:   "retry/methods",
			Source: "RFC 9110 §9.2.2: GET, HEAD, OPTIONS, TRACE, PUT and DELETE are idempotent",
			Doc:    "Each method that the wrapper says it sends again is sent again.",
			Needs:  "Retries", run: retriesMethods,
		},
		{
			Name:   "retry/keyed",
			Source: "draft-ietf-httpapi-idempotency-key-header; net/http, Transport: the header makes a request replayable",
			Doc:    "A POST with an Idempotency-Key is sent again.",
			Needs:  "RetriesKeyed", run: retriesKeyed,
		},
		{
			Name:   "retry/same-key",
			Source: "draft-ietf-httpapi-idempotency-key-header §2.5; stripe-go, TestDo_Retry",
			Doc:    "All attempts of a POST with an idempotency key carry that key and the same body.",
			Needs:  "Retries", run: sameKey,
		},
		{
			Name:   "retry/attempts-bounded",
			Source: "Google SRE book, chapter 21; " + complaints + "gax-go (no bound but the context)",
			Doc:    "A request that fails every time is sent as often as was declared, and no more.",
			Needs:  "Retries", run: attemptsBounded,
		},
		{
			Name:   "retry/waits",
			Source: "AWS Architecture Blog, exponential backoff and jitter; " + complaints + "failsafe-go (two instant retries)",
			Doc:    "Time passes between the attempts: they are not all made at once.",
			Needs:  "Retries", run: retryWaits,
		},
		{
			Name:   "retry/header-not-piled-up",
			Source: complaints + "go-service (a test there: authorization headers accumulate across retries)",
			Doc:    "Each attempt carries the header once: nothing is added to what the last attempt carried.",
			Needs:  "Retries", run: headerNotPiledUp,
		},
		{
			Name:   "retry/stops-at-an-answer",
			Source: "RFC 9110 §15.5",
			Doc:    "A definite answer to a later attempt ends the call and is returned.",
			Needs:  "Retries", run: stopsAtAnAnswer,
		},
	}
}

// failures are what a retry is for.
func failures() []scene {
	return []scene{
		{"answered with 503", []Reply{Respond(503).Body("busy")}},
		{"connection reset", []Reply{Fail(errReset())}},
	}
}

func recoversFrom503(p *probe) {
	base := p.script(Respond(503).Body("busy"), Respond(200).Body("done"))
	p.same(p.drain(p.respond(p.wrapped(base), p.get(), 200)), "done", "the body of the second answer")
	p.attempts(base, 2, "answered with 503, then 200")
}

func recoversFromReset(p *probe) {
	base := p.script(Fail(errReset()), Respond(200).Body("done"))
	p.same(p.drain(p.respond(p.wrapped(base), p.get(), 200)), "done", "the body of the second answer")
	p.attempts(base, 2, "connection reset, then answered with 200")
}

func retriesMethods(p *probe) {
	for _, method := range p.cfg.methods {
		base := p.script(Respond(503).Body("busy"), Respond(200))
		req := p.request(p.ctx, method)
		if method == http.MethodPut {
			req, _ = p.upload(method, "content")
		}
		o := p.call(p.wrapped(base), req)
		if o.resp == nil || o.resp.StatusCode != http.StatusOK || base.Len() != 2 {
			p.errorf("%s answered with 503, then 200: got %v after %d attempts, want a response (200) after 2", method, o, base.Len())
		}
	}
}

// keyed makes a POST with a key.
func (p *probe) keyed() *http.Request {
	req, _ := p.upload(http.MethodPost, "content")
	req.Header.Set("Idempotency-Key", "key-of-the-caller")
	return req
}

func retriesKeyed(p *probe) {
	base := p.script(Respond(503), Respond(200))
	p.respond(p.wrapped(base), p.keyed(), 200)
	p.attempts(base, 2, "POST with a key, answered with 503, then 200")
}

func sameKey(p *probe) {
	for _, scene := range failures() {
		base := p.script(scene.replies...)
		p.call(p.wrapped(base), p.keyed())
		for i, a := range base.Attempts() {
			if got := a.Header.Values("Idempotency-Key"); len(got) != 1 || got[0] != "key-of-the-caller" {
				p.errorf("POST with a key, %s, attempt %d: got the key %q, want the caller's", scene.name, i+1, got)
			}
			p.same(string(a.Body), "content", fmt.Sprintf("POST with a key, %s, attempt %d", scene.name, i+1))
		}
	}
}

func attemptsBounded(p *probe) {
	for _, scene := range failures() {
		base := p.script(scene.replies...)
		p.call(p.wrapped(base), p.get())
		p.aWhile()
		if got := base.Len(); got < 2 || got > p.cfg.attempts {
			p.errorf("GET, %s every time: got %d attempts, want 2 to %d", scene.name, got, p.cfg.attempts)
		}
	}
}

func retryWaits(p *probe) {
	base := p.script(Respond(503))
	p.call(p.wrapped(base), p.get())
	attempts := base.Attempts()
	if wait := attempts[len(attempts)-1].Start.Sub(attempts[0].End); len(attempts) > 1 && wait < time.Millisecond {
		p.errorf("GET, answered with 503 every time: got %d attempts in %v, want a millisecond or more", len(attempts), wait)
	}
}

func headerNotPiledUp(p *probe) {
	base := p.script(Respond(503))
	req := p.get()
	req.Header.Set("X-One", "1")
	p.call(p.wrapped(base), req)
	attempts := base.Attempts()
	for i := 1; i < len(attempts); i++ {
		for key, first := range attempts[0].Header {
			if got := attempts[i].Header[key]; len(got) > len(first) {
				p.errorf("attempt %d: Header[%q]: got %d values, want %d as in the first attempt", i+1, key, len(got), len(first))
			}
		}
	}
}

func stopsAtAnAnswer(p *probe) {
	for _, status := range []int{404, 422, 501} {
		base := p.script(Respond(503), Respond(status).Body("definite"), Respond(200))
		resp := p.respond(p.wrapped(base), p.get(), status)
		p.same(p.drain(resp), "definite", "the body of the second answer")
		p.attempts(base, 2, fmt.Sprintf("answered with 503, then %d", status))
	}
}
