// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package triptest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/trip"
	"github.com/surefoot-go/surefoot/triptest"
)

// A plain wrapper needs no options.
func ExampleRun() {
	_ = func(t *testing.T) { // func TestConformance(t *testing.T)
		triptest.Run(t, logging(func(string) {}))
	}
	// Output:
}

// A wrapper that does more has to say so, and what it breaks on purpose.
func ExampleRun_options() {
	_ = func(t *testing.T) { // func TestConformance(t *testing.T)
		triptest.Run(t, trip.Chain(keying, retrying(4), breaking, timing(time.Second)),
			triptest.Retries(4),
			triptest.RetriesMethods(http.MethodGet, http.MethodHead),
			triptest.RetriesKeyed(),
			triptest.Circuit(errOpen),
			triptest.CircuitPerHost(),
			triptest.TimesOut(time.Second),
			triptest.AddsKeys("Idempotency-Key"),
			triptest.MayChangeRequest("Traceparent"),
			triptest.MayChangeResponse("X-Attempts"),
			triptest.Composes(func(inner trip.Middleware) trip.Middleware { return trip.Chain(keying, inner) }),
			triptest.Skip("retry-after/date", "the servers that we talk to send seconds"),
			triptest.Limit(time.Minute),
		)
	}
	// Output:
}

// Wrappers that keep bodies, or send requests twice to be quick.
func ExampleRun_buffers() {
	_ = func(t *testing.T) { // func TestConformance(t *testing.T)
		triptest.Run(t, retrying(4), triptest.Retries(4), triptest.Buffers())
		triptest.Run(t, hedging, triptest.Hedges(), triptest.RealClock())
	}
	// Output:
}

// Check returns what Run would report. Without a test it takes real time.
func ExampleCheck() {
	careless := func(next http.RoundTripper) http.RoundTripper {
		return trip.Func(func(req *http.Request) (*http.Response, error) {
			req.Header.Set("Authorization", "Bearer secret") // the caller's header
			return next.RoundTrip(req)
		})
	}
	results, err := triptest.Check(nil, careless,
		triptest.MayChangeRequest("Authorization"),
		triptest.Only("request/untouched", "request/host", "retry/waits"))
	if err != nil {
		fmt.Println(err)
	}
	for _, r := range results {
		detail, _, _ := strings.Cut(r.Detail, "\n")
		fmt.Printf("%s: %s (%s)\n", r.Clause.Name, r.Status, detail)
	}
	// Output:
	// request/untouched: fail (POST answered with 200: Request.Header["Authorization"]: got ["Bearer secret"], want nothing)
	// request/host: pass ()
	// retry/waits: not applicable (for wrappers declared with Retries)
}

// Names, sources and sentences, for a page of documentation.
func ExampleClauses() {
	for _, cl := range triptest.Clauses() {
		if cl.Name == "response/body-not-cut" {
			fmt.Println(cl.Doc)
		}
	}
	// Output:
	// A body can be read for as long as the caller's context lives, however slow it is.
}

// A script stands for everything that a network can do.
func ExampleScript() {
	base := triptest.NewScript(
		triptest.Respond(503).Header("Retry-After", "0").Body("busy"),
		triptest.Fail(errors.New("connection reset")),
		triptest.Respond(200).Body("done").Trailer("X-Sum", "4"),
	)
	client := &http.Client{Transport: retrying(4)(base)}

	req, _ := http.NewRequestWithContext(context.Background(), http.MethodPut, "http://api.test/a", strings.NewReader("content"))
	resp, err := client.Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()

	fmt.Printf("%d %s, trailer %s\n", resp.StatusCode, body, resp.Trailer.Get("X-Sum"))
	for i, a := range base.Attempts() {
		fmt.Printf("attempt %d: %s %s, %d, %v\n", i+1, a.Method, a.Body, a.Status, a.Err)
	}
	fmt.Println("bodies left open:", len(base.Ledger().Leaks()))
	// Output:
	// 200 done, trailer 4
	// attempt 1: PUT content, 503, <nil>
	// attempt 2: PUT content, 0, connection reset
	// attempt 3: PUT content, 200, <nil>
	// bodies left open: 0
}

// A script can decide by the request.
func ExampleScriptFunc() {
	base := triptest.ScriptFunc(func(attempt int, req *http.Request) triptest.Reply {
		if req.URL.Host == "down.test" {
			return triptest.Fail(errors.New("connection refused"))
		}
		return triptest.Respond(200).Body(fmt.Sprintf("attempt %d", attempt))
	})
	req, _ := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://up.test/", nil)
	resp, err := base.RoundTrip(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	fmt.Println(string(body))
	// Output:
	// attempt 1
}

// A recorder shows what a layer makes of a request.
func ExampleRecorder() {
	var recorder triptest.Recorder
	base := triptest.NewScript(triptest.Respond(201))
	client := &http.Client{Transport: keying(recorder.Wrap(base))}

	resp, err := client.Post("http://api.test/payments", "application/json", strings.NewReader(`{"amount":1}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	resp.Body.Close()

	a := recorder.Attempts()[0]
	fmt.Println(a.Method, a.URL, string(a.Body), a.Status)
	fmt.Println("has a key:", a.Header.Get("Idempotency-Key") != "")
	// Output:
	// POST http://api.test/payments {"amount":1} 201
	// has a key: true
}

// A ledger tells what was not closed, and who opened it. In a test, use
// ledger.Check(t).
func ExampleLedger() {
	var ledger triptest.Ledger
	base := ledger.Wrap(triptest.NewScript(triptest.Respond(200).Body("content")))

	req, _ := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://api.test/", nil)
	resp, err := base.RoundTrip(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, leak := range ledger.Leaks() {
		fmt.Println("open:", leak.What)
	}
	resp.Body.Close()
	fmt.Println("opened", ledger.Opened(), "open", len(ledger.Leaks()))
	// Output:
	// open: response 200 of http://api.test/
	// opened 1 open 0
}

// Watch finds goroutines that go on.
func ExampleLedger_Watch() {
	var ledger triptest.Ledger
	done := make(chan struct{})
	ledger.Watch(func() {
		go func() { <-done }()
	})
	fmt.Println("running:", len(ledger.Leaks()))
	close(done)
	for len(ledger.Leaks()) > 0 {
		time.Sleep(time.Millisecond)
	}
	fmt.Println("running:", len(ledger.Leaks()))
	// Output:
	// running: 1
	// running: 0
}

// A server can break its connections in any way that a network does.
func ExampleNewConnServer() {
	server := triptest.NewConnServer(func(n int, conn *triptest.Conn) {
		if _, err := conn.ReadRequest(); err != nil {
			return
		}
		if n == 1 {
			conn.Reset()
			return
		}
		_, _ = conn.WriteString("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone")
	})
	defer server.Close()
	client := &http.Client{Transport: retrying(4)(server.Transport())}

	resp, err := client.Get(server.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	opened, _ := server.Conns()
	fmt.Println(string(body), "on connection", opened)
	// Output:
	// done on connection 2
}

// A frame server refuses a stream, which a transport may send again.
func ExampleNewFrameServer() {
	requests := 0
	server := triptest.NewFrameServer(func(_ int, conn *triptest.FrameConn) {
		for {
			request, err := conn.ReadRequest()
			if err != nil {
				return
			}
			if requests++; requests == 1 {
				_ = conn.ResetStream(request.Stream, triptest.CodeRefusedStream)
			} else {
				_ = conn.Respond(request.Stream, 200, "done")
			}
		}
	})
	defer server.Close()

	resp, err := (&http.Client{Transport: server.Transport()}).Get(server.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	fmt.Println(resp.Proto, string(body))
	// Output:
	// HTTP/2.0 done
}
