// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package timeout

import "io"

// watch returns body with the release of the attempt at its end. It adds no
// buffer. A body that can be written to, as that of 101 Switching Protocols,
// still can, and one whose writing side can be closed as well.
func (a *attempt) watch(body io.ReadCloser) io.ReadCloser {
	a.body = body
	watched := (*attemptBody)(a)
	w, ok := body.(io.Writer)
	if !ok {
		return watched
	}
	if c, ok := body.(closeWriter); ok {
		return struct {
			*attemptBody
			io.Writer
			closeWriter
		}{watched, w, c}
	}
	return struct {
		*attemptBody
		io.Writer
	}{watched, w}
}

type closeWriter interface{ CloseWrite() error }

// attemptBody is an attempt seen as the body of its response.
type attemptBody attempt

var _ io.ReadCloser = (*attemptBody)(nil)

// Read releases the attempt once there is nothing more to read.
func (b *attemptBody) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	if err != nil {
		(*attempt)(b).release()
	}
	return n, err
}

// Close closes the body first: to end its context before could make the base
// throw away a connection that it would have used again.
func (b *attemptBody) Close() error {
	err := b.body.Close()
	(*attempt)(b).release()
	return err
}
