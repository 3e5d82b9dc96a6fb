// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package transport_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/idempotency"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
)

// wire is a server in memory that answers every request with 200 and keeps the
// bytes that it was sent.
type wire struct {
	mu   sync.Mutex
	sent bytes.Buffer
}

func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sent.Write(p)
}

func (w *wire) bytes() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	return bytes.Clone(w.sent.Bytes())
}

func (w *wire) dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	go func() {
		defer server.Close()
		// The client hangs up first. Were the server to, in the middle of a
		// request that it does not like, it would be a matter of chance what
		// net/http tells of that.
		defer func() { _, _ = io.Copy(io.Discard, server) }()
		status := "200 OK"
		req, err := http.ReadRequest(bufio.NewReader(io.TeeReader(server, w)))
		if err == nil {
			_, err = io.Copy(io.Discard, req.Body)
		}
		if err != nil {
			status = "400 Bad Request"
		}
		_, _ = io.WriteString(server, "HTTP/1.1 "+status+"\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
	}()
	return client, nil
}

// outcome is what a caller sees of a call, and what the server saw.
type outcome struct {
	err, body string
	fault     error
	status    int
	sent      []byte
}

// watched is a request body that tells when it is closed, which may be after
// RoundTrip has returned.
type watched struct {
	io.Reader
	once   sync.Once
	closed chan struct{}
}

func (w *watched) Close() error {
	w.once.Do(func() { close(w.closed) })
	return nil
}

func (o *outcome) same(p outcome) bool {
	return o.err == p.err && o.status == p.status && o.body == p.body && bytes.Equal(o.sent, p.sent)
}

// meet reports whether two lists have an outcome in common.
func meet(a, b []outcome) bool {
	return slices.ContainsFunc(a, func(o outcome) bool { return slices.ContainsFunc(b, o.same) })
}

// FuzzRequestShape sends requests of any shape through the whole stack and
// through a bare http.Transport. The caller and the server must not be able to
// tell the two apart.
func FuzzRequestShape(f *testing.F) {
	f.Add("GET", "http", "example.com", "/", "Accept", "*/*", []byte(nil), int64(0), uint8(0))
	f.Add("POST", "http", "example.com:8080", "/v1/payments", "Idempotency-Key", "k", []byte("amount=10"), int64(9), uint8(1))
	f.Add("PUT", "http", "[::1]:80", "/?q=%zz", "X-Empty", "", []byte("body"), int64(-1), uint8(3))
	f.Add("", "", "", "", "", "", []byte("x"), int64(5), uint8(7))
	f.Add("HEAD", "gopher", "h", "//", "Bad Name", "v\n", []byte{}, int64(-5), uint8(12))
	f.Add("CONNECT", "http", "h", "*", "Connection", "close", []byte("y"), int64(1), uint8(31))
	f.Fuzz(func(t *testing.T, method, scheme, host, path, name, value string, body []byte, length int64, flags uint8) {
		make1 := func(closed chan struct{}) *http.Request {
			req := &http.Request{Method: method, Header: http.Header{name: {value}}, ContentLength: length}
			if flags&1 == 0 {
				req.URL = &url.URL{Scheme: scheme, Host: host, Path: path}
			} else {
				req.URL = &url.URL{Scheme: "http", Host: "example.com", Path: path}
			}
			if flags&2 != 0 {
				req.Body = &watched{Reader: bytes.NewReader(body), closed: closed}
			}
			if flags&4 != 0 {
				req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
			}
			if flags&8 != 0 {
				req.Header = nil
			}
			if flags&16 != 0 {
				req.URL = nil
			}
			req.Close = flags&32 != 0
			return req
		}
		send := func(wrap func(http.RoundTripper) http.RoundTripper) outcome {
			var out outcome
			server := new(wire)
			base := &http.Transport{DialContext: server.dial, DisableKeepAlives: true}
			defer base.CloseIdleConnections()
			// Some requests wait for ever, such as one whose body the server
			// cannot see the end of. They do so with a bare Transport, too.
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
			defer cancel()
			closed := make(chan struct{})
			resp, err := wrap(base).RoundTrip(make1(closed).WithContext(ctx))
			if flags&2 != 0 {
				defer wantClosed(t, closed)
			}
			if (resp == nil) == (err == nil) {
				t.Fatalf("got %v and %v, want exactly one", resp, err)
			}
			if err != nil {
				out.err, out.fault = err.Error(), err
				return out
			}
			text, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Errorf("reading the body: %v", err)
			}
			resp.Body.Close()
			out.body, out.status, out.sent = string(text), resp.StatusCode, server.bytes()
			return out
		}
		bare := send(func(rt http.RoundTripper) http.RoundTripper { return rt })
		if errors.Is(bare.fault, context.DeadlineExceeded) {
			t.Skip("a request that waits for ever")
		}
		stack := func(attempts int) outcome {
			return send(func(rt http.RoundTripper) http.RoundTripper {
				return build(t, rt, transport.WithRetry(retry.WithBackoff(1, 1), retry.WithMaxAttempts(attempts)),
					transport.WithAttemptTimeout(time.Minute), transport.WithTotalTimeout(time.Hour))
			})
		}
		stack(4) // another attempt may end in another error, or well
		full := stack(1)
		// Where a request is broken off in the middle, what net/http makes of it
		// is up to its goroutines, on either side. They have to have something
		// in common.
		bares, fulls := []outcome{bare}, []outcome{full}
		for range 100 {
			if meet(bares, fulls) {
				return
			}
			bares = append(bares, send(func(rt http.RoundTripper) http.RoundTripper { return rt }))
			fulls = append(fulls, stack(1))
		}
		t.Errorf("the stack gave  %+v\na bare Transport %+v", full, bare)
	})
}

func wantClosed(t *testing.T, closed <-chan struct{}) {
	t.Helper()
	late := time.NewTimer(10 * time.Second)
	defer late.Stop()
	select {
	case <-closed:
	case <-late.C:
		t.Error("the request's body was not closed")
	}
}

// FuzzOptions gives the options any values. New has to build something that
// works, or tell each mistake by a *ConfigError.
func FuzzOptions(f *testing.F) {
	f.Add(4, int64(100e6), int64(20e9), int64(60e9), 10.0, 0.1, int64(0), 0.8, 20, int64(10e9), int64(1e9), int64(1e9), 3, 10000, int64(1e9), int64(5e9), "Idempotency-Key", uint8(0))
	f.Add(0, int64(-1), int64(0), int64(-1), -1.0, -1.0, int64(-1), -1.0, -1, int64(-1), int64(-1), int64(-2), -1, -1, int64(-1), int64(-1), "", uint8(9))
	f.Add(1<<40, int64(1)<<62, int64(1)<<62, int64(1)<<62, 1e300, 1e301, int64(1)<<62, 1e300, 1<<40, int64(1)<<62, int64(1)<<62, int64(1)<<62, 1<<40, 1<<40, int64(1)<<62, int64(1)<<62, "a b", uint8(255))
	f.Fuzz(func(t *testing.T, attempts int, initial, limit, after int64, tokens, gain float64, buffer int64, ratio float64, least int, window, open, longest int64, probes, keys int, attempt, total int64, header string, format uint8) {
		tr, err := transport.New(http.NewFileTransport(http.Dir("testdata")),
			transport.WithRetry(
				retry.WithMaxAttempts(attempts), retry.WithBackoff(time.Duration(initial), time.Duration(limit)),
				retry.WithRetryAfterLimit(time.Duration(after)), retry.WithBudget(tokens, gain), retry.WithBodyBuffer(buffer), retry.WithMaxKeys(keys)),
			transport.WithBreaker(
				breaker.WithFailureRatio(ratio), breaker.WithMinRequests(least), breaker.WithWindow(time.Duration(window)),
				breaker.WithOpenFor(time.Duration(open), time.Duration(longest)), breaker.WithProbes(probes), breaker.WithMaxKeys(keys)),
			transport.WithAttemptTimeout(time.Duration(attempt)), transport.WithTotalTimeout(time.Duration(total)),
			transport.WithIdempotencyKeys(idempotency.WithHeader(header), idempotency.WithFormat(idempotency.Format(format))))
		if (tr == nil) == (err == nil) {
			t.Fatalf("got %v and %v, want exactly one", tr, err)
		}
		if err != nil {
			for _, e := range leaves(err) {
				var mistake *transport.ConfigError
				if !errors.As(e, &mistake) || mistake.Option == "" || mistake.Reason == "" {
					t.Errorf("got %T %v, want a *ConfigError", e, e)
				}
			}
			return
		}
		resp, err := get(t, tr, "file:///none")
		if (resp == nil) == (err == nil) {
			t.Errorf("got %v and %v, want exactly one", resp, err)
		}
		if resp != nil {
			resp.Body.Close()
		}
	})
}
