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

// A team has a preset of its own, and one of its clients needs less.
func ExampleOptions() {
	ours := transport.Options(
		transport.WithHedging(),
		transport.WithLimit(),
		transport.WithIdempotencyKeys(),
		transport.WithAttemptTimeout(time.Second),
		transport.WithTotalTimeout(10*time.Second),
	)
	t, err := transport.New(nil, ours)
	fmt.Println(t, err)
	plain, err := transport.New(nil, ours,
		transport.WithoutHedging(),
		transport.WithoutLimit(),
		transport.WithoutIdempotencyKeys(),
		transport.WithoutAttemptTimeout(),
		transport.WithoutTotalTimeout(),
	)
	fmt.Println(plain, err)
	// Output:
	// total timeout 10s → idempotency keys → retry (4 attempts) → hedging → limit → breaker → attempt timeout 1s → *http.Transport <nil>
	// retry (4 attempts) → breaker → *http.Transport <nil>
}
