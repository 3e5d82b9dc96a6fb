// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/fleet"
	"github.com/surefoot-go/surefoot/fleet/fleettest"
)

// What has ended at the engine a probe of an instance alone does not revive here.
func TestLink_WhatHasEndedStaysSo(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		f, b, first := linked(t, server.Engine())
		_, _, second := linked(t, server.Engine())
		pass(3 * time.Second)
		first.Opened(host, time.Second)
		second.Opened(host, time.Second)
		pass(100 * time.Millisecond)
		for len(server.Entries(fleet.DefaultNamespace)) > 0 {
			pass(10 * time.Millisecond)
		}
		pass(20 * time.Millisecond) // before anything is swept
		first.ProbeFailed(host, 30*time.Second)
		b.want(host)
		for range 20 {
			pass(3 * time.Second)
			first.Wanted(host)
			if got := f.Snapshot().Keys; len(got) != 0 {
				t.Fatalf("it holds %+v", got)
			}
		}
		if got := server.Applied(fleet.OpLease); got != 0 {
			t.Errorf("%d leases were asked for, of nothing", got)
		}
	})
}

// Where an entry ends while the probe's failure is under way, its circuits go on alone
// within a few rounds.
func TestReconcile_WhatEndsUnderWayIsLetGo(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		e := &flaky{Engine: server.Engine()}
		f, b, first := linked(t, e)
		_, _, second := linked(t, server.Engine())
		pass(3 * time.Second)
		first.Opened(host, time.Second)
		second.Opened(host, time.Second)
		pass(5800 * time.Millisecond)
		e.fail.Store(1) // it is late by a quarter of a second
		first.ProbeFailed(host, 30*time.Second)
		pass(5 * time.Second)
		if got := f.Snapshot().Keys; len(got) != 0 || len(server.Entries(fleet.DefaultNamespace)) != 0 {
			t.Fatalf("5 s later it has %+v", got)
		}
		told := b.take()
		if last := told[len(told)-1]; !strings.HasSuffix(last, "valid for 0s") {
			t.Errorf("it was told %q at last, want that it goes on alone", last)
		}
	})
}

// flaky is an engine that takes nothing for some calls.
type flaky struct {
	fleet.Engine
	fail atomic.Int32
}

func (f *flaky) Apply(ctx context.Context, b fleet.Batch) ([]fleet.Lease, error) {
	if f.fail.Load() > 0 {
		f.fail.Add(-1)
		return nil, errors.New("flaky")
	}
	return f.Engine.Apply(ctx, b)
}

// What was seen while the engine was away, and is over, opens nothing when it is back.
func TestOutage_OldEvidenceOpensNothing(t *testing.T) {
	t.Parallel()
	for _, away := range []time.Duration{3 * time.Second, 8 * time.Second, time.Hour} {
		t.Run(away.String(), func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				server := fleettest.NewServer()
				e1, e2 := server.Engine(), server.Engine()
				_, one, first := linked(t, e1)
				_, two, second := linked(t, e2)
				pass(3 * time.Second)
				e1.Cut()
				e2.Cut()
				pass(5 * time.Second)
				first.Failing(host, 0) // three failures at once, and then no calls
				second.Failing(host, 0)
				pass(away)
				e1.Heal()
				e2.Heal()
				pass(10 * time.Second)
				if one.wasTold("open") || two.wasTold("open") {
					t.Errorf("a blip has opened: %q, %q", one.take(), two.take())
				}
			})
		})
	}
}

// An engine that has forgotten is told until it says so, also of more keys than the
// queue has room for, and by instances whose calls fail.
func TestOutage_AllThatIsForgottenIsRestored(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		const keys = 3000
		server := fleettest.NewServer()
		e := &flaky{Engine: server.Engine()}
		_, b, first := linked(t, e, fleet.WithQuorum(1, 0))
		pass(3 * time.Second)
		for i := range keys {
			first.Opened(fmt.Sprint("key ", i), time.Minute)
			if i%200 == 0 {
				pass(10 * time.Millisecond)
			}
		}
		pass(5 * time.Second)
		if got := len(server.Entries(fleet.DefaultNamespace)); got != keys {
			t.Fatalf("%d keys are open", got)
		}
		b.take()
		e.fail.Store(2)
		server.Flush()
		pass(8 * time.Second)
		if got := len(server.Entries(fleet.DefaultNamespace)); got != keys {
			t.Errorf("%d keys are open, want %d", got, keys)
		}
		for _, told := range b.take() {
			if strings.HasPrefix(told, "close") || strings.HasSuffix(told, "valid for 0s") {
				t.Fatalf("the circuits were told %q", told)
			}
		}
	})
}

// A master that lacks the last writes, and has gone on since, closes nothing: what it
// lacks goes on alone.
func TestReconcile_WhatIsMissingGoesOnAlone(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		e := &lacking{Engine: server.Engine()}
		f, b, first := linked(t, e, fleet.WithQuorum(1, 0))
		pass(3 * time.Second)
		first.Opened("lost", 30*time.Second)
		first.Opened("kept", 30*time.Second)
		pass(3 * time.Second)
		b.take()
		e.lacks.Store(true)
		first.ProbeFailed("kept", 30*time.Second) // the next revision
		pass(5 * time.Second)
		told := b.take()
		if slices.Contains(told, "close lost") {
			t.Errorf("the circuits were told %q", told)
		}
		if !slices.ContainsFunc(told, func(s string) bool {
			return strings.HasPrefix(s, "open lost for 2") && strings.HasSuffix(s, "valid for 0s")
		}) {
			t.Errorf("the circuits were told %q, want that one goes on alone after its wait", told)
		}
		if keys := f.Snapshot().Keys; len(keys) != 1 || keys[0].Key != "kept" {
			t.Errorf("it knows %+v", keys)
		}
	})
}

// lacking is an engine whose lists come to lack a key.
type lacking struct {
	fleet.Engine
	lacks atomic.Bool
}

func (l *lacking) List(ctx context.Context, namespace, instance string, known fleet.Mark) (fleet.List, error) {
	if l.lacks.Load() {
		known = fleet.Mark{}
	}
	list, err := l.Engine.List(ctx, namespace, instance, known)
	if l.lacks.Load() {
		list.Entries = slices.DeleteFunc(list.Entries, func(e fleet.Entry) bool { return e.Key == "lost" })
	}
	return list, err
}

// Who is told that a key is not open, which it has no word of, asks for a list and not
// for the lease again.
func TestLease_OfWhatIsNotOpenIsAskedForOnce(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		e := &closedLeases{Engine: server.Engine()}
		f, _, first := linked(t, e, fleet.WithQuorum(1, 0))
		pass(3 * time.Second)
		first.Opened(host, time.Second)
		pass(1500 * time.Millisecond)
		e.on.Store(true)
		for range 300 {
			first.Wanted(host)
			pass(10 * time.Millisecond)
		}
		if got := e.asked.Load(); got != 1 {
			t.Errorf("it asked %d times within 3 s, want once", got)
		}
		if keys := f.Snapshot().Keys; len(keys) != 0 {
			t.Errorf("it holds %+v", keys)
		}
	})
}

// closedLeases is an engine that comes to say that nothing is open.
type closedLeases struct {
	fleet.Engine
	on    atomic.Bool
	asked atomic.Int32
}

func (c *closedLeases) Apply(ctx context.Context, b fleet.Batch) ([]fleet.Lease, error) {
	leases, err := c.Engine.Apply(ctx, b)
	if c.on.Load() && len(leases) > 0 {
		c.asked.Add(int32(len(leases)))
		clear(leases)
	}
	return leases, err
}

// Who could not ask because the queue was full asks later.
func TestLease_IsAskedForAfterTheQueueWasFull(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		e := server.Engine()
		_, b, first := linked(t, e, fleet.WithQueue(1))
		_, _, second := linked(t, server.Engine())
		pass(3 * time.Second)
		first.Opened(host, time.Second)
		second.Opened(host, time.Second)
		pass(1500 * time.Millisecond)
		e.SetLatency(200 * time.Millisecond)
		first.Opened("under way", time.Second)
		pass(time.Millisecond)
		first.Opened("in the queue", time.Second)
		b.want(host)
		first.Wanted(host)
		pass(2 * time.Second)
		if !b.wasTold("lend " + host) {
			t.Errorf("it has no lease 2 s later, and was told %q", b.take())
		}
	})
}

// An entry that has ended is not told to the engine, nor, if it comes from there, taken
// for one that has closed.
func TestLink_WhatHasEndedIsNoClose(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		_, b, _ := linked(t, server.Engine())
		pass(time.Second)
		m := message()
		m.Entry.Subject, m.Entry.Keep = fleet.Circuit, 0
		server.Publish(fleet.DefaultNamespace, m.Append(nil))
		pass(time.Second)
		if told := b.take(); len(told) != 0 {
			t.Errorf("the circuits were told %q", told)
		}
	})
}

// The breakers of one process hear of each other also when the engine is away.
func TestLink_OneBreakerTellsTheOthers(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		e := server.Engine()
		f, _, first := linked(t, e, fleet.WithQuorum(1, 0))
		other := &breakers{wanted: map[string]bool{}}
		f.ShareCircuits(other)
		pass(3 * time.Second)
		first.Opened(host, 10*time.Second)
		pass(5 * time.Second)
		other.take()
		e.Cut()
		first.Closed(host)
		pass(10 * time.Second)
		if told := other.take(); len(told) == 0 || told[len(told)-1] != "close "+host {
			t.Errorf("the other was told %q", told)
		}
	})
}

// What the fleet held goes on alone as soon as an instance has left.
func TestFleet_AfterCloseCircuitsGoOnAlone(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		s := newService()
		_, one, two, three := trio(t, s, fleet.WithReconcileEvery(time.Minute))
		s.down()
		failing(one, two)
		wantState(t, breaker.Open, one, two, three)
		if !three.circuit(host).Fleet {
			t.Fatal("its circuit is its own")
		}
		s.up()
		for _, n := range []*node{one, two, three} {
			_ = n.fleet.Close()
			if c := n.circuit(host); c.Fleet || c.State != breaker.Open {
				t.Errorf("after Close its circuit is %+v, want an open one of its own", c)
			}
			n.busy(50 * time.Millisecond)
		}
		pass(3 * time.Second)
		wantState(t, breaker.Closed, one, two, three)
	})
}
