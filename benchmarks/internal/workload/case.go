// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package workload

import (
	"fmt"
	"net/http"
)

// An Outcome is how each call of a case goes.
type Outcome int

const (
	// Success is one attempt that gets a 200 without a body.
	Success Outcome = iota
	// BodyRead is one attempt that gets a 200 with 4 KiB, read to their end.
	BodyRead
	// OneRetry is a 503 without a body, then a 200.
	OneRetry
	// OneRetryBody is a 503 with 2 KiB, then a 200 without a body.
	OneRetryBody
	// Rejected is a call that an open circuit refuses.
	Rejected
)

// String returns the outcome for people.
func (o Outcome) String() string {
	return [...]string{"success", "body read to its end", "one retry", "one retry after a 2 KiB 503", "rejected"}[o]
}

// attempts is how often a call reaches the base.
func (o Outcome) attempts() int {
	switch o {
	case Rejected:
		return 0
	case OneRetry, OneRetryBody:
		return 2
	case Success, BodyRead:
	}
	return 1
}

// Retries reports whether calls of the outcome need a second attempt.
func (o Outcome) Retries() bool { return o.attempts() == 2 }

// A Kind is what the requests are.
type Kind int

const (
	// Get has no body.
	Get Kind = iota
	// Post has 1 KiB and a GetBody, and an idempotency key in cases that retry.
	Post
	// Put has 1 MiB and a GetBody.
	Put
)

// String returns the kind for people.
func (k Kind) String() string { return [...]string{"GET", "POST 1 KiB", "PUT 1 MiB"}[k] }

func (k Kind) method() string {
	return [...]string{http.MethodGet, http.MethodPost, http.MethodPut}[k]
}

// Size is the length of the request body.
func (k Kind) Size() int { return [...]int{0, 1 << 10, 1 << 20}[k] }

// A Case is one situation in which contenders are compared.
type Case struct {
	Kind    Kind
	Hosts   int // at least 1; visited in a shuffled order
	Workers int // at least 1
	Outcome Outcome
	// Cancellable gives the requests a context that can end, though it never
	// does.
	Cancellable bool
	// Troubled lets one attempt fail before each slice, so that layers that look
	// closer at a host with a failure in its past do so.
	Troubled bool
}

// String names the case.
func (c Case) String() string {
	hosts := "1 host"
	if c.Hosts > 1 {
		hosts = fmt.Sprintf("%d hosts", c.Hosts)
	}
	workers := "serial"
	if c.Workers > 1 {
		workers = fmt.Sprintf("%d at once", c.Workers)
	}
	name := fmt.Sprintf("%s, %s, %s, %s", c.Kind, hosts, workers, c.Outcome)
	if c.Cancellable {
		name += ", cancellable"
	}
	if c.Troubled {
		name += ", after a failure"
	}
	return name
}
