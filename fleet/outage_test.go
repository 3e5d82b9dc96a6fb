// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/fleet"
	"github.com/surefoot-go/surefoot/fleet/fleettest"
	"github.com/surefoot-go/surefoot/observe"
)

func TestOutage_IsToldOnceAndCallsNoticeNothing(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		lose func(*fleettest.Engine)
	}{
		{"connections end", (*fleettest.Engine).Cut},
		{"nothing comes back", (*fleettest.Engine).Silence},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				s := newService()
				_, one, _, _ := trio(t, s)
				pass(3 * time.Second) // all have been counted
				var page []observe.Kind
				stop := one.stack.Observe(observe.Func(func(e observe.Event) {
					if e.Kind == observe.FleetLost || e.Kind == observe.FleetFound {
						page = append(page, e.Kind)
					}
				}))
				defer stop()
				if snap := one.fleet.Snapshot(); !snap.Reachable || !snap.Listening || snap.Instances != 3 {
					t.Errorf("before: %+v", snap)
				}
				test.lose(one.engine)
				pass(10 * time.Second)
				if got, want := one.kinds(), []observe.Kind{observe.FleetLost}; !slices.Equal(got, want) {
					t.Errorf("observed %v, want %v", got, want)
				}
				if one.fleet.Snapshot().Reachable {
					t.Error("the snapshot says that it is reachable")
				}
				began := time.Now()
				one.calls(100)
				s.down()
				one.calls(100)
				if took := time.Since(began); took != 0 {
					t.Errorf("200 calls took %s of waiting", took)
				}
				pass(20 * time.Second)
				one.engine.Heal()
				pass(10 * time.Second)
				if got, want := one.kinds(), []observe.Kind{observe.FleetLost, observe.FleetFound}; !slices.Equal(got, want) {
					t.Errorf("observed %v, want %v", got, want)
				}
				if !slices.Equal(page, one.kinds()) {
					t.Errorf("who observes the stack observed %v", page)
				}
				if e := one.events[1]; e.Duration < 25*time.Second || e.Duration > 35*time.Second {
					t.Errorf("it was found after %s, want some 30 s", e.Duration)
				}
				if snap := one.fleet.Snapshot(); !snap.Reachable || !snap.Listening {
					t.Errorf("after: %+v", snap)
				}
			})
		})
	}
}

// A call of the engine that fails now and then is no outage.
func TestOutage_ABlipIsNone(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		_, one, _, _ := trio(t, newService())
		for range 20 {
			one.engine.Cut()
			pass(300 * time.Millisecond)
			one.engine.Heal()
			pass(3 * time.Second)
		}
		if got := one.kinds(); len(got) != 0 {
			t.Errorf("observed %v", got)
		}
	})
}

// What the fleet holds open goes on alone when the fleet is gone, and probes by
// itself.
func TestOutage_CircuitsGoOnAlone(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		s := newService()
		_, one, two, three := trio(t, s)
		nodes := []*node{one, two, three}
		for _, n := range nodes {
			n.busy(100 * time.Millisecond)
		}
		s.down()
		pass(5 * time.Second)
		wantState(t, breaker.Open, nodes...)
		for _, n := range nodes {
			n.engine.Cut()
		}
		s.up()
		pass(10 * time.Second)
		wantState(t, breaker.Closed, nodes...)
		for _, n := range nodes {
			if status := n.call(host); status != http.StatusOK {
				t.Errorf("a call got %d", status)
			}
		}
	})
}

// Without a word from the engine for three rounds nothing that it said holds.
func TestOutage_WhatWasSaidHoldsForThreeRounds(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		engine := server.Engine()
		f, _, first := linked(t, engine)
		_, _, second := linked(t, server.Engine())
		pass(3 * time.Second)
		first.Opened(host, time.Minute)
		second.Opened(host, time.Minute)
		pass(10 * time.Second)
		engine.Cut()
		pass(3 * time.Second)
		if v, held := first.Known(host); !held || v.Valid > 3*time.Second || !f.Snapshot().Keys[0].Held {
			t.Errorf("3 s later it knows %+v, %v", v, held)
		}
		pass(4 * time.Second)
		if v, held := first.Known(host); held || f.Snapshot().Keys[0].Held {
			t.Errorf("7 s later it knows %+v", v)
		}
	})
}

// A cut off instance neither opens nor closes anything for the others, and learns
// what they know when it is back.
func TestOutage_WhoIsCutOffCatchesUp(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		s := newService()
		_, one, two, three := trio(t, s)
		three.engine.Cut()
		s.down()
		failing(one, two)
		wantState(t, breaker.Open, one, two)
		wantState(t, breaker.Closed, three)
		one.busy(100 * time.Millisecond) // or nobody would probe, and the entry end
		pass(10 * time.Second)
		three.engine.Heal()
		pass(5 * time.Second)
		wantState(t, breaker.Open, three)
		three.engine.Cut()
		pass(100 * time.Millisecond)
		s.up()
		pass(3 * time.Second)
		wantState(t, breaker.Closed, one, two)
		three.engine.Heal()
		pass(5 * time.Second)
		if c := three.circuit(host); c.Fleet {
			t.Errorf("what it missed is not known, and its circuit is %+v", c)
		}
		three.busy(100 * time.Millisecond) // it goes on alone
		pass(time.Second)
		wantState(t, breaker.Closed, three)
	})
}

// An engine that has forgotten everything is told again, and not believed that all
// is well.
func TestOutage_AFlushClosesNothing(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		s := newService()
		server, one, two, three := trio(t, s)
		nodes := []*node{one, two, three}
		for _, n := range nodes {
			n.busy(50 * time.Millisecond)
		}
		s.down()
		pass(5 * time.Second)
		wantState(t, breaker.Open, nodes...)
		before := s.attempts.Load()
		server.Flush()
		for range 50 {
			pass(100 * time.Millisecond)
			wantState(t, breaker.Open, nodes...)
		}
		if got := server.Entries(fleet.DefaultNamespace); len(got) != 1 || got[0].Key != host {
			t.Errorf("5 s later the fleet has %+v", got)
		}
		if probes := s.attempts.Load() - before; probes > 8 {
			t.Errorf("there were %d probes in 5 s, want about one a second", probes)
		}
		s.up()
		pass(2 * time.Second)
		wantState(t, breaker.Closed, nodes...)
	})
}

// What those who reported it can no longer say, those who heard it can.
func TestOutage_WhatIsForgottenIsRestored(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		one, _, first := linked(t, server.Engine())
		two, _, second := linked(t, server.Engine())
		_, b, _ := linked(t, server.Engine())
		pass(3 * time.Second)
		first.Opened(host, time.Minute)
		second.Opened(host, time.Minute)
		pass(3 * time.Second) // it has been in a list
		_ = one.Close()
		_ = two.Close()
		b.take()
		server.Flush()
		pass(3 * time.Second)
		got := server.Entries(fleet.DefaultNamespace)
		if len(got) != 1 || got[0].Key != host || got[0].Wait < 50*time.Second || got[0].Wait > 55*time.Second {
			t.Errorf("got %+v, want the key, and what is left of its minute", got)
		}
		if b.wasTold("close") {
			t.Errorf("the circuits were told %q", b.take())
		}
	})
}

// An instance whose messages are lost learns of all within a round or so.
func TestOutage_WithoutMessagesTheListsAreEnough(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		s := newService()
		server, one, two, _ := trio(t, s)
		f, err := fleet.NewWith(deaf{server.Engine()})
		if err != nil {
			t.Fatal(err)
		}
		n := &node{t: t}
		n.wrap(f, s)
		n.calls(1)
		pass(8 * time.Second) // or it would believe its own answer for a while
		s.down()
		failing(one, two)
		one.busy(100 * time.Millisecond)
		pass(3 * time.Second)
		wantState(t, breaker.Open, n)
		s.up()
		n.busy(100 * time.Millisecond)
		pass(4 * time.Second)
		wantState(t, breaker.Closed, one, n)
	})
}

// deaf is an engine whose messages do not come.
type deaf struct{ fleet.Engine }

func (deaf) Listen(context.Context, string, func(), func([]byte)) error { return errors.New("no") }

// With a network that is slow all is later, and as right.
func TestOutage_ASlowNetwork(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		s := newService()
		_, one, two, three := trio(t, s)
		nodes := []*node{one, two, three}
		for _, n := range nodes {
			n.engine.SetLatency(600 * time.Millisecond)
			n.busy(50 * time.Millisecond)
		}
		s.down()
		pass(4 * time.Second)
		wantState(t, breaker.Open, nodes...)
		before := s.attempts.Load()
		pass(30 * time.Second)
		if probes := s.attempts.Load() - before; probes < 10 || probes > 32 {
			t.Errorf("there were %d probes in 30 s", probes)
		}
		s.up()
		pass(4 * time.Second)
		wantState(t, breaker.Closed, nodes...)
		for _, n := range nodes {
			if got := n.kinds(); len(got) != 0 {
				t.Errorf("observed %v", got)
			}
		}
	})
}

// A list that was under way while a message came is older than the message.
func TestReconcile_AnOldListDoesNotOverruleAMessage(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		server := fleettest.NewServer()
		slow := server.Engine()
		_, b, _ := linked(t, late{slow, 900 * time.Millisecond})
		_, _, one := linked(t, server.Engine())
		_, _, two := linked(t, server.Engine())
		pass(5 * time.Second)
		b.take()
		for range 40 { // opened at any moment of a list
			one.Opened(host, time.Minute)
			two.Opened(host, time.Minute)
			pass(1570 * time.Millisecond)
			if told := b.take(); len(told) == 0 || slices.ContainsFunc(told, func(s string) bool {
				return s == "close "+host || strings.HasSuffix(s, "valid for 0s")
			}) {
				t.Fatalf("after it opened, the circuits were told %q", told)
			}
			one.Closed(host)
			pass(1570 * time.Millisecond)
			told := b.take()
			if i := slices.Index(told, "close "+host); i < 0 || i != len(told)-1 {
				t.Fatalf("after it closed, the circuits were told %q", told)
			}
		}
	})
}

// late is an engine whose lists take long to come back, and are never left out.
type late struct {
	fleet.Engine
	by time.Duration
}

func (l late) List(ctx context.Context, namespace, instance string, _ fleet.Mark) (fleet.List, error) {
	list, err := l.Engine.List(ctx, namespace, instance, fleet.Mark{})
	time.Sleep(l.by)
	return list, err
}
