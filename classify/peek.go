// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify

import (
	"io"
	"net/http"
	"sync/atomic"
)

// maxPeek is how much of a body is read ahead.
const maxPeek = 64 << 10

// peek reads the beginning of the body of resp, replaces the body by one that
// starts with what was read, and returns that. A body that was peeked at
// before is not read again.
func peek(resp *http.Response) *peekedBody {
	if resp.Body == nil || resp.Body == http.NoBody {
		return &peekedBody{}
	}
	if seen, ok := resp.Body.(interface{ peeked() *peekedBody }); ok {
		return seen.peeked()
	}
	body := &peekedBody{body: resp.Body}
	head, err := io.ReadAll(io.LimitReader(resp.Body, maxPeek))
	switch {
	case err != nil:
		body.end = err
	case len(head) < maxPeek:
		body.end = io.EOF
	}
	body.head = head
	if encoding := resp.Header.Get("Content-Encoding"); encoding == "" || encoding == "identity" {
		body.found = findDetails(head)
	}
	resp.Body = body
	if w, ok := body.body.(io.Writer); ok {
		resp.Body = &peekedConn{peekedBody: body, Writer: w}
	}
	return body
}

// peekedBody is a body whose first bytes were read ahead. Like any body it is
// read by one goroutine, and may be closed by another.
type peekedBody struct {
	body  io.ReadCloser
	head  []byte  // what was read ahead; never changed
	found details // what head says
	end   error   // what ended the reading ahead: comes after head again
	read  int     // how much of head has been read again

	closed atomic.Bool
}

func (b *peekedBody) peeked() *peekedBody { return b }

func (b *peekedBody) Read(p []byte) (int, error) {
	switch {
	case b.closed.Load():
		// The body has its own words for that.
	case b.read < len(b.head):
		n := copy(p, b.head[b.read:])
		b.read += n
		return n, nil
	case b.end != nil:
		return 0, b.end
	}
	return b.body.Read(p) //nolint:wrapcheck // a reader hands on the reader's error
}

func (b *peekedBody) Close() error {
	b.closed.Store(true)
	return b.body.Close()
}

// peekedConn keeps Write for bodies that have it.
type peekedConn struct {
	*peekedBody
	io.Writer
}
