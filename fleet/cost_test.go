// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/surefoot-go/surefoot/fleet"
	"github.com/surefoot-go/surefoot/fleet/fleettest"
	"github.com/surefoot-go/surefoot/fleet/internal/redistest"
)

// What the documentation says of calls and messages a second, for a hundred
// instances.
func TestCost_CallsAndMessages(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		const instances = 100
		s := newService()
		server := fleettest.NewServer()
		for range instances {
			n := join(t, server, s)
			n.calls(1)
			n.busy(100 * time.Millisecond)
		}
		pass(10 * time.Second)
		over := func(d time.Duration) (calls, messages, ops float64) {
			before, told := server.Calls(), told(server)
			pass(d)
			after := server.Calls()
			calls = float64(after.Lists+after.Batches-before.Lists-before.Batches) / d.Seconds()
			return calls, float64(after.Messages-before.Messages) / d.Seconds(), float64(toldSince(server, told)) / d.Seconds()
		}
		calls, messages, ops := over(time.Minute)
		t.Logf("all is well: %.1f calls of the server a second, %.1f ops, %.2f messages", calls, ops, messages)
		if calls > 0.75*instances || messages != 0 {
			t.Errorf("all is well: %.1f calls of the server a second and %.2f messages, want %v and none", calls, messages, 0.7*instances)
		}
		s.down()
		calls, messages, ops = over(2 * time.Second)
		t.Logf("the first two seconds of an outage: %.1f calls of the server a second, %.1f ops, %.2f messages", calls, ops, messages)
		if calls > 4.75*instances {
			t.Errorf("the first two seconds of an outage: %.1f calls a second, want %v at most", calls, 4.7*instances)
		}
		calls, messages, ops = over(time.Minute)
		t.Logf("the outage goes on: %.1f calls of the server a second, %.1f ops, %.2f messages", calls, ops, messages)
		if calls > 0.85*instances || messages > 3 {
			t.Errorf("the outage goes on: %.1f calls a second and %.2f messages, want %v and 2", calls, messages, 0.8*instances)
		}
	})
}

func told(s *fleettest.Server) (n int) {
	for kind := fleet.OpSeen; kind <= fleet.OpRelease; kind++ {
		n += s.Applied(kind)
	}
	return n
}

func toldSince(s *fleettest.Server, before int) int { return told(s) - before }

// BenchmarkServer is what the scripts cost a real server, and the way there.
func BenchmarkServer(b *testing.B) {
	for _, program := range redistest.Names() {
		b.Run(program, func(b *testing.B) {
			server := redistest.Start(b, program)
			e := fleet.NewRedisEngine(server.Client(), fleet.DefaultPrefix)
			ctx := context.Background()
			mark := fleet.Mark{}
			b.Run("List, known", func(b *testing.B) {
				for b.Loop() {
					l, err := e.List(ctx, "n", "i", mark)
					if err != nil {
						b.Fatal(err)
					}
					mark = l.Mark
				}
			})
			batch := fleet.Batch{Namespace: "n", Instance: "i", Quorum: 2, Share: 0.2, MaxKeys: 10_000}
			batch.Ops = []fleet.Op{{Kind: fleet.OpReport, Key: host, Since: time.Second, Keep: 5 * time.Second}}
			b.Run("Apply, a report", func(b *testing.B) {
				for b.Loop() {
					if _, err := e.Apply(ctx, batch); err != nil {
						b.Fatal(err)
					}
				}
			})
			batch.Ops = nil
			for i := range fleet.MaxOps {
				batch.Ops = append(batch.Ops, fleet.Op{Kind: fleet.OpSeen, Key: fmt.Sprint(host, i)})
			}
			b.Run("Apply, 64 keys seen", func(b *testing.B) {
				for b.Loop() {
					if _, err := e.Apply(ctx, batch); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

// What the documentation says of the memory of a server.
func TestReal_Memory(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, program string) {
		server := redistest.Start(t, program)
		c := server.Client()
		e := fleet.NewRedisEngine(c, fleet.DefaultPrefix)
		const keys, callers = 1000, 100
		used := memory(t, c)
		for from := 0; from < keys; from += 50 {
			for _, instance := range []string{"0123456789ab", "cdefghijklmn"} {
				batch := fleet.Batch{Namespace: "n", Instance: instance, Quorum: 2, MaxKeys: 10_000}
				for i := from; i < from+50; i++ {
					batch.Ops = append(batch.Ops, fleet.Op{
						Kind: fleet.OpReport, Key: fmt.Sprintf("https://host-%05d.example", i), Flag: true, Wait: time.Minute, Keep: time.Minute,
					})
				}
				if _, err := e.Apply(t.Context(), batch); err != nil {
					t.Fatal(err)
				}
			}
		}
		open := memory(t, c)
		for i := range callers {
			batch := fleet.Batch{Namespace: "n", Instance: fmt.Sprintf("instance-%03d", i), Quorum: 2, MaxKeys: 10_000}
			for k := range 50 {
				batch.Ops = append(batch.Ops, fleet.Op{Kind: fleet.OpSeen, Key: fmt.Sprintf("https://caller-%05d.example", k)})
			}
			if _, err := e.Apply(t.Context(), batch); err != nil {
				t.Fatal(err)
			}
		}
		seen := memory(t, c)
		perKey, perCaller := (open-used)/keys, (seen-open)/callers/50
		t.Logf("%d bytes for an open key that two report, %d for a caller of a key", perKey, perCaller)
		if perKey > 1100 || perCaller > 50 {
			t.Errorf("%d bytes for an open key, %d for a caller of a key, want 1000 and 40", perKey, perCaller)
		}
	})
}

func memory(t *testing.T, c *redis.Client) int64 {
	t.Helper()
	m, err := c.InfoMap(t.Context(), "memory").Result()
	if err != nil {
		t.Fatal(err)
	}
	var n int64
	if _, err := fmt.Sscan(m["Memory"]["used_memory"], &n); err != nil {
		t.Fatal(err)
	}
	return n
}
