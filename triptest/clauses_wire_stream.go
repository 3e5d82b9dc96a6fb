// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"io"
	"net/http"
	"time"
)

// http2 serves the first request of each HTTP/2 connection, frame by frame:
// the server of net/http cannot live in a bubble before Go 1.26.
func (p *probe) http2(serve func(conn *FrameConn, request Frame)) *Server {
	return NewFrameServer(func(_ int, conn *FrameConn) {
		if request, err := conn.ReadRequest(); err == nil {
			serve(conn, request)
			conn.Gone()
		}
	}, p.medium())
}

func wireStream(p *probe) {
	const event = "data: x\n\n"
	next := make(chan struct{})
	untilRead := func() {
		select {
		case <-next:
		case <-p.ctx.Done():
		}
	}
	p.reads("HTTP/1.1", event, next, NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for range 3 {
			_, _ = io.WriteString(w, event)
			_ = http.NewResponseController(w).Flush()
			untilRead()
		}
	}), p.medium()))
	p.reads("HTTP/2", event, next, p.http2(func(conn *FrameConn, request Frame) {
		_ = conn.WriteHeaders(request.Stream, 200, "content-type", "text/event-stream")
		for range 3 {
			_ = conn.WriteData(request.Stream, event, false)
			untilRead()
		}
		_ = conn.WriteData(request.Stream, "", true)
	}))
}

// reads reads three events from a server that waits for each to be read.
func (p *probe) reads(protocol, event string, next chan<- struct{}, server *Server) {
	call := p.start(p.wire(server), p.get())
	resp := p.want(call.within(time.Minute, protocol+", a stream that has just begun"), 200)
	p.step("%s, waiting for an event that was flushed", protocol)
	got := make([]byte, len(event))
	for range 3 {
		if _, err := io.ReadFull(resp.Body, got); err != nil {
			p.fatalf("%s, reading an event: %v", protocol, err)
		}
		next <- struct{}{}
	}
	p.same(p.drain(resp), "", protocol+", what follows the last event")
}

func wireTrailer(p *probe) {
	sums := make(chan string, 16) // what has arrived after the bodies
	p.trails("HTTP/1.1", NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "X-Sum")
		_, _ = io.Copy(io.Discard, r.Body)
		sums <- r.Trailer.Get("X-Sum")
		w.Header().Set("X-Sum", "of the answer")
	}), p.medium()))
	p.trails("HTTP/2", p.http2(func(conn *FrameConn, request Frame) {
		for f := request; !f.EndStream(); {
			var err error
			if f, err = conn.ReadFrame(); err != nil {
				return
			}
			if f.Type == FrameHeaders && f.EndStream() {
				sums <- "of all" // compressed, but it is there
			}
		}
		_ = conn.WriteHeaders(request.Stream, 200, "trailer", "x-sum")
		_ = conn.WriteTrailers(request.Stream, "x-sum", "of the answer")
	}))
	arrived := len(sums)
	for range arrived {
		if sum := <-sums; sum != "of all" {
			p.errorf("the trailer of the request at the server: got %q, want %q", sum, "of all")
		}
	}
	if arrived < 2 {
		p.errorf("requests over HTTP/1.1 and HTTP/2: got %d trailers at the servers, want 2", arrived)
	}
}

// trails makes a call with a trailer that has to be answered with one.
func (p *probe) trails(protocol string, server *Server) {
	req := p.request(p.ctx, http.MethodPost)
	req.Trailer = http.Header{"X-Sum": nil}
	req.ContentLength = -1
	sent := &upload{content: "content"}
	req.Body = &trailing{sentBody: sent.open(), atEOF: func() { req.Trailer.Set("X-Sum", "of all") }}
	resp := p.respond(p.wire(server), req, 200)
	p.drain(resp)
	if got, want := resp.Trailer.Get("X-Sum"), "of the answer"; got != want {
		p.errorf("%s, the trailer of the response: got %q, want %q", protocol, got, want)
	}
}
