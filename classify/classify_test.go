// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/classify"
)

// response is one with a status and Retry-After fields.
func response(status int, retryAfter ...string) *http.Response {
	resp := &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody}
	if retryAfter != nil {
		resp.Header["Retry-After"] = retryAfter
	}
	return resp
}

func withBody(status int, body string) *http.Response {
	resp := response(status)
	resp.Body = io.NopCloser(strings.NewReader(body))
	return resp
}

func mustNew(t *testing.T, opts ...classify.Option) classify.Classifier {
	t.Helper()
	c, err := classify.New(opts...)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return c
}

func checkVerdict(t *testing.T, got, want classify.Verdict) {
	t.Helper()
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestDefault_SortsEveryStatus(t *testing.T) {
	t.Parallel()
	retryable := []int{408, 421, 425, 429}
	terminal := []int{501, 505}
	for status := -100; status < 2000; status++ {
		want := classify.Verdict{Class: classify.Retryable, Reason: classify.ReasonStatus}
		switch {
		case status >= 100 && status < 400:
			want.Class = classify.Success
		case status >= 400 && status < 500 && !slices.Contains(retryable, status), slices.Contains(terminal, status):
			want.Class = classify.Terminal
		}
		want.Throttled = status == 429
		if got := classify.Default().Classify(nil, response(status), nil); got != want {
			t.Errorf("status %d: got %+v, want %+v", status, got, want)
		}
	}
}

// What a payments API documents, and what the layers make of it: the reference
// of the whole library.
func TestDefault_PaymentsTable(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]classify.Class{
		200: classify.Success, 201: classify.Success,
		400: classify.Terminal, 401: classify.Terminal, 403: classify.Terminal,
		404: classify.Terminal, 422: classify.Terminal,
		500: classify.Retryable, 502: classify.Retryable,
		503: classify.Retryable, 504: classify.Retryable,
	} {
		if got := classify.Default().Classify(nil, response(status), nil).Class; got != want {
			t.Errorf("status %d: got %v, want %v", status, got, want)
		}
	}
}

func TestDefault_ReadsRetryAfter(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		resp *http.Response
		want classify.Verdict
	}{{
		name: "429 is throttled without it",
		resp: response(429),
		want: classify.Verdict{Class: classify.Retryable, Throttled: true},
	}, {
		name: "429 with a wait",
		resp: response(429, "7"),
		want: classify.Verdict{Class: classify.Retryable, Throttled: true, RetryAfter: 7 * time.Second},
	}, {
		name: "503 alone is not throttled",
		resp: response(503),
		want: classify.Verdict{Class: classify.Retryable},
	}, {
		name: "503 with a wait is",
		resp: response(503, "3"),
		want: classify.Verdict{Class: classify.Retryable, Throttled: true, RetryAfter: 3 * time.Second},
	}, {
		name: "503 with a wait of zero is too",
		resp: response(503, "0"),
		want: classify.Verdict{Class: classify.Retryable, Throttled: true},
	}, {
		name: "503 with a malformed wait is not",
		resp: response(503, "soon"),
		want: classify.Verdict{Class: classify.Retryable},
	}, {
		name: "500 with a wait waits, unthrottled",
		resp: response(500, "2"),
		want: classify.Verdict{Class: classify.Retryable, RetryAfter: 2 * time.Second},
	}, {
		name: "a terminal status is read no further",
		resp: response(413, "2"),
		want: classify.Verdict{Class: classify.Terminal},
	}, {
		name: "a redirect is not ours",
		resp: response(301, "2"),
		want: classify.Verdict{Class: classify.Success},
	}, {
		name: "a response without a header map",
		resp: &http.Response{StatusCode: 503},
		want: classify.Verdict{Class: classify.Retryable},
	}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.want.Reason = classify.ReasonStatus
			checkVerdict(t, classify.Default().Classify(nil, test.resp, nil), test.want)
		})
	}
}

func TestDefault_NothingAndBoth(t *testing.T) {
	t.Parallel()
	c := classify.Default()
	checkVerdict(t, c.Classify(nil, nil, nil), classify.Verdict{})
	checkVerdict(t, c.Classify(&http.Request{}, nil, nil), classify.Verdict{})
	checkVerdict(t, c.Classify(nil, response(200), io.EOF),
		classify.Verdict{Class: classify.Retryable, Reason: classify.ReasonReset})
}

func TestNew_WithoutOptionsIsDefault(t *testing.T) {
	t.Parallel()
	c := mustNew(t, nil, nil)
	for status := range 1000 {
		resp := response(status, "1")
		checkVerdict(t, c.Classify(nil, resp, nil), classify.Default().Classify(nil, resp, nil))
	}
}

func TestWithStatus(t *testing.T) {
	t.Parallel()
	c := mustNew(t,
		classify.WithStatus(404, classify.Success),
		classify.WithStatus(404, classify.Retryable), // the last one holds
		classify.WithStatus(429, classify.Terminal),
		classify.WithStatus(999, classify.Success),
	)
	for _, test := range []struct {
		name string
		resp *http.Response
		want classify.Verdict
	}{
		{"made retryable, with its wait", response(404, "1"), classify.Verdict{Class: classify.Retryable, RetryAfter: time.Second}},
		{"made terminal, no longer throttled", response(429, "1"), classify.Verdict{Class: classify.Terminal}},
		{"the largest code", response(999), classify.Verdict{Class: classify.Success}},
		{"left alone", response(403), classify.Verdict{Class: classify.Terminal}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.want.Reason = classify.ReasonStatus
			checkVerdict(t, c.Classify(nil, test.resp, nil), test.want)
		})
	}
	if got := classify.Default().Classify(nil, response(404), nil).Class; got != classify.Terminal {
		t.Errorf("an option of New changed Default: 404 is %v", got)
	}
}

func TestWithBodyCode(t *testing.T) {
	t.Parallel()
	c := mustNew(t,
		classify.WithBodyCode(400, "lock_timeout", classify.Terminal),
		classify.WithBodyCode(400, "lock_timeout", classify.Retryable), // the last one holds
		classify.WithBodyCode(429, "insufficient_quota", classify.Terminal),
		classify.WithBodyCode(503, "gone", classify.Terminal),
		classify.WithStatus(503, classify.Success),
	)
	for _, test := range []struct {
		name   string
		status int
		body   string
		class  classify.Class
		reason classify.Reason
	}{
		{"the code decides", 400, `{"error":{"code":"lock_timeout"}}`, classify.Retryable, classify.ReasonBodyCode},
		{"the other way round", 429, `{"code":"insufficient_quota"}`, classify.Terminal, classify.ReasonBodyCode},
		{"it goes before WithStatus", 503, `{"code":"gone"}`, classify.Terminal, classify.ReasonBodyCode},
		{"another code", 400, `{"code":"missing"}`, classify.Terminal, classify.ReasonStatus},
		{"the code at another status", 422, `{"code":"lock_timeout"}`, classify.Terminal, classify.ReasonStatus},
		{"no code", 400, `lock_timeout`, classify.Terminal, classify.ReasonStatus},
		{"no body", 400, "", classify.Terminal, classify.ReasonStatus},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			resp := withBody(test.status, test.body)
			for range 3 { // as several layers would
				got := c.Classify(nil, resp, nil)
				if got.Class != test.class || got.Reason != test.reason {
					t.Errorf("got %v by %v, want %v by %v", got.Class, got.Reason, test.class, test.reason)
				}
			}
			checkBody(t, resp, test.body)
		})
	}
}

func TestWithBodyCode_LeavesOtherStatusesUnread(t *testing.T) {
	t.Parallel()
	c := mustNew(t, classify.WithBodyCode(400, "lock_timeout", classify.Retryable))
	for _, status := range []int{101, 200, 402, 503} {
		resp := response(status)
		body := &fakeBody{Reader: strings.NewReader("{}")}
		resp.Body = body
		c.Classify(nil, resp, nil)
		if body.reads != 0 || resp.Body != body {
			t.Errorf("status %d: the body was touched", status)
		}
	}
}

// AllocsPerRun does not run beside other tests.
func TestClassify_AllocatesNothing(t *testing.T) { //nolint:paralleltest // see above
	dial := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	reset := &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://host.test/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct { //nolint:paralleltest // see above
		name string
		resp *http.Response
		err  error
	}{
		{name: "200", resp: response(200)},
		{name: "404", resp: response(404)},
		{name: "429", resp: response(429)},
		{name: "503", resp: response(503)},
		{name: "503 with Retry-After", resp: response(503, "120")},
		{name: "connection refused", err: dial},
		{name: "connection reset", err: reset},
		{name: "EOF", err: io.EOF},
		{name: "unexpected EOF, wrapped", err: &url.Error{Op: "Get", Err: io.ErrUnexpectedEOF}},
		{name: "canceled", err: context.Canceled},
		{name: "deadline exceeded", err: context.DeadlineExceeded},
		{name: "read timeout", err: &net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}},
		{name: "no such host", err: &net.OpError{Op: "dial", Err: &net.DNSError{IsNotFound: true}}},
		{name: "a plain error", err: errors.New("http: server closed idle connection")},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := classify.Default()
			allocs := testing.AllocsPerRun(100, func() { c.Classify(req, test.resp, test.err) })
			if allocs != 0 {
				t.Errorf("got %v allocations, want 0", allocs)
			}
		})
	}
}

func BenchmarkClassify(b *testing.B) {
	for _, bench := range []struct {
		name string
		resp *http.Response
		err  error
	}{
		{"200", response(200), nil},
		{"404", response(404), nil},
		{"503", response(503, "1"), nil},
		{"refused", nil, &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			c := classify.Default()
			b.ReportAllocs()
			for b.Loop() {
				c.Classify(nil, bench.resp, bench.err)
			}
		})
	}
}
