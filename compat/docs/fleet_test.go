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

	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/transport"
)

func Example_fleetLimit() {
	// docs:begin fleet-limit
	client, err := transport.Wrap(new(http.Client),
		transport.WithLimit(),
		transport.WithAttemptTimeout(time.Second),
		transport.WithTotalTimeout(10*time.Second),
	)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client.Transport)
	// docs:end fleet-limit

	// Output: total timeout 10s → retry (4 attempts) → limit → breaker → attempt timeout 1s → *http.Transport
}

// docs:begin fleet-priority

// refresh is work that nobody waits for: it is the first to be turned away.
func refresh(ctx context.Context, client *http.Client, url string) error {
	ctx = limit.WithPriority(ctx, limit.Background)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if errors.Is(err, limit.ErrLimited) {
		return nil // the service has enough to do; next time
	}
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// docs:end fleet-priority

func Example_fleetPriority() {
	entered, leave := make(chan struct{}), make(chan struct{})
	server := serve(func(n int32, _ http.ResponseWriter, _ *http.Request) {
		if n == 1 {
			close(entered)
			<-leave
		}
	})
	defer server.Close()
	client, err := transport.Wrap(nil, transport.WithLimit(limit.WithMaxInFlight(1), limit.WithMaxWait(0)))
	if err != nil {
		log.Fatal(err)
	}
	done := make(chan error)
	go func() {
		resp, err := client.Get(server.URL)
		if err == nil {
			err = resp.Body.Close()
		}
		done <- err
	}()
	<-entered
	fmt.Println(refresh(context.Background(), client, server.URL), server.requests.Load())
	close(leave)
	fmt.Println(<-done)
	fmt.Println(refresh(context.Background(), client, server.URL), server.requests.Load())
	// Output:
	// <nil> 1
	// <nil>
	// <nil> 2
}
