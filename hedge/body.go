// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package hedge

import (
	"io"
	"net/http"
	"time"

	"github.com/surefoot-go/surefoot/internal/upgrade"
)

const (
	// drainLimit bounds what is read of a body that nobody wants. An HTTP/1
	// connection can be used again only if its response was read to the end;
	// past this size a new connection is cheaper.
	drainLimit = 64 << 10
	// drainTime bounds how long that may take.
	drainTime = time.Second
)

// watch returns the body with the release of the attempt's context at its end.
// It adds no buffer.
func (a *attempt) watch(body io.ReadCloser) io.ReadCloser {
	a.body = body
	return upgrade.Keep((*attemptBody)(a), body)
}

// attemptBody is the attempt that won, seen as the body of its response.
type attemptBody attempt

var _ io.ReadCloser = (*attemptBody)(nil)

// Read releases the context once there is nothing more to read.
func (b *attemptBody) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	if err != nil {
		b.cancel(nil)
	}
	return n, err //nolint:wrapcheck // a reader hands on the reader's error
}

// Close closes the body first: to end its context before could make the base
// throw away a connection that it would have used again.
func (b *attemptBody) Close() error {
	err := b.body.Close()
	b.cancel(nil)
	return err //nolint:wrapcheck // as above
}

// discard gets rid, once, of the response of an attempt that has ended, and then
// of its context. It delays nobody: reading can stall, and so can closing.
func (a *attempt) discard() {
	if a.discarded {
		return
	}
	a.discarded = true
	resp := a.resp
	if resp == nil || bodyless(resp) {
		a.cancel(ErrLost)
		return
	}
	if resp.Close || resp.ContentLength > drainLimit || resp.StatusCode == http.StatusSwitchingProtocols {
		// The connection will not be used again.
		a.cancel(ErrLost)
		go quietly(resp.Body.Close)
		return
	}
	go a.drain(resp.Body)
}

// drain reads a body to its end, within bounds, so that its connection can be
// used again, and closes it once.
func (a *attempt) drain(body io.ReadCloser) {
	late := time.AfterFunc(drainTime, func() {
		a.cancel(ErrLost)
		quietly(body.Close)
	})
	// One byte more than the limit tells an end from a cut, and the end has to
	// be seen for the connection to be free.
	quietly(func() error {
		_, err := io.CopyN(io.Discard, body, drainLimit+1)
		return err //nolint:wrapcheck // nobody wants it
	})
	if late.Stop() {
		quietly(body.Close)
		a.cancel(ErrLost)
	}
}

// quietly calls a method of a body that nobody wants. If that panics, it does so on
// a goroutine on which nobody could recover.
func quietly(f func() error) {
	defer func() { _ = recover() }()
	_ = f()
}

func bodyless(resp *http.Response) bool { return resp.Body == nil || resp.Body == http.NoBody }

// closeBody closes the body of an attempt that was not made.
func closeBody(body io.ReadCloser) {
	if body != nil {
		_ = body.Close()
	}
}
