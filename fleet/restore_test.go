// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/fleet"
	"github.com/surefoot-go/surefoot/fleet/fleettest"
	"github.com/surefoot-go/surefoot/peer"
)

// openAll opens so many circuits, no faster than a queue of its length can take.
func openAll(link peer.CircuitLink, keys, queue int) {
	for i := range keys {
		if i%queue == 0 {
			pass(10 * time.Millisecond)
		}
		link.Opened(fmt.Sprint("key ", i), time.Minute)
	}
}

// wantRestored checks that an engine that has forgotten so many keys has them again,
// and that no circuit has gone on alone meanwhile.
func wantRestored(t *testing.T, server *fleettest.Server, b *breakers, keys int) {
	t.Helper()
	if got := len(server.Entries(fleet.DefaultNamespace)); got != keys {
		t.Errorf("%d keys are open, want %d", got, keys)
	}
	for _, told := range b.take() {
		if strings.HasPrefix(told, "close") || strings.HasSuffix(told, "valid for 0s") {
			t.Fatalf("the circuits were told %q", told)
		}
	}
}

// What the engine is told again may be more than the queue has room for: it is told
// at once, and not a queue's length at each list.
func TestRestore_IsNotBoundByTheQueue(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		const keys, queue = 500, 10
		server := fleettest.NewServer()
		f, b, link := linked(t, server.Engine(), fleet.WithQuorum(1, 0), fleet.WithQueue(queue))
		pass(3 * time.Second)
		openAll(link, keys, queue)
		pass(3 * time.Second)
		wantRestored(t, server, b, keys)
		server.Flush()
		pass(2500 * time.Millisecond) // a list, and a fifth more
		wantRestored(t, server, b, keys)
		if d := f.Snapshot().Dropped; d != (fleet.Dropped{}) {
			t.Errorf("dropped %+v", d)
		}
	})
}

// A list that comes while the engine is being told again lacks what it has not been
// told yet. That is no reason to let go of it.
func TestRestore_GoesOnOverTheNextList(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		const (
			keys    = 2000
			latency = 200 * time.Millisecond // so it takes 36 batches, and 7.2 s
			every   = 5 * time.Second
		)
		server := fleettest.NewServer()
		e := server.Engine()
		_, b, link := linked(t, e, fleet.WithQuorum(1, 0), fleet.WithReconcileEvery(every))
		pass(7 * time.Second)
		openAll(link, keys, fleet.DefaultQueue/2)
		pass(7 * time.Second)
		wantRestored(t, server, b, keys)
		e.SetLatency(latency)
		server.Flush()
		pass(14 * time.Second)
		wantRestored(t, server, b, keys)
	})
}

// A call that fails is made again soon, and not only after the next list: meanwhile
// the engine lets who has just started call what is down.
func TestRestore_IsTriedAgainSoon(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		e := &flaky{Engine: server.Engine()}
		_, b, link := linked(t, e, fleet.WithQuorum(1, 0))
		pass(3 * time.Second)
		link.Opened(host, time.Minute)
		pass(3 * time.Second)
		e.fail.Store(1)
		server.Flush()
		for e.fail.Load() > 0 {
			pass(10 * time.Millisecond)
		}
		pass(400 * time.Millisecond)
		wantRestored(t, server, b, 1)
	})
}

// What an engine has taken, though its answer was lost, and says so, it is not told
// once more: somebody may have closed it since.
func TestRestore_OnceItIsHeardIsEnough(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		e := &answerless{Engine: server.Engine()}
		_, b, link := linked(t, e, fleet.WithQuorum(1, 0))
		pass(3 * time.Second)
		link.Opened(host, time.Minute)
		pass(3 * time.Second)
		e.lose.Store(true)
		server.Flush()
		pass(5 * time.Second)
		wantRestored(t, server, b, 1)
		if got := server.Applied(fleet.OpRestore); got != 1 {
			t.Errorf("it was restored %d times, want once", got)
		}
	})
}

// answerless is an engine whose answers come to be lost, later than its messages.
type answerless struct {
	fleet.Engine
	lose atomic.Bool
}

func (a *answerless) Apply(ctx context.Context, b fleet.Batch) ([]fleet.Lease, error) {
	leases, err := a.Engine.Apply(ctx, b)
	if a.lose.Load() {
		time.Sleep(100 * time.Millisecond)
		return nil, errors.New("the answer was lost")
	}
	return leases, err
}

// What an instance has seen, and is still so, it tells an engine again that has
// forgotten it, or comes back from an outage: perhaps as a replica that lacks the last
// reports, which no mark shows.
func TestRestore_EvidenceIsToldAgain(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		lose func(t *testing.T, s *fleettest.Server, e *fleettest.Engine, instance string)
	}{
		{"it has forgotten", func(_ *testing.T, s *fleettest.Server, _ *fleettest.Engine, _ string) { s.Flush() }},
		{"it was away", func(t *testing.T, s *fleettest.Server, e *fleettest.Engine, instance string) {
			t.Helper()
			e.Cut()
			_, err := s.Engine().Apply(t.Context(), fleet.Batch{
				Namespace: fleet.DefaultNamespace, Instance: instance, Quorum: 2, MaxKeys: 10,
				Ops: []fleet.Op{{Kind: fleet.OpWithdraw, Key: host}},
			})
			if err != nil {
				t.Fatal(err)
			}
			pass(10 * time.Second) // until it is lost
			e.Heal()
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				server := fleettest.NewServer()
				e := server.Engine()
				f, _, first := linked(t, e)
				_, _, second := linked(t, server.Engine())
				pass(3 * time.Second)
				first.Opened(host, time.Minute)
				pass(3 * time.Second)
				test.lose(t, server, e, f.Snapshot().Instance)
				pass(5 * time.Second)
				second.Opened(host, time.Minute)
				pass(time.Second)
				if got := server.Entries(fleet.DefaultNamespace); len(got) != 1 {
					t.Errorf("got %+v, want what both report", got)
				}
			})
		})
	}
}
