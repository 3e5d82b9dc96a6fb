// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package upgrade keeps the writing side of a body whose connection has been upgraded.
package upgrade

import "io"

// Keep returns watched, which reads and closes body, with the writing side that
// body has: that of 101 Switching Protocols can be written to, and where its
// writing side can be closed, it still can. A body without one costs nothing.
func Keep(watched, body io.ReadCloser) io.ReadCloser {
	w, ok := body.(io.Writer)
	if !ok {
		return watched
	}
	if c, ok := body.(closeWriter); ok {
		return struct {
			io.ReadCloser
			io.Writer
			closeWriter
		}{watched, w, c}
	}
	return struct {
		io.ReadCloser
		io.Writer
	}{watched, w}
}

type closeWriter interface{ CloseWrite() error }
