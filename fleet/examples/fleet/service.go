// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// nameHeader tells the service who calls.
const nameHeader = "X-Instance"

// A service is what the instances call.
type service struct {
	url     string
	server  *http.Server
	failing atomic.Bool

	mu    sync.Mutex
	calls map[string]int // by who calls
}

func startService(ctx context.Context) (*service, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &service{url: "http://" + l.Addr().String(), calls: map[string]int{}}
	s.server = &http.Server{Handler: s, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = s.server.Serve(l) }()
	return s, nil
}

// ServeHTTP answers, or fails.
func (s *service) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	s.mu.Lock()
	s.calls[req.Header.Get(nameHeader)]++
	s.mu.Unlock()
	if s.failing.Load() {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

func (s *service) fail() { s.failing.Store(true) }
func (s *service) heal() { s.failing.Store(false) }
func (s *service) stop() { _ = s.server.Close() }

// counts returns how many attempts came from whom.
func (s *service) counts() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := map[string]int{}
	for name, n := range s.calls {
		counts[name] = n
	}
	return counts
}

// since says what came between two counts.
func since(before, after map[string]int, d time.Duration) string {
	total := 0
	var each []string
	for name, n := range after {
		n -= before[name]
		total += n
		each = append(each, fmt.Sprintf("%s %d", name, n))
	}
	slices.Sort(each)
	return fmt.Sprintf("%d attempts in %s (%s)", total, d, strings.Join(each, ", "))
}
