// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package budget_test

import (
	"sync"
	"testing"

	"github.com/surefoot-go/surefoot/internal/budget"
	"github.com/surefoot-go/surefoot/internal/keyed"
)

var (
	rule = budget.Rule{Tokens: 2, PerSuccess: 0.5}
	a    = keyed.Key{Scheme: "https", Host: "a"}
	b    = keyed.Key{Scheme: "https", Host: "b"}
	c    = keyed.Key{Scheme: "https", Host: "c"}
)

// takes counts the tokens of k that are left, and takes them.
func takes(p *budget.Pool, k keyed.Key) int {
	n := 0
	for p.Take(k) {
		n++
	}
	return n
}

func TestPool_HasABucketForEachKey(t *testing.T) {
	t.Parallel()
	p := budget.NewPool(rule, 10)
	if got := takes(p, a); got != 2 {
		t.Errorf("got %d tokens of a, want 2", got)
	}
	p.Credit(a)
	p.Credit(b) // had trouble never; there is nothing to put back
	p.Credit(a)
	p.Refund(a)
	p.Refund(b)
	if got := takes(p, a); got != 2 {
		t.Errorf("got %d tokens put back for a, want 2", got)
	}
	if got := takes(p, b); got != 2 {
		t.Errorf("got %d tokens of b, want 2", got)
	}
}

func TestPool_IsIdleUntilATokenIsWanted(t *testing.T) {
	t.Parallel()
	p := budget.NewPool(rule, 10)
	p.Credit(a)
	p.Refund(a)
	if !p.Idle() || len(p.Entries()) != 0 {
		t.Errorf("got %d buckets, want none before there is trouble", len(p.Entries()))
	}
	p.Take(a)
	entries := p.Entries()
	if p.Idle() || len(entries) != 1 || entries[0].Name != "https://a" || entries[0].Value.Level() != 1 {
		t.Errorf("got %v, want the bucket of a", entries)
	}
}

func TestPool_GrowsWithRecentSuccesses(t *testing.T) {
	t.Parallel()
	recent := map[keyed.Key]uint64{a: 100}
	p := budget.NewPool(budget.Rule{
		Tokens: 2, PerSuccess: 0.5, PerRecent: 0.05, Recent: func(k keyed.Key) uint64 { return recent[k] },
	}, 10)
	if got := takes(p, a); got != 7 {
		t.Errorf("got %d tokens after 100 successes, want 7", got)
	}
	if got := takes(p, b); got != 2 {
		t.Errorf("got %d tokens without successes, want 2", got)
	}
	recent[a] = 0 // an outage
	if b := p.Bucket(a); b.Take() || b.Level() != 0 || b.Size() != 2 {
		t.Errorf("got level %v of %v, want nothing of 2", b.Level(), b.Size())
	}
	recent[a] = 200
	if got := takes(p, a); got != 5 {
		t.Errorf("got %d tokens when it has grown to 12, want all but the 7 that are spent", got)
	}
	recent[a] = 0
	p.Bucket(a)
	for range 4 { // as many as an empty bucket of 2 needs, whatever was spent before
		p.Credit(a)
	}
	if b := p.Bucket(a); b.Level() != 2 {
		t.Errorf("got level %v after many successes, want a full bucket of 2", b.Level())
	}
}

func TestPool_IsBounded(t *testing.T) {
	t.Parallel()
	p := budget.NewPool(rule, 2)
	for _, k := range []keyed.Key{a, b, c} {
		takes(p, k)
	}
	if got := len(p.Entries()); got != 2 {
		t.Errorf("got %d buckets, want 2", got)
	}
	if got := takes(p, a); got != 2 {
		t.Errorf("got %d tokens of one that was evicted, want a full bucket", got)
	}
}

func TestPool_OfNilHasNoBounds(t *testing.T) {
	t.Parallel()
	var p *budget.Pool
	for range 100 {
		if !p.Take(a) {
			t.Fatal("got no token, want as many as are asked for")
		}
	}
	p.Credit(a)
	p.Refund(a)
	if !p.Idle() || p.Entries() != nil {
		t.Error("got something kept, want nothing")
	}
}

func TestPool_IsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	p := budget.NewPool(rule, 2)
	var users sync.WaitGroup
	for _, k := range []keyed.Key{a, b, c, a} {
		users.Go(func() {
			for range 500 {
				if p.Take(k) {
					p.Refund(k)
				}
				p.Credit(k)
				_, _ = p.Idle(), p.Entries()
			}
		})
	}
	users.Wait()
}
