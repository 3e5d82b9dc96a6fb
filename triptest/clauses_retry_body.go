// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

func retryBodyClauses() []Clause {
	return []Clause{
		{
			Name:   "retry/same-bytes",
			Source: "net/http, Request.GetBody; " + complaints + `go-chi/transport ("payload", "", "")`,
			Doc:    "Every attempt sends the same bytes, with the same length.",
			Needs:  "Retries", run: sameBytes,
		},
		{
			Name:   "retry/own-body",
			Source: roundTripper + `the body may be closed, and so read, "in a separate goroutine even after RoundTrip returns"; ` + complaints + "rehttp (a data race), golang/go#25009",
			Doc:    "Every attempt has a body of its own: one that is still being read takes nothing from the next.",
			Needs:  "Retries", run: ownBody,
		},
		{
			Name:   "retry/no-replay-without-getbody",
			Source: "net/http, Request.GetBody: without it a body cannot be had again",
			Doc:    "A request whose body cannot be had again is sent once, and its answer returned.",
			Needs:  "Retries", UnlessGiven: "Buffers", run: noReplayWithoutGetBody,
		},
		{
			Name:   "retry/buffered",
			Source: "the option Buffers",
			Doc:    "A request whose body cannot be had again is sent again with the bytes that were kept.",
			Needs:  "Buffers", run: buffered,
		},
		{
			Name:   "retry/getbody-fails",
			Source: "net/http, Request.GetBody may fail; " + complaints + "justinrixx/retryhttp (both on a seek error)",
			Doc:    "If GetBody fails, the answer that there was is returned and not lost.",
			Needs:  "Retries", run: getBodyFails,
		},
		{
			Name:   "retry/discarded-closed",
			Source: "net/http, Response.Body must be closed; " + complaints + "failsafe-go (41 connections and 120 goroutines for 20 requests), openai-go#495",
			Doc:    "The body of every answer that is not returned is closed, and of the one that is not.",
			Needs:  "Retries", run: discardedClosed,
		},
		{
			Name:   "retry/endless-body-discarded",
			Source: complaints + "rehttp, heimdall, azcore, which read a discarded body without bound",
			Doc:    "A discarded answer is not read without bound.",
			Needs:  "Retries", run: endlessDiscarded,
		},
		{
			Name:   "retry/stalled-body-discarded",
			Source: complaints + "openai-go#829 (a stalled 429 body holds up the retry for ever)",
			Doc:    "A discarded answer whose body stalls does not hold up the next attempt.",
			Needs:  "Retries", run: stalledDiscarded,
		},
	}
}

func sameBytes(p *probe) {
	content := pattern(100 << 10)
	for _, scene := range append(failures(), scene{"answered with 503 after five bytes", []Reply{Respond(503).Reads(5)}}) {
		req, _ := p.upload(http.MethodPut, content)
		base := p.script(scene.replies[0], Respond(200))
		p.respond(p.wrapped(base), req, 200)
		attempts := base.Attempts()
		if len(attempts) != 2 {
			p.fatalf("PUT, %s, then 200: got %d attempts, want 2", scene.name, len(attempts))
		}
		p.same(string(attempts[1].Body), content, "PUT, "+scene.name+": the second attempt")
		if got := attempts[1].ContentLength; got != int64(len(content)) {
			p.errorf("PUT, %s: ContentLength of the second attempt: got %d, want %d", scene.name, got, len(content))
		}
	}
}

func ownBody(p *probe) {
	content := pattern(10 << 10)
	req, _ := p.upload(http.MethodPut, content)
	linger := make(chan struct{})
	var base *Script
	base = p.scriptFunc(func(n int, _ *http.Request) Reply {
		if n == 1 {
			return Respond(503).Lingers(linger)
		}
		if n == 2 { // the first attempt reads on while the second is under way
			close(linger)
			p.lingered(base)
		}
		return Respond(200)
	})
	p.respond(p.wrapped(base), req, 200)
	p.same(string(base.Attempts()[1].Body), content, "the second attempt, while the first was still being read")
}

// lingered waits until the first attempt has let go of its body.
func (p *probe) lingered(base *Script) {
	for range 100 {
		if base.Attempts()[0].BodyClosed {
			return
		}
		pause(time.Millisecond)
	}
	p.fatalf("the first attempt cannot finish reading its body while the second is under way")
}

func noReplayWithoutGetBody(p *probe) {
	for _, length := range []int64{7, -1} {
		req, sent := p.uploadOnce(http.MethodPut)
		req.ContentLength = length
		base := p.script(Respond(503).Body("busy"), Respond(200))
		o := p.call(p.wrapped(base), req)
		p.attempts(base, 1, "PUT without GetBody, answered with 503")
		if base.Len() == 1 {
			p.same(p.drain(p.want(o, 503)), "busy", "the body of the only answer")
		}
		p.closed(sent, "PUT without GetBody")
	}
}

func buffered(p *probe) {
	req, sent := p.uploadOnce(http.MethodPut)
	base := p.script(Respond(503), Respond(200))
	p.respond(p.wrapped(base), req, 200)
	for i, a := range base.Attempts() {
		p.same(string(a.Body), "content", fmt.Sprintf("attempt %d", i+1))
	}
	p.attempts(base, 2, "PUT without GetBody, answered with 503, then 200")
	p.closed(sent, "PUT without GetBody")
}

func getBodyFails(p *probe) {
	req, sent := p.upload(http.MethodPut, "content")
	req.GetBody = func() (io.ReadCloser, error) { return nil, errors.New("the file is gone") }
	base := p.script(Respond(503).Body("busy"), Respond(200))
	o := p.call(p.wrapped(base), req)
	p.same(p.drain(p.want(o, 503)), "busy", "the body of the only answer")
	p.closed(sent, "PUT whose GetBody fails")
}

func discardedClosed(p *probe) {
	for _, size := range []int{0, 100, 200 << 10} {
		base := p.script(Respond(503).Body(pattern(size)), Respond(200).Body("done"))
		resp := p.respond(p.wrapped(base), p.get(), 200)
		if !p.eventually(func() bool { return len(base.ledger.Leaks()) <= 1 }) {
			p.errorf("a discarded body of %d bytes: got it open, want it closed", size)
		}
		p.same(p.drain(resp), "done", "the body that is returned")
	}
}

// enough is how much of a discarded body nobody needs to read.
const enough = 32 << 20

func endlessDiscarded(p *probe) {
	endless := Respond(503).Stream(func(w io.Writer) error {
		chunk := make([]byte, 256<<10)
		for written := 0; written < enough; {
			n, err := w.Write(chunk)
			if written += n; err != nil {
				return err //nolint:wrapcheck // ends the stream
			}
		}
		p.errorf("a discarded body without an end: got %d MiB of it read, want less", enough>>20)
		return nil
	})
	base := p.script(endless, Respond(200))
	call := p.start(p.wrapped(base), p.get())
	p.want(call.within(5*time.Minute, "answered with 503 and a body without an end, then 200"), 200)
}

func stalledDiscarded(p *probe) {
	base := p.script(Respond(503).Body("busy").Stall(), Respond(200))
	call := p.start(p.wrapped(base), p.get())
	p.want(call.within(5*time.Minute, "answered with 503 and a body that stalls, then 200"), 200)
	if !p.eventually(func() bool { return len(base.ledger.Leaks()) <= 1 }) {
		p.errorf("a discarded body that stalls: got it open, want it closed")
	}
}
