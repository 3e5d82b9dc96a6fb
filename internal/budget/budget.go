// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package budget holds the token bucket that retries and hedges pay from.
//
// A bucket starts full. Every retry takes a token; every success puts a part
// of one back; a retry that succeeds puts its token back too. So failed retries
// are bounded by a share of the successes: a service that fails now and then
// keeps all its retries, and one that is down loses them after a burst of the
// bucket's size. Nothing is put back by time alone, because a floor in time
// would be multiplied by the number of clients in a fleet, which is what keeps
// an overloaded service down.
package budget

import (
	"math"
	"sync/atomic"
)

const (
	// unit is a token in the bucket's integer arithmetic: fine enough for a
	// bucket that fills by one token in a million successes.
	unit = 1_000_000

	// maxUnits keeps sums of two amounts far from overflow.
	maxUnits = 1 << 60
)

// A Rule says how buckets fill. All buckets of a client share one.
type Rule struct {
	// Tokens is the size of a bucket, which starts full.
	Tokens float64
	// PerSuccess is what a success puts back.
	PerSuccess float64
}

// A Bucket is the budget of one key. Make it full with [Bucket.Fill] before
// use. It is safe for concurrent use; no operation blocks or allocates. A nil
// Bucket is one that nothing empties.
type Bucket struct {
	level atomic.Int64
	size  int64
	gain  int64

	taken, refused atomic.Uint64
}

// Fill prepares the bucket by the rule, rounded to a millionth of a token; what
// is negative or not a number counts as zero. It must not run beside any other
// method.
func (b *Bucket) Fill(r Rule) {
	b.size = units(r.Tokens)
	b.gain = units(r.PerSuccess)
	b.level.Store(b.size)
}

// units rounds, because 0.29 × 1000 is a little under 290 in binary.
func units(tokens float64) int64 {
	u := math.Round(tokens * unit)
	switch {
	case u >= maxUnits:
		return maxUnits
	case u > 0: // false for NaN
		return int64(u)
	}
	return 0
}

// Take takes a token and reports whether there was one.
func (b *Bucket) Take() bool {
	if b == nil {
		return true
	}
	for {
		level := b.level.Load()
		if level < unit {
			b.refused.Add(1)
			return false
		}
		if b.level.CompareAndSwap(level, level-unit) {
			b.taken.Add(1)
			return true
		}
	}
}

// Credit puts back what a success is worth. On a full bucket it only reads.
func (b *Bucket) Credit() {
	if b != nil {
		b.add(b.gain)
	}
}

// Refund puts back a token that a successful retry had taken.
func (b *Bucket) Refund() {
	if b != nil {
		b.add(unit)
	}
}

func (b *Bucket) add(gain int64) {
	for {
		level := b.level.Load()
		if level >= b.size {
			return
		}
		if b.level.CompareAndSwap(level, min(level+gain, b.size)) {
			return
		}
	}
}

// Taken returns how many tokens were taken, and Refused how many were asked for
// in vain, since the bucket was filled.
func (b *Bucket) Taken() uint64 { return b.taken.Load() }

// Refused is explained at [Bucket.Taken].
func (b *Bucket) Refused() uint64 { return b.refused.Load() }

// Level returns the tokens in the bucket.
func (b *Bucket) Level() float64 { return float64(b.level.Load()) / unit }
