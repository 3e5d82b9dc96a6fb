// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package storm

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"          //nolint:depguard // see Main
	"testing/synctest" //nolint:depguard // see Main
	"time"
)

// A FleetResult is what one run of a drill gave, beyond what a storm gives. The
// host is the one that is in trouble, for those that the fault befalls; where
// nothing is said of time, it is in the period.
type FleetResult struct {
	Result

	Down   int // attempts at the host
	Late   int // those after the first second
	Later  int // those after the first two
	Probes int // those on a circuit that was not closed
	// Half and All are when half of, and all of, the instances that called the
	// host had an open circuit, in seconds from the beginning of the period:
	// +Inf for never.
	Half, All float64
	// Wrong is how many circuits opened of hosts that worked for the instance, at
	// any time but for the first seconds after the period; Denied is how many
	// attempts such circuits rejected.
	Wrong, Denied int
	// Fresh is how many attempts each instance made that was started in the
	// period, on average.
	Fresh float64
	// Quiet and Busy are the messages a second that went through the engine
	// before the period, and in it.
	Quiet, Busy float64

	// By [Tick], for charts: attempts at the host, and open circuits of it.
	SentBy, OpenBy []int
}

// Muster lets a drill loose on the instances of a crew, in a bubble of fake time
// within t.
func Muster(t *testing.T, d Drill, seed int, crew Crew) (r FleetResult, err error) {
	t.Helper()
	synctest.Test(t, func(*testing.T) {
		r, err = muster(d, seed, crew)
	})
	return r, err
}

func muster(d Drill, seed int, crew Crew) (FleetResult, error) {
	c := &crowd{drill: d, crew: crew, network: newNetwork(d.Scenario, seed), instances: make([]*instance, d.Clients)}
	c.tally = newTally(d, seed, c.now)
	if crew.Shared {
		c.engine = newMedium(d)
	}
	for number := range d.Clients {
		if err := c.start(number, false); err != nil {
			return FleetResult{}, err
		}
	}
	ctx, end := context.WithCancel(context.Background())
	var events schedule
	events.of(ctx, c, seed)
	outcomes := c.network.play(plan(d.Scenario, seed), func(number int) http.RoundTripper { return c.at(number).stack })
	end()
	events.Wait()
	for number := range c.instances {
		c.at(number).leave()
	}
	synctest.Wait()
	r := c.tally.result()
	r.Result = c.network.result(outcomes)
	r.Quiet, r.Busy = events.quiet, events.busy
	return r, errors.Join(events.errs...)
}

// A schedule is what happens to the instances and their engine in a run.
type schedule struct {
	sync.WaitGroup
	quiet, busy float64

	mu   sync.Mutex
	errs []error // guarded by mu
}

func (s *schedule) of(ctx context.Context, c *crowd, seed int) {
	from, _ := c.drill.Period(seed)
	if c.drill.Rolling {
		for number := range c.drill.Clients {
			s.at(ctx, c, c.drill.restart(number, seed), func() error { return c.restart(number) }) //nolint:contextcheck // a fleet lives until it is closed
		}
	}
	if c.engine == nil {
		return
	}
	s.Go(func() { s.meter(ctx, c, seed) })
	if !c.drill.alwaysThere() {
		s.at(ctx, c, from+c.drill.Gone, func() error { c.engine.cut(true); return nil })
		s.at(ctx, c, from+c.drill.Back, func() error { c.engine.cut(false); return nil })
	}
}

// at does something at a time, unless the run is over by then.
func (s *schedule) at(ctx context.Context, c *crowd, when time.Duration, do func() error) {
	s.Go(func() {
		if !c.wait(ctx, when) {
			return
		}
		err := do()
		s.mu.Lock()
		defer s.mu.Unlock()
		s.errs = append(s.errs, err)
	})
}

// meter counts what goes through the engine in the second half of the time
// before the period, and in it.
func (s *schedule) meter(ctx context.Context, c *crowd, seed int) {
	from, to := c.drill.Period(seed)
	var counts []int
	for _, at := range []time.Duration{from / 2, from, to} {
		if !c.wait(ctx, at) {
			return
		}
		counts = append(counts, c.engine.messages())
	}
	s.quiet = float64(counts[1]-counts[0]) / (from - from/2).Seconds()
	s.busy = float64(counts[2]-counts[1]) / (to - from).Seconds()
}

// wait reports whether the time has come before the end of the run.
func (c *crowd) wait(ctx context.Context, when time.Duration) bool {
	timer := time.NewTimer(when - c.now())
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
