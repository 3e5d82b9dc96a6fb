// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"
)

// A wire sits right above the base of the client's stack. It notes what really
// went over the network, so that what the stack says and returns can be held
// against it.
type wire struct {
	next  http.RoundTripper
	tally *tally
}

// tap is the middleware that puts a wire in front of next.
func (t *tally) tap(next http.RoundTripper) http.RoundTripper { return &wire{next: next, tally: t} }

// A callRecord is what the wire knows of one call.
type callRecord struct {
	mu      sync.Mutex
	sent    int          // attempts
	notSent int          // attempts of which no byte can have arrived
	since   time.Time    // the end of the last attempt; before it, the call's start
	last    *wireAttempt // what the caller has to be given: the last that may have arrived, or the last
}

// A wireAttempt is an attempt that got an answer, or failed.
type wireAttempt struct {
	status int          // 0 where there was none
	since  time.Time    // the attempt began after this, in all layers
	body   bytes.Buffer // what was read of the answer's body
	whole  bool         // the body was read to its end
	broken bool         // the body broke while it was read
}

func newCallRecord() *callRecord { return &callRecord{since: time.Now()} }

type recordKey struct{}

func withRecord(ctx context.Context, rec *callRecord) context.Context {
	return context.WithValue(ctx, recordKey{}, rec)
}

// mayHaveArrived reports whether the server may have seen the call.
func (r *callRecord) mayHaveArrived() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sent > r.notSent
}

// attempts returns how many attempts were made.
func (r *callRecord) attempts() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sent
}

// lastAttempt returns the attempt whose outcome the call ends with, or nil: the one that
// ended last, or, where that was not sent and one before it may have arrived, that one.
func (r *callRecord) lastAttempt() *wireAttempt {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	rec, ok := req.Context().Value(recordKey{}).(*callRecord)
	if !ok {
		rec = newCallRecord()
	}
	rec.mu.Lock()
	rec.sent++
	attempt := &wireAttempt{since: rec.since}
	rec.mu.Unlock()

	// net/http sends again by itself what a kept connection lost, if it may.
	// No layer can see that; the hooks can.
	var conns atomic.Int64
	traced := req.WithContext(httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { conns.Add(1) },
	}))
	resp, err := w.next.RoundTrip(traced)
	if err == nil {
		attempt.status = resp.StatusCode
		if resp.Request == traced {
			resp.Request = req // what the layers above gave, not our copy
		}
		resp.Body = &wireBody{ReadCloser: resp.Body, attempt: attempt}
	}
	w.tally.sent(attempt.status, int(conns.Load())-1)

	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.since = time.Now()
	arrived := rec.sent > rec.notSent+1 // one before this may have
	var op *net.OpError
	notSent := errors.As(err, &op) && op.Op == "dial" && conns.Load() == 0
	if notSent {
		rec.notSent++
	}
	if !notSent || !arrived {
		rec.last = attempt
	}
	return resp, err
}

// Unwrap returns the RoundTripper beneath, so that the layers above know that
// they have an http.Transport as their base.
func (w *wire) Unwrap() http.RoundTripper { return w.next }

// CloseIdleConnections passes the call on.
func (w *wire) CloseIdleConnections() {
	if c, ok := w.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// A wireBody keeps a copy of what is read.
type wireBody struct {
	io.ReadCloser
	attempt *wireAttempt
}

func (b *wireBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.attempt.body.Write(p[:n])
	if errors.Is(err, io.EOF) {
		b.attempt.whole = true
	} else if err != nil {
		b.attempt.broken = true
	}
	return n, err //nolint:wrapcheck // a reader hands on the reader's error
}
