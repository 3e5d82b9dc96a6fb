// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package docs_test

import (
	"context"
	"errors"
	"log"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/sony/gobreaker/v2"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
)

// docs:begin loop-before
func getWithRetries(client *http.Client, url string) (resp *http.Response, err error) {
	for i := range 4 {
		resp, err = client.Get(url)
		if err == nil && resp.StatusCode < 500 {
			return resp, nil
		}
		if resp != nil {
			resp.Body.Close()
		}
		time.Sleep(100 * time.Millisecond << i)
	}
	return resp, err
}

// docs:end loop-before

func Example_loopBefore() {
	server := answering(503, 503, 200)
	defer server.Close()
	server.tell(getWithRetries(new(http.Client), server.URL))
	// Output: 200 after 3 requests
}

func Example_loopAfter() {
	server := answering(503, 503, 200)
	defer server.Close()
	url := server.URL
	var client *http.Client

	// docs:begin loop-after
	client, err := transport.Wrap(client) // once, where the program begins
	if err != nil {
		log.Fatal(err)
	}

	resp, err := client.Get(url)
	// docs:end loop-after
	server.tell(resp, err)
	// Output: 200 after 3 requests
}

var errServer = errors.New("the server is in trouble")

func Example_composedBefore() {
	server := answering(503, 503, 200)
	defer server.Close()
	ctx, client, url := context.Background(), new(http.Client), server.URL

	// docs:begin composed-before
	circuit := gobreaker.NewCircuitBreaker[*http.Response](gobreaker.Settings{
		Interval:     10 * time.Second,
		BucketPeriod: time.Second,
		Timeout:      5 * time.Second,
		MaxRequests:  3,
		ReadyToTrip: func(c gobreaker.Counts) bool {
			return c.Requests >= 20 && float64(c.TotalFailures) >= 0.5*float64(c.Requests)
		},
	})
	waits := backoff.NewExponentialBackOff(
		backoff.WithInitialInterval(100*time.Millisecond), backoff.WithMaxElapsedTime(0))

	resp, err := backoff.RetryWithData(func() (*http.Response, error) {
		return circuit.Execute(func() (*http.Response, error) {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
			if err != nil {
				return nil, backoff.Permanent(err)
			}
			resp, err := client.Do(req)
			if err == nil && resp.StatusCode >= 500 {
				resp.Body.Close()
				return nil, errServer
			}
			return resp, err
		})
	}, backoff.WithContext(backoff.WithMaxRetries(waits, 3), ctx))
	// docs:end composed-before
	server.tell(resp, err)
	// Output: 200 after 3 requests
}

func Example_composedAfter() {
	server := answering(503, 503, 200)
	defer server.Close()
	ctx, url := context.Background(), server.URL

	// docs:begin composed-after
	client, err := transport.Wrap(new(http.Client),
		transport.WithRetry(retry.WithSchedule(func() backoff.BackOff { // one for each call
			return backoff.NewExponentialBackOff(backoff.WithInitialInterval(100 * time.Millisecond))
		})),
		transport.WithBreaker(
			breaker.WithFailureRatio(0.5),
			breaker.WithOpenFor(5*time.Second, 5*time.Second)),
	)
	if err != nil {
		log.Fatal(err)
	}

	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		log.Fatal(err)
	}
	resp, err := client.Do(req)
	// docs:end composed-after
	server.tell(resp, err)
	// Output: 200 after 3 requests
}
