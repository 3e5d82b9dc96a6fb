// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/surefoot-go/surefoot/status"
	"github.com/surefoot-go/surefoot/transport"
	"github.com/surefoot-go/surefoot/triptest"
)

// The program of the README prints what it says.
func Example() {
	main()
	// Output: retry (4 attempts) → breaker → *http.Transport
}

func Example_status() {
	debugMux := http.NewServeMux()
	// docs:begin status
	stack, err := transport.New(nil) // or client.Transport.(*transport.Transport)
	if err != nil {
		log.Fatal(err)
	}
	client := &http.Client{Transport: stack}
	page := status.Handler(stack) // status.WithControls() to force circuits
	defer page.Close()
	debugMux.Handle("/debug/surefoot", page) // see it: go run ./examples/cloudpayments -serve
	// docs:end status
	_ = client
	w := httptest.NewRecorder()
	debugMux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/debug/surefoot", nil))
	fmt.Println(w.Code, strings.Contains(w.Body.String(), "<html"))
	// Output: 200 true
}

func TestConformance(t *testing.T) {
	t.Parallel()
	mine := func(next http.RoundTripper) http.RoundTripper { return next }
	// docs:begin triptest
	triptest.Run(t, func(next http.RoundTripper) http.RoundTripper { return mine(next) })
	// docs:end triptest
}
