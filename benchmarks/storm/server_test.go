// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package storm_test

import (
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/benchmarks/storm"
)

const ms = time.Millisecond

// request is one that arrives, and when its answer is wanted.
type request struct {
	at, work, done int // ms
	lost           bool
}

func arrive(t *testing.T, s *storm.Server, requests []request) {
	t.Helper()
	for i, r := range requests {
		want := time.Duration(r.done) * ms
		done, ok := s.Arrive(time.Duration(r.at)*ms, time.Duration(r.work)*ms)
		if ok == r.lost || ok && done != want {
			t.Errorf("request %d: got %s, %t, want %s, %t", i, done, ok, want, !r.lost)
		}
	}
}

func TestServer_FirstComeFirstServed(t *testing.T) {
	t.Parallel()
	arrive(t, storm.NewServer(2, 10), []request{
		{at: 0, work: 100, done: 100},
		{at: 0, work: 10, done: 10},
		{at: 1, work: 5, done: 15}, // behind the short one
		{at: 2, work: 50, done: 65},
		{at: 3, work: 1, done: 66}, // short, but late
		{at: 200, work: 7, done: 207},
	})
}

func TestServer_RefusesWhatItsQueueCannotTake(t *testing.T) {
	t.Parallel()
	arrive(t, storm.NewServer(1, 2), []request{
		{at: 0, work: 10, done: 10}, // is not in the queue
		{at: 1, work: 10, done: 20},
		{at: 2, work: 10, done: 30},
		{at: 3, work: 10, lost: true},
		{at: 10, work: 10, done: 40}, // the first one of the queue has begun
		{at: 11, work: 10, lost: true},
		{at: 100, work: 10, done: 110},
	})
}

func TestServer_StandsStillAndGoesOn(t *testing.T) {
	t.Parallel()
	s := storm.NewServer(1, 2)
	s.FrozenFrom, s.FrozenTo = 100*ms, 1100*ms
	arrive(t, s, []request{
		{at: 50, work: 50, done: 1100}, // with the last instant of its work
		{at: 90, work: 20, done: 1120},
		{at: 500, work: 10, done: 1130},
		{at: 600, work: 10, done: 1140},
		{at: 700, work: 10, lost: true},
		{at: 1125, work: 10, done: 1150}, // the one of 500 has begun
		{at: 2000, work: 10, done: 2010},
	})
	s = storm.NewServer(1, 2)
	s.FrozenFrom, s.FrozenTo = 100*ms, 1100*ms
	arrive(t, s, []request{
		{at: 50, work: 40, done: 90},
		{at: 60, work: 40, done: 1130}, // 10 of it before
		{at: 700, work: 10, done: 1140},
	})
}

func TestServer_SlowsWorkThatBeginsInABrownout(t *testing.T) {
	t.Parallel()
	s := storm.NewServer(1, 10)
	s.SlowFrom, s.SlowTo, s.SlowFactor = 100*ms, 200*ms, 10
	arrive(t, s, []request{
		{at: 95, work: 10, done: 105},
		{at: 96, work: 10, done: 205},
		{at: 97, work: 10, done: 215}, // begins when it is over
	})
}

// A queue that never gets empty is always busy, whatever the work.
func TestServer_HasItsCapacity(t *testing.T) {
	t.Parallel()
	s := storm.NewServer(20, 1000)
	var last time.Duration
	const rounds = 100_000
	accepted := 0
	for i := range rounds {
		at := time.Duration(i) * ms // 1000 a second, which is 2.5 times too many
		if done, ok := s.Arrive(at, 50*ms); ok {
			accepted++
			last = max(last, done)
		}
	}
	if got := float64(accepted) / last.Seconds(); got < 399.9 || got > 400.1 {
		t.Errorf("got %.2f a second, want 400", got)
	}
	if want := rounds*ms + 2500*ms; last < want-60*ms || last > want+60*ms {
		t.Errorf("got the last one done after %s, want a queue of 2.5 s at the end of %s", last, rounds*ms)
	}
}
