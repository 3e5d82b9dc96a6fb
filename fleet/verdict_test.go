// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/fleet"
	"github.com/surefoot-go/surefoot/fleet/fleettest"
)

// trio makes three instances that know the host, and have not called it just now: who
// has just had an answer believes that.
func trio(t *testing.T, s *service, opts ...fleet.Option) (server *fleettest.Server, one, two, three *node) {
	t.Helper()
	server = fleettest.NewServer()
	nodes := make([]*node, 3)
	for i := range nodes {
		nodes[i] = join(t, server, s, opts...)
		nodes[i].calls(1)
	}
	pass(8 * time.Second) // they have told that they call it
	return server, nodes[0], nodes[1], nodes[2]
}

func wantState(t *testing.T, want breaker.State, nodes ...*node) {
	t.Helper()
	for i, n := range nodes {
		if got := n.state(); got != want {
			t.Errorf("the circuit of instance %d is %s, want %s", i+1, got, want)
		}
	}
}

func TestFleet_WhatTwoInstancesFindIsTrueForAll(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		s := newService()
		_, one, two, three := trio(t, s)
		s.down()
		failing(one, two)
		wantState(t, breaker.Open, one, two, three)
		if got := three.attempts.Load(); got != 1 {
			t.Errorf("the third made %d attempts, want the 1 before the outage", got)
		}
		if status := three.call(host); status != 0 {
			t.Errorf("its call got %d, want a rejection", status)
		}
		if c := three.circuit(host); !c.Fleet {
			t.Errorf("its circuit is %+v, want one that the fleet holds", c)
		}
	})
}

func TestFleet_OneInstanceIsNotBelieved(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		s, bad := newService(), newService()
		server := fleettest.NewServer()
		one, two := join(t, server, bad), join(t, server, s)
		one.calls(1)
		two.calls(1)
		pass(2 * time.Second)
		bad.down() // the network of one
		stop := one.busy(10 * time.Millisecond)
		pass(10 * time.Second)
		wantState(t, breaker.Closed, two)
		if c := one.circuit(host); c.State == breaker.Closed || c.Fleet {
			t.Errorf("its own circuit is %+v, want one that is open, and by itself", c)
		}
		stop()
		if got := server.Entries(fleet.DefaultNamespace); len(got) != 0 {
			t.Errorf("the fleet has %+v", got)
		}
	})
}

// A streak of less than a second is for retries to bridge.
func TestFleet_ABlipOpensNothing(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		s := newService()
		_, one, two, three := trio(t, s)
		s.down()
		for range 9 {
			one.calls(1)
			two.calls(1)
			pass(100 * time.Millisecond)
		}
		s.up()
		one.calls(1)
		two.calls(1)
		pass(5 * time.Second)
		wantState(t, breaker.Closed, one, two, three)
	})
}

func TestFleet_ASuccessTakesTheReportBack(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		s := newService()
		_, one, two, three := trio(t, s)
		s.down()
		failing(one)
		s.up()
		one.calls(1)
		pass(100 * time.Millisecond)
		s.down()
		failing(two)
		wantState(t, breaker.Closed, one, two, three)
	})
}

func TestFleet_TheQuorumIsAShareOfThoseWhoCallTheHost(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		s := newService()
		server := fleettest.NewServer()
		nodes := make([]*node, 20)
		for i := range nodes {
			nodes[i] = join(t, server, s)
			nodes[i].calls(1)
		}
		pass(2 * time.Second)
		s.down()
		failing(nodes[:3]...)
		wantState(t, breaker.Closed, nodes...)
		failing(nodes[3])
		wantState(t, breaker.Open, nodes...)
	})
}

func TestFleet_WithQuorum(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		s := newService()
		_, one, two, three := trio(t, s, fleet.WithQuorum(3, 0))
		s.down()
		failing(one, two)
		wantState(t, breaker.Closed, one, two, three)
		failing(one, two, three)
		wantState(t, breaker.Open, one, two, three)
	})
}

func TestFleet_AnInstanceThatStartsKnows(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		s := newService()
		server, one, two, _ := trio(t, s)
		s.down()
		failing(one, two)
		late := join(t, server, s)
		pass(100 * time.Millisecond)
		if status := late.call(host); status != 0 {
			t.Errorf("its first call got %d, want a rejection", status)
		}
		if got := late.attempts.Load(); got != 0 {
			t.Errorf("it made %d attempts", got)
		}
	})
}

// The host is back within a second or so, and one instance at a time has asked.
func TestFleet_OneInstanceAtATimeProbes(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		s := newService()
		server := fleettest.NewServer()
		nodes := make([]*node, 20)
		for i := range nodes {
			nodes[i] = join(t, server, s)
			nodes[i].calls(1)
			nodes[i].busy(50 * time.Millisecond)
		}
		pass(2 * time.Second)
		s.down()
		pass(3 * time.Second)
		before := s.attempts.Load()
		pass(30 * time.Second)
		probes := s.attempts.Load() - before
		if probes < 15 || probes > 32 {
			t.Errorf("20 instances made %d probes in 30 s, want about one a second in all", probes)
		}
		probed := 0
		for _, n := range nodes {
			if n.attempts.Load() > 1 {
				probed++
			}
		}
		if probed < 5 {
			t.Errorf("%d instances of 20 have probed, want them to take turns", probed)
		}
		wantState(t, breaker.Open, nodes...)
		s.up()
		began := time.Now()
		for time.Since(began) < 10*time.Second && open(nodes) > 0 {
			pass(10 * time.Millisecond)
		}
		if took := time.Since(began); took > 1500*time.Millisecond {
			t.Errorf("%d circuits are open %s after the host is back", open(nodes), took)
		}
	})
}

// open counts the nodes whose circuits are not closed.
func open(nodes []*node) (n int) {
	for _, node := range nodes {
		if node.state() != breaker.Closed {
			n++
		}
	}
	return n
}

func TestFleet_CoolDownsAreShared(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		status int
	}{
		{"asked for too much", http.StatusTooManyRequests},
		{"cannot serve", http.StatusServiceUnavailable},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				s := newService()
				server, one, two, three := trio(t, s)
				s.answer(test.status, "30")
				one.calls(1)
				pass(time.Second)
				if got := three.fleet.Snapshot().Keys; len(got) != 0 {
					t.Errorf("after the first: %+v", got)
				}
				two.calls(1)
				pass(time.Second)
				if status := three.call(host); status != 0 {
					t.Errorf("the call of the third got %d, want a rejection", status)
				}
				keys := slices.DeleteFunc(three.fleet.Snapshot().Keys, func(k fleet.Key) bool { return k.Subject == fleet.Circuit })
				if len(keys) != 1 || keys[0].Subject != fleet.CoolDown || keys[0].Wait < 25*time.Second || keys[0].Wait > 30*time.Second {
					t.Errorf("got %+v, want a cool-down of some 29 s", keys)
				}
				late := join(t, server, s)
				pass(100 * time.Millisecond)
				if status := late.call(host); status != 0 {
					t.Errorf("the call of one that has just started got %d, want a rejection", status)
				}
				pass(31 * time.Second)
				s.up()
				if status := three.call(host); status != http.StatusOK {
					t.Errorf("when it is over, the call got %d", status)
				}
			})
		})
	}
}
