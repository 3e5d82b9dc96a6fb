// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"errors"
	"net/http"
	"sync/atomic"
	"time"
)

func wireH2Clauses() []Clause {
	return []Clause{
		{
			Name:   "wire/refused-stream",
			Source: "RFC 9113 §8.7; net/http replays by GetBody, which a wrapper must not lose",
			Doc:    "Over HTTP/2, a POST whose stream is refused is sent again by the transport beneath, whole.",
			run:    refusedStream,
		},
		{
			Name:   "wire/goaway",
			Source: "RFC 9113 §6.8; net/http replays by GetBody, which a wrapper must not lose",
			Doc:    "Over HTTP/2, a POST that the server did not process before GOAWAY is sent again by the transport beneath, whole.",
			run:    goAway,
		},
		{
			Name:   "wire/stream-error",
			Source: "RFC 9113 §5.4.2; net/http: errors.As finds a stream error of the caller's own type (h2_error.go)",
			Doc:    "Over HTTP/2, the code with which the server has reset a stream can be found in the error, and a POST is not sent again.",
			run:    streamErrorKept,
		},
	}
}

// secondTime serves HTTP/2 connections: it refuses the first request and
// answers the others with what they carry.
func (p *probe) secondTime(refuse func(conn *FrameConn, request Frame)) *Server {
	var requests atomic.Int64
	return NewFrameServer(func(_ int, conn *FrameConn) {
		for {
			request, err := conn.ReadRequest()
			if err != nil {
				return
			}
			body, err := conn.ReadBody(request)
			if err != nil {
				return
			}
			if requests.Add(1) == 1 {
				refuse(conn, request)
			} else if conn.Respond(request.Stream, http.StatusOK, string(body)) != nil {
				return
			}
		}
	}, p.medium())
}

func refusedStream(p *probe) {
	rt := p.wire(p.secondTime(func(conn *FrameConn, request Frame) {
		_ = conn.ResetStream(request.Stream, CodeRefusedStream)
	}))
	req, sent := p.upload(http.MethodPost, "content")
	call := p.start(rt, req)
	p.same(p.drain(p.want(call.within(time.Minute, "a stream that is refused once"), 200)), "content", "the echo")
	p.closedOriginal(sent, "a stream that was refused once")
}

func goAway(p *probe) {
	rt := p.wire(p.secondTime(func(conn *FrameConn, _ Frame) {
		_ = conn.GoAway(0, CodeNoError)
		_ = conn.Close()
	}))
	req, sent := p.upload(http.MethodPost, "content")
	call := p.start(rt, req)
	p.same(p.drain(p.want(call.within(time.Minute, "a request that was not processed before GOAWAY"), 200)), "content", "the echo")
	p.closedOriginal(sent, "a request that was not processed before GOAWAY")
}

// streamError has the shape by which net/http lets callers find its own.
type streamError struct {
	StreamID uint32
	Code     uint32
	Cause    error
}

func (e streamError) Error() string { return "stream error" }

func streamErrorKept(p *probe) {
	rt, recorder := p.recorded(NewFrameServer(func(_ int, conn *FrameConn) {
		for {
			request, err := conn.ReadRequest()
			if err != nil {
				return
			}
			_ = conn.ResetStream(request.Stream, CodeInternalError)
		}
	}, p.medium()))
	req, sent := p.upload(http.MethodPost, "content")
	o := p.call(rt, req)
	var found streamError
	if o.resp != nil || !errors.As(o.err, &found) || found.Code != CodeInternalError {
		p.errorf("a stream that is reset with INTERNAL_ERROR: got %v, want an error in which errors.As finds that code", o)
	}
	p.sentOnce(recorder.Attempts(), "POST whose stream is reset")
	p.closedOriginal(sent, "a stream that was reset")
}
