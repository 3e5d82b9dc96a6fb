// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package timeout_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/timeout"
	"github.com/surefoot-go/surefoot/trip"
)

const limit = 2 * time.Second

// wrap puts a layer with the usual limit on top of a scripted base.
func wrap(t *testing.T, base trip.Func, opts ...timeout.Option) http.RoundTripper {
	t.Helper()
	layer, err := timeout.New(limit, opts...)
	if err != nil {
		t.Fatalf("got error %v, want none", err)
	}
	return layer.Wrap(base)
}

func get(ctx context.Context, t *testing.T) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://example.com/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// sleep lets fake time pass.
func sleep(d time.Duration) { <-time.NewTimer(d).C }

// body is a response body that keeps count.
type body struct {
	io.Reader
	closed int
}

func (b *body) Close() error {
	b.closed++
	return nil
}

func ok(req *http.Request, b io.ReadCloser) *http.Response {
	return &http.Response{StatusCode: http.StatusOK, Body: b, Request: req, Header: http.Header{}}
}

// wantExpired checks everything that is true of an expired limit's error.
func wantExpired(t *testing.T, resp *http.Response, err error) *timeout.Error {
	t.Helper()
	if resp != nil {
		t.Errorf("got response %v, want none beside an error", resp.Status)
	}
	var expired *timeout.Error
	if !errors.As(err, &expired) {
		t.Fatalf("got error %#v, want a *timeout.Error", err)
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Error("got an error that is not context.DeadlineExceeded, want one that is")
	}
	if errors.Is(err, context.Canceled) {
		t.Error("got an error that is context.Canceled, want one that is not")
	}
	if !expired.Timeout() || !expired.Temporary() {
		t.Error("got Timeout or Temporary false, want both true")
	}
	return expired
}
