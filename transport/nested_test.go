// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package transport_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/surefoot-go/surefoot/hedge"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
	"github.com/surefoot-go/surefoot/trip"
)

// Keys beneath retries would be another one for each attempt, and protect nothing.
func TestNew_KeysBeneathRetriesArePutAroundThem(t *testing.T) {
	t.Parallel()
	quick := transport.WithRetry(retry.WithBackoff(1, 1))
	tests := []struct {
		name   string
		around func(inner http.RoundTripper) http.RoundTripper
		keys   int // different ones
	}{
		{"around the inner stack", func(rt http.RoundTripper) http.RoundTripper { return rt }, 1},
		{"around middleware that can be seen through", func(rt http.RoundTripper) http.RoundTripper { return &unwrapper{rt} }, 4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			keys := make(map[string]bool)
			base := trip.Func(func(req *http.Request) (*http.Response, error) {
				trip.CloseBody(req)
				keys[req.Header.Get("Idempotency-Key")] = true
				return nil, io.ErrUnexpectedEOF
			})
			core, logs := observer.New(zapcore.WarnLevel)
			inner := build(t, base, transport.WithoutRetry(), transport.WithIdempotencyKeys())
			outer := build(t, tt.around(inner), quick, transport.WithLogger(zap.New(core)))
			ctx := retry.Idempotent(t.Context()) // since there are keys
			req, _ := http.NewRequestWithContext(ctx, http.MethodPost, "http://example.com", strings.NewReader("x"))
			if _, err := outer.RoundTrip(req); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("got error %v", err)
			}
			if len(keys) != tt.keys || keys[""] {
				t.Errorf("%s: got keys %v of one call, want %d", outer, keys, tt.keys)
			}
			if logs.FilterMessageSnippet("misconfigured").Len() != 1 {
				t.Errorf("got log %v, want one warning", logs.All())
			}
		})
	}
}

func TestNew_OfThreeStacksTheLayersAreThereOnce(t *testing.T) {
	t.Parallel()
	quick := transport.WithRetry(retry.WithBackoff(1, 1))
	attempts := 0
	first := build(t, answer(http.StatusOK, &attempts), quick, transport.WithLimit(), transport.WithHedging(hedge.WithDelay(time.Second)))
	third := build(t, build(t, first, quick), quick, transport.WithHedging())
	const want = "retry (4 attempts) → hedging → limit → breaker → trip.Func"
	if third.String() != want {
		t.Errorf("got  %s\nwant %s", third, want)
	}
	if _, err := get(t, third, "http://example.com"); err != nil {
		t.Fatal(err)
	}
	attempts = 0
	if !third.ForceOpen("http://example.com") {
		t.Fatal("the circuit was not found")
	}
	if _, err := get(t, third, "http://example.com"); err == nil || attempts != 0 {
		t.Errorf("got error %v after %d attempts, want the circuit that is there to be open", err, attempts)
	}
}

func TestNew_RefusesABaseThatIsANilPointer(t *testing.T) {
	t.Parallel()
	for _, base := range []http.RoundTripper{(*transport.Transport)(nil), (*http.Transport)(nil)} {
		_, err := transport.New(base, transport.WithAttemptTimeout(-1))
		var mistake *transport.ConfigError
		if !errors.As(err, &mistake) || mistake.Option != "New" || !strings.Contains(err.Error(), "WithAttemptTimeout") {
			t.Errorf("base %T: got error %v, want one that names New, and the other mistake", base, err)
		}
	}
}

func TestWrap_TellsThatTheClientsTimeoutLeavesNoTimeForARetry(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		timeout time.Duration
		want    int
	}{{0, 0}, {10 * time.Second, 1}, {2 * time.Second, 1}, {11 * time.Second, 0}} {
		core, logs := observer.New(zapcore.WarnLevel)
		_, err := transport.Wrap(&http.Client{Timeout: tt.timeout}, transport.Payments(), transport.WithLogger(zap.New(core)))
		if err != nil {
			t.Fatal(err)
		}
		if logs.Len() != tt.want {
			t.Errorf("Timeout %v, attempt timeout 10s: got log %v, want %d lines", tt.timeout, logs.All(), tt.want)
		}
	}
}

// The copy of the base for 421 does not know the protocols that were registered
// with it.
func TestStack_AMisdirectedRequestOfARegisteredProtocolStaysWithTheBase(t *testing.T) {
	t.Parallel()
	attempts := 0
	base := new(http.Transport)
	base.RegisterProtocol("pay", answer(http.StatusMisdirectedRequest, &attempts))
	resp, err := get(t, build(t, base, transport.WithRetry(retry.WithBackoff(1, 1))), "pay://example.com")
	if err != nil || resp.StatusCode != http.StatusMisdirectedRequest || attempts != 2 {
		t.Errorf("got %v, %v after %d attempts, want status 421 after 2", resp, err, attempts)
	}
}
