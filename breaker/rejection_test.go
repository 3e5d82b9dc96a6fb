// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	neturl "net/url"
	"strings"
	"testing"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/observe"
)

func TestContract_RejectionClosesTheBody(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		_, rt := tripped(t, h)
		check := func() {
			t.Helper()
			body := &closeCounter{Reader: strings.NewReader("hello")}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, body)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := rt.RoundTrip(req)
			if resp != nil || !errors.Is(err, breaker.ErrOpen) {
				t.Errorf("got %v, %v, want a rejection and nothing else", resp, err)
			}
			if body.closed != 1 {
				t.Errorf("got body closed %d times, want once", body.closed)
			}
			if rest, _ := io.ReadAll(body); string(rest) != "hello" {
				t.Errorf("got %q left of the body, want all of it", rest)
			}
			req.Body = nil
			if _, err := rt.RoundTrip(req); !errors.Is(err, breaker.ErrOpen) {
				t.Errorf("got error %v without a body, want a rejection", err)
			}
		}
		check() // open
		pass(time.Second)
		h.now(after(time.Hour, status(http.StatusOK)))
		go sendN(rt, 1)
		pass(1)
		check() // half-open
		if h.requests() != 2 {
			t.Errorf("got %d requests, want 2", h.requests())
		}
	})
}

func TestContract_RejectionAsAnError(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		_, rt := tripped(t, h)
		client := &http.Client{Transport: rt}
		check := func(state breaker.State, is, isNot error, text string) {
			t.Helper()
			resp, err := client.Get(url + "/secret?token=1")
			if resp != nil {
				t.Errorf("got response %v, want none", resp)
			}
			var outer *neturl.Error
			var open *breaker.OpenError
			if !errors.As(err, &outer) || !errors.As(err, &open) {
				t.Fatalf("got error %#v, want an *OpenError in an *url.Error", err)
			}
			if !errors.Is(err, breaker.ErrOpen) || !errors.Is(err, is) || errors.Is(err, isNot) || errors.Is(err, io.EOF) {
				t.Errorf("got error %v, want it to be ErrOpen and %v and nothing else", err, is)
			}
			if open.Key != url || open.State != state || open.RetryAfter != time.Second {
				t.Errorf("got %+v, want %s, %s, 1s", open, url, state)
			}
			if open.Error() != text {
				t.Errorf("got %q, want %q", open, text)
			}
			v := classify.Default().Classify(nil, nil, err)
			if v.Class != classify.Unknown || v.Reason != classify.ReasonRejected {
				t.Errorf("got verdict %+v, want that of a rejection", v)
			}
		}
		check(breaker.Open, gobreaker.ErrOpenState, gobreaker.ErrTooManyRequests,
			"breaker: circuit of https://api.example.com is open, try again in 1s")
		pass(time.Second)
		h.now(after(time.Minute, status(http.StatusOK)))
		go sendN(rt, 1)
		pass(1)
		check(breaker.HalfOpen, gobreaker.ErrTooManyRequests, gobreaker.ErrOpenState,
			"breaker: circuit of https://api.example.com is half-open, try again in 1s")
	})
}

func TestContract_RejectionAsAnEvent(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		h := &host{}
		seen := &log{}
		b, rt := tripped(t, h, breaker.WithObserver(seen))
		type ctxKey struct{}
		ctx := context.WithValue(t.Context(), ctxKey{}, true)
		req := get(ctx, url)
		req.Method = "QUERY"
		for range 3 {
			_, _ = rt.RoundTrip(req)
		}
		events := seen.of(observe.Rejected)
		if len(events) != 3 {
			t.Fatalf("got %d events, want 3", len(events))
		}
		e := events[0]
		if e.Key != url || e.Method != "QUERY" || e.Reason != observe.ReasonOpen || e.Wait != time.Second ||
			!errors.Is(e.Err, breaker.ErrOpen) || e.Context.Value(ctxKey{}) == nil {
			t.Errorf("got event %+v", e)
		}
		if got := circuit(t, b).Rejected; got != 3 {
			t.Errorf("got %d rejected, want 3", got)
		}
		opened := seen.of(observe.CircuitOpened)
		if len(opened) != 1 || opened[0].Key != url || opened[0].Wait != time.Second || opened[0].Method != http.MethodGet || opened[0].Context == nil {
			t.Errorf("got events %+v, want one", opened)
		}
	})
}
