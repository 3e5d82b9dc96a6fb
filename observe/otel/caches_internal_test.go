// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package surefoototel

import (
	"strconv"
	"sync"
	"testing"
)

func TestOptionsCache_IsBounded(t *testing.T) {
	t.Parallel()
	c, to := newOptionsCache(), newTargets(1).rest
	for i := range maxOptions + 10 {
		c.of(labels{target: to, reason: strconv.Itoa(i)})
	}
	if len(c.known) != maxOptions {
		t.Errorf("got %d, want %d", len(c.known), maxOptions)
	}
}

// Many who come at once with a new key each do not pass the bound together.
func TestTargets_AreBoundedUnderContention(t *testing.T) {
	t.Parallel()
	const rounds, workers, limit = 200, 8, 2
	for range rounds {
		ts := newTargets(limit)
		start := make(chan struct{})
		var group sync.WaitGroup
		for i := range workers {
			group.Go(func() {
				<-start
				p := place{key: strconv.Itoa(i / 2)}
				if first := ts.of(p); first != ts.of(p) {
					t.Error("got two targets of one key, want one")
				}
			})
		}
		close(start)
		group.Wait()
		if len(ts.known) > limit {
			t.Fatalf("got %d, want at most %d", len(ts.known), limit)
		}
	}
}
