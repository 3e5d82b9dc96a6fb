// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package network

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// What makes every call completable by four attempts: outages keep their
// distance, however long calls take.
func TestGate_LetsNoCallMeetTwoOutages(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const callers, calls = 5, 2000
		ctx, cancel := context.WithCancel(t.Context())
		g := NewGate(20, callers)
		var mu sync.Mutex
		begun, ended, met := 0, 0, 0

		var spoiler sync.WaitGroup
		spoiler.Go(func() {
			for g.begin(ctx) {
				mu.Lock()
				begun++
				mu.Unlock()
				time.Sleep(200 * time.Millisecond)
				mu.Lock()
				ended++
				mu.Unlock()
				g.end(false)
			}
		})
		var all sync.WaitGroup
		for i := range callers {
			dice := rand.New(rand.NewPCG(1, uint64(i)))
			all.Go(func() {
				for range calls / callers {
					epoch, ok := g.Enter(ctx)
					if !ok {
						t.Error("the gate is closed")
						return
					}
					mu.Lock()
					before := ended
					mu.Unlock()
					time.Sleep(time.Duration(dice.IntN(900)) * time.Millisecond)
					mu.Lock()
					switch n := begun - before; {
					case n > 1:
						t.Errorf("a call met %d outages", n)
					case n == 1:
						met++
					}
					mu.Unlock()
					g.Leave(epoch)
				}
			})
		}
		all.Wait()
		cancel()
		spoiler.Wait()
		if begun < calls/60 || met < begun {
			t.Errorf("%d outages met %d calls, want more", begun, met)
		}
	})
}

func TestGate_ExcusesThoseThatMetALongOutage(t *testing.T) {
	t.Parallel()
	g := NewGate(3, 1)
	var epochs []int
	for range 3 {
		epoch, _ := g.Enter(t.Context())
		epochs = append(epochs, epoch)
	}
	if !g.begin(t.Context()) {
		t.Fatal("no outage")
	}
	g.end(true)
	for _, epoch := range epochs {
		g.Leave(epoch)
	}
	after, _ := g.Enter(t.Context())
	if !g.Excused(epochs[0]) || g.Excused(after) {
		t.Error("the wrong calls are excused")
	}
}

func TestGate_EndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	g := NewGate(1, 1)
	g.Enter(ctx)
	cancel()
	if _, ok := g.Enter(ctx); ok {
		t.Error("a call was let in")
	}
	if g.begin(ctx) {
		t.Error("an outage was let happen")
	}
	var none *Gate
	epoch, ok := none.Enter(t.Context())
	none.Leave(epoch)
	if !ok || none.Excused(epoch) {
		t.Error("no gate keeps calls out")
	}
}
