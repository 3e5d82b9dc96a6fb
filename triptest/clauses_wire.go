// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strconv"
	"strings"
	"sync/atomic"
)

func wireClauses() []Clause {
	return []Clause{
		{
			Name:   "wire/keep-alive",
			Source: "RFC 9112 §9.3; net/http, Response.Body: read to its end and closed, it gives the connection back",
			Doc:    "Over HTTP/1.1, calls one after the other use one connection.",
			run:    keepAlive,
		},
		{
			Name:   "wire/discarded-connection-reused",
			Source: "net/http, Response.Body; " + complaints + "failsafe-go (41 connections for 20 requests), go-retryablehttp#85, #98, #237",
			Doc:    "A discarded answer of a few KiB leaves its connection to the next attempt.",
			Needs:  "Retries", run: discardedConnectionReused,
		},
		{
			Name:   "wire/stale-connection",
			Source: "RFC 9112 §9.3.1, §9.5; net/http, Transport: a request without a body is replayed if its kept connection is closed",
			Doc:    "A GET on a kept connection that the server closes instead of answering is answered on another.",
			run:    staleConnection,
		},
		{
			Name:   "wire/stream",
			Source: "net/http, Flusher; WHATWG HTML, server-sent events",
			Doc:    "Over HTTP/1.1 and HTTP/2, what the server flushes can be read before it goes on.",
			run:    wireStream,
		},
		{
			Name:   "wire/trailer",
			Source: "RFC 9110 §6.5, RFC 9112 §7.1.2, RFC 9113 §8.1",
			Doc:    "Over HTTP/1.1 and HTTP/2, trailers arrive in both directions.",
			run:    wireTrailer,
		},
		{
			Name:   "wire/bodiless",
			Source: "RFC 9112 §6.3: the answers to HEAD, 204 and 304 end with their header, whatever it says",
			Doc:    "Over HTTP/1.1, answers without a body leave their connection to the next call.",
			run:    bodiless,
		},
		{
			Name:   "wire/informational",
			Source: "RFC 9110 §15.2; RFC 8297; net/http/httptrace, Got1xxResponse",
			Doc:    "Over HTTP/1.1, 103 Early Hints before the answer reaches the caller's hooks and does not pass for the answer.",
			run:    wireInformational,
		},
		{
			Name:   "wire/upgrade",
			Source: "RFC 9110 §7.8; net/http, Response.Body of 101",
			Doc:    "Over HTTP/1.1, an upgraded connection can be read and written.",
			run:    wireUpgrade,
		},
	}
}

// medium is what the connections of a clause go through: memory in a bubble,
// and else the loopback interface.
func (p *probe) medium() ServerOption { //nolint:ireturn // sealed, as every option
	if p.bubbled {
		return InMemory()
	}
	return nil
}

// wire builds the wrapper over a real transport that leads to the server.
func (p *probe) wire(s *Server) http.RoundTripper { return p.wrapped(p.server(s).Transport()) }

// recorded is wire with a recorder above the transport.
func (p *probe) recorded(s *Server) (http.RoundTripper, *Recorder) {
	var r Recorder
	return p.wrapped(r.Wrap(p.server(s).Transport())), &r
}

func keepAlive(p *probe) {
	server := NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, "content")
	}), p.medium())
	rt := p.wire(server)
	target := p.get().URL
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodGet} {
		req, _ := p.upload(method, "content")
		req.URL = target
		p.drain(p.respond(rt, req, 200))
		p.settle()
	}
	if opened, _ := server.Conns(); opened != 1 {
		p.errorf("4 calls one after the other: got %d connections, want 1", opened)
	}
}

func discardedConnectionReused(p *probe) {
	var calls atomic.Int64
	server := NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if calls.Add(1)%2 == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, pattern(2<<10))
		}
	}), p.medium())
	rt := p.wire(server)
	target := p.get().URL
	for range 4 {
		req := p.get()
		req.URL = target
		p.drain(p.respond(rt, req, 200))
		p.settle()
	}
	if opened, _ := server.Conns(); opened != 1 {
		p.errorf("4 calls, each answered with 503 and 2 KiB, then 200: got %d connections, want 1", opened)
	}
}

func staleConnection(p *probe) {
	var arrived, closed atomic.Int64
	rt := p.wire(NewConnServer(func(_ int, conn *Conn) {
		for {
			if _, err := conn.ReadRequest(); err != nil {
				return
			}
			if arrived.Add(1) == 2 {
				closed.Add(1)
				return // closes the connection that it has promised to keep
			}
			_, _ = conn.WriteString("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		}
	}, p.medium()))
	target := p.get().URL
	for n := range 2 {
		req := p.get()
		req.URL = target
		o := p.call(rt, req)
		if o.resp == nil || o.err != nil {
			p.fatalf("call %d, on a connection that the server closes: got %v, want a response", n+1, o)
		}
		p.same(p.drain(answer{o.resp}), "ok", "the answer")
		p.settle()
	}
	if closed.Load() != 1 {
		p.errorf("two calls one after the other: got two connections, want the second call to find the first one")
	}
}

func bodiless(p *probe) {
	server := NewConnServer(func(_ int, conn *Conn) {
		for {
			req, err := conn.ReadRequest()
			if err != nil {
				return
			}
			status := strings.TrimPrefix(req.URL.Path, "/")
			_, _ = conn.WriteString("HTTP/1.1 " + status + " Fine\r\nETag: \"1\"\r\n")
			if status == "200" {
				_, _ = conn.WriteString("Content-Length: 1000\r\n")
			}
			_, _ = conn.WriteString("\r\n")
		}
	}, p.medium())
	rt := p.wire(server)
	target := p.get().URL
	for _, status := range []int{200, 204, 304, 200} {
		req := p.request(p.ctx, http.MethodHead)
		if status != 200 {
			req.Method = http.MethodGet
		}
		req.URL = target.JoinPath("/../", strconv.Itoa(status))
		p.same(p.drain(p.respond(rt, req, status)), "", fmt.Sprintf("%s answered with %d, the body", req.Method, status))
		p.settle()
	}
	if opened, _ := server.Conns(); opened != 1 {
		p.errorf("4 calls one after the other: got %d connections, want 1", opened)
	}
}

func wireInformational(p *probe) {
	server := NewConnServer(func(_ int, conn *Conn) {
		if _, err := conn.ReadRequest(); err == nil {
			_, _ = conn.WriteString("HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n")
			_, _ = conn.WriteString("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
			conn.Gone()
		}
	}, p.medium())
	var hints atomic.Int64
	ctx := httptrace.WithClientTrace(p.ctx, &httptrace.ClientTrace{
		Got1xxResponse: func(code int, _ textproto.MIMEHeader) error {
			if code == http.StatusEarlyHints {
				hints.Add(1)
			}
			return nil
		},
	})
	p.same(p.drain(p.respond(p.wire(server), p.request(ctx, http.MethodGet), 200)), "ok", "the answer")
	if got := hints.Load(); got != 1 {
		p.errorf("103 Early Hints: got %d at the hooks, want 1", got)
	}
}

func wireUpgrade(p *probe) {
	server := NewConnServer(func(_ int, conn *Conn) {
		if _, err := conn.ReadRequest(); err == nil {
			_, _ = conn.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: triptest\r\n\r\n")
			echo(conn)
		}
	}, p.medium())
	conn := p.upgraded(p.wire(server))
	p.talk(conn, "one")
	p.talk(conn, "two")
	_ = conn.Close()
	if !p.eventually(func() bool { _, open := server.Conns(); return open == 0 }) {
		p.errorf("after Close: got the connection open at the server, want it closed")
	}
}
