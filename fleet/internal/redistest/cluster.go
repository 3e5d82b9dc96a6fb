// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package redistest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing" //nolint:depguard // for tests only, and internal
	"time"

	"github.com/redis/go-redis/v9"
)

// slots is how many a cluster has.
const slots = 16384

// A Cluster has three masters with a third of the slots each, and a replica of each.
// No replica takes over until [Cluster.Failover].
type Cluster struct {
	// Masters and Replicas are the nodes as they began, in the same order.
	Masters, Replicas []*Server

	tb  testing.TB
	ids map[*Server]string
	raw map[*Server]*redis.Client
}

// StartCluster starts all six, has them meet, and waits until they agree.
func StartCluster(tb testing.TB, program string) *Cluster {
	tb.Helper()
	c := &Cluster{tb: tb, ids: map[*Server]string{}, raw: map[*Server]*redis.Client{}}
	ctx := context.Background()
	for i := range 6 {
		s := Start(tb, program, "--cluster-enabled", "yes", "--cluster-node-timeout", "2000",
			"--cluster-replica-no-failover", "yes", "--repl-diskless-sync", "yes", "--repl-diskless-sync-delay", "0")
		c.raw[s] = s.Client()
		if i < 3 {
			c.Masters = append(c.Masters, s)
		} else {
			c.Replicas = append(c.Replicas, s)
		}
		id, err := c.raw[s].ClusterMyID(ctx).Result()
		c.check(err)
		c.ids[s] = id
		c.do(s, "CLUSTER", "SET-CONFIG-EPOCH", i+1)
	}
	for i, s := range c.Masters {
		c.check(c.raw[s].ClusterAddSlotsRange(ctx, i*slots/3, (i+1)*slots/3-1).Err())
	}
	for i, s := range c.Nodes() { // each with each, since gossip takes its time
		for _, other := range c.Nodes()[i+1:] {
			c.do(s, "CLUSTER", "MEET", "127.0.0.1", other.port())
		}
	}
	c.await("knows all nodes and that the cluster is well", func(s *Server) bool { return clusterWell(c.raw[s], 6) })
	for i, r := range c.Replicas {
		c.do(r, "CLUSTER", "REPLICATE", c.ids[c.Masters[i]])
	}
	for i, r := range c.Replicas {
		awaitReplica(tb, r, c.Masters[i])
	}
	c.await("knows all replicas", func(s *Server) bool {
		nodes, err := c.raw[s].ClusterNodes(ctx).Result()
		return err == nil && strings.Count(nodes, "slave,") == 3
	})
	for _, s := range c.Nodes() { // from now on nobody is thought to be gone who is only slow
		c.timeout(s, 10*time.Minute)
	}
	return c
}

// Nodes are all servers.
func (c *Cluster) Nodes() []*Server { return slices.Concat(c.Masters, c.Replicas) }

// Addrs are the addresses of all.
func (c *Cluster) Addrs() []string {
	var addrs []string
	for _, s := range c.Nodes() {
		addrs = append(addrs, s.Addr)
	}
	return addrs
}

// Raw returns a client of one node.
func (c *Cluster) Raw(s *Server) *redis.Client { return c.raw[s] }

// Slot returns that of a key.
func (c *Cluster) Slot(key string) int {
	c.tb.Helper()
	slot, err := c.raw[c.Masters[0]].ClusterKeySlot(context.Background(), key).Result()
	c.check(err)
	return int(slot)
}

// Owner returns which of the first masters had a slot at first.
func (c *Cluster) Owner(slot int) *Server {
	for i := range c.Masters {
		if slot < (i+1)*slots/3 {
			return c.Masters[i]
		}
	}
	return nil
}

// Move moves a slot, as tools that do it for an operator do. While the slot is on its
// way, meanwhile is called before its keys have gone, and after.
func (c *Cluster) Move(slot int, from, to *Server, meanwhile func(gone bool)) {
	c.tb.Helper()
	ctx := context.Background()
	c.do(to, "CLUSTER", "SETSLOT", slot, "IMPORTING", c.ids[from])
	c.do(from, "CLUSTER", "SETSLOT", slot, "MIGRATING", c.ids[to])
	meanwhile(false)
	for {
		keys, err := c.raw[from].ClusterGetKeysInSlot(ctx, slot, 10).Result()
		c.check(err)
		if len(keys) == 0 {
			break
		}
		args := []any{"MIGRATE", "127.0.0.1", to.port(), "", 0, 5000, "KEYS"}
		for _, key := range keys {
			args = append(args, key)
		}
		c.do(from, args...)
	}
	meanwhile(true)
	c.do(to, "CLUSTER", "SETSLOT", slot, "NODE", c.ids[to])
	c.do(from, "CLUSTER", "SETSLOT", slot, "NODE", c.ids[to])
	for _, s := range c.Masters {
		if s != from && s != to {
			c.do(s, "CLUSTER", "SETSLOT", slot, "NODE", c.ids[to])
		}
	}
}

// Failover lets the nodes that are there find out that a master is gone, and waits
// until its replica has taken over. It returns that.
func (c *Cluster) Failover(dead *Server) *Server {
	c.tb.Helper()
	heir := c.Replicas[slices.Index(c.Masters, dead)]
	alive := slices.DeleteFunc(c.Nodes(), func(s *Server) bool { return s == dead })
	c.do(heir, "CONFIG", "SET", "cluster-replica-no-failover", "no")
	for _, s := range alive {
		c.timeout(s, time.Second)
	}
	for _, s := range alive {
		until(c.tb, "the replica has taken over and the cluster is well", func() bool {
			nodes, err := c.raw[s].ClusterNodes(context.Background()).Result()
			return err == nil && masters(nodes)[c.ids[heir]] && clusterWell(c.raw[s], 6)
		})
	}
	for _, s := range alive {
		c.timeout(s, 10*time.Minute)
	}
	return heir
}

// Rejoin starts a master that was killed, and waits until it follows its heir.
func (c *Cluster) Rejoin(dead, heir *Server) {
	c.tb.Helper()
	dead.Run()
	awaitReplica(c.tb, dead, heir)
}

func (c *Cluster) timeout(s *Server, d time.Duration) {
	c.tb.Helper()
	c.do(s, "CONFIG", "SET", "cluster-node-timeout", d.Milliseconds())
}

// masters returns the ids of those that the text of CLUSTER NODES says are masters
// with slots.
func masters(text string) map[string]bool {
	ids := map[string]bool{}
	for line := range strings.Lines(text) {
		if words := strings.Fields(line); len(words) > 8 && strings.Contains(words[2], "master") {
			ids[words[0]] = true
		}
	}
	return ids
}

func (c *Cluster) do(s *Server, args ...any) {
	c.tb.Helper()
	if err := c.raw[s].Do(context.Background(), args...).Err(); err != nil {
		c.tb.Fatalf("%v: %v", args, err)
	}
}

func (c *Cluster) await(what string, is func(*Server) bool) {
	c.tb.Helper()
	for _, s := range c.Nodes() {
		until(c.tb, "a node "+what, func() bool { return is(s) })
	}
}

// clusterWell reports whether a node knows so many, and has a master for each slot.
func clusterWell(c *redis.Client, nodes int) bool {
	info, err := c.ClusterInfo(context.Background()).Result()
	return err == nil && strings.Contains(info, "cluster_state:ok\r") &&
		strings.Contains(info, "cluster_known_nodes:"+strconv.Itoa(nodes)+"\r")
}

// Refused returns how many commands nodes have refused with errors of some kinds.
func (c *Cluster) Refused(kinds ...string) int {
	c.tb.Helper()
	sum := 0
	for _, s := range c.Nodes() {
		text, err := c.raw[s].Info(context.Background(), "errorstats").Result()
		if err != nil {
			continue // it is gone
		}
		for _, kind := range kinds {
			if _, after, ok := strings.Cut(text, "errorstat_"+kind+":count="); ok {
				var n int
				_, _ = fmt.Sscan(after, &n)
				sum += n
			}
		}
	}
	return sum
}

func (c *Cluster) check(err error) {
	c.tb.Helper()
	if err != nil {
		c.tb.Fatal(err)
	}
}
