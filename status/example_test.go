// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package status_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/surefoot-go/surefoot/status"
	"github.com/surefoot-go/surefoot/transport"
)

// The page goes on the debug server of a program.
func Example() {
	stack, err := transport.New(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	page := status.Handler(stack)
	defer page.Close()

	debug := http.NewServeMux()
	debug.Handle("/debug/surefoot", page)

	rec := httptest.NewRecorder()
	debug.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/debug/surefoot", http.NoBody))
	fmt.Println(rec.Code, rec.Header().Get("Content-Type"))
	fmt.Println(strings.Contains(rec.Body.String(), "retry (4 attempts) → breaker → *http.Transport"))
	// Output:
	// 200 text/html; charset=utf-8
	// true
}

// A program reads the report.
func ExampleReport() {
	stack, err := transport.New(&network{codes: map[string]int{"b.test": http.StatusNotFound}})
	if err != nil {
		fmt.Println(err)
		return
	}
	page := status.Handler(stack, status.WithName("shop"))
	defer page.Close()
	client := &http.Client{Transport: stack}
	for _, host := range []string{"a.test", "b.test", "a.test"} {
		if resp, err := client.Get("https://" + host + "/"); err == nil {
			_ = resp.Body.Close()
		}
	}

	rec := httptest.NewRecorder()
	page.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/?format=json", http.NoBody))
	var r status.Report
	if err := json.Unmarshal(rec.Body.Bytes(), &r); err != nil {
		fmt.Println(err)
		return
	}
	for _, k := range r.Keys {
		fmt.Println(r.Name, k.Key, k.Circuit.State, k.Recent.Succeeded, k.Trouble)
	}
	// Output:
	// shop https://a.test closed 2 false
	// shop https://b.test closed 1 false
}

// With controls, an operator takes a host away, by a button or a program.
func ExampleWithControls() {
	stack, err := transport.New(&network{})
	if err != nil {
		fmt.Println(err)
		return
	}
	page := status.Handler(stack, status.WithControls())
	defer page.Close()
	client := &http.Client{Transport: stack}
	resp, err := client.Get("https://a.test/")
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = resp.Body.Close()

	server := httptest.NewServer(page)
	defer server.Close()
	resp, err = server.Client().PostForm(server.URL+"?format=json", url.Values{"key": {"https://a.test"}, "action": {"force-open"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = resp.Body.Close()
	fmt.Println(resp.StatusCode, stack.Snapshot().Keys[0].Circuit.State)

	if _, err = client.Get("https://a.test/"); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 200 open
	// Get "https://a.test/": breaker: circuit of https://a.test is open, try again in 1s
}
