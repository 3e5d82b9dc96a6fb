// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit

import (
	"io"
	"net/http"
	"sync/atomic"

	"github.com/surefoot-go/surefoot/internal/keyed"
)

// hold keeps the place of an attempt until the body of its response ends, and
// reports whether there is one to wait for. That of a 101 is not: it is a
// connection now, which can last for days, and no request is being answered.
func (l *Limiter) hold(e *keyed.Entry[key], resp *http.Response, err error) bool {
	if err != nil || resp == nil || resp.Body == nil || resp.Body == http.NoBody ||
		resp.StatusCode == http.StatusSwitchingProtocols {
		return false
	}
	if w, ok := resp.Body.(io.Writer); ok {
		resp.Body = &heldConn{heldBody: heldBody{body: resp.Body, limiter: l, entry: e}, Writer: w}
		return true
	}
	resp.Body = &heldBody{body: resp.Body, limiter: l, entry: e}
	return true
}

// heldBody gives the place of its attempt back once, at its end.
type heldBody struct {
	body    io.ReadCloser
	limiter *Limiter
	entry   *keyed.Entry[key]
	ended   atomic.Bool
}

func (b *heldBody) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	if err != nil {
		b.finish()
	}
	return n, err //nolint:wrapcheck // a reader hands on the reader's error
}

func (b *heldBody) Close() error {
	// Only then is the connection free for the next attempt.
	defer b.finish()
	return b.body.Close()
}

func (b *heldBody) finish() {
	if b.ended.CompareAndSwap(false, true) {
		b.limiter.release(b.entry)
	}
}

// heldConn keeps Write for bodies that have it.
type heldConn struct {
	heldBody
	io.Writer
}
