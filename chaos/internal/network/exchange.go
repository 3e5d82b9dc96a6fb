// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package network

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/surefoot-go/surefoot/chaos/internal/plan"
)

// CallHeader tells the network which call a request belongs to, by its number.
// It must be among the first 4096 bytes of a request.
const CallHeader = "X-Request-Id"

// writeBuffer is how much net/http writes at once.
const writeBuffer = 4096

// A requestReader finds the requests in what a client sends, and what befalls
// them. Those that nothing befalls are passed on as they come. The others are
// held back until they are whole, and passed on as far as they may get.
type requestReader struct {
	script   *Script
	exchange *exchange

	buf    []byte // of the request under way
	passed int    // how much of it was passed on
	body   int    // how much of its body is still to be passed on

	known   bool // the next three are
	fate    plan.Fate
	attempt int
	fault   plan.Fault
}

// take takes what the client sent, and returns what to pass on and what to do
// then.
func (r *requestReader) take(data []byte) ([]byte, action) {
	if r.body > 0 {
		n := min(r.body, len(data))
		r.body -= n
		if n == len(data) {
			return data, goOn
		}
		// Nobody sends the next request before this one was answered, but it
		// costs nothing to be able to take it.
		next, then := r.take(data[n:])
		return slices.Concat(data[:n], next), then
	}
	if len(r.buf) == 0 {
		r.buf = data
	} else {
		r.buf = append(slices.Clip(r.buf), data...)
	}
	if !r.known && !r.identify() {
		return nil, goOn
	}
	if r.fault == plan.None {
		return r.passOn()
	}
	return r.spoil()
}

// identify finds out which call the request belongs to.
func (r *requestReader) identify() bool {
	value, found := header(r.buf, CallHeader)
	if !found && headLength(r.buf) == 0 {
		return false
	}
	call, err := strconv.Atoi(value)
	if err != nil {
		call = -1
	}
	r.fate, r.attempt = r.script.next(call)
	r.known, r.fault = true, r.fate.Fault(r.attempt)
	return true
}

// passOn passes on a request that nothing befalls.
func (r *requestReader) passOn() ([]byte, action) {
	head := headLength(r.buf)
	if head == 0 {
		pass := r.buf[r.passed:]
		r.passed = len(r.buf)
		return pass, goOn
	}
	pass := r.buf[r.passed:]
	rest := head + contentLength(r.buf[:head]) - len(r.buf)
	r.reset()
	if rest < 0 { // the next request has begun
		own := len(pass) + rest
		next, then := r.take(pass[own:])
		return slices.Concat(pass[:own], next), then
	}
	r.body = rest
	return pass, goOn
}

func (r *requestReader) reset() {
	*r = requestReader{script: r.script, exchange: r.exchange}
}

// spoil makes the fault of a request once enough of it is here.
func (r *requestReader) spoil() ([]byte, action) {
	head := headLength(r.buf)
	if head == 0 {
		// Every other one that is larger than the client's buffer is cut while
		// the client is still writing it.
		if r.fault == plan.RequestHead && r.fate.Cut(r.attempt+1000, 2) == 0 {
			r.script.split.Add(1)
			r.script.large.Add(1)
			return r.buf[:1+r.fate.Cut(r.attempt, len(r.buf))], r.strike(cut)
		}
		return nil, goOn
	}
	body := contentLength(r.buf[:head])
	whole := r.buf
	if len(whole) < head+body {
		return nil, goOn
	}
	switch r.fault {
	case plan.RequestHead:
		if head > writeBuffer {
			r.script.large.Add(1)
		}
		return whole[:1+r.fate.Cut(r.attempt, head-1)], r.strike(cut)
	case plan.RequestBody:
		return whole[:head+r.fate.Cut(r.attempt, body)], r.strike(cut)
	case plan.AtCommit:
		return whole, r.strike(cut)
	case plan.RequestLost:
		return nil, r.strike(swallow)
	case plan.AfterCommit, plan.ResponseHead, plan.ResponseBody, plan.ResponseLost:
		r.exchange.expect(r.fault, r.fate, r.attempt)
		r.reset()
		return whole, goOn
	case plan.None, plan.Before, plan.Faults:
	}
	return nil, r.strike(cut)
}

// strike ends a connection while its request is under way. A server that
// answers all the same, before the cut reaches it, is not heard: the client
// would take the connection for a good one, and hand it to the next call.
func (r *requestReader) strike(a action) action {
	r.script.struck[r.fault].Add(1)
	r.exchange.expect(r.fault, r.fate, r.attempt)
	return a
}

// expect notes what is to befall the answer.
func (x *exchange) expect(fault plan.Fault, fate plan.Fate, attempt int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.fault, x.fate, x.attempt = fault, fate, attempt
}

// takeAnswer takes what the server sent. That it sent anything shows that it
// has done its work.
func (x *exchange) takeAnswer(s *Script, data []byte) ([]byte, action) {
	x.mu.Lock()
	defer x.mu.Unlock()
	switch x.fault { //nolint:exhaustive // those that strike the answer follow
	case plan.None:
		return data, goOn
	case plan.Before, plan.RequestHead, plan.RequestBody, plan.AtCommit, plan.RequestLost:
		return nil, swallow
	}
	x.answer = append(x.answer, data...)
	head := headLength(x.answer)
	body := contentLength(x.answer[:head])
	switch {
	case x.fault == plan.AfterCommit:
		s.struck[x.fault].Add(1)
		return nil, cut
	case x.fault == plan.ResponseLost:
		s.struck[x.fault].Add(1)
		return nil, swallow
	case head == 0 || len(x.answer) < head+body:
		return nil, goOn
	}
	s.struck[x.fault].Add(1)
	if x.fault == plan.ResponseHead {
		return x.answer[:1+x.fate.Cut(x.attempt, head-1)], cut
	}
	return x.answer[:head+x.fate.Cut(x.attempt, body)], cut
}

// headLength returns the length of the head that b begins with, or 0 where its
// end is not there yet.
func headLength(b []byte) int {
	if i := bytes.Index(b, []byte("\r\n\r\n")); i >= 0 {
		return i + 4
	}
	return 0
}

// header returns the value of a header in its canonical form, if all of its
// line is there.
func header(b []byte, name string) (string, bool) {
	_, after, found := bytes.Cut(b, []byte("\r\n"+name+": "))
	if !found {
		return "", false
	}
	value, _, found := bytes.Cut(after, []byte("\r\n"))
	return string(value), found
}

// contentLength returns the length of the body that a head announces.
func contentLength(head []byte) int {
	value, _ := header(head, "Content-Length")
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
