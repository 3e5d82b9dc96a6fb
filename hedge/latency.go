// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package hedge

import (
	"math"
	"math/bits"
	"sync"
	"sync/atomic"
	"time"
)

// MinSamples is how many answers a key must have given at least before any attempt
// is hedged; see the package comment. A quantile over 0.95 needs more, so that at least
// five answers lie above it.
const MinSamples = 100

// aboveQuantile is how many answers have to lie above a quantile before it
// means anything.
const aboveQuantile = 5

const (
	// minBits and maxBits are the powers of two, in nanoseconds, between which
	// latencies are told apart: from 66 µs to 69 s. What is shorter or longer
	// counts as the shortest or the longest.
	minBits, maxBits = 16, 36
	// subBits cuts each power of two into 16 buckets of one width. A quantile
	// is found within its bucket, so it is off by less than a sixteenth of
	// itself, and by about a hundredth where latencies are spread evenly over
	// a bucket.
	subBits = 4
	buckets = (maxBits - minBits) << subBits

	// window is how many samples there are when all counts are halved. So half
	// of the weight is that of the last 1000 to 1500, and nearly all that of
	// the last 5000.
	window = 2000
	// refresh is how many samples there are between two looks at the quantile.
	// It divides window.
	refresh = 16
)

// latencies is a histogram of the recent ones of a key, with weights that decay
// by the number of samples that come after. It takes constant memory, 1.3 KiB,
// and is safe for concurrent use: adding takes no lock, and one in 16 callers
// looks at the quantiles, unless another is at it.
type latencies struct {
	quantile, median atomic.Int64 // zero until there are enough samples

	counts [buckets]atomic.Int32
	total  atomic.Int32
	mu     sync.Mutex // held to halve, and to find the quantiles
}

// add counts one latency, and finds the quantile q anew now and then.
func (l *latencies) add(d time.Duration, q float64) {
	l.counts[bucketOf(d)].Add(1)
	if l.total.Add(1)%refresh == 0 && l.mu.TryLock() {
		l.refreshLocked(q)
		l.mu.Unlock()
	}
}

func (l *latencies) refreshLocked(q float64) {
	if l.total.Load() >= window {
		l.halveLocked()
	}
	var counts [buckets]int32
	total := int32(0)
	for i := range counts {
		counts[i] = l.counts[i].Load()
		total += counts[i]
	}
	if total < minSamples(q) {
		return
	}
	l.median.Store(find(&counts, float64(total)/2))
	l.quantile.Store(find(&counts, float64(total)*q))
}

// halveLocked halves every count. What is left over of an odd one goes on to
// the next, so that the sum of any first counts is halved, to within one:
// rounding each by itself would wipe out the long tail, where a bucket holds
// one sample or two.
func (l *latencies) halveLocked() {
	var rest int32
	for i := range l.counts {
		n := l.counts[i].Load()
		kept := (n + rest) / 2
		rest = (n + rest) % 2
		l.counts[i].Add(kept - n) // others may be adding
		l.total.Add(kept - n)
	}
}

// find returns the latency under which the given number of samples lie.
func find(counts *[buckets]int32, rank float64) int64 {
	below := 0.0
	last := 0
	for i, n := range counts {
		if n == 0 {
			continue
		}
		last = i
		if here := float64(n); below+here >= rank {
			low, high := bound(i), bound(i+1)
			return int64(low + (high-low)*(rank-below)/here)
		}
		below += float64(n)
	}
	return int64(bound(last + 1))
}

// bucketOf returns the number of the bucket that holds d.
func bucketOf(d time.Duration) int {
	if d < 1<<minBits {
		return 0
	}
	power := bits.Len64(uint64(d)) - 1
	if power >= maxBits {
		return buckets - 1
	}
	sub := int(d>>(power-subBits)) - 1<<subBits
	return (power-minBits)<<subBits + sub
}

// bound returns the lowest latency of a bucket, in nanoseconds.
func bound(bucket int) float64 {
	power, sub := bucket>>subBits, bucket%(1<<subBits)
	return math.Ldexp(float64(1<<subBits+sub), minBits-subBits+power)
}

// minSamples returns how many samples the quantile q needs.
func minSamples(q float64) int32 {
	return max(MinSamples, int32(math.Ceil(aboveQuantile/(1-q)-1e-9)))
}
