// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package hedge_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/hedge"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/trip"
)

const url = "https://api.example.com/things?id=7"

// delay is the time after which the tests hedge.
const delay = 100 * time.Millisecond

var errReset = errors.New("connection reset by peer")

// bubble runs a test on a clock of its own, which stands still while anything
// is being done. What is still under way at the end is waited for.
func bubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		defer pass(1000 * time.Hour)
		test(t)
	})
}

// pass lets time go by.
func pass(d time.Duration) { <-time.NewTimer(d).C }

// settle lets time go by, and everybody come to rest. Only a test itself may do
// that.
func settle(d time.Duration) {
	pass(d)
	synctest.Wait()
}

// An attempt is what a host saw of one.
type attempt struct {
	ctx   context.Context
	req   *http.Request
	hedge bool
	body  string
	at    time.Duration // since the host was made
	spy   *spyBody      // of the response, if it was one of status
}

// A host does with the first attempt and with the hedge what its script says,
// with further ones as with the last.
type host struct {
	steps []step
	start time.Time

	mu   sync.Mutex
	seen []*attempt
}

// A step answers an attempt.
type step func(*attempt) (*http.Response, error)

func newHost(steps ...step) *host { return &host{steps: steps, start: time.Now()} }

func (h *host) RoundTrip(req *http.Request) (*http.Response, error) {
	a := &attempt{ctx: req.Context(), req: req, hedge: hedge.Is(req.Context()), at: time.Since(h.start)}
	if req.Body != nil {
		content, _ := io.ReadAll(req.Body)
		_ = req.Body.Close()
		a.body = string(content)
	}
	h.mu.Lock()
	h.seen = append(h.seen, a)
	next := h.steps[min(len(h.seen), len(h.steps))-1]
	h.mu.Unlock()
	return next(a)
}

func (h *host) attempts() []*attempt {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]*attempt(nil), h.seen...)
}

// status answers with a status and a body that breaks when the attempt's context
// ends.
func status(code int) step { return withBody(code, "body of "+http.StatusText(code)) }

func withBody(code int, content string) step {
	return func(a *attempt) (*http.Response, error) {
		a.spy = &spyBody{Reader: strings.NewReader(content), ctx: a.ctx}
		return response(a.req, code, a.spy), nil
	}
}

func response(req *http.Request, code int, body io.ReadCloser) *http.Response {
	return &http.Response{StatusCode: code, Header: http.Header{}, Body: body, Request: req, ContentLength: -1}
}

func fails(err error) step {
	return func(*attempt) (*http.Response, error) { return nil, err }
}

// after does a step later, unless the attempt is canceled.
func after(d time.Duration, next step) step {
	return func(a *attempt) (*http.Response, error) {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			return next(a)
		case <-a.ctx.Done():
			return nil, context.Cause(a.ctx)
		}
	}
}

// deaf does a step later, whatever the context says.
func deaf(d time.Duration, next step) step {
	return func(a *attempt) (*http.Response, error) {
		pass(d)
		return next(a)
	}
}

// hangs waits for the end of the context.
func hangs(a *attempt) (*http.Response, error) {
	<-a.ctx.Done()
	return nil, context.Cause(a.ctx)
}

func panics(value any) step {
	return func(*attempt) (*http.Response, error) { panic(value) }
}

// A spyBody counts what is done to it.
type spyBody struct {
	io.Reader
	ctx    context.Context
	closed atomic.Int32
	read   atomic.Int64
	ended  atomic.Bool
}

func (b *spyBody) Read(p []byte) (int, error) {
	if b.ctx != nil && b.ctx.Err() != nil {
		return 0, context.Cause(b.ctx)
	}
	n, err := b.Reader.Read(p)
	b.read.Add(int64(n))
	if err == io.EOF {
		b.ended.Store(true)
	}
	return n, err
}

func (b *spyBody) Close() error {
	b.closed.Add(1)
	return nil
}

func newHedger(t *testing.T, opts ...hedge.Option) *hedge.Hedger {
	t.Helper()
	h, err := hedge.New(opts...)
	if err != nil {
		t.Fatalf("got error %v, want none", err)
	}
	return h
}

// fixed returns a layer that hedges after the delay.
func fixed(t *testing.T, next http.RoundTripper, opts ...hedge.Option) http.RoundTripper {
	t.Helper()
	return newHedger(t, append([]hedge.Option{hedge.WithDelay(delay)}, opts...)...).Wrap(next)
}

func newRequest(ctx context.Context, tb testing.TB, method string) *http.Request {
	tb.Helper()
	req, err := http.NewRequestWithContext(ctx, method, url, http.NoBody)
	if err != nil {
		tb.Fatal(err)
	}
	return req
}

func get(tb testing.TB) *http.Request {
	tb.Helper()
	return newRequest(context.Background(), tb, http.MethodGet)
}

// send makes a call and reads the body of its response.
func send(t *testing.T, rt http.RoundTripper, req *http.Request) (int, string, error) {
	t.Helper()
	resp, err := rt.RoundTrip(req)
	if (resp == nil) == (err == nil) {
		t.Fatalf("got response %v and error %v, want exactly one of them", resp, err)
	}
	if resp == nil {
		return 0, "", err
	}
	if resp.Request != req {
		t.Errorf("got Request %p in the response, want the caller's %p", resp.Request, req)
	}
	content, readErr := io.ReadAll(resp.Body)
	if readErr != nil {
		t.Errorf("got error %v reading the body, want none", readErr)
	}
	_ = resp.Body.Close()
	return resp.StatusCode, string(content), nil
}

func wantStatus(t *testing.T, rt http.RoundTripper, req *http.Request, want int) {
	t.Helper()
	if got, _, err := send(t, rt, req); got != want || err != nil {
		t.Fatalf("got status %d and error %v, want %d", got, err, want)
	}
}

// wantAttempts returns the attempts of a host, and fails the test if there are
// more or fewer.
func wantAttempts(t *testing.T, h *host, want int) []*attempt {
	t.Helper()
	seen := h.attempts()
	if len(seen) != want {
		t.Fatalf("got %d attempts, want %d", len(seen), want)
	}
	return seen
}

// only returns the state of the only key.
func only(t *testing.T, h *hedge.Hedger) hedge.Key {
	t.Helper()
	keys := h.Snapshot()
	if len(keys) != 1 {
		t.Fatalf("got %d keys, want 1: %v", len(keys), keys)
	}
	return keys[0]
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

func (l *log) all() []observe.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]observe.Event(nil), l.events...)
}

// instantly is a base that answers 200 at once.
var instantly = trip.Func(func(req *http.Request) (*http.Response, error) {
	trip.CloseBody(req)
	return response(req, http.StatusOK, http.NoBody), nil
})
