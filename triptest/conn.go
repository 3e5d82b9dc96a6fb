// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"bufio"
	"io"
	"net"
	"net/http"
)

// A Conn is the server's end of an HTTP/1.1 connection, with everything that a
// server may do to it and should not.
type Conn struct {
	net.Conn
	reader *bufio.Reader
}

func newConn(c net.Conn) *Conn { return &Conn{Conn: c, reader: bufio.NewReader(c)} }

// Read reads from the connection.
func (c *Conn) Read(p []byte) (int, error) { return c.reader.Read(p) }

// ReadRequest reads the head of the next request. Its body is read from the
// connection as it is asked for.
func (c *Conn) ReadRequest() (*http.Request, error) {
	return http.ReadRequest(c.reader) //nolint:wrapcheck // a thin helper
}

// Write writes to the connection.
func (c *Conn) Write(p []byte) (int, error) { return c.Conn.Write(p) }

// WriteString writes s as it is. Lines of HTTP end in "\r\n".
func (c *Conn) WriteString(s string) (int, error) { return io.WriteString(c.Conn, s) }

// CloseWrite closes the connection in the direction to the client only.
func (c *Conn) CloseWrite() error {
	if half, ok := unwrapConn(c.Conn).(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return c.Close()
}

// Reset breaks the connection: the client's next read or write finds it reset
// by its peer.
func (c *Conn) Reset() {
	switch conn := unwrapConn(c.Conn).(type) {
	case interface{ Reset() }:
		conn.Reset()
	case interface{ SetLinger(sec int) error }:
		_ = conn.SetLinger(0) // close sends a reset then
	}
	_ = c.Close()
}

// Gone waits until the client has closed the connection or its direction to
// the server, and drops what arrives until then.
func (c *Conn) Gone() { _, _ = io.Copy(io.Discard, c.reader) }

func unwrapConn(c net.Conn) net.Conn {
	if counted, ok := c.(*countedConn); ok {
		return counted.Conn
	}
	return c
}
