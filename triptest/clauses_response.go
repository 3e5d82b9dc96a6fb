// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/surefoot-go/surefoot/trip"
)

func responseClauses() []Clause {
	return []Clause{
		{
			Name:   "response/passed-on",
			Source: "net/http, Response; " + roundTripper + `"RoundTrip should not attempt to interpret the response"`,
			Doc:    "Status line, protocol, length, framing and TLS state come back as the base gave them.",
			run:    responsePassedOn,
		},
		{
			Name:   "response/header",
			Source: "net/http, Response.Header; RFC 9110 §5.3; RFC 6265 §3 (Set-Cookie must not be folded)",
			Doc:    "The header comes back as the base gave it, keys of any case and several values included.",
			run:    responseHeader,
		},
		{
			Name:   "response/status-is-no-error",
			Source: roundTripper + `"RoundTrip must return err == nil if it obtained a response, regardless of the response's HTTP status code"; ` + complaints + "go-retryablehttp#46, #212",
			Doc:    "A response is returned as a response whatever its status, when attempts run out too.",
			run:    statusIsNoError,
		},
		{
			Name:   "response/error-kept",
			Source: roundTripper + "a non-nil err means failure to obtain a response; " + complaints + "rehttp, which replaces it by a text",
			Doc:    "An error of the base comes back so that errors.Is and errors.As find it.",
			run:    errorKept,
		},
		{
			Name:   "response/one-of-two",
			Source: roundTripper + "a response or an error; " + complaints + "go-retryablehttp#179, heimdall, azcore",
			Doc:    "A call returns a response or an error, and never both or neither.",
			run:    oneOfTwo,
		},
		{
			Name:   "response/request",
			Source: "net/http, Response.Request: the request that was sent to obtain this response",
			Doc:    "Response.Request is set and names the caller's method, URL and header.",
			run:    responseRequest,
		},
		{
			Name:   "response/redirect-left-alone",
			Source: roundTripper + `"RoundTrip should not attempt to handle higher-level protocol details such as redirects"; ` + complaints + "go-retryablehttp#128",
			Doc:    "A redirect comes back as it is and is not followed.",
			run:    redirectLeftAlone,
		},
		{
			Name:   "response/informational",
			Source: "net/http/httptrace, Got1xxResponse; RFC 8297 (103 Early Hints)",
			Doc:    "Informational responses reach the hooks in the caller's context.",
			run:    informational,
		},
		{
			Name:   "response/nil-body",
			Source: complaints + "go-service (a test there: responses with a nil body); fakes in user tests do it",
			Doc:    "A base that returns a response without a body does not make the wrapper panic, nor the body that it returns.",
			run:    nilBody,
		},
		{
			Name:   "response/neither",
			Source: "fakes in user tests do it; net/http, Client: reports a RoundTripper that returns neither",
			Doc:    "A base that returns neither response nor error does not make the wrapper panic.",
			run:    neither,
		},
	}
}

func responsePassedOn(p *probe) {
	state := &tls.ConnectionState{ServerName: "state.test"}
	var given *http.Response
	base := p.script(Respond(200).Body("content").Edit(func(resp *http.Response) {
		resp.Status, resp.Proto, resp.ProtoMajor, resp.ProtoMinor = "200 Fine", "HTTP/2.0", 2, 0
		resp.ContentLength, resp.TransferEncoding = -1, []string{"chunked"}
		resp.Close, resp.Uncompressed, resp.TLS = true, true, state
		c := *resp
		given = &c
	}))
	got := p.respond(p.wrapped(base), p.get(), 200)
	check := func(what string, got, want any) {
		if got != want {
			p.errorf("Response.%s: got %#v, want %#v", what, got, want)
		}
	}
	check("Status", got.Status, given.Status)
	check("Proto", got.Proto, given.Proto)
	check("ProtoMajor", got.ProtoMajor, given.ProtoMajor)
	check("ContentLength", got.ContentLength, given.ContentLength)
	check("Close", got.Close, given.Close)
	check("Uncompressed", got.Uncompressed, given.Uncompressed)
	if got.TLS != state {
		p.errorf("Response.TLS: got another state than that of the base")
	}
	if !slices.Equal(got.TransferEncoding, given.TransferEncoding) {
		p.errorf("Response.TransferEncoding: got %q, want %q", got.TransferEncoding, given.TransferEncoding)
	}
}

func responseHeader(p *probe) {
	for _, status := range []int{200, 404} {
		base := p.script(Respond(status).
			Header("Set-Cookie", "a=1").Header("Set-Cookie", "b=2").
			Header("x-lower-CASE", "kept").Header("X-Empty", ""))
		want := base.replies[0].header
		got := p.respond(p.wrapped(base), p.get(), status)
		p.report(fmt.Sprintf("answered with %d", status), diffHeader("Header", got.Header, want, &p.cfg.responseHeaders))
	}
}

func statusIsNoError(p *probe) {
	for _, status := range []int{400, 401, 403, 404, 408, 409, 418, 425, 429, 499, 500, 501, 502, 503, 504, 505, 599} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			o := p.call(p.wrapped(p.script(Respond(status).Body("the answer"))), p.request(p.ctx, method))
			if o.err != nil || o.resp == nil || o.resp.StatusCode != status {
				p.errorf("%s that is always answered with %d: got %v, want that response", method, status, o)
			}
		}
	}
}

// baseError is an error of a type that only the base knows.
type baseError struct{ code int }

func (e *baseError) Error() string { return fmt.Sprintf("base error %d", e.code) }

func errorKept(p *probe) {
	want := &baseError{code: 7}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		o := p.call(p.wrapped(p.script(Fail(want))), p.request(p.ctx, method))
		var as *baseError
		if o.resp != nil || !errors.Is(o.err, want) || !errors.As(o.err, &as) {
			p.errorf("%s whose base fails: got %v, want an error for which errors.Is and errors.As find %q", method, o, want)
		}
	}
}

func oneOfTwo(p *probe) {
	check := func(when string, o outcome) {
		if (o.resp == nil) == (o.err == nil) {
			p.errorf("%s: got %v, want one of the two", when, o)
		}
	}
	for _, scene := range append(endings(), []scene{
		{"answered with 503 every time", []Reply{Respond(503).Body("busy")}},
		{"answered with 503, then reset", []Reply{Respond(503).Body("busy"), Fail(errReset())}},
		{"connection reset, then 500", []Reply{Fail(errReset()), Respond(500).Body("broken")}},
	}...) {
		check(scene.name, p.call(p.wrapped(p.script(scene.replies...)), p.get()))
		// The same, with a deadline that passes in the middle of it.
		ctx, cancel := context.WithTimeout(p.ctx, 50*time.Millisecond)
		check(scene.name+", with a deadline of 50ms",
			p.call(p.wrapped(p.script(scene.replies...)), p.request(ctx, http.MethodGet)))
		cancel()
	}
}

func responseRequest(p *probe) {
	for _, scene := range endings()[:3] { // those that end in a response
		req, _ := p.upload(http.MethodPut, "content")
		req.Header.Set("X-One", "1")
		o := p.call(p.wrapped(p.script(scene.replies...)), req)
		switch {
		case o.resp == nil:
			p.errorf("%s: got %v, want a response", scene.name, o)
		case o.resp.Request == nil:
			p.errorf("%s: Response.Request: got nil, want the request", scene.name)
		case o.resp.Request.URL == nil || o.resp.Request.URL.String() != req.URL.String():
			p.errorf("%s: Response.Request.URL: got %v, want %v", scene.name, o.resp.Request.URL, req.URL)
		case o.resp.Request.Method != req.Method:
			p.errorf("%s: Response.Request.Method: got %q, want %q", scene.name, o.resp.Request.Method, req.Method)
		case o.resp.Request.Header.Get("X-One") != "1":
			p.errorf("%s: Response.Request.Header: got %v, want the caller's", scene.name, o.resp.Request.Header)
		}
	}
}

func redirectLeftAlone(p *probe) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		base := p.script(Respond(status).Header("Location", "http://elsewhere.test/").Body("moved"), Respond(200))
		o := p.call(p.wrapped(base), p.get())
		if o.resp == nil || o.resp.StatusCode != status || o.resp.Header.Get("Location") != "http://elsewhere.test/" {
			p.errorf("answered with %d: got %v, want the redirect and its Location", status, o)
		}
		p.attempts(base, 1, fmt.Sprintf("answered with %d", status))
	}
}

func nilBody(p *probe) {
	strip := func(resp *http.Response) { resp.Body = nil }
	for _, status := range []int{200, 101, 404, 503} {
		o := p.try(p.wrapped(p.script(Respond(status).Edit(strip))), p.get())
		if o.panicked != nil {
			p.errorf("answered with %d and a nil body: got %v, want the response or an error", status, o)
		}
		if o.resp == nil || o.resp.Body == nil {
			continue
		}
		if v := closing(o.resp.Body); v != nil {
			p.errorf("answered with %d and a nil body, closing the body that was returned: got a panic (%v)", status, v)
		}
	}
}

func neither(p *probe) {
	base := trip.Func(func(req *http.Request) (*http.Response, error) {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, nil //nolint:nilnil // that is the case
	})
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		req, sent := p.upload(method, "content")
		if o := p.try(p.wrapped(base), req); o.panicked != nil {
			p.errorf("%s: got %v, want an error, or neither as the base", method, o)
		}
		p.closed(sent, method)
	}
}
