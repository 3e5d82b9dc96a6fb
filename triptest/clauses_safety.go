// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"fmt"
	"io"
	"net/http"
	"time"
)

func safetyClauses() []Clause {
	return []Clause{
		{
			Name:   "safety/post-once-on-5xx",
			Source: "RFC 9110 §9.2.2; " + complaints + "go-retryablehttp, failsafe-go, heimdall, resty#777 (duplicates in production)",
			Doc:    "A POST or PATCH without an idempotency key is sent once when it is answered with 5XX.",
			run:    postOnceOn5xx,
		},
		{
			Name:   "safety/post-once-on-429",
			Source: "RFC 9110 §9.2.2; RFC 6585 §4 does not say that the request was not processed",
			Doc:    "A POST without an idempotency key is sent once when it is answered with 429, with a Retry-After too.",
			run:    postOnceOn429,
		},
		{
			Name:   "safety/post-once-on-reset",
			Source: "RFC 9110 §9.2.2, RFC 9112 §9.3.1; golang/go#44844; go-appkit, which re-sends",
			Doc:    "A POST or PATCH without an idempotency key is sent once when its connection breaks: it may have been processed.",
			run:    postOnceOnReset,
		},
		{
			Name:   "safety/unknown-method-once",
			Source: "RFC 9110 §9.2.2, RFC 5789 §2: only methods known to be idempotent may be repeated",
			Doc:    "A request of a method that nobody knows is sent once, however it ends.",
			run:    unknownMethodOnce,
		},
		{
			Name:   "safety/client-error-once",
			Source: "RFC 9110 §15.5: the client has erred, and would again",
			Doc:    "A request that is answered with 4XX, other than 408, 421, 425 and 429, is sent once.",
			run:    clientErrorOnce,
		},
		{
			Name:   "safety/not-implemented-once",
			Source: "RFC 9110 §15.6.2, §15.6.6; " + complaints + "heimdall and the standard handler of .NET",
			Doc:    "A request that is answered with 501 or 505 is sent once: the server will never do it.",
			run:    notImplementedOnce,
		},
		{
			Name:      "safety/slow-post-once",
			Source:    "RFC 9110 §9.2.2; " + complaints + "hedgedhttp and resty, which hedge POST",
			Doc:       "A POST that is slow to be answered is sent once.",
			fakeClock: true,
			run:       slowPostOnce,
		},
		{
			Name:   "safety/key-is-not-a-licence",
			Source: "draft-ietf-httpapi-idempotency-key-header §2.6: 422 means that the key was used with another payload",
			Doc:    "A POST with an idempotency key that is answered with 400, 401, 403, 404 or 422 is sent once.",
			run:    keyIsNotALicence,
		},
	}
}

// once has a request with a body be sent once, whatever the reply.
func (p *probe) once(method string, header http.Header, reply Reply, when string) {
	base := p.script(reply)
	req, _ := p.upload(method, "content")
	for key, values := range header {
		req.Header[key] = values
	}
	if o := p.call(p.wrapped(base), req); o.resp != nil && o.resp.Body != nil {
		_ = o.resp.Body.Close()
	}
	p.sentOnce(base.Attempts(), method+" "+when)
}

// sentOnce has a request been sent once. Attempts that carry the same key, if
// the wrapper gives keys, count as one: the server can tell that they are.
func (p *probe) sentOnce(attempts []Attempt, when string) {
	sends, keys := 0, map[string]bool{}
	for _, a := range attempts {
		key := a.Header.Get(p.cfg.keyHeader)
		if p.cfg.keyHeader == "" || key == "" || !keys[key] {
			sends++
		}
		keys[key] = true
	}
	if sends != 1 {
		p.errorf("%s: got it sent %d times, want once", when, sends)
	}
}

func postOnceOn5xx(p *probe) {
	for _, method := range []string{http.MethodPost, http.MethodPatch} {
		for _, status := range []int{500, 502, 503, 504} {
			p.once(method, nil, Respond(status), fmt.Sprintf("answered with %d", status))
		}
		p.once(method, nil, Respond(503).Header("Retry-After", "1"), "answered with 503 and Retry-After: 1")
	}
}

func postOnceOn429(p *probe) {
	p.once(http.MethodPost, nil, Respond(429), "answered with 429")
	p.once(http.MethodPost, nil, Respond(429).Header("Retry-After", "0"), "answered with 429 and Retry-After: 0")
}

func postOnceOnReset(p *probe) {
	for _, method := range []string{http.MethodPost, http.MethodPatch} {
		p.once(method, nil, Fail(errReset()), "whose connection is reset")
		p.once(method, nil, Fail(io.ErrUnexpectedEOF), "whose connection ends")
		p.once(method, nil, Fail(io.EOF), "whose connection is closed without an answer")
	}
}

func unknownMethodOnce(p *probe) {
	for _, method := range []string{"FROB", "MKCOL", "LOCK"} {
		p.once(method, nil, Respond(503), "answered with 503")
		p.once(method, nil, Fail(errReset()), "whose connection is reset")
	}
}

func clientErrorOnce(p *probe) {
	for _, status := range []int{
		400, 401, 402, 403, 404, 405, 406, 407, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 422, 426, 428, 431, 451,
	} {
		p.once(http.MethodGet, nil, Respond(status), fmt.Sprintf("answered with %d", status))
	}
}

func notImplementedOnce(p *probe) {
	for _, method := range []string{http.MethodGet, http.MethodPut} {
		for _, status := range []int{501, 505} {
			p.once(method, nil, Respond(status), fmt.Sprintf("answered with %d", status))
		}
	}
}

func slowPostOnce(p *probe) {
	p.once(http.MethodPost, nil, Respond(200).After(time.Hour), "answered after an hour")
}

func keyIsNotALicence(p *probe) {
	key := http.Header{"Idempotency-Key": {"key-of-the-caller"}}
	for _, status := range []int{400, 401, 403, 404, 422} {
		p.once(http.MethodPost, key, Respond(status), fmt.Sprintf("with a key, answered with %d", status))
	}
}
