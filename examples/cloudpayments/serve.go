// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/surefoot-go/surefoot/transport"
)

// hosts are the names that -serve calls the service by, each a key of its own;
// read-only.
var hosts = []string{ //nolint:gochecknoglobals // a constant table
	"api.payments.test", "eu.payments.test", "us.payments.test", "refunds.payments.test", "sandbox.payments.test",
}

// A phase is what the service does under one name for a while.
type phase struct {
	mix      string
	down     bool // 503 to everything
	duration time.Duration
}

// phases follow each other; each host begins at another one. Read-only.
var phases = []phase{ //nolint:gochecknoglobals // a constant table
	{mix: "none", duration: 45 * time.Second},
	{mix: "502=2,reset-after=1", duration: 20 * time.Second},
	{down: true, duration: 8 * time.Second},
	{mix: "none", duration: 70 * time.Second},
	{mix: "slow=10,cut=4", duration: 12 * time.Second},
	{mix: "reset-before=96", duration: 6 * time.Second},
	{mix: "none", duration: 50 * time.Second},
}

// serve shows the status page over a steady load with rolling faults, until ctx
// is done. Nothing is audited, and nothing is kept for longer than a phase.
func serve(ctx context.Context, cfg config, stderr io.Writer) error {
	scenes := make(map[string]*scene, len(hosts))
	for i, host := range hosts {
		scenes[host] = &scene{host: host, first: 2 * i, seed: cfg.seed + uint64(i), rate: servedRate / float64(i+1)}
		scenes[host].enter(0)
	}
	server, addr, err := serveScenes(ctx, scenes)
	if err != nil {
		return err
	}
	defer func() { _ = server.Close() }()

	client, stack, err := newServedClient(addr)
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	stop, err := showPage(ctx, cfg.listen, stack, stderr)
	if err != nil {
		return err
	}
	defer stop()

	var wg sync.WaitGroup
	for _, s := range scenes {
		wg.Go(func() { s.roll(ctx) })
		wg.Go(func() { s.load(ctx, client) })
	}
	wg.Wait()
	return nil
}

// servedRate is how many calls are begun in a second to the busiest host.
const servedRate = 60

// serveScenes serves all hosts on one loopback port.
func serveScenes(ctx context.Context, scenes map[string]*scene) (*http.Server, string, error) {
	l, err := listen(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("start the embedded service: %w", err)
	}
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if s := scenes[r.Host]; s != nil {
				s.act.Load().injector.ServeHTTP(w, r)
				return
			}
			http.NotFound(w, r)
		}),
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), // dropped connections are the point
	}
	go func() { _ = server.Serve(l) }()
	return server, l.Addr().String(), nil
}

// newServedClient returns a client that finds all hosts at addr. It is the
// default stack, with an attempt timeout.
func newServedClient(addr string) (*http.Client, *transport.Transport, error) {
	var dialer net.Dialer
	pool := &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, addr)
		},
		MaxIdleConnsPerHost: servedWorkers,
	}
	stack, err := transport.New(pool, transport.WithAttemptTimeout(attemptTimeout))
	if err != nil {
		return nil, nil, fmt.Errorf("build the client: %w", err)
	}
	return &http.Client{Transport: stack, Timeout: patience}, stack, nil
}

// servedWorkers is how many calls to a host can be under way.
const servedWorkers = 16

// A scene is one host: what it does now, and the load on it.
type scene struct {
	host  string
	first int // the phase that it begins with
	seed  uint64
	rate  float64
	act   atomic.Pointer[act]
}

// An act is a phase as it is played: with a service and a caller that remember
// nothing of what was before, or they would grow for ever.
type act struct {
	injector *injector
	planner  *planner
	duration time.Duration
}

// enter begins phase number n.
func (s *scene) enter(n int) *act {
	p := phases[(s.first+n)%len(phases)]
	m, err := parseMix(p.mix)
	if err != nil { // the mixes above are right, says a test
		m = mix{}
	}
	a := &act{
		injector: newInjector((&api{ledger: newLedger()}).handler(), m, s.seed, attemptTimeout*3/2),
		planner:  &planner{run: "serve-" + strconv.Itoa(n), seed: s.seed},
		duration: p.duration,
	}
	a.injector.overloaded.Store(p.down)
	s.act.Store(a)
	return a
}

// roll plays one phase after the other.
func (s *scene) roll(ctx context.Context) {
	a := s.act.Load()
	for n := 1; sleep(ctx, a.duration) == nil; n++ {
		a = s.enter(n)
	}
}

// load makes calls at about the rate of the scene.
func (s *scene) load(ctx context.Context, client *http.Client) {
	var wg sync.WaitGroup
	defer wg.Wait()
	places := make(chan struct{}, servedWorkers)
	for i := 0; ; i++ {
		wait := rand.ExpFloat64() / s.rate //nolint:gosec // dice, not secrets
		if sleep(ctx, time.Duration(wait*float64(time.Second))) != nil {
			return
		}
		select {
		case places <- struct{}{}:
		default: // a call that nobody has time for
			continue
		}
		p := s.act.Load().planner
		c := p.plan(i)
		wg.Go(func() {
			defer func() { <-places }()
			s.call(ctx, client, p, c)
		})
	}
}

// call makes one call and remembers the payment that it made.
func (s *scene) call(ctx context.Context, client *http.Client, p *planner, c *call) {
	req, err := c.request(ctx, "http://"+s.host)
	if err != nil {
		return
	}
	resp, err := client.Do(req)
	if err != nil {
		return
	}
	defer func() { _ = resp.Body.Close() }()
	var o object
	if json.NewDecoder(resp.Body).Decode(&o) == nil && o.Object == objectPayment && c.method == http.MethodPost {
		p.paid(receipt{o.ID, c.amount, c.idempotencyKey})
	}
}
