// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package suite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/surefoot-go/surefoot/benchmarks/internal/measure"
	"github.com/surefoot-go/surefoot/benchmarks/rivals"
)

// A wire is a case of [Loopback].
type wire struct {
	name  string
	http2 bool
	body  int // of a POST; a GET where it is 0
}

// Wires returns the names of the cases of [Loopback].
func Wires() []string {
	names := []string{}
	for _, w := range wires() {
		names = append(names, w.name)
	}
	return names
}

func wires() []wire {
	return []wire{
		{name: "loopback, HTTP/1.1, GET"},
		{name: "loopback, HTTP/1.1, POST 1 KiB", body: 1 << 10},
		{name: "loopback, HTTP/2, GET", http2: true},
	}
}

// plug is a contender on a transport of its own.
type plug struct {
	name      string
	rt        http.RoundTripper
	transport *http.Transport
}

// plugs builds all contenders on real transports, bare ones first.
func plugs(http2 bool, list []rivals.Rival) ([]plug, error) {
	all := []plug{}
	for _, name := range []string{Bare, Control} {
		t := newTransport(http2)
		all = append(all, plug{name, t, t})
	}
	for _, r := range list {
		t := newTransport(http2)
		rt, err := documented(r, t)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.Name, err)
		}
		all = append(all, plug{r.Name, rt, t})
	}
	return all, nil
}

// documented is the documented set-up, but for hedges: a request more would be
// another case.
func documented(r rivals.Rival, base http.RoundTripper) (http.RoundTripper, error) {
	if r.Documented == nil { // the base itself
		return base, nil
	}
	if r.Hedges {
		return r.Tuned(base, rivals.Tuning{})
	}
	return r.Documented(base)
}

// Loopback compares over real sockets: how long a call takes, request by
// request, and how many calls 8 goroutines get done.
func Loopback(cfg Config, book *Book) error {
	s, err := serve(healthy())
	if err != nil {
		return err
	}
	for _, w := range wires() {
		if err = overWire(cfg, book, w, s.url); err != nil {
			break
		}
	}
	return errors.Join(err, s.close())
}

func overWire(cfg Config, book *Book, w wire, url string) error {
	base := newTransport(w.http2)
	defer base.CloseIdleConnections()
	cfg.logf("%s: latency", w.name)
	for i, r := range append([]rivals.Rival{{Name: Control}}, Everybody()...) {
		rt, err := documented(r, base)
		if err != nil {
			return fmt.Errorf("%s: %w", r.Name, err)
		}
		if err := latency(cfg, book, w, pair{r.Name, rt, base, uint64(cfg.Pass*100 + i)}, url); err != nil {
			return fmt.Errorf("%s: %s: %w", w.name, r.Name, err)
		}
	}
	cfg.logf("%s: throughput", w.name)
	return throughput(cfg, book, w, url)
}

// A pair is a contender beside the transport that it stands on. Both use the
// same connection, so neither can have the luckier one.
type pair struct {
	name     string
	rt, base http.RoundTripper
	seed     uint64
}

// latency compares request by request: the contender and the transport beneath
// it take turns, and which of them is first in a pair is left to chance.
func latency(cfg Config, book *Book, w wire, p pair, url string) error {
	blocks, calls := cfg.scale(2*cfg.Rounds, 3), cfg.scale(300, 40)
	var p50s, p99s, bare []float64
	var took [2][]float64
	for block := range blocks {
		for i := range took {
			took[i] = took[i][:0]
		}
		for call := range calls {
			for _, i := range measure.Order(2, block*calls+call, p.seed) {
				us, err := timed([]http.RoundTripper{p.base, p.rt}[i], w, url)
				if err != nil {
					return err
				}
				took[i] = append(took[i], us)
			}
		}
		bare = append(bare, measure.Median(took[0]))
		p50s = append(p50s, measure.Median(took[1])/measure.Median(took[0]))
		p99s = append(p99s, measure.Quantile(took[1], 0.99)/measure.Quantile(took[0], 0.99))
	}
	book.Add(Key{w.name, p.name, P50US}, measure.Median(bare))
	book.Add(Key{w.name, p.name, P50}, measure.Median(p50s))
	book.Add(Key{w.name, p.name, P99}, measure.Median(p99s))
	return nil
}

// timed returns the microseconds that one call takes.
func timed(rt http.RoundTripper, w wire, url string) (float64, error) {
	req, err := w.request(url)
	if err != nil {
		return 0, err
	}
	start := time.Now()
	status, err := exchange(rt, req)
	took := time.Since(start)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("status %d", status)
	}
	return float64(took) / float64(time.Microsecond), err
}

func (w wire) request(url string) (*http.Request, error) {
	if w.body == 0 {
		return http.NewRequestWithContext(context.Background(), http.MethodGet, url, http.NoBody)
	}
	return http.NewRequestWithContext(context.Background(), http.MethodPost, url, bytes.NewReader(make([]byte, w.body)))
}

// throughput lets 8 goroutines call as fast as they can, for a slice of each
// contender in turn.
func throughput(cfg Config, book *Book, w wire, url string) error {
	const workers = 8
	list, err := plugs(w.http2, Everybody())
	if err != nil {
		return err
	}
	defer func() {
		for _, p := range list {
			p.transport.CloseIdleConnections()
		}
	}()
	subjects := make([]measure.Subject, len(list))
	for i, p := range list {
		subjects[i] = measure.Subject{Name: p.name, Run: func(_, n int) error {
			for range n {
				if _, err := timed(p.rt, w, url); err != nil {
					return err
				}
			}
			return nil
		}}
	}
	plan := cfg.plan(workers)
	plan.Slice = time.Duration(cfg.scale(40, 5)) * time.Millisecond
	times, err := measure.Interleave(subjects, plan)
	if err != nil {
		return fmt.Errorf("%s: %w", w.name, err)
	}
	for i, p := range list {
		book.Add(Key{w.name, p.name, Throughput}, measure.Median(measure.Ratios(times[0], times[i])))
	}
	return nil
}
