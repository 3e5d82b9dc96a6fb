// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"

	"github.com/surefoot-go/surefoot/classify"
)

func Example() {
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	for _, outcome := range []struct {
		resp *http.Response
		err  error
	}{
		{resp: &http.Response{StatusCode: http.StatusCreated}},
		{resp: &http.Response{StatusCode: http.StatusNotFound}},
		{resp: &http.Response{StatusCode: http.StatusBadGateway}},
		{err: refused},
	} {
		v := classify.Default().Classify(nil, outcome.resp, outcome.err)
		fmt.Println(v.Class, "by", v.Reason)
	}
	// Output:
	// success by status
	// terminal by status
	// retryable by status
	// retryable by refused
}

func ExampleDefault() {
	resp := &http.Response{
		StatusCode: http.StatusServiceUnavailable,
		Header:     http.Header{"Retry-After": {"5"}},
	}
	v := classify.Default().Classify(nil, resp, nil)
	fmt.Println(v.Class, v.Throttled, v.RetryAfter)
	// Output: retryable true 5s
}

func ExampleNew() {
	classifier, err := classify.New(
		// This server answers 404 until a replica has caught up.
		classify.WithStatus(http.StatusNotFound, classify.Retryable),
		// And it tells locks from mistakes by a code.
		classify.WithBodyCode(http.StatusBadRequest, "lock_timeout", classify.Retryable),
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	v := classifier.Classify(nil, &http.Response{StatusCode: http.StatusNotFound}, nil)
	fmt.Println(v.Class)
	// Output: retryable
}

// Every mistake is reported at once, each as a *ConfigError.
func ExampleNew_incorrect() {
	_, err := classify.New(
		classify.WithStatus(42, classify.Retryable),
		classify.WithBodyCode(http.StatusOK, "pending", classify.Retryable),
	)
	fmt.Println(err)
	// Output:
	// classify: WithStatus: 42: not a status code (100 to 999)
	// classify: WithBodyCode: 200: not the status code of an error (400 to 999)
}

func ExampleWithStatus() {
	classifier, err := classify.New(classify.WithStatus(http.StatusNotImplemented, classify.Retryable))
	if err != nil {
		fmt.Println(err)
		return
	}
	resp := &http.Response{StatusCode: http.StatusNotImplemented}
	fmt.Println(classify.Default().Classify(nil, resp, nil).Class)
	fmt.Println(classifier.Classify(nil, resp, nil).Class)
	// Output:
	// terminal
	// retryable
}

func ExampleWithBodyCode() {
	classifier, err := classify.New(
		classify.WithBodyCode(http.StatusTooManyRequests, "insufficient_quota", classify.Terminal),
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, code := range []string{"rate_limit_exceeded", "insufficient_quota"} {
		resp := &http.Response{
			StatusCode: http.StatusTooManyRequests,
			Body:       io.NopCloser(strings.NewReader(`{"error": {"code": "` + code + `"}}`)),
		}
		v := classifier.Classify(nil, resp, nil)
		fmt.Println(code, "is", v.Class, "by", v.Reason)
	}
	// Output:
	// rate_limit_exceeded is retryable by status
	// insufficient_quota is terminal by body_code
}

func ExampleErrorFrom() {
	payments := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusPaymentRequired)
		_, _ = io.WriteString(w, `{"error": {"code": "card_declined", "message": "Your card was declined"}}`)
	}))
	defer payments.Close()

	charge := func() error {
		resp, err := http.Post(payments.URL, "application/json", strings.NewReader("{}"))
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if declined := classify.ErrorFrom(resp); declined != nil {
			return declined
		}
		return nil
	}

	err := charge()
	fmt.Println(err)
	var failed *classify.APIError
	if errors.As(err, &failed) && failed.Code == "card_declined" {
		fmt.Println("ask for another card")
	}
	// Output:
	// classify: 402 card_declined: Your card was declined
	// ask for another card
}

func ExampleCheck() {
	payments := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/charges" {
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"code": "missing", "message": "No such resource"}`)
		}
	}))
	defer payments.Close()

	get := func(path string) error {
		resp, err := http.Get(payments.URL + path)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		return classify.Check(resp)
	}
	fmt.Println(get("/charges"))
	fmt.Println(get("/charge"))
	// Output:
	// <nil>
	// classify: 404 missing: No such resource
}

// GitHub answers 403 where others answer 429, and says so in a header.
func ExampleFunc() {
	classifier := classify.Func(func(req *http.Request, resp *http.Response, err error) classify.Verdict {
		v := classify.Default().Classify(req, resp, err)
		if resp != nil && resp.StatusCode == http.StatusForbidden && resp.Header.Get("X-RateLimit-Remaining") == "0" {
			v.Class, v.Throttled = classify.Retryable, true
		}
		return v
	})
	forbidden := &http.Response{StatusCode: http.StatusForbidden, Header: http.Header{}}
	fmt.Println(classifier.Classify(nil, forbidden, nil).Class)
	forbidden.Header.Set("X-RateLimit-Remaining", "0")
	fmt.Println(classifier.Classify(nil, forbidden, nil).Class)
	// Output:
	// terminal
	// retryable
}

func ExampleAPIError() {
	resp := &http.Response{
		StatusCode: http.StatusForbidden,
		Header:     http.Header{"Content-Type": {"application/problem+json"}},
		Body: io.NopCloser(strings.NewReader(
			`{"type": "https://example.com/probs/out-of-credit", "title": "Out of credit", "detail": "Your balance is 30."}`)),
	}
	failed := classify.ErrorFrom(resp)
	fmt.Println(failed.Class)
	fmt.Println(failed.Code)
	fmt.Println(failed.Message)

	rest, err := io.ReadAll(resp.Body) // as if nobody had looked
	fmt.Println(len(rest) == len(failed.Raw), err)
	// Output:
	// terminal
	// https://example.com/probs/out-of-credit
	// Your balance is 30.
	// true <nil>
}

func ExampleRetryAfter() {
	resp := &http.Response{Header: http.Header{
		"Date":        {"Tue, 01 Sep 2026 12:00:00 GMT"},
		"Retry-After": {"Tue, 01 Sep 2026 12:01:30 GMT"},
	}}
	fmt.Println(classify.RetryAfter(resp))
	// Output: 1m30s true
}

func ExampleConfigError() {
	_, err := classify.New(classify.WithStatus(42, classify.Retryable))
	var mistake *classify.ConfigError
	if errors.As(err, &mistake) {
		fmt.Println(mistake.Option, mistake.Value)
	}
	// Output: WithStatus 42
}

// A server that has nothing left to give says when it will have more.
func ExampleRateLimitWait() {
	resp := &http.Response{StatusCode: http.StatusTooManyRequests, Header: http.Header{}}
	resp.Header.Set("RateLimit", `"default";r=0;t=30`)
	resp.Header.Set("RateLimit-Policy", `"default";q=100;w=60`)
	wait, ok := classify.RateLimitWait(resp)
	fmt.Println(wait, ok)
	// Output: 30s true
}
