// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package idempotency_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/surefoot-go/surefoot/idempotency"
)

// A request whose key does not arrive would be repeated as if it had one.
func TestWithHeader_RefusesWhatCannotCarryAKey(t *testing.T) {
	t.Parallel()
	reasons := map[string][]string{
		"net/http makes this header itself": {"Host", "Content-Length", "Trailer", "Transfer-Encoding", "host", "CONTENT-LENGTH"},
		"a proxy takes the key away": {
			"Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "TE", "Upgrade", "HTTP2-Settings",
		},
		"proxies write it":  {"Forwarded", "Via", "X-Forwarded-For", "X-Real-IP", "Max-Forwards"},
		"tracing writes it": {"Traceparent", "tracestate", "baggage", "b3", "X-B3-TraceId"},
		"says something else to servers": {
			"Authorization", "Cookie", "Content-Type", "Content-Encoding", "User-Agent", "Accept", "Accept-Encoding",
			"Expect", "Range", "If-Match", "If-None-Match", "Origin", "Referer", "Cache-Control", "Sec-Fetch-Mode", "Date",
		},
		"must be a token": {"", "a b", "Schlüssel", ":path"},
	}
	for reason, names := range reasons {
		for _, name := range names {
			_, err := idempotency.New(idempotency.WithHeader(name))
			var mistake *idempotency.ConfigError
			if !errors.As(err, &mistake) || mistake.Option != "WithHeader" || mistake.Value != name ||
				!strings.Contains(mistake.Reason, reason) {
				t.Errorf("%q: got %v, want a ConfigError of WithHeader that says %q", name, err, reason)
			}
		}
	}
}

// What is taken gets to the server.
func TestWithHeader_TakesWhatArrives(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"Idempotency-Key", "X-Idempotency-Key", "X-Request-ID", "Request-Id", "PayPal-Request-Id", "X-Correlation-ID",
		"Client-Token", "Transaction-Id", "Message-Id", "X-Idempotency-Token", "Repeatability-Request-ID",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := make(chan string, 1)
			server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
				got <- req.Header.Get(name)
			}))
			defer server.Close()
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := newKeys(t, idempotency.WithHeader(name), idempotency.WithGenerator(fixed)).
				Wrap(server.Client().Transport).RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if key := <-got; key != "k1" {
				t.Errorf("got key %q at the server, want k1", key)
			}
		})
	}
}
