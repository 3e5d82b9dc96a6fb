// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// A Server is a server for one test: a real one with a handler ([NewServer]),
// one whose connections you serve yourself, badly if you like
// ([NewConnServer]), or one that speaks HTTP/2 frame by frame
// ([NewFrameServer]). It listens on the loopback interface, or nowhere at all
// ([InMemory]). Close it in the end.
type Server struct {
	// URL is where to send requests, without a slash at the end. Transports
	// made by [Server.Transport] go to this server for every other host too.
	URL string

	listener net.Listener
	dial     func(context.Context) (net.Conn, error)
	http2    bool
	server   *http.Server

	mu         sync.Mutex
	closed     bool
	opened     int
	conns      map[net.Conn]struct{}
	transports []*http.Transport
}

// A ServerOption changes a [Server].
type ServerOption interface{ applyServer(*Server) }

type serverOption func(*Server)

func (f serverOption) applyServer(s *Server) { f(s) }

// InMemory lets the server serve connections in memory, which behave as TCP
// connections do, half-closed and reset ones too. A goroutine that waits for
// one is blocked in the eyes of [testing/synctest], so the server can be used
// in a bubble.
func InMemory() ServerOption { //nolint:ireturn // sealed, as every option
	return serverOption(func(s *Server) {
		l := newMemListener()
		s.listener = l
		s.dial = func(context.Context) (net.Conn, error) { return l.dial() }
	})
}

// HTTP2 lets the server, and the transports made for it, speak HTTP/2 without
// TLS. In a bubble, a server with a handler needs Go 1.26 for that; a
// [NewFrameServer] does not.
func HTTP2() ServerOption { //nolint:ireturn // sealed, as every option
	return serverOption(func(s *Server) { s.http2 = true })
}

// NewServer returns a server that has its requests answered by a handler.
func NewServer(handler http.Handler, opts ...ServerOption) *Server {
	s := newServer(opts)
	var protocols http.Protocols
	protocols.SetHTTP1(!s.http2)
	protocols.SetUnencryptedHTTP2(s.http2)
	s.server = &http.Server{
		Handler: handler, Protocols: &protocols, ReadHeaderTimeout: time.Hour,
		ErrorLog: log.New(io.Discard, "", 0), //nolint:forbidigo // a silent one
	}
	go func() { _ = s.server.Serve(&countingListener{Listener: s.listener, server: s}) }()
	return s
}

// NewConnServer returns a server that has each connection served by a function.
// Connections count from 1. The connection is closed when the function returns.
func NewConnServer(serve func(n int, conn *Conn), opts ...ServerOption) *Server {
	s := newServer(opts)
	go s.accept(func(n int, c *countedConn) { serve(n, newConn(c)) })
	return s
}

// NewFrameServer is [NewConnServer] for HTTP/2. The connection preface and the
// settings have been exchanged when serve is called.
func NewFrameServer(serve func(n int, conn *FrameConn), opts ...ServerOption) *Server {
	s := newServer(append([]ServerOption{HTTP2()}, opts...))
	go s.accept(func(n int, c *countedConn) {
		conn := newFrameConn(newConn(c))
		if conn.handshake() == nil {
			serve(n, conn)
		}
	})
	return s
}

func newServer(opts []ServerOption) *Server {
	s := &Server{conns: map[net.Conn]struct{}{}}
	for _, o := range opts {
		if o != nil {
			o.applyServer(s)
		}
	}
	if s.listener == nil {
		s.listen()
	}
	s.URL = "http://" + s.listener.Addr().String()
	return s
}

// listen opens a port on the loopback interface. A machine that has none left
// cannot run the test; dialling tells.
func (s *Server) listen() {
	var lc net.ListenConfig
	l, err := lc.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		s.listener = newMemListener()
		s.dial = func(context.Context) (net.Conn, error) { return nil, err }
		return
	}
	s.listener = l
	s.dial = func(ctx context.Context) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", l.Addr().String())
	}
}

func (s *Server) accept(serve func(n int, c *countedConn)) {
	l := &countingListener{Listener: s.listener, server: s}
	for n := 1; ; n++ {
		c, err := l.accept()
		if err != nil {
			return
		}
		go func() {
			defer func() { _ = c.Close() }()
			serve(n, c)
		}()
	}
}

// Transport returns a new transport whose connections all go to this server.
func (s *Server) Transport() *http.Transport {
	var protocols http.Protocols
	protocols.SetHTTP1(!s.http2)
	protocols.SetUnencryptedHTTP2(s.http2)
	tr := &http.Transport{
		Protocols:   &protocols,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return s.dial(ctx) },
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.transports = append(s.transports, tr)
	return tr
}

// Conns returns how many connections the server has accepted, and how many of
// them it has not closed yet. A connection that a client has closed is closed
// by the server as soon as it notices.
func (s *Server) Conns() (opened, open int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opened, len(s.conns)
}

// Close closes the server, its connections, and the idle connections of its
// transports.
func (s *Server) Close() {
	_ = s.listener.Close()
	if s.server != nil {
		_ = s.server.Close()
	}
	s.mu.Lock()
	s.closed = true
	conns, transports := s.conns, s.transports
	s.conns = map[net.Conn]struct{}{}
	s.mu.Unlock()
	for c := range conns {
		_ = c.Close()
	}
	for _, tr := range transports {
		tr.CloseIdleConnections()
	}
}

// countingListener enters connections into the books of the server.
type countingListener struct {
	net.Listener
	server *Server
}

func (l *countingListener) Accept() (net.Conn, error) { return l.accept() }

func (l *countingListener) accept() (*countedConn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err //nolint:wrapcheck // a listener
	}
	counted := &countedConn{Conn: c, server: l.server}
	l.server.mu.Lock()
	defer l.server.mu.Unlock()
	if l.server.closed {
		_ = c.Close()
		return nil, net.ErrClosed
	}
	l.server.opened++
	l.server.conns[counted] = struct{}{}
	return counted, nil
}

type countedConn struct {
	net.Conn
	server *Server
}

func (c *countedConn) Close() error {
	c.server.mu.Lock()
	delete(c.server.conns, c)
	c.server.mu.Unlock()
	return c.Conn.Close()
}
