// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package timeout_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener whose connections are in memory, so that a real server
// and a real transport live by fake time.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	p.conns <- server
	return client, nil
}

// inMemory runs test in a bubble with a transport that reaches handler. The
// bubble fails if anything is left running afterwards.
func inMemory(t *testing.T, handler http.HandlerFunc, test func(*testing.T, http.RoundTripper)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		listener := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
		server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Hour}
		go func() { _ = server.Serve(listener) }()
		base := &http.Transport{DialContext: listener.dial}
		defer func() {
			base.CloseIdleConnections()
			_ = server.Close()
		}()
		test(t, base)
	})
}

func stuck(_ http.ResponseWriter, req *http.Request) { <-req.Context().Done() }

// drip answers at once and takes an hour over the body.
func drip(w http.ResponseWriter, req *http.Request) {
	for range 4 {
		_, _ = io.WriteString(w, "drop")
		_ = http.NewResponseController(w).Flush()
		timer := time.NewTimer(15 * time.Minute)
		select {
		case <-timer.C:
		case <-req.Context().Done():
			timer.Stop()
			return
		}
	}
}
