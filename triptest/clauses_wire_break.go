// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

func wireBreakClauses() []Clause {
	return []Clause{
		{
			Name:   "wire/reset-in-headers",
			Source: "RFC 9112 §8, RFC 9110 §9.2.2",
			Doc:    "A connection that is reset in the middle of the response's headers gives an error, and a POST is not sent again.",
			run:    resetInHeaders,
		},
		{
			Name:   "wire/reset-in-body",
			Source: "RFC 9112 §8: an incomplete message must not pass for a complete one",
			Doc:    "A connection that breaks in the middle of a body gives what came and an error.",
			run:    resetInBody,
		},
		{
			Name:   "wire/half-closed",
			Source: "RFC 9112 §9.6 and §6.3 (a body that ends with the connection)",
			Doc:    "An answer that ends when the server closes its direction arrives whole, though the upload was never read.",
			run:    halfClosed,
		},
		{
			Name:   "wire/close-frees-connection",
			Source: "net/http, Response.Body: Close before the end gives the connection up",
			Doc:    "Over HTTP/1.1, closing a body before its end ends its connection.",
			run:    closeFreesConnection,
		},
		{
			Name:   "wire/cancel-reaches-server",
			Source: "RFC 9113 §5.4.2, RFC 9112 §9.6; cascading work that nobody waits for",
			Doc:    "Over HTTP/1.1 and HTTP/2, the server learns that a call was canceled.",
			run:    cancelReachesServer,
		},
	}
}

func resetInHeaders(p *probe) {
	rt, recorder := p.recorded(NewConnServer(func(_ int, conn *Conn) {
		if req, err := conn.ReadRequest(); err == nil {
			_, _ = io.Copy(io.Discard, req.Body)
			_, _ = conn.WriteString("HTTP/1.1 200 OK\r\nContent-Len")
			pause(time.Millisecond) // so that it is read
			conn.Reset()
		}
	}, p.medium()))
	req, sent := p.upload(http.MethodPost, "content")
	if o := p.call(rt, req); o.resp != nil || o.err == nil {
		p.errorf("POST whose answer breaks off in its headers: got %v, want an error", o)
	}
	p.sentOnce(recorder.Attempts(), "POST whose answer breaks off")
	p.closed(sent, "POST whose answer breaks off")
}

func resetInBody(p *probe) {
	for _, how := range []string{"reset", "closed"} {
		server := NewConnServer(func(_ int, conn *Conn) {
			if _, err := conn.ReadRequest(); err == nil {
				_, _ = conn.WriteString("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
				pause(time.Millisecond) // so that it is read
				if how == "reset" {
					conn.Reset()
				}
			}
		}, p.medium())
		resp := p.respond(p.wire(server), p.get(), 200)
		got, err := io.ReadAll(resp.Body)
		p.same(string(got), "half", "what came before the connection was "+how)
		if err == nil || errors.Is(err, io.EOF) {
			p.errorf("a body that breaks off when the connection is %s: got error %v, want one that is not io.EOF", how, err)
		}
	}
}

func halfClosed(p *probe) {
	server := NewConnServer(func(_ int, conn *Conn) {
		if _, err := conn.ReadRequest(); err == nil {
			_, _ = conn.WriteString("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\nnot from you")
			_ = conn.CloseWrite()
			<-p.ctx.Done() // and never reads the upload
		}
	}, p.medium())
	req, sent := p.upload(http.MethodPost, pattern(1<<20))
	call := p.start(p.wire(server), req)
	resp := p.want(call.within(time.Minute, "an answer while the upload is not read"), 403)
	p.step("reading an answer while the upload is not read")
	p.same(p.drain(resp), "not from you", "the answer")
	p.closed(sent, "an answer while the upload was not read")
}

func closeFreesConnection(p *probe) {
	server := NewConnServer(func(_ int, conn *Conn) {
		if _, err := conn.ReadRequest(); err == nil {
			_, _ = conn.WriteString("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nbegun")
			conn.Gone()
		}
	}, p.medium())
	resp := p.respond(p.wire(server), p.get(), 200)
	_ = resp.Body.Close()
	if !p.eventually(func() bool { _, open := server.Conns(); return open == 0 }) {
		p.errorf("after Close before the end of the body: got the connection open, want it closed")
	}
}

func cancelReachesServer(p *probe) {
	arrived, gone := make(chan struct{}, 100), make(chan struct{}, 100)
	check := func(protocol string, server *Server) {
		before := len(gone)
		ctx, cancel := context.WithCancel(p.ctx)
		call := p.start(p.wire(server), p.request(ctx, http.MethodGet))
		p.eventually(func() bool { return len(arrived) > before })
		cancel()
		call.within(p.prompt(), protocol+", canceled in flight")
		if !p.eventually(func() bool { return len(gone) == len(arrived) && len(gone) > before }) {
			p.fatalf("%s, after a cancellation: got a server that works on, want it told", protocol)
		}
	}
	check("HTTP/1.1", NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-r.Context().Done()
		gone <- struct{}{}
	}), p.medium()))
	check("HTTP/2", p.http2(func(conn *FrameConn, _ Frame) {
		arrived <- struct{}{}
		if f, err := conn.ReadFrame(); err != nil || f.Type == FrameResetStream {
			gone <- struct{}{}
		}
	}))
}
