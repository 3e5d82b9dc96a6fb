// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/trip"
)

const url = "https://api.example.com"

// bubble runs a test on a clock of its own, which stands still while anything
// is being done. Calls that are still under way at the end are waited for.
func bubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		defer pass(1000 * time.Hour)
		test(t)
	})
}

// pass lets time go by.
func pass(d time.Duration) { <-time.NewTimer(d).C }

func newLimiter(t *testing.T, opts ...limit.Option) *limit.Limiter {
	t.Helper()
	l, err := limit.New(opts...)
	if err != nil {
		t.Fatalf("got error %v, want none", err)
	}
	return l
}

// A host answers as its script says, which can change.
type host struct {
	mu    sync.Mutex
	reply trip.Func
	sent  int
}

func (h *host) RoundTrip(req *http.Request) (*http.Response, error) {
	h.mu.Lock()
	h.sent++
	reply := h.reply
	h.mu.Unlock()
	return reply(req)
}

func (h *host) now(reply trip.Func) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.reply = reply
}

func (h *host) requests() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.sent
}

// status answers with a status and no body. Header is names and values.
func status(code int, header ...string) trip.Func {
	return func(req *http.Request) (*http.Response, error) {
		resp := &http.Response{StatusCode: code, Header: http.Header{}, Body: http.NoBody, Request: req}
		for pair := range slices.Chunk(header, 2) {
			resp.Header.Add(pair[0], pair[1])
		}
		return resp, nil
	}
}

// fails answers with an error.
func fails(err error) trip.Func {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// after answers like next, later, or not at all if the caller gives up.
func after(d time.Duration, next trip.Func) trip.Func {
	return func(req *http.Request) (*http.Response, error) {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			return next(req)
		case <-req.Context().Done():
			return nil, req.Context().Err()
		}
	}
}

// withBody answers with 200 and a body.
func withBody(body io.ReadCloser) trip.Func {
	return func(req *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: body, Request: req}, nil
	}
}

// goodBody answers with 200 and a body that can be read to its end.
func goodBody(req *http.Request) (*http.Response, error) {
	return withBody(io.NopCloser(strings.NewReader("hello")))(req)
}

func get(ctx context.Context, target string) *http.Request {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, http.NoBody)
	if err != nil {
		panic(err)
	}
	return req
}

// send sends a GET, and reads the response's body to its end.
func send(rt http.RoundTripper, ctx context.Context) (int, error) { //nolint:revive // the layer is what it is about
	resp, err := rt.RoundTrip(get(ctx, url))
	if err != nil {
		return 0, err
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	return resp.StatusCode, nil
}

// A crew sends calls at the same time and counts how they went.
type crew struct {
	t    *testing.T
	rt   http.RoundTripper
	seed uint64
	wg   sync.WaitGroup

	mu                 sync.Mutex
	good, rejected     int
	other              []error
	slowest            time.Duration
	firstRejected      time.Time
	order              []int
	numbered, finished int
}

// numberKey is that of a call's number in its context.
type numberKey struct{}

// lot returns what a call draws from: always the same for the same number, so
// that it does not matter which of two goroutines comes first.
func lot(req *http.Request, seed uint64) *rand.Rand {
	number, _ := req.Context().Value(numberKey{}).(int)
	return rand.New(rand.NewPCG(seed, uint64(number)))
}

// call sends one, and returns at once.
func (c *crew) call(ctx context.Context) {
	c.mu.Lock()
	number := c.numbered
	c.numbered++
	c.mu.Unlock()
	ctx = context.WithValue(ctx, numberKey{}, number)
	c.wg.Go(func() {
		started := time.Now()
		_, err := send(c.rt, ctx)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.finished++
		var full *limit.Error
		switch {
		case err == nil:
			c.good++
			c.slowest = max(c.slowest, time.Since(started))
			c.order = append(c.order, number)
		case errors.As(err, &full):
			if c.rejected++; c.rejected == 1 {
				c.firstRejected = time.Now()
			}
		default:
			c.other = append(c.other, err)
		}
	})
}

// calls sends n at once, in their order.
func (c *crew) calls(ctx context.Context, n int) {
	for range n {
		c.call(ctx)
		synctest.Wait()
	}
}

// want checks how the calls went so far.
func (c *crew) want(good, rejected int) {
	c.t.Helper()
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.good != good || c.rejected != rejected || len(c.other) > 0 {
		c.t.Errorf("got %d good, %d rejected and %v, want %d, %d and none", c.good, c.rejected, c.other, good, rejected)
	}
}

// key returns the state of the only key there is.
func key(t *testing.T, l *limit.Limiter) limit.Key {
	t.Helper()
	all := l.Snapshot()
	if len(all) != 1 {
		t.Fatalf("got %d keys, want 1: %v", len(all), all)
	}
	return all[0]
}

// rejected returns the rejection that the next call gets.
func rejected(t *testing.T, rt http.RoundTripper) *limit.Error {
	t.Helper()
	_, err := send(rt, t.Context())
	var e *limit.Error
	if !errors.As(err, &e) {
		t.Fatalf("got error %v, want an *Error", err)
	}
	return e
}

// A log keeps the events it is told of.
type log struct {
	mu     sync.Mutex
	events []observe.Event
}

func (l *log) Observe(e observe.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, e)
}

// of returns the events of some kinds.
func (l *log) of(kinds ...observe.Kind) []observe.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []observe.Event
	for _, e := range l.events {
		if slices.Contains(kinds, e.Kind) {
			found = append(found, e)
		}
	}
	return found
}

// A timeoutError is that of an attempt that took too long.
type timeoutError struct{}

func (timeoutError) Error() string   { return "took too long" }
func (timeoutError) Timeout() bool   { return true }
func (timeoutError) Temporary() bool { return true }
