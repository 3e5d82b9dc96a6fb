// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker

import (
	"net/http"
	"sync"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/internal/keyed"
	"github.com/surefoot-go/surefoot/internal/upload"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/peer"
	"github.com/surefoot-go/surefoot/trip"
)

// A Breaker holds the circuits of all keys. The circuits belong to the value,
// not to a wrapped RoundTripper: whatever the same Breaker wraps shares them.
// The zero value is not usable; call [New]. A Breaker is safe for concurrent
// use.
type Breaker struct {
	config
	span     span
	epoch    time.Time
	circuits *keyed.Map[circuit]
	known    bool // every 2XX is a success: the default classifier, and no slow call

	joining sync.Once        // guards link
	link    peer.CircuitLink // nil without a fleet
}

// New returns a Breaker. If options are wrong, it returns nil and one error
// that joins an [*ConfigError] for each mistake.
func New(opts ...Option) (*Breaker, error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	b := &Breaker{config: c, span: spanOf(c.window), epoch: time.Now()}
	b.known = b.classifier == classify.Default() && b.slowCall == 0
	b.circuits = keyed.New(c.maxKeys, b.newCircuit, b.inUse)
	return b, nil
}

// Wrap returns a layer around next, or around [http.DefaultTransport] where
// next is nil.
func (b *Breaker) Wrap(next http.RoundTripper) http.RoundTripper {
	b.join()
	return &tripper{breaker: b, next: trip.OrDefault(next)}
}

// now is monotonic and costs one reading of the clock.
func (b *Breaker) now() int64 { return int64(time.Since(b.epoch)) }

// inUse keeps a circuit that is open from eviction, or has a probe under way: its
// key would start anew and send to a host that is down. One that nobody has asked
// for since long after its open time, or its last probe, says nothing any more.
// What somebody has forced stays as it is.
func (b *Breaker) inUse(c *circuit) bool {
	return c.forced.Load() || stateOf(c.word.Load()) != Closed && b.now() < c.openUntil.Load()+int64(b.window)
}

type tripper struct {
	breaker *Breaker
	next    http.RoundTripper
}

var _ http.RoundTripper = (*tripper)(nil)

// Unwrap returns the layer beneath.
func (t *tripper) Unwrap() http.RoundTripper { return t.next }

// CloseIdleConnections passes the call on.
func (t *tripper) CloseIdleConnections() { trip.CloseIdle(t.next) }

// RoundTrip sends req, unless its circuit is open.
func (t *tripper) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Context().Err() != nil {
		// The caller is gone already. Whatever the layers below make of that
		// says nothing of the server.
		return t.next.RoundTrip(req)
	}
	b := t.breaker
	entry := b.circuits.For(b.key, req)
	if entry == nil {
		return t.next.RoundTrip(req)
	}
	c := &entry.Value
	word := c.word.Load()
	if stateOf(word) != Closed {
		return t.guarded(req, c)
	}
	return t.closed(req, c, word)
}

// closed sends through a closed circuit. It is the path of every healthy call.
func (t *tripper) closed(req *http.Request, c *circuit, word uint64) (*http.Response, error) {
	b := t.breaker
	var started int64
	if b.slowCall > 0 {
		started = b.now()
	}
	sent := req
	if req.Body != nil && req.GetBody == nil { // the rest needs no watch, and pays nothing
		sent = upload.Watch(req)
	}
	resp, err := t.next.RoundTrip(sent)
	if sent != req {
		upload.Restore(resp, sent, req)
	}
	if b.known && err == nil && resp != nil && resp.StatusCode/100 == 2 {
		b.succeeded(c, word, req, resp) // without a verdict, which costs more
		return resp, nil
	}
	verdict := b.classifier.Classify(sent, resp, err)
	switch b.outcome(verdict, resp, started) {
	case success:
		b.succeeded(c, word, req, resp)
	case failure:
		b.failed(c, word, req, verdict.RetryAfter/patience)
	case throttled, excluded:
	}
	return resp, err
}

// guarded sends a probe, if the circuit lets one through.
func (t *tripper) guarded(req *http.Request, c *circuit) (*http.Response, error) {
	b := t.breaker
	if f := c.fleet; f != nil && f.untold.Load() && f.untold.CompareAndSwap(true, false) {
		b.confirm(c)
	}
	now := b.now()
	l, rejection := b.admit(c, req, now)
	if rejection != nil {
		return nil, b.reject(c, req, rejection, now)
	}
	if stateOf(l.word) == Closed { // it has closed in between
		return t.closed(req, c, l.word)
	}
	reported := false
	defer func() {
		if !reported { // somebody below panicked or ended the goroutine
			b.report(c, l, req, excluded, 0)
		}
	}()
	b.announce(c)
	started := b.now()
	sent := upload.Watch(req)
	resp, err := t.next.RoundTrip(sent)
	upload.Restore(resp, sent, req)
	verdict := b.classifier.Classify(sent, resp, err)
	out := b.outcome(verdict, resp, started)
	reported = true
	wait := verdict.RetryAfter
	if out == failure {
		wait /= patience
	}
	b.report(c, l, req, out, wait)
	if out == success {
		b.watch(c, l.word, 0, req, resp)
	}
	return resp, err
}

func (b *Breaker) reject(c *circuit, req *http.Request, e *OpenError, now int64) error {
	c.rejected.Add(1)
	if c.fleet != nil {
		b.missed(c, e, now)
	}
	trip.CloseBody(req)
	if observe.Listening(b.observer) {
		observe.Emit(b.observer, observe.Event{
			Kind: observe.Rejected, Context: req.Context(), Key: c.name,
			Method: req.Method, Reason: observe.ReasonOpen, Wait: e.RetryAfter, Err: e,
		})
	}
	return e
}

// An outcome is what an attempt means to a circuit.
type outcome uint8

const (
	excluded  outcome = iota // says nothing
	success                  // the server works
	failure                  // the server, or the way to it, does not
	throttled                // the server works and wants less: fails a probe
)

// patience is how many probes go to a host that fails within the wait that it
// asked for. The server says when it expects to be back (RFC 9110 §10.2.3), and
// calls are rejected meanwhile; but it may be back sooner, and only a probe can
// tell. One that is healthy and wants less, by a 429, gets none.
const patience = 5

func (b *Breaker) outcome(v classify.Verdict, resp *http.Response, started int64) outcome {
	switch v.Class {
	case classify.Success:
	case classify.Terminal:
		// Without a response nothing was heard from the server: a malformed
		// request must not close a circuit that is half-open.
		if resp == nil {
			return excluded
		}
	case classify.Retryable:
		// A 503 with a Retry-After is throttled too, but it is also a server
		// that cannot serve.
		if v.Throttled && resp != nil && resp.StatusCode < http.StatusInternalServerError {
			return throttled
		}
		return failure
	case classify.Unknown:
		return excluded
	default: // a class that no version of package classify has
		return excluded
	}
	if b.slowCall > 0 && b.now()-started >= int64(b.slowCall) {
		return failure
	}
	return success
}
