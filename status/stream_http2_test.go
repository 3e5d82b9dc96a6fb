// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A pipe is a listener within a bubble, whose connections are made by dial.
type pipe struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
	dials  int
}

func newPipe() *pipe { return &pipe{conns: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipe) dial(context.Context, string, string) (net.Conn, error) {
	p.dials++
	near, far := net.Pipe()
	p.conns <- far
	return near, nil
}

func (p *pipe) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipe) Close() error   { p.once.Do(func() { close(p.closed) }); return nil }
func (p *pipe) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

// A quiet stream lives, over either protocol; and over HTTP/2, what else goes over
// its connection is not disturbed.
func TestStream_LivesWithoutNews(t *testing.T) {
	t.Parallel()
	for _, major := range []int{1, 2} {
		synctest.Test(t, func(t *testing.T) {
			var protocols http.Protocols
			protocols.SetHTTP1(major == 1)
			protocols.SetUnencryptedHTTP2(major == 2)
			p, network := newPage(t, nil), newPipe()
			server := &http.Server{Handler: p, Protocols: &protocols}
			go func() { _ = server.Serve(network) }()
			tr := &http.Transport{DialContext: network.dial, Protocols: &protocols}
			defer func() {
				tr.CloseIdleConnections()
				_ = server.Close()
				synctest.Wait()
			}()
			get := func(query string) *http.Response {
				ctx, cancel := context.WithCancel(t.Context())
				t.Cleanup(cancel)
				req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://debug.test/"+query, http.NoBody)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := tr.RoundTrip(req)
				if err != nil {
					t.Fatal(err)
				}
				return resp
			}
			stream := get("?format=events")
			defer stream.Body.Close()
			if stream.ProtoMajor != major {
				t.Fatalf("got HTTP/%d, want HTTP/%d", stream.ProtoMajor, major)
			}
			if got := stream.Close; got != (major == 1) {
				t.Errorf("HTTP/%d: got the connection closed after the stream %v, want it for HTTP/1 alone", major, got)
			}
			begun, lines := time.Now(), bufio.NewReader(stream.Body)
			alive := 0
			for alive < 3 {
				line, err := lines.ReadString('\n')
				if err != nil {
					t.Fatalf("HTTP/%d: got %v after %v, want a stream that lives", major, err, time.Since(begun))
				}
				if strings.HasPrefix(line, ": still here") {
					alive++
				}
			}
			if got := time.Since(begun); got < 40*time.Second {
				t.Errorf("got signs of life within %v, want one in 15 s", got)
			}
			page := get("?format=json")
			if _, err := io.Copy(io.Discard, page.Body); err != nil {
				t.Error(err)
			}
			page.Body.Close()
			if want := 3 - major; network.dials != want {
				t.Errorf("HTTP/%d: got %d connections, want %d: over HTTP/2, that of the stream serves all", major, network.dials, want)
			}
			p.Close()
			if _, err := io.Copy(io.Discard, lines); err != nil {
				t.Errorf("HTTP/%d: got %v, want a stream that ends with the page", major, err)
			}
		})
	}
}
