// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package transport_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/hedge"
	"github.com/surefoot-go/surefoot/idempotency"
	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
	"github.com/surefoot-go/surefoot/trip"
)

// answers returns a base that gives the statuses one after the other, and the
// last one from then on.
func answers(statuses ...int) http.RoundTripper {
	return trip.Func(func(req *http.Request) (*http.Response, error) {
		trip.CloseBody(req)
		status := statuses[0]
		if len(statuses) > 1 {
			statuses = statuses[1:]
		}
		fmt.Println("sent", req.Method, status)
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
	})
}

// atOnce takes the waits out of the examples.
var atOnce = transport.WithRetry(retry.WithBackoff(1, 1))

// call makes one call and prints how it ended.
func call(method string, base http.RoundTripper, opts ...transport.Option) {
	t, err := transport.New(base, append([]transport.Option{atOnce}, opts...)...)
	if err != nil {
		fmt.Println(err)
		return
	}
	req, _ := http.NewRequest(method, "https://api.example.com/v1/payments", strings.NewReader("{}"))
	resp, err := t.RoundTrip(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	fmt.Println("got", resp.StatusCode)
}

func ExampleNew() {
	t, err := transport.New(answers(503, 200), transport.WithRetry(retry.WithBackoff(time.Millisecond, time.Second)))
	if err != nil {
		fmt.Println(err)
		return
	}
	client := &http.Client{Transport: t}
	resp, err := client.Get("https://api.example.com/v1/payments/1")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	fmt.Println("got", resp.StatusCode)
	// Output:
	// sent GET 503
	// sent GET 200
	// got 200
}

// A POST that may have been applied is not sent again.
func ExampleNew_post() {
	call(http.MethodPost, answers(503, 200))
	// Output:
	// sent POST 503
	// got 503
}

// All mistakes come back at once.
func ExampleNew_mistakes() {
	_, err := transport.New(nil, transport.WithTotalTimeout(-1), transport.WithRetry(retry.WithMaxAttempts(0)))
	fmt.Println(err)
	var mistake *transport.ConfigError
	fmt.Println(errors.As(err, &mistake), mistake.Option)
	// Output:
	// transport: WithTotalTimeout: -1ns: must be positive; leave the option out for no limit
	// retry: WithMaxAttempts: 0: must be from 1 to 100, the first attempt included
	// true WithTotalTimeout
}

func ExampleWrap() {
	client, err := transport.Wrap(&http.Client{Timeout: time.Minute}, transport.WithAttemptTimeout(5*time.Second))
	fmt.Println(client.Transport, err)
	// Output: retry (4 attempts) → breaker → attempt timeout 5s → *http.Transport <nil>
}

func ExampleTransport_String() {
	t, err := transport.New(nil, transport.WithIdempotencyKeys(), transport.WithTotalTimeout(30*time.Second))
	fmt.Println(t, err)
	// Output: total timeout 30s → idempotency keys → retry (4 attempts) → breaker → *http.Transport <nil>
}

func ExampleTransport_Snapshot() {
	t, _ := transport.New(trip.Func(func(*http.Request) (*http.Response, error) {
		return nil, errors.New("unreachable")
	}), atOnce)
	client := &http.Client{Transport: t}
	_, _ = client.Get("https://api.example.com/v1/payments/1")
	for _, key := range t.Snapshot().Keys {
		fmt.Println(key.Key, key.Circuit.State, key.Circuit.Failures, key.Budget.Tokens)
	}
	// Output: https://api.example.com closed 4 7
}

func ExampleWithClassifier() {
	teapots, _ := classify.New(classify.WithStatus(http.StatusTeapot, classify.Retryable))
	call(http.MethodGet, answers(418, 200), transport.WithClassifier(teapots))
	// Output:
	// sent GET 418
	// sent GET 200
	// got 200
}

func ExampleWithRetry() {
	call(http.MethodGet, answers(503), transport.WithRetry(retry.WithMaxAttempts(2)))
	// Output:
	// sent GET 503
	// sent GET 503
	// got 503
}

func ExampleWithoutRetry() {
	call(http.MethodGet, answers(503), transport.WithoutRetry())
	// Output:
	// sent GET 503
	// got 503
}

func ExampleWithHedging() {
	slow := trip.Func(func(req *http.Request) (*http.Response, error) {
		if !hedge.Is(req.Context()) {
			<-req.Context().Done() // a lost packet, say
			return nil, req.Context().Err()
		}
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
	})
	// A fixed delay instead of one that is learned from a hundred answers.
	call(http.MethodGet, slow, transport.WithHedging(hedge.WithDelay(time.Millisecond)))
	// Output: got 200
}

func ExampleWithLimit() {
	// No more than 50 attempts and bodies at a time to any host, whatever happens.
	t, err := transport.New(nil, transport.WithLimit(limit.WithMaxInFlight(50)))
	fmt.Println(t, err)
	// Output: retry (4 attempts) → limit → breaker → *http.Transport <nil>
}

func ExampleWithBreaker() {
	t, _ := transport.New(answers(503), atOnce, transport.WithBreaker(breaker.WithMinRequests(2)))
	client := &http.Client{Transport: t}
	for range 2 {
		resp, err := client.Get("https://api.example.com/v1/payments/1")
		if err != nil {
			fmt.Println(errors.Is(err, breaker.ErrOpen), err)
			continue
		}
		resp.Body.Close()
		fmt.Println("got", resp.StatusCode)
	}
	// Output:
	// sent GET 503
	// sent GET 503
	// got 503
	// true Get "https://api.example.com/v1/payments/1": breaker: circuit of https://api.example.com is open, try again in 1s
}

func ExampleWithoutBreaker() {
	call(http.MethodGet, answers(503), transport.WithBreaker(breaker.WithMinRequests(2)), transport.WithoutBreaker())
	// Output:
	// sent GET 503
	// sent GET 503
	// sent GET 503
	// sent GET 503
	// got 503
}

// never answers until the attempt is given up.
var never = trip.Func(func(req *http.Request) (*http.Response, error) {
	trip.CloseBody(req)
	<-req.Context().Done()
	fmt.Println("gave up")
	return nil, req.Context().Err()
})

func ExampleWithAttemptTimeout() {
	call(http.MethodGet, never, transport.WithAttemptTimeout(time.Millisecond), transport.WithRetry(retry.WithMaxAttempts(2)))
	// Output:
	// gave up
	// gave up
	// timeout: no response headers within 1ms
}

func ExampleWithTotalTimeout() {
	call(http.MethodGet, never, transport.WithTotalTimeout(time.Millisecond))
	// Output:
	// gave up
	// timeout: no response headers within 1ms, all attempts together
}

func ExampleWithIdempotencyKeys() {
	call(http.MethodPost, answers(503, 200), transport.WithIdempotencyKeys(idempotency.WithFormat(idempotency.Quoted)))
	// Output:
	// sent POST 503
	// sent POST 200
	// got 200
}

func ExampleWithKey() {
	t, _ := transport.New(answers(200), transport.WithKey(func(req *http.Request) string {
		return req.Header.Get("X-Tenant")
	}))
	req, _ := http.NewRequest(http.MethodGet, "https://api.example.com", nil)
	req.Header.Set("X-Tenant", "acme")
	_, _ = t.RoundTrip(req)
	fmt.Println(t.Snapshot().Keys[0].Key)
	// Output:
	// sent GET 200
	// acme
}

func ExampleWithLogger() {
	logger := zap.NewExample(zap.IncreaseLevel(zap.WarnLevel))
	call(http.MethodGet, answers(503), transport.WithBreaker(breaker.WithMinRequests(2)), transport.WithLogger(logger))
	// Output:
	// sent GET 503
	// sent GET 503
	// {"level":"warn","logger":"surefoot","msg":"circuit opened","key":"https://api.example.com","method":"GET","wait":"1s"}
	// got 503
}

func ExampleWithObserver() {
	watch := observe.Func(func(e observe.Event) {
		fmt.Printf("%s %d %q\n", e.Kind, e.Attempt, e.Reason)
	})
	call(http.MethodPost, answers(503), transport.WithObserver(watch))
	// Output:
	// sent POST 503
	// attempt_finished 1 ""
	// retry_suppressed 1 "not_idempotent"
	// call_finished 1 ""
	// got 503
}

func ExampleTransport_Observe() {
	t, err := transport.New(answers(503, 200), atOnce)
	if err != nil {
		panic(err) // only if an option is wrong
	}
	stop := t.Observe(observe.Func(func(e observe.Event) { fmt.Println(e.Kind) }))
	client := &http.Client{Transport: t}
	_, _ = client.Get("https://api.example.com/v1/payments/42")
	stop()
	_, _ = client.Get("https://api.example.com/v1/payments/42") // nobody is told of this one
	// Output:
	// sent GET 503
	// attempt_finished
	// retry_scheduled
	// sent GET 200
	// attempt_finished
	// call_finished
	// sent GET 200
}

func ExampleWithPerAttempt() {
	sign := func(next http.RoundTripper) http.RoundTripper {
		return trip.Func(func(req *http.Request) (*http.Response, error) {
			fmt.Println("sign attempt", retry.Attempt(req.Context()))
			return next.RoundTrip(req)
		})
	}
	call(http.MethodGet, answers(503, 200), transport.WithPerAttempt(sign))
	// Output:
	// sign attempt 1
	// sent GET 503
	// sign attempt 2
	// sent GET 200
	// got 200
}

func ExampleWithPerCall() {
	count := func(next http.RoundTripper) http.RoundTripper {
		return trip.Func(func(req *http.Request) (*http.Response, error) {
			fmt.Println("one call")
			return next.RoundTrip(req)
		})
	}
	call(http.MethodGet, answers(503, 200), transport.WithPerCall(count))
	// Output:
	// one call
	// sent GET 503
	// sent GET 200
	// got 200
}
