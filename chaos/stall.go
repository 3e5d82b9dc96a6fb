// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package chaos

import (
	"context"
	"slices"
	"sync"
	"time"
)

const (
	// tick is how often stalls look at the clock.
	tick = 50 * time.Millisecond
	// tooMuch is how much time a call may lose before a failure of it says more
	// of the machine than of its client.
	tooMuch = AttemptTimeout / 4
)

// stalls remembers when the process stood still, because the machine had other
// work. A timeout that passes meanwhile is no fault of anybody here. Record
// must be over before it is asked.
type stalls struct {
	all     []span
	longest time.Duration
}

// A span is from one moment to another.
type span struct{ from, to time.Time }

// record watches the clock until ctx ends. It calls ticked each time.
func (s *stalls) record(ctx context.Context, ticked func(now time.Time)) {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	last := time.Now()
	for {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		now := time.Now()
		if due := last.Add(tick); now.Sub(due) > tick/2 {
			s.all = append(s.all, span{due, now})
			s.longest = max(s.longest, now.Sub(due))
		}
		last = now
		ticked(now)
	}
}

// lost returns how much of a span the process stood still.
func (s *stalls) lost(in span) time.Duration {
	var sum time.Duration
	i, _ := slices.BinarySearchFunc(s.all, in.from, func(one span, from time.Time) int { return one.to.Compare(from) })
	for ; i < len(s.all) && s.all[i].from.Before(in.to); i++ {
		from, to := s.all[i].from, s.all[i].to
		if from.Before(in.from) {
			from = in.from
		}
		if to.After(in.to) {
			to = in.to
		}
		sum += to.Sub(from)
	}
	return sum
}

// watch tells of progress and records stalls, until it is stopped.
func (r *run) watch(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	told := r.begun
	wg.Go(func() {
		r.stalls.record(ctx, func(now time.Time) {
			if r.cfg.Progress == nil || now.Sub(told) < time.Second {
				return
			}
			told = now
			r.cfg.Progress(Progress{
				Done: int(r.done.Load()), Calls: r.cfg.Calls, Twice: r.ledger.Twice(), Took: now.Sub(r.begun),
			})
		})
	})
	return func() { cancel(); wg.Wait() }
}
