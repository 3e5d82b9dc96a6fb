// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet_test

import (
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/surefoot-go/surefoot/breaker"
	"github.com/surefoot-go/surefoot/fleet/internal/redistest"
	"github.com/surefoot-go/surefoot/observe"
)

// guardedOptions are those of a client that asks sentinels, with the rights of the
// documentation and no more.
func guardedOptions(g *redistest.Guarded) *redis.UniversalOptions {
	return &redis.UniversalOptions{
		MasterName: redistest.MasterName, Addrs: g.SentinelAddrs(),
		Username: "surefoot", Password: "SECRET", SentinelUsername: "surefoot-watch", SentinelPassword: "SECRET",
		ContextTimeoutEnabled: true, MaxRetries: -1, DialTimeout: time.Second,
	}
}

func guardedClients(t *testing.T, o *redis.UniversalOptions) func() redis.UniversalClient {
	t.Helper()
	return func() redis.UniversalClient {
		c := redis.NewUniversalClient(o)
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
}

// guarded starts servers and sentinels that know the users of the documentation.
func guarded(t *testing.T, program string) *redistest.Guarded {
	t.Helper()
	g := redistest.StartGuarded(t, program)
	for _, s := range g.Data() {
		setUser(t, s.Client(), forRouting(t)...)
	}
	for _, s := range g.Sentinels {
		define(t, s.Client(), "surefoot-watch")
	}
	return g
}

// forRouting returns what a client needs more that reads from replicas.
func forRouting(t *testing.T) []string {
	t.Helper()
	return documented(t, "one of sentinels that routes reads,", ".")
}

// Sentinels find out that the primary is dead, and put a replica in its place. Those
// that may read from replicas follow like all others.
func TestReal_Sentinel(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, program string) {
		s := newService()
		base := besides(s)
		g := guarded(t, program)
		client := guardedClients(t, guardedOptions(g))
		nodes := members(t, 2, base, client)
		routed := guardedOptions(g)
		routed.RouteRandomly = true // makes it another kind of client
		nodes = append(nodes, members(t, 1, base, guardedClients(t, routed))...)
		// One that sends all to replicas can tell nobody anything: its fleet is lost, and
		// it goes on alone.
		only := guardedOptions(g)
		only.ReadOnly = true
		readers := members(t, 1, base, guardedClients(t, only))
		steady(t, slices.Concat(nodes, readers))
		s.down()
		opened := allHeld(t, nodes)

		g.Primary.Kill()
		lost := allObserved(t, nodes, observe.FleetLost)
		allObserved(t, readers, observe.FleetLost)
		unhindered(t, slices.Concat(nodes, readers))
		primary := g.Promote()
		found := allObserved(t, nodes, observe.FleetLost, observe.FleetFound)
		allListen(t, nodes)
		nodes = append(nodes, members(t, 1, base, client)...) // one that has not seen any of it
		held := allHeld(t, nodes)
		eventually(t, "the circuit of one that is alone opens, too", func() bool { return readers[0].state() != breaker.Closed })
		s.up()
		closed := allClosed(t, slices.Concat(nodes, readers))
		t.Logf("open for all after %s; lost after %s, found %s after another primary was there, held by all %s later; closed after %s",
			opened, lost, found, held, closed)

		// What was the primary comes back, believes for a while that it still is, and
		// has forgotten everything.
		g.Primary.Run()
		setUser(t, g.Primary.Client(), forRouting(t)...)
		g.AwaitReplica(g.Primary, primary)
		outageOf(t, s, nodes)
		for i, n := range nodes {
			want := []observe.Kind{observe.FleetLost, observe.FleetFound}
			if i == len(nodes)-1 {
				want = nil
			}
			if got := n.kinds(); !slices.Equal(got, want) {
				t.Errorf("instance %d observed %v, want %v", i, got, want)
			}
		}
		for i, kind := range readers[0].kinds() { // found if its replica has become the primary
			if want := []observe.Kind{observe.FleetLost, observe.FleetFound}[i%2]; kind != want {
				t.Errorf("one that sends all to replicas observed %v", readers[0].kinds())
				break
			}
		}
		for _, server := range append(g.Data(), g.Sentinels...) {
			nothingDenied(t, server.Client())
		}
	})
}
