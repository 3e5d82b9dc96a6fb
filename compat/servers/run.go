// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package servers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync"
	"time"
)

// A Case is one thing that proxies do.
type Case struct {
	// Program is the proxy: nginx or haproxy.
	Program string
	// Name says what it does.
	Name string
	// HTTP2 says that the client talks HTTP/2 over TLS with it, and HTTP/1.1
	// without TLS otherwise.
	HTTP2 bool

	config config
	work   time.Duration
	mishap func(id string, nth int) mishap
	fault  func(context.Context, *stage) error // of each round; nil for none
	start  schedule
	warm   int // calls before the first round
	round  int // calls of a round
	check  check
}

// Protocol returns the version of HTTP that the client and the proxy talk.
func (c Case) Protocol() string {
	if c.HTTP2 {
		return "HTTP/2"
	}
	return "HTTP/1.1"
}

// A stage is where a case happens.
type stage struct {
	proxy    *proxy
	upstream *upstream
	outages  []time.Duration
	closed   sync.Once
}

func (s *stage) close() {
	s.closed.Do(func() {
		s.proxy.close()
		s.upstream.close()
	})
}

// Run lets one client meet a case, with that many rounds of it. The proxy is
// started for it, and is gone when Run returns. The error wraps
// [ErrNotInstalled] where there is no such program; what happens to calls is in
// the Result and no error.
func (c Case) Run(ctx context.Context, client Client, rounds int) (_ *Result, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	dir, err := os.MkdirTemp("", "surefoot-servers-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s, err := c.build(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer s.close()
	if err := s.proxy.start(ctx); err != nil {
		return nil, err
	}
	httpClient, n, err := client.build(s.proxy.trust)
	if err != nil {
		return nil, err
	}
	l := &load{client: httpClient, url: s.proxy.url(), http2: c.HTTP2, start: c.start, calls: c.warm + rounds*c.round}
	if err := c.play(ctx, s, l, rounds); err != nil {
		return nil, fmt.Errorf("%s, %s: %w\n%s", c.Program, c.Name, err, s.proxy.log())
	}
	served := s.upstream.settled(ctx) // while the old ones are there, which have their streams
	s.proxy.endOld()
	// A payment can be on its way to the upstream when its caller has given up;
	// with the proxy gone, nothing more will arrive.
	open := settle(ctx, httpClient, n)
	s.close()
	r := collect(l, s.upstream)
	r.Outages, r.LeftOpen, r.Dialed, r.LeftServed = s.outages, open, int(n.dialed.Load()), served
	r.Sends, r.SendsPost = int(n.sends.Load()), int(n.plain.Load())
	r.Attempts, r.Suppressed = int(n.attempts.Load()), n.suppressed
	if client.bare {
		r.Attempts = l.calls
	}
	return r, ctx.Err()
}

func (c Case) build(ctx context.Context, dir string) (*stage, error) {
	p, err := newProxy(ctx, c.Program, dir, c.HTTP2)
	if err != nil {
		return nil, err
	}
	u, err := newUpstream(ctx, c.work, c.mishap)
	if err != nil {
		return nil, err
	}
	if err := p.configure(c.config, u.address); err != nil {
		u.close()
		return nil, err
	}
	return &stage{proxy: p, upstream: u}, nil
}

// play makes the calls, with the fault of each round when as many have begun. It
// returns when all calls have ended, also where a fault could not be made.
func (c Case) play(ctx context.Context, s *stage, l *load, rounds int) error {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		l.run(ctx)
	}()
	defer func() { <-ended }()
	if c.fault == nil {
		return nil
	}
	for i := range rounds {
		due := int64(c.warm + i*c.round)
		if err := await(ctx, "calls have begun", func() bool { return l.begun.Load() >= due }); err != nil {
			return err
		}
		if err := c.fault(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// settle drops idle connections and returns how many stay open all the same. A
// drain in the background may take a moment.
func settle(ctx context.Context, c *http.Client, n *counter) int {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_ = await(ctx, "all connections are closed", func() bool { // the count tells
		c.CloseIdleConnections()
		return n.open.Load() == 0
	})
	return int(n.open.Load())
}
