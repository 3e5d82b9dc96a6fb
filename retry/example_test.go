// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package retry_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v4"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/trip"
)

// The examples wait for nanoseconds, so that they are quick.
var quick = retry.WithBackoff(1, 1)

// server returns a base that answers with the statuses in turn, and with the
// last one from then on. It prints what it gets.
func server(statuses ...int) http.RoundTripper {
	n := 0
	return trip.Func(func(req *http.Request) (*http.Response, error) {
		code := statuses[min(n, len(statuses)-1)]
		n++
		var content []byte
		if req.Body != nil {
			content, _ = io.ReadAll(req.Body)
			_ = req.Body.Close()
		}
		fmt.Printf("server: %s %s → %d\n", req.Method, content, code)
		return &http.Response{StatusCode: code, Body: http.NoBody, Header: http.Header{}, Request: req}, nil
	})
}

// do makes a call and prints its outcome.
func do(client *http.Client, req *http.Request) {
	resp, err := client.Do(req)
	if err != nil {
		fmt.Println("caller:", err)
		return
	}
	defer resp.Body.Close()
	fmt.Println("caller:", resp.StatusCode)
}

func get(ctx context.Context) *http.Request {
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, "https://api.example.com/things", http.NoBody)
	return req
}

func post(ctx context.Context, body io.Reader) *http.Request {
	req, _ := http.NewRequestWithContext(ctx, http.MethodPost, "https://api.example.com/things", body)
	return req
}

func must(opts ...retry.Option) *retry.Retrier {
	r, err := retry.New(opts...)
	if err != nil {
		panic(err)
	}
	return r
}

func Example() {
	r, err := retry.New(quick) // or just retry.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	client := &http.Client{Transport: r.Wrap(server(503, 502, 200))}
	do(client, get(context.Background()))
	// Output:
	// server: GET  → 503
	// server: GET  → 502
	// server: GET  → 200
	// caller: 200
}

// A POST is not sent again unless something says that it may be: here, an
// idempotency key.
func Example_post() {
	client := &http.Client{Transport: must(quick).Wrap(server(503, 201))}
	do(client, post(context.Background(), strings.NewReader("charge 1")))

	req := post(context.Background(), strings.NewReader("charge 2"))
	req.Header.Set("Idempotency-Key", "2f6a")
	client.Transport = must(quick).Wrap(server(503, 201))
	do(client, req)
	// Output:
	// server: POST charge 1 → 503
	// caller: 503
	// server: POST charge 2 → 503
	// server: POST charge 2 → 201
	// caller: 201
}

// To give up is no error: the caller gets the last answer.
func Example_givingUp() {
	client := &http.Client{Transport: must(quick).Wrap(server(503))}
	do(client, get(context.Background()))
	// Output:
	// server: GET  → 503
	// server: GET  → 503
	// server: GET  → 503
	// server: GET  → 503
	// caller: 503
}

// A Retrier holds the budgets. To make one for each call would give each call
// a full budget of its own, and protect nobody.
func Example_incorrect() {
	down := trip.Func(func(*http.Request) (*http.Response, error) { return nil, errors.New("connection reset") })
	attempts := 0
	count := observe.Func(func(e observe.Event) {
		if e.Kind == observe.AttemptFinished {
			attempts++
		}
	})
	for range 100 {
		r := must(quick, retry.WithObserver(count)) // wrong: inside of the loop
		_, _ = r.Wrap(down).RoundTrip(get(context.Background()))
	}
	fmt.Println("one for each call:", attempts, "attempts")

	attempts = 0
	r := must(quick, retry.WithObserver(count))
	for range 100 {
		_, _ = r.Wrap(down).RoundTrip(get(context.Background()))
	}
	fmt.Println("one for all calls:", attempts, "attempts")
	// Output:
	// one for each call: 400 attempts
	// one for all calls: 110 attempts
}

func ExampleNew_mistakes() {
	_, err := retry.New(retry.WithMaxAttempts(0), retry.WithRetryAfterLimit(-time.Second))
	fmt.Println(err)
	var mistake *retry.ConfigError
	fmt.Println(errors.As(err, &mistake), mistake.Option)
	// Output:
	// retry: WithMaxAttempts: 0: must be from 1 to 100, the first attempt included
	// retry: WithRetryAfterLimit: -1s: must not be negative
	// true WithMaxAttempts
}

func ExampleRetrier_Wrap() {
	r := must(quick)
	stack := trip.Chain(
		r.Wrap, // outermost: what comes below is done for each attempt
		func(next http.RoundTripper) http.RoundTripper {
			return trip.Func(func(req *http.Request) (*http.Response, error) {
				fmt.Println("sign attempt", retry.Attempt(req.Context()))
				return next.RoundTrip(req)
			})
		},
	)(server(503, 200))
	do(&http.Client{Transport: stack}, get(context.Background()))
	// Output:
	// sign attempt 1
	// server: GET  → 503
	// sign attempt 2
	// server: GET  → 200
	// caller: 200
}

func ExampleRetrier_Snapshot() {
	r := must(quick)
	client := &http.Client{Transport: r.Wrap(trip.Func(func(*http.Request) (*http.Response, error) {
		return nil, errors.New("connection reset")
	}))}
	for range 5 {
		_, _ = client.Transport.RoundTrip(get(context.Background()))
	}
	for _, k := range r.Snapshot() {
		fmt.Printf("%s: %v tokens, %d retries, %d refused\n", k.Key, k.Tokens, k.Retries, k.Refused)
	}
	// Output:
	// https://api.example.com: 0 tokens, 10 retries, 2 refused
}

func ExampleRetrier_MaxAttempts() {
	fmt.Println(must().MaxAttempts())
	// Output: 4
}

func ExampleWraps() {
	base := server(200)
	layer := must().Wrap(base)
	fmt.Println(retry.Wraps(base), retry.Wraps(layer))
	// Output: false true
}

// Attempt tells middleware beneath the layer which attempt it works for.
func ExampleAttempt() {
	base := trip.Func(func(req *http.Request) (*http.Response, error) {
		fmt.Println("attempt", retry.Attempt(req.Context()))
		return nil, errors.New("connection reset")
	})
	_, _ = must(quick, retry.WithMaxAttempts(2)).Wrap(base).RoundTrip(get(context.Background()))
	// Output:
	// attempt 1
	// attempt 2
}

// FreshConn tells a base that the request must not use a connection of its
// pool.
func ExampleFreshConn() {
	pooled, single := server(421), server(200)
	base := trip.Func(func(req *http.Request) (*http.Response, error) {
		if retry.FreshConn(req.Context()) {
			fmt.Println("on a connection of its own")
			return single.RoundTrip(req)
		}
		return pooled.RoundTrip(req)
	})
	do(&http.Client{Transport: must(quick).Wrap(base)}, get(context.Background()))
	// Output:
	// server: GET  → 421
	// on a connection of its own
	// server: GET  → 200
	// caller: 200
}

// Idempotent marks a call that may be repeated although its method does not
// say so.
func ExampleIdempotent() {
	client := &http.Client{Transport: must(quick).Wrap(server(503, 200))}
	do(client, post(retry.Idempotent(context.Background()), strings.NewReader("search")))
	// Output:
	// server: POST search → 503
	// server: POST search → 200
	// caller: 200
}

// Never marks a call that must be sent once, whatever happens.
func ExampleNever() {
	client := &http.Client{Transport: must(quick).Wrap(server(503, 200))}
	do(client, get(retry.Never(context.Background())))
	// Output:
	// server: GET  → 503
	// caller: 503
}

func ExampleWithMaxAttempts() {
	client := &http.Client{Transport: must(quick, retry.WithMaxAttempts(2)).Wrap(server(503))}
	do(client, get(context.Background()))
	// Output:
	// server: GET  → 503
	// server: GET  → 503
	// caller: 503
}

func ExampleWithBackoff() {
	inTime := observe.Func(func(e observe.Event) {
		if e.Kind == observe.RetryScheduled {
			fmt.Println("after attempt", e.Attempt, "waits for 20 ms at most:", e.Wait <= 20*time.Millisecond)
		}
	})
	r := must(retry.WithBackoff(5*time.Millisecond, 20*time.Millisecond), retry.WithObserver(inTime))
	do(&http.Client{Transport: r.Wrap(server(503, 503, 200))}, get(context.Background()))
	// Output:
	// server: GET  → 503
	// after attempt 1 waits for 20 ms at most: true
	// server: GET  → 503
	// after attempt 2 waits for 20 ms at most: true
	// server: GET  → 200
	// caller: 200
}

// Any policy of package backoff sets the waits. The function makes one for
// each call.
func ExampleWithSchedule() {
	r := must(retry.WithSchedule(func() backoff.BackOff {
		return backoff.WithMaxRetries(backoff.NewConstantBackOff(time.Microsecond), 1)
	}))
	do(&http.Client{Transport: r.Wrap(server(503))}, get(context.Background()))
	// Output:
	// server: GET  → 503
	// server: GET  → 503
	// caller: 503
}

// An answer that asks for a longer wait than the limit is handed over at once.
func ExampleWithRetryAfterLimit() {
	base := trip.Func(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"30"}}, Body: http.NoBody}, nil
	})
	client := &http.Client{Transport: must(retry.WithRetryAfterLimit(10 * time.Second)).Wrap(base)}
	do(client, get(context.Background()))
	// Output: caller: 429
}

// Three retries that fail use up three tokens. A success puts one half back.
func ExampleWithBudget() {
	r := must(quick, retry.WithBudget(3, 0.5))
	show := func() { fmt.Println(r.Snapshot()[0].Tokens, "tokens") }
	do(&http.Client{Transport: r.Wrap(server(503))}, get(context.Background()))
	show()
	do(&http.Client{Transport: r.Wrap(server(200))}, get(context.Background()))
	show()
	// Output:
	// server: GET  → 503
	// server: GET  → 503
	// server: GET  → 503
	// server: GET  → 503
	// caller: 503
	// 0 tokens
	// server: GET  → 200
	// caller: 200
	// 0.5 tokens
}

func ExampleWithoutBudget() {
	r := must(quick, retry.WithMaxAttempts(2), retry.WithoutBudget())
	attempts := 0
	rt := r.Wrap(trip.Func(func(*http.Request) (*http.Response, error) {
		attempts++
		return nil, errors.New("connection reset")
	}))
	for range 1000 {
		_, _ = rt.RoundTrip(get(context.Background()))
	}
	fmt.Println(attempts, "attempts")
	// Output: 2000 attempts
}

// A body that cannot be had again is kept while it is sent.
func ExampleWithBodyBuffer() {
	stream := func() io.Reader { return io.MultiReader(strings.NewReader("stream")) } // has no GetBody
	for _, r := range []*retry.Retrier{must(quick), must(quick, retry.WithBodyBuffer(1<<20))} {
		req := post(retry.Idempotent(context.Background()), stream())
		do(&http.Client{Transport: r.Wrap(server(503, 200))}, req)
	}
	// Output:
	// server: POST stream → 503
	// caller: 503
	// server: POST stream → 503
	// server: POST stream → 200
	// caller: 200
}

// All bets are off: a server that has done the work and then failed to say so
// does it again.
func ExampleWithDangerouslyRetryNonIdempotent() {
	r := must(quick, retry.WithDangerouslyRetryNonIdempotent())
	do(&http.Client{Transport: r.Wrap(server(504, 201))}, post(context.Background(), strings.NewReader("charge")))
	// Output:
	// server: POST charge → 504
	// server: POST charge → 201
	// caller: 201
}

// A base that hides its http.Transport has to say that it calls the hooks of
// httptrace. Then a POST that never got a connection is sent again.
func ExampleWithConnTrace() {
	dials := 0
	transport := &http.Transport{
		DialTLSContext: func(context.Context, string, string) (net.Conn, error) {
			dials++
			return nil, errors.New("handshake failed") // not known to be a failed dial
		},
	}
	hidden := trip.Func(transport.RoundTrip)
	for _, r := range []*retry.Retrier{must(quick), must(quick, retry.WithConnTrace())} {
		dials = 0
		_, _ = r.Wrap(hidden).RoundTrip(post(context.Background(), strings.NewReader("charge")))
		fmt.Println(dials, "dials")
	}
	// Output:
	// 1 dials
	// 4 dials
}

func ExampleWithMaxKeys() {
	r := must(quick, retry.WithMaxKeys(2))
	rt := r.Wrap(trip.Func(func(*http.Request) (*http.Response, error) { return nil, errors.New("connection reset") }))
	for i := range 100 {
		req := get(context.Background())
		req.URL.Host = fmt.Sprintf("host%d.example.com", i)
		_, _ = rt.RoundTrip(req)
	}
	fmt.Println(len(r.Snapshot()), "budgets")
	// Output: 2 budgets
}

// One budget for each tenant.
func ExampleWithKey() {
	r := must(quick, retry.WithKey(func(req *http.Request) string { return req.Header.Get("X-Tenant") }))
	rt := r.Wrap(trip.Func(func(*http.Request) (*http.Response, error) { return nil, errors.New("connection reset") }))
	req := get(context.Background())
	req.Header.Set("X-Tenant", "blue")
	_, _ = rt.RoundTrip(req)
	fmt.Println(r.Snapshot()[0].Key)
	// Output: blue
}

// A service that says 500 and means it.
func ExampleWithClassifier() {
	classifier, err := classify.New(classify.WithStatus(http.StatusInternalServerError, classify.Terminal))
	if err != nil {
		fmt.Println(err)
		return
	}
	do(&http.Client{Transport: must(retry.WithClassifier(classifier)).Wrap(server(500, 200))}, get(context.Background()))
	// Output:
	// server: GET  → 500
	// caller: 500
}

func ExampleWithObserver() {
	tell := observe.Func(func(e observe.Event) {
		if e.Kind == observe.RetryScheduled {
			fmt.Println("attempt", e.Attempt, "failed with", e.Status)
		}
		if e.Kind == observe.RetrySuppressed {
			fmt.Println("attempt", e.Attempt, "failed with", e.Status, "and was the last:", e.Reason)
		}
	})
	r := must(quick, retry.WithObserver(tell), retry.WithMaxAttempts(2))
	do(&http.Client{Transport: r.Wrap(server(503))}, get(context.Background()))
	// Output:
	// server: GET  → 503
	// attempt 1 failed with 503
	// server: GET  → 503
	// attempt 2 failed with 503 and was the last: max_attempts
	// caller: 503
}

// GetBody makes a body for each attempt; http.NewRequest sets it for readers
// that are in memory.
func Example_body() {
	r := must(quick)
	do(&http.Client{Transport: r.Wrap(server(503, 200))}, post(retry.Idempotent(context.Background()), bytes.NewReader([]byte("content"))))
	// Output:
	// server: POST content → 503
	// server: POST content → 200
	// caller: 200
}

func ExampleIdempotentIf() {
	// This service searches by POST.
	searches := retry.IdempotentIf(func(req *http.Request) bool {
		return strings.HasPrefix(req.URL.Path, "/things")
	})
	client := &http.Client{Transport: trip.Chain(searches, must(quick).Wrap)(server(503, 200))}
	do(client, post(context.Background(), strings.NewReader("color = red")))
	// Output:
	// server: POST color = red → 503
	// server: POST color = red → 200
	// caller: 200
}
