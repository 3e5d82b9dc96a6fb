// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package idempotency_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/surefoot-go/surefoot/idempotency"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/trip"
)

// printKey is a base that prints the keys that it gets.
var printKey = trip.Func(func(req *http.Request) (*http.Response, error) {
	for _, name := range []string{"Idempotency-Key", "Request-Token"} {
		if values := req.Header[name]; len(values) > 0 {
			fmt.Printf("%s %s: %s\n", req.Method, name, values[0])
		}
	}
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: req}, nil
})

// sendAll sends a request of each method through a layer with opts.
func sendAll(methods []string, opts ...idempotency.Option) {
	keys, err := idempotency.New(opts...)
	if err != nil {
		fmt.Println(err)
		return
	}
	client := &http.Client{Transport: keys.Wrap(printKey)}
	for _, method := range methods {
		req, err := http.NewRequest(method, "http://example.com/", strings.NewReader("{}"))
		if err != nil {
			fmt.Println(err)
			return
		}
		resp, err := client.Do(req)
		if err != nil {
			fmt.Println(err)
			return
		}
		_ = resp.Body.Close()
	}
}

// A real generator makes another key for each call; this one is for show.
func order() string { return "order-1042" }

// The second attempt of a payment carries the key of the first, so the server
// can tell that it is the same payment.
func Example() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Seen-Key", req.Header.Get("Idempotency-Key"))
	}))
	defer server.Close()

	twice := func(next http.RoundTripper) http.RoundTripper { // stands for a retry layer
		return trip.Func(func(req *http.Request) (*http.Response, error) {
			first, err := next.RoundTrip(req)
			if err != nil {
				return nil, err
			}
			_ = first.Body.Close()
			second, err := next.RoundTrip(req)
			if err == nil {
				key := first.Header.Get("Seen-Key")
				fmt.Println(len(key), key == second.Header.Get("Seen-Key"))
			}
			return second, err
		})
	}

	keys, err := idempotency.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	client := &http.Client{Transport: keys.Wrap(twice(http.DefaultTransport))}
	resp, err := client.Post(server.URL, "application/json", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = resp.Body.Close()
	// Output: 26 true
}

func ExampleWithGenerator() {
	sendAll([]string{http.MethodPost, http.MethodGet}, idempotency.WithGenerator(order))
	// Output: POST Idempotency-Key: order-1042
}

func ExampleWithFormat() {
	sendAll([]string{http.MethodPost},
		idempotency.WithFormat(idempotency.Quoted),
		idempotency.WithGenerator(order))
	// Output: POST Idempotency-Key: "order-1042"
}

func ExampleWithHeader() {
	sendAll([]string{http.MethodPost},
		idempotency.WithHeader("Request-Token"),
		idempotency.WithGenerator(order))
	// Output: POST Request-Token: order-1042
}

func ExampleWithMethods() {
	sendAll([]string{http.MethodPost, http.MethodPut},
		idempotency.WithMethods(http.MethodPut),
		idempotency.WithGenerator(order))
	// Output: PUT Idempotency-Key: order-1042
}

func ExampleWithObserver() {
	sendAll([]string{http.MethodPost},
		idempotency.WithGenerator(order),
		idempotency.WithObserver(observe.Func(func(e observe.Event) {
			fmt.Println(e.Kind, e.Method)
		})))
	// Output:
	// key_assigned POST
	// POST Idempotency-Key: order-1042
}

func ExampleNew_incorrect() {
	_, err := idempotency.New(idempotency.WithHeader("Request Token"), idempotency.WithMethods())
	fmt.Println(err)
	// Output:
	// idempotency: WithHeader: "Request Token": the name of a header must be a token
	// idempotency: WithMethods: []: at least one method is needed
}

// A caller who has a key keeps it, and one who wants none says so.
func ExampleKeys_Wrap() {
	keys, err := idempotency.New(idempotency.WithGenerator(order))
	if err != nil {
		fmt.Println(err)
		return
	}
	client := keys.Wrap(printKey)
	for _, header := range []http.Header{{"Idempotency-Key": {"mine"}}, {"Idempotency-Key": {}}} {
		req := httptest.NewRequest(http.MethodPost, "http://example.com/", http.NoBody)
		req.Header = header
		resp, err := client.RoundTrip(req)
		if err != nil {
			fmt.Println(err)
			return
		}
		_ = resp.Body.Close()
	}
	// Output: POST Idempotency-Key: mine
}
