// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"sync/atomic"
	"time"

	"github.com/surefoot-go/surefoot/trip"
)

// A Script is a base: a RoundTripper that sends nothing and does with each
// attempt what it was told. It keeps the contract of [http.RoundTripper] and
// the customs of [http.Transport]: it reads the request's body and closes it on
// every path, refuses a request without URL or header, returns the cause of a
// context that is done, sets Request on its responses, and ties their bodies to
// the context of the attempt. It is safe for concurrent use, and inside a
// bubble of [testing/synctest].
//
// Use [NewScript] or [ScriptFunc]; the zero value answers 200 to everything.
type Script struct {
	// Recorder holds every attempt.
	Recorder

	replies []Reply
	reply   func(attempt int, req *http.Request) Reply
	guard   func(attempt int) // called first, on the goroutine of the attempt
	ledger  Ledger
	count   atomic.Int64
	idle    atomic.Int64
}

var _ http.RoundTripper = (*Script)(nil)

// NewScript returns a base that gives one reply to each attempt, in order, and
// the last one to all that follow.
func NewScript(replies ...Reply) *Script { return &Script{replies: replies} }

// ScriptFunc returns a base that asks f what to do with each attempt. Attempts
// count from 1. F may be called by several goroutines at a time and may block.
// The request's body is not for f to read.
func ScriptFunc(f func(attempt int, req *http.Request) Reply) *Script { return &Script{reply: f} }

// Ledger returns the account of the bodies that the script has handed out.
func (s *Script) Ledger() *Ledger { return &s.ledger }

// CloseIdleConnections counts how often it is called; see [Script.IdleCloses].
func (s *Script) CloseIdleConnections() { s.idle.Add(1) }

// IdleCloses returns how often CloseIdleConnections was called.
func (s *Script) IdleCloses() int { return int(s.idle.Load()) }

// RoundTrip does what the script says.
func (s *Script) RoundTrip(req *http.Request) (*http.Response, error) {
	n := int(s.count.Add(1))
	rec := s.begin(req)
	if s.guard != nil {
		s.guard(n)
	}
	resp, err := s.play(n, req, rec)
	rec.end(resp, err)
	return resp, err
}

// play finds the reply and carries it out.
func (s *Script) play(n int, req *http.Request, rec *record) (*http.Response, error) {
	body := rec.body(req)
	lingering := false
	defer func() {
		if body != nil && !lingering {
			_ = body.Close()
		}
	}()
	ctx := req.Context()
	if err := refuse(req); err != nil {
		return nil, err
	}
	r := s.next(n, req)
	if err := waitFor(ctx, r.delay); err != nil {
		return nil, err
	}
	if err := r.receive(req, body); err != nil {
		return nil, err
	}
	if r.lingers != nil && body != nil {
		lingering = true
		go linger(body, r.lingers)
	}
	return s.answer(ctx, req, r)
}

// answer does what comes after the request was received.
func (s *Script) answer(ctx context.Context, req *http.Request, r Reply) (*http.Response, error) {
	switch r.kind {
	case replyFail:
		return nil, r.err
	case replyBlock:
		<-ctx.Done()
		return nil, context.Cause(ctx)
	case replyPanic:
		panic(r.value) //nolint:forbidigo // that is what was asked for
	case replyRespond:
	}
	if err := inform(ctx, r.hints); err != nil {
		return nil, err
	}
	resp := r.response(ctx, req)
	for _, edit := range r.edits {
		edit(resp)
	}
	if resp.Body != nil {
		resp.Body = s.ledger.Body(fmt.Sprintf("response %d of %s", resp.StatusCode, req.URL), resp.Body)
	}
	return resp, nil
}

func (s *Script) next(n int, req *http.Request) Reply {
	switch {
	case s.reply != nil:
		return s.reply(n, req)
	case len(s.replies) == 0:
		return Reply{}
	}
	return s.replies[min(n, len(s.replies))-1]
}

// refuse returns the errors with which [http.Transport] refuses a request.
func refuse(req *http.Request) error {
	switch {
	case req.URL == nil:
		return errors.New("triptest: nil Request.URL")
	case req.Header == nil:
		return errors.New("triptest: nil Request.Header")
	case req.Context().Err() != nil:
		return context.Cause(req.Context())
	}
	return nil
}

func waitFor(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// receive reads the request's body as far as the reply wants it.
func (r *Reply) receive(req *http.Request, body io.Reader) error {
	if body == nil || (r.partial && r.reads <= 0) {
		return nil
	}
	if r.partial {
		body = io.LimitReader(body, r.reads)
	}
	n, err := io.Copy(io.Discard, body)
	if err == nil && !r.partial && req.ContentLength > 0 && n != req.ContentLength {
		err = fmt.Errorf("triptest: ContentLength=%d with Body length %d", req.ContentLength, n)
	}
	return err
}

// linger reads on after the answer was given.
func linger(body io.ReadCloser, from <-chan struct{}) {
	defer func() { _ = body.Close() }()
	<-from
	_, _ = io.Copy(io.Discard, body)
}

// inform tells the hooks of the caller about informational responses.
func inform(ctx context.Context, hints []hint) error {
	trace := httptrace.ContextClientTrace(ctx)
	if trace == nil || trace.Got1xxResponse == nil {
		return nil
	}
	for _, h := range hints {
		if err := trace.Got1xxResponse(h.status, textproto.MIMEHeader(h.header)); err != nil {
			return err //nolint:wrapcheck // as net/http does
		}
	}
	return nil
}

// response makes the response.
func (r *Reply) response(ctx context.Context, req *http.Request) *http.Response {
	status := r.status
	if status == 0 {
		status = http.StatusOK
	}
	resp := &http.Response{
		Status: fmt.Sprintf("%d %s", status, http.StatusText(status)), StatusCode: status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: r.header.Clone(), ContentLength: -1, Request: req,
	}
	if resp.Header == nil {
		resp.Header = make(http.Header)
	}
	if r.trailer != nil {
		resp.Trailer = make(http.Header)
		for key := range r.trailer {
			resp.Trailer[key] = nil
		}
	}
	atEOF := func() {
		for key, values := range r.trailer {
			resp.Trailer[key] = values
		}
	}
	switch {
	case r.upgrade != nil:
		resp.Body = upgradedBody(r.upgrade)
	case r.stream != nil:
		resp.Body = streamBody(ctx, r.stream, atEOF)
	case req.Method == http.MethodHead, status == http.StatusNoContent, status == http.StatusNotModified:
		resp.Body, resp.ContentLength = http.NoBody, int64(len(r.content))
	default:
		resp.Body = &replyBody{
			ctx: ctx, content: r.content, tail: r.tail, err: r.err, atEOF: atEOF, closing: make(chan struct{}),
		}
		if r.tail == tailEOF && r.trailer == nil {
			resp.ContentLength = int64(len(r.content))
		}
	}
	return resp
}

var _ trip.Middleware = (*Recorder)(nil).Wrap
