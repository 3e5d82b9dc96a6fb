// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"time"
)

func responseKindClauses() []Clause {
	return []Clause{
		{
			Name:   "response/head",
			Source: "RFC 9110 §9.3.2 and §8.6 (Content-Length without content); net/http, Response.Body is never nil",
			Doc:    "The answer to a HEAD keeps its Content-Length and has an empty body.",
			run:    head,
		},
		{
			Name:   "response/no-content",
			Source: "RFC 9110 §15.3.5, §15.4.5, §6.4.1",
			Doc:    "204 and 304 come back with a body that is there and empty.",
			run:    noContent,
		},
		{
			Name:   "response/upgrade",
			Source: `net/http, Response.Body: "if the server replied 101" it implements io.Writer; ` + complaints + "failsafe-go, rehttp, otelhttp#1329",
			Doc:    "The body of 101 Switching Protocols is an io.ReadWriteCloser that works both ways.",
			run:    upgrade,
		},
		{
			Name:      "response/upgrade-lasts",
			Source:    "RFC 9110 §15.2.2; a WebSocket stays open for hours",
			Doc:       "An upgraded connection lives for as long as the caller wants, whatever the wrapper's timeouts.",
			fakeClock: true,
			run:       upgradeLasts,
		},
	}
}

func head(p *probe) {
	base := p.script(Respond(200).Body("twelve bytes"))
	resp := p.respond(p.wrapped(base), p.request(p.ctx, http.MethodHead), 200)
	if resp.ContentLength != 12 {
		p.errorf("Response.ContentLength: got %d, want 12", resp.ContentLength)
	}
	p.same(p.drain(resp), "", "the body of the answer to HEAD")
}

func noContent(p *probe) {
	for _, status := range []int{204, 304} {
		resp := p.respond(p.wrapped(p.script(Respond(status))), p.get(), status)
		p.same(p.drain(resp), "", fmt.Sprintf("the body of the response (%d)", status))
	}
}

// echo serves an upgraded connection: it says everything again.
func echo(conn io.ReadWriteCloser) { _, _ = io.Copy(conn, conn) }

// upgraded makes a call that is answered with 101 and returns the connection.
func (p *probe) upgraded(rt http.RoundTripper) io.ReadWriteCloser {
	req := p.get()
	req.Header.Set("Connection", "Upgrade")
	req.Header.Set("Upgrade", "triptest")
	resp := p.respond(rt, req, http.StatusSwitchingProtocols)
	conn, ok := resp.Body.(io.ReadWriteCloser)
	if !ok {
		p.fatalf("the body of the response (101): got a %T, which has no Write; want an io.ReadWriteCloser", resp.Body)
	}
	return conn
}

// talk says something on a connection that echoes it.
func (p *probe) talk(conn io.ReadWriter, word string) {
	p.step("talking on an upgraded connection")
	if _, err := io.WriteString(conn, word); err != nil {
		p.fatalf("writing to the upgraded connection: %v", err)
	}
	got := make([]byte, len(word))
	if _, err := io.ReadFull(conn, got); err != nil {
		p.fatalf("reading from the upgraded connection: %v", err)
	}
	p.same(string(got), word, "the echo on the upgraded connection")
}

func upgrade(p *probe) {
	base := p.script(Upgrade(echo))
	conn := p.upgraded(p.wrapped(base))
	p.talk(conn, "one")
	p.talk(conn, "two")
	_ = conn.Close()
	if !p.eventually(func() bool { return len(base.ledger.Leaks()) == 0 }) {
		p.errorf("after Close: got a connection that is open at the base, want it closed")
	}
}

func upgradeLasts(p *probe) {
	conn := p.upgraded(p.wrapped(p.script(Upgrade(echo))))
	for range 3 {
		pause(time.Hour)
		p.talk(conn, "still there")
	}
	_ = conn.Close()
}

func informational(p *probe) {
	var hints []int
	ctx := httptrace.WithClientTrace(p.ctx, &httptrace.ClientTrace{
		Got1xxResponse: func(code int, header textproto.MIMEHeader) error {
			if header.Get("Link") != "</style.css>" {
				p.errorf("the header of the hint: got %v, want the link", header)
			}
			hints = append(hints, code)
			return nil
		},
	})
	link := http.Header{"Link": {"</style.css>"}}
	base := p.script(Respond(200).Informational(http.StatusEarlyHints, link))
	p.respond(p.wrapped(base), p.request(ctx, http.MethodGet), 200)
	if len(hints) != 1 || hints[0] != http.StatusEarlyHints {
		p.errorf("informational responses seen: got %v, want [103]", hints)
	}
}
