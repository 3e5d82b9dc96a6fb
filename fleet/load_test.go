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
	"github.com/surefoot-go/surefoot/peer"
)

// linkedReal makes an instance whose breaker is in the hands of the test.
func linkedReal(t *testing.T, client redis.UniversalClient, opts ...fleet.Option) (*fleet.Fleet, *breakers, peer.CircuitLink) { //nolint:ireturn // it is one in production, too
	t.Helper()
	f, err := fleet.New(client, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	b := &breakers{wanted: map[string]bool{}}
	link := f.ShareCircuits(b)
	eventually(t, "it listens", func() bool { return f.Snapshot().Listening })
	return f, b, link
}

func TestReal_TenThousandKeys(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, program string) {
		server := redistest.Start(t, program)
		client := clients(t, server.Addr)
		keys := make([]string, fleet.DefaultMaxKeys+10)
		for i := range keys {
			keys[i] = fmt.Sprintf("https://host-%05d.example", i)
		}
		one, first, link1 := linkedReal(t, client(), fleet.WithQueue(20_000))
		two, _, link2 := linkedReal(t, client(), fleet.WithQueue(20_000))
		began := time.Now()
		for _, key := range keys {
			link1.Opened(key, time.Minute)
			link2.Opened(key, time.Minute)
		}
		told := time.Since(began)
		opened := eventually(t, "as many as may be are open for both", func() bool {
			return len(one.Snapshot().Keys) == fleet.DefaultMaxKeys && len(two.Snapshot().Keys) == fleet.DefaultMaxKeys
		})
		n, err := server.Client().HLen(t.Context(), "{surefoot:default}:open:c").Result()
		if err != nil || n != fleet.DefaultMaxKeys {
			t.Errorf("the server has %d open circuits, %v, want %d", n, err, fleet.DefaultMaxKeys)
		}
		three, _, link3 := linkedReal(t, client())
		late := eventually(t, "one that has just started knows all", func() bool { return len(three.Snapshot().Keys) == fleet.DefaultMaxKeys })
		if _, open := link3.Known(three.Snapshot().Keys[0].Key); !open {
			t.Error("it does not tell what it knows")
		}
		for _, f := range []*fleet.Fleet{one, two, three} {
			if d := f.Snapshot().Dropped; d != (fleet.Dropped{}) {
				t.Errorf("dropped %+v", d)
			}
		}
		first.take()
		began = time.Now()
		// By and by: what waits longer than five seconds to be sent is given up, and a
		// machine with other work to do may need more for all.
		for part := range slices.Chunk(keys, 500) {
			for _, key := range part {
				link1.Closed(key)
			}
			eventually(t, "what was closed is sent", func() bool {
				_, open := link2.Known(part[len(part)-1])
				return !open
			})
		}
		eventually(t, "all are closed for all", func() bool {
			return len(one.Snapshot().Keys)+len(two.Snapshot().Keys)+len(three.Snapshot().Keys) == 0
		})
		t.Logf("%d keys: told twice in %s, open for all after %s, known to a new instance after %s, closed for all after %s",
			fleet.DefaultMaxKeys, told, opened, late, time.Since(began))
	})
}

// A flood of messages that mean nothing delays those that do, and loses none.
func TestReal_Flood(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, program string) {
		server := redistest.Start(t, program)
		client := clients(t, server.Addr)
		f, b, link := linkedReal(t, client())
		_, _, other := linkedReal(t, client())
		raw := server.Client()
		const count = 50_000
		began := time.Now()
		for i := range count / 500 {
			pipe := raw.Pipeline()
			for range 500 {
				pipe.Publish(t.Context(), "{surefoot:default}:events", "surefoot/0 of an older version that nobody runs")
			}
			if _, err := pipe.Exec(t.Context()); err != nil {
				t.Fatal(err)
			}
			if i == count/1000 {
				link.Opened(host, time.Minute)
				other.Opened(host, time.Minute)
			}
		}
		sent := time.Since(began)
		want := "open " + host
		eventually(t, "the one that means something is heard", func() bool {
			return slices.ContainsFunc(b.take(), func(s string) bool { return len(s) > len(want) && s[:len(want)] == want })
		})
		eventually(t, "all are counted", func() bool { return f.Snapshot().Dropped.Foreign == count })
		t.Logf("%d messages sent in %s, and heard after %s", count, sent, time.Since(began))
		if s := f.Snapshot(); !s.Reachable || !s.Listening || s.Dropped.Garbage != 0 {
			t.Errorf("afterwards: %+v", s)
		}
	})
}
