// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package trip

import (
	"errors"
	"io"
	"net/http"
	"sync/atomic"
)

// CloseBody closes the body of a request that will not be sent. A nil request
// or body is fine. The error of Close is dropped: nothing read the body, so
// nothing can be lost by it.
func CloseBody(req *http.Request) {
	if req != nil && req.Body != nil {
		_ = req.Body.Close()
	}
}

// WatchBody arranges for end to be called when the body of resp ends, and at
// most once: with nil at its end of file, with the read error when it breaks,
// and with [ErrBodyClosed] when it is closed before its end. End is called on
// the goroutine that reads or closes the body and must not block.
//
// A response whose body cannot break is left alone and end is not called:
// no body at all, [http.NoBody], and 101 Switching Protocols, whose body is a
// connection and no longer HTTP. WatchBody reports whether it watches. Where
// it does, a body that can be written to can still be.
func WatchBody(resp *http.Response, end func(error)) bool {
	if resp == nil || resp.Body == nil || resp.Body == http.NoBody || resp.StatusCode == http.StatusSwitchingProtocols {
		return false
	}
	watched := &watchedBody{body: resp.Body, end: end}
	if w, ok := resp.Body.(io.Writer); ok {
		resp.Body = &watchedConn{watchedBody: watched, Writer: w}
		return true
	}
	resp.Body = watched
	return true
}

// ErrBodyClosed tells the function given to [WatchBody] that the body was
// closed before it had been read to its end. That is the reader's choice and
// no failure of the server's.
var ErrBodyClosed = errors.New("trip: body closed before its end")

// watchedBody calls end once. It holds the body by reference and adds no
// buffer, so streaming is as it was.
type watchedBody struct {
	body  io.ReadCloser
	end   func(error)
	ended atomic.Bool
}

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	if err != nil {
		// Only io.EOF itself is the end of a body, as for every reader of one:
		// an error that wraps it is what some decoders give for a body cut
		// short.
		if err == io.EOF {
			b.finish(nil)
		} else {
			b.finish(err)
		}
	}
	return n, err //nolint:wrapcheck // a reader hands on the reader's error
}

func (b *watchedBody) Close() error {
	// Closing first would let the transport report its own "read on closed
	// body" to a concurrent Read, which must not count as a broken body.
	b.finish(ErrBodyClosed)
	return b.body.Close()
}

func (b *watchedBody) finish(err error) {
	if b.ended.CompareAndSwap(false, true) {
		b.end(err)
	}
}

// watchedConn keeps Write for bodies that have it.
type watchedConn struct {
	*watchedBody
	io.Writer
}
