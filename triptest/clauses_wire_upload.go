// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
	"sync/atomic"
	"time"
)

func wireUploadClauses() []Clause {
	return []Clause{
		{
			Name:   "wire/chunked",
			Source: "RFC 9112 §6.1, §7.1; net/http, Request.ContentLength",
			Doc:    "Over HTTP/1.1, a body of unknown length is sent in chunks, one of known length is not, and none is sent where there is none.",
			run:    wireFraming,
		},
		{
			Name:   "wire/expect-continue",
			Source: "RFC 9110 §10.1.1; net/http, Transport.ExpectContinueTimeout",
			Doc:    "A body with Expect: 100-continue is sent when the server says so, and not before.",
			run:    expectContinue,
		},
		{
			Name:   "wire/expect-refused",
			Source: "RFC 9110 §10.1.1: the server may answer at once, and the body need not be sent",
			Doc:    "A body with Expect: 100-continue that the server refuses is not read, and is closed.",
			run:    expectRefused,
		},
		{
			Name:   "wire/early-answer",
			Source: "RFC 9112 §9.5, RFC 9113 §8.1; golang/go#25009, golang/go#41234",
			Doc:    "Over HTTP/1.1 and HTTP/2, an answer that comes before 8 MiB were read is returned, and the upload ends.",
			run:    earlyAnswer,
		},
		{
			Name:   "wire/early-answer-retried",
			Source: complaints + "rehttp and justinrixx/retryhttp (a data race on the body, with HTTP/1.1 and HTTP/2)",
			Doc:    "Over HTTP/1.1 and HTTP/2, an upload of 8 MiB that is answered with 503 before it was read is sent again, whole.",
			Needs:  "Retries", run: earlyAnswerRetried,
		},
	}
}

// uploadSize is more than any buffer on the way holds.
const uploadSize = 8 << 20

func wireFraming(p *probe) {
	type framing struct {
		length   int64
		encoding string
		body     string
	}
	got := make(chan framing, 16)
	server := NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		f := framing{length: r.ContentLength, body: string(body)}
		if len(r.TransferEncoding) > 0 {
			f.encoding = r.TransferEncoding[0]
		}
		got <- f
	}), p.medium())
	rt := p.wire(server)
	for _, want := range []framing{
		{length: 7, body: "content"}, {length: -1, encoding: "chunked", body: "content"}, {length: 0},
	} {
		req, _ := p.upload(http.MethodPost, want.body)
		req.ContentLength = want.length
		if want.body == "" {
			req.Body, req.GetBody = http.NoBody, nil
		}
		p.respond(rt, req, 200)
		if f := <-got; f != want {
			p.errorf("at the server: got length %d, encoding %q, body %q; want %d, %q, %q",
				f.length, f.encoding, f.body, want.length, want.encoding, want.body)
		}
	}
}

// expecting makes a POST that expects 100-continue, over a transport that
// waits for it for ever.
func (p *probe) expecting(serve func(conn *Conn, req *http.Request), content string) (http.RoundTripper, *http.Request, *upload) {
	server := p.server(NewConnServer(func(_ int, conn *Conn) {
		if req, err := conn.ReadRequest(); err == nil {
			serve(conn, req)
			conn.Gone()
		}
	}, p.medium()))
	tr := server.Transport()
	tr.ExpectContinueTimeout = time.Hour
	req, sent := p.upload(http.MethodPost, content)
	req.Header.Set("Expect", "100-continue")
	return p.wrapped(tr), req, sent
}

func expectContinue(p *probe) {
	rt, req, _ := p.expecting(func(conn *Conn, req *http.Request) {
		if got := req.Header.Get("Expect"); got != "100-continue" {
			p.errorf("Expect at the server: got %q, want 100-continue", got)
		}
		_ = conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		if _, err := conn.reader.Peek(1); !errors.Is(err, os.ErrDeadlineExceeded) {
			p.errorf("before 100 Continue: got %v from the connection, want nothing to be there", err)
		}
		_ = conn.SetReadDeadline(time.Time{})
		_, _ = conn.WriteString("HTTP/1.1 100 Continue\r\n\r\n")
		body, _ := io.ReadAll(req.Body)
		p.same(string(body), "content", "the body at the server")
		_, _ = conn.WriteString("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
	}, "content")
	var continued atomic.Int64
	ctx := httptrace.WithClientTrace(p.ctx, &httptrace.ClientTrace{Got100Continue: func() { continued.Add(1) }})
	p.same(p.drain(p.respond(rt, req.WithContext(ctx), 200)), "ok", "the answer")
	if continued.Load() != 1 {
		p.errorf("100 Continue: got %d at the hooks, want 1", continued.Load())
	}
}

func expectRefused(p *probe) {
	rt, req, sent := p.expecting(func(conn *Conn, _ *http.Request) {
		_, _ = conn.WriteString("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno")
	}, "content")
	p.same(p.drain(p.respond(rt, req, 401)), "no", "the answer")
	p.closed(sent, "a body that was refused")
	if left := sent.bodies[0].rest.Len(); left != len(sent.content) {
		p.errorf("a body that was refused: got %d of %d bytes read, want none", len(sent.content)-left, len(sent.content))
	}
}

func earlyAnswer(p *probe) {
	p.refuses("HTTP/1.1", NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		_, _ = io.WriteString(w, "too large")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done() // and never reads the upload
	}), p.medium()))
	p.refuses("HTTP/2", p.http2(func(conn *FrameConn, request Frame) {
		_ = conn.WriteHeaders(request.Stream, http.StatusRequestEntityTooLarge)
		_ = conn.WriteData(request.Stream, "too large", false)
		// The upload stops when the client's window is used up.
	}))
}

// refuses uploads to a server that answers 413 before it reads.
func (p *probe) refuses(protocol string, server *Server) {
	req, sent := p.upload(http.MethodPost, pattern(uploadSize))
	call := p.start(p.wire(server), req)
	resp := p.want(call.within(time.Minute, protocol+", an answer before the upload was read"), 413)
	p.step("%s, reading an answer that came before the upload was read", protocol)
	if _, err := io.ReadFull(resp.Body, make([]byte, len("too large"))); err != nil {
		p.errorf("%s, reading an answer that came before the upload was read: %v", protocol, err)
	}
	_ = resp.Body.Close()
	p.closed(sent, protocol+", an answer before the upload was read")
}

func earlyAnswerRetried(p *probe) {
	content := pattern(uploadSize)
	var calls, streams atomic.Int64
	p.resends("HTTP/1.1", content, NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		body, err := io.ReadAll(r.Body)
		p.arrived("HTTP/1.1", body, err, content)
	}), p.medium()))
	p.resends("HTTP/2", content, NewFrameServer(func(_ int, conn *FrameConn) {
		for {
			request, err := conn.ReadRequest()
			if err != nil {
				return
			}
			if streams.Add(1) == 1 {
				_ = conn.Respond(request.Stream, http.StatusServiceUnavailable, "")
				_ = conn.ResetStream(request.Stream, CodeNoError) // send no more of it
				continue
			}
			body, err := conn.ReadBody(request)
			p.arrived("HTTP/2", body, err, content)
			_ = conn.Respond(request.Stream, http.StatusOK, "")
		}
	}, p.medium()))
}

// arrived judges what has arrived of an upload.
func (p *probe) arrived(protocol string, body []byte, err error, want string) {
	if err != nil {
		p.errorf("%s, the second attempt at the server: %v after %d bytes", protocol, err, len(body))
	}
	p.same(string(body), want, protocol+", the second attempt at the server")
}

// resends uploads to a server that answers 503 before it reads, and then 200.
func (p *probe) resends(protocol, content string, server *Server) {
	req, sent := p.upload(http.MethodPut, content)
	call := p.start(p.wire(server), req)
	p.drain(p.want(call.within(time.Hour, protocol+", 503 before the upload was read, then 200"), 200))
	p.closed(sent, protocol)
}
