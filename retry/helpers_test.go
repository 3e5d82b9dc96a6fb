// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/internal/budget"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/retry"
)

const url = "http://api.example.com/things?id=7"

// errReset stands for a connection that broke: worth another try, and no proof
// that nothing was sent.
var errReset = errors.New("connection reset by peer")

// A step is what a script does with one attempt.
type step func(*http.Request) (*http.Response, error)

// status answers with a status, a short body and headers given as pairs.
func status(code int, pairs ...string) step {
	return func(req *http.Request) (*http.Response, error) {
		return response(req, code, newBody("answer "+http.StatusText(code)), pairs...), nil
	}
}

// fail ends the attempt with an error.
func fail(err error) step {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

func response(req *http.Request, code int, b io.ReadCloser, pairs ...string) *http.Response {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Add(pairs[i], pairs[i+1])
	}
	return &http.Response{StatusCode: code, Header: h, Body: b, Request: req, ContentLength: -1}
}

// An attempt is what a script saw of one.
type attempt struct {
	at     time.Duration // since the script was made
	body   string
	number int // by retry.Attempt
	req    *http.Request
}

// A script is a base that takes one step for each attempt, and the last one
// again and again. It reads and closes the body of every request.
type script struct {
	steps []step
	start time.Time

	mu       sync.Mutex
	attempts []attempt
}

func play(steps ...step) *script { return &script{steps: steps, start: time.Now()} }

func (s *script) RoundTrip(req *http.Request) (*http.Response, error) {
	a := attempt{at: time.Since(s.start), number: retry.Attempt(req.Context()), req: req}
	if req.Body != nil {
		content, _ := io.ReadAll(req.Body)
		_ = req.Body.Close()
		a.body = string(content)
	}
	s.mu.Lock()
	s.attempts = append(s.attempts, a)
	next := s.steps[min(len(s.attempts), len(s.steps))-1]
	s.mu.Unlock()
	return next(req)
}

func (s *script) seen() []attempt {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]attempt(nil), s.attempts...)
}

func (s *script) count() int { return len(s.seen()) }

// waits returns the time between the attempts.
func (s *script) waits() []time.Duration {
	var waits []time.Duration
	seen := s.seen()
	for i := 1; i < len(seen); i++ {
		waits = append(waits, seen[i].at-seen[i-1].at)
	}
	return waits
}

// A spyBody counts how often it is closed and how much of it is read.
type spyBody struct {
	io.Reader
	closer io.Closer // closed as well, unless nil
	closed atomic.Int32
	read   atomic.Int64
}

func newBody(content string) *spyBody { return &spyBody{Reader: strings.NewReader(content)} }

func (b *spyBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	b.read.Add(int64(n))
	return n, err
}

func (b *spyBody) Close() error {
	b.closed.Add(1)
	if b.closer != nil {
		return b.closer.Close()
	}
	return nil
}

func newRetrier(t *testing.T, opts ...retry.Option) *retry.Retrier {
	t.Helper()
	r, err := retry.New(opts...)
	if err != nil {
		t.Fatalf("got error %v, want none", err)
	}
	return r
}

// newRequest makes a request without a body.
func newRequest(ctx context.Context, t *testing.T, method string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// newPost makes a request whose body has GetBody.
func newPost(ctx context.Context, t *testing.T, content string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// send makes a call and reads the body of its response.
func send(t *testing.T, rt http.RoundTripper, req *http.Request) (*http.Response, string, error) {
	t.Helper()
	resp, err := rt.RoundTrip(req)
	if (resp == nil) == (err == nil) {
		t.Fatalf("got response %v and error %v, want exactly one of them", resp, err)
	}
	if resp == nil || resp.Body == nil {
		return resp, "", err
	}
	content, readErr := io.ReadAll(resp.Body)
	if readErr != nil {
		t.Errorf("got error %v reading the response, want none", readErr)
	}
	if err := resp.Body.Close(); err != nil {
		t.Errorf("got error %v closing the response, want none", err)
	}
	return resp, string(content), nil
}

// wantStatus makes a call that has to be answered with a status.
func wantStatus(t *testing.T, rt http.RoundTripper, req *http.Request, want int) {
	t.Helper()
	resp, _, err := send(t, rt, req)
	if err != nil {
		t.Fatalf("got error %v, want status %d", err, want)
	}
	if resp.StatusCode != want {
		t.Errorf("got status %d, want %d", resp.StatusCode, want)
	}
}

// wantError makes a call that has to end with this very error.
func wantError(t *testing.T, rt http.RoundTripper, req *http.Request, want error) {
	t.Helper()
	if _, _, err := send(t, rt, req); err != want { //nolint:errorlint // unchanged means identical
		t.Errorf("got error %v, want %v itself", err, want)
	}
}

func wantCount(t *testing.T, s *script, want int) {
	t.Helper()
	if got := s.count(); got != want {
		t.Errorf("got %d attempts, want %d", got, want)
	}
}

func wantClosed(t *testing.T, what string, b *spyBody) {
	t.Helper()
	if got := b.closed.Load(); got != 1 {
		t.Errorf("got %s closed %d times, want once", what, got)
	}
}

// A recorder is an observer that keeps what it is told.
type recorder struct {
	mu     sync.Mutex
	events []observe.Event
}

func (r *recorder) Observe(e observe.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
}

func (r *recorder) seen() []observe.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]observe.Event(nil), r.events...)
}

// reasons returns why retries were not made.
func (r *recorder) reasons() []observe.Reason {
	var reasons []observe.Reason
	for _, e := range r.seen() {
		if e.Kind == observe.RetrySuppressed {
			reasons = append(reasons, e.Reason)
		}
	}
	return reasons
}

func wantReason(t *testing.T, r *recorder, want observe.Reason) {
	t.Helper()
	if got := r.reasons(); len(got) != 1 || got[0] != want {
		t.Errorf("got reasons %v, want %q alone", got, want)
	}
}

// allRetryable wants every outcome tried again but 200.
type allRetryable struct{}

func (allRetryable) Classify(_ *http.Request, resp *http.Response, _ error) classify.Verdict {
	if resp != nil && resp.StatusCode == http.StatusOK {
		return classify.Verdict{Class: classify.Success}
	}
	return classify.Verdict{Class: classify.Retryable}
}

// emptyPool has no token for the host of the tests.
func emptyPool() *budget.Pool { return budget.NewPool(budget.Rule{}, 1) }
