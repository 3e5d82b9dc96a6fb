// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// memBuffer is how many bytes one direction of a connection in memory holds
// before a Write waits, about as much as a socket.
const memBuffer = 64 << 10

// memPipe is one direction of a connection in memory. It waits by conditions
// only, so that a goroutine that waits for it counts as blocked in a bubble.
type memPipe struct {
	mu      sync.Mutex
	changed sync.Cond
	data    []byte
	readErr error // once data is used up
	sendErr error
	reader  memDeadline
	writer  memDeadline
}

// memDeadline is a deadline of one side of a pipe, guarded by the pipe's lock.
type memDeadline struct {
	timer  *time.Timer
	passed bool
}

func newMemPipe() *memPipe {
	p := &memPipe{}
	p.changed.L = &p.mu
	return p
}

func (p *memPipe) read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		switch {
		case p.reader.passed:
			return 0, os.ErrDeadlineExceeded
		case len(p.data) > 0:
			n := copy(b, p.data)
			p.data = p.data[n:]
			p.changed.Broadcast()
			return n, nil
		case p.readErr != nil:
			return 0, p.readErr
		case len(b) == 0:
			return 0, nil
		}
		p.changed.Wait()
	}
}

func (p *memPipe) write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	sent := 0
	for {
		switch room := memBuffer - len(p.data); {
		case p.writer.passed:
			return sent, os.ErrDeadlineExceeded
		case p.sendErr != nil:
			return sent, p.sendErr
		case len(b) == 0:
			return sent, nil
		case room > 0:
			n := min(room, len(b))
			p.data, b = append(p.data, b[:n]...), b[n:]
			sent += n
			p.changed.Broadcast()
			continue
		}
		p.changed.Wait()
	}
}

// end lets reads fail when the data is used up, and writes at once. The first
// error of each kind counts. A reset takes the data with it.
func (p *memPipe) end(readErr, sendErr error, drop bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if drop {
		p.data = nil
	}
	if p.readErr == nil {
		p.readErr = readErr
	}
	if p.sendErr == nil {
		p.sendErr = sendErr
	}
	p.changed.Broadcast()
}

func (p *memPipe) setDeadline(d *memDeadline, t time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d.timer != nil {
		d.timer.Stop()
	}
	d.timer, d.passed = nil, false
	defer p.changed.Broadcast()
	if t.IsZero() {
		return
	}
	wait := time.Until(t)
	if d.passed = wait <= 0; d.passed {
		return
	}
	var timer *time.Timer
	timer = time.AfterFunc(wait, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if d.timer == timer {
			d.passed = true
			p.changed.Broadcast()
		}
	})
	d.timer = timer
}

// memConn is one end of a connection in memory.
type memConn struct {
	in, out       *memPipe
	local, remote net.Addr
}

var _ net.Conn = (*memConn)(nil)

// memConns returns the two ends of a connection in memory.
func memConns(client, server net.Addr) (c, s *memConn) {
	up, down := newMemPipe(), newMemPipe()
	return &memConn{in: down, out: up, local: client, remote: server},
		&memConn{in: up, out: down, local: server, remote: client}
}

func (c *memConn) opError(op string, err error) error {
	if err == nil || err == io.EOF { //nolint:errorlint // io.EOF is never wrapped
		return err
	}
	return &net.OpError{Op: op, Net: "tcp", Source: c.local, Addr: c.remote, Err: err}
}

// Read reads what the other end has written.
func (c *memConn) Read(b []byte) (int, error) {
	n, err := c.in.read(b)
	return n, c.opError("read", err)
}

// Write writes to the other end.
func (c *memConn) Write(b []byte) (int, error) {
	n, err := c.out.write(b)
	return n, c.opError("write", err)
}

// Close closes both directions.
func (c *memConn) Close() error {
	c.out.end(io.EOF, net.ErrClosed, false)
	c.in.end(net.ErrClosed, os.NewSyscallError("write", syscall.EPIPE), true)
	return nil
}

// CloseWrite closes the direction to the other end only.
func (c *memConn) CloseWrite() error {
	c.out.end(io.EOF, net.ErrClosed, false)
	return nil
}

// Reset breaks the connection, as a TCP RST does.
func (c *memConn) Reset() {
	c.out.end(os.NewSyscallError("read", syscall.ECONNRESET), net.ErrClosed, true)
	c.in.end(net.ErrClosed, os.NewSyscallError("write", syscall.ECONNRESET), true)
}

// LocalAddr returns the address of this end.
func (c *memConn) LocalAddr() net.Addr { return c.local }

// RemoteAddr returns the address of the other end.
func (c *memConn) RemoteAddr() net.Addr { return c.remote }

// SetDeadline sets both deadlines.
func (c *memConn) SetDeadline(t time.Time) error {
	_ = c.SetReadDeadline(t)
	return c.SetWriteDeadline(t)
}

// SetReadDeadline sets the deadline of Read.
func (c *memConn) SetReadDeadline(t time.Time) error {
	c.in.setDeadline(&c.in.reader, t)
	return nil
}

// SetWriteDeadline sets the deadline of Write.
func (c *memConn) SetWriteDeadline(t time.Time) error {
	c.out.setDeadline(&c.out.writer, t)
	return nil
}
