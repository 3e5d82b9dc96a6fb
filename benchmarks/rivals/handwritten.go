// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package rivals

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/sony/gobreaker/v2"
)

const gobreakerModule = "github.com/sony/gobreaker/v2"

// HandWritten is the leanest composition around a gobreaker Execute per call
// that still does the job: what an engineer who has read all of the
// documentation would write. Ratios are relative to it.
func HandWritten() Rival {
	return Rival{
		Name: "hand-written", Module: gobreakerModule,
		Notes: "A loop around one gobreaker `Execute` for each attempt; a breaker for each host, which one `sync.Map` look-up finds; " +
			"waits from a cenkalti/backoff policy that is copied only when there is one to make. Retries GET and what has a GetBody.",
		Retries: true, Breaks: true, Cancellable: true,
		Documented: func(base http.RoundTripper) (http.RoundTripper, error) { return newLean(base, Tuning{}), nil },
		Tuned:      func(base http.RoundTripper, t Tuning) (http.RoundTripper, error) { return newLean(base, t), nil },
	}
}

// lean is safe for concurrent use.
type lean struct {
	base     http.RoundTripper
	tuning   Tuning
	template backoff.ExponentialBackOff
	breakers sync.Map // of *gobreaker.CircuitBreaker[struct{}]
}

func newLean(base http.RoundTripper, t Tuning) *lean {
	t = t.filled()
	return &lean{base: base, tuning: t, template: backoff.ExponentialBackOff{
		InitialInterval: t.Wait, MaxInterval: t.MaxWait, RandomizationFactor: 0.5, Multiplier: 2,
		Stop: backoff.Stop, Clock: backoff.SystemClock,
	}}
}

// errServer tells gobreaker that an attempt failed with a response.
var errServer = errors.New("server error")

func (l *lean) RoundTrip(req *http.Request) (*http.Response, error) {
	breaker := l.breaker(req.URL.Host)
	resp, err := l.attempt(breaker, req)
	if err == nil {
		return resp, nil
	}
	return l.again(breaker, req, resp, err)
}

// attempt makes one send. Its error is errServer where there is a response all
// the same.
func (l *lean) attempt(breaker *gobreaker.CircuitBreaker[struct{}], req *http.Request) (*http.Response, error) {
	var resp *http.Response
	sent := false
	_, err := breaker.Execute(func() (struct{}, error) {
		var err error
		sent = true
		resp, err = l.base.RoundTrip(req)
		if err == nil && resp.StatusCode >= http.StatusInternalServerError {
			err = errServer
		}
		return struct{}{}, err
	})
	if !sent && req.Body != nil {
		_ = req.Body.Close()
	}
	return resp, err
}

// again is off the path of calls that go well.
func (l *lean) again(breaker *gobreaker.CircuitBreaker[struct{}], req *http.Request, resp *http.Response, err error) (*http.Response, error) {
	policy := l.template
	policy.Reset()
	for range l.tuning.Attempts - 1 {
		next := req
		if rejected(err) || req.Context().Err() != nil {
			break
		}
		if req.Body != nil && req.Body != http.NoBody {
			if req.GetBody == nil {
				break
			}
			body, bodyErr := req.GetBody()
			if bodyErr != nil {
				break
			}
			next = new(http.Request)
			*next = *req
			next.Body = body
		}
		drain(resp)
		if waitErr := wait(req.Context(), policy.NextBackOff()); waitErr != nil {
			return nil, waitErr
		}
		if resp, err = l.attempt(breaker, next); err == nil {
			return resp, nil
		}
	}
	if errors.Is(err, errServer) {
		return resp, nil
	}
	return nil, err
}

func (l *lean) breaker(host string) *gobreaker.CircuitBreaker[struct{}] {
	b, ok := l.breakers.Load(host)
	if !ok {
		b, _ = l.breakers.LoadOrStore(host, gobreaker.NewCircuitBreaker[struct{}](settings(l.tuning)))
	}
	return b.(*gobreaker.CircuitBreaker[struct{}]) //nolint:errcheck // nothing else is in there
}

func settings(t Tuning) gobreaker.Settings {
	return gobreaker.Settings{
		MaxRequests: uint32(t.Probes),
		Interval:    t.Window,
		Timeout:     t.OpenFor,
		ReadyToTrip: func(c gobreaker.Counts) bool {
			done := c.TotalSuccesses + c.TotalFailures
			return done >= uint32(t.MinRequests) && float64(c.TotalFailures) >= t.FailureRatio*float64(done)
		},
		IsExcluded: func(err error) bool { return errors.Is(err, context.Canceled) },
	}
}

// rejected compares with ==, as lean code does: gobreaker wraps neither.
func rejected(err error) bool {
	return err == gobreaker.ErrOpenState || err == gobreaker.ErrTooManyRequests //nolint:errorlint // see above
}

// drain reads a bounded part of a body that nobody wants, so that its
// connection can be used again. One byte more than the bound tells an end from
// a cut.
func drain(resp *http.Response) {
	if resp == nil || resp.Body == nil {
		return
	}
	if resp.Body != http.NoBody {
		_, _ = io.CopyN(io.Discard, resp.Body, 64<<10+1)
	}
	_ = resp.Body.Close()
}

// wait sleeps without a timer of its own where nothing can end the wait.
func wait(ctx context.Context, d time.Duration) error {
	if ctx.Done() == nil {
		time.Sleep(d) //nolint:forbidigo // nothing can end it
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
