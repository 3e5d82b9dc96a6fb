// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package browser_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/status"
	"github.com/surefoot-go/surefoot/transport"
)

// The hosts of a world. All are one server.
var hosts = []string{
	"api.payments.test", "eu.payments.test", "us.payments.test", "refunds.payments.test", "sandbox.payments.test",
}

// hostile is a key that nobody should have.
const hostile = "<script>document.title='taken'</script><img src=x onerror=alert(1)>\"'\xff\u202e"

// A world is a client with calls going on, the servers that it calls, and the
// page that shows it.
type world struct {
	t      *testing.T
	stack  *transport.Transport
	page   string // its address
	host   string // of the page
	posts  chan int
	broken sync.Map // hosts that fail, to statuses
	frozen atomic.Bool
}

// build makes a world and has calls made until the test ends.
func build(t *testing.T, opts ...status.Option) *world {
	t.Helper()
	w := &world{t: t, posts: make(chan int, 100)}
	api := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if code, ok := w.broken.Load(r.Host); ok {
			rw.WriteHeader(code.(int))
		}
	}))
	t.Cleanup(api.Close)
	var dialer net.Dialer
	pool := &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, strings.TrimPrefix(api.URL, "http://"))
		},
		MaxIdleConnsPerHost: 8,
	}
	t.Cleanup(pool.CloseIdleConnections)
	var err error
	w.stack, err = transport.New(pool,
		transport.WithAttemptTimeout(2*time.Second),
		transport.WithBreaker(breaker.WithWindow(2*time.Second), breaker.WithOpenFor(500*time.Millisecond, 500*time.Millisecond)),
		transport.WithLimit(limit.WithMaxInFlight(50)),
		transport.WithKey(func(r *http.Request) string {
			if strings.HasPrefix(r.URL.Path, "/hostile") {
				return hostile
			}
			return r.URL.Scheme + "://" + r.URL.Host
		}),
	)
	if err != nil {
		t.Fatal(err)
	}
	page := status.Handler(w.stack, append([]status.Option{status.WithName("shop")}, opts...)...)
	mux := http.NewServeMux()
	mux.Handle("/debug/surefoot", http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			seen := &seen{ResponseWriter: rw}
			page.ServeHTTP(seen, r)
			w.posts <- seen.code
			return
		}
		page.ServeHTTP(rw, r)
	}))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	t.Cleanup(page.Close)
	w.host, w.page = server.URL, server.URL+"/debug/surefoot"

	ctx, stop := context.WithCancel(context.Background())
	var calls sync.WaitGroup
	for i, host := range hosts {
		calls.Go(func() { w.call(ctx, "http://"+host+"/v1/payments?token=secret", time.Duration(i+2)*8*time.Millisecond) })
	}
	calls.Go(func() { w.call(ctx, "http://"+hosts[0]+"/hostile", 100*time.Millisecond) })
	t.Cleanup(func() { stop(); calls.Wait() })
	return w
}

// call makes calls until ctx is done.
func (w *world) call(ctx context.Context, url string, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if w.frozen.Load() {
			continue
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
		if err != nil {
			w.t.Error(err)
			return
		}
		if resp, err := w.stack.RoundTrip(req); err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
		}
	}
}

// fails has a host answer with a status; 0 heals it.
func (w *world) fails(host string, code int) {
	if code == 0 {
		w.broken.Delete(host)
		return
	}
	w.broken.Store(host, code)
}

// seen notes the status of an answer.
type seen struct {
	http.ResponseWriter
	code int
}

func (s *seen) WriteHeader(code int) {
	s.code = code
	s.ResponseWriter.WriteHeader(code)
}
