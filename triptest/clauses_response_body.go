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

func responseBodyClauses() []Clause {
	return []Clause{
		{
			Name:   "response/body-bytes",
			Source: "net/http, Response.Body",
			Doc:    "The body comes back byte for byte, whatever the status.",
			run:    responseBytes,
		},
		{
			Name:   "response/headers-first",
			Source: `net/http, Response.Body: "streamed on demand as the Body field is read"; ` + complaints + "openai-go#829 (a stalled 429 body)",
			Doc:    "A response is handed over when its headers are there, whatever its status and however long its body takes.",
			run:    headersFirst,
		},
		{
			Name:   "response/streams",
			Source: "WHATWG HTML, server-sent events; net/http, Flusher",
			Doc:    "Each piece of a body can be read before the next exists.",
			run:    responseStreams,
		},
		{
			Name:   "response/trailer",
			Source: `net/http, Response.Trailer: "after Body.Read has returned io.EOF" it holds the values; RFC 9110 §6.5; gRPC`,
			Doc:    "Trailer values are there after the end of the body.",
			run:    responseTrailer,
		},
		{
			Name:   "response/close-reaches-base",
			Source: "net/http, Response.Body: the caller's Close is what frees the connection",
			Doc:    "Closing the body closes that of the base, before its end too.",
			run:    closeReachesBase,
		},
		{
			Name:   "response/broken-body",
			Source: "RFC 9112 §8 (incomplete messages must not pass for complete ones); go-retryablehttp#238",
			Doc:    "A body that breaks gives the bytes that came and then the error, and is not fetched again.",
			run:    brokenBody,
		},
		{
			Name:      "response/body-not-cut",
			Source:    complaints + "failsafe-go#123, #65, azcore#17780, resty#1197, hedgedhttp#1, which cancel the context when the headers are there",
			Doc:       "A body can be read for as long as the caller's context lives, however slow it is.",
			fakeClock: true,
			run:       bodyNotCut,
		},
		{
			Name:   "response/close-twice",
			Source: "net/http, bodies of Transport: a second Close, and a Close after the end, do no harm; deferred Close after io.ReadAll is everywhere",
			Doc:    "A body can be closed after its end and more than once.",
			run:    closeTwice,
		},
	}
}

func responseBytes(p *probe) {
	for _, status := range []int{200, 404, 500} {
		for _, size := range []int{0, 1, 1 << 20} {
			content := pattern(size)
			got := p.respond(p.wrapped(p.script(Respond(status).Body(content))), p.get(), status)
			p.same(p.drain(got), content, fmt.Sprintf("the body of the response (%d)", status))
		}
	}
}

func headersFirst(p *probe) {
	for _, status := range []int{200, 400, 404, 422, 500, 503} {
		base := p.script(Respond(status).Header("Content-Type", "application/json").Body(`{"code":`).Stall())
		call := p.start(p.wrapped(base), p.request(p.ctx, http.MethodPost))
		o := call.within(time.Minute, fmt.Sprintf("answered with %d and a body that stalls", status))
		_ = p.want(o, status).Body.Close()
	}
}

func responseStreams(p *probe) {
	heard := make(chan string)
	base := p.script(Respond(200).Header("Content-Type", "text/event-stream").Stream(func(w io.Writer) error {
		for _, event := range []string{"data: 1\n\n", "data: 2\n\n"} {
			if _, err := io.WriteString(w, event); err != nil {
				return err //nolint:wrapcheck // ends the stream
			}
			if got := <-heard; got != event {
				p.errorf("an event: got %q, want %q", got, event)
			}
		}
		return nil
	}))
	call := p.start(p.wrapped(base), p.get())
	resp := p.want(call.within(time.Minute, "a stream that has just begun"), 200)
	p.step("waiting for an event that was flushed")
	for range 2 {
		buf := make([]byte, 64)
		n, err := resp.Body.Read(buf)
		if err != nil {
			close(heard)
			p.fatalf("reading an event: %v", err)
		}
		heard <- string(buf[:n])
	}
	p.drain(resp)
}

func responseTrailer(p *probe) {
	resp := p.respond(p.wrapped(p.script(Respond(200).Body("content").Trailer("Grpc-Status", "0"))), p.get(), 200)
	if _, announced := resp.Trailer["Grpc-Status"]; !announced {
		p.errorf("Response.Trailer before the end of the body: got %v, want the key that was announced", resp.Trailer)
	}
	p.drain(resp)
	if got := resp.Trailer.Get("Grpc-Status"); got != "0" {
		p.errorf("Response.Trailer after the end of the body: got %v, want Grpc-Status 0", resp.Trailer)
	}
}

func closeReachesBase(p *probe) {
	for _, scene := range []scene{
		{"a body that was not read", []Reply{Respond(200).Body("content")}},
		{"a body that stalls", []Reply{Respond(200).Body("content").Stall()}},
		{"a body without an end", []Reply{Respond(200).Endless()}},
		{"a body that is still being produced", []Reply{Respond(200).Stream(echoOnce)}},
		{"the body of a 404", []Reply{Respond(404).Body("content")}},
		{"the body of a POST's 503", []Reply{Respond(503).Body("content")}},
	} {
		base := p.script(scene.replies...)
		o := p.call(p.wrapped(base), p.request(p.ctx, http.MethodPost))
		if o.resp == nil {
			p.errorf("%s: got %v, want a response", scene.name, o)
			continue
		}
		p.step("closing %s", scene.name)
		_ = o.resp.Body.Close()
		if !p.eventually(func() bool { return len(base.ledger.Leaks()) == 0 }) {
			p.errorf("%s: got it open at the base after Close, want it closed", scene.name)
		}
	}
}

func brokenBody(p *probe) {
	broken := &baseError{code: 9}
	base := p.script(Respond(200).Body("half").Break(broken), Respond(200).Body("half and half"))
	resp := p.respond(p.wrapped(base), p.get(), 200)
	got, err := io.ReadAll(resp.Body)
	p.same(string(got), "half", "what came before the break")
	if !errors.Is(err, broken) {
		p.errorf("at the break: got error %v, want one for which errors.Is finds %q", err, broken)
	}
	p.attempts(base, 1, "a body that breaks")
}

func bodyNotCut(p *probe) {
	for _, wait := range []time.Duration{time.Second, time.Hour} {
		slow := Respond(200).Stream(func(w io.Writer) error {
			pause(wait)
			_, err := io.WriteString(w, "at last")
			return err //nolint:wrapcheck // ends the stream
		})
		for _, replies := range [][]Reply{{slow}, {Respond(503), slow}} {
			o := p.call(p.wrapped(p.script(replies...)), p.get())
			if o.resp != nil && o.resp.StatusCode == http.StatusOK { // or else it does not retry
				p.step("reading a body that comes after %v", wait)
				p.same(p.drain(answer{o.resp}), "at last", fmt.Sprintf("a body that comes after %v", wait))
			}
		}
	}
}

func closeTwice(p *probe) {
	for _, status := range []int{200, 404, 503} {
		resp := p.respond(p.wrapped(p.script(Respond(status).Body("content"))), p.request(p.ctx, http.MethodPost), status)
		p.drain(resp)
		if err := resp.Body.Close(); err != nil {
			p.errorf("closing the body of the response (%d) again: got %v, want nil", status, err)
		}
	}
}
