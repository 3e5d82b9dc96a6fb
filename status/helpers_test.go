// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/status"
	"github.com/surefoot-go/surefoot/transport"
)

// pass lets time go by, in a bubble.
func pass(d time.Duration) { <-time.NewTimer(d).C }

// A network answers each host with a status; by default 200.
type network struct {
	mu    sync.Mutex
	codes map[string]int
}

func (n *network) RoundTrip(req *http.Request) (*http.Response, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	code := n.codes[req.URL.Host]
	switch code {
	case 0:
		code = http.StatusOK
	case -1:
		return nil, io.ErrUnexpectedEOF
	}
	return &http.Response{StatusCode: code, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
}

// newStack returns a stack that makes one attempt, so that nothing in it is left
// to chance.
func newStack(tb testing.TB, base http.RoundTripper, opts ...transport.Option) *transport.Transport {
	tb.Helper()
	stack, err := transport.New(base, append([]transport.Option{transport.WithRetry(retry.WithMaxAttempts(1))}, opts...)...)
	if err != nil {
		tb.Fatal(err)
	}
	return stack
}

// newPage returns a page that is closed with the test.
func newPage(tb testing.TB, stack *transport.Transport, opts ...status.Option) *status.Page {
	tb.Helper()
	p := status.Handler(stack, opts...)
	tb.Cleanup(p.Close)
	return p
}

// send makes a call, n times.
func send(tb testing.TB, rt http.RoundTripper, url string, n int) {
	tb.Helper()
	for range n {
		req, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, url, http.NoBody)
		if err != nil {
			tb.Fatal(err)
		}
		if resp, err := rt.RoundTrip(req); err == nil {
			_ = resp.Body.Close()
		}
	}
}

// ask sends the page a request and returns its answer.
func ask(tb testing.TB, p http.Handler, method, query, body string, header ...string) *http.Response {
	tb.Helper()
	req := httptest.NewRequestWithContext(tb.Context(), method, "http://debug.test/surefoot"+query, strings.NewReader(body))
	if body != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
		req.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	p.ServeHTTP(rec, req)
	return rec.Result()
}

// read returns the body of an answer of 200.
func read(tb testing.TB, resp *http.Response) string {
	tb.Helper()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		tb.Fatalf("got status %d, error %v, want 200: %s", resp.StatusCode, err, body)
	}
	return string(body)
}

// report returns the report of a page.
func report(tb testing.TB, p http.Handler, query string) status.Report {
	tb.Helper()
	var r status.Report
	body := read(tb, ask(tb, p, http.MethodGet, "?format=json"+query, ""))
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		tb.Fatalf("%v of %s", err, body)
	}
	return r
}

// names returns the keys of a report, in its order.
func names(r status.Report) (list []string) {
	for _, k := range r.Keys {
		list = append(list, k.Key)
	}
	return list
}

// finished is an attempt that ended in a status.
func finished(key string, code int) observe.Event {
	class := classify.Success
	if code >= 500 {
		class = classify.Retryable
	}
	return observe.Event{
		Kind: observe.AttemptFinished, Key: key, Method: "GET", Attempt: 1, Status: code,
		Verdict: classify.Verdict{Class: class, Reason: classify.ReasonStatus},
	}
}

var _ http.RoundTripper = (*network)(nil)
