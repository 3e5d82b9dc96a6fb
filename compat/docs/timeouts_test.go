// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package docs_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"time"

	"github.com/surefoot-go/surefoot/classify"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
)

func Example_timeoutsBoth() {
	// docs:begin timeouts-both
	client, err := transport.Wrap(new(http.Client),
		transport.WithAttemptTimeout(800*time.Millisecond), // to the headers of each attempt
		transport.WithTotalTimeout(3*time.Second),          // to the headers, attempts and waits together
	)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client.Transport)
	// docs:end timeouts-both

	// Output: total timeout 3s → retry (4 attempts) → breaker → attempt timeout 800ms → *http.Transport
}

func Example_timeoutsDeadline() {
	server := answering(503)
	defer server.Close()
	client, err := transport.Wrap(nil)
	if err != nil {
		log.Fatal(err)
	}
	start := time.Now()
	status, err := lookUp(context.Background(), client, server.URL)
	fmt.Println(status, err, "in time:", time.Since(start) < 300*time.Millisecond)
	// Output: 503 <nil> in time: true
}

// docs:begin timeouts-deadline

// lookUp has 300 ms. A wait that would pass them is not begun: what the last
// attempt gave is returned at once.
func lookUp(ctx context.Context, client *http.Client, url string) (status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	return resp.StatusCode, nil
}

// docs:end timeouts-deadline

func Example_timeoutsTwoKinds() {
	server := answering(200)
	defer server.Close()

	// docs:begin timeouts-two-kinds
	base := http.DefaultTransport // one pool of connections for both
	quick, err := transport.New(base, transport.WithAttemptTimeout(time.Second))
	if err != nil {
		log.Fatal(err)
	}
	reports, err := transport.New(base, transport.WithAttemptTimeout(time.Minute), transport.WithRetry(retry.WithMaxAttempts(2)))
	if err != nil {
		log.Fatal(err)
	}
	// docs:end timeouts-two-kinds
	fmt.Println(quick)
	fmt.Println(reports)
	// Output:
	// retry (4 attempts) → breaker → attempt timeout 1s → *http.Transport
	// retry (2 attempts) → breaker → attempt timeout 1m0s → *http.Transport
}

// docs:begin timeouts-idle

var errIdle = errors.New("nothing came for too long")

// download copies a body of any length, and gives up when nothing comes for as
// long as idle.
func download(ctx context.Context, client *http.Client, url string, to io.Writer, idle time.Duration) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req) // until here, the attempt timeout is in charge
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := classify.Check(resp); err != nil {
		return err
	}
	timer := time.AfterFunc(idle, func() { cancel(errIdle) })
	defer timer.Stop()
	_, err = io.Copy(to, readerFunc(func(p []byte) (int, error) {
		timer.Reset(idle)
		return resp.Body.Read(p)
	}))
	if cause := context.Cause(ctx); err != nil && cause != nil {
		return cause
	}
	return err
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// docs:end timeouts-idle

func Example_timeoutsIdle() {
	stall := make(chan struct{})
	server := serve(func(n int32, w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "some words")
		if n == 1 {
			_ = http.NewResponseController(w).Flush()
			<-stall
		}
	})
	defer server.Close()
	defer close(stall)
	client, err := transport.Wrap(nil, transport.Streaming())
	if err != nil {
		log.Fatal(err)
	}
	err = download(context.Background(), client, server.URL, io.Discard, 50*time.Millisecond)
	fmt.Println(err)
	err = download(context.Background(), client, server.URL, io.Discard, 10*time.Second)
	fmt.Println(err)
	// Output:
	// nothing came for too long
	// <nil>
}
