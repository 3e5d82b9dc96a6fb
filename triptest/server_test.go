// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/triptest"
)

// media are what a server's connections can go through.
func media() map[string][]triptest.ServerOption {
	return map[string][]triptest.ServerOption{"loopback": nil, "memory": {triptest.InMemory()}}
}

func TestServer_Handler(t *testing.T) {
	t.Parallel()
	for name, opts := range media() {
		for proto, opts := range map[string][]triptest.ServerOption{
			"HTTP/1.1": opts, "HTTP/2.0": append([]triptest.ServerOption{triptest.HTTP2(), nil}, opts...),
		} {
			t.Run(name+" "+proto, func(t *testing.T) {
				t.Parallel()
				server := triptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					_, _ = io.WriteString(w, r.Proto)
				}), opts...)
				defer server.Close()
				tr := server.Transport()
				for range 2 {
					if got := content(t, get(t, tr)); got != proto {
						t.Errorf("got %q, want %q", got, proto)
					}
				}
				if opened, open := server.Conns(); opened != 1 || open != 1 {
					t.Errorf("got %d connections, %d open; want 1 and 1", opened, open)
				}
				server.Close()
				if _, open := server.Conns(); open != 0 {
					t.Errorf("after Close: got %d connections open, want none", open)
				}
				if _, err := tr.RoundTrip(request(t.Context(), t, http.MethodGet, "")); err == nil {
					t.Error("after Close: got no error")
				}
			})
		}
	}
}

func TestLedger_Dial(t *testing.T) {
	t.Parallel()
	server := triptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	var ledger triptest.Ledger
	tr := server.Transport()
	tr.DialContext = ledger.Dial(tr.DialContext)
	content(t, get(t, tr))
	if leaks := ledger.Leaks(); len(leaks) != 1 || leaks[0].What != "connection to api.test:80" {
		t.Errorf("got %v open, want the idle connection", leaks)
	}
	tr.CloseIdleConnections()
	ledger.Check(t)
	server.Close()
	if _, err := tr.RoundTrip(request(t.Context(), t, http.MethodGet, "")); err == nil {
		t.Error("after Close: got no error")
	}
	ledger.Check(t)
}

func TestConn_Reset(t *testing.T) {
	t.Parallel()
	for name, opts := range media() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := triptest.NewConnServer(func(_ int, conn *triptest.Conn) {
				if _, err := conn.ReadRequest(); err == nil {
					conn.Reset()
				}
			}, opts...)
			defer server.Close()
			_, err := server.Transport().RoundTrip(request(t.Context(), t, http.MethodGet, ""))
			if !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("got error %v, want a reset", err)
			}
		})
	}
}

func TestConn_CloseWrite(t *testing.T) {
	t.Parallel()
	for name, opts := range media() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			after := make(chan string, 1)
			server := triptest.NewConnServer(func(_ int, conn *triptest.Conn) {
				req, err := conn.ReadRequest()
				if err != nil {
					return
				}
				_, _ = conn.WriteString("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf")
				_ = conn.CloseWrite()
				body, _ := io.ReadAll(req.Body)
				after <- string(body)
			}, opts...)
			defer server.Close()
			conn, err := server.Transport().DialContext(t.Context(), "tcp", "api.test:80")
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			_, _ = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: api.test\r\nContent-Length: 7\r\n\r\n")
			if got, err := io.ReadAll(conn); err != nil || !strings.HasSuffix(string(got), "half") {
				t.Errorf("got %q and error %v, want what was sent before", got, err)
			}
			_, _ = io.WriteString(conn, "content")
			if got := <-after; got != "content" {
				t.Errorf("got %q at the server, want what was sent after", got)
			}
		})
	}
}

func TestFrameConn_GoAway(t *testing.T) {
	t.Parallel()
	server := triptest.NewFrameServer(func(n int, conn *triptest.FrameConn) {
		for {
			request, err := conn.ReadRequest()
			if err != nil {
				return
			}
			body, err := conn.ReadBody(request)
			if err != nil {
				return
			}
			if n == 1 {
				_ = conn.GoAway(0, triptest.CodeNoError)
			} else {
				_ = conn.Respond(request.Stream, 201, string(body))
			}
		}
	})
	defer server.Close()
	big := strings.Repeat("x", 10<<10)
	resp, err := server.Transport().RoundTrip(request(t.Context(), t, http.MethodPost, big))
	if err != nil {
		t.Fatal(err)
	}
	if got := content(t, resp); got != big || resp.StatusCode != 201 {
		t.Errorf("got %d and %d bytes, want 201 and the echo", resp.StatusCode, len(got))
	}
	if opened, _ := server.Conns(); opened != 2 {
		t.Errorf("got %d connections, want 2", opened)
	}
}

// Flow control: more than a window, both ways open.
func TestFrameConn_LargeUpload(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := triptest.NewFrameServer(func(_ int, conn *triptest.FrameConn) {
			request, err := conn.ReadRequest()
			if err != nil {
				return
			}
			body, err := conn.ReadBody(request)
			if err == nil && len(body) == 1<<20 {
				_ = conn.Respond(request.Stream, 200, "")
			}
			_, _ = conn.ReadFrame()
		}, triptest.InMemory())
		resp, err := server.Transport().RoundTrip(request(t.Context(), t, http.MethodPost, strings.Repeat("x", 1<<20)))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		server.Close()
	})
}

func TestServer_InMemoryDeadlines(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		told := make(chan error, 2)
		server := triptest.NewConnServer(func(_ int, conn *triptest.Conn) {
			_ = conn.SetDeadline(time.Now().Add(time.Minute))
			if _, err := conn.ReadRequest(); err != nil {
				return
			}
			_, err := conn.Read(make([]byte, 1))
			told <- err
			_ = conn.SetDeadline(time.Time{})
			_, err = conn.Write(make([]byte, 1)) // after a deadline that was taken back
			told <- err
		}, triptest.InMemory())
		_, err := server.Transport().RoundTrip(request(t.Context(), t, http.MethodGet, ""))
		if err == nil {
			t.Error("a connection that is closed: got no error")
		}
		if err := <-told; !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("reading past the deadline: got error %v", err)
		}
		if err := <-told; err != nil {
			t.Errorf("writing without a deadline: got error %v", err)
		}
		server.Close()
		var refused *net.OpError
		_, err = server.Transport().RoundTrip(request(t.Context(), t, http.MethodGet, ""))
		if !errors.As(err, &refused) || !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("after Close: got error %v, want a refused connection", err)
		}
	})
}
