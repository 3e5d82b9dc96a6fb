// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"net/http"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/transport"
	"github.com/surefoot-go/surefoot/trip"
)

// circuitWindow is how far back the client's circuit looks. By default that is
// 10 s, which suits a client that runs for days; this run is over by then, and
// the good seconds before the outage would outweigh it.
const circuitWindow = 2 * attemptTimeout

// newClient returns the client under test, and its stack, which is the default
// one with an attempt timeout.
func newClient(cfg config, t *tally) (*http.Client, *transport.Transport, error) {
	pool, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return nil, nil, fmt.Errorf("http.DefaultTransport is a %T", http.DefaultTransport)
	}
	pool = pool.Clone()
	// As many connections as workers are kept; the default is two for a host.
	pool.MaxIdleConns, pool.MaxIdleConnsPerHost = cfg.workers, cfg.workers

	stack, err := transport.New(pool,
		transport.WithAttemptTimeout(attemptTimeout),
		transport.WithBreaker(breaker.WithWindow(circuitWindow)),
		transport.WithPerAttempt(t.tap),
		transport.WithObserver(t),
	)
	if err != nil {
		return nil, nil, fmt.Errorf("build the client: %w", err)
	}
	return &http.Client{Transport: trip.Chain(cfg.sabotage)(stack)}, stack, nil
}
