// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package hedge

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"
)

func TestBucketOf_IsWithinBounds(t *testing.T) {
	t.Parallel()
	for _, d := range []time.Duration{
		1 << minBits, 1<<minBits + 1, 100 * time.Microsecond, time.Millisecond, 12345678, time.Second,
		17 * time.Second, 1<<maxBits - 1,
	} {
		i := bucketOf(d)
		if low, high := bound(i), bound(i+1); float64(d) < low || float64(d) >= high || high/low > 1.0626 {
			t.Errorf("got bucket %d from %v to %v for %d, want one around it, no wider than a sixteenth", i, low, high, d)
		}
	}
	for d, want := range map[time.Duration]int{-1: 0, 0: 0, 1: 0, 1 << maxBits: buckets - 1, math.MaxInt64: buckets - 1} {
		if got := bucketOf(d); got != want {
			t.Errorf("got bucket %d for %d, want %d", got, d, want)
		}
	}
	for i := range buckets {
		if got := bucketOf(time.Duration(math.Ceil(bound(i)))); got != i {
			t.Errorf("got bucket %d for the lower bound of %d", got, i)
		}
	}
}

// shapes are what latencies may look like, in milliseconds.
var shapes = map[string]func(*rand.Rand) float64{
	"even":        func(r *rand.Rand) float64 { return 10 + 90*r.Float64() },
	"exponential": func(r *rand.Rand) float64 { return 50 * r.ExpFloat64() },
	"log-normal":  func(r *rand.Rand) float64 { return 20 * math.Exp(r.NormFloat64()) },
	"constant":    func(*rand.Rand) float64 { return 66.6 },
	"with a long tail": func(r *rand.Rand) float64 {
		if r.Float64() < 0.02 {
			return 1000 * r.ExpFloat64()
		}
		return 50 * r.ExpFloat64()
	},
}

// The estimate is that of the samples in the window, up to the width of a
// bucket.
func TestLatencies_FindTheQuantile(t *testing.T) {
	t.Parallel()
	for name, shape := range shapes {
		for _, q := range []float64{0.5, 0.9, 0.95, DefaultQuantile, 0.99} {
			t.Run(fmt.Sprintf("%s at %v", name, q), func(t *testing.T) {
				t.Parallel()
				r, l := rand.New(rand.NewPCG(1, 2)), new(latencies)
				samples := make([]float64, window-refresh)
				for i := range samples {
					samples[i] = shape(r) * 1e6
					l.add(time.Duration(samples[i]), q)
				}
				slices.Sort(samples)
				for of, got := range map[float64]int64{q: l.quantile.Load(), 0.5: l.median.Load()} {
					want := samples[int(of*float64(len(samples)))]
					if off := math.Abs(float64(got)/want - 1); off > 1.0/16 {
						t.Errorf("got %v at %v, want %v: off by %.1f %%, want at most 6.25", time.Duration(got), of, time.Duration(want), 100*off)
					}
				}
			})
		}
	}
}

// Over a long time, the share that is later than the estimate is what was asked
// for: decay wears the tail as little as the rest.
func TestLatencies_KeepTheirTail(t *testing.T) {
	t.Parallel()
	for name, shape := range shapes {
		if name == "constant" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, l := rand.New(rand.NewPCG(3, 4)), new(latencies)
			const n = 200_000
			late := 0
			for range n {
				d := time.Duration(shape(r) * 1e6)
				if q := l.quantile.Load(); q > 0 && int64(d) > q {
					late++
				}
				l.add(d, 0.95)
			}
			if got := float64(late) / n; got < 0.0475 || got > 0.0525 {
				t.Errorf("got %.2f %% later than the estimate, want 5", 100*got)
			}
		})
	}
}

func TestLatencies_WaitForEnoughSamples(t *testing.T) {
	t.Parallel()
	for q, want := range map[float64]int{0.5: 112, 0.95: 112, DefaultQuantile: 160, 0.99: 512} {
		l := new(latencies)
		n := 0
		for l.quantile.Load() == 0 {
			l.add(time.Millisecond, q)
			n++
		}
		if n != want {
			t.Errorf("got a quantile of %v after %d samples, want %d", q, n, want)
		}
		if least := minSamples(q); n < int(least) || n >= int(least)+refresh {
			t.Errorf("got a quantile of %v after %d samples, want it soon after %d", q, n, least)
		}
	}
	if got := minSamples(0.95); got != MinSamples {
		t.Errorf("got %d samples for 0.95, want %d", got, MinSamples)
	}
}

// A server that gets slower is known to be within a hundred answers, one that
// gets faster within ten thousand.
func TestLatencies_FollowChanges(t *testing.T) {
	t.Parallel()
	r, l := rand.New(rand.NewPCG(5, 6)), new(latencies)
	settle := func(mean float64, n int) time.Duration {
		for range n {
			l.add(time.Duration(mean*(0.5+r.Float64())*1e6), DefaultQuantile)
		}
		return time.Duration(l.quantile.Load()).Round(time.Millisecond)
	}
	settle(50, 10_000)
	if got := settle(500, 100); got < 250*time.Millisecond {
		t.Errorf("got %s after a hundred answers of a slow server, want at least its fastest", got)
	}
	settle(500, 10_000)
	if got := settle(50, 10_000); got > 80*time.Millisecond {
		t.Errorf("got %s after ten thousand answers of a fast server, want at most its slowest", got)
	}
}

func TestLatencies_HalveWhatTheyHold(t *testing.T) {
	t.Parallel()
	l := new(latencies)
	for i := range 100 { // one each, as in a tail
		l.counts[i].Store(1)
	}
	l.counts[200].Store(1900)
	l.total.Store(window)
	l.halveLocked()
	sum := int32(0)
	for i := range 100 {
		sum += l.counts[i].Load()
	}
	if got := l.total.Load(); sum != 50 || l.counts[200].Load() != 950 || got != window/2 {
		t.Errorf("got %d, %d and %d in all, want half of everything", sum, l.counts[200].Load(), got)
	}
}

func TestFind_OfTheLastSample(t *testing.T) {
	t.Parallel()
	var counts [buckets]int32
	counts[7] = 3
	if got, want := find(&counts, 4), int64(bound(8)); got != want { // only by rounding
		t.Errorf("got %d, want the end of the last bucket, %d", got, want)
	}
}

func TestLatencies_AreSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	l := new(latencies)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 20_000 {
				l.add(time.Duration(i%100+1)*time.Millisecond, 0.95)
			}
		})
	}
	wg.Wait()
	sum := int32(0)
	for i := range l.counts {
		n := l.counts[i].Load()
		if n < 0 {
			t.Fatalf("got %d samples in a bucket, want none less than 0", n)
		}
		sum += n
	}
	if got := l.total.Load(); got != sum || got > 2*window {
		t.Errorf("got %d samples, want the sum of the buckets, %d, and not many more than %d", got, sum, window)
	}
	if got := time.Duration(l.quantile.Load()); got < 85*time.Millisecond || got > 102*time.Millisecond {
		t.Errorf("got %s, want about 95 ms", got)
	}
}

func BenchmarkLatencies(b *testing.B) {
	l := new(latencies)
	b.ReportAllocs()
	for d := time.Millisecond; b.Loop(); d = (d + 777_777) % (200 * time.Millisecond) {
		l.add(d, DefaultQuantile)
	}
}
