// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"context"
	"fmt"
	"net/http"
	"slices"
)

// Where the promises come from.
const (
	roundTripper = "net/http, RoundTripper: "
	complaints   = "reported against "
)

func requestClauses() []Clause {
	return []Clause{
		{
			Name:   "request/untouched",
			Source: roundTripper + `"RoundTrip should not modify the request"; ` + complaints + "go-retryablehttp, rehttp, failsafe-go, which all set Body",
			Doc:    "After the call the caller's request is what it was: every field, the header, the URL, the body.",
			run:    requestUntouched,
		},
		{
			Name:   "request/untouched-in-flight",
			Source: roundTripper + `"RoundTrip should not modify the request"`,
			Doc:    "The caller's request is what it was at every moment of the call too, not only in the end.",
			run:    requestUntouchedInFlight,
		},
		{
			Name:   "request/passed-on",
			Source: roundTripper + "a single HTTP transaction for the given request",
			Doc:    "Method, URL, header, length and framing reach the base as the caller wrote them.",
			run:    requestPassedOn,
		},
		{
			Name:   "request/header-as-written",
			Source: `net/http, Header and Request.Header: keys set directly keep their case, a nil value keeps a default from being sent; RFC 9110 §5.3`,
			Doc:    "Header keys of any case, several values of one key in their order, and keys without a value reach the base.",
			run:    requestHeader,
		},
		{
			Name:   "request/host",
			Source: "net/http, Request.Host; RFC 9110 §7.2",
			Doc:    "A Host that differs from that of the URL reaches the base.",
			run:    requestHost,
		},
		{
			Name:        "request/sent-once",
			Source:      roundTripper + "a single HTTP transaction; RFC 9110 §9.2.2",
			Doc:         "A wrapper that does not say that it retries sends a request once, however it ends.",
			UnlessGiven: "Retries",
			run:         requestSentOnce,
		},
		{
			Name:   "request/success-sent-once",
			Source: "RFC 9110 §9.2.2",
			Doc:    "A request that is answered with 2XX or 3XX is not sent again.",
			run:    requestSuccessSentOnce,
		},
		{
			Name:   "request/empty-method",
			Source: `net/http, Request.Method: "an empty string means GET"`,
			Doc:    "A request with an empty method is a GET.",
			run:    requestEmptyMethod,
		},
		{
			Name:   "request/unknown-method",
			Source: "RFC 9110 §9.1: methods are extensible; WebDAV, QUERY (RFC 10008)",
			Doc:    "A method that the wrapper does not know is passed on as it is.",
			run:    requestUnknownMethod,
		},
		{
			Name:   "request/nil-header",
			Source: "net/http, Transport: refuses a nil Request.Header by an error",
			Doc:    "A request without a header map ends in the base's own outcome and not in a panic, and its body is closed.",
			run:    requestNilHeader,
		},
		{
			Name:   "request/nil-url",
			Source: "net/http, Transport: refuses a nil Request.URL by an error",
			Doc:    "A request without a URL ends in an error and not in a panic, and its body is closed.",
			run:    requestNilURL,
		},
	}
}

// A scene is what a base does in one case.
type scene struct {
	name    string
	replies []Reply
}

// endings are the ways in which a call can end that matter to the request.
func endings() []scene {
	return []scene{
		{"answered with 200", []Reply{Respond(200)}},
		{"answered with 503, then 200", []Reply{Respond(503).Body("busy"), Respond(200)}},
		{"answered with 404", []Reply{Respond(404)}},
		{"connection reset, then 200", []Reply{Fail(errReset()), Respond(200)}},
		{"connection reset every time", []Reply{Fail(errReset())}},
	}
}

// full makes a request with something in every field that a client sets.
func (p *probe) full(method string) *http.Request {
	req, _ := p.upload(method, "content")
	req.Header = http.Header{"X-One": {"1"}, "Accept": {"a", "b"}}
	req.Trailer = http.Header{"X-Sum": nil}
	req.TransferEncoding = []string{"chunked"}
	req.ContentLength = -1
	req.Host = "other.test"
	return req
}

func requestUntouched(p *probe) {
	for _, scene := range endings() {
		for _, method := range []string{http.MethodPost, http.MethodPut} {
			req := p.full(method)
			before := takeSnapshot(req)
			if o := p.call(p.wrapped(p.script(scene.replies...)), req); o.resp != nil {
				p.drain(answer{o.resp})
			}
			p.settle()
			p.report(method+" "+scene.name, before.diff())
		}
	}
}

func requestUntouchedInFlight(p *probe) {
	for _, scene := range endings() {
		req := p.full(http.MethodPut)
		before := takeSnapshot(req)
		script := NewScript(scene.replies...)
		base := p.scriptFunc(func(n int, sent *http.Request) Reply {
			p.report(fmt.Sprintf("%s, at attempt %d", scene.name, n), before.diff())
			return script.next(n, sent)
		})
		p.call(p.wrapped(base), req)
	}
}

func requestPassedOn(p *probe) {
	req := p.full(http.MethodPost)
	req.URL.User = nil
	req.URL.Path, req.URL.RawPath = "/a/b/", "/a%2Fb/"
	req.Close = true
	base := p.script(Respond(200))
	p.respond(p.wrapped(base), req, 200)
	got := base.Attempts()[0]
	check := func(what string, got, want any) {
		if got != want {
			p.errorf("Request.%s: got %#v, want %#v", what, got, want)
		}
	}
	check("Method", got.Method, req.Method)
	check("URL", got.URL, req.URL.String())
	check("ContentLength", got.ContentLength, req.ContentLength)
	check("Close", got.Close, req.Close)
	if !slices.Equal(got.TransferEncoding, req.TransferEncoding) {
		p.errorf("Request.TransferEncoding: got %q, want %q", got.TransferEncoding, req.TransferEncoding)
	}
	p.report("at the base", diffHeader("Header", got.Header, req.Header, &p.cfg.requestHeaders))
}

func requestHeader(p *probe) {
	req := p.get()
	req.Header = http.Header{
		"x-lower-CASE": {"kept"}, "X-Multi": {"b", "a", "b"}, "X-Empty": {""}, "User-Agent": nil,
	}
	base := p.script(Respond(200))
	p.respond(p.wrapped(base), req, 200)
	p.report("at the base", diffHeader("Header", base.Attempts()[0].Header, req.Header, &p.cfg.requestHeaders))
}

func requestHost(p *probe) {
	req := p.get()
	req.Host = "virtual.test"
	base := p.script(Respond(200))
	p.respond(p.wrapped(base), req, 200)
	if got := base.Attempts()[0].Host; got != req.Host {
		p.errorf("Request.Host: got %q, want %q", got, req.Host)
	}
}

func requestSentOnce(p *probe) {
	for _, status := range []int{200, 404, 429, 500, 502, 503, 504} {
		base := p.script(Respond(status))
		p.call(p.wrapped(base), p.get())
		p.attempts(base, 1, fmt.Sprintf("GET answered with %d", status))
	}
	base := p.script(Fail(errReset()))
	p.call(p.wrapped(base), p.get())
	p.attempts(base, 1, "GET whose connection is reset")
}

func requestSuccessSentOnce(p *probe) {
	for _, status := range []int{200, 201, 202, 204, 206, 301, 302, 304, 307} {
		for _, method := range []string{http.MethodGet, http.MethodPut} {
			base := p.script(Respond(status).Header("Retry-After", "1"))
			req, _ := p.upload(method, "content")
			p.call(p.wrapped(base), req)
			p.attempts(base, 1, fmt.Sprintf("%s answered with %d", method, status))
		}
	}
}

func requestEmptyMethod(p *probe) {
	req := p.get()
	req.Method = ""
	base := p.script(Respond(200))
	p.respond(p.wrapped(base), req, 200)
	if got := base.Attempts()[0].Method; got != "" && got != http.MethodGet {
		p.errorf("Request.Method: got %q, want an empty string or GET", got)
	}
}

func requestUnknownMethod(p *probe) {
	for _, method := range []string{"QUERY", "PROPFIND", "FROB", "get"} {
		req := p.request(p.ctx, http.MethodGet)
		req.Method = method
		base := p.script(Respond(200))
		p.respond(p.wrapped(base), req, 200)
		if got := base.Attempts()[0].Method; got != method {
			p.errorf("Request.Method: got %q, want %q", got, method)
		}
	}
}

func requestNilHeader(p *probe) {
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodPost} {
		req, sent := p.upload(method, "content")
		req.Header = nil
		o := p.call(p.wrapped(p.script(Respond(200))), req)
		if (o.resp == nil) == (o.err == nil) {
			p.errorf("%s without a header: got %v, want one of the two", method, o)
		}
		p.closed(sent, method+" without a header")
	}
}

func requestNilURL(p *probe) {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		req, sent := p.upload(method, "content")
		req.URL = nil
		if o := p.call(p.wrapped(p.script(Respond(200))), req); o.err == nil || o.resp != nil {
			p.errorf("%s without a URL: got %v, want an error", method, o)
		}
		p.closed(sent, method+" without a URL")
	}
	var none http.Request
	if o := p.call(p.wrapped(p.script(Respond(200))), none.WithContext(context.WithoutCancel(p.ctx))); o.err == nil {
		p.errorf("the zero Request: got %v, want an error", o)
	}
}
