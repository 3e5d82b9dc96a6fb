// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/trip"
)

// An upload whose reader fails says nothing of the server, whatever the error.
func TestUpload_AReaderThatFailsOpensNothing(t *testing.T) {
	t.Parallel()
	for _, h2 := range []bool{false, true} {
		for _, broken := range []error{errors.New("broken"), io.ErrUnexpectedEOF} {
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
			}))
			server.EnableHTTP2 = h2
			server.StartTLS()
			t.Cleanup(server.Close)
			b, err := breaker.New()
			if err != nil {
				t.Fatal(err)
			}
			rt := b.Wrap(server.Client().Transport)
			for range 25 {
				body := io.MultiReader(strings.NewReader("x"), iotest.ErrReader(broken))
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, body)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := rt.RoundTrip(req)
				if err == nil {
					resp.Body.Close()
				}
				if !errors.Is(err, broken) {
					t.Fatalf("HTTP/2 %v: got %v, want the reader's error", h2, err)
				}
			}
			if got := b.Snapshot()[0]; got.State != breaker.Closed || got.Failures != 0 {
				t.Errorf("HTTP/2 %v, %v: got %+v, want a closed circuit without failures", h2, broken, got)
			}
		}
	}
}

// Oversize uploads through a reverse proxy, by anybody, must not take the server
// behind it away from everybody.
func TestUpload_OversizeThroughAReverseProxy(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
	}))
	t.Cleanup(server.Close)
	target := httptest.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, http.NoBody).URL
	b, err := breaker.New()
	if err != nil {
		t.Fatal(err)
	}
	handler := &httputil.ReverseProxy{
		Rewrite:      func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport:    b.Wrap(server.Client().Transport),
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	proxy := httptest.NewServer(http.MaxBytesHandler(handler, 1000))
	t.Cleanup(proxy.Close)
	send := func(method string, body io.Reader) int {
		req, err := http.NewRequestWithContext(t.Context(), method, proxy.URL, body)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := proxy.Client().Do(req)
		if err != nil {
			return 0 // the proxy hung up
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	for range 25 {
		if got := send(http.MethodPost, io.MultiReader(strings.NewReader(strings.Repeat("x", 5000)))); got == http.StatusOK {
			t.Fatal("got an oversize upload accepted")
		}
	}
	if got := send(http.MethodGet, http.NoBody); got != http.StatusOK {
		t.Errorf("got %d for a good call, want 200; %+v", got, b.Snapshot())
	}
}

// A probe whose reader fails neither closes the circuit nor opens it again: the
// next call probes.
func TestUpload_AProbeWhoseReaderFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, err := breaker.New(breaker.WithProbes(1))
		if err != nil {
			t.Fatal(err)
		}
		down := true
		rt := b.Wrap(trip.Func(func(req *http.Request) (*http.Response, error) {
			if req.Body != nil {
				if _, err := io.Copy(io.Discard, req.Body); err != nil {
					return nil, err
				}
			}
			code := http.StatusOK
			if down {
				code = http.StatusServiceUnavailable
			}
			return &http.Response{StatusCode: code, Body: http.NoBody, Request: req}, nil
		}))
		send := func(body io.Reader) error {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://host.test", body)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := rt.RoundTrip(req)
			if err == nil {
				resp.Body.Close()
			}
			return err
		}
		for b.State("http://host.test") == breaker.Closed {
			_ = send(nil)
		}
		down = false
		broken := errors.New("broken")
		pass(2 * breaker.DefaultOpenFor)
		if err := send(iotest.ErrReader(broken)); !errors.Is(err, broken) {
			t.Fatalf("got %v, want a probe and its reader's error", err)
		}
		if got := b.State("http://host.test"); got != breaker.HalfOpen {
			t.Errorf("got %v, want half-open", got)
		}
		if err := send(nil); err != nil || b.State("http://host.test") != breaker.Closed {
			t.Errorf("got %v and %v, want the next call to probe and to close", err, b.State("http://host.test"))
		}
	})
}
