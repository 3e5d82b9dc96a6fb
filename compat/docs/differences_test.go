// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package docs_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/rehttp"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/failsafe-go/failsafe-go/failsafehttp"
	"github.com/hashicorp/go-retryablehttp"

	"github.com/surefoot-go/surefoot/transport"
)

// What docs/migration.md says that behaves differently, for those of its rows
// that a test can show without waiting for minutes.

// The libraries as they come, but with waits that are over soon.

func retryable() http.RoundTripper {
	c := retryablehttp.NewClient()
	c.RetryWaitMin, c.RetryWaitMax, c.Logger = time.Millisecond, time.Millisecond, nil
	return &retryablehttp.RoundTripper{Client: c}
}

func failsafed() http.RoundTripper {
	return failsafehttp.NewRoundTripper(nil, failsafehttp.NewRetryPolicyBuilder().Build())
}

func rehttped() http.RoundTripper {
	return rehttp.NewTransport(nil, rehttp.RetryAll(rehttp.RetryMaxRetries(3), rehttp.RetryStatusInterval(500, 600)),
		rehttp.ConstDelay(time.Millisecond))
}

func surefooted(t *testing.T, opts ...transport.Option) http.RoundTripper {
	t.Helper()
	rt, err := transport.New(nil, append([]transport.Option{soon}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return rt
}

func TestMigrationPage_HowOftenARequestIsSent(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		method string
		status int
		want   [4]int32 // go-retryablehttp, failsafe, rehttp, surefoot
	}{
		{"GET, 503", http.MethodGet, 503, [4]int32{5, 3, 4, 4}},
		{"POST, 503", http.MethodPost, 503, [4]int32{5, 3, 4, 1}},
		{"GET, 408", http.MethodGet, 408, [4]int32{1, 1, 1, 4}},
		{"GET, 425", http.MethodGet, 425, [4]int32{1, 1, 1, 4}},
		{"GET, 501", http.MethodGet, 501, [4]int32{1, 1, 4, 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for i, rt := range []http.RoundTripper{retryable(), failsafed(), rehttped(), surefooted(t)} {
				server := answering(tt.status)
				defer server.Close()
				req, err := http.NewRequest(tt.method, server.URL, strings.NewReader("{}"))
				if err != nil {
					t.Fatal(err)
				}
				if resp, err := rt.RoundTrip(req); err == nil {
					resp.Body.Close()
				}
				if got := server.requests.Load(); got != tt.want[i] {
					t.Errorf("%T: got %d requests, want %d", rt, got, tt.want[i])
				}
			}
		})
	}
}

func TestMigrationPage_AttemptsUsedUp(t *testing.T) {
	t.Parallel()
	server := answering(503)
	defer server.Close()
	if _, err := (&http.Client{Transport: retryable()}).Get(server.URL); err == nil || !strings.Contains(err.Error(), "giving up after 5 attempt(s)") {
		t.Errorf("go-retryablehttp: got %v", err)
	}
	if _, err := (&http.Client{Transport: failsafed()}).Get(server.URL); err == nil {
		t.Error("failsafe: got no error")
	}
	resp, err := (&http.Client{Transport: surefooted(t)}).Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if resp.StatusCode != 503 || !strings.Contains(string(body), "example") || err != nil {
		t.Errorf("surefoot: got %d %q, %v", resp.StatusCode, body, err)
	}
}

func TestMigrationPage_ADeadlineShorterThanTheWait(t *testing.T) {
	t.Parallel()
	server := serve(func(_ int32, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "2")
		w.WriteHeader(503)
	})
	defer server.Close()
	call := func(rt http.RoundTripper) (*http.Response, error) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second/2)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		return rt.RoundTrip(req)
	}
	if _, err := call(retryable()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("go-retryablehttp: got %v", err)
	}
	start := time.Now()
	resp, err := call(surefooted(t))
	if err != nil || resp.StatusCode != 503 || time.Since(start) > time.Second/2 {
		t.Errorf("surefoot: got %v, %v after %v", resp, err, time.Since(start))
	}
}

func TestMigrationPage_ACallThatIsCanceled(t *testing.T) {
	t.Parallel()
	server := answering(503)
	defer server.Close()
	why := errors.New("the user has left")
	call := func(rt http.RoundTripper) error {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(100*time.Millisecond, func() { cancel(why) })
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = rt.RoundTrip(req)
		return err
	}
	slow := rehttp.NewTransport(nil, rehttp.RetryStatusInterval(500, 600), rehttp.ConstDelay(time.Minute))
	if err := call(slow); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("rehttp: got %v", err)
	}
	patient, err := transport.New(nil, transport.WithoutBreaker())
	if err != nil {
		t.Fatal(err)
	}
	if err := call(patient); !errors.Is(err, why) {
		t.Errorf("surefoot: got %v", err)
	}
}

func TestMigrationPage_ACircuitAsItComes(t *testing.T) {
	t.Parallel()
	good, bad := answering(200), answering(503)
	defer good.Close()
	defer bad.Close()
	breaker := circuitbreaker.NewBuilder[*http.Response]().
		HandleIf(func(resp *http.Response, err error) bool { return err != nil || resp.StatusCode >= 500 }).Build()
	for name, rt := range map[string]http.RoundTripper{
		"failsafe": failsafehttp.NewRoundTripper(nil, breaker),
		"surefoot": surefooted(t, transport.WithoutRetry()),
	} {
		client := &http.Client{Transport: rt}
		if resp, err := client.Get(bad.URL); err == nil {
			resp.Body.Close()
		}
		resp, err := client.Get(good.URL)
		if err == nil {
			resp.Body.Close()
		}
		if (err != nil) != (name == "failsafe") {
			t.Errorf("%s: after one failure of another host, got %v", name, err)
		}
	}
}
