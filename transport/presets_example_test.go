// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package transport_test

import (
	"fmt"
	"net/http"
	"time"

	"github.com/surefoot-go/surefoot/idempotency"
	"github.com/surefoot-go/surefoot/transport"
)

func ExamplePayments() {
	call(http.MethodPost, answers(503, 200), transport.Payments())
	// Output:
	// sent POST 503
	// sent POST 200
	// got 200
}

// A service that wants its keys in another header, and is quicker than most.
func ExamplePayments_override() {
	t, err := transport.New(nil,
		transport.Payments(),
		transport.WithIdempotencyKeys(idempotency.WithHeader("X-Request-ID")),
		transport.WithAttemptTimeout(3*time.Second),
	)
	fmt.Println(t, err)
	// Output: total timeout 30s → idempotency keys → retry (4 attempts) → breaker → attempt timeout 3s → *http.Transport <nil>
}

func ExampleStreaming() {
	t, err := transport.New(nil, transport.Streaming())
	fmt.Println(t, err)
	// Output: retry (4 attempts) → breaker → attempt timeout 30s → *http.Transport <nil>
}

func ExampleServices() {
	t, err := transport.New(nil, transport.Services())
	fmt.Println(t, err)
	// Output: total timeout 10s → retry (4 attempts) → limit → breaker → attempt timeout 1s → *http.Transport <nil>
}
