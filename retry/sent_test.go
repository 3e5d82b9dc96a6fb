// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	neturl "net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/trip"
)

// These tests use real sockets: what net/http does with a connection that
// breaks is what they are about.

var soon = retry.WithBackoff(time.Millisecond, time.Millisecond)

// A cutListener hangs up on the first connections.
type cutListener struct {
	net.Listener
	cut   int32
	taken atomic.Int32
}

func (l *cutListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil || l.taken.Add(1) > l.cut {
			return conn, err
		}
		_, _ = io.CopyN(io.Discard, conn, 1) // the handshake has begun
		_ = conn.Close()
	}
}

// counter is a server's handler that counts requests and reads their bodies.
type counter struct {
	requests atomic.Int32
	bodies   atomic.Pointer[string]
}

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	c.requests.Add(1)
	content := string(body)
	c.bodies.Store(&content)
	w.WriteHeader(http.StatusCreated)
}

// listenTLS starts a server that speaks TLS once cut connections were cut.
func listenTLS(t *testing.T, cut int32) (*httptest.Server, *cutListener, *counter) {
	t.Helper()
	handler := new(counter)
	srv := httptest.NewUnstartedServer(handler)
	l := &cutListener{Listener: srv.Listener, cut: cut}
	srv.Listener = l
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv, l, handler
}

func postTo(t *testing.T, target string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, target, strings.NewReader("charge"))
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func TestRetry_RepeatsPostAfterBrokenHandshake(t *testing.T) {
	t.Parallel()
	srv, l, handler := listenTLS(t, 2)
	rec := new(recorder)
	rt := newRetrier(t, soon, retry.WithObserver(rec)).Wrap(srv.Client().Transport)
	wantStatus(t, rt, postTo(t, srv.URL), http.StatusCreated)
	if got := l.taken.Load(); got != 3 {
		t.Errorf("got %d connections, want 3", got)
	}
	if got := handler.requests.Load(); got != 1 {
		t.Errorf("got %d requests at the server, want 1", got)
	}
	if got := *handler.bodies.Load(); got != "charge" {
		t.Errorf("got body %q, want all of it", got)
	}
	for _, e := range rec.seen() {
		if failed := e.Err != nil; e.Kind == observe.AttemptFinished && e.Verdict.NotSent != failed {
			t.Errorf("attempt %d: got NotSent %v, want %v", e.Attempt, e.Verdict.NotSent, failed)
		}
	}
}

// The body need not have GetBody for that: nobody has read it, but the base
// has closed it.
func TestRetry_RepeatsStreamedPostAfterBrokenHandshake(t *testing.T) {
	t.Parallel()
	srv, l, handler := listenTLS(t, 1)
	rt := newRetrier(t, soon, retry.WithBodyBuffer(100)).Wrap(srv.Client().Transport)
	req, src := postTo(t, srv.URL), newBody("charge")
	req.Body, req.GetBody, req.ContentLength = src, nil, -1
	wantStatus(t, rt, req, http.StatusCreated)
	if got := l.taken.Load(); got != 2 {
		t.Errorf("got %d connections, want 2", got)
	}
	if handler.requests.Load() != 1 || *handler.bodies.Load() != "charge" {
		t.Errorf("got %d requests, the last with %q, want 1 with all bytes", handler.requests.Load(), *handler.bodies.Load())
	}
	wantClosed(t, "the source", src)
}

// Proof holds for one attempt. The next one needs its own.
func TestRetry_ProvesEachAttemptAnew(t *testing.T) {
	t.Parallel()
	for _, proto := range []string{"HTTP/1.1", "HTTP/2.0"} {
		t.Run(proto, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int32
			srv := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if r.Proto != proto {
					t.Errorf("got protocol %s, want %s", r.Proto, proto)
				}
				_, _ = io.Copy(io.Discard, r.Body)
				requests.Add(1)
				panic(http.ErrAbortHandler) // the work is done, and the answer is lost
			}))
			l := &cutListener{Listener: srv.Listener, cut: 1}
			srv.Listener = l
			srv.EnableHTTP2 = proto == "HTTP/2.0"
			srv.StartTLS()
			t.Cleanup(srv.Close)
			rec := new(recorder)
			rt := newRetrier(t, soon, retry.WithObserver(rec)).Wrap(srv.Client().Transport)
			if _, _, err := send(t, rt, postTo(t, srv.URL)); err == nil {
				t.Error("got no error, want that of the lost answer")
			}
			if got := requests.Load(); got != 1 {
				t.Errorf("got %d requests at the server, want 1", got)
			}
			if got := l.taken.Load(); got != 2 {
				t.Errorf("got %d connections, want 2", got)
			}
			wantReason(t, rec, observe.ReasonNotIdempotent)
		})
	}
}

// Where the layer cannot see an *http.Transport, it needs to be told that the
// hooks are called.
func TestWithConnTrace_FindsProofThroughOpaqueBase(t *testing.T) {
	t.Parallel()
	for _, told := range []bool{false, true} {
		srv, l, handler := listenTLS(t, 1)
		opaque := trip.Func(srv.Client().Transport.RoundTrip)
		opts := []retry.Option{soon}
		if told {
			opts = append(opts, retry.WithConnTrace())
		}
		_, _, _ = send(t, newRetrier(t, opts...).Wrap(opaque), postTo(t, srv.URL))
		want := int32(1)
		if told {
			want = 2
		}
		if got := l.taken.Load(); got != want {
			t.Errorf("told %v: got %d connections, want %d", told, got, want)
		}
		if got := handler.requests.Load(); got != want-1 {
			t.Errorf("told %v: got %d requests at the server, want %d", told, got, want-1)
		}
	}
}

// The layer looks for the base through every layer that can be unwrapped.
func TestRetry_FindsTransportBeneathLayers(t *testing.T) {
	t.Parallel()
	srv, l, handler := listenTLS(t, 1)
	inner := newRetrier(t, retry.WithMaxAttempts(1)).Wrap(srv.Client().Transport)
	wantStatus(t, newRetrier(t, soon).Wrap(inner), postTo(t, srv.URL), http.StatusCreated)
	if got := l.taken.Load(); got != 2 {
		t.Errorf("got %d connections, want 2", got)
	}
	if got := handler.requests.Load(); got != 1 {
		t.Errorf("got %d requests at the server, want 1", got)
	}
}

func TestRetry_RepeatsPostThatProxyRefused(t *testing.T) {
	t.Parallel()
	handler := new(counter)
	target := httptest.NewTLSServer(handler)
	t.Cleanup(target.Close)
	var connects atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		connects.Add(1)
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	t.Cleanup(proxy.Close)
	proxyURL, err := neturl.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	base := target.Client().Transport.(*http.Transport).Clone()
	base.Proxy = http.ProxyURL(proxyURL)
	t.Cleanup(base.CloseIdleConnections)
	if _, _, err := send(t, newRetrier(t, soon).Wrap(base), postTo(t, target.URL)); err == nil {
		t.Error("got no error, want the proxy's refusal")
	}
	if got := connects.Load(); got != retry.DefaultMaxAttempts {
		t.Errorf("got %d CONNECTs, want %d", got, retry.DefaultMaxAttempts)
	}
	if got := handler.requests.Load(); got != 0 {
		t.Errorf("got %d requests at the server, want none", got)
	}
}

// A port at which nobody listens.
const deadAddress = "127.0.0.1:1"

func TestRetry_RepeatsPostToRefusedPort(t *testing.T) {
	t.Parallel()
	handler := new(counter)
	srv := httptest.NewServer(handler)
	t.Cleanup(srv.Close)
	var dials atomic.Int32
	base := &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		if dials.Add(1) == 1 {
			addr = deadAddress // the server is not up yet
		}
		return new(net.Dialer).DialContext(ctx, network, addr)
	}}
	t.Cleanup(base.CloseIdleConnections)
	wantStatus(t, newRetrier(t, soon).Wrap(base), postTo(t, srv.URL), http.StatusCreated)
	if got := handler.requests.Load(); got != 1 {
		t.Errorf("got %d requests at the server, want exactly 1", got)
	}

	// To one that stays down, all attempts are made, and the error is net's own.
	rec := new(recorder)
	r := newRetrier(t, soon, retry.WithMaxAttempts(2), retry.WithObserver(rec))
	_, _, err := send(t, r.Wrap(base), postTo(t, "http://"+deadAddress))
	if op := (*net.OpError)(nil); !errors.As(err, &op) || op.Op != "dial" {
		t.Errorf("got error %v, want a dial error", err)
	}
	wantReason(t, rec, observe.ReasonMaxAttempts)
}

// net/http writes through a buffer of 4 KiB, so a server can have the beginning
// of a request although the hook for written headers was never called. Once
// there is a connection nothing is proof.
func TestRetry_NeverRepeatsPostThatGotConnection(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		read int64
	}{
		{"cut after a byte", 1},
		{"cut within large headers", 4096},
		{"cut after more than the buffer", 3 * 4096},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = l.Close() })
			var taken atomic.Int32
			go func() {
				for {
					conn, err := l.Accept()
					if err != nil {
						return
					}
					taken.Add(1)
					_, _ = io.CopyN(io.Discard, conn, tt.read)
					_ = conn.(*net.TCPConn).SetLinger(0) // a reset
					_ = conn.Close()
				}
			}()
			base := new(http.Transport)
			t.Cleanup(base.CloseIdleConnections)
			rec := new(recorder)
			rt := newRetrier(t, soon, retry.WithObserver(rec)).Wrap(base)
			req := postTo(t, "http://"+l.Addr().String())
			req.Header.Set("X-Large", strings.Repeat("x", 1<<20))
			if _, _, err := send(t, rt, req); err == nil {
				t.Error("got no error, want the reset")
			}
			if got := taken.Load(); got != 1 {
				t.Errorf("got %d connections, want 1: the POST may have been read", got)
			}
			wantReason(t, rec, observe.ReasonNotIdempotent)
		})
	}
}
