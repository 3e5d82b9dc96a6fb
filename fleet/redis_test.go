// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package fleet_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/surefoot-go/surefoot/fleet"
	"github.com/surefoot-go/surefoot/fleet/fleettest"
	"github.com/surefoot-go/surefoot/fleet/internal/redistest"
)

// engines returns what a suite wants: one client for each instance.
func engines(t *testing.T, addr string) func() fleet.Engine {
	t.Helper()
	return func() fleet.Engine {
		c := redis.NewClient(redistest.Options(addr))
		t.Cleanup(func() { _ = c.Close() })
		return fleet.NewRedisEngine(c, fleet.DefaultPrefix)
	}
}

func TestRedisEngine_MiniRedis(t *testing.T) {
	t.Parallel()
	fleettest.TestEngine(t, engines(t, miniredis.RunT(t).Addr()))
}

func TestRedisEngine_Server(t *testing.T) {
	t.Parallel()
	for _, program := range redistest.Names() {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			s := redistest.Start(t, program)
			fleettest.TestEngine(t, engines(t, s.Addr))
		})
	}
}

// restoring makes a batch that opens circuits, with room for the given number.
func restoring(room int, keep time.Duration, keys ...string) fleet.Batch {
	b := fleet.Batch{Namespace: "n", Instance: "i", Quorum: 1, MaxKeys: room}
	for _, key := range keys {
		b.Ops = append(b.Ops, fleet.Op{Kind: fleet.OpRestore, Key: key, Wait: keep, Keep: keep})
	}
	return b
}

// A look at what is open, for what has expired, holds up everybody on the server.
func TestRedisEngine_WhoIsFullLooksForRoomNowAndThen(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	e := engines(t, server.Addr())()
	apply := func(b fleet.Batch) {
		t.Helper()
		if _, err := e.Apply(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	want := func(keys ...string) {
		t.Helper()
		got, err := server.HKeys("{surefoot:n}:open:c")
		if err != nil || !slices.Equal(got, keys) {
			t.Errorf("got %q open and error %v, want %q", got, err, keys)
		}
	}
	now := time.Now()
	server.SetTime(now)
	apply(restoring(1, 50*time.Millisecond, "a"))
	apply(restoring(1, time.Minute, "b")) // looks
	server.SetTime(now.Add(99 * time.Millisecond))
	apply(restoring(1, time.Minute, "b"))
	want("a") // which is over, but nobody has looked
	server.SetTime(now.Add(100 * time.Millisecond))
	apply(restoring(1, time.Minute, "b"))
	want("b")
	server.SetTime(now.Add(-time.Hour)) // a clock that is set back stops nobody
	apply(restoring(1, time.Minute, "c"))
	want("c")
}

// A batch that looked for each op would hold up everybody 64 times as long.
func TestRedisEngine_ABatchLooksForRoomOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, program string) {
		server := redistest.Start(t, program)
		e := engines(t, server.Addr)()
		var keys []string
		for i := range fleet.MaxOps {
			keys = append(keys, strconv.Itoa(i))
		}
		if _, err := e.Apply(t.Context(), restoring(1, time.Minute, keys...)); err != nil {
			t.Fatal(err)
		}
		stats, err := server.Client().Info(t.Context(), "commandstats").Result()
		if err != nil {
			t.Fatal(err)
		}
		if want := "cmdstat_hscan:calls=1,"; !strings.Contains(stats, want) {
			t.Errorf("got %q, want %s", stats, want)
		}
	})
}

// However many keys there are, one look is at some of them, and looks go on where the
// last one ended, until all that is over has gone.
func TestRedisEngine_ALookForRoomIsBounded(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, program string) {
		const keys = 20_000
		server := redistest.Start(t, program)
		c := server.Client()
		e := engines(t, server.Addr)()
		var over []any // a second ago, all of them
		for i := range keys {
			over = append(over, strconv.Itoa(i), "1 1 0 0 -")
		}
		if err := c.HSet(t.Context(), "{surefoot:n}:open:c", over...).Err(); err != nil {
			t.Fatal(err)
		}
		left, looks := int64(keys), 0
		eventually(t, "all that is over has gone", func() bool {
			if _, err := e.Apply(t.Context(), restoring(1, time.Minute, "new")); err != nil {
				t.Fatal(err)
			}
			n, err := c.HLen(t.Context(), "{surefoot:n}:open:c").Result()
			if err != nil {
				t.Fatal(err)
			}
			if left-n > 1100 { // a scan may return a few more than it is asked for
				t.Errorf("one look was at %d keys", left-n)
			}
			if n < left {
				looks++
			}
			left = n
			return n <= 1
		})
		if looks < keys/1100 {
			t.Errorf("it took %d looks, want some %d", looks, keys/1000)
		}
	})
}

// After a failover to a server whose clock is behind, what was written lies in the
// future: it would hold a key open, or a lease, for as long as the clocks differ.
func TestRedisEngine_WhatComesFromTheFutureIsDropped(t *testing.T) {
	t.Parallel()
	streak := fleet.Op{Kind: fleet.OpReport, Key: host, Since: 2 * time.Second, Keep: time.Minute}
	open := fleet.Op{Kind: fleet.OpReport, Key: host, Flag: true, Wait: time.Second, Keep: time.Minute}
	restore := fleet.Op{Kind: fleet.OpRestore, Key: host, Wait: time.Minute, Keep: time.Minute}
	cool := fleet.Op{Kind: fleet.OpRestore, Subject: fleet.CoolDown, Key: host, Wait: time.Minute, Keep: time.Minute}
	for _, test := range []struct {
		name         string
		by           time.Duration // is the clock behind
		before, then []fleet.Op    // the failover, each of another instance
		quorum       int
		open         int // after both
	}{
		{"streaks", time.Hour, []fleet.Op{streak}, []fleet.Op{streak}, 2, 0},
		{"open circuits", time.Hour, []fleet.Op{open}, []fleet.Op{open}, 2, 0},
		{"open circuits, by little", 2 * time.Minute, []fleet.Op{open}, []fleet.Op{open}, 2, 0},
		{"open keys", time.Hour, []fleet.Op{restore}, nil, 1, 0},
		{"open keys, which are opened again", time.Hour, []fleet.Op{restore}, []fleet.Op{open}, 1, 1},
		{"cool-downs", time.Hour, []fleet.Op{cool}, nil, 1, 0},
		{"callers", time.Hour, []fleet.Op{{Kind: fleet.OpSeen, Key: host}}, []fleet.Op{open}, 1, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := miniredis.RunT(t)
			e := engines(t, server.Addr())()
			apply := func(instance string, ops []fleet.Op) {
				_, err := e.Apply(t.Context(), fleet.Batch{
					Namespace: "n", Instance: instance, Quorum: test.quorum, Share: 1, MaxKeys: 10, Ops: ops,
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			now := time.Now()
			server.SetTime(now.Add(test.by))
			apply("before", test.before)
			if _, err := e.List(t.Context(), "n", "before", fleet.Mark{}); err != nil {
				t.Fatal(err)
			}
			server.SetTime(now)
			apply("after", test.then)
			list, err := e.List(t.Context(), "n", "after", fleet.Mark{})
			if err != nil {
				t.Fatal(err)
			}
			if len(list.Entries) != test.open {
				t.Errorf("got %+v, want %d", list.Entries, test.open)
			}
			if list.Instances != 1 {
				t.Errorf("there are %d instances, want 1", list.Instances)
			}
		})
	}
}
