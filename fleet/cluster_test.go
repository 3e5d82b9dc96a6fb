// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/surefoot-go/surefoot/fleet"
	"github.com/surefoot-go/surefoot/fleet/internal/redistest"
	"github.com/surefoot-go/surefoot/observe"
)

// clusterOptions are those of a client with the rights of the documentation and no
// more. By itself it would not look for what has become of the cluster.
func clusterOptions(c *redistest.Cluster) *redis.ClusterOptions {
	return &redis.ClusterOptions{
		Addrs: c.Addrs(), Username: "surefoot", Password: "SECRET",
		ContextTimeoutEnabled: true, MaxRetries: -1, DialTimeout: time.Second,
		ClusterStateReloadInterval: time.Hour,
	}
}

func clusterClients(t *testing.T, o *redis.ClusterOptions) func() redis.UniversalClient {
	t.Helper()
	return func() redis.UniversalClient {
		c := redis.NewClusterClient(o)
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
}

// startCluster starts one whose nodes know the user of the documentation.
func startCluster(t *testing.T, program string) *redistest.Cluster {
	t.Helper()
	c := redistest.StartCluster(t, program)
	for _, s := range c.Nodes() {
		setUser(t, c.Raw(s), forCluster(t)...)
	}
	return c
}

// forCluster returns what the client of a cluster needs more.
func forCluster(t *testing.T) []string {
	t.Helper()
	return documented(t, "A cluster's client wants", "too;")
}

// inNamespace is the beginning of the names of all keys of a namespace.
func inNamespace(name string) string { return "{surefoot:" + name + "}:" }

// Fleets are at all nodes; the slot of one moves to another node while circuits are
// open, and then that node dies.
func TestReal_ClusterOfSix(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, program string) {
		s := newService()
		base := besides(s)
		c := startCluster(t, program)
		client := clusterClients(t, clusterOptions(c))
		inNamespaces(t, c, client)
		nodes := members(t, 2, base, client)
		reading := clusterOptions(c)
		reading.ReadOnly = true // it listens to a replica
		nodes = append(nodes, members(t, 1, base, clusterClients(t, reading))...)
		steady(t, nodes)
		slot := c.Slot(inNamespace(fleet.DefaultNamespace))
		from := c.Owner(slot)
		to := c.Masters[(slices.Index(c.Masters, from)+1)%len(c.Masters)]
		s.down()
		opened := allHeld(t, nodes)

		began := time.Now()
		c.Move(slot, from, to, func(gone bool) {
			kinds := []string{"ASK", "TRYAGAIN"}
			if gone {
				kinds = kinds[:1] // all keys are at the other node
			}
			refused := c.Refused(kinds...)
			eventually(t, "somebody meets the slot on its way", func() bool { return c.Refused(kinds...) > refused })
		})
		moved := time.Since(began)
		nodes = append(nodes, members(t, 1, base, client)...) // it listens to the new owner
		for _, server := range []*redistest.Server{from, to} {
			if listeners(t, c.Raw(server)) == 0 {
				t.Errorf("nobody listens to %s: the test shows nothing", server.Addr)
			}
		}
		held := allHeld(t, nodes)
		heard := make([]uint64, len(nodes))
		for i, n := range nodes {
			heard[i] = n.fleet.Snapshot().Heard
		}
		outageOf(t, s, nodes)
		for i, n := range nodes {
			eventually(t, "all hear, whichever node they listen to", func() bool { return n.fleet.Snapshot().Heard > heard[i] })
		}
		t.Logf("open for all after %s; moved in %s, held by all %s later", opened, moved, held)

		s.down()
		allHeld(t, nodes)
		before := allReachable(t, nodes)
		nothingDenied(t, c.Raw(to))
		to.Kill()
		lost := allObservedSince(t, nodes, before, observe.FleetLost)
		unhindered(t, nodes)
		heir := c.Failover(to)
		found := allObservedSince(t, nodes, before, observe.FleetLost, observe.FleetFound)
		allListen(t, nodes)
		nodes, before = append(nodes, members(t, 1, base, client)...), append(before, 0)
		held = allHeld(t, nodes)
		s.up()
		closed := allClosed(t, nodes)
		t.Logf("lost after %s, found %s after the replica took over, held by all %s later; closed after %s", lost, found, held, closed)

		c.Rejoin(to, heir)
		setUser(t, c.Raw(to), forCluster(t)...)
		outageOf(t, s, nodes)
		allObservedSince(t, nodes[:len(nodes)-1], before, observe.FleetLost, observe.FleetFound)
		for _, server := range c.Nodes() {
			nothingDenied(t, c.Raw(server))
		}
	})
}

// inNamespaces sees to it that the keys of a namespace are at one node, and those of
// others may be at others.
func inNamespaces(t *testing.T, c *redistest.Cluster, client func() redis.UniversalClient) {
	t.Helper()
	for _, owner := range c.Masters {
		name := ""
		for i := 0; c.Owner(c.Slot(inNamespace(name))) != owner || name == ""; i++ {
			name = fmt.Sprintf("shop-%d", i)
		}
		one, _, first := linkedReal(t, client(), fleet.WithNamespace(name))
		two, _, second := linkedReal(t, client(), fleet.WithNamespace(name))
		const count = 100
		for i := range count {
			key := fmt.Sprintf("https://host-%d.example", i)
			first.Opened(key, time.Minute)
			second.Opened(key, time.Minute)
		}
		eventually(t, "all are open for both", func() bool {
			return len(one.Snapshot().Keys) == count && len(two.Snapshot().Keys) == count
		})
		for _, s := range c.Masters {
			keys, err := c.Raw(s).Keys(t.Context(), inNamespace(name)+"*").Result()
			if err != nil || (len(keys) > 0) != (s == owner) {
				t.Errorf("namespace %s: a node has %d keys, %v, and owns the slot: %t", name, len(keys), err, s == owner)
			}
		}
		for i := range count {
			first.Closed(fmt.Sprintf("https://host-%d.example", i))
		}
		eventually(t, "all are closed for both", func() bool {
			return len(one.Snapshot().Keys)+len(two.Snapshot().Keys) == 0
		})
		for _, f := range []*fleet.Fleet{one, two} {
			if d := f.Snapshot().Dropped; d != (fleet.Dropped{}) {
				t.Errorf("namespace %s: dropped %+v", name, d)
			}
		}
	}
}

// listeners returns how many connections at one node listen to the fleet.
func listeners(t *testing.T, c *redis.Client) int64 {
	t.Helper()
	channel := inNamespace(fleet.DefaultNamespace) + "events"
	n, err := c.PubSubNumSub(t.Context(), channel).Result()
	if err != nil {
		t.Fatal(err)
	}
	return n[channel]
}

// allReachable waits until the server answers all, and returns how much each has
// observed so far: on a slow machine moving a slot may take so long that it is lost.
func allReachable(t *testing.T, nodes []*node) []int {
	t.Helper()
	seen := make([]int, len(nodes))
	for i, n := range nodes {
		eventually(t, "the server answers", func() bool {
			seen[i] = len(n.kinds())
			return n.fleet.Snapshot().Reachable && seen[i]%2 == 0
		})
	}
	return seen
}

// allObservedSince waits until all have observed just these kinds, and what they had
// observed before.
func allObservedSince(t *testing.T, nodes []*node, before []int, kinds ...observe.Kind) time.Duration {
	t.Helper()
	return eventually(t, "all have observed the outage of the server", func() bool {
		for i, n := range nodes {
			if !slices.Equal(n.kinds()[before[i]:], kinds) {
				return false
			}
		}
		return true
	})
}
