// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

func requestBodyClauses() []Clause {
	return []Clause{
		{
			Name:   "request/body-bytes",
			Source: "net/http, Request.Body and ContentLength",
			Doc:    "The body reaches the base byte for byte, and its length with it.",
			run:    bodyBytes,
		},
		{
			Name:   "request/body-of-unknown-length",
			Source: "net/http, Request.ContentLength: -1, or 0 with a body, means unknown; RFC 9112 §6.1 (chunked)",
			Doc:    "A body whose length is unknown reaches the base as one, so that it is sent in chunks.",
			run:    bodyOfUnknownLength,
		},
		{
			Name:   "request/no-body",
			Source: "net/http, NoBody and Request.Body: a body that is neither nil nor NoBody is sent in chunks",
			Doc:    "A request without a body reaches the base without one.",
			run:    noBody,
		},
		{
			Name:        "request/body-streams",
			Source:      complaints + "go-retryablehttp#145, go-retryablehttp#244 (out of memory); RFC 9112 §9.5",
			Doc:         "The first bytes of a body reach the base before the last ones exist: nothing reads ahead.",
			UnlessGiven: "Buffers",
			run:         bodyStreams,
		},
		{
			Name:   "request/getbody-kept",
			Source: "net/http, Request.GetBody: the transport needs it to replay on a lost connection (RFC 9113 §8.7)",
			Doc:    "GetBody reaches the base and gives the same bytes there.",
			run:    getBodyKept,
		},
		{
			Name:   "request/trailer",
			Source: `net/http, Request.Trailer: "while Body is being read" values may be set in the map; RFC 9110 §6.5`,
			Doc:    "Trailer values that are set while the body is being read reach the base.",
			run:    requestTrailer,
		},
		{
			Name:   "request/body-closed-on-success",
			Source: roundTripper + `"RoundTrip must always close the body"; ` + complaints + "go-retryablehttp and failsafe-go, which never do",
			Doc:    "The body is closed when the request was answered.",
			run:    bodyClosedOnSuccess,
		},
		{
			Name:   "request/body-closed-on-error",
			Source: roundTripper + `"RoundTrip must always close the body, including on errors"`,
			Doc:    "The body is closed when the request failed.",
			run:    bodyClosedOnError,
		},
		{
			Name:   "request/body-closed-on-early-answer",
			Source: roundTripper + `"RoundTrip must always close the body"; RFC 9112 §9.5`,
			Doc:    "The body is closed when the answer came before it was read.",
			run:    bodyClosedOnEarlyAnswer,
		},
		{
			Name:   "request/body-closed-on-cancel",
			Source: roundTripper + `"RoundTrip must always close the body, including on errors"`,
			Doc:    "The body is closed when the context ends before or during the call.",
			run:    bodyClosedOnCancel,
		},
	}
}

func bodyBytes(p *probe) {
	for _, size := range []int{1, 100, 1 << 20} {
		for _, method := range []string{http.MethodPost, http.MethodPut} {
			content := pattern(size)
			req, _ := p.upload(method, content)
			base := p.script(Respond(200))
			p.respond(p.wrapped(base), req, 200)
			got := base.Attempts()[0]
			p.same(string(got.Body), content, method)
			if got.ContentLength != int64(size) {
				p.errorf("%s: ContentLength: got %d, want %d", method, got.ContentLength, size)
			}
		}
	}
}

func bodyOfUnknownLength(p *probe) {
	for _, length := range []int64{-1, 0} {
		req, _ := p.uploadOnce(http.MethodPost)
		req.ContentLength = length
		base := p.script(Respond(200))
		p.respond(p.wrapped(base), req, 200)
		got := base.Attempts()[0]
		if !got.HasBody || got.ContentLength > 0 {
			p.errorf("ContentLength %d with a body: got ContentLength %d, a body: %t; want it unknown",
				length, got.ContentLength, got.HasBody)
		}
		p.same(string(got.Body), "content", "a body of unknown length")
	}
}

func noBody(p *probe) {
	for _, body := range []io.ReadCloser{nil, http.NoBody} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
			req := p.request(p.ctx, method)
			req.Body = body
			base := p.script(Respond(200))
			p.respond(p.wrapped(base), req, 200)
			if got := base.Attempts()[0]; got.HasBody || got.ContentLength != 0 {
				p.errorf("%s with Body %v: got a body of length %d at the base, want none", method, body, got.ContentLength)
			}
		}
	}
}

func bodyStreams(p *probe) {
	for _, method := range []string{http.MethodPost, http.MethodPut} {
		req := p.request(p.ctx, method)
		req.Body, req.ContentLength = stalling("first"), -1
		base := p.script(Respond(200).Reads(int64(len("first"))))
		call := p.start(p.wrapped(base), req)
		p.want(call.within(time.Minute, "a body that stalls after its first bytes, which is all that the server wants"), 200)
		p.same(string(base.Attempts()[0].Body), "first", method)
	}
}

// stalling returns a body that gives its content and then waits for Close.
func stalling(content string) io.ReadCloser {
	return &stallingBody{rest: strings.NewReader(content), closed: make(chan struct{})}
}

type stallingBody struct {
	mu     sync.Mutex
	rest   *strings.Reader
	closed chan struct{}
	once   sync.Once
}

func (b *stallingBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	n, _ := b.rest.Read(p)
	b.mu.Unlock()
	if n > 0 {
		return n, nil
	}
	<-b.closed
	return 0, http.ErrBodyReadAfterClose
}

func (b *stallingBody) Close() error {
	b.once.Do(func() { close(b.closed) })
	return nil
}

func getBodyKept(p *probe) {
	for _, method := range []string{http.MethodPost, http.MethodPut} {
		req, _ := p.upload(method, "content")
		base := p.scriptFunc(func(_ int, sent *http.Request) Reply {
			if sent.GetBody == nil {
				p.errorf("%s: Request.GetBody: got nil at the base, want that of the caller", method)
				return Respond(200)
			}
			body, err := sent.GetBody()
			if err != nil {
				p.errorf("%s: Request.GetBody at the base: got error %v, want a body", method, err)
				return Respond(200)
			}
			content, _ := io.ReadAll(body)
			_ = body.Close()
			p.same(string(content), "content", method+": what GetBody gives at the base")
			return Respond(200)
		})
		p.respond(p.wrapped(base), req, 200)
	}
}

func requestTrailer(p *probe) {
	for _, method := range []string{http.MethodPost, http.MethodPut} {
		req := p.request(p.ctx, method)
		req.Trailer = http.Header{"X-Sum": nil}
		sent := &upload{content: "content"}
		req.ContentLength = -1
		req.Body = &trailing{sentBody: sent.open(), atEOF: func() { req.Trailer.Set("X-Sum", "of all") }}
		base := p.script(Respond(200))
		p.respond(p.wrapped(base), req, 200)
		if got := base.Attempts()[0].Trailer.Get("X-Sum"); got != "of all" {
			p.errorf("%s: trailer at the base after the body: got %q, want %q", method, got, "of all")
		}
	}
}

// trailing is a body that does something at its end.
type trailing struct {
	*sentBody
	atEOF func()
}

func (b *trailing) Read(p []byte) (int, error) {
	n, err := b.sentBody.Read(p)
	if err == io.EOF { //nolint:errorlint // our own, never wrapped
		b.atEOF()
	}
	return n, err
}

// closes makes calls with every kind of body and has them closed.
func (p *probe) closes(ctx context.Context, when string, replies ...Reply) {
	for _, method := range []string{http.MethodPost, http.MethodPut} {
		for _, once := range []bool{false, true} {
			req, sent := p.upload(method, "content")
			what := method + " with GetBody, "
			if once {
				req.GetBody, what = nil, method+" without GetBody, "
			}
			if o := p.call(p.wrapped(p.script(replies...)), req.WithContext(ctx)); o.resp != nil && o.resp.Body != nil {
				_ = o.resp.Body.Close()
			}
			p.closed(sent, what+when)
		}
	}
}

func bodyClosedOnSuccess(p *probe) {
	p.closes(p.ctx, "answered with 200", Respond(200))
	p.closes(p.ctx, "answered with 503, then 200", Respond(503), Respond(200))
	p.closes(p.ctx, "answered with 404", Respond(404))
}

func bodyClosedOnError(p *probe) {
	p.closes(p.ctx, "connection reset", Fail(errReset()))
	p.closes(p.ctx, "connection reset, then 200", Fail(errReset()), Respond(200))
}

func bodyClosedOnEarlyAnswer(p *probe) {
	p.closes(p.ctx, "answered with 413 before it was read", Respond(413).Reads(0))
	p.closes(p.ctx, "answered with 503 after three bytes, then 200", Respond(503).Reads(3), Respond(200).Reads(0))
}

func bodyClosedOnCancel(p *probe) {
	ctx, cancel := context.WithCancel(p.ctx)
	cancel()
	p.closes(ctx, "with a context that is done", Respond(200))
	for _, reply := range []Reply{Block(), Respond(503), Fail(errReset())} {
		ctx, cancel := context.WithTimeout(p.ctx, time.Millisecond)
		p.closes(ctx, "with a deadline of a millisecond", reply)
		cancel()
	}
}
