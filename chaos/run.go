// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package chaos

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/surefoot-go/surefoot/chaos/internal/ledger"
	"github.com/surefoot-go/surefoot/chaos/internal/network"
	"github.com/surefoot-go/surefoot/chaos/internal/plan"
)

// A run is one client against one network and one ledger.
type run struct {
	cfg    Config
	plan   *plan.Plan
	script *network.Script
	ledger *ledger.Ledger
	hosts  []*host

	ends    []end // by call; each is written by one caller
	begun   time.Time
	done    atomic.Int64
	mu      sync.Mutex
	outages map[string]int
	errs    []error
	texts   map[string]int
	failed  map[int]span // when calls were made that did not complete
	stalls  stalls
}

// Run makes the calls of a config and audits the ledger. An error means that
// the run itself failed; broken promises are in the audit. If ctx ends before
// the calls do, the error is its.
func Run(ctx context.Context, cfg Config) (*Audit, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	r := &run{
		cfg: cfg, plan: plan.New(cfg.Seed, cfg.Mix), ends: make([]end, cfg.Calls),
		outages: map[string]int{}, texts: map[string]int{}, failed: map[int]span{},
	}
	r.script = network.NewScript(r.plan, cfg.Calls)
	r.ledger = ledger.New(r.slow)
	err := r.open(ctx)
	if err == nil {
		err = r.calls(ctx)
	}
	took := time.Since(r.begun)
	limited := r.limits()
	if err = errors.Join(err, r.close(ctx)); err != nil {
		return nil, err
	}
	return r.audit(took, limited), nil
}

// slow reports whether the work of a payment is slow.
func (r *run) slow(reference string) bool {
	n, ok := number(reference)
	return ok && r.scripted(n) && r.plan.Of(n).Slow
}

// calls makes all calls.
func (r *run) calls(ctx context.Context) error {
	r.begun = time.Now()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := r.watch(ctx)
	defer stop()

	var all sync.WaitGroup
	for i := range r.hosts {
		all.Go(func() { r.serve(ctx, cancel, i) })
	}
	all.Wait()
	if len(r.errs) > 0 {
		return errors.Join(r.errs...)
	}
	if n := int(r.done.Load()); n < r.cfg.Calls {
		return fmt.Errorf("chaos: %d of %d calls made: %w", n, r.cfg.Calls, context.Cause(ctx))
	}
	return nil
}

// serve makes the calls of one host, and its outages.
func (r *run) serve(ctx context.Context, cancel context.CancelFunc, i int) {
	h := r.hosts[i]
	outages, stop := context.WithCancel(ctx)
	var spoiler sync.WaitGroup
	if h.gate != nil {
		spoiler.Go(func() {
			happened, err := h.path.Spoil(outages, h.gate, r.cfg.Seed, h.part, h.parts)
			r.mu.Lock()
			defer r.mu.Unlock()
			for name, n := range happened {
				r.outages[name] += n
			}
			if err != nil {
				r.errs = append(r.errs, err)
				cancel()
			}
		})
	}
	var callers sync.WaitGroup
	var next atomic.Int64
	for range r.cfg.Callers {
		callers.Go(func() { r.caller(ctx, i, &next) })
	}
	callers.Wait()
	stop()
	spoiler.Wait()
}
