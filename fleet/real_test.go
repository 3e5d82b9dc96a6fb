// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet_test

import (
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/surefoot-go/surefoot/fleet"
	"github.com/surefoot-go/surefoot/fleet/internal/redistest"
	"github.com/surefoot-go/surefoot/observe"
)

func TestReal_OutageAndRecovery(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, program string) {
		s := newService()
		nodes := members(t, 5, s, clients(t, redistest.Start(t, program).Addr))
		s.down()
		opened := allHeld(t, nodes)
		s.up()
		t.Logf("all open after %s, all closed after %s", opened.Round(time.Millisecond), allClosed(t, nodes).Round(time.Millisecond))
		for _, n := range nodes {
			if snap := n.fleet.Snapshot(); snap.Dropped != (fleet.Dropped{}) {
				t.Errorf("dropped %+v", snap.Dropped)
			}
			if got := n.kinds(); len(got) != 0 {
				t.Errorf("observed %v", got)
			}
		}
	})
}

// kill -9 and a new start, with nothing left of what was known.
func TestReal_TheServerDiesAndComesBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, program string) {
		s := newService()
		server := redistest.Start(t, program)
		nodes := members(t, 3, s, clients(t, server.Addr))
		s.down()
		allHeld(t, nodes)
		server.Kill()
		lost := allObserved(t, nodes, observe.FleetLost)
		eventually(t, "circuits go on alone", func() bool { return !nodes[0].circuit(host).Fleet })
		s.up()
		alone := allClosed(t, nodes)
		server.Run()
		found := allObserved(t, nodes, observe.FleetLost, observe.FleetFound)
		for _, n := range nodes {
			eventually(t, "all listen again", func() bool { return n.fleet.Snapshot().Listening })
		}
		s.down()
		again := allHeld(t, nodes)
		t.Logf("lost after %s, circuits closed alone after %s, found after %s, all open again after %s", lost, alone, found, again)
	})
}

// A server that starts again at once, empty, in the middle of an outage of the host.
func TestReal_TheServerForgets(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, program string) {
		s := newService()
		server := redistest.Start(t, program)
		nodes := members(t, 3, s, clients(t, server.Addr))
		s.down()
		allHeld(t, nodes)
		// Only what a list has confirmed is restored.
		for _, n := range nodes {
			at := n.fleet.Snapshot().Answered
			eventually(t, "there was another list", func() bool { return n.fleet.Snapshot().Answered.Sub(at) > 2500*time.Millisecond })
		}
		allHeld(t, nodes)
		server.Kill()
		server.Run()
		c := server.Client()
		took := eventually(t, "it is told again what is open", func() bool {
			n, err := c.HLen(t.Context(), "{surefoot:default}:open:c").Result()
			return err == nil && n == 1
		})
		t.Logf("restored after %s", took)
		allHeld(t, nodes)
		s.up()
		allClosed(t, nodes)
	})
}

// A replica becomes the master, and the clients follow it as with sentinel: the
// address stays.
func TestReal_Failover(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, program string) {
		s := newService()
		master, replica := redistest.Start(t, program), redistest.Start(t, program)
		ip, port, _ := net.SplitHostPort(master.Addr)
		r := replica.Client()
		if err := r.Do(t.Context(), "REPLICAOF", ip, port).Err(); err != nil {
			t.Fatal(err)
		}
		n, _ := strconv.Atoi(port)
		eventually(t, "the replica follows", func() bool { return replicates(t, r, n) })
		network := newNetwork(t, master.Addr, 0)
		nodes := members(t, 3, s, clients(t, network.addr))
		s.down()
		allHeld(t, nodes)
		master.Kill()
		if err := r.Do(t.Context(), "REPLICAOF", "NO", "ONE").Err(); err != nil {
			t.Fatal(err)
		}
		network.moveTo(replica.Addr)
		eventually(t, "all listen to the new master", func() bool {
			for _, n := range nodes {
				if snap := n.fleet.Snapshot(); !snap.Listening || time.Since(snap.Answered) > 500*time.Millisecond {
					return false
				}
			}
			return true
		})
		allHeld(t, nodes)
		s.up()
		t.Logf("all closed %s after the host is back", allClosed(t, nodes))
	})
}

func replicates(t *testing.T, c *redis.Client, port int) bool {
	t.Helper()
	info, err := c.InfoMap(t.Context(), "replication").Result()
	if err != nil {
		return false
	}
	m := info["Replication"]
	return m["master_link_status"] == "up" && m["master_port"] == strconv.Itoa(port)
}

// A cluster refuses a script whose keys are not in one slot.
func TestReal_Cluster(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, program string) {
		cluster := redistest.Start(t, program, "--cluster-enabled", "yes").Cluster()
		outage(t, func() redis.UniversalClient { return cluster })
	})
}
