// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package rig

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// A proxy stands before the server, makes trouble as it is told, and records
// what comes by.
type proxy struct {
	c       *Case
	forward *httputil.ReverseProxy
	url     string
	close   func()
	open    atomic.Int64 // connections from clients

	mu      sync.Mutex
	silent  bool // while an op's Before runs
	dead    bool
	fault   Fault
	at      int // which request of the call it strikes, from 1
	times   int // how many from there on
	call    int
	op      string
	seen    int           // requests of this call
	struck  int           // faults of this call that took place
	held    int           // of those, requests that hung and that the client did not give up
	under   int           // requests that are not done with
	drained chan struct{} // closed when there are none, where somebody waits for it
	limit   time.Duration // for which a request may go on whose call has ended
	records []*Record
}

func newProxy(c *Case, target string) (*proxy, error) {
	to, err := url.Parse(target)
	if err != nil {
		return nil, err
	}
	rt := new(http.Transport)
	rt.DisableCompression = true // what the SDK asks for comes through as it is
	if c.H2C {
		rt.Protocols = new(http.Protocols)
		rt.Protocols.SetUnencryptedHTTP2(true)
	}
	p := &proxy{c: c, limit: settleLimit}
	p.forward = &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = r.In.Host // a signature may cover it
		},
		Transport:      rt,
		FlushInterval:  -1,
		ErrorLog:       slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
		ModifyResponse: answered,
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			if errors.Is(err, errCut) {
				panic(http.ErrAbortHandler) //nolint:forbidigo // it is how net/http wants a connection cut
			}
			w.WriteHeader(http.StatusBadGateway)
		},
	}
	front, err := serve(p, &p.open)
	if err != nil {
		return nil, err
	}
	p.url = front.URL
	p.close = func() { front.Close(); rt.CloseIdleConnections() }
	return p, nil
}

// begin starts a call of an op, whose request number at meets a fault.
func (p *proxy) begin(op string, fault Fault, at, times int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.call++
	p.op, p.fault, p.at, p.times, p.seen, p.struck, p.held, p.silent = op, fault, at, times, 0, 0, 0, false
}

// end returns how many requests the call made, how many of them were struck, and
// how many went on for longer than they may when nobody waited for them any more. It
// waits for those that are still with the server: an attempt whose answer
// nobody waits for may still be applied.
func (p *proxy) end() (seen, struck, held int) {
	p.mu.Lock()
	p.silent = true
	var drained chan struct{}
	if p.under > 0 {
		drained = make(chan struct{})
		p.drained = drained
	}
	p.mu.Unlock()
	if drained != nil {
		timer := time.NewTimer(p.limit)
		defer timer.Stop()
		select {
		case <-drained:
		case <-timer.C:
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen, p.struck, p.held + p.under
}

func (p *proxy) all() []Record {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make([]Record, len(p.records))
	for i, r := range p.records {
		all[i] = *r
	}
	return all
}

// ServeHTTP decides what becomes of a request.
func (p *proxy) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	x := p.next(req)
	if x == nil {
		p.forward.ServeHTTP(w, req)
		return
	}
	defer p.finish(x)
	req.Body = x.body
	switch x.fault {
	case Pass, CutAfter, CutBody, Hang, HangBody:
		x.forwarded = true
		p.forward.ServeHTTP(w, req.WithContext(withExchange(req.Context(), x)))
	case Unavailable, UnavailableWait, TooMany, ServerError:
		_, _ = io.Copy(io.Discard, req.Body) // a client that is gone is noticed when it is answered
		x.status = x.fault.status()
		p.answer(w, x.fault)
	case CutBefore:
		_, _ = io.Copy(io.Discard, req.Body) // as above; an unread body would make a reset of the end
		panic(http.ErrAbortHandler)          //nolint:forbidigo // it is how net/http wants a connection cut
	}
}

// answer sends what the service itself would send with that status.
func (p *proxy) answer(w http.ResponseWriter, fault Fault) {
	var header http.Header
	var body string
	if p.c.Answer != nil && !p.dead { // what is dead cannot speak; its load balancer does
		header, body = p.c.Answer(fault.status())
	}
	if header == nil {
		header = http.Header{"Content-Type": {"text/plain; charset=utf-8"}}
		body = http.StatusText(fault.status()) + "\n"
	}
	for name, values := range header {
		w.Header()[name] = values
	}
	if fault.waits() {
		w.Header().Set("Retry-After", "1")
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(fault.status())
	_, _ = io.WriteString(w, body) // as above
}

// answered sees the server's answer before the client does.
func answered(resp *http.Response) error {
	x := exchangeOf(resp.Request.Context())
	if x == nil {
		return nil
	}
	x.status = resp.StatusCode
	switch x.fault {
	case CutAfter, Hang:
		_, _ = io.Copy(io.Discard, resp.Body) // the server may finish
		_ = resp.Body.Close()                 // as above
		if x.fault == Hang {
			x.hold()
		}
		return errCut
	case CutBody, HangBody:
		return x.halve(resp)
	case Pass, Unavailable, UnavailableWait, TooMany, ServerError, CutBefore:
	}
	return nil
}

// halve makes resp's body end in its middle: after half of what was announced,
// or else in the middle of what comes first.
func (x *exchange) halve(resp *http.Response) error {
	if resp.StatusCode == http.StatusSwitchingProtocols || resp.ContentLength == 0 || resp.Request.Method == http.MethodHead {
		x.missed = true // there is no body to cut
		return nil
	}
	if n := resp.ContentLength; n > 0 {
		x.missed = n == 1
		if !x.missed {
			resp.Body = &cutBody{ReadCloser: resp.Body, rest: io.LimitReader(resp.Body, n/2), x: x}
		}
		return nil
	}
	first := make([]byte, 4096)
	n, err := resp.Body.Read(first)
	if n == 0 {
		x.missed = errors.Is(err, io.EOF)
	}
	if x.missed {
		resp.Body = http.NoBody
		return nil
	}
	resp.Body = &cutBody{ReadCloser: resp.Body, rest: bytes.NewReader(first[:(n+1)/2]), x: x}
	return nil
}
