// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/surefoot-go/surefoot/trip"
	"github.com/surefoot-go/surefoot/triptest"
)

func brokenLifecycles() map[string]broken {
	return map[string]broken{
		"lifecycle/quiet-construction": {wrap: func(next http.RoundTripper) http.RoundTripper {
			req, _ := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://ping.test/", nil)
			if resp, err := next.RoundTrip(req); err == nil {
				resp.Body.Close()
			}
			return next
		}},
		"lifecycle/instances-apart": {wrap: sharing()},
		"lifecycle/built-once": {wrap: identity, opts: []triptest.Option{
			triptest.Composes(func(inner trip.Middleware) trip.Middleware {
				return wrapping(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
					return inner(next).RoundTrip(req)
				})
			}),
		}},
		"lifecycle/close-idle-connections": sending(func(*http.Request) {}),
		"lifecycle/panic-propagates": wrapper(func(next http.RoundTripper, req *http.Request) (resp *http.Response, err error) {
			defer func() {
				if v := recover(); v != nil {
					resp, err = nil, fmt.Errorf("recovered: %v", v)
				}
			}()
			return next.RoundTrip(req)
		}),
		"lifecycle/usable-after-panic": {wrap: func(next http.RoundTripper) http.RoundTripper {
			permits := make(chan struct{}, 10)
			return trip.Func(func(req *http.Request) (*http.Response, error) {
				permits <- struct{}{}
				resp, err := next.RoundTrip(req)
				<-permits
				return resp, err
			})
		}},
		"lifecycle/no-goroutine-left": sending(func(req *http.Request) {
			go func() { <-req.Context().Done() }()
		}),
		"lifecycle/context-released": sending(func(req *http.Request) {
			ctx, cancel := context.WithCancel(req.Context())
			_ = cancel
			*req = *req.WithContext(ctx)
		}),
		"lifecycle/parallel": {wrap: func(next http.RoundTripper) http.RoundTripper {
			turn := make(chan struct{}, 1)
			return trip.Func(func(req *http.Request) (*http.Response, error) {
				turn <- struct{}{}
				defer func() { <-turn }()
				return next.RoundTrip(req)
			})
		}},
		"lifecycle/answers-not-mixed-up": {wrap: remembering},
	}
}

// sharing is a middleware that remembers the last base it was given.
func sharing() trip.Middleware {
	var mu sync.Mutex
	var last http.RoundTripper
	return func(next http.RoundTripper) http.RoundTripper {
		mu.Lock()
		defer mu.Unlock()
		last = next
		return trip.Func(func(req *http.Request) (*http.Response, error) {
			mu.Lock()
			base := last
			mu.Unlock()
			return base.RoundTrip(req)
		})
	}
}

// remembering keeps the header of the call in the wrapper.
func remembering(next http.RoundTripper) http.RoundTripper {
	var mu sync.Mutex
	var current http.Header
	return trip.Func(func(req *http.Request) (*http.Response, error) {
		mu.Lock()
		current = req.Header
		mu.Unlock()
		time.Sleep(time.Microsecond)
		sent := req.WithContext(req.Context())
		mu.Lock()
		sent.Header = current
		mu.Unlock()
		return next.RoundTrip(sent)
	})
}

func brokenClients() map[string]broken {
	return map[string]broken{
		"client/redirect-seen":     {wrap: client},
		"client/redirect-followed": {wrap: client},
		"client/redirect-with-body": wrapper(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
			req.GetBody = nil
			return next.RoundTrip(req)
		}),
		"client/timeout": sending(func(req *http.Request) {
			*req = *req.WithContext(context.WithoutCancel(req.Context()))
		}),
		"client/one-url-error": {wrap: client},
	}
}

// piping uploads by way of a pipe and returns when the upload has ended.
func piping(next http.RoundTripper, req *http.Request) (*http.Response, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return next.RoundTrip(req)
	}
	sent := req.WithContext(req.Context())
	r, w := io.Pipe()
	sent.Body = io.NopCloser(r)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, err := io.Copy(w, req.Body)
		w.CloseWithError(err)
		req.Body.Close()
	}()
	resp, err := next.RoundTrip(sent)
	<-done
	return resp, err
}

func brokenWires() map[string]broken {
	declared := []triptest.Option{triptest.Retries(4)}
	return map[string]broken{
		"wire/keep-alive": sending(func(req *http.Request) { req.Close = true }),
		"wire/discarded-connection-reused": retries(func(r *retrier) {
			r.discard = func(resp *http.Response) func() {
				if resp != nil {
					resp.Body.Close()
				}
				return func() {}
			}
		}),
		"wire/stale-connection": sending(func(req *http.Request) { req.Body = io.NopCloser(http.NoBody) }),
		"wire/stream":           receiving(buffer),
		"wire/trailer": sending(func(req *http.Request) {
			*req = *req.Clone(req.Context())
		}),
		"wire/bodiless": wrapper(func(next http.RoundTripper, req *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(req)
			if err != nil || resp.ContentLength < 0 {
				return resp, err
			}
			if _, err = io.CopyN(io.Discard, resp.Body, resp.ContentLength); err != nil {
				return nil, err
			}
			return resp, nil
		}),
		"wire/informational": sending(dropValues),
		"wire/upgrade":       receiving(func(resp *http.Response) { resp.Body = reader(resp.Body, resp.Body) }),
		"wire/reset-in-headers": {
			wrap: retryingWith(4, func(r *retrier) { r.idempotent = always }), opts: declared,
		},
		"wire/reset-in-body":          receiving(func(resp *http.Response) { resp.Body = quiet{resp.Body} }),
		"wire/half-closed":            wrapper(piping),
		"wire/close-frees-connection": receiving(func(resp *http.Response) { resp.Body = io.NopCloser(resp.Body) }),
		"wire/cancel-reaches-server":  {wrap: detached},
		"wire/refused-stream":         sending(func(req *http.Request) { req.GetBody = nil }),
		"wire/goaway":                 sending(func(req *http.Request) { req.GetBody = nil }),
		"wire/stream-error":           {wrap: forgetting, opts: nil},
		"wire/chunked":                sending(func(req *http.Request) { req.ContentLength = int64(len(readAll(req))) }),
		"wire/expect-continue":        sending(func(req *http.Request) { req.Header = req.Header.Clone(); req.Header.Del("Expect") }),
		"wire/expect-refused":         sending(func(req *http.Request) { readAll(req) }),
		"wire/early-answer":           wrapper(piping),
		"wire/early-answer-retried":   retries(func(r *retrier) { r.rewind = rewound(sameBody) }),
	}
}

// forgetting replaces every error by its text.
func forgetting(next http.RoundTripper) http.RoundTripper {
	return trip.Func(func(req *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(req)
		if err != nil {
			err = errors.New(err.Error())
		}
		return resp, err
	})
}
