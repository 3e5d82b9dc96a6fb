// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
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

func newBreaker(t *testing.T, opts ...breaker.Option) *breaker.Breaker {
	t.Helper()
	b, err := breaker.New(opts...)
	if err != nil {
		t.Fatalf("got error %v, want none", err)
	}
	return b
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

// after answers like next, later.
func after(d time.Duration, next trip.Func) trip.Func {
	return func(req *http.Request) (*http.Response, error) {
		pass(d)
		return next(req)
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

// brokenBody answers with 200 and a body that is cut short.
func brokenBody(req *http.Request) (*http.Response, error) {
	return withBody(&brokenReader{err: io.ErrUnexpectedEOF})(req)
}

// brokenReader gives one byte, and then an error.
type brokenReader struct {
	err  error
	read bool
}

func (r *brokenReader) Read(p []byte) (int, error) {
	if r.read || len(p) == 0 {
		return 0, r.err
	}
	r.read, p[0] = true, 'x'
	return 1, nil
}

func (*brokenReader) Close() error { return nil }

func get(ctx context.Context, target string) *http.Request {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, http.NoBody)
	if err != nil {
		panic(err)
	}
	return req
}

// send sends a GET, and reads the response's body to its end.
func send(rt http.RoundTripper, target string) (int, error) {
	resp, err := rt.RoundTrip(get(context.Background(), target))
	if err != nil {
		return 0, err
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	return resp.StatusCode, nil
}

// sendN sends n GETs, one after the other.
func sendN(rt http.RoundTripper, n int) {
	for range n {
		_, _ = send(rt, url)
	}
}

// tripped returns a breaker whose circuit of url one failure has opened, and
// whose host works again.
func tripped(t *testing.T, h *host, opts ...breaker.Option) (*breaker.Breaker, http.RoundTripper) {
	t.Helper()
	b := newBreaker(t, append([]breaker.Option{breaker.WithMinRequests(1)}, opts...)...)
	rt := b.Wrap(h)
	h.now(status(http.StatusBadGateway))
	sendN(rt, 1)
	wantState(t, b, breaker.Open)
	h.now(status(http.StatusOK))
	return b, rt
}

func wantState(t *testing.T, b *breaker.Breaker, want breaker.State) {
	t.Helper()
	if got := b.State(url); got != want {
		t.Fatalf("got state %s, want %s", got, want)
	}
}

// rejected returns the rejection that the next call gets.
func rejected(t *testing.T, rt http.RoundTripper) *breaker.OpenError {
	t.Helper()
	_, err := send(rt, url)
	var open *breaker.OpenError
	if !errors.As(err, &open) {
		t.Fatalf("got error %v, want an *OpenError", err)
	}
	return open
}

func wantSent(t *testing.T, rt http.RoundTripper) {
	t.Helper()
	if _, err := send(rt, url); errors.Is(err, breaker.ErrOpen) {
		t.Fatalf("got rejection %v, want the call to be sent", err)
	}
}

// circuit returns the state of the only circuit there is.
func circuit(t *testing.T, b *breaker.Breaker) breaker.Circuit {
	t.Helper()
	all := b.Snapshot()
	if len(all) != 1 {
		t.Fatalf("got %d circuits, want 1: %v", len(all), all)
	}
	return all[0]
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

// changes returns the kinds of all changes of state.
func (l *log) changes() []observe.Kind {
	var kinds []observe.Kind
	for _, e := range l.of(observe.CircuitOpened, observe.CircuitHalfOpened, observe.CircuitClosed) {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}
