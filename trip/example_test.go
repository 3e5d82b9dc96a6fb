// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package trip_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/surefoot-go/surefoot/trip"
)

// say is middleware that says when a request passes.
func say(name string) trip.Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		return trip.Func(func(req *http.Request) (*http.Response, error) {
			fmt.Println(name)
			return next.RoundTrip(req)
		})
	}
}

// hello is a base that needs no network.
func hello(req *http.Request) (*http.Response, error) {
	trip.CloseBody(req) // a base closes it, as every layer that does not send does
	fmt.Println(req.Method, req.URL)
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("hello")), Request: req}, nil
}

// A stack of two layers on a base of one function.
func Example() {
	client := &http.Client{Transport: trip.Chain(say("outer"), say("inner"))(trip.Func(hello))}
	resp, err := client.Get("http://example.com/")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	// Output:
	// outer
	// inner
	// GET http://example.com/
}

// Nil middleware is skipped, so a layer can depend on a setting in place.
func ExampleChain() {
	var debug trip.Middleware // not set
	chain := trip.Chain(debug, say("first"), say("second"))
	resp, err := chain(trip.Func(hello)).RoundTrip(httptest.NewRequest(http.MethodGet, "http://example.com/", http.NoBody))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	// Output:
	// first
	// second
	// GET http://example.com/
}

func ExampleFunc() {
	var rt http.RoundTripper = trip.Func(hello)
	resp, err := rt.RoundTrip(httptest.NewRequest(http.MethodGet, "http://example.com/", http.NoBody))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	fmt.Println(resp.StatusCode)
	// Output:
	// GET http://example.com/
	// 200
}

func ExampleMiddleware() {
	// Any function of the plain type is a Middleware, whoever wrote it.
	plain := func(next http.RoundTripper) http.RoundTripper { return next }
	layers := []trip.Middleware{plain}
	fmt.Println(layers[0](http.DefaultTransport) == http.DefaultTransport)
	// Output: true
}

func ExampleOrDefault() {
	fmt.Println(trip.OrDefault(nil) == http.DefaultTransport)
	// Output: true
}

// signing is a layer that tells what is beneath it and passes on the closing
// of idle connections.
type signing struct{ next http.RoundTripper }

func (s signing) RoundTrip(req *http.Request) (*http.Response, error) { return s.next.RoundTrip(req) }
func (s signing) Unwrap() http.RoundTripper                           { return s.next }
func (s signing) CloseIdleConnections()                               { trip.CloseIdle(s.next) }

func ExampleUnwrap() {
	base := &http.Transport{}
	fmt.Println(trip.Unwrap(signing{base}) == base, trip.Unwrap(base))
	// Output: true <nil>
}

func ExampleWalk() {
	trip.Walk(signing{signing{&http.Transport{}}}, func(rt http.RoundTripper) bool {
		fmt.Printf("%T\n", rt)
		return true
	})
	// Output:
	// trip_test.signing
	// trip_test.signing
	// *http.Transport
}

func ExampleBase() {
	base := &http.Transport{}
	fmt.Println(trip.Base(signing{signing{base}}) == base)
	// Output: true
}

func ExampleCloseIdle() {
	client := &http.Client{Transport: signing{&http.Transport{}}}
	client.CloseIdleConnections() // reaches the transport by way of signing
	fmt.Println("closed")
	// Output: closed
}

// Every constructor reports its mistakes by this type, whatever its package.
func ExampleConfigError() {
	mistakes := errors.Join(
		&trip.ConfigError{Package: "retry", Option: "WithMaxAttempts", Value: 0, Reason: "at least 1 is needed"},
		&trip.ConfigError{Package: "timeout", Option: "New", Value: time.Duration(0), Reason: "the limit must be over 0"},
	)
	fmt.Println(mistakes)
	// Output:
	// retry: WithMaxAttempts: 0: at least 1 is needed
	// timeout: New: 0s: the limit must be over 0
}

// A layer that refuses to send still has to close the request's body.
func ExampleCloseBody() {
	refuse := trip.Func(func(req *http.Request) (*http.Response, error) {
		trip.CloseBody(req)
		return nil, fmt.Errorf("refused %s %s", req.Method, req.URL.Path)
	})
	_, err := refuse.RoundTrip(httptest.NewRequest(http.MethodPost, "http://example.com/pay", strings.NewReader("{}")))
	fmt.Println(err)
	// Output: refused POST /pay
}

func ExampleWatchBody() {
	for _, read := range []bool{true, false} {
		resp := &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("hello"))}
		trip.WatchBody(resp, func(err error) { fmt.Println("end:", err) })
		if read {
			_, _ = io.ReadAll(resp.Body)
		}
		_ = resp.Body.Close()
	}
	// Output:
	// end: <nil>
	// end: trip: body closed before its end
}
