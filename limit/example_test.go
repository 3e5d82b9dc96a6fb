// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package limit_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/trip"
)

// must is for examples, whose options are right.
func must(l *limit.Limiter, err error) *limit.Limiter {
	if err != nil {
		panic(err)
	}
	return l
}

// tell sends a call, and tells how it went.
func tell(rt http.RoundTripper, ctx context.Context) { //nolint:revive // the layer is what it is about
	code, err := send(rt, ctx)
	var e *limit.Error
	switch {
	case errors.As(err, &e):
		fmt.Println("rejected:", e.Reason)
	case err != nil:
		fmt.Println(err)
	default:
		fmt.Println(code)
	}
}

// busy returns a layer whose only place is taken, and a function to free it.
func busy(l *limit.Limiter) (rt http.RoundTripper, free func()) {
	resp, err := l.Wrap(trip.Func(goodBody)).RoundTrip(get(context.Background(), url))
	if err != nil {
		panic(err)
	}
	return l.Wrap(status(200)), func() { _ = resp.Body.Close() }
}

// A server asks one call to wait, and all others respect it.
func Example() {
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests++
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(http.StatusTooManyRequests)
	}))
	defer server.Close()

	l, err := limit.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	client := &http.Client{Transport: l.Wrap(http.DefaultTransport)}

	for range 100 {
		resp, err := client.Get(server.URL)
		if err != nil {
			continue
		}
		_ = resp.Body.Close()
	}
	_, err = client.Get(server.URL)
	var e *limit.Error
	fmt.Println(errors.Is(err, limit.ErrLimited), errors.As(err, &e), e.Reason, e.RetryAfter <= 30*time.Second)
	fmt.Println(requests, "request was sent")
	// Output:
	// true true cool_down true
	// 1 request was sent
}

// All mistakes in the options come at once.
func ExampleNew() {
	_, err := limit.New(limit.WithMaxInFlight(0), limit.WithMaxWait(-time.Second))
	fmt.Println(err)
	// Output:
	// limit: WithMaxInFlight: 0: must be from 1 to 1000000
	// limit: WithMaxWait: -1s: must be from 0s to 1h0m0s
}

// Whatever one Limiter wraps shares its limits.
func ExampleLimiter_Wrap() {
	l := must(limit.New(limit.WithMaxInFlight(1), limit.WithMaxWait(0)))
	orders := l.Wrap(trip.Func(goodBody))
	refunds := l.Wrap(status(200))

	resp, err := orders.RoundTrip(get(context.Background(), url))
	if err != nil {
		fmt.Println(err)
		return
	}
	tell(refunds, context.Background())
	_ = resp.Body.Close()
	tell(refunds, context.Background())
	// Output:
	// rejected: limit
	// 200
}

// A Limiter that is made for each request has seen no other request, and limits
// nothing. Make one, and keep it for as long as the client.
func ExampleLimiter_Wrap_incorrect() {
	for range 3 {
		l := must(limit.New()) // wrong
		tell(l.Wrap(status(429, "Retry-After", "30")), context.Background())
	}
	// Output:
	// 429
	// 429
	// 429
}

func ExampleLimiter_Snapshot() {
	l := must(limit.New(limit.WithMaxInFlight(1), limit.WithMaxWait(0)))
	rt, free := busy(l)
	tell(rt, context.Background())
	for _, k := range l.Snapshot() {
		fmt.Println(k.Key, k.InFlight, "of", k.Limit, "in flight,", k.RejectedLimit, "rejected")
	}
	free()
	// Output:
	// rejected: limit
	// https://api.example.com 1 of 1 in flight, 1 rejected
}

// A caller that can do without the answer branches on the rejection.
func ExampleError() {
	l := must(limit.New())
	tell(l.Wrap(status(429, "Retry-After", "30")), context.Background())
	_, err := send(l.Wrap(nil), context.Background())
	var e *limit.Error
	if errors.As(err, &e) {
		fmt.Println(e.Key, "is left alone for about", e.RetryAfter.Round(time.Second))
	}
	// Output:
	// 429
	// https://api.example.com is left alone for about 30s
}

// One place is all there is, and the response whose body is not read yet has
// it.
func ExampleWithMaxInFlight() {
	l := must(limit.New(limit.WithMaxInFlight(1), limit.WithMaxWait(0)))
	rt, free := busy(l)
	tell(rt, context.Background())
	free()
	tell(rt, context.Background())
	// Output:
	// rejected: limit
	// 200
}

// However bad it gets, five attempts at a time find out when it is better.
func ExampleWithAdaptive() {
	l := must(limit.New(limit.WithAdaptive(5, 100)))
	tell(l.Wrap(status(200)), context.Background())
	// Output: 200
}

// The limit is fixed, and nothing else.
func ExampleWithoutAdaptive() {
	l := must(limit.New(limit.WithoutAdaptive(), limit.WithoutCoolDown(), limit.WithMaxInFlight(100)))
	tell(l.Wrap(status(200)), context.Background())
	fmt.Println(l.Snapshot()[0].Limit)
	// Output:
	// 200
	// 100
}

// Ten milliseconds are worth waiting for.
func ExampleWithMaxWait() {
	l := must(limit.New(limit.WithMaxInFlight(1), limit.WithMaxWait(time.Minute)))
	rt, free := busy(l)
	time.AfterFunc(10*time.Millisecond, free)
	tell(rt, context.Background())
	// Output: 200
}

// Nobody waits, which is the same as a wait of zero.
func ExampleWithMaxWaiting() {
	l := must(limit.New(limit.WithMaxInFlight(1), limit.WithMaxWaiting(0)))
	rt, free := busy(l)
	tell(rt, context.Background())
	free()
	// Output: rejected: limit
}

// Of three calls that wait, the critical one goes first.
func ExampleWithPriority() {
	l := must(limit.New(limit.WithMaxInFlight(1), limit.WithMaxWait(time.Minute)))
	_, free := busy(l)
	rt := l.Wrap(trip.Func(func(req *http.Request) (*http.Response, error) {
		fmt.Println(req.Header.Get("X-Name"))
		return status(200)(req)
	}))
	done := make(chan struct{})
	for i, p := range []limit.Priority{limit.Background, limit.Critical, limit.Normal} {
		go func() {
			req := get(limit.WithPriority(context.Background(), p), url)
			req.Header.Set("X-Name", p.String())
			_, _ = rt.RoundTrip(req)
			done <- struct{}{}
		}()
		for l.Snapshot()[0].Waiting <= i {
			pass(time.Millisecond)
		}
	}
	free()
	for range 3 {
		<-done
	}
	// Output:
	// critical
	// normal
	// background
}

// The server's Retry-After concerns the call that got it, and no other.
func ExampleWithoutCoolDown() {
	l := must(limit.New(limit.WithoutCoolDown()))
	tell(l.Wrap(status(429, "Retry-After", "30")), context.Background())
	tell(l.Wrap(status(200)), context.Background())
	// Output:
	// 429
	// 200
}

// A crawler calls many hosts; the limits of a few are enough.
func ExampleWithMaxKeys() {
	l := must(limit.New(limit.WithMaxKeys(100), limit.WithMaxInFlight(10)))
	rt := l.Wrap(status(200))
	for i := range 5000 {
		_, _ = rt.RoundTrip(get(context.Background(), fmt.Sprintf("https://%d.example.com", i)))
	}
	fmt.Println(len(l.Snapshot()), "keys")
	// Output: 100 keys
}

// A server that limits each token by itself.
func ExampleWithKey() {
	l := must(limit.New(limit.WithKey(func(req *http.Request) string { return req.Header.Get("X-Tenant") })))
	call := func(base http.RoundTripper, tenant string) {
		req := get(context.Background(), url)
		req.Header.Set("X-Tenant", tenant)
		_, err := l.Wrap(base).RoundTrip(req)
		fmt.Println(tenant, errors.Is(err, limit.ErrLimited))
	}
	call(status(429, "Retry-After", "30"), "red")
	call(status(200), "red")
	call(status(200), "blue")
	// Output:
	// red false
	// red true
	// blue false
}

// secondary takes a 403 with a Retry-After for what GitHub means by it.
type secondary struct{ classify.Classifier }

func (s secondary) Classify(req *http.Request, resp *http.Response, err error) classify.Verdict {
	v := s.Classifier.Classify(req, resp, err)
	if resp != nil && resp.StatusCode == http.StatusForbidden {
		if wait, asked := classify.RetryAfter(resp); asked {
			v.Class, v.Throttled, v.RetryAfter = classify.Retryable, true, wait
		}
	}
	return v
}

// This server throttles by 403.
func ExampleWithClassifier() {
	l := must(limit.New(limit.WithClassifier(secondary{classify.Default()})))
	tell(l.Wrap(status(403, "Retry-After", "60")), context.Background())
	tell(l.Wrap(status(200)), context.Background())
	// Output:
	// 403
	// rejected: cool_down
}

func ExampleWithObserver() {
	l := must(limit.New(limit.WithObserver(observe.Func(func(e observe.Event) {
		fmt.Println(e.Kind, e.Key, e.Reason, e.Wait.Round(time.Second))
	}))))
	_, _ = send(l.Wrap(status(429, "Retry-After", "30")), context.Background())
	_, _ = send(l.Wrap(status(200)), context.Background())
	// Output:
	// cool_down_started https://api.example.com  30s
	// rejected https://api.example.com cool_down 30s
}
