// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package rivals

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/sony/gobreaker/v2"
)

// handWrittenBackoff composes the two packages by the functions that their
// documentation shows first.
func handWrittenBackoff() Rival {
	return Rival{
		Name: "backoff.Retry + Execute", Module: gobreakerModule,
		Notes: "`backoff.RetryWithData` of cenkalti/backoff v4 around `Execute`, as the documentation of both shows them; " +
			"one breaker for all hosts; the request body is read into memory first.",
		Retries: true, Breaks: true, Cancellable: true,
		Documented: func(base http.RoundTripper) (http.RoundTripper, error) { return newComposed(base, Tuning{}), nil },
		Tuned:      func(base http.RoundTripper, t Tuning) (http.RoundTripper, error) { return newComposed(base, t), nil },
	}
}

type composed struct {
	base    http.RoundTripper
	tuning  Tuning
	breaker *gobreaker.CircuitBreaker[*http.Response]
}

func newComposed(base http.RoundTripper, t Tuning) *composed {
	t = t.filled()
	return &composed{base: base, tuning: t, breaker: gobreaker.NewCircuitBreaker[*http.Response](settings(t))}
}

func (c *composed) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := buffer(req)
	if err != nil {
		return nil, err
	}
	var last *http.Response
	operation := func() (*http.Response, error) {
		drain(last)
		last = nil
		resp, err := c.breaker.Execute(func() (*http.Response, error) {
			resp, err := c.base.RoundTrip(again(req, body))
			if err == nil && resp.StatusCode >= http.StatusInternalServerError {
				last = resp
				return nil, errServer
			}
			return resp, err
		})
		if rejected(err) {
			return nil, backoff.Permanent(err)
		}
		return resp, err
	}
	policy := backoff.NewExponentialBackOff(
		backoff.WithInitialInterval(c.tuning.Wait), backoff.WithMaxInterval(c.tuning.MaxWait),
		backoff.WithMaxElapsedTime(0)) // which the number of attempts bounds
	limited := backoff.WithContext(backoff.WithMaxRetries(policy, uint64(c.tuning.Attempts-1)), req.Context())
	resp, err := backoff.RetryWithData(operation, limited)
	if errors.Is(err, errServer) && last != nil {
		return last, nil
	}
	return resp, err
}

// naiveLoop is the retry of a hundred blog posts.
func naiveLoop() Rival {
	return Rival{
		Name:    "naive loop",
		Notes:   "Reads the request body into memory, sends up to 4 times, sleeps in between whatever the context says, and closes what it discards unread.",
		Retries: true,
		Documented: func(base http.RoundTripper) (http.RoundTripper, error) {
			return &naive{base: base, tuning: Tuning{}.filled()}, nil
		},
		Tuned: func(base http.RoundTripper, t Tuning) (http.RoundTripper, error) {
			return &naive{base: base, tuning: t.filled()}, nil
		},
	}
}

type naive struct {
	base   http.RoundTripper
	tuning Tuning
}

func (n *naive) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := buffer(req)
	if err != nil {
		return nil, err
	}
	wait := n.tuning.Wait
	for i := 1; ; i++ {
		resp, err := n.base.RoundTrip(again(req, body))
		if !failed(resp, err) || i == n.tuning.Attempts {
			return resp, err
		}
		if resp != nil {
			_ = resp.Body.Close()
		}
		time.Sleep(wait) //nolint:forbidigo // as in the blog posts
		wait = min(2*wait, n.tuning.MaxWait)
	}
}

// buffer reads the whole body of a request.
func buffer(req *http.Request) ([]byte, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return nil, nil
	}
	defer func() { _ = req.Body.Close() }()
	return io.ReadAll(req.Body)
}

// again returns the request with a body to send.
func again(req *http.Request, body []byte) *http.Request {
	if body == nil {
		return req
	}
	next := req.WithContext(req.Context())
	next.Body = io.NopCloser(bytes.NewReader(body))
	return next
}
