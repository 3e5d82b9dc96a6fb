// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package hedge_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/surefoot-go/surefoot/hedge"
)

func TestTransport_OverLoopback(t *testing.T) {
	t.Parallel()
	for name, proto := range map[string]int{"by HTTP/1": 1, "by HTTP/2": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			overLoopback(t, proto)
		})
	}
}

// overLoopback has a server hang at the first request for /slow until its client
// is gone.
func overLoopback(t *testing.T, proto int) {
	t.Helper()
	var slow atomic.Int64
	gone := make(chan struct{})
	var mu sync.Mutex
	conns := map[string]bool{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		mu.Lock()
		conns[req.RemoteAddr] = true
		mu.Unlock()
		if req.ProtoMajor != proto {
			t.Errorf("got HTTP/%d, want HTTP/%d", req.ProtoMajor, proto)
		}
		if req.URL.Path == "/slow" && slow.Add(1) == 1 {
			<-req.Context().Done()
			close(gone)
			return
		}
		_, _ = io.WriteString(w, "hello")
	}))
	server.EnableHTTP2 = proto == 2
	server.StartTLS()
	defer server.Close()
	client := server.Client()
	client.Transport = fixed(t, client.Transport)
	for range 5 { // in turn, over one connection
		wantHello(t, client, server.URL)
	}
	if len(conns) != 1 {
		t.Errorf("got %d connections, want 1", len(conns))
	}
	wantHello(t, client, server.URL+"/slow")
	<-gone // the server has seen the loser go
	if got := slow.Load(); got != 2 {
		t.Errorf("got %d slow requests, want 2", got)
	}
	wantHello(t, client, server.URL)
}

func wantHello(t *testing.T, client *http.Client, target string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); string(body) != "hello" || err != nil {
		t.Errorf("got %q and error %v, want hello", body, err)
	}
	if hedge.Is(resp.Request.Context()) {
		t.Error("got a hedge's request in the response, want the caller's")
	}
}
