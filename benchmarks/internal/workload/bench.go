// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package workload

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

var (
	errNoWorker = errors.New("workload: a request without a worker reached the base")
	errNoHost   = errors.New("workload: a request without a host reached the base")
	errRefused  = errors.New("workload: refused")
	errStatus   = errors.New("workload: the answer is not 200")
)

// A Bench makes the calls of one case through one contender.
type Bench struct {
	c       Case
	rt      http.RoundTripper
	floor   bool // nothing was built
	base    *base
	workers []*worker
	cancel  context.CancelFunc
}

// New builds a contender for a case, calls every host once, and opens the
// circuits where the case asks for that. A nil build stands for the floor of
// the case: with a retry that is two attempts, and for a rejection an error.
func New(c Case, build func(base http.RoundTripper) (http.RoundTripper, error)) (*Bench, error) {
	c.Hosts, c.Workers = max(c.Hosts, 1), max(c.Workers, 1)
	b := &Bench{c: c, base: new(base), floor: build == nil}
	if build == nil {
		b.rt = bareBase(c.Outcome, b.base)
	} else {
		rt, err := build(b.base)
		if err != nil {
			return nil, err
		}
		b.rt = rt
	}
	ctx := context.Background()
	if c.Cancellable {
		ctx, b.cancel = context.WithCancel(ctx)
	}
	urls := hosts(c.Hosts)
	for i := range c.Workers {
		b.workers = append(b.workers, newWorker(ctx, c, urls, i))
	}
	if c.Outcome == Rejected {
		if err := b.open(); err != nil {
			return nil, err
		}
	}
	return b, b.Run(0, c.Hosts)
}

// Close frees what a Bench holds.
func (b *Bench) Close() {
	if b.cancel != nil {
		b.cancel()
	}
}

// Run makes n calls as the given worker, and fails if any of them goes another
// way than the case says.
func (b *Bench) Run(worker, n int) error {
	w := b.workers[worker]
	w.sent = 0
	rejected := b.c.Outcome == Rejected
	for range n {
		resp, err := b.rt.RoundTrip(w.next())
		if err != nil {
			if rejected {
				continue
			}
			return err
		}
		if err := w.finish(resp); err != nil {
			return err
		}
	}
	if want := n * b.c.Outcome.attempts(); w.sent != want {
		return fmt.Errorf("workload: %d calls made %d attempts, want %d", n, w.sent, want)
	}
	return nil
}

// Trouble makes one call of which the first attempt fails.
func (b *Bench) Trouble() error {
	if !b.c.Troubled || b.floor {
		return nil // the floor has nobody who would try again
	}
	w := b.workers[0]
	failing := w.failing
	w.failing = 1
	resp, err := b.rt.RoundTrip(w.next())
	w.failing = failing
	if err != nil {
		return err
	}
	return w.finish(resp)
}

// open lets everything fail until the circuits of all hosts are open.
func (b *Bench) open() error {
	const tries = 200
	w := b.workers[0]
	b.base.down.Store(true)
	defer b.base.down.Store(false)
	for range b.c.Hosts {
		at := w.at
		for try := 0; ; try++ {
			before := b.base.reached.Load()
			w.at = at // the same host again
			resp, err := b.rt.RoundTrip(w.next())
			if err == nil {
				_ = resp.Body.Close()
			}
			if err != nil && b.base.reached.Load() == before {
				break
			}
			if try == tries {
				return fmt.Errorf("workload: %d failures have not opened a circuit", tries)
			}
		}
	}
	return nil
}

func hosts(n int) []*url.URL {
	urls := make([]*url.URL, n)
	for i := range urls {
		urls[i] = &url.URL{Scheme: "https", Host: fmt.Sprintf("host-%d.example.com", i), Path: "/v1/things"}
	}
	return urls
}
