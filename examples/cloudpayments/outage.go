// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"sync"
	"time"
)

// An absence is the total outage of a run. The zero value is one that does not
// happen.
type absence struct {
	stop context.CancelFunc
	done sync.WaitGroup
	err  error
}

// plan returns a function that is told how many calls have begun, and takes
// the service away once it is two fifths of them.
func (a *absence) plan(ctx context.Context, svc *service, t *tally, cfg config) func(n int) {
	if cfg.mix.outage == 0 {
		return nil
	}
	ctx, a.stop = context.WithCancel(ctx)
	start := max(1, cfg.count*2/5)
	var once sync.Once
	return func(n int) {
		if n < start {
			return
		}
		once.Do(func() {
			a.done.Go(func() { a.err = takeAway(ctx, svc, t, cfg.mix.outage) })
		})
	}
}

// end returns when the absence is over. One that outlives the calls is cut
// short.
func (a *absence) end() error {
	if a.stop == nil {
		return nil
	}
	a.stop()
	a.done.Wait()
	return a.err
}

// takeAway takes the service away for about d: connections are refused for two
// thirds of it, then everything is answered 503. It returns early when ctx is
// done.
func takeAway(ctx context.Context, svc *service, t *tally, d time.Duration) error {
	t.mark("the service goes down: connections are reset, then refused")
	svc.down()
	if sleep(ctx, d*2/3) != nil {
		return nil
	}
	svc.injector.overloaded.Store(true)
	defer svc.injector.overloaded.Store(false)
	if err := svc.up(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	t.mark("it accepts connections again, and answers 503 to everything")
	if sleep(ctx, d/3) != nil {
		return nil
	}
	svc.injector.overloaded.Store(false)
	t.serviceBack()
	return nil
}
