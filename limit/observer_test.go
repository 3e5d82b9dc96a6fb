// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit_test

import (
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/observe"
)

// quitter ends the goroutine that tells it of an event of some kinds, as
// t.FailNow does, while it is armed.
type quitter struct {
	armed atomic.Bool
	kinds []observe.Kind
}

func (q *quitter) Observe(e observe.Event) {
	if q.armed.Load() && slices.Contains(q.kinds, e.Kind) {
		runtime.Goexit()
	}
}

// lifted counts how often it was closed.
type lifted struct {
	io.Reader
	closed atomic.Int64
}

func (l *lifted) Close() error {
	l.closed.Add(1)
	return nil
}

func newLifted() *lifted { return &lifted{Reader: strings.NewReader("hello")} }

// quits sends a call, and reports whether its goroutine has ended before it came
// back.
func quits(rt http.RoundTripper, req *http.Request) bool {
	done := make(chan bool, 1)
	go func() {
		ended := true
		defer func() { done <- ended }()
		resp, err := rt.RoundTrip(req)
		ended = false
		if err == nil {
			_ = resp.Body.Close()
		}
	}()
	return <-done
}

// free checks that nothing of an attempt is left: neither its place, nor what keeps
// the key from eviction, nor its request's body.
func free(t *testing.T, l *limit.Limiter, body *lifted) {
	t.Helper()
	if got := key(t, l); got.InFlight != 0 || got.Waiting != 0 {
		t.Errorf("got %+v, want no place taken", got)
	}
	if got := body.closed.Load(); got != 1 {
		t.Errorf("got the request's body closed %d times, want once", got)
	}
	pass(time.Hour)
	_, _ = l.Wrap(status(200)).RoundTrip(get(t.Context(), "https://other.example.com"))
	if got := key(t, l).Key; got == url {
		t.Errorf("got %s still there, want it evicted", got)
	}
}

func post(t *testing.T, body *lifted) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, body)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func TestObserver_EndsTheGoroutine(t *testing.T) {
	t.Parallel()
	closing := func(req *http.Request) (*http.Response, error) {
		_ = req.Body.Close()
		return goodBody(req)
	}
	for _, tt := range []struct {
		name string
		kind observe.Kind
		opts []limit.Option
		act  func(t *testing.T, h *host, rt http.RoundTripper, q *quitter, body *lifted) bool
	}{
		{
			name: "of a rejection", kind: observe.Rejected,
			act: func(t *testing.T, h *host, rt http.RoundTripper, q *quitter, body *lifted) bool {
				h.now(status(429, "Retry-After", "60"))
				_, _ = send(rt, t.Context())
				q.armed.Store(true)
				return quits(rt, post(t, body))
			},
		},
		{
			name: "that is let in as a limit ends", kind: observe.LimitChanged,
			act: func(t *testing.T, h *host, rt http.RoundTripper, q *quitter, body *lifted) bool {
				h.now(status(429))
				for range 50 {
					_, _ = send(rt, t.Context())
				}
				h.now(closing)
				pass(11 * time.Second)
				q.armed.Store(true)
				return quits(rt, post(t, body))
			},
		},
		{
			name: "that waits as a limit ends", kind: observe.LimitChanged, opts: []limit.Option{limit.WithMaxInFlight(1), limit.WithMaxWait(time.Minute)},
			act: func(t *testing.T, h *host, rt http.RoundTripper, q *quitter, body *lifted) bool {
				h.now(status(429))
				for range 50 {
					_, _ = send(rt, t.Context())
				}
				h.now(closing)
				held, err := rt.RoundTrip(post(t, newLifted()))
				if err != nil {
					t.Fatal(err)
				}
				pass(11 * time.Second)
				q.armed.Store(true)
				defer func() { _ = held.Body.Close() }() // nobody may get its place
				return quits(rt, post(t, body))
			},
		},
		{
			name: "that brings a limit about with its answer", kind: observe.LimitChanged, opts: []limit.Option{limit.WithMaxInFlight(10)},
			act: func(t *testing.T, h *host, rt http.RoundTripper, q *quitter, body *lifted) bool {
				q.armed.Store(true)
				response := newLifted()
				answer := func(req *http.Request) (*http.Response, error) {
					resp, err := status(429)(req)
					resp.Body = response
					return resp, err
				}
				for range 50 {
					h.now(answer)
					if quits(rt, get(t.Context(), url)) {
						if response.closed.Load() != 1 {
							t.Errorf("got the response's body closed %d times, want once: nobody has it", response.closed.Load())
						}
						_ = body.Close() // not of this case
						return true
					}
					response = newLifted()
				}
				return false
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				q := &quitter{kinds: []observe.Kind{tt.kind}}
				h := &host{reply: status(200)}
				l := newLimiter(t, append([]limit.Option{limit.WithObserver(q), limit.WithMaxKeys(1), limit.WithMaxInFlight(5), limit.WithMaxWait(0)}, tt.opts...)...)
				body := newLifted()
				if !tt.act(t, h, l.Wrap(h), q, body) {
					t.Fatal("got the call back, want its goroutine ended")
				}
				q.armed.Store(false)
				free(t, l, body)
			})
		})
	}
}
