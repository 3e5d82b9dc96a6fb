// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest_test

import (
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"github.com/surefoot-go/surefoot/trip"
)

// The wrappers in the files named reference keep every promise. They are as small as that
// allows, and no example of speed.

// logging is the plainest wrapper that there is.
func logging(log func(string)) trip.Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		return &logger{log: log, next: next}
	}
}

type logger struct {
	log  func(string)
	next http.RoundTripper
}

func (l *logger) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := l.next.RoundTrip(req)
	if err == nil && resp != nil {
		l.log(req.Method + " " + resp.Status)
	}
	return resp, err
}

func (l *logger) CloseIdleConnections() { trip.CloseIdle(l.next) }

// timing gives an attempt up that has no answer after d.
func timing(d time.Duration) trip.Middleware {
	return func(next http.RoundTripper) http.RoundTripper { return &timer{next: next, d: d} }
}

type timer struct {
	next http.RoundTripper
	d    time.Duration
}

var errTooLate error = tooLateError{}

type tooLateError struct{}

func (tooLateError) Error() string   { return "no answer in time" }
func (tooLateError) Timeout() bool   { return true }
func (tooLateError) Temporary() bool { return true }

func (t *timer) CloseIdleConnections() { trip.CloseIdle(t.next) }

func (t *timer) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	clock := time.AfterFunc(t.d, func() { cancel(errTooLate) })
	sent := req.WithContext(ctx)
	resp, err := t.next.RoundTrip(sent)
	intime := clock.Stop()
	if resp == nil {
		cancel(nil)
		return nil, err
	}
	if !intime {
		if resp.Body != nil {
			resp.Body.Close()
		}
		return nil, errTooLate
	}
	if resp.Request == sent {
		resp.Request = req
	}
	if !trip.WatchBody(resp, func(error) { cancel(nil) }) {
		if resp.StatusCode != http.StatusSwitchingProtocols {
			cancel(nil)
		} else if resp.Body != nil {
			resp.Body = &upgraded{ReadWriteCloser: resp.Body.(io.ReadWriteCloser), cancel: cancel}
		}
	}
	return resp, err
}

type upgraded struct {
	io.ReadWriteCloser
	cancel context.CancelCauseFunc
}

func (u *upgraded) Close() error {
	defer u.cancel(nil)
	return u.ReadWriteCloser.Close()
}

// keying gives every POST a key.
func keying(next http.RoundTripper) http.RoundTripper { return &keyer{next: next} }

type keyer struct{ next http.RoundTripper }

func (k *keyer) CloseIdleConnections() { trip.CloseIdle(k.next) }

func (k *keyer) RoundTrip(req *http.Request) (*http.Response, error) {
	if _, keyed := req.Header["Idempotency-Key"]; keyed || req.Method != http.MethodPost || req.Header == nil {
		return k.next.RoundTrip(req)
	}
	sent := req.WithContext(req.Context())
	sent.Header = req.Header.Clone()
	sent.Header.Set("Idempotency-Key", strconv.FormatUint(rand.Uint64(), 36))
	resp, err := k.next.RoundTrip(sent)
	if resp != nil && resp.Request == sent {
		resp.Request = req
	}
	return resp, err
}

// hedging sends a second attempt of a safe request that is slow.
func hedging(next http.RoundTripper) http.RoundTripper {
	return &hedger{next: next, safe: func(req *http.Request) bool {
		return req.Method == http.MethodGet && (req.Body == nil || req.Body == http.NoBody) && req.URL != nil
	}, lost: func(cancel context.CancelFunc, late <-chan hedged) {
		cancel()
		go func() {
			if h := <-late; h.resp != nil {
				h.resp.Body.Close()
			}
		}()
	}}
}

type hedger struct {
	next http.RoundTripper
	safe func(*http.Request) bool
	lost func(cancel context.CancelFunc, late <-chan hedged)
}

type hedged struct {
	resp *http.Response
	err  error
}

func (h *hedger) CloseIdleConnections() { trip.CloseIdle(h.next) }

// send makes an attempt on a goroutine of its own.
func (h *hedger) send(req *http.Request) (<-chan hedged, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(req.Context())
	done := make(chan hedged, 1)
	go func() {
		sent := req.WithContext(ctx)
		resp, err := h.next.RoundTrip(sent)
		if resp != nil && resp.Request == sent {
			resp.Request = req
		}
		done <- hedged{resp, err}
	}()
	return done, func() { cancel(nil) }
}

func (h *hedger) RoundTrip(req *http.Request) (*http.Response, error) {
	if !h.safe(req) {
		return h.next.RoundTrip(req)
	}
	first, cancelFirst := h.send(req)
	slow := time.NewTimer(time.Second)
	defer slow.Stop()
	select {
	case won := <-first:
		return release(won, cancelFirst)
	case <-slow.C:
	}
	second, cancelSecond := h.send(req)
	select {
	case won := <-first:
		h.lost(cancelSecond, second)
		return release(won, cancelFirst)
	case won := <-second:
		h.lost(cancelFirst, first)
		return release(won, cancelSecond)
	}
}

// release ends the attempt's context with its body.
func release(won hedged, cancel context.CancelFunc) (*http.Response, error) {
	if !trip.WatchBody(won.resp, func(error) { cancel() }) {
		if won.resp == nil || won.resp.StatusCode != http.StatusSwitchingProtocols {
			cancel()
		} else if conn, ok := won.resp.Body.(io.ReadWriteCloser); ok {
			won.resp.Body = &upgraded{ReadWriteCloser: conn, cancel: func(error) { cancel() }}
		}
	}
	return won.resp, won.err
}
