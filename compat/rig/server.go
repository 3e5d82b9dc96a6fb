// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package rig

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
)

// Serve serves h on a port of its own, HTTP/1 and HTTP/2 without TLS alike.
func Serve(h http.Handler) (Server, error) { return serve(h, new(atomic.Int64)) }

// serve does so, and counts the connections that are open.
func serve(h http.Handler, open *atomic.Int64) (Server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // there is nothing to wait for
	if err != nil {
		return Server{}, fmt.Errorf("serve: %w", err)
	}
	srv := &http.Server{ //nolint:gosec // no slow client comes here
		Handler: h, Protocols: new(http.Protocols), ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	srv.Protocols.SetHTTP1(true)
	srv.Protocols.SetUnencryptedHTTP2(true)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = srv.Serve(counted{l, open}) // it ends by Close
	}()
	return Server{URL: "http://" + l.Addr().String(), Close: func() { _ = srv.Close(); <-done }}, nil
}

// counted is a listener whose open connections are counted, whoever has them.
type counted struct {
	net.Listener
	open *atomic.Int64
}

// Accept counts what it returns.
func (c counted) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c.open.Add(1)
	return &countedConn{Conn: conn, open: c.open}, nil
}

type countedConn struct {
	net.Conn
	open *atomic.Int64
	once sync.Once
}

// Close closes the connection, which leaves the count.
func (c *countedConn) Close() error {
	c.once.Do(func() { c.open.Add(-1) })
	return c.Conn.Close()
}
