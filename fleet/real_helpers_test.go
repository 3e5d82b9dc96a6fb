// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/fleet"
	"github.com/surefoot-go/surefoot/fleet/internal/redistest"
	"github.com/surefoot-go/surefoot/observe"
)

// Tests against real servers run in real time. They wait for what is to happen, and
// not for time to pass.

// patience is how long they wait.
const patience = 30 * time.Second

// eventually waits for something to become so, and returns how long that took. It
// looks often at first, and less often later, since looking costs something, too.
func eventually(t *testing.T, what string, is func() bool) time.Duration {
	t.Helper()
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	every := 5 * time.Millisecond
	timer := time.NewTimer(every)
	defer timer.Stop()
	for !is() {
		select {
		case <-timer.C:
			every = min(every*6/5, 200*time.Millisecond)
			timer.Reset(every)
		case <-ctx.Done():
			t.Fatalf("after %s it is not so that %s", patience, what)
		}
	}
	return time.Since(began)
}

// member makes an instance of a fleet that meets at a server, and lets it call at
// an interval.
func member(t *testing.T, client redis.UniversalClient, base http.RoundTripper, every time.Duration, opts ...fleet.Option) *node {
	t.Helper()
	n := &node{t: t}
	f, err := fleet.New(client, append([]fleet.Option{fleet.WithObserver(n)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	n.wrap(f, base)
	n.calls(1)
	if every > 0 {
		n.busy(every)
	}
	return n
}

// members makes some, each with a client of its own, that know of each other.
func members(t *testing.T, count int, s http.RoundTripper, client func() redis.UniversalClient) []*node {
	t.Helper()
	nodes := make([]*node, count)
	for i := range nodes {
		nodes[i] = member(t, client(), s, 20*time.Millisecond)
	}
	allListen(t, nodes)
	return nodes
}

// allListen waits until messages come to all.
func allListen(t *testing.T, nodes []*node) {
	t.Helper()
	for _, n := range nodes {
		eventually(t, "all listen", func() bool { return n.fleet.Snapshot().Listening })
	}
}

// well is a host that has no trouble, whatever becomes of the other.
const well = "https://well.example"

// besides has requests of well answered well, and all others by base.
func besides(base http.RoundTripper) http.RoundTripper {
	fine := newService()
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		if req.URL.Scheme+"://"+req.URL.Host == well {
			return fine.RoundTrip(req)
		}
		return base.RoundTrip(req)
	})
}

// steady has each instance call a host that works, until the test ends. None of
// these calls may fail, whatever the server of the fleet does.
func steady(t *testing.T, nodes []*node) {
	t.Helper()
	explain(t, nodes)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for _, n := range nodes {
		wg.Go(func() {
			ticker := time.NewTicker(10 * time.Millisecond)
			defer ticker.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-ticker.C:
				}
				if got := n.call(well); got != http.StatusOK { //nolint:contextcheck // the context ends the loop, and not a call
					t.Errorf("a call of a host that works: got %d", got)
					return
				}
			}
		})
	}
	t.Cleanup(func() { cancel(); wg.Wait() })
}

// unhindered makes calls while the fleet's server is not there, and will not be before
// they have been made. If one waited for it, all together would take half an hour.
func unhindered(t *testing.T, nodes []*node) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for _, n := range nodes {
		for _, url := range []string{well, host} {
			for range 500 {
				req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := n.stack.RoundTrip(req)
				if err == nil {
					_ = resp.Body.Close()
				} else if url == well || !errors.Is(err, breaker.ErrOpen) {
					t.Fatalf("a call of %s without the fleet's server: %v", url, err)
				}
			}
		}
	}
}

func clients(t *testing.T, addr string) func() redis.UniversalClient {
	t.Helper()
	return func() redis.UniversalClient {
		c := redis.NewClient(redistest.Options(addr))
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
}

// allHeld waits until the fleet holds the circuits of all open.
func allHeld(t *testing.T, nodes []*node) time.Duration {
	t.Helper()
	return eventually(t, "the fleet holds the circuits of all open", func() bool {
		return !slices.ContainsFunc(nodes, func(n *node) bool { return !n.circuit(host).Fleet })
	})
}

// allClosed waits until the circuits of all are closed.
func allClosed(t *testing.T, nodes []*node) time.Duration {
	t.Helper()
	return eventually(t, "the circuits of all are closed", func() bool {
		return !slices.ContainsFunc(nodes, func(n *node) bool { return n.state() != breaker.Closed })
	})
}

// allObserved waits until all have observed just these kinds.
func allObserved(t *testing.T, nodes []*node, kinds ...observe.Kind) time.Duration {
	t.Helper()
	return eventually(t, "all have observed the outage of the engine", func() bool {
		return !slices.ContainsFunc(nodes, func(n *node) bool { return !slices.Equal(n.kinds(), kinds) })
	})
}

// explain has a test that fails say what each instance has seen.
func explain(t *testing.T, nodes []*node) {
	t.Helper()
	t.Cleanup(func() {
		if !t.Failed() {
			return
		}
		for i, n := range nodes {
			n.mu.Lock()
			t.Logf("instance %d: %+v", i, n.events)
			n.mu.Unlock()
			t.Logf("instance %d: %+v", i, n.fleet.Snapshot())
		}
	})
}

// each runs a test against all servers that are installed.
func each(t *testing.T, test func(t *testing.T, program string)) {
	t.Helper()
	for _, program := range redistest.Names() {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			test(t, program)
		})
	}
}
