// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package upload tells a server that fails from a caller whose request body does.
// Net/http returns the error of the body's reader as that of the attempt, and any
// error can be a reader's: the reset of the connection that it reads from, or a
// timeout. Counted against the server, the uploads of a proxy's clients would open
// the circuit of a healthy one for everybody.
package upload

import (
	"io"
	"net/http"
	"sync/atomic"
)

// Watch returns the request to send instead of req, and to judge the outcome by: its
// body says to package classify whether the reader has failed. That is req itself, and
// costs nothing, where there is no body, or one that the request can have again
// (GetBody), which its maker has in memory. Otherwise it is a copy and costs one
// allocation, unless a layer further out watches already.
func Watch(req *http.Request) *http.Request {
	if req.Body == nil || req.GetBody != nil {
		return req
	}
	return watch(req)
}

// Restore puts the request that the caller knows in the place of the one that was
// sent for it.
func Restore(resp *http.Response, sent, req *http.Request) {
	if sent != req && resp != nil && resp.Request == sent {
		resp.Request = req
	}
}

// watch returns a copy of req whose body is watched, or req where there is nothing to
// watch. What can seek, such as a file, is left alone: what breaks in it is no
// stranger's doing, net/http has the kernel send files, and signers look for it.
func watch(req *http.Request) *http.Request {
	if req.Body == http.NoBody {
		return req
	}
	switch req.Body.(type) {
	case *body, io.Seeker:
		return req
	}
	u := &upload{Request: *req, body: body{source: req.Body}}
	u.Body = &u.body
	return &u.Request
}

// An upload is a request and its body in one piece of memory.
type upload struct {
	http.Request
	body body
}

// A body remembers whether its source has failed. Like any body it is read by one
// goroutine and may be closed by another.
type body struct {
	source io.ReadCloser
	failed atomic.Bool
	closed atomic.Bool
}

var _ io.ReadCloser = (*body)(nil)

// Read reads from the source. What a Read says after Close is the doing of whoever
// closed the body, which the base does when the server has failed.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.source.Read(p)
	if err != nil && err != io.EOF && !b.closed.Load() { // only io.EOF itself is the end
		b.failed.Store(true)
	}
	return n, err //nolint:wrapcheck // a reader hands on the reader's error
}

// Close closes the source.
func (b *body) Close() error {
	b.closed.Store(true)
	return b.source.Close() //nolint:wrapcheck // a closer hands on the closer's error
}

// ReaderFailed reports whether the source failed before the body was closed. Package
// classify looks for this method.
func (b *body) ReaderFailed() bool { return b.failed.Load() }
