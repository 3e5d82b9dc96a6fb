// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package idempotency_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/surefoot-go/surefoot/idempotency"
)

// What counts in the end is what the server gets, by both versions of HTTP.
func TestTransport_SendsTheKeyAndNotTheMark(t *testing.T) {
	t.Parallel()
	for _, proto := range []string{"HTTP/1.1", "HTTP/2.0"} {
		t.Run(proto, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				_, marked := req.Header["Idempotency-Key"]
				if marked || req.Proto != proto {
					w.WriteHeader(http.StatusBadRequest)
				}
				_, _ = io.WriteString(w, req.Header.Get("Request-Token"))
			}))
			server.EnableHTTP2 = true
			if proto == "HTTP/1.1" {
				server.EnableHTTP2 = false
			}
			server.StartTLS()
			defer server.Close()

			client := server.Client()
			client.Transport = newKeys(t,
				idempotency.WithHeader("Request-Token"),
				idempotency.WithGenerator(fixed)).Wrap(client.Transport)
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, strings.NewReader("x"))
			if err != nil {
				t.Fatal(err)
			}
			resp, err := client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			got, err := io.ReadAll(resp.Body)
			if err != nil || string(got) != "k1" || resp.StatusCode != http.StatusOK {
				t.Errorf("got %s %q, %v, want 200 and the key", resp.Status, got, err)
			}
		})
	}
}

func TestTransport_StillRefusesARequestWithoutAHeaderMap(t *testing.T) {
	t.Parallel()
	req := request(t.Context(), t, http.MethodPost, nil)
	_, err := newKeys(t).Wrap(nil).RoundTrip(req)
	if err == nil || err.Error() != "http: nil Request.Header" {
		t.Errorf("got %v, want net/http's own error", err)
	}
}
