// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package redistest

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing" //nolint:depguard // for tests only, and internal
	"time"

	"github.com/redis/go-redis/v9"
)

// MasterName is what sentinels call their primary.
const MasterName = "surefoot-test"

// A Guarded is a primary with two replicas, and the three sentinels that watch it.
// They leave a primary that is gone alone until [Guarded.Promote].
type Guarded struct {
	Primary   *Server
	Replicas  []*Server
	Sentinels []*Server

	tb testing.TB
}

// StartGuarded starts all six, and waits until the sentinels know of each other and
// of the replicas, and these have all that the primary has.
func StartGuarded(tb testing.TB, program string) *Guarded {
	tb.Helper()
	// Without a disk and a wait, or a replica is seconds behind at first.
	data := []string{"--repl-diskless-sync", "yes", "--repl-diskless-sync-delay", "0"}
	g := &Guarded{tb: tb, Primary: Start(tb, program, data...)}
	for range 2 {
		r := Start(tb, program, append([]string{"--replicaof", "127.0.0.1 " + g.Primary.port()}, data...)...)
		g.Replicas = append(g.Replicas, r)
	}
	for _, r := range g.Replicas {
		g.AwaitReplica(r, g.Primary)
	}
	for range 3 {
		g.Sentinels = append(g.Sentinels, startSentinel(tb, program, g.Primary))
	}
	for _, s := range g.Sentinels {
		c := s.sentinel()
		until(tb, "a sentinel knows the others and the replicas", func() bool {
			m, err := c.Master(context.Background(), MasterName).Result()
			return err == nil && m["num-other-sentinels"] == "2" && m["num-slaves"] == "2"
		})
	}
	return g
}

func startSentinel(tb testing.TB, program string, primary *Server) *Server {
	tb.Helper()
	s := prepare(tb, program)
	config := filepath.Join(s.dir, "sentinel.conf")
	// It writes to this file itself.
	text := fmt.Sprintf("port %s\nbind 127.0.0.1\ndir %s\nsentinel monitor %s 127.0.0.1 %s 2\n"+
		"sentinel down-after-milliseconds %[3]s 600000\nsentinel failover-timeout %[3]s 10000\n",
		s.port(), s.dir, MasterName, primary.port())
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	s.args = []string{config, "--sentinel"}
	s.Run()
	// They look at what is there more often than every ten seconds, and a machine
	// that is busy does not make them stop for half a minute. Redis 6.2 cannot be
	// told so; its tests are slower.
	_ = s.Client().Do(context.Background(), "SENTINEL", "DEBUG",
		"INFO-PERIOD", "500", "PUBLISH-PERIOD", "200", "TILT-TRIGGER", "60000").Err()
	return s
}

func (s *Server) sentinel() *redis.SentinelClient {
	c := redis.NewSentinelClient(Options(s.Addr))
	s.tb.Cleanup(func() { _ = c.Close() })
	return c
}

// SentinelAddrs are the addresses of the sentinels.
func (g *Guarded) SentinelAddrs() []string {
	addrs := make([]string, len(g.Sentinels))
	for i, s := range g.Sentinels {
		addrs[i] = s.Addr
	}
	return addrs
}

// Data are the servers that are no sentinels.
func (g *Guarded) Data() []*Server { return append([]*Server{g.Primary}, g.Replicas...) }

// Promote lets the sentinels find out that the primary is gone, and returns the one
// that they have put in its place.
func (g *Guarded) Promote() *Server {
	g.tb.Helper()
	g.downAfter(500 * time.Millisecond)
	var promoted *Server
	for _, s := range g.Sentinels {
		c := s.sentinel()
		until(g.tb, "all sentinels agree on another primary", func() bool {
			addr, err := c.GetMasterAddrByName(context.Background(), MasterName).Result()
			if err != nil || len(addr) != 2 {
				return false
			}
			for _, r := range g.Replicas {
				if r.Addr == net.JoinHostPort(addr[0], addr[1]) {
					promoted = r
					return true
				}
			}
			return false
		})
	}
	g.downAfter(10 * time.Minute)
	return promoted
}

func (g *Guarded) downAfter(d time.Duration) {
	g.tb.Helper()
	for _, s := range g.Sentinels {
		err := s.sentinel().Set(context.Background(), MasterName, "down-after-milliseconds", strconv.FormatInt(d.Milliseconds(), 10)).Err()
		if err != nil {
			g.tb.Fatal(err)
		}
	}
}

// AwaitReplica waits until a server has all that another has, and follows it.
func (g *Guarded) AwaitReplica(r, primary *Server) {
	g.tb.Helper()
	awaitReplica(g.tb, r, primary)
}

func awaitReplica(tb testing.TB, r, primary *Server) {
	tb.Helper()
	c := r.Client()
	until(tb, "a replica follows", func() bool {
		info, err := c.InfoMap(context.Background(), "replication").Result()
		if err != nil {
			return false
		}
		m := info["Replication"]
		return m["role"] == "slave" && m["master_link_status"] == "up" && m["master_port"] == primary.port()
	})
}
