// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// A service is the payments API on a loopback port, with its faults. Its port
// stays the same over an outage.
type service struct {
	ledger   *ledger
	injector *injector
	addr     string

	// gate is read-locked by each request and locked for good at the end, so
	// that the ledger is read when no work is left.
	gate  sync.RWMutex
	ended sync.Once

	mu     sync.Mutex
	server *http.Server // nil while the service is down
}

// startService starts a service. Close it.
func startService(ctx context.Context, m mix, seed uint64, slow time.Duration) (*service, error) {
	l := newLedger()
	s := &service{ledger: l, injector: newInjector((&api{ledger: l}).handler(), m, seed, slow)}
	listener, err := listen(ctx)
	if err != nil {
		return nil, fmt.Errorf("start the embedded service: %w", err)
	}
	s.addr = listener.Addr().String()
	s.serve(listener)
	return s, nil
}

// listen takes a free port from below the range from which systems take the
// ports of outgoing connections. A port of that range could be gone by the
// end of the outage.
func listen(ctx context.Context) (net.Listener, error) {
	const first, many, tries = 20000, 10000, 20
	var lc net.ListenConfig
	for range tries {
		port := strconv.Itoa(first + rand.IntN(many)) //nolint:gosec // any port will do
		if l, err := lc.Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", port)); err == nil {
			return l, nil
		}
	}
	return lc.Listen(ctx, "tcp", "127.0.0.1:0")
}

func (s *service) url() string { return "http://" + s.addr }

// ServeHTTP hands a request to the injector, unless the service has ended.
func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.gate.TryRLock() {
		panic(http.ErrAbortHandler) //nolint:forbidigo // how net/http is told to drop a connection
	}
	defer s.gate.RUnlock()
	s.injector.ServeHTTP(w, r)
}

func (s *service) serve(l net.Listener) {
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		// Dropped connections are what this service is for.
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	s.mu.Lock()
	s.server = server
	s.mu.Unlock()
	go func() { _ = server.Serve(l) }()
}

// down closes the listener and all connections. Work that was begun goes on.
func (s *service) down() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server != nil {
		_ = s.server.Close()
		s.server = nil
	}
}

// up listens again on the same port.
func (s *service) up(ctx context.Context) error {
	const between, limit = 20 * time.Millisecond, 5 * time.Second
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var lc net.ListenConfig
	for {
		l, err := lc.Listen(ctx, "tcp", s.addr)
		if err == nil {
			s.serve(l)
			return nil
		}
		if sleep(ctx, between) != nil {
			return fmt.Errorf("the port of the service is gone: %w", err)
		}
	}
}

// close ends the service for good, and returns when no work is left.
func (s *service) close() {
	s.ended.Do(func() {
		s.down()
		s.gate.Lock()
	})
}
