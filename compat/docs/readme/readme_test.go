// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
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
	stack, _ := transport.New(nil) // without options, there is nothing to be wrong
	debugMux := http.NewServeMux()
	// docs:begin status
	page := status.Handler(stack) // status.WithControls() to force circuits
	defer page.Close()
	debugMux.Handle("/debug/surefoot", page) // see it: go run ./examples/cloudpayments -serve
	// docs:end status
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
