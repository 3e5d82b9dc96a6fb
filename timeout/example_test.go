// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package timeout_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/surefoot-go/surefoot/timeout"
	"github.com/surefoot-go/surefoot/trip"
)

// A server that is stuck is given up at the limit; one that has begun to
// answer may take its time over the body.
func Example() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path == "/stuck" {
			<-req.Context().Done()
			return
		}
		_, _ = io.WriteString(w, "hello")
	}))
	defer server.Close()

	limit, err := timeout.New(200 * time.Millisecond)
	if err != nil {
		fmt.Println(err)
		return
	}
	client := &http.Client{Transport: limit.Wrap(http.DefaultTransport)}

	for _, path := range []string{"/", "/stuck"} {
		resp, err := client.Get(server.URL + path)
		if err != nil {
			var expired *timeout.Error
			fmt.Println(errors.As(err, &expired), expired, errors.Is(err, context.DeadlineExceeded))
			continue
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		fmt.Println(resp.StatusCode, string(body))
	}
	// Output:
	// 200 hello
	// true timeout: no response headers within 200ms true
}

// stuckBase never answers.
func stuckBase(req *http.Request) (*http.Response, error) {
	<-req.Context().Done()
	return nil, context.Cause(req.Context())
}

// Outside of a retry layer the limit is for the whole call, which the error
// says.
func ExampleWithTotal() {
	total, err := timeout.New(50*time.Millisecond, timeout.WithTotal())
	if err != nil {
		fmt.Println(err)
		return
	}
	req := httptest.NewRequest(http.MethodGet, "http://example.com/", http.NoBody)
	_, err = total.Wrap(trip.Func(stuckBase)).RoundTrip(req)
	fmt.Println(err)
	// Output: timeout: no response headers within 50ms, all attempts together
}

func ExampleNew_incorrect() {
	_, err := timeout.New(0)
	fmt.Println(err)
	// Output: timeout: New: 0s: the limit must be over 0
}

func ExampleTimeout_Limit() {
	limit, err := timeout.New(2 * time.Second)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(limit.Limit())
	// Output: 2s
}

// The layers below find the limit in the request's context.
func ExampleTimeout_Wrap() {
	limit, err := timeout.New(time.Minute)
	if err != nil {
		fmt.Println(err)
		return
	}
	client := limit.Wrap(trip.Func(func(req *http.Request) (*http.Response, error) {
		deadline, ok := req.Context().Deadline()
		fmt.Println(ok, time.Until(deadline).Round(time.Minute))
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: req}, nil
	}))
	req := httptest.NewRequest(http.MethodGet, "http://example.com/", http.NoBody)
	resp, err := client.RoundTrip(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	fmt.Println(resp.StatusCode, resp.Request == req)
	// Output:
	// true 1m0s
	// 200 true
}
