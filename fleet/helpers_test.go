// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/fleet"
	"github.com/surefoot-go/surefoot/fleet/fleettest"
	"github.com/surefoot-go/surefoot/limit"
	"github.com/surefoot-go/surefoot/observe"
	"github.com/surefoot-go/surefoot/transport"
)

// host is the key of most tests.
const host = "https://host.example"

// A service is what all instances of a test call. It fails, or not, for all.
type service struct {
	status     atomic.Int32
	retryAfter atomic.Value // string
	attempts   atomic.Int64
}

func newService() *service {
	s := &service{}
	s.status.Store(http.StatusOK)
	s.retryAfter.Store("")
	return s
}

func (s *service) down() { s.status.Store(http.StatusServiceUnavailable) }
func (s *service) up()   { s.status.Store(http.StatusOK) }
func (s *service) answer(status int, ra string) {
	s.retryAfter.Store(ra)
	s.status.Store(int32(status))
}

func (s *service) RoundTrip(req *http.Request) (*http.Response, error) {
	s.attempts.Add(1)
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	status := int(s.status.Load())
	header := http.Header{}
	if ra, _ := s.retryAfter.Load().(string); ra != "" && status != http.StatusOK {
		header.Set("Retry-After", ra)
	}
	return &http.Response{
		StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader("")), Request: req, ProtoMajor: 1, ProtoMinor: 1,
	}, nil
}

// A node is one instance: a stack in a fleet.
type node struct {
	t        *testing.T
	fleet    *fleet.Fleet
	engine   *fleettest.Engine // or nil
	stack    *transport.Transport
	attempts atomic.Int64 // of this instance
	rejected atomic.Int64

	mu     sync.Mutex
	events []observe.Event
}

// join makes an instance in memory.
func join(t *testing.T, server *fleettest.Server, base http.RoundTripper, opts ...fleet.Option) *node {
	t.Helper()
	n := &node{t: t, engine: server.Engine()}
	f, err := fleet.NewWith(n.engine, append([]fleet.Option{fleet.WithObserver(n)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	n.wrap(f, base)
	return n
}

// wrap gives the instance a stack: without retries, which would hide what a circuit
// does, and with cool-downs.
func (n *node) wrap(f *fleet.Fleet, base http.RoundTripper) {
	n.t.Helper()
	n.fleet = f
	n.t.Cleanup(func() { _ = f.Close() })
	counted := roundTripper(func(req *http.Request) (*http.Response, error) {
		n.attempts.Add(1)
		return base.RoundTrip(req)
	})
	stack, err := transport.New(counted, transport.WithFleet(f), transport.WithoutRetry(),
		transport.WithLimit(limit.WithoutAdaptive(), limit.WithMaxWait(0)))
	if err != nil {
		n.t.Fatal(err)
	}
	n.stack = stack
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// Observe notes what becomes of the fleet.
func (n *node) Observe(e observe.Event) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.events = append(n.events, e)
}

// kinds returns what was observed.
func (n *node) kinds() []observe.Kind {
	n.mu.Lock()
	defer n.mu.Unlock()
	var kinds []observe.Kind
	for _, e := range n.events {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

// call makes a call of a URL and returns its status, or 0 for a rejection.
func (n *node) call(url string) int {
	n.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
	if err != nil {
		n.t.Fatal(err)
	}
	resp, err := n.stack.RoundTrip(req)
	if err != nil {
		n.rejected.Add(1)
		return 0
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

func (n *node) calls(count int) {
	n.t.Helper()
	for range count {
		n.call(host)
	}
}

// busy has the instance make a call at each interval, until the test ends or stop
// is called.
func (n *node) busy(every time.Duration) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				n.call(host) //nolint:contextcheck // the context ends the loop, and not a call
			}
		}
	})
	stop = func() { cancel(); wg.Wait() }
	n.t.Cleanup(stop)
	return stop
}

// circuit returns what the stack's snapshot says of a key's circuit.
func (n *node) circuit(key string) breaker.Circuit {
	n.t.Helper()
	for _, k := range n.stack.Snapshot().Keys {
		if k.Key == key {
			return k.Circuit
		}
	}
	return breaker.Circuit{}
}

func (n *node) state() breaker.State { return n.circuit(host).State }

// bubble runs a test in fake time. What it has cleaned up is so inside.
func bubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, test)
}

// pass lets time go by, and then all settle.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// fail makes every node fail often enough, and for long enough, that each reports a
// streak that counts, and none opens by itself.
func failing(nodes ...*node) {
	for range 7 {
		for _, n := range nodes {
			n.calls(1)
		}
		pass(200 * time.Millisecond)
	}
}
