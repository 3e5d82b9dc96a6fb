// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package timeout_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/timeout"
	"github.com/surefoot-go/surefoot/trip"
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

func TestTransport_SlowHeadersEndAtTheLimit(t *testing.T) {
	t.Parallel()
	inMemory(t, stuck, func(t *testing.T, base http.RoundTripper) {
		t.Helper()
		start := time.Now()
		resp, err := wrap(t, base.RoundTrip).RoundTrip(get(t.Context(), t))
		if got := time.Since(start); got != limit {
			t.Errorf("got an end after %v, want %v", got, limit)
		}
		if got := wantExpired(t, resp, err); got.Err != nil {
			t.Errorf("got %v inside, want nothing but the limit", got.Err)
		}
	})
}

func TestTransport_AClientSeesATimeout(t *testing.T) {
	t.Parallel()
	inMemory(t, stuck, func(t *testing.T, base http.RoundTripper) {
		t.Helper()
		client := &http.Client{Transport: wrap(t, base.RoundTrip)}
		resp, err := client.Do(get(t.Context(), t))
		wantExpired(t, resp, err)
		var outer *url.Error
		if !errors.As(err, &outer) || !outer.Timeout() {
			t.Errorf("got %v, want a url.Error that is a timeout", err)
		}
	})
}

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

func TestTransport_SlowBodiesAreNotCut(t *testing.T) {
	t.Parallel()
	inMemory(t, drip, func(t *testing.T, base http.RoundTripper) {
		t.Helper()
		start := time.Now()
		resp, err := wrap(t, base.RoundTrip).RoundTrip(get(t.Context(), t))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		got, err := io.ReadAll(resp.Body)
		if err != nil || string(got) != strings.Repeat("drop", 4) {
			t.Errorf("got %q, %v, want four drops", got, err)
		}
		if took := time.Since(start); took != time.Hour {
			t.Errorf("got the end after %v, want an hour", took)
		}
	})
}

func TestTransport_BodiesObeyTheCaller(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		end  func(context.Context) (context.Context, context.CancelFunc)
		want error
	}{
		{"who cancels", func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(20*time.Minute, cancel)
			return ctx, cancel
		}, context.Canceled},
		{"who has a deadline", func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 20*time.Minute)
		}, context.DeadlineExceeded},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			inMemory(t, drip, func(t *testing.T, base http.RoundTripper) {
				t.Helper()
				ctx, cancel := row.end(t.Context())
				defer cancel()
				resp, err := wrap(t, base.RoundTrip).RoundTrip(get(ctx, t))
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Body.Close()
				got, err := io.ReadAll(resp.Body)
				if err != row.want || string(got) != "dropdrop" { //nolint:errorlint // the very same
					t.Errorf("got %q, %v, want two drops and the bare %v", got, err, row.want)
				}
			})
		})
	}
}

func TestTransport_TheCallersEndIsAsWithoutTheLayer(t *testing.T) {
	t.Parallel()
	inMemory(t, stuck, func(t *testing.T, base http.RoundTripper) {
		t.Helper()
		for _, rt := range []http.RoundTripper{base, wrap(t, base.RoundTrip)} {
			quit := errors.New("quit")
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(time.Second, func() { cancel(quit) })
			if _, err := rt.RoundTrip(get(ctx, t)); err != quit { //nolint:errorlint // the very same; none
				t.Errorf("got %v, want the caller's cause", err)
			}
			ctx, stop := context.WithTimeout(t.Context(), time.Second)
			defer stop()
			if _, err := rt.RoundTrip(get(ctx, t)); err != context.DeadlineExceeded { //nolint:errorlint // the very same; none
				t.Errorf("got %v, want context.DeadlineExceeded", err)
			}
		}
	})
}

func TestTransport_AnAttemptLeavesTheConnectionForTheNext(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	addrs := map[string]bool{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		addrs[req.RemoteAddr] = true
		_, _ = io.WriteString(w, "body")
	}))
	defer server.Close()
	client := server.Client()
	client.Transport = wrap(t, client.Transport.RoundTrip)
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodGet, http.MethodPost, http.MethodGet} {
		req, err := http.NewRequestWithContext(t.Context(), method, server.URL, strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			t.Error(err)
		}
		_ = resp.Body.Close()
	}
	if len(addrs) != 1 {
		t.Errorf("got %d connections, want 1", len(addrs))
	}
}

func TestTransport_OverLoopback(t *testing.T) {
	t.Parallel()
	for name, proto := range map[string]int{"by HTTP/1": 1, "by HTTP/2": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			overLoopback(t, proto)
		})
	}
}

// overLoopback has a server that gives its headers on one path, and then keeps
// its body until it is told to go on, and gives none on the other.
func overLoopback(t *testing.T, proto int) {
	t.Helper()
	goOn := make(chan struct{})
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path == "/stuck" {
			stuck(w, req)
			return
		}
		_ = http.NewResponseController(w).Flush()
		<-goOn
		_, _ = io.WriteString(w, "body")
	}))
	server.EnableHTTP2 = proto == 2
	server.StartTLS()
	defer server.Close()

	const short = 50 * time.Millisecond
	layer, err := timeout.New(short)
	if err != nil {
		t.Fatal(err)
	}
	base := server.Client().Transport
	send := func(path string, rt http.RoundTripper) (*http.Response, error) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, http.NoBody)
		if err != nil {
			return nil, err
		}
		return rt.RoundTrip(req)
	}
	resp, err := send("/", base) // opens the connection, however slow the machine
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.ProtoMajor != proto {
		t.Fatalf("got %s, want HTTP/%d", resp.Proto, proto)
	}

	limited := layer.Wrap(trip.Func(base.RoundTrip))
	none, err := send("/stuck", limited)
	wantExpired(t, none, err)

	generous, err := timeout.New(10*time.Second + short)
	if err != nil {
		t.Fatal(err)
	}
	slow, err := send("/", generous.Wrap(base))
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Body.Close()
	close(goOn)
	if got, err := io.ReadAll(slow.Body); err != nil || string(got) != "body" {
		t.Errorf("got %q, %v, want the body", got, err)
	}
}

// echo switches protocols and sends back the line that it reads.
func echo(w http.ResponseWriter, _ *http.Request) {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	_, _ = rw.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
	_ = rw.Flush()
	if line, err := rw.ReadString('\n'); err == nil {
		_, _ = rw.WriteString(line)
		_ = rw.Flush()
	}
}

func TestTransport_SwitchingProtocolsOutlivesTheLimit(t *testing.T) {
	t.Parallel()
	inMemory(t, echo, func(t *testing.T, base http.RoundTripper) {
		t.Helper()
		req := get(t.Context(), t)
		req.Header.Set("Connection", "Upgrade")
		req.Header.Set("Upgrade", "echo")
		resp, err := wrap(t, base.RoundTrip).RoundTrip(req)
		if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
			t.Fatalf("got %v, %v, want 101", resp, err)
		}
		conn, can := resp.Body.(io.ReadWriteCloser)
		if !can {
			t.Fatalf("got %T, want an io.ReadWriteCloser", resp.Body)
		}
		defer conn.Close()
		sleep(2 * limit)
		if _, err := io.WriteString(conn, "hello\n"); err != nil {
			t.Error(err)
		}
		if got, err := bufio.NewReader(conn).ReadString('\n'); err != nil || got != "hello\n" {
			t.Errorf("got %q, %v, want the line back", got, err)
		}
	})
}
