// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package breaker_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/observe"
)

// A host that is down is left alone, and the rejection tells for how long.
func Example() {
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests++
		w.WriteHeader(http.StatusBadGateway)
	}))
	defer server.Close()

	b, err := breaker.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	client := &http.Client{Transport: b.Wrap(http.DefaultTransport)}

	for range 100 {
		resp, err := client.Get(server.URL)
		if err != nil {
			continue
		}
		_ = resp.Body.Close()
	}
	_, err = client.Get(server.URL)
	var open *breaker.OpenError
	fmt.Println(errors.Is(err, breaker.ErrOpen), errors.As(err, &open), open.State, open.RetryAfter <= time.Second)
	fmt.Println(requests, "requests were sent")
	// Output:
	// true true open true
	// 20 requests were sent
}

// outage makes a layer around a host that is down, calls it n times, and tells
// how the calls went.
func outage(b *breaker.Breaker, n int) {
	rt := b.Wrap(status(http.StatusBadGateway))
	sent, rejected := 0, 0
	for range n {
		if _, err := send(rt, "https://api.example.com"); errors.Is(err, breaker.ErrOpen) {
			rejected++
		} else {
			sent++
		}
	}
	fmt.Println(sent, "sent,", rejected, "rejected")
}

// must is for examples, whose options are right.
func must(b *breaker.Breaker, err error) *breaker.Breaker {
	if err != nil {
		panic(err)
	}
	return b
}

// All mistakes in the options come at once.
func ExampleNew() {
	_, err := breaker.New(breaker.WithFailureRatio(80), breaker.WithProbes(0))
	fmt.Println(err)
	var mistake *breaker.ConfigError
	fmt.Println(errors.As(err, &mistake), mistake.Option, mistake.Value)
	// Output:
	// breaker: WithFailureRatio: 80: must be over 0 and at most 1
	// breaker: WithProbes: 0: must be from 1 to 1000
	// true WithFailureRatio 80
}

// Whatever one Breaker wraps shares its circuits.
func ExampleBreaker_Wrap() {
	b := must(breaker.New(breaker.WithMinRequests(1)))
	orders := &http.Client{Transport: b.Wrap(status(http.StatusBadGateway))}
	refunds := &http.Client{Transport: b.Wrap(status(http.StatusOK))}

	_, _ = orders.Get("https://api.example.com/orders")
	_, err := refunds.Get("https://api.example.com/refunds")
	fmt.Println(errors.Is(err, breaker.ErrOpen))
	// Output: true
}

// A Breaker that is made for each request has seen no other request, and never
// opens. Make one, and keep it for as long as the client.
func ExampleBreaker_Wrap_incorrect() {
	sent := 0
	for range 1000 {
		b := must(breaker.New()) // wrong
		if _, err := send(b.Wrap(status(http.StatusBadGateway)), "https://api.example.com"); err == nil {
			sent++
		}
	}
	fmt.Println(sent, "requests were sent to a host that is down")
	// Output: 1000 requests were sent to a host that is down
}

func ExampleBreaker_State() {
	b := must(breaker.New())
	outage(b, 20)
	fmt.Println(b.State("https://api.example.com"))
	fmt.Println(b.State("https://other.example.com"))
	// Output:
	// 20 sent, 0 rejected
	// open
	// closed
}

func ExampleBreaker_Snapshot() {
	b := must(breaker.New())
	outage(b, 50)
	for _, c := range b.Snapshot() {
		fmt.Println(c.Key, c.State, c.Failures, "failures,", c.Rejected, "rejected")
	}
	// Output:
	// 20 sent, 30 rejected
	// https://api.example.com open 20 failures, 30 rejected
}

// A caller that can do without the answer branches on the rejection.
func ExampleOpenError() {
	b := must(breaker.New(breaker.WithOpenFor(30*time.Second, 30*time.Second)))
	outage(b, 20)
	_, err := send(b.Wrap(nil), "https://api.example.com")
	var open *breaker.OpenError
	if errors.As(err, &open) {
		fmt.Println(open.Key, "is", open.State, "for about", open.RetryAfter.Round(time.Second))
	}
	// Output:
	// 20 sent, 0 rejected
	// https://api.example.com is open for about 30s
}

// Half of the calls fail, which is too much for this breaker and not for the
// default.
func ExampleWithFailureRatio() {
	for _, ratio := range []float64{0.5, breaker.DefaultFailureRatio} {
		b := must(breaker.New(breaker.WithFailureRatio(ratio)))
		good, bad := b.Wrap(status(http.StatusOK)), b.Wrap(status(http.StatusBadGateway))
		for range 50 {
			_, _ = send(good, "https://api.example.com")
			_, _ = send(bad, "https://api.example.com")
		}
		fmt.Println(b.State("https://api.example.com"))
	}
	// Output:
	// open
	// closed
}

func ExampleWithMinRequests() {
	outage(must(breaker.New(breaker.WithMinRequests(5))), 100)
	// Output: 5 sent, 95 rejected
}

// A window that is short forgets soon.
func ExampleWithWindow() {
	b := must(breaker.New(breaker.WithWindow(50*time.Millisecond), breaker.WithMinRequests(10)))
	outage(b, 9)
	_, _ = send(b.Wrap(status(http.StatusOK)), "https://api.example.com")
	pass(100 * time.Millisecond)
	outage(b, 9)
	// Output:
	// 9 sent, 0 rejected
	// 9 sent, 0 rejected
}

// The open time doubles with each probe that fails, from a second to a minute,
// and up to a tenth is added at random.
func ExampleWithOpenFor() {
	b := must(breaker.New(breaker.WithOpenFor(time.Second, time.Minute)))
	outage(b, 20)
	_, err := send(b.Wrap(nil), "https://api.example.com")
	var open *breaker.OpenError
	fmt.Println(errors.As(err, &open), open.RetryAfter > 900*time.Millisecond, open.RetryAfter <= 1100*time.Millisecond)
	// Output:
	// 20 sent, 0 rejected
	// true true true
}

// The host is back, and five calls find that out.
func ExampleWithProbes() {
	b := must(breaker.New(breaker.WithProbes(5), breaker.WithOpenFor(time.Millisecond, time.Millisecond)))
	outage(b, 20)
	pass(2 * time.Millisecond)
	back := b.Wrap(status(http.StatusOK))
	for range 5 {
		_, _ = send(back, "https://api.example.com")
		fmt.Println(b.State("https://api.example.com"))
	}
	// Output:
	// 20 sent, 0 rejected
	// half-open
	// half-open
	// half-open
	// half-open
	// closed
}

// A right answer that comes too late is of no use.
func ExampleWithSlowCall() {
	b := must(breaker.New(breaker.WithSlowCall(10*time.Millisecond), breaker.WithMinRequests(3)))
	slow := b.Wrap(after(20*time.Millisecond, status(http.StatusOK)))
	for range 3 {
		_, _ = send(slow, "https://api.example.com")
	}
	fmt.Println(b.State("https://api.example.com"))
	// Output: open
}

// A crawler calls many hosts; the circuits of a few are enough.
func ExampleWithMaxKeys() {
	b := must(breaker.New(breaker.WithMaxKeys(100)))
	rt := b.Wrap(status(http.StatusOK))
	for i := range 5000 {
		_, _ = send(rt, fmt.Sprintf("https://%d.example.com", i))
	}
	fmt.Println(len(b.Snapshot()), "circuits")
	// Output: 100 circuits
}

// One host serves several tenants, of which one can be down alone.
func ExampleWithKey() {
	b := must(breaker.New(breaker.WithMinRequests(1), breaker.WithKey(func(req *http.Request) string {
		return req.Header.Get("X-Tenant")
	})))
	call := func(rt http.RoundTripper, tenant string) {
		req := get(context.Background(), "https://api.example.com")
		req.Header.Set("X-Tenant", tenant)
		_, _ = rt.RoundTrip(req)
	}
	call(b.Wrap(status(http.StatusBadGateway)), "red")
	call(b.Wrap(status(http.StatusOK)), "blue")
	fmt.Println(b.State("red"), b.State("blue"))
	// Output: open closed
}

// This server answers 404 when it has lost its database.
func ExampleWithClassifier() {
	custom, err := classify.New(classify.WithStatus(http.StatusNotFound, classify.Retryable))
	if err != nil {
		fmt.Println(err)
		return
	}
	b := must(breaker.New(breaker.WithClassifier(custom)))
	rt := b.Wrap(status(http.StatusNotFound))
	for range 20 {
		_, _ = send(rt, "https://api.example.com")
	}
	fmt.Println(b.State("https://api.example.com"))
	// Output: open
}

func ExampleWithObserver() {
	b := must(breaker.New(breaker.WithObserver(observe.Func(func(e observe.Event) {
		fmt.Println(e.Kind, e.Key, e.Wait.Round(time.Second))
	}))))
	outage(b, 21)
	// Output:
	// circuit_opened https://api.example.com 1s
	// rejected https://api.example.com 1s
	// 20 sent, 1 rejected
}

func ExampleBreaker_ForceOpen() {
	b, err := breaker.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	client := &http.Client{Transport: b.Wrap(status(http.StatusOK))} // in place of a network
	ask := func() {
		resp, err := client.Get("https://api.example.com/")
		if err != nil {
			fmt.Println("rejected:", errors.Is(err, breaker.ErrOpen))
			return
		}
		_ = resp.Body.Close()
		fmt.Println(resp.StatusCode)
	}
	ask()
	b.ForceOpen("https://api.example.com") // before its maintenance
	ask()
	b.Reset("https://api.example.com") // after it
	ask()
	// Output:
	// 200
	// rejected: true
	// 200
}
