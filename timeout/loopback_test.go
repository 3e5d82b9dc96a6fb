// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package timeout_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/timeout"
	"github.com/surefoot-go/surefoot/trip"
)

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
	release := sync.OnceFunc(func() { close(goOn) })
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
	defer release()

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
	release()
	if got, err := io.ReadAll(slow.Body); err != nil || string(got) != "body" {
		t.Errorf("got %q, %v, want the body", got, err)
	}
}
