// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package idempotency_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/surefoot-go/surefoot/idempotency"
)

// A crasher is a server that answers the GETs on a connection and hangs up on a
// POST when it has all of it, as one does whose process ends after the work.
type crasher struct {
	url  string
	mu   sync.Mutex
	keys []string // of the POSTs; "none" where there is no header
}

func newCrasher(t *testing.T, header string) *crasher {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &crasher{url: "http://" + listener.Addr().String()}
	var conns sync.WaitGroup
	conns.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			conns.Go(func() { c.serve(conn, header) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		conns.Wait()
	})
	return c
}

func (c *crasher) serve(conn net.Conn, header string) {
	defer conn.Close()
	reader := bufio.NewReader(conn)
	for {
		req, err := http.ReadRequest(reader)
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, req.Body)
		if req.Method == http.MethodPost {
			key := "none"
			if values, there := req.Header[header]; there {
				key = strings.Join(values, ", ")
			}
			c.mu.Lock()
			c.keys = append(c.keys, key)
			c.mu.Unlock()
			return
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 204 No Content\r\n\r\n")
	}
}

// What net/http itself sends again when a connection that it has kept breaks,
// and that it never does so without a key. The rows without the layer are net/http's
// own rule, as docs/payments.md tells it: they fail when that changes.
func TestTransport_SendsAgainOnlyWithAKey(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name   string
		with   bool // the layer
		header string
		key    []string
		want   []string
	}{
		{"without the layer, no key", false, "Idempotency-Key", nil, []string{"none"}},
		{"without the layer, a blank key", false, "Idempotency-Key", []string{""}, []string{"", ""}},
		{"without the layer, another header", false, "X-Request-Id", []string{"mine"}, []string{"mine"}},
		{"no key", true, "Idempotency-Key", nil, []string{"k1", "k1"}},
		{"a blank key", true, "Idempotency-Key", []string{""}, []string{"k1", "k1"}},
		{"a key", true, "Idempotency-Key", []string{"mine"}, []string{"mine", "mine"}},
		{"a header of the service", true, "X-Request-Id", nil, []string{"k1", "k1"}},
		{"a blank key in it", true, "X-Request-Id", []string{""}, []string{"k1", "k1"}},
		{"a key in it", true, "X-Request-Id", []string{"mine"}, []string{"mine", "mine"}},
		{"declined in it", true, "X-Request-Id", []string{}, []string{"none"}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			server := newCrasher(t, row.header)
			base := new(http.Transport)
			defer base.CloseIdleConnections()
			var rt http.RoundTripper = base
			if row.with {
				rt = newKeys(t, idempotency.WithHeader(row.header), idempotency.WithGenerator(fixed)).Wrap(base)
			}
			for _, method := range []string{http.MethodGet, http.MethodPost} { // the first leaves a connection
				req, err := http.NewRequestWithContext(t.Context(), method, server.url, strings.NewReader("x"))
				if err != nil {
					t.Fatal(err)
				}
				if row.key != nil {
					req.Header[row.header] = row.key
				}
				resp, err := rt.RoundTrip(req)
				if (err == nil) != (method == http.MethodGet) {
					t.Fatalf("%s: got error %v", method, err)
				}
				if err == nil {
					_ = resp.Body.Close()
				}
			}
			server.mu.Lock()
			defer server.mu.Unlock()
			if !slices.Equal(server.keys, row.want) {
				t.Errorf("got POSTs with keys %q, want %q", server.keys, row.want)
			}
		})
	}
}
