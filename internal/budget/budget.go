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
//
// The size of a bucket may grow with the successes of the last seconds. What a
// blip costs is in proportion to the calls that fall into it, and a bucket that
// is right for one call a second is empty in the tenth part of a blip at a
// hundred. During an outage there are no successes, and the bucket shrinks
// again.
package budget

import (
	"math"
	"net/http"
	"sync/atomic"

	"github.com/surefoot-go/surefoot/internal/keyed"
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
	// Tokens is the size of a bucket without successes. It starts full.
	Tokens float64
	// PerSuccess is what a success puts back.
	PerSuccess float64
	// PerRecent is what a recent success adds to the size.
	PerRecent float64
	// Recent returns the number of recent successes of a key. It may be nil,
	// and must be safe for concurrent use.
	Recent func(keyed.Key) uint64
	// Key is what buckets are kept per, as for [keyed.Of].
	Key func(*http.Request) string
}

// size returns how large a bucket is after so many recent successes.
func (r *Rule) size(recent uint64) int64 {
	return units(r.Tokens + r.PerRecent*float64(recent))
}

// A Bucket is the budget of one key. Make it full with [Bucket.Fill] before
// use. It is safe for concurrent use; no operation blocks or allocates. A nil
// Bucket is one that nothing empties.
type Bucket struct {
	spent atomic.Int64 // so that a size that changes needs nothing else to change
	size  atomic.Int64
	gain  int64

	taken, refused atomic.Uint64
}

// Fill prepares the bucket by the rule, rounded to a millionth of a token; what
// is negative or not a number counts as zero. It must not run beside any other
// method.
func (b *Bucket) Fill(r Rule) {
	b.size.Store(r.size(0))
	b.gain = units(r.PerSuccess)
	b.spent.Store(0)
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
func (b *Bucket) Take() bool { return b.take(0) }

// TakeSpare takes a token if the bucket stays half full without it, for what
// would be good to have, such as a hedge, and must not keep others from what
// they need.
func (b *Bucket) TakeSpare() bool {
	if b == nil {
		return true
	}
	return b.take(b.size.Load() / 2)
}

// take takes a token if so many units are left.
func (b *Bucket) take(leave int64) bool {
	if b == nil {
		return true
	}
	for {
		spent := b.spent.Load()
		if b.size.Load()-spent < unit+leave {
			b.refused.Add(1)
			return false
		}
		if b.spent.CompareAndSwap(spent, spent+unit) {
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
		spent := b.spent.Load()
		if spent == 0 {
			return
		}
		// What was spent when the bucket was larger must not take longer to pay
		// back than an empty bucket takes to fill.
		left := max(min(spent, b.size.Load())-gain, 0)
		if b.spent.CompareAndSwap(spent, left) {
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
func (b *Bucket) Level() float64 { return float64(max(b.size.Load()-b.spent.Load(), 0)) / unit }

// Size returns how many there may be, as of the last time that one was wanted.
func (b *Bucket) Size() float64 { return float64(b.size.Load()) / unit }
