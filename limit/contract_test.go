// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	neturl "net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/trip"
)

// closeCounter is a request body.
type closeCounter struct {
	io.Reader
	closed int
}

func (c *closeCounter) Close() error {
	c.closed++
	return nil
}

// What comes from below is handed up as it is, whatever it is.
func TestContract_Transparent(t *testing.T) {
	t.Parallel()
	fault := errors.New("broken")
	for _, tt := range []struct {
		name string
		resp *http.Response
		err  error
	}{
		{"a response without a body", &http.Response{StatusCode: 200}, nil},
		{"a response without a header", &http.Response{StatusCode: 503, Body: http.NoBody}, nil},
		{"a status of 0", &http.Response{Body: http.NoBody}, nil},
		{"a status of 999", &http.Response{StatusCode: 999, Body: http.NoBody}, nil},
		{"a status below 0", &http.Response{StatusCode: -1, Body: http.NoBody}, nil},
		{"a failure with a body", &http.Response{StatusCode: 500, Body: io.NopCloser(strings.NewReader("x"))}, nil},
		{"a switch of protocols", &http.Response{StatusCode: 101, Body: duplex{}}, nil},
		{"an error", nil, fault},
		{"both, which is wrong", &http.Response{StatusCode: 200, Body: http.NoBody}, fault},
		{"neither, which is wrong", nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				req := get(t.Context(), url)
				before := *req
				reply := trip.Func(func(got *http.Request) (*http.Response, error) {
					if got != req {
						t.Error("got another request below, want the same")
					}
					return tt.resp, tt.err
				})
				awake := newLimiter(t)
				_, _ = send(awake.Wrap(status(503)), t.Context())
				for _, rt := range []http.RoundTripper{newLimiter(t).Wrap(reply), awake.Wrap(reply)} {
					var body io.ReadCloser
					if tt.resp != nil {
						body = tt.resp.Body
					}
					resp, err := rt.RoundTrip(req)
					if resp != tt.resp || err != tt.err { //nolint:errorlint // the very same
						t.Errorf("got %v, %v, want %v, %v", resp, err, tt.resp, tt.err)
					}
					if resp != nil && resp.Body != body {
						t.Errorf("got body %T, want it as it was", resp.Body)
					}
				}
				if req.URL != before.URL || req.Body != before.Body || len(req.Header) != 0 || req.Method != before.Method {
					t.Errorf("got request %+v, want it as it was", req)
				}
			})
		})
	}
}

func TestContract_OddRequests(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		req  *http.Request
		key  string
	}{
		{"no URL", &http.Request{Method: http.MethodGet, Header: http.Header{}}, ""},
		{"nothing at all", &http.Request{}, ""},
		{"an empty URL", &http.Request{URL: &neturl.URL{}}, ""},
		{"no method", &http.Request{URL: &neturl.URL{Scheme: "http", Host: "h:80"}, Header: http.Header{}}, "http://h"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := newLimiter(t)
			if _, err := l.Wrap(status(429, "Retry-After", "9")).RoundTrip(tt.req); err != nil {
				t.Errorf("got error %v, want none", err)
			}
			if _, err := l.Wrap(status(200)).RoundTrip(tt.req); !errors.Is(err, limit.ErrLimited) {
				t.Errorf("got error %v, want a rejection", err)
			}
			if got := key(t, l).Key; got != tt.key {
				t.Errorf("got key %q, want %q", got, tt.key)
			}
		})
	}
}

// A rejection is an error that programs can branch on, through an http.Client
// too, and the request's body is closed.
func TestContract_Rejection(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		seen := &log{}
		l := newLimiter(t, limit.WithObserver(seen))
		_, _ = send(l.Wrap(status(429, "Retry-After", "30")), t.Context())
		pass(10 * time.Second)
		body := &closeCounter{Reader: strings.NewReader("hello")}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, body)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := (&http.Client{Transport: l.Wrap(status(200))}).Do(req)
		if resp != nil || !errors.Is(err, limit.ErrLimited) || errors.Is(err, context.Canceled) {
			t.Fatalf("got %v, %v, want a rejection and nothing else", resp, err)
		}
		var e *limit.Error
		if !errors.As(err, &e) || e.Key != url || e.Reason != observe.ReasonCoolDown || e.RetryAfter != 20*time.Second || e.Limit != 0 {
			t.Errorf("got %+v, want what is left of the cool-down", e)
		}
		if got, want := e.Error(), "limit: https://api.example.com asked for patience, try again in 20s"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if body.closed != 1 {
			t.Errorf("got body closed %d times, want once", body.closed)
		}
		v := classify.Default().Classify(nil, nil, err)
		if v.Class != classify.Unknown || v.Reason != classify.ReasonRejected {
			t.Errorf("got verdict %+v, want that of a rejection", v)
		}
		events := seen.of(observe.Rejected)
		if len(events) != 1 || events[0].Key != url || events[0].Method != http.MethodPost || events[0].Context == nil ||
			events[0].Reason != observe.ReasonCoolDown || events[0].Wait != 20*time.Second || !errors.Is(events[0].Err, limit.ErrLimited) {
			t.Errorf("got events %+v, want one rejection", events)
		}
	})
}

// idler counts calls of CloseIdleConnections.
type idler struct {
	trip.Func
	closed int
}

func (i *idler) CloseIdleConnections() { i.closed++ }

func TestContract_LayersBeneathAreReached(t *testing.T) {
	t.Parallel()
	l := newLimiter(t)
	base := &idler{Func: status(http.StatusOK)}
	rt := l.Wrap(base)
	(&http.Client{Transport: rt}).CloseIdleConnections()
	if base.closed != 1 {
		t.Errorf("got CloseIdleConnections passed on %d times, want once", base.closed)
	}
	if got := trip.Unwrap(rt); got != http.RoundTripper(base) {
		t.Errorf("got %T beneath, want %T", got, base)
	}
	if got := trip.Unwrap(l.Wrap(nil)); got != http.DefaultTransport {
		t.Errorf("got %T beneath a layer around nil, want http.DefaultTransport", got)
	}
}

// An observer may do what it likes: call back, panic, end the goroutine.
func TestContract_ObserverMayFail(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		fail func()
	}{
		{"panics", func() { panic("observer") }},
		{"ends the goroutine", runtime.Goexit},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				seen := &log{}
				var l *limit.Limiter
				l = newLimiter(t, limit.WithMaxInFlight(1), limit.WithObserver(observe.Func(func(e observe.Event) {
					seen.Observe(e)
					_ = l.Snapshot()
					tt.fail()
				})))
				for _, reply := range []trip.Func{status(429, "Retry-After", "5"), goodBody} {
					var wg sync.WaitGroup
					wg.Go(func() { _, _ = send(l.Wrap(reply), t.Context()) })
					wg.Wait()
				}
				if got := key(t, l); got.InFlight != 0 || got.Waiting != 0 {
					t.Errorf("got %+v, want nothing left", got)
				}
				if got := len(seen.of(observe.CoolDownStarted, observe.Rejected)); got != 2 {
					t.Errorf("got %d events, want 2", got)
				}
			})
		})
	}
}

func TestContract_ObserverMayCallBack(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		seen := &log{}
		var rt http.RoundTripper
		depth := 0
		l := newLimiter(t, limit.WithObserver(observe.Func(func(e observe.Event) {
			seen.Observe(e)
			if depth < 3 {
				depth++
				_, _ = send(rt, context.Background())
			}
		})))
		answers := []string{"5", "10", "20"}
		rt = l.Wrap(trip.Func(func(req *http.Request) (*http.Response, error) {
			next := answers[0]
			answers = answers[1:]
			return status(429, "Retry-After", next)(req)
		}))
		_, _ = send(rt, t.Context())
		if got := len(seen.of(observe.CoolDownStarted)); got != 1 {
			t.Errorf("got %d cool-downs, want 1", got)
		}
		if got := len(seen.of(observe.Rejected)); got != 3 {
			t.Errorf("got %d rejections, want 3", got)
		}
	})
}
