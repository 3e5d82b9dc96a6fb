// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package docs_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/PuerkitoBio/rehttp"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/failsafe-go/failsafe-go/failsafehttp"
	"github.com/failsafe-go/failsafe-go/timeout"
	"github.com/hashicorp/go-retryablehttp"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
)

func Example_retryablehttpBefore() {
	server := answering(503, 503, 200)
	defer server.Close()
	url := server.URL

	// docs:begin retryablehttp-before
	client := retryablehttp.NewClient()
	client.RetryMax = 3
	client.RetryWaitMin = 100 * time.Millisecond
	client.RetryWaitMax = 2 * time.Second
	client.HTTPClient.Timeout = 5 * time.Second // of each attempt, its body included
	client.Logger = nil

	resp, err := client.Get(url)
	// docs:end retryablehttp-before
	server.tell(resp, err)
	// Output: 200 after 3 requests
}

func Example_retryablehttpAfter() {
	server := answering(503, 503, 200)
	defer server.Close()
	url := server.URL

	// docs:begin retryablehttp-after
	client, err := transport.Wrap(new(http.Client),
		transport.WithRetry(
			retry.WithMaxAttempts(4), // the first one counts
			retry.WithBackoff(100*time.Millisecond, 2*time.Second)),
		transport.WithAttemptTimeout(5*time.Second), // to the headers of each attempt
	)
	if err != nil {
		log.Fatal(err)
	}

	resp, err := client.Get(url)
	// docs:end retryablehttp-after
	server.tell(resp, err)
	// Output: 200 after 3 requests
}

func Example_checkRetryBefore() {
	server := answering(423, 200)
	defer server.Close()
	client := retryablehttp.NewClient()
	client.RetryWaitMin, client.Logger = time.Millisecond, nil

	// docs:begin check-retry-before
	client.CheckRetry = func(ctx context.Context, resp *http.Response, err error) (bool, error) {
		if err == nil && resp.StatusCode == http.StatusLocked {
			return true, nil
		}
		return retryablehttp.DefaultRetryPolicy(ctx, resp, err)
	}
	// docs:end check-retry-before
	server.tell(client.Get(server.URL))
	// Output: 200 after 2 requests
}

func Example_checkRetryAfter() {
	server := answering(423, 200)
	defer server.Close()

	// docs:begin check-retry-after
	locked, err := classify.New(classify.WithStatus(http.StatusLocked, classify.Retryable))
	if err != nil {
		log.Fatal(err)
	}
	client, err := transport.Wrap(new(http.Client), transport.WithClassifier(locked))
	// docs:end check-retry-after
	if err != nil {
		log.Fatal(err)
	}
	server.tell(client.Get(server.URL))
	// Output: 200 after 2 requests
}

// docs:begin exhausted-after
func fetch(ctx context.Context, client *http.Client, url string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err // no answer at all
	}
	if refused := classify.ErrorFrom(resp); refused != nil { // 400 and above
		resp.Body.Close()
		return nil, refused // its Status, Code and Message tell why
	}
	return resp, nil
}

// docs:end exhausted-after

func Example_exhausted() {
	server := answering(503)
	defer server.Close()
	client, err := transport.Wrap(nil, transport.WithRetry(retry.WithMaxAttempts(2)))
	if err != nil {
		log.Fatal(err)
	}
	_, err = fetch(context.Background(), client, server.URL)
	var refused *classify.APIError
	fmt.Println(errors.As(err, &refused), refused.Status, refused.Code)
	// Output: true 503 example
}

func Example_failsafeBefore() {
	server := answering(503, 503, 200)
	defer server.Close()

	// docs:begin failsafe-before
	retries := failsafehttp.NewRetryPolicyBuilder().
		WithMaxAttempts(4).
		WithBackoff(100*time.Millisecond, 2*time.Second).
		WithJitterFactor(0.5).
		Build()
	circuit := circuitbreaker.NewBuilder[*http.Response]().
		HandleIf(func(resp *http.Response, err error) bool {
			return err != nil || resp.StatusCode >= 500
		}).
		WithFailureRateThreshold(0.8, 20, 10*time.Second).
		WithDelay(time.Second).
		WithSuccessThreshold(3).
		Build()
	attempt := timeout.New[*http.Response](5 * time.Second)
	client := &http.Client{
		Transport: failsafehttp.NewRoundTripper(nil, retries, circuit, attempt),
	}
	// docs:end failsafe-before
	server.tell(client.Get(server.URL))
	// Output: 200 after 3 requests
}

func Example_failsafeAfter() {
	server := answering(503, 503, 200)
	defer server.Close()

	// docs:begin failsafe-after
	// 4 attempts, jitter, a circuit for each host that opens at 80 % of at least
	// 20 in 10 s, for 1 s, and closes after 3 probes: all of that is the default.
	client, err := transport.Wrap(new(http.Client),
		transport.WithRetry(retry.WithBackoff(100*time.Millisecond, 2*time.Second)),
		transport.WithAttemptTimeout(5*time.Second),
	)
	// docs:end failsafe-after
	if err != nil {
		log.Fatal(err)
	}
	server.tell(client.Get(server.URL))
	// Output: 200 after 3 requests
}

func Example_rehttpBefore() {
	server := answering(503, 503, 200)
	defer server.Close()

	// docs:begin rehttp-before
	rt := rehttp.NewTransport(nil,
		rehttp.RetryAll(
			rehttp.RetryMaxRetries(3),
			rehttp.RetryHTTPMethods(http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete),
			rehttp.RetryAny(rehttp.RetryTemporaryErr(), rehttp.RetryStatusInterval(500, 600))),
		rehttp.ExpJitterDelay(100*time.Millisecond, 2*time.Second))
	rt.PerAttemptTimeout = 5 * time.Second
	client := &http.Client{Transport: rt}
	// docs:end rehttp-before
	server.tell(client.Get(server.URL))
	// Output: 200 after 3 requests
}

func Example_rehttpAfter() {
	server := answering(503, 503, 200)
	defer server.Close()

	// docs:begin rehttp-after
	rt, err := transport.New(nil,
		transport.WithRetry(retry.WithBackoff(100*time.Millisecond, 2*time.Second)),
		transport.WithAttemptTimeout(5*time.Second),
	)
	if err != nil {
		log.Fatal(err)
	}
	client := &http.Client{Transport: rt}
	// docs:end rehttp-after
	server.tell(client.Get(server.URL))
	// Output: 200 after 3 requests
}
