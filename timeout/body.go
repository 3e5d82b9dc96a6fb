// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package timeout

import (
	"io"

	"github.com/surefoot-go/surefoot/internal/upgrade"
)

// watch returns body with the release of the attempt at its end. It adds no
// buffer.
func (a *attempt) watch(body io.ReadCloser) io.ReadCloser {
	a.body = body
	return upgrade.Keep((*attemptBody)(a), body)
}

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
