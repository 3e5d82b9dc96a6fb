// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"time"
)

func clientClauses() []Clause {
	return []Clause{
		{
			Name:   "client/redirect-seen",
			Source: "net/http, ErrUseLastResponse; " + complaints + "go-retryablehttp#128 (gets 200 instead of 302)",
			Doc:    "A client that does not follow redirects sees the redirect.",
			run:    redirectSeen,
		},
		{
			Name:   "client/redirect-followed",
			Source: "net/http, Client, CheckRedirect and Jar; " + complaints + "go-retryablehttp#128",
			Doc:    "A client follows a redirect itself: its CheckRedirect is asked and its cookies are kept.",
			run:    redirectFollowed,
		},
		{
			Name:   "client/redirect-with-body",
			Source: "RFC 9110 §15.4.8 (307); net/http, Request.GetBody; go-retryablehttp, TestClient_RedirectWithBody",
			Doc:    "A client that follows a 307 sends the body again.",
			run:    redirectWithBody,
		},
		{
			Name:   "client/timeout",
			Source: "net/http, Client.Timeout includes reading the body; rehttp, TestClientTimeoutSlowBody",
			Doc:    "A client's Timeout ends a call that hangs, and a body that stalls, and says Timeout.",
			run:    clientTimeout,
		},
		{
			Name:   "client/one-url-error",
			Source: `net/http, Client: "any returned error will be of type *url.Error"; ` + complaints + "go-retryablehttp (two nested ones)",
			Doc:    "An error reaches the caller of a client in one url.Error, and errors.Is finds it there.",
			run:    oneURLError,
		},
	}
}

// do makes a call through a client.
func (p *probe) do(client *http.Client, req *http.Request) (o outcome) {
	p.step("a call through http.Client")
	o.resp, o.err = client.Do(req) //nolint:bodyclose // at the end of the check
	if o.resp != nil {
		p.onCleanup(func() { _ = closing(o.resp.Body) })
	}
	return o
}

func redirectSeen(p *probe) {
	base := p.script(Respond(302).Header("Location", "/next"), Respond(200))
	client := &http.Client{Transport: p.wrapped(base), CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	if o := p.do(client, p.get()); o.err != nil || o.resp.StatusCode != http.StatusFound {
		p.errorf("a client that does not follow redirects: got %v, want a response (302)", o)
	}
	p.attempts(base, 1, "a client that does not follow redirects")
}

func redirectFollowed(p *probe) {
	jar, _ := cookiejar.New(nil) // with nil options it cannot fail
	asked := 0
	base := p.script(Respond(302).Header("Location", "/next").Header("Set-Cookie", "session=1"), Respond(200).Body("done"))
	client := &http.Client{Transport: p.wrapped(base), Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error {
		asked++
		return nil
	}}
	o := p.do(client, p.get())
	if o.err != nil || o.resp.StatusCode != http.StatusOK {
		p.fatalf("a client that follows redirects: got %v, want a response (200)", o)
	}
	if asked != 1 {
		p.errorf("a client that follows one redirect: got CheckRedirect asked %d times, want once", asked)
	}
	attempts := base.Attempts()
	if len(attempts) != 2 {
		p.fatalf("a client that follows one redirect: got %d requests at the base, want 2", len(attempts))
	}
	if got := attempts[1].Header.Get("Cookie"); got != "session=1" {
		p.errorf("a client with a jar, second request: got the cookies %q, want session=1", got)
	}
	if got := o.resp.Request.URL.Path; got != "/next" {
		p.errorf("Response.Request.URL.Path: got %q, want that of the redirect", got)
	}
}

func redirectWithBody(p *probe) {
	base := p.script(Respond(307).Header("Location", "/next"), Respond(200))
	req, sent := p.upload(http.MethodPost, "content")
	if o := p.do(&http.Client{Transport: p.wrapped(base)}, req); o.err != nil || o.resp.StatusCode != http.StatusOK {
		p.fatalf("POST redirected by 307: got %v, want a response (200)", o)
	}
	for _, a := range base.Attempts() {
		p.same(string(a.Body), "content", a.Method+" "+a.URL)
	}
	p.attempts(base, 2, "POST redirected by 307")
	p.closed(sent, "POST redirected by 307")
}

func clientTimeout(p *probe) {
	isTimeout := func(when string, err error) {
		var timeout interface{ Timeout() bool }
		if !errors.As(err, &timeout) || !timeout.Timeout() {
			p.errorf("%s: got error %v, want one whose Timeout method returns true", when, err)
		}
	}
	const timeout = 20 * time.Millisecond
	o := p.do(&http.Client{Transport: p.wrapped(p.script(Block())), Timeout: timeout}, p.get())
	isTimeout("a call that hangs", o.err)
	client := &http.Client{Transport: p.wrapped(p.script(Respond(200).Body("begun").Stall())), Timeout: timeout}
	if o = p.do(client, p.get()); o.err != nil {
		p.fatalf("a body that stalls: got error %v before the body was read, want the response", o.err)
	}
	p.step("reading a body that stalls, under a client's Timeout")
	_, err := io.ReadAll(o.resp.Body)
	isTimeout("a body that stalls", err)
}

func oneURLError(p *probe) {
	want := &baseError{code: 3}
	err := p.do(&http.Client{Transport: p.wrapped(p.script(Fail(want)))}, p.get()).err
	if !errors.Is(err, want) {
		p.errorf("through a client: got error %v, want one for which errors.Is finds %q", err, want)
	}
	nested := 0
	for e := err; e != nil; e = errors.Unwrap(e) {
		if _, ok := e.(*url.Error); ok { //nolint:errorlint // each link of the chain is looked at
			nested++
		}
	}
	if nested != 1 {
		p.errorf("through a client: got %d url.Errors nested in %q, want 1", nested, err)
	}
}
