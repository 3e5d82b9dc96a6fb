// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// open starts the life of the check. It has to be called where the clause
// runs: what belongs to a bubble is made in it.
func (p *probe) open() {
	p.ctx, p.cancel = context.WithCancel(context.Background())
}

// An outcome is what became of one call of RoundTrip.
type outcome struct {
	resp     *http.Response
	err      error
	panicked any
	stack    []string // of the panic
	took     time.Duration
}

// String describes an outcome for a report.
func (o outcome) String() string {
	switch {
	case o.panicked != nil:
		return fmt.Sprintf("a panic (%v, in %s)", o.panicked, strings.Join(o.stack, " < "))
	case o.resp != nil && o.err != nil:
		return fmt.Sprintf("both a response (%d) and an error (%v)", o.resp.StatusCode, o.err)
	case o.resp != nil:
		return fmt.Sprintf("a response (%d)", o.resp.StatusCode)
	case o.err != nil:
		return fmt.Sprintf("an error (%v)", o.err)
	}
	return "neither a response nor an error"
}

// call makes a call on the clause's own goroutine. A panic fails the clause.
func (p *probe) call(rt http.RoundTripper, req *http.Request) outcome {
	o := p.try(rt, req)
	p.wantNoPanic(o)
	return o
}

func (p *probe) wantNoPanic(o outcome) {
	if o.panicked != nil {
		p.fatalf("RoundTrip panicked: %v, in %s", o.panicked, strings.Join(o.stack, " < "))
	}
}

// try is call for clauses in which panics are in order.
func (p *probe) try(rt http.RoundTripper, req *http.Request) (o outcome) {
	start := time.Now()
	defer func() {
		o.took = time.Since(start)
		if v := recover(); v != nil {
			o.panicked, o.stack = v, panicStack()
		}
		if o.resp != nil && o.resp.Body != nil {
			p.onCleanup(func() { _ = closing(o.resp.Body) })
		}
	}()
	o.resp, o.err = rt.RoundTrip(req) //nolint:bodyclose // at the end of the check
	return o
}

// closing closes a body and returns what Close has panicked with.
func closing(body io.Closer) (panicked any) {
	defer func() { panicked = recover() }()
	_ = body.Close()
	return nil
}

// start makes a call on another goroutine.
func (p *probe) start(rt http.RoundTripper, req *http.Request) *pending {
	w := &pending{probe: p, done: make(chan struct{})}
	go func() {
		defer close(w.done)
		w.id.Store(goroutineID())
		w.out = p.try(rt, req)
	}()
	return w
}

// pending is a call under way.
type pending struct {
	probe *probe
	id    atomic.Int64 // of its goroutine
	done  chan struct{}
	out   outcome // once done is closed
}

// ended says whether the call has returned.
func (w *pending) ended() bool {
	select {
	case <-w.done:
		return true
	default:
		return false
	}
}

// within waits for the call, for so long on the clock of the check.
func (w *pending) within(d time.Duration, what string) outcome {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-w.done:
	case <-timer.C:
		w.probe.fatalf("%s: RoundTrip has not returned after %v%s", what, d, stackOf(w.id.Load()))
	}
	w.probe.wantNoPanic(w.out)
	return w.out
}

// An answer is a response that the probe closes in the end, if nobody else does.
type answer struct{ *http.Response }

// respond makes a call that has to be answered with the given status.
func (p *probe) respond(rt http.RoundTripper, req *http.Request, status int) answer {
	return p.want(p.call(rt, req), status)
}

// want has an outcome be a response of the given status, with a body.
func (p *probe) want(o outcome, status int) answer {
	if o.resp == nil || o.err != nil || o.resp.StatusCode != status {
		p.fatalf("got %v, want a response (%d)", o, status)
	}
	if o.resp.Body == nil {
		p.fatalf("got a response (%d) with a nil body; net/http promises a body on every response", status)
	}
	return answer{o.resp}
}

// fail makes a call that has to end in an error which matches target.
func (p *probe) fail(rt http.RoundTripper, req *http.Request, target error) {
	p.wantErr(p.call(rt, req), target)
}

// wantErr has an outcome be an error that matches target.
func (p *probe) wantErr(o outcome, target error) {
	if o.resp != nil || o.err == nil || !errors.Is(o.err, target) {
		p.fatalf("got %v, want an error for which errors.Is(err, %q) holds", o, target)
	}
}

// drain reads a body to its end and closes it.
func (p *probe) drain(resp answer) string {
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		p.fatalf("reading the body of the response (%d): %v after %d bytes", resp.StatusCode, err, len(b))
	}
	if err := resp.Body.Close(); err != nil {
		p.errorf("closing the body of the response (%d): %v", resp.StatusCode, err)
	}
	return string(b)
}

// attempts has a base have seen so many attempts.
func (p *probe) attempts(s *Script, want int, when string) {
	if got := s.Len(); got != want {
		p.errorf("%s: got %d attempts, want %d", when, got, want)
	}
}
