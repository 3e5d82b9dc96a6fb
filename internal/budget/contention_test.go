// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package budget_test

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
)

// Counting in millionths by whole numbers is the model.
func TestBucket_DoesWhatItsModelDoes(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		random := rand.New(rand.NewPCG(seed, 1))
		size, gain := random.IntN(20_000_000), random.IntN(3_000_000)
		b, level := fill(float64(size)/1e6, float64(gain)/1e6), size
		for step := range 1000 {
			switch random.IntN(3) {
			case 0:
				want := level >= 1_000_000
				if want {
					level -= 1_000_000
				}
				if got := b.Take(); got != want {
					t.Fatalf("seed %d, step %d: got %v, want %v", seed, step, got, want)
				}
			case 1:
				level = min(level+gain, size)
				b.Credit()
			default:
				level = min(level+1_000_000, size)
				b.Refund()
			}
			if got, want := b.Level(), float64(level)/1e6; got != want {
				t.Fatalf("seed %d, step %d: got level %v, want %v", seed, step, got, want)
			}
		}
	}
}

func TestBucket_LosesAndMakesNothingUnderContention(t *testing.T) {
	t.Parallel()
	const size, each = 50, 2000
	b := fill(size, 0.5)
	var done atomic.Bool
	var watcher, users sync.WaitGroup
	watcher.Go(func() {
		for !done.Load() {
			if got := b.Level(); got < 0 || got > size {
				t.Errorf("got level %v, want 0 to %d", got, size)
				return
			}
		}
	})
	var out atomic.Int64
	for range 4 {
		users.Go(func() {
			for range each {
				if b.Take() {
					out.Add(1)
					b.Refund()
					out.Add(-1)
				}
			}
		})
	}
	users.Wait()
	if got := b.Level(); got != size || out.Load() != 0 {
		t.Errorf("got level %v with all tokens back, want %d", got, size)
	}
	for range 4 {
		users.Go(func() { out.Add(int64(drain(b))) })
	}
	users.Wait()
	if got := out.Load(); got != size {
		t.Errorf("got %d tokens out of %d", got, size)
	}
	for range 4 {
		users.Go(func() {
			for range 10 {
				b.Credit()
			}
		})
	}
	users.Wait()
	done.Store(true)
	watcher.Wait()
	if got := b.Level(); got != 20 {
		t.Errorf("got level %v after 40 successes of a half, want 20", got)
	}
}

func TestBucket_AllocatesNothing(t *testing.T) { //nolint:paralleltest // counts allocations
	b := fill(10, 0.1)
	if got := testing.AllocsPerRun(100, func() {
		b.Take()
		b.Credit()
		b.Refund()
		_ = b.Level()
	}); got != 0 {
		t.Errorf("got %v allocations, want none", got)
	}
}
