// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package rig

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"net/http"
	"sync"
	"time"
)

// errCut ends a connection on purpose.
var errCut = errors.New("cut")

// An exchange is one request on its way through the proxy. One goroutine has it
// at a time.
type exchange struct {
	record    *Record
	fault     Fault
	forwarded bool
	missed    bool // the fault found nothing to break
	status    int
	body      *hashed

	gone  context.Context //nolint:containedctx // it ends when the client has given up
	limit time.Duration   // for which it may not
	held  bool            // it did not
}

// hold lets the client wait until it has given up.
func (x *exchange) hold() {
	timer := time.NewTimer(x.limit)
	defer timer.Stop()
	select {
	case <-x.gone.Done():
	case <-timer.C:
		x.held = true
	}
}

type exchangeKey struct{}

func withExchange(ctx context.Context, x *exchange) context.Context {
	return context.WithValue(ctx, exchangeKey{}, x)
}

func exchangeOf(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

// next gives a request its number and its fault, or nil if it is not to be seen.
func (p *proxy) next(req *http.Request) *exchange {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.silent {
		return nil
	}
	p.under++
	p.seen++
	x := &exchange{body: newHashed(req.Body), gone: req.Context(), limit: p.limit}
	switch {
	case p.dead:
		x.fault = Unavailable
	case p.seen >= p.at && p.seen < p.at+p.times:
		x.fault = p.fault
	}
	x.record = &Record{
		Call: p.call, Op: p.op, Method: req.Method, Target: req.URL.RequestURI(),
		Key: req.Header.Get("Idempotency-Key"), Fault: x.fault,
	}
	p.records = append(p.records, x.record)
	return x
}

// finish writes down what became of the request.
func (p *proxy) finish(x *exchange) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if x.missed {
		x.record.Fault = Pass
	}
	if x.record.Fault != Pass {
		p.struck++
	}
	if x.held {
		p.held++
	}
	x.record.Forwarded, x.record.Status, x.record.Body = x.forwarded, x.status, x.body.sum()
	if p.under--; p.under == 0 && p.drained != nil {
		close(p.drained)
		p.drained = nil
	}
}

// hashed is a request's body on its way to the server, which may still be read
// when the answer is there already.
type hashed struct {
	io.ReadCloser
	mu sync.Mutex
	to hash.Hash
}

func newHashed(body io.ReadCloser) *hashed {
	return &hashed{ReadCloser: body, to: sha256.New()}
}

// Read reads, and adds what it read to the hash.
func (h *hashed) Read(b []byte) (int, error) {
	n, err := h.ReadCloser.Read(b)
	h.mu.Lock()
	defer h.mu.Unlock()
	_, _ = h.to.Write(b[:n]) // a hash never fails
	return n, err
}

// sum is the hash of what was read.
func (h *hashed) sum() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return hex.EncodeToString(h.to.Sum(nil)[:8])
}

// cutBody is a response's body that ends too early.
type cutBody struct {
	io.ReadCloser
	rest io.Reader
	x    *exchange
}

// Read gives what is left of it, and then the proxy breaks the connection, at once
// or when the client has.
func (c *cutBody) Read(b []byte) (int, error) {
	n, err := c.rest.Read(b)
	if errors.Is(err, io.EOF) {
		if c.x.fault == HangBody {
			c.x.hold()
		}
		err = errCut
	}
	return n, err
}
